//! Two fields that are bound to the same attribute.

use scim_core::{ScimComplex, ScimResource};

#[derive(Clone, Default, ScimResource)]
#[scim(schema = "urn:example:Device", name = "Device", endpoint = "/Devices")]
struct Device {
    id: String,
    serial: String,
    #[scim(path = "serial")]
    number: String,
    #[scim(path = "size.width")]
    width: Option<i64>,
    #[scim(path = "Size.WIDTH")]
    breadth: Option<i64>,
    #[scim(path = "color")]
    color: Option<String>,
    #[scim(path = "color.name")]
    color_name: Option<String>,
}

#[derive(Clone, Default, ScimComplex)]
struct Owner {
    value: String,
    #[scim(name = "VALUE")]
    id: String,
}

fn main() {}
