//! How derived code extends the attributes that come from the types of fields.

use std::borrow::Cow;

use super::{
    Attribute, AttributeSpec, DataType,
    path::{name_bytes, nth, same},
};

/// Whether the type of a field passes a check. Derived code requires a trait of `Fit<true>`, so that the compiler
/// reports the message of the check itself.
#[doc(hidden)]
#[derive(Debug)]
pub struct Fit<const FITS: bool>;

impl AttributeSpec {
    /// Returns this attribute under another name.
    #[must_use]
    pub const fn named(self, name: &'static str) -> Self {
        Self { name, ..self }
    }

    /// Returns this attribute with the type from a standard schema.
    #[must_use]
    pub const fn standard(self, data_type: DataType) -> Self {
        Self { data_type, ..self }
    }

    /// Returns whether the values are simple.
    #[must_use]
    pub const fn is_simple(self) -> bool {
        !matches!(self.data_type, DataType::Complex)
    }

    /// Returns whether the attribute is single-valued.
    #[must_use]
    pub const fn is_single(self) -> bool {
        !self.multi_valued
    }

    /// Returns whether the type can hold the values that a standard schema specifies.
    #[must_use]
    pub const fn fits(self, data_type: DataType, multi_valued: bool) -> bool {
        self.multi_valued == multi_valued && holds(self.data_type, data_type)
    }

    /// Returns whether the type can hold the versions of a resource.
    #[must_use]
    pub const fn fits_version(self) -> bool {
        self.fits(DataType::String, false) || self.fits(DataType::DateTime, false)
    }

    /// Returns whether the sub-attribute with this name, if there is one, can hold the values that a standard schema
    /// specifies.
    #[must_use]
    pub const fn part_fits(self, name: &'static str, data_type: DataType) -> bool {
        let mut index = 0;
        while index < self.sub_attributes.len() {
            let part = nth(self.sub_attributes, index);
            if same(name_bytes(&part.name), name.as_bytes(), name.len())
                && (part.multi_valued || !holds(part.data_type, data_type))
            {
                return false;
            }
            index += 1;
        }
        true
    }

    /// Returns this attribute with these canonical values, unless its type has its own.
    #[must_use]
    pub const fn suggesting(self, values: &'static [Cow<'static, str>]) -> Self {
        if self.canonical_values.is_empty() { Self { canonical_values: values, ..self } } else { self }
    }
}

/// Builds attributes that are known at compile time from their descriptions.
#[must_use]
#[expect(clippy::indexing_slicing, reason = "the index is below the length")]
pub const fn build<const N: usize>(specs: [AttributeSpec; N]) -> [Attribute; N] {
    let mut all = [const { AttributeSpec::new("", DataType::String).build() }; N];
    let mut i = 0;
    while i < N {
        // The old value borrows everything; a constant cannot run its destructor.
        std::mem::forget(std::mem::replace(&mut all[i], specs[i].build()));
        i += 1;
    }
    all
}

/// Returns whether a field of one type can hold the values of an attribute of another.
pub(super) const fn holds(own: DataType, attribute: DataType) -> bool {
    match own {
        DataType::Boolean => matches!(attribute, DataType::Boolean),
        DataType::Integer => matches!(attribute, DataType::Integer | DataType::Decimal | DataType::String),
        DataType::Decimal => matches!(attribute, DataType::Decimal),
        DataType::DateTime => matches!(attribute, DataType::DateTime),
        DataType::Complex => matches!(attribute, DataType::Complex),
        DataType::Binary => matches!(attribute, DataType::Binary),
        DataType::String => matches!(attribute, DataType::String | DataType::Reference | DataType::Binary),
        DataType::Reference => matches!(attribute, DataType::String | DataType::Reference),
    }
}
