//! The parts of a schema that follow from Rust types.

use super::{AttributeType, ScimResource};
use crate::schema::{Attribute, AttributeSpec, Path, ResourceType, SchemaError, resolve, unknown};

/// Returns the path of an attribute of `R`, resolved at compile time in a constant.
///
/// Names are accepted in any letter case. An attribute of an extension is named with its URN, as in
/// `urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value`.
///
/// # Panics
///
/// Panics if `R` has no such attribute. In a constant this is a compile error at the call: `` `User` has no attribute
/// `usrName`; did you mean `userName`? `` The macro with the same name, [`path!`](crate::path!), underlines the text.
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
    /// Returns an attribute with the characteristics of a Rust type.
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

    /// The same as [`of`](Self::of), for a type that a function converts to a SCIM type.
    #[must_use]
    pub const fn of_conversion<T, S: AttributeType>(name: &'static str, to: fn(&T) -> S) -> Self {
        // Only the type of the function is needed.
        let _ = to;
        Self::of::<S>(name)
    }
}

impl ResourceType {
    /// Checks that a derived struct has a field for every attribute and extension of this resource type.
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

/// Returns the index of a sub-attribute by name. Tables that a derive macro generates use it.
///
/// # Panics
///
/// Panics if there is no such sub-attribute. In a constant this is a compile error.
#[must_use]
pub const fn index_of(attributes: &'static [Attribute], name: &str) -> u32 {
    crate::schema::index_of(attributes, name)
}
