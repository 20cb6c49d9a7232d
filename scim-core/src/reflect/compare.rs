//! Equality of two values by the rules of an attribute.
//!
//! Two values are equal if their keys are equal. Code that only compares walks both values instead and builds no keys.
//! A property test checks that both ways agree.

use std::{borrow::Cow, hash::Hasher};

use crate::{
    collation,
    meter::bytes_work,
    reflect::{ListRef, ObjectRef, Scalar, ValueRef},
    schema::{Attribute, Mutability, ResourceType, common},
};

/// Returns whether two resources have the same content. `meta`, which only the server writes, is ignored.
pub(crate) fn equal(resource_type: &ResourceType, left: &ValueRef<'_>, right: &ValueRef<'_>) -> bool {
    let (ValueRef::Complex(left), ValueRef::Complex(right)) = (left, right) else { return false };
    (0u32..)
        .zip(resource_type.attributes.iter())
        .filter(|(index, _)| *index != common::META)
        .all(|(index, attribute)| same_written(attribute, &left.get(index), &right.get(index)))
}

/// Returns whether two values are identical, including letter case. An absent `primary` is `false` (RFC 7643 §2.4).
pub(crate) fn same_written(attribute: &Attribute, left: &ValueRef<'_>, right: &ValueRef<'_>) -> bool {
    same_by(attribute, left, right, Rule::Written)
}

/// Returns whether a client considers two values of an attribute equal: letter case matters only if the attribute is
/// `caseExact`, and the order of elements never does (RFC 7643 §2).
pub(crate) fn same(attribute: &Attribute, left: &ValueRef<'_>, right: &ValueRef<'_>) -> bool {
    same_by(attribute, left, right, Rule::Compared)
}

#[derive(Clone, Copy, PartialEq)]
enum Rule {
    Written,
    Compared,
}

fn same_by(attribute: &Attribute, left: &ValueRef<'_>, right: &ValueRef<'_>, rule: Rule) -> bool {
    match (left, right) {
        (ValueRef::Scalar(left), ValueRef::Scalar(right)) => same_scalar(attribute, left, right, rule),
        (ValueRef::Complex(left), ValueRef::Complex(right)) => same_object(attribute, *left, *right, rule),
        (ValueRef::List(left), ValueRef::List(right)) => same_list(attribute, *left, *right, rule),
        (left, right) => left.is_absent() && right.is_absent(),
    }
}

fn same_scalar(attribute: &Attribute, left: &Scalar<'_>, right: &Scalar<'_>, rule: Rule) -> bool {
    match (left, right) {
        (Scalar::Str(left), Scalar::Str(right)) => match rule {
            Rule::Written => left == right,
            Rule::Compared => collation::eq(left, right, attribute.case_exact),
        },
        (Scalar::Bool(left), Scalar::Bool(right)) => left == right,
        (Scalar::Int(left), Scalar::Int(right)) => left == right,
        (left, right) => key_of(attribute, left, rule) == key_of(attribute, right, rule),
    }
}

fn key_of(attribute: &Attribute, scalar: &Scalar<'_>, rule: Rule) -> Vec<u8> {
    let mut key = Vec::new();
    write_scalar(&mut key, attribute, scalar, rule);
    key
}

fn same_object(attribute: &Attribute, left: ObjectRef<'_>, right: ObjectRef<'_>, rule: Rule) -> bool {
    (0u32..)
        .zip(attribute.sub_attributes.iter())
        .all(|(index, sub)| same_by(sub, &left.get(index), &right.get(index), rule))
}

fn same_list(attribute: &Attribute, left: ListRef<'_>, right: ListRef<'_>, rule: Rule) -> bool {
    // An unchanged list needs one walk. Only a different order costs more.
    let mut in_order = left.iter().map(|(_, item)| item).zip(right.iter().map(|(_, item)| item));
    let count = left.iter().count();
    if count != right.iter().count() {
        return false;
    }
    if in_order.all(|(left, right)| same_by(attribute, &left, &right, rule)) {
        return true;
    }
    item_keys(attribute, left, rule) == item_keys(attribute, right, rule)
}

