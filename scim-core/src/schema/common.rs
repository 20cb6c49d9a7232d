//! The attributes that every resource has (RFC 7643 §3.1).
//!
//! They belong to no schema; they have fixed indices before every resource type's own attributes.

use std::borrow::Cow;

use super::{Attribute, AttributeSpec, DataType, Mutability, Returned, Uniqueness, spec::build};

/// Index of `schemas`. It is computed from the data and never stored.
pub const SCHEMAS: u32 = 0;
/// Index of `id`.
pub const ID: u32 = 1;
/// Index of `externalId`.
pub const EXTERNAL_ID: u32 = 2;
/// Index of `meta`.
pub const META: u32 = 3;
/// The number of common attributes, which is the index of the first attribute of a core schema.
pub const COUNT: u32 = 4;

/// Index of `meta.resourceType`, which is computed from the endpoint and never stored.
pub const META_RESOURCE_TYPE: u32 = 0;
/// Index of `meta.created`.
pub const META_CREATED: u32 = 1;
/// Index of `meta.lastModified`.
pub const META_LAST_MODIFIED: u32 = 2;
/// Index of `meta.location`, which is computed from the request's base URL and never stored.
pub const META_LOCATION: u32 = 3;
/// Index of `meta.version`.
pub const META_VERSION: u32 = 4;

/// `schemas`, `id`, `externalId` and `meta`, in the order of their indices.
pub const ATTRIBUTES: [Attribute; 4] = build([SCHEMAS_SPEC, ID_SPEC, EXTERNAL_ID_SPEC, META_SPEC]);

/// `schemas`: the URIs of the schemas that the resource uses.
pub const SCHEMAS_SPEC: AttributeSpec = AttributeSpec {
    description: "The URIs of the schemas that the resource uses.",
    multi_valued: true,
    required: true,
    returned: Returned::Always,
    reference_types: URI,
    // URIs of schemas are compared without regard to case (RFC 7644 §3.10).
    case_exact: false,
    ..AttributeSpec::new("schemas", DataType::Reference)
};

/// `id`: the identifier assigned by the service provider.
pub const ID_SPEC: AttributeSpec = AttributeSpec {
    description: "The identifier that the service provider gave to the resource.",
    required: true,
    case_exact: true,
    mutability: Mutability::ReadOnly,
    returned: Returned::Always,
    uniqueness: Uniqueness::Server,
    ..AttributeSpec::new("id", DataType::String)
};

/// `externalId`: the identifier assigned by the client.
pub const EXTERNAL_ID_SPEC: AttributeSpec = AttributeSpec {
    description: "The identifier that the client gave to the resource.",
    case_exact: true,
    ..AttributeSpec::new("externalId", DataType::String)
};

/// `meta`: the metadata that the service provider maintains.
pub const META_SPEC: AttributeSpec = AttributeSpec {
    description: "What the service provider knows about the resource.",
    mutability: Mutability::ReadOnly,
    sub_attributes: META_SUB_ATTRIBUTES,
    ..AttributeSpec::new("meta", DataType::Complex)
};

const URI: &[Cow<'static, str>] = &[Cow::Borrowed("uri")];

const META_SUB_ATTRIBUTES: &[Attribute] = &build([
    AttributeSpec { case_exact: true, ..read_only("resourceType", DataType::String) },
    read_only("created", DataType::DateTime),
    read_only("lastModified", DataType::DateTime),
    AttributeSpec { case_exact: true, reference_types: URI, ..read_only("location", DataType::Reference) },
    AttributeSpec { case_exact: true, ..read_only("version", DataType::String) },
]);

const fn read_only(name: &'static str, data_type: DataType) -> AttributeSpec {
    AttributeSpec { mutability: Mutability::ReadOnly, ..AttributeSpec::new(name, data_type) }
}
