//! Computes at compile time what the sub-attributes of an object inherit from a standard schema.

use std::borrow::Cow;

use super::{
    Attribute, AttributeSpec, DataType, Mutability, Returned, Uniqueness,
    derived::holds,
    path::{borrowed, name_bytes, nth, same},
};

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
        // A type that cannot hold the standard's values is refused by `part_fits` where it is used.
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
