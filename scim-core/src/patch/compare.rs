//! When two values are the same, by an attribute's rules.

use std::fmt::Write as _;

use crate::{
    access::{List, Object, Scalar, Value},
    schema::{Attribute, DataType, Mutability, ResourceType, common},
    text,
};

/// Whether two resources hold the same. What only the server writes about a resource (`meta`) does not count.
pub(crate) fn equal(resource_type: &ResourceType, left: &Value<'_>, right: &Value<'_>) -> bool {
    let (Value::Complex(left), Value::Complex(right)) = (left, right) else { return false };
    (0u32..)
        .zip(resource_type.attributes.iter())
        .filter(|(index, _)| *index != common::META)
        .all(|(index, attribute)| same_written(attribute, &left.get(index), &right.get(index)))
}

/// Whether two values are the same to the letter: a change of letter case is a change, `false` and absent are one only
/// where the schema says so.
pub(crate) fn same_written(attribute: &Attribute, left: &Value<'_>, right: &Value<'_>) -> bool {
    same_by(attribute, left, right, Rule::Written)
}

/// Whether two values of an attribute are the same to a client that compares them: letter case counts only where the
/// attribute is exact, the order of elements never (RFC 7643 §2).
pub(crate) fn same(attribute: &Attribute, left: &Value<'_>, right: &Value<'_>) -> bool {
    same_by(attribute, left, right, Rule::Compared)
}

#[derive(Clone, Copy, PartialEq)]
enum Rule {
    Written,
    Compared,
}

fn same_by(attribute: &Attribute, left: &Value<'_>, right: &Value<'_>, rule: Rule) -> bool {
    match (left, right) {
        (Value::Scalar(left), Value::Scalar(right)) => same_scalar(attribute, left, right, rule),
        (Value::Complex(left), Value::Complex(right)) => same_object(attribute, *left, *right, rule),
        (Value::List(left), Value::List(right)) => same_list(attribute, *left, *right, rule),
        (left, right) => left.is_absent() && right.is_absent(),
    }
}

fn same_scalar(attribute: &Attribute, left: &Scalar<'_>, right: &Scalar<'_>, rule: Rule) -> bool {
    match (left, right) {
        (Scalar::Str(left), Scalar::Str(right)) => match rule {
            Rule::Written => left == right,
            Rule::Compared => text::same(left, right, attribute.case_exact),
        },
        // An absent `primary` is false (RFC 7643 §2.4).
        (Scalar::Absent, Scalar::Bool(false)) | (Scalar::Bool(false), Scalar::Absent) => {
            rule == Rule::Compared && attribute.name.eq_ignore_ascii_case("primary")
        }
        // A number that the application keeps under a text attribute.
        (Scalar::Str(text), Scalar::Int(number)) | (Scalar::Int(number), Scalar::Str(text)) => {
            **text == number.to_string()
        }
        (Scalar::Int(_), Scalar::Dec(_)) | (Scalar::Dec(_), Scalar::Int(_)) => left.number() == right.number(),
        (left, right) => left == right,
    }
}

fn same_object(attribute: &Attribute, left: Object<'_>, right: Object<'_>, rule: Rule) -> bool {
    (0u32..)
        .zip(attribute.sub_attributes.iter())
        .all(|(index, sub)| same_by(sub, &left.get(index), &right.get(index), rule))
}

fn same_list(attribute: &Attribute, left: List<'_>, right: List<'_>, rule: Rule) -> bool {
    // An unchanged list is seen in one walk; only another order costs more.
    let mut in_order = left.iter().map(|(_, item)| item).zip(right.iter().map(|(_, item)| item));
    let count = left.iter().count();
    if count != right.iter().count() {
        return false;
    }
    if in_order.all(|(left, right)| same_by(attribute, &left, &right, rule)) {
        return true;
    }
    let keys = |list: List<'_>| {
        let mut keys: Vec<String> = list.iter().map(|(_, item)| key_by(attribute, &item, rule)).collect();
        keys.sort_unstable();
        keys
    };
    keys(left) == keys(right)
}

