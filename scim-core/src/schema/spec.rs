//! Attributes that derived code builds at compile time, from the types of fields and the standard schemas.

use std::borrow::Cow;

use super::{
    Attribute, AttributeSpec, DataType, Mutability, Returned, Uniqueness,
    const_str::{borrowed, name_bytes, nth, same},
};

/// Whether the type of a field passes a check. Derived code requires a trait of `Fit<true>`, so that the compiler
/// reports the message of the check itself.
#[derive(Debug)]
pub struct Fit<const FITS: bool>;

#[doc(hidden)]
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
const fn holds(own: DataType, attribute: DataType) -> bool {
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

/// Returns the sub-attributes of an object, each as strict as its own type and the standard schema together require,
/// and of the type in the standard schema: an id that the application stores as a number is text.
///
/// `N` is the number of sub-attributes; `standard` has those of the schema.
#[must_use]
#[expect(clippy::indexing_slicing, reason = "the index is below the length")]
pub const fn stricter<const N: usize>(own: &'static [Attribute], standard: &'static [AttributeSpec]) -> [Attribute; N] {
    let mut all = [const { AttributeSpec::new("", DataType::String).build() }; N];
    let mut i = 0;
    while i < N && i < own.len() {
        let mut part = spec(nth(own, i));
        let mut j = 0;
        while j < standard.len() {
            if same(name_bytes(&nth(own, i).name), standard[j].name.as_bytes(), standard[j].name.len()) {
                part = both(part, standard[j]);
            }
            j += 1;
        }
        // The old value borrows everything; a constant cannot run its destructor.
        std::mem::forget(std::mem::replace(&mut all[i], part.build()));
        i += 1;
    }
    all
}

const fn both(own: AttributeSpec, standard: AttributeSpec) -> AttributeSpec {
    AttributeSpec {
        // A type that cannot hold the standard's values is rejected by `part_fits` where it is used.
        data_type: if holds(own.data_type, standard.data_type) { standard.data_type } else { own.data_type },
        required: own.required || standard.required,
        case_exact: own.case_exact || standard.case_exact,
        canonical_values: if own.canonical_values.is_empty() {
            standard.canonical_values
        } else {
            own.canonical_values
        },
        reference_types: if own.reference_types.is_empty() { standard.reference_types } else { own.reference_types },
        mutability: if matches!(own.mutability, Mutability::ReadWrite) { standard.mutability } else { own.mutability },
        returned: if matches!(own.returned, Returned::Default) { standard.returned } else { own.returned },
        uniqueness: if matches!(own.uniqueness, Uniqueness::None) { standard.uniqueness } else { own.uniqueness },
        ..own
    }
}

/// Destructures a constant attribute, in which everything is borrowed.
const fn spec(attribute: &'static Attribute) -> AttributeSpec {
    AttributeSpec {
        name: text(&attribute.name),
        description: text(&attribute.description),
        data_type: attribute.data_type,
        multi_valued: attribute.multi_valued,
        required: attribute.required,
        case_exact: attribute.case_exact,
        canonical_values: texts(&attribute.canonical_values),
        mutability: attribute.mutability,
        returned: attribute.returned,
        uniqueness: attribute.uniqueness,
        reference_types: texts(&attribute.reference_types),
        sub_attributes: borrowed(&attribute.sub_attributes),
    }
}

#[expect(clippy::ptr_arg, reason = "a `Cow` cannot be dereferenced in a constant")]
const fn text(text: &'static Cow<'static, str>) -> &'static str {
    match text {
        Cow::Borrowed(text) => text,
        Cow::Owned(text) => text.as_str(),
    }
}

#[expect(clippy::ptr_arg, reason = "a `Cow` cannot be dereferenced in a constant")]
const fn texts(texts: &'static Cow<'static, [Cow<'static, str>]>) -> &'static [Cow<'static, str>] {
    match texts {
        Cow::Borrowed(texts) => texts,
        Cow::Owned(texts) => texts.as_slice(),
    }
}
