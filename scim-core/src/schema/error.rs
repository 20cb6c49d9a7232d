//! The faults of resource types.

use std::fmt;

use super::Returned;

/// One fault of a resource type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SchemaError {
    /// A name does not match the grammar of RFC 7643 §2.1.
    #[error("`{0}` is not an attribute name: letters, digits, `$`, `-` and `_`, with a letter first")]
    Name(String),
    /// The names of two attributes of one object are equal or differ only in case.
    #[error("`{0}` is declared twice")]
    Duplicate(String),
    /// A core attribute has the name of a common attribute.
    #[error("`{0}` is a common attribute of every resource and cannot be declared by a schema")]
    Common(String),
    /// The full name of an attribute is, or starts with, the URN of an extension, so the name would refer to the
    /// extension.
    #[error("`{attribute}` cannot be named in full, because `{extension}` is the URN of an extension")]
    Shadowed {
        /// The attribute, with the URN of its schema.
        attribute: String,
        /// The URN of the extension.
        extension: String,
    },
    /// A complex attribute is within a complex attribute (RFC 7643 §2.3.8).
    #[error("`{0}` is complex inside of a complex attribute")]
    Nested(String),
    /// A complex attribute has no sub-attributes.
    #[error("`{0}` is complex and has no sub-attributes")]
    Empty(String),
    /// A simple attribute has sub-attributes.
    #[error("`{0}` is simple and cannot have sub-attributes")]
    SubAttributes(String),
    /// An attribute that nobody may write and that must never be shown has no use.
    #[error("`{0}` is readOnly and never returned, so no client could ever notice it")]
    Unreachable(String),
    /// A write-only attribute is never returned (RFC 7643 §7).
    #[error("`{name}` is writeOnly and `returned: {}`: leave `returned` out, or write `never`", returned.as_str())]
    Contradiction {
        /// The name of the attribute.
        name: String,
        /// The conflicting value.
        returned: Returned,
    },
    /// The URI of a schema is not a URN.
    #[error("`{0}` is not a URN such as `urn:example:params:scim:schemas:core:2.0:Device`")]
    Urn(String),
    /// The endpoint is not a path of one segment.
    #[error("the endpoint `{0}` is not one path segment such as `/Devices`")]
    Endpoint(String),
    /// The resource type has no name.
    #[error("the resource type of the endpoint `{0}` has no name")]
    Unnamed(String),
    /// Two resource types conflict.
    #[error("two resource types have the {what} `{value}`")]
    Clash {
        /// `name` or `endpoint`.
        what: &'static str,
        /// The value that both have.
        value: String,
    },
    /// Two different schemas are published under one URN.
    #[error("two different schemas have the URN `{0}`")]
    SchemaClash(String),
    /// The struct of a resource has no field for `id`. A derived struct always has one.
    #[error("the struct of `{0}` has no field for `id`, by which clients address its resources")]
    NoId(String),
    /// A derived struct is served as a type with an extension for which it has no field.
    #[error(
        "the struct of `{resource_type}` has no field for the extension `{extension}`, which is added at run time: give \
         it one with `#[scim(dynamic_extensions)]`, of the type `DynamicExtensions`"
    )]
    NoField {
        /// The name of the resource type.
        resource_type: String,
        /// The URN of the extension.
        extension: String,
    },
    /// A derived struct is served as a type with attributes other than its own.
    #[error(
        "the struct of `{resource_type}` has another attribute in the place of `{attribute}`: only extensions can be added to its type"
    )]
    Altered {
        /// The name of the resource type.
        resource_type: String,
        /// The name of the attribute.
        attribute: String,
    },
}

/// All faults of the registered resource types.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaErrors(pub Vec<SchemaError>);

impl std::error::Error for SchemaErrors {}

impl fmt::Display for SchemaErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            write!(f, "{separator}{error}")?;
        }
        Ok(())
    }
}