/// Text that is equal for equal elements of a list. Elements whose `value` can never change are told apart by it alone:
/// a member is a member whatever its `display` says.
pub(super) fn element_key(attribute: &Attribute, element: &Value<'_>) -> String {
    if let (Some((index, value)), Value::Complex(object)) = (identity(attribute), element) {
        let identity = object.get(index);
        if !identity.is_absent() {
            return key_by(value, &identity, Rule::Compared);
        }
    }
    key_by(attribute, element, Rule::Compared)
}

/// Whether two elements of a list are the same one: whether they have the same [`element_key`].
pub(super) fn same_element(attribute: &Attribute, left: &Value<'_>, right: &Value<'_>) -> bool {
    if let Some((index, value)) = identity(attribute) {
        let (left, right) = (left.clone().at(&[index]), right.clone().at(&[index]));
        if !left.is_absent() && !right.is_absent() {
            return same(value, &left, &right);
        }
    }
    same(attribute, left, right)
}

/// The sub-attribute that identifies elements: an immutable `value`.
pub(crate) fn identity(attribute: &Attribute) -> Option<(u32, &Attribute)> {
    attribute.sub_attribute("value").filter(|(_, value)| value.mutability == Mutability::Immutable)
}

/// Text that is equal for values that are the [same to the letter](same_written).
pub(crate) fn written_key(attribute: &Attribute, value: &Value<'_>) -> String {
    key_by(attribute, value, Rule::Written)
}

/// Text that is equal for values that are the [same to a client](same).
pub(crate) fn compared_key(attribute: &Attribute, value: &Value<'_>) -> String {
    key_by(attribute, value, Rule::Compared)
}

fn key_by(attribute: &Attribute, value: &Value<'_>, rule: Rule) -> String {
    let mut key = String::new();
    append_key(&mut key, attribute, value, rule);
    key
}

/// Appends an unambiguous form: each text with its length, each part with its index.
fn append_key(key: &mut String, attribute: &Attribute, value: &Value<'_>, rule: Rule) {
    // Writing to a string cannot fail.
    let _ = match value {
        Value::Scalar(Scalar::Absent) => Ok(()),
        Value::Scalar(Scalar::Bool(false))
            if rule == Rule::Compared && attribute.name.eq_ignore_ascii_case("primary") =>
        {
            Ok(())
        }
        Value::Scalar(Scalar::Bool(value)) => write!(key, "b{value}"),
        // A number that the application keeps under a text attribute.
        Value::Scalar(Scalar::Int(value)) if matches!(attribute.data_type, DataType::String | DataType::Reference) => {
            let text = value.to_string();
            write!(key, "s{}:{text}", text.len())
        }
        Value::Scalar(Scalar::Int(value)) => write!(key, "n{value};"),
        Value::Scalar(Scalar::Dec(value)) => write!(key, "n{value};"),
        Value::Scalar(Scalar::DateTime(value)) => write!(key, "d{value}"),
        Value::Scalar(Scalar::Str(value)) => {
            let value = if rule == Rule::Written { value.clone() } else { text::key(value, attribute.case_exact) };
            write!(key, "s{}:{value}", value.len())
        }
        Value::Complex(object) => {
            for (index, sub) in (0u32..).zip(attribute.sub_attributes.iter()) {
                let start = key.len();
                let _ = write!(key, "{index}=");
                let end = key.len();
                append_key(key, sub, &object.get(index), rule);
                if key.len() == end {
                    key.truncate(start);
                }
            }
            Ok(())
        }
        Value::List(list) => {
            key.push('[');
            for (_, item) in list.iter() {
                append_key(key, attribute, &item, rule);
                key.push(',');
            }
            key.push(']');
            Ok(())
        }
    };
}
