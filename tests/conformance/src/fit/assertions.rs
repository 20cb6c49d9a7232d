//! Takes out what is asserted of attributes that are not announced.

use super::names::Names;
use super::{Found, Mapping, Reasons, Unmapped};
use crate::assertion::{Assertion, Check};
use crate::sequence::Step;

/// Assertions on resources.
pub(super) fn of_resources(step: &mut Step, names: &Names<'_>, found: &mut Found) {
    retain(step, found, |assertion, found| {
        if assertion.check.allows_absence() {
            return None;
        }
        let path = assertion.path.attribute()?;
        if let Some(name) = names.missing(&path) {
            return Some(name);
        }
        match assertion.path.element_type() {
            Some(word) => names.missing_type(&path, word),
            None => found.thinned(path.split('.').next()?).or_else(|| of_schemas(&path, &assertion.check, found)),
        }
    });
}

/// Assertions on `/Schemas`.
pub(super) fn of_discovery(step: &mut Step, mapping: Mapping<'_>, found: &mut Found) {
    retain(step, found, |assertion, _| {
        let (schema, path) = assertion.path.schema_attribute()?;
        let names = Names::of(schema, mapping);
        let of_type = match &assertion.check {
            Check::Contains(word) => word.as_str().and_then(|word| names.missing_type(&path, word)),
            _ => None,
        };
        names.missing(&path).or(of_type)
    });
}

/// The extension that `schemas` no longer lists, because an attribute of it was left out.
fn of_schemas(path: &str, check: &Check, found: &Found) -> Option<(String, Unmapped)> {
    let Check::Contains(schema) = check else { return None };
    found.in_extension(schema.as_str().filter(|_| path == "schemas")?)
}

/// Takes out the assertions that have a reason; a step of which none is left was about the reasons.
fn retain(step: &mut Step, found: &mut Found, reason: impl Fn(&Assertion, &Found) -> Option<(String, Unmapped)>) {
    let mut reasons = Reasons::new();
    let before = step.expect.assertions.len();
    step.expect.assertions.retain(|assertion| match reason(assertion, found) {
        Some((name, reason)) => {
            reasons.insert(name, reason);
            false
        }
        None => true,
    });
    let all = before > 0 && step.expect.assertions.is_empty();
    if all { &mut found.missing } else { &mut found.left_out }.append(&mut reasons);
}
