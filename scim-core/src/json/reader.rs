//! The state that is shared while one body is read.

use std::{
    cell::{Cell, RefCell},
    sync::{Mutex, PoisonError},
};

use serde::de;

use super::json_path::{JsonPath, Step};
use crate::{
    compat::{Compat, Quirk, Tolerance},
    error::Error,
    lookup::{find_name, is_qualified},
    model::standard_of,
    schema::{Path, ResourceType},
};

/// The purpose for which a value is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Use {
    /// The body of a POST or PUT.
    #[default]
    Body,
    /// Data from a store. It is read unchanged.
    Stored,
    /// An operation of a PATCH that adds.
    Add,
    /// An operation of a PATCH that replaces.
    Replace,
    /// An operation of a PATCH that removes: the value lists elements.
    Remove,
}

impl Use {
    /// Returns whether single values may be sent in place of lists (RFC 7644 §3.5.2.1), and values of read-only
    /// attributes are kept for a comparison with the existing ones.
    pub(super) fn is_patch(self) -> bool {
        self != Self::Body
    }
}

/// The state that is shared while one body is read.
pub(crate) struct Reader<'c> {
    pub(crate) tolerance: &'c Tolerance,
    purpose: Cell<Use>,
    /// Whether the last value was an empty text, which unassigns like `null` but is still a value.
    is_empty_text: Cell<bool>,
    resource_type: &'c ResourceType,
    pub(crate) ignored: Ignored,
    /// The error that ended reading. `serde` carries only text, so the real error is kept here.
    fault: RefCell<Option<Error>>,
}

impl<'c> Reader<'c> {
    /// Creates a reader for the body of a resource of this type.
    pub(crate) fn new(tolerance: &'c Tolerance, purpose: Use, resource_type: &'c ResourceType) -> Self {
        Self {
            tolerance,
            purpose: Cell::new(purpose),
            is_empty_text: Cell::new(false),
            resource_type,
            ignored: Ignored::default(),
            fault: RefCell::default(),
        }
    }

    /// Returns the purpose of the current value.
    pub(super) fn purpose(&self) -> Use {
        self.purpose.get()
    }

    /// Records whether a value was an empty text.
    pub(super) fn note_empty_text(&self, is_empty_text: bool) {
        self.is_empty_text.set(is_empty_text);
    }

    /// Returns whether the value that was just read was an empty text.
    pub(crate) fn was_empty_text(&self) -> bool {
        self.is_empty_text.get()
    }

    /// Sets the purpose of the next values.
    pub(crate) fn set_use(&self, purpose: Use) {
        self.purpose.set(purpose);
    }

    /// Ends reading with an error.
    pub(crate) fn fail<E: de::Error>(&self, error: Error) -> E {
        self.fault.replace(Some(error));
        E::custom("refused")
    }

    /// Returns the error that ended reading, or the syntax error of the JSON text.
    pub(crate) fn error(&self, error: &serde_json::Error) -> Error {
        let fault = self.fault.take();
        fault.unwrap_or_else(|| Error::invalid_syntax(format!("the body is not readable JSON: {error}")))
    }

    /// Handles a name that is not an attribute: it is ignored and reported, or an error.
    pub(crate) fn unknown(&self, trail: &JsonPath<'_>) -> Result<(), Error> {
        if !self.tolerance.tolerate(Quirk::UnknownAttribute) {
            return Err(self.unknown_error(trail));
        }
        self.ignore(trail);
        Ok(())
    }

    /// Returns the error for a name that is not an attribute.
    pub(crate) fn unknown_error(&self, trail: &JsonPath<'_>) -> Error {
        let detail = format!("unknown attribute `{trail}`");
        if self.purpose().is_patch() { Error::invalid_path(detail) } else { Error::invalid_syntax(detail) }
    }

    /// Returns whether a key is the URN of a schema of the resource type, alone or as the prefix of an attribute.
    pub(super) fn is_qualified(&self, key: &str) -> bool {
        is_qualified(self.resource_type, key)
    }

    /// Returns whether clients can read the attribute at a path.
    pub(crate) fn is_readable(&self, path: Path) -> bool {
        self.resource_type.is_readable(path)
    }

    /// Returns whether a standard schema has an attribute of this name that the application does not map.
    pub(crate) fn is_unmapped(&self, name: &str) -> bool {
        standard_of(self.resource_type).is_some_and(|standard| self.is_unmapped_of(standard, name))
    }

    fn is_unmapped_of(&self, standard: &ResourceType, name: &str) -> bool {
        // Names are resolved as any client may write them: a name that the profile does not accept is not unmapped.
        let tolerance = Tolerance::new(Compat::entra());
        find_name(standard, name, &tolerance).is_some() && find_name(self.resource_type, name, &tolerance).is_none()
    }

    /// Like [`is_unmapped`](Self::is_unmapped), for a key within a value.
    pub(super) fn is_unmapped_at(&self, trail: &JsonPath<'_>) -> bool {
        let Some(standard) = standard_of(self.resource_type) else { return false };
        let is_schema =
            |step: &str| step.eq_ignore_ascii_case(&standard.schema.id) || standard.extension(step).is_some();
        let mut steps = Vec::new();
        let mut next = Some(trail);
        while let Some(trail) = next {
            if let Step::Name(name) = trail.step {
                // A path may contain a filter, which is irrelevant for the attribute.
                steps.push(name.split('[').next().unwrap_or_default());
            }
            next = trail.parent;
        }
        let mut name = String::new();
        let mut separator = "";
        for step in steps.into_iter().rev() {
            name.push_str(separator);
            name.push_str(step);
            separator = if is_schema(step) { ":" } else { "." };
        }
        self.is_unmapped_of(standard, &name)
    }

    /// Reports a name that is ignored.
    pub(crate) fn ignore(&self, trail: &JsonPath<'_>) {
        self.ignored.add(trail);
    }
}

/// The names in a request that the framework ignores, for the report.
#[derive(Default)]
pub(crate) struct Ignored(Mutex<Vec<String>>);

impl Ignored {
    /// The maximum number of reported names. A body of nothing but unknown names does not deserve more memory.
    pub(crate) const MOST: usize = 64;

    /// Adds a name.
    pub(crate) fn add(&self, trail: &JsonPath<'_>) {
        let mut names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if names.len() < Self::MOST {
            names.push(trail.to_string());
        }
    }

    /// Returns the names.
    pub(crate) fn into_names(self) -> Vec<String> {
        self.0.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}
