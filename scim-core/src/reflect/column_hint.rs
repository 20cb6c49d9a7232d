//! What a field's type says about the column that holds it.

use super::{Scalar, flat::Binding};

/// How the column of a field holds its value, as far as the field's type tells; what
/// [`sql::columns`](crate::sql::columns) makes columns of.
///
/// A type says no more than what must be so: an enum may be a number in its column, and a URL may stand there in another
/// spelling than it is read in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ColumnHint {
    /// There is no field: the attribute never has a value.
    Nowhere,
    /// In no field: the attribute always has this value.
    Fixed(&'static Scalar<'static>),
    /// In a way that the type does not tell.
    Unknown,
    /// As the text itself.
    Text {
        /// Whether an empty text is no value.
        empty_is_absent: bool,
    },
    /// As a UUID. The nil UUID is no value.
    Uuid,
    /// As a boolean.
    Bool,
    /// As a boolean of which only `true` is a value: whether an element is the primary one.
    Flag,
    /// As an integer.
    Int,
    /// As a number with a fraction.
    Dec,
    /// As a point in time.
    DateTime,
}

impl ColumnHint {
    /// The same in an `Option`, where an empty text is a text.
    pub(super) const fn optional(self) -> Self {
        match self {
            Self::Text { .. } => Self::Text { empty_is_absent: false },
            other => other,
        }
    }
}

/// The fields of a resource's struct, and where its attributes live in them. Derived.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The attributes of a flat struct; empty if the attribute of each index is the field of that index.
    pub binds: &'static [Binding],
    /// The names of the fields, and how their columns hold them.
    pub fields: &'static [(&'static str, ColumnHint)],
}

impl Row {
    /// Nothing is known of the fields.
    pub const UNKNOWN: Self = Self { binds: &[], fields: &[] };
}
