//! What must hold for a resource before it is stored.

use crate::{
    access::{Object, Scalar, Value},
    error::Error,
    patch::same,
    schema::{Attribute, Mutability, ResourceType, common},
};

/// Checks that every required attribute has a value, also within objects and elements that are there, and that no
/// immutable attribute of `old` changed. All violations are told at once.
///
/// # Errors
///
/// 400 `mutability` if an immutable attribute changed, otherwise 400 `invalidValue` (RFC 7644 table 9).
pub fn validate(resource_type: &ResourceType, old: Option<&Value<'_>>, new: &Value<'_>) -> Result<(), Error> {
    let Value::Complex(new) = new else { return Ok(()) };
    let mut missing = Vec::new();
    let mut changed = Vec::new();
    for (index, attribute) in (0u32..).zip(resource_type.attributes.iter()) {
        // Common attributes are the server's, but for `externalId`, which is optional.
        if index < common::COUNT {
            continue;
        }
        let value = new.get(index);
        required(attribute, &attribute.name, &value, &mut missing);
        if let Some(Value::Complex(old)) = old {
            immutable(attribute, &attribute.name, &old.get(index), &value, &mut changed);
        }
    }
    if !changed.is_empty() {
        return Err(Error::mutability(format!("immutable and already set: {}", changed.join(", "))));
    }
    if !missing.is_empty() {
        return Err(Error::invalid_value(format!("required and without a value: {}", missing.join(", "))));
    }
    Ok(())
}

fn required(attribute: &Attribute, name: &str, value: &Value<'_>, missing: &mut Vec<String>) {
    // A required text is not empty either (RFC 7643 §4.1.1).
    let is_empty = matches!(value, Value::Scalar(Scalar::Str(text)) if text.is_empty());
    if is_empty || value.is_absent() {
        if attribute.required {
            missing.push(format!("`{name}`"));
        }
        return;
    }
    // Most attributes have nothing to check below the root; a group's members are not walked for that.
    if !attribute.sub_attributes.iter().any(has_required) {
        return;
    }
    match value {
        Value::Complex(object) => required_parts(attribute, name, *object, missing),
        Value::List(list) => {
            for (_, element) in list.iter() {
                if let Value::Complex(object) = element {
                    required_parts(attribute, name, object, missing);
                }
            }
        }
        Value::Scalar(_) => {}
    }
}

fn has_required(attribute: &Attribute) -> bool {
    attribute.required || attribute.sub_attributes.iter().any(|sub| sub.required)
}

fn required_parts(attribute: &Attribute, name: &str, object: Object<'_>, missing: &mut Vec<String>) {
    for (index, sub) in (0u32..).zip(attribute.sub_attributes.iter()) {
        if has_required(sub) {
            let separator = if attribute.is_extension() { ':' } else { '.' };
            required(sub, &format!("{name}{separator}{}", sub.name), &object.get(index), missing);
        }
    }
}

fn immutable(attribute: &Attribute, name: &str, old: &Value<'_>, new: &Value<'_>, changed: &mut Vec<String>) {
    if attribute.mutability == Mutability::Immutable {
        if !old.is_absent() && !same(attribute, old, new) {
            changed.push(format!("`{name}`"));
        }
        return;
    }
    // Elements of a list come and go as a whole; PATCH refuses to change immutable parts of one.
    if let (Value::Complex(old), Value::Complex(new)) = (old, new) {
        let separator = if attribute.is_extension() { ':' } else { '.' };
        for (index, sub) in (0u32..).zip(attribute.sub_attributes.iter()) {
            if sub.mutability == Mutability::Immutable || !sub.sub_attributes.is_empty() {
                immutable(sub, &format!("{name}{separator}{}", sub.name), &old.get(index), &new.get(index), changed);
            }
        }
    }
}
