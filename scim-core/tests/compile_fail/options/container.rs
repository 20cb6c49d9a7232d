//! Options that a type requires.

use scim_core::{ScimExtension, ScimResource};

#[derive(Clone, Default, ScimResource)]
struct Nothing {
    id: String,
    serial: String,
}

#[derive(Clone, Default, ScimExtension)]
#[scim(name = "Badge")]
struct Badge {
    number: String,
}

#[derive(Clone, Default, ScimResource)]
#[scim(schema = "http://example.com/Device", name = "", endpoint = "Devices")]
struct Wrong {
    id: String,
    serial: String,
}

#[derive(Clone, Default, ScimResource)]
#[scim(schema = "urn:example:Device", name = "Device", endpoint = "/a/b")]
struct TwoSegments {
    id: String,
    serial: String,
}

fn main() {}
