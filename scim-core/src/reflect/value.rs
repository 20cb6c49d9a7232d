//! Values that are detached from any resource.

use std::{borrow::Cow, fmt};

use super::DateTime;

/// A simple value.
///
/// `Debug` shows its kind but not the value: only a schema knows which values are secret, and `Debug` output ends up in
/// logs. The same applies to [`Value`], [`ValueRef`](super::ValueRef) and all types that contain them.
/// [`Document::to_json`](super::Document::to_json) and [`json::write`](crate::json::write()) show values.
///
/// ```
/// use scim_core::reflect::Scalar;
///
/// assert_eq!(format!("{:?}", Scalar::Str("t1meMa$heen".into())), "Str(11 bytes)");
/// ```
#[derive(Clone, Default, PartialEq)]
pub enum Scalar<'a> {
    /// No value.
    #[default]
    Absent,
    /// A boolean.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A number with a fraction.
    Dec(f64),
    /// A point in time.
    DateTime(DateTime),
    /// Text, a reference, or bytes as base64 text.
    Str(Cow<'a, str>),
}

/// A value outside of any resource, such as the value of a PATCH operation, an element before it is inserted, or the
/// content of a [`Document`](super::Document). Text is borrowed from the request if possible.
#[derive(Clone, PartialEq)]
pub enum Value<'a> {
    /// A simple value, or an absent one.
    Scalar(Scalar<'a>),
    /// The assigned sub-attributes by index, in no particular order.
    Complex(Vec<(u32, Value<'a>)>),
    /// The elements of a list.
    List(Vec<Value<'a>>),
}

impl Scalar<'_> {
    /// Returns the text, if the value is text.
    pub(crate) fn as_str(&self) -> Option<&str> {
        if let Scalar::Str(text) = self { Some(text) } else { None }
    }

    /// Returns whether there is no value.
    #[must_use]
    pub fn is_absent(&self) -> bool {
        matches!(self, Scalar::Absent)
    }

    /// Returns the number. A decimal may have been sent without a fraction.
    #[expect(clippy::cast_precision_loss, reason = "a JSON number is a double anyway")]
    pub(crate) fn number(&self) -> Option<f64> {
        match self {
            Scalar::Int(value) => Some(*value as f64),
            Scalar::Dec(value) => Some(*value),
            _ => None,
        }
    }

    /// Returns a copy that borrows nothing.
    #[must_use]
    pub fn into_owned(self) -> Scalar<'static> {
        match self {
            Scalar::Absent => Scalar::Absent,
            Scalar::Bool(value) => Scalar::Bool(value),
            Scalar::Int(value) => Scalar::Int(value),
            Scalar::Dec(value) => Scalar::Dec(value),
            Scalar::DateTime(value) => Scalar::DateTime(value),
            Scalar::Str(value) => Scalar::Str(Cow::Owned(value.into_owned())),
        }
    }
}

impl Value<'_> {
    /// No value.
    pub const ABSENT: Self = Value::Scalar(Scalar::Absent);

    /// Returns whether nothing is assigned: `null`, `[]`, `{}`, or an object or list of only those (RFC 7643 §2.5).
    #[must_use]
    pub fn is_absent(&self) -> bool {
        match self {
            Value::Scalar(scalar) => scalar.is_absent(),
            Value::Complex(parts) => parts.iter().all(|(_, part)| part.is_absent()),
            Value::List(items) => items.iter().all(Value::is_absent),
        }
    }

    /// Returns a copy that borrows nothing.
    #[must_use]
    pub fn into_owned(self) -> Value<'static> {
        match self {
            Value::Scalar(scalar) => Value::Scalar(scalar.into_owned()),
            Value::Complex(parts) => {
                Value::Complex(parts.into_iter().map(|(index, part)| (index, part.into_owned())).collect())
            }
            Value::List(items) => Value::List(items.into_iter().map(Value::into_owned).collect()),
        }
    }

    /// Returns the approximate size of the value in bytes, for budgets.
    pub(crate) fn size(&self) -> usize {
        const NODE: usize = 32;
        match self {
            Value::Scalar(Scalar::Str(text)) => text.len().saturating_add(NODE),
            Value::Scalar(_) => NODE,
            Value::Complex(parts) => parts.iter().map(|(_, part)| part.size()).fold(NODE, usize::saturating_add),
            Value::List(items) => items.iter().map(Self::size).fold(NODE, usize::saturating_add),
        }
    }

    /// Returns whether this is a boolean with the given value.
    pub(crate) fn is_bool(&self, value: bool) -> bool {
        matches!(self, Value::Scalar(Scalar::Bool(is)) if *is == value)
    }

    /// Returns whether a sub-attribute of an element needs a field: a flag that is `false` does not.
    pub(crate) fn is_assigned(&self) -> bool {
        !self.is_absent() && !self.is_bool(false)
    }

    /// Returns the indices of the sub-attributes that [need a field](Self::is_assigned).
    pub(crate) fn assigned(&self) -> impl Iterator<Item = u32> {
        let parts: &[(u32, Self)] = if let Value::Complex(parts) = self { parts } else { &[] };
        parts.iter().filter(|(_, part)| part.is_assigned()).map(|(index, _)| *index)
    }

    /// Returns the sub-attribute at an index of a complex value.
    #[must_use]
    pub fn part(&self, index: u32) -> Option<&Self> {
        match self {
            Value::Complex(parts) => parts.iter().find(|(at, _)| *at == index).map(|(_, part)| part),
            _ => None,
        }
    }
}

impl Default for Value<'_> {
    fn default() -> Self {
        Self::ABSENT
    }
}

impl fmt::Debug for Scalar<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Scalar::Absent => f.write_str("Absent"),
            Scalar::Bool(_) => f.write_str("Bool(..)"),
            Scalar::Int(_) => f.write_str("Int(..)"),
            Scalar::Dec(_) => f.write_str("Dec(..)"),
            Scalar::DateTime(_) => f.write_str("DateTime(..)"),
            Scalar::Str(text) => write!(f, "Str({} bytes)", text.len()),
        }
    }
}

impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Scalar(scalar) => scalar.fmt(f),
            Value::Complex(parts) => f.debug_map().entries(parts.iter().map(|(index, part)| (index, part))).finish(),
            Value::List(items) => f.debug_list().entries(items).finish(),
        }
    }
}
