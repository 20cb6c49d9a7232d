//! When two values are the same, by an attribute's rules.
//!
//! The definition is the key: two values are the same if their keys are equal. Where values are only compared, a walk
//! over both saves making the keys; a property test holds the two together.

use std::{borrow::Cow, hash::Hasher};

use crate::{
    collation,
    meter::bytes_work,
    reflect::{ListRef, ObjectRef, Scalar, ValueRef},
    schema::{Attribute, Mutability, ResourceType, common},
};

/// Whether two resources hold the same. What only the server writes about a resource (`meta`) does not count.
pub(crate) fn equal(resource_type: &ResourceType, left: &ValueRef<'_>, right: &ValueRef<'_>) -> bool {
    let (ValueRef::Complex(left), ValueRef::Complex(right)) = (left, right) else { return false };
    (0u32..)
        .zip(resource_type.attributes.iter())
        .filter(|(index, _)| *index != common::META)
        .all(|(index, attribute)| same_written(attribute, &left.get(index), &right.get(index)))
}

/// Whether two values are the same to the letter: a change of letter case is a change. An absent `primary` is `false`
/// (RFC 7643 §2.4).
pub(crate) fn same_written(attribute: &Attribute, left: &ValueRef<'_>, right: &ValueRef<'_>) -> bool {
    same_by(attribute, left, right, Rule::Written)
}

/// Whether two values of an attribute are the same to a client that compares them: letter case counts only where the
/// attribute is exact, the order of elements never (RFC 7643 §2).
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
    // An unchanged list is seen in one walk; only another order costs more.
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

/// What tells the elements of a list apart. Add, replace, remove, PUT and the search for duplicates all ask this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Identity {
    /// A `value` that can never change: a member is a member whatever else is said of it.
    Value(u32),
    /// `value` and `type` (RFC 7643 §2.4), the latter if the attribute has one.
    ValueAndType(u32, Option<u32>),
    /// All that clients can write but `primary`, which marks an element and does not make it another one.
    Whole,
}

impl Identity {
    /// What tells the elements of an attribute apart.
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

    /// The identity of one element: an element without a `value` is compared as a whole.
    fn of_element(self, object: &ObjectRef<'_>) -> Self {
        match self {
            Self::Value(value) | Self::ValueAndType(value, _) if object.get(value).is_absent() => Self::Whole,
            identity => identity,
        }
    }

    /// Whether a sub-attribute is part of the identity of an element.
    fn includes(self, index: u32, sub: &Attribute) -> bool {
        match self {
            Self::Value(value) => index == value,
            Self::ValueAndType(value, kind) => index == value || Some(index) == kind,
            Self::Whole => sub.mutability != Mutability::ReadOnly && !sub.is_primary(),
        }
    }

    /// Whether the identity of an element includes something that no client can read. Such an element is the same one as no
    /// other: otherwise the effect of a request would reveal whether a guess is right.
    pub(crate) fn is_secret(self, attribute: &Attribute, element: &ValueRef<'_>) -> bool {
        let ValueRef::Complex(object) = element else { return !attribute.is_readable() };
        let identity = self.of_element(object);
        let mut subs = (0u32..).zip(attribute.sub_attributes.iter());
        !attribute.is_readable()
            || subs.any(|(index, sub)| {
                !sub.is_readable() && identity.includes(index, sub) && !object.get(index).is_absent()
            })
    }

    /// Whether the identity of the elements of an attribute is a `value` that can never change, and nothing else.
    pub(crate) fn is_value_alone(attribute: &Attribute) -> bool {
        matches!(Self::of(attribute), Self::Value(_))
    }

    /// The key of an element of an attribute: equal for elements that are the same one.
    pub(crate) fn key_of(attribute: &Attribute, element: &ValueRef<'_>) -> Vec<u8> {
        let mut key = Vec::new();
        Self::of(attribute).write_key(&mut key, attribute, element);
        key
    }

    /// Writes the key of an element: equal for elements that are the same one.
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

/// Bytes that are equal for values that are the [same to the letter](same_written).
pub(crate) fn written_key(attribute: &Attribute, value: &ValueRef<'_>) -> Vec<u8> {
    let mut key = Vec::new();
    write_key(&mut key, attribute, value, Rule::Written);
    key
}

/// Bytes that are equal for values that are the [same to a client](same).
pub(crate) fn compared_key(attribute: &Attribute, value: &ValueRef<'_>) -> Vec<u8> {
    let mut key = Vec::new();
    write_compared_key(&mut key, attribute, value);
    key
}

/// As [`compared_key`], into any key.
pub(crate) fn write_compared_key(key: &mut impl Key, attribute: &Attribute, value: &ValueRef<'_>) {
    write_key(key, attribute, value, Rule::Compared);
}

/// Takes the bytes of a key: keeps them, or hashes them.
pub(crate) trait Key {
    fn put(&mut self, bytes: &[u8]);
}

impl Key for Vec<u8> {
    fn put(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}

/// A key of which only the hash is wanted.
pub(crate) struct Hashed<H> {
    hasher: H,
    work: usize,
}

impl<H: Hasher> Hashed<H> {
    /// Starts with an empty key.
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

/// Writes an unambiguous form: each text with its length, each part with its index, the items of a list in one order. What
/// is unassigned writes nothing (RFC 7643 §2.5).
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

/// Whether a value says no more than none: `primary` is false where it is absent.
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