/// What identifies the elements of a list. Add, replace, remove, PUT and the search for duplicates all use it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Identity {
    /// A `value` that can never change: it identifies a member regardless of the other sub-attributes.
    Value(u32),
    /// `value` and `type` (RFC 7643 §2.4), the latter if the attribute has one.
    ValueAndType(u32, Option<u32>),
    /// All sub-attributes that clients can write except `primary`, which marks an element but does not identify it.
    Whole,
}

impl Identity {
    /// Returns what identifies the elements of an attribute.
    pub(crate) fn of(attribute: &Attribute) -> Self {
        match attribute.sub_attribute("value") {
            Some((index, value)) if value.mutability == Mutability::Immutable => Self::Value(index),
            Some((index, value)) if value.mutability == Mutability::ReadWrite => {
                let kind = attribute.sub_attribute("type").filter(|(_, kind)| kind.mutability != Mutability::ReadOnly);
                Self::ValueAndType(index, kind.map(|(index, _)| index))
            }
            _ => Self::Whole,
        }
    }

    /// Returns the identity of one element. An element without a `value` is compared as a whole.
    fn of_element(self, object: &ObjectRef<'_>) -> Self {
        match self {
            Self::Value(value) | Self::ValueAndType(value, _) if object.get(value).is_absent() => Self::Whole,
            identity => identity,
        }
    }

    /// Returns whether a sub-attribute belongs to the identity of an element.
    fn includes(self, index: u32, sub: &Attribute) -> bool {
        match self {
            Self::Value(value) => index == value,
            Self::ValueAndType(value, kind) => index == value || Some(index) == kind,
            Self::Whole => sub.mutability != Mutability::ReadOnly && !sub.is_primary(),
        }
    }

    /// Returns whether the identity of an element includes a value that no client can read. Such an element equals no
    /// other element. Otherwise the effect of a request would reveal whether a guess is right.
    pub(crate) fn is_secret(self, attribute: &Attribute, element: &ValueRef<'_>) -> bool {
        let ValueRef::Complex(object) = element else { return !attribute.is_readable() };
        let identity = self.of_element(object);
        let mut subs = (0u32..).zip(attribute.sub_attributes.iter());
        !attribute.is_readable()
            || subs.any(|(index, sub)| {
                !sub.is_readable() && identity.includes(index, sub) && !object.get(index).is_absent()
            })
    }

    /// Returns whether only a `value` that can never change identifies the elements of an attribute.
    pub(crate) fn is_value_alone(attribute: &Attribute) -> bool {
        matches!(Self::of(attribute), Self::Value(_))
    }

    /// Returns the key of an element of an attribute. Elements with the same identity have equal keys.
    pub(crate) fn key_of(attribute: &Attribute, element: &ValueRef<'_>) -> Vec<u8> {
        let mut key = Vec::new();
        Self::of(attribute).write_key(&mut key, attribute, element);
        key
    }

    /// Writes the key of an element. Elements with the same identity have equal keys.
    pub(crate) fn write_key(self, key: &mut impl Key, attribute: &Attribute, element: &ValueRef<'_>) {
        let ValueRef::Complex(object) = element else { return write_key(key, attribute, element, Rule::Compared) };
        let identity = self.of_element(object);
        for (index, sub) in (0u32..).zip(attribute.sub_attributes.iter()) {
            if identity.includes(index, sub) {
                write_part(key, index, sub, &object.get(index), Rule::Compared);
            }
        }
    }
}

/// Returns bytes that are equal for [identical](same_written) values.
pub(crate) fn written_key(attribute: &Attribute, value: &ValueRef<'_>) -> Vec<u8> {
    let mut key = Vec::new();
    write_key(&mut key, attribute, value, Rule::Written);
    key
}

