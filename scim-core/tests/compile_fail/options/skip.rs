//! `skip` with other options, and `path` with `name`.

use scim_core::{ScimComplex, ScimResource};

#[derive(Clone, Default, ScimComplex)]
struct Owner {
    #[scim(skip, name = "b")]
    a: String,
}

#[derive(Clone, Default, ScimResource)]
#[scim(schema = "urn:example:Device", name = "Device", endpoint = "/Devices")]
struct Device {
    id: String,
    #[scim(path = "serial", name = "serial")]
    a: String,
}

fn main() {}
