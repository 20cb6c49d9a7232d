//! Validates a resource before it is stored.
//!
//! Only the change is validated, not the whole state: a resource that was stored before a rule was added can still be
//! changed in other ways. For example, an account whose row lacks a value that is now required can still be disabled.

use std::collections::HashSet;

use crate::{
    error::Error,
    reflect::{
        ListRef, ObjectRef, Scalar, ValueRef,
        compare::{Identity, same_written},
    },
    schema::{Attribute, DataType, Mutability, ResourceType, common},
};

/// The kind of change that leads to the new state of a resource.
#[derive(Clone, Copy, Debug)]
pub enum Change<'v> {
    /// A new resource.
    Creation,
    /// A complete new state that replaces this one. It must have all required values.
    Replacement(&'v ValueRef<'v>),
    /// A change of some attributes of this state. Values that were missing before may still be missing.
    Modification(&'v ValueRef<'v>),
}

/// Checks that every required attribute has a value, also within existing objects and elements, and that no immutable
/// attribute changed. Reports all violations at once. Attributes that only the server writes are not required.
///
/// # Errors
///
/// 400 `mutability` if an immutable attribute changed, otherwise 400 `invalidValue` (RFC 7644 table 9).
pub fn validate(resource_type: &ResourceType, change: Change<'_>, new: &ValueRef<'_>) -> Result<(), Error> {
    let ValueRef::Complex(new) = new else { return Ok(()) };
    let (old, excused) = match change {
        Change::Creation => (None, None),
        Change::Replacement(old) => (Some(old), None),
        Change::Modification(old) => (Some(old), Some(old)),
    };
    let mut lacking = Vec::new();
    let mut changed = Vec::new();
    for (index, attribute) in (0u32..).zip(resource_type.attributes.iter()) {
        // Common attributes belong to the server, except `externalId`, which is optional.
        if index < common::COUNT {
            continue;
        }
        let value = new.get(index);
        let excused = excused.map(|old| old.clone().at(&[index]));
        required(attribute, &attribute.name, excused.as_ref(), &value, &mut lacking);
        if let Some(ValueRef::Complex(old)) = old {
            immutable(attribute, &attribute.name, &old.get(index), &value, &mut changed);
        }
    }
    if !changed.is_empty() {
        return Err(Error::mutability(format!("immutable and already set: {}", changed.join(", "))));
    }
    if !lacking.is_empty() {
        return Err(missing(&lacking.join(", ")));
    }
    Ok(())
}

/// Returns the error for required attributes without a value.
pub(crate) fn missing(names: &str) -> Error {
    Error::invalid_value(format!("required and without a value: {names}"))
}

/// Returns whether a required attribute lacks a value. A required text must not be empty (RFC 7643 §4.1.1).
pub(crate) fn is_missing(value: &ValueRef<'_>) -> bool {
    matches!(value, ValueRef::Scalar(Scalar::Str(text)) if text.is_empty()) || value.is_absent()
}

/// Collects the required values that are missing in `new` but not in `old`.
fn required(
    attribute: &Attribute,
    name: &str,
    old: Option<&ValueRef<'_>>,
    new: &ValueRef<'_>,
    missing: &mut Vec<String>,
) {
    if attribute.mutability == Mutability::ReadOnly {
        return;
    }
    if is_missing(new) {
        if attribute.required && !old.is_some_and(is_missing) {
            missing.push(format!("`{name}`"));
        }
        return;
    }
    // Most attributes have nothing to check below the root. For example, this avoids visiting all members of a group.
    if !attribute.sub_attributes.iter().any(has_required) {
        return;
    }
    match new {
        ValueRef::Complex(object) => required_parts(attribute, name, old, *object, missing),
        ValueRef::List(list) => required_in_elements(attribute, name, old, *list, missing),
        ValueRef::Scalar(_) => {}
    }
}

fn has_required(attribute: &Attribute) -> bool {
    attribute.mutability != Mutability::ReadOnly
        && (attribute.required || attribute.sub_attributes.iter().any(has_required))
}

fn required_parts(
    attribute: &Attribute,
    name: &str,
    old: Option<&ValueRef<'_>>,
    new: ObjectRef<'_>,
    missing: &mut Vec<String>,
) {
    let old = old.filter(|old| !old.is_absent());
    for (index, sub) in (0u32..).zip(attribute.sub_attributes.iter()) {
        if has_required(sub) {
            let separator = if attribute.is_extension() { ':' } else { '.' };
            let old = old.map(|old| old.clone().at(&[index]));
            required(sub, &format!("{name}{separator}{}", sub.name), old.as_ref(), &new.get(index), missing);
        }
    }
}

/// Checks the elements of a list. An element that lacks a value is excused if the stored element lacks one, too.
fn required_in_elements(
    attribute: &Attribute,
    name: &str,
    old: Option<&ValueRef<'_>>,
    new: ListRef<'_>,
    missing: &mut Vec<String>,
) {
    let lacks = |element: &ValueRef<'_>| {
        let mut lacking = Vec::new();
        if let ValueRef::Complex(object) = element {
            required_parts(attribute, name, None, *object, &mut lacking);
        }
        lacking
    };
    let mut excused: Option<HashSet<Vec<u8>>> = None;
    for (_, element) in new.iter() {
        let lacking = lacks(&element);
        if lacking.is_empty() {
            continue;
        }
        let excused = excused.get_or_insert_with(|| {
            let stored = if let Some(ValueRef::List(old)) = old { Some(*old) } else { None };
            let stored = stored.into_iter().flat_map(ListRef::iter).map(|(_, stored)| stored);
            stored
                .filter(|stored| !lacks(stored).is_empty())
                .map(|stored| Identity::key_of(attribute, &stored))
                .collect()
        });
        if !excused.contains(&Identity::key_of(attribute, &element)) {
            missing.extend(lacking.into_iter().filter(|name| !missing.contains(name)).collect::<Vec<_>>());
        }
    }
}

fn immutable(attribute: &Attribute, name: &str, old: &ValueRef<'_>, new: &ValueRef<'_>, changed: &mut Vec<String>) {
    if attribute.mutability == Mutability::Immutable {
        if !old.is_absent() && !same_written(attribute, old, new) {
            changed.push(format!("`{name}`"));
        }
        return;
    }
    if attribute.mutability == Mutability::ReadOnly || attribute.data_type != DataType::Complex {
        return;
    }
    // Elements of a list are added and removed as a whole. A changed immutable sub-attribute of an element that stays
    // is rejected when it is written.
    if attribute.multi_valued {
        return;
    }
    let separator = if attribute.is_extension() { ':' } else { '.' };
    for (index, sub) in (0u32..).zip(attribute.sub_attributes.iter()) {
        if sub.mutability == Mutability::Immutable || !sub.sub_attributes.is_empty() {
            let (old, new) = (old.clone().at(&[index]), new.clone().at(&[index]));
            immutable(sub, &format!("{name}{separator}{}", sub.name), &old, &new, changed);
        }
    }
}
