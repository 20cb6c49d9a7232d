//! Common attributes that are missing, or have an unsupported type.

use scim_core::{ScimComplex, ScimResource};

#[derive(Clone, Default, ScimResource)]
#[scim(schema = "urn:example:Device", name = "Device", endpoint = "/Devices")]
struct WithoutId {
    serial: String,
}

#[derive(Clone, Default, ScimResource)]
#[scim(schema = "urn:example:Device", name = "Device", endpoint = "/Devices")]
struct Flat {
    id: bool,
    external_id: Vec<String>,
    #[scim(path = "meta.created")]
    created: i64,
    #[scim(path = "meta.lastModified")]
    modified: Option<String>,
    #[scim(path = "meta.version")]
    version: Option<f64>,
}

#[derive(Clone, Default, ScimResource)]
#[scim(schema = "urn:example:Device", name = "Device", endpoint = "/Devices")]
struct Nested {
    id: String,
    meta: Option<Meta>,
}

#[derive(Clone, Default, ScimComplex)]
struct Meta {
    version: i64,
}

fn main() {}
