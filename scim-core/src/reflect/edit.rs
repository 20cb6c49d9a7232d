//! Edits, why an edit can fail, and the steps that all structs share.

use std::{borrow::Cow, fmt};

use super::{Scalar, Value};

/// What [`Reflect::edit`](super::Reflect::edit) does at a place.
#[derive(Debug)]
pub enum Edit<'e, 'v> {
    /// Assigns a simple value to a simple attribute or to an element that is simple. [`Scalar::Absent`] unassigns any
    /// value, including a list or an object.
    Set(Scalar<'v>),
    /// Adds an element to a list. The content moves out of the value.
    ///
    /// At the place of an object of a struct, this sets the sub-attributes that the value has, and keeps the others.
    /// [`Reflect::create`](super::Reflect::create) fills a new element this way. An object of a
    /// [`Document`](super::Document) is edited one sub-attribute at a time.
    Insert(&'e mut Value<'v>),
    /// Removes the elements of a list at these indices, which must ascend. Indices without an element are ignored.
    Remove(&'e [u32]),
}

/// The reason why an edit failed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EditError {
    /// The value has the wrong type or is not one of the allowed values. The text is a noun phrase that describes the
    /// allowed values, such as "an integer".
    Expected(Cow<'static, str>),
    /// The application rejected the value, in a conversion or a check. The text is its message.
    Invalid(Cow<'static, str>),
    /// No field holds values of this attribute.
    Unmapped,
    /// The edit would move an element to other fields, but none of them can hold the sub-attribute at this index.
    UnmappedSub(u32),
    /// The only field for this element holds another element.
    Occupied,
    /// The mapping fixes the value.
    Fixed,
}

impl EditError {
    pub(super) const NOT_AN_OBJECT: Self = Self::expected("an object");
    pub(super) const NOT_A_LIST: Self = Self::expected("an array");

    /// Returns the error of an invalid value.
    pub(super) const fn expected(what: &'static str) -> Self {
        Self::Expected(Cow::Borrowed(what))
    }

    /// Returns the error of an application that rejects a value with this message.
    pub(super) fn invalid(message: &dyn fmt::Display) -> Self {
        Self::Invalid(Cow::Owned(message.to_string()))
    }

    /// Returns the reason, for a message that has named the value.
    pub(crate) fn reason(&self) -> Cow<'static, str> {
        match self {
            EditError::Expected(what) => Cow::Owned(format!("expected {what}")),
            EditError::Invalid(message) => message.clone(),
            EditError::Unmapped => Cow::Borrowed("no field holds this attribute"),
            EditError::UnmappedSub(_) => Cow::Borrowed("no field holds one of the sub-attributes of the element"),
            EditError::Occupied => Cow::Borrowed("the field for this element holds another element"),
            EditError::Fixed => Cow::Borrowed("the value is fixed"),
        }
    }
}

impl fmt::Display for EditError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason())
    }
}

impl std::error::Error for EditError {}

/// A function that makes an edit at a place, as [`Reflect::edit`](super::Reflect::edit) does.
type EditFn<'f> = dyn FnMut(&[u32], Edit<'_, '_>) -> Result<u32, EditError> + 'f;

/// Returns the index of the sub-attribute that contains a place, and the place below it. For the struct itself, the
/// index is `u32::MAX`, which no sub-attribute has.
#[must_use]
pub fn part(place: &[u32]) -> (u32, &[u32]) {
    place.split_first().map_or((u32::MAX, place), |(index, below)| (*index, below))
}

/// Assigns every sub-attribute of a complex value to an object. Sub-attributes without a field are dropped.
pub(super) fn fill_with(node: &mut Value<'_>, edit: &mut EditFn<'_>) -> Result<u32, EditError> {
    let Value::Complex(parts) = node else { return Err(EditError::NOT_AN_OBJECT) };
    for (index, part) in parts {
        let index = *index;
        let result = put(part, &mut |at, change| {
            // A place below a sub-attribute that is filled has at most an attribute, an element and a sub-attribute.
            let mut place = [index, 0, 0, 0];
            let end = at.len().saturating_add(1);
            match (place.get_mut(1..end), at) {
                (Some(tail), at) => tail.copy_from_slice(at),
                (None, _) => return Err(EditError::Unmapped),
            }
            edit(place.get(..end).unwrap_or_default(), change)
        });
        match result {
            Err(EditError::Unmapped) => {}
            other => other.map(drop)?,
        }
    }
    Ok(0)
}

/// Replaces the value of a field.
pub(super) fn put(node: &mut Value<'_>, edit: &mut EditFn<'_>) -> Result<u32, EditError> {
    match node {
        Value::Scalar(scalar) => edit(&[], Edit::Set(std::mem::take(scalar))),
        Value::Complex(_) => edit(&[], Edit::Insert(node)),
        Value::List(items) => {
            edit(&[], Edit::Set(Scalar::Absent))?;
            for item in items {
                edit(&[], Edit::Insert(item))?;
            }
            Ok(0)
        }
    }
}

/// Returns the scalar that an edit assigns to a simple value.
///
/// Fails with `Unmapped` if the place is deeper, and with `Invalid` if the value is not simple.
pub(super) fn scalar<'v>(at: &[u32], edit: Edit<'_, 'v>, expected: &'static str) -> Result<Scalar<'v>, EditError> {
    match edit {
        _ if !at.is_empty() => Err(EditError::Unmapped),
        Edit::Set(scalar) => Ok(scalar),
        Edit::Insert(Value::Scalar(scalar)) => Ok(std::mem::take(scalar)),
        Edit::Insert(_) | Edit::Remove(_) => Err(EditError::expected(expected)),
    }
}
