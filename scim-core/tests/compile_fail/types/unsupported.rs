//! Types that cannot be used as an attribute.

use std::time::Instant;

use scim_core::{ScimComplex, ScimExtension, ScimResource, model::Name};

#[derive(Clone, ScimComplex)]
struct NoDefault {
    value: Option<String>,
}

#[derive(Clone, Default, ScimComplex)]
struct Owner {
    since: Option<Instant>,
}

#[derive(Clone, Default, ScimResource)]
#[scim(schema = "urn:example:Device", name = "Device", endpoint = "/Devices")]
struct Device {
    id: String,
    serial: String,
    #[scim(extension)]
    name: Option<Name>,
}

#[derive(Clone, Default, ScimExtension)]
#[scim(schema = "urn:example:Badge", name = "Badge")]
struct Badge {
    number: NotDerived,
}

#[derive(Clone, Default)]
struct NotDerived {
    number: String,
}

fn main() {}
