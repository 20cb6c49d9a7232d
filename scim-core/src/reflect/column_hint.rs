//! What the type of a field implies about the column that holds it.

use super::{Scalar, flat::Binding};

/// How a column holds the value of a field, as far as the type of the field determines it.
/// [`sql::columns`](crate::sql::columns) creates columns from it.
///
/// A type implies only what is certain: a column may hold an enum as a number, and a URL in a spelling that differs
/// from the one that the application reads.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ColumnHint {
    /// The attribute has no field and never has a value.
    Nowhere,
    /// The attribute has no field and always has this value.
    Fixed(&'static Scalar<'static>),
    /// The type does not determine how the column holds the value.
    Unknown,
    /// The text itself.
    Text {
        /// Whether an empty text is an absent value.
        empty_is_absent: bool,
    },
    /// A UUID. The nil UUID is an absent value.
    Uuid,
    /// A boolean.
    Bool,
    /// A boolean whose `false` is an absent value, such as whether an element is the primary one.
    Flag,
    /// An integer.
    Int,
    /// A number with a fraction.
    Dec,
    /// A point in time.
    DateTime,
}

impl ColumnHint {
    /// Returns the hint for an `Option` of the type, in which an empty text is a value.
    pub(super) const fn optional(self) -> Self {
        match self {
            Self::Text { .. } => Self::Text { empty_is_absent: false },
            other => other,
        }
    }
}

/// The fields of the struct of a resource, and the attributes that they hold. Derived.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The attributes of a flat struct. Empty if each attribute is in the field with the same index.
    pub binds: &'static [Binding],
    /// The names of the fields, and how their columns hold the values.
    pub fields: &'static [(&'static str, ColumnHint)],
}

impl Row {
    /// The fields are unknown.
    pub const UNKNOWN: Self = Self { binds: &[], fields: &[] };
}
