//! Messages about values without any known name.

use super::json_path::JsonPath;
use crate::{
    error::{Error, excerpt},
    schema::{Attribute, Mutability},
};

/// Returns the error for a value in which nothing was recognized: the names that were found, and those that are known.
pub(crate) fn nothing_known(what: &str, found: &[String], known: &[Attribute]) -> Error {
    /// About as many names as an administrator will read.
    const SHOWN: usize = 12;
    let known: Vec<String> = known
        .iter()
        .filter(|attribute| attribute.mutability != Mutability::ReadOnly)
        .take(SHOWN)
        .map(|attribute| format!("`{}`", attribute.name))
        .collect();
    let known = known.join(", ");
    Error::invalid_value(if found.is_empty() {
        format!("{what} has no value; expected at least one of {known}")
    } else {
        format!("{what} has no known attribute, only {}; expected at least one of {known}", found.join(", "))
    })
}

/// Returns the error for an object in which only labels are known: the names that were found, and what is expected.
pub(crate) fn content_unknown(attribute: &Attribute, trail: &JsonPath<'_>, found: &[String]) -> Error {
    let found = found.join(", ");
    let expected = match attribute.sub_attribute("value") {
        Some((_, value)) => format!("`{}`", value.name),
        None => "a sub-attribute that is more than a label".to_owned(),
    };
    Error::invalid_value(format!("unknown {found} in `{trail}`; expected {expected}"))
}

/// Keeps an unknown name for a message, if there are few so far.
pub(crate) fn note_unknown(unknown: &mut Vec<String>, name: &str) {
    if unknown.len() < 3 {
        unknown.push(format!("`{}`", excerpt(name)));
    }
}
