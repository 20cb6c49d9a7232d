//! Lets a sequence speak of another attribute where any text would do.
//!
//! Many sequences set `title` and could as well set `nickName`: they are about operations, not about titles. Where a
//! server has no `title`, such a sequence is run with an attribute that the server has and the sequence does not use.

use std::collections::{BTreeMap, BTreeSet};

use http::Method;

use super::mapping::{Mapping, Reasons};
use super::names::Names;
use super::rename::Renaming;
use super::{body, filter};
use crate::schemas::standard::USER;
use crate::schemas::{Attribute, Schemas};
use crate::sequence::{Body, Sequence, Step};

/// The attributes that others may replace.
const REPLACEABLE: [&str; 4] = ["title", "displayName", "nickName", "userType"];

/// The attributes that may replace them, best first.
const STAND_INS: [&str; 6] = ["displayName", "title", "nickName", "userType", "name.familyName", "name.givenName"];

/// The names that were replaced, with the names that came in their place.
pub(crate) type Replaced = BTreeMap<String, String>;

/// The sequence with other attributes in place of those that are missing. `None` when there are none for all of them, or
/// when the sequence is about one of them.
pub(super) fn replace(sequence: &Sequence, missing: &Reasons, mapping: Mapping<'_>) -> Option<(Sequence, Replaced)> {
    let names = Names::at("/Users", mapping).ok()??;
    let possible = STAND_INS.into_iter().filter(|path| takes_any_text(path, mapping.schemas));
    let possible: Vec<_> = possible.filter(|path| names.missing(path).is_none()).collect();
    let used_at_all = used(&sequence.steps, |_| true);
    let used_later = used(&sequence.steps, |step| !creates_a_user(step));
    let mut replaced = Replaced::new();
    for name in missing.keys() {
        if !REPLACEABLE.contains(&name.as_str()) || is_about(sequence, name) {
            return None;
        }
        let free = |used: &BTreeSet<String>| {
            let is_taken = |path: &str| {
                // Two parts of the name would have to come in one object.
                used.contains(&first(path).to_lowercase()) || replaced.values().any(|other| first(other) == first(path))
            };
            possible.iter().copied().find(|path| !is_taken(path))
        };
        // What a new user has and nobody looks at can be another time.
        let stand_in = free(&used_at_all).or_else(|| free(&used_later))?;
        replaced.insert(name.clone(), stand_in.to_owned());
    }
    let mut sequence = sequence.clone();
    let without = replaced.values().map(|path| first(path).to_owned()).collect();
    for step in sequence.steps.iter_mut().filter(|step| is_of_users(step)) {
        if creates_a_user(step) {
            leave_out(step, &without);
        }
        for (name, stand_in) in &replaced {
            Renaming { name, to: stand_in }.step(step);
        }
    }
    Some((sequence, replaced))
}

/// Takes the stand-ins out of the body of a step, which is to have them with other values.
fn leave_out(step: &mut Step, without: &BTreeSet<String>) {
    let schemas = Schemas::default();
    if let Some(Body::Json(text)) = &step.body
        && let Ok(Some(names)) = Names::at(&step.path, Mapping { schemas: &schemas, without })
        && let Some(text) = body::reduce(text, &step.method, &names, &mut Reasons::new())
    {
        step.body = Some(Body::Json(text));
    }
}

fn creates_a_user(step: &Step) -> bool {
    step.method == Method::POST && is_of_users(step)
}

/// Whether a sequence is about an attribute: its name says so, or the attribute occurs where it cannot be replaced.
fn is_about(sequence: &Sequence, name: &str) -> bool {
    let speaks = |text: &str| words(text).any(|word| word.eq_ignore_ascii_case(name));
    let is_fixed = |step: &Step| {
        let is_text = matches!(step.body, Some(Body::Text(_)));
        let is_of_groups = step.path.to_ascii_lowercase().starts_with("/groups");
        (is_text || !is_of_users(step) && !is_of_groups)
            && texts(step).into_iter().chain(body_text(step)).any(|text| speaks(&text))
    };
    speaks(&sequence.name) || sequence.steps.iter().any(is_fixed)
}

/// Whether a step is a request to the endpoint of users, with attributes in its query and its body.
fn is_of_users(step: &Step) -> bool {
    let path = step.path.to_ascii_lowercase();
    path.starts_with("/users") && !path.ends_with("/.search")
}

/// Every word of what is asserted, of the queries, and of those bodies that count, in lower case.
fn used(steps: &[Step], counts: impl Fn(&Step) -> bool) -> BTreeSet<String> {
    let bodies = steps.iter().filter(|step| counts(step)).filter_map(body_text);
    let texts = steps.iter().flat_map(texts).chain(bodies);
    texts.flat_map(|text| words(&text).map(str::to_lowercase).collect::<Vec<_>>()).collect()
}

/// The texts of a step beside its body in which attributes are named.
fn texts(step: &Step) -> Vec<String> {
    let mut texts = vec![filter::decode(&step.path)];
    texts.extend(step.expect.assertions.iter().map(|assertion| assertion.path.to_string()));
    texts.extend(step.captures.values().map(ToString::to_string));
    texts
}

fn body_text(step: &Step) -> Option<String> {
    match &step.body {
        Some(Body::Json(text) | Body::Text(text)) => Some(text.clone()),
        None => None,
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|character: char| !character.is_ascii_alphanumeric())
}

fn first(path: &str) -> &str {
    path.split('.').next().unwrap_or(path)
}

/// Whether an attribute of users can be set to any text, in any number of users, and removed.
fn takes_any_text(path: &str, schemas: &Schemas) -> bool {
    // Sequences look for what they sent in another letter case too.
    let is_plain = |attribute: &Attribute| attribute.takes_any_text() && !attribute.required && !attribute.case_exact;
    let attribute = schemas.schema(USER).and_then(|schema| schema.attribute(first(path)));
    match path.split_once('.') {
        None => attribute.is_some_and(is_plain),
        Some((_, sub)) => attribute
            .filter(|attribute| !attribute.multi_valued && !attribute.required)
            .filter(|attribute| attribute.mutability.eq_ignore_ascii_case("readWrite"))
            .and_then(|attribute| attribute.sub_attribute(sub))
            .is_some_and(is_plain),
    }
}