/// Returns bytes that are equal for values that a client considers [equal](same).
pub(crate) fn compared_key(attribute: &Attribute, value: &ValueRef<'_>) -> Vec<u8> {
    let mut key = Vec::new();
    write_compared_key(&mut key, attribute, value);
    key
}

/// Writes the bytes of [`compared_key`] to any key.
pub(crate) fn write_compared_key(key: &mut impl Key, attribute: &Attribute, value: &ValueRef<'_>) {
    write_key(key, attribute, value, Rule::Compared);
}

/// Receives the bytes of a key, and stores or hashes them.
pub(crate) trait Key {
    fn put(&mut self, bytes: &[u8]);
}

impl Key for Vec<u8> {
    fn put(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}

/// A key of which only the hash is kept.
pub(crate) struct Hashed<H> {
    hasher: H,
    work: usize,
}

impl<H: Hasher> Hashed<H> {
    /// Returns a hasher with an empty key.
    pub(crate) fn new(hasher: H) -> Self {
        Self { hasher, work: 0 }
    }

    /// Returns how much work the texts in the key were.
    pub(crate) fn work(&self) -> usize {
        self.work
    }

    /// Returns the hash of the key.
    pub(crate) fn finish(&self) -> u64 {
        self.hasher.finish()
    }
}

impl<H: Hasher> Key for Hashed<H> {
    fn put(&mut self, bytes: &[u8]) {
        self.work = self.work.saturating_add(bytes_work(bytes));
        self.hasher.write(bytes);
    }
}

/// Writes an unambiguous form: each text with its length, each sub-attribute with its index, and the elements of a list
/// in a fixed order. Unassigned values write nothing (RFC 7643 §2.5).
fn write_key(key: &mut impl Key, attribute: &Attribute, value: &ValueRef<'_>, rule: Rule) {
    match value {
        ValueRef::Scalar(scalar) => write_scalar(key, attribute, scalar, rule),
        ValueRef::Complex(object) => {
            for (index, sub) in (0u32..).zip(attribute.sub_attributes.iter()) {
                write_part(key, index, sub, &object.get(index), rule);
            }
        }
        ValueRef::List(list) => {
            for item in item_keys(attribute, *list, rule) {
                key.put(b"[");
                key.put(&item.len().to_le_bytes());
                key.put(&item);
            }
        }
    }
}

fn item_keys(attribute: &Attribute, list: ListRef<'_>, rule: Rule) -> Vec<Vec<u8>> {
    let key = |item: &ValueRef<'_>| {
        let mut key = Vec::new();
        write_key(&mut key, attribute, item, rule);
        key
    };
    let mut keys: Vec<Vec<u8>> = list.iter().map(|(_, item)| key(&item)).collect();
    keys.sort_unstable();
    keys
}

fn write_part(key: &mut impl Key, index: u32, attribute: &Attribute, value: &ValueRef<'_>, rule: Rule) {
    if is_nothing(attribute, value) {
        return;
    }
    key.put(b"=");
    key.put(&index.to_le_bytes());
    write_key(key, attribute, value, rule);
}

/// Returns whether a value is equivalent to no value. An absent `primary` is `false`.
fn is_nothing(attribute: &Attribute, value: &ValueRef<'_>) -> bool {
    value.is_absent() || (matches!(value, ValueRef::Scalar(Scalar::Bool(false))) && attribute.is_primary())
}

fn write_scalar(key: &mut impl Key, attribute: &Attribute, scalar: &Scalar<'_>, rule: Rule) {
    let text = match scalar {
        Scalar::Absent => return,
        Scalar::Bool(false) if attribute.is_primary() => return,
        Scalar::Str(written) if rule == Rule::Written => Cow::Borrowed(&**written),
        scalar => scalar.key(attribute).unwrap_or_default(),
    };
    key.put(&text.len().to_le_bytes());
    key.put(text.as_bytes());
}
