//! What a schema takes over from Rust types.

use super::{AttributeType, ScimResource};
use crate::schema::{Attribute, AttributeSpec, Path, ResourceType, SchemaError, resolve, unknown};

/// The path of an attribute of `R`, resolved at compile time if it is the value of a constant.
///
/// Names are taken in any letter case; an attribute of an extension is named with its URN, as in
/// `urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value`.
///
/// # Panics
///
/// If `R` has no such attribute. In a constant this is a compile error at the call: `` `User` has no attribute
/// `usrName`; did you mean `userName`? `` The macro of the same name, [`path!`](crate::path!), has it underline the text.
///
/// ```compile_fail
/// use scim_core::{model::User, path, schema::Path};
/// const TYPO: Path = path::<User>("usrName");
/// ```
#[must_use]
#[track_caller]
#[expect(clippy::panic, reason = "in a constant this is the compile error that we want")]
pub const fn path<R: ScimResource>(text: &str) -> Path {
    match resolve(R::TYPE, text.as_bytes()) {
        Some(path) => path,
        None => panic!("{}", unknown(R::TYPE, text.as_bytes()).as_str()),
    }
}

impl AttributeSpec {
    /// An attribute with the characteristics that a Rust type brings along.
    #[must_use]
    pub const fn of<T: AttributeType>(name: &'static str) -> Self {
        Self {
            multi_valued: T::MULTI_VALUED,
            case_exact: T::CASE_EXACT,
            canonical_values: T::CANONICAL_VALUES,
            sub_attributes: T::SUB_ATTRIBUTES,
            ..Self::new(name, T::DATA_TYPE)
        }
    }

    /// As [`of`](Self::of), for a type that a function converts into one of SCIM's.
    #[must_use]
    pub const fn of_conversion<T, S: AttributeType>(name: &'static str, to: fn(&T) -> S) -> Self {
        // The function is asked for its type alone.
        let _ = to;
        Self::of::<S>(name)
    }
}

impl ResourceType {
    /// Checks that a derived struct has a place for all that this resource type has.
    pub(crate) fn check_struct<R: ScimResource>(&self, errors: &mut Vec<SchemaError>) {
        let name = || self.name.to_string();
        let altered = |attribute: &Attribute| SchemaError::Altered {
            resource_type: name(),
            attribute: attribute.name.to_string(),
        };
        let mut given = self.attributes.iter();
        if let Some(own) = R::TYPE.attributes.iter().find(|own| given.next() != Some(*own)) {
            return errors.push(altered(own));
        }
        for added in given {
            if !added.is_extension() {
                errors.push(altered(added));
            } else if !R::DYNAMIC_EXTENSIONS {
                errors.push(SchemaError::NoField { resource_type: name(), extension: added.name.to_string() });
            }
        }
    }
}

/// The index of a sub-attribute by name; for tables that a derive macro writes.
///
/// # Panics
///
/// If there is none. In a constant this is a compile error.
#[must_use]
pub const fn index_of(attributes: &'static [Attribute], name: &str) -> u32 {
    crate::schema::index_of(attributes, name)
}
