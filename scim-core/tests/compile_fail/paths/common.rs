//! Paths of common attributes.

use scim_core::{ScimResource, model::Meta};

#[derive(Clone, Default, ScimResource)]
#[scim(schema = "urn:example:Device", name = "Device", endpoint = "/Devices")]
struct Device {
    schemas: Vec<String>,
    #[scim(path = "id.value")]
    a: String,
    #[scim(path = "meta.location")]
    location: Option<String>,
    #[scim(path = "urn:example:Device")]
    whole: Option<String>,
}

#[derive(Clone, Default, ScimResource)]
#[scim(schema = "urn:example:Thing", name = "Thing", endpoint = "/Things")]
struct Thing {
    #[scim(required)]
    id: String,
    #[scim(case_exact = false)]
    external_id: Option<String>,
    serial: String,
}

#[derive(Clone, Default, ScimResource)]
#[scim(schema = "urn:example:Badge", name = "Badge", endpoint = "/Badges")]
struct Badge {
    id: String,
    #[scim(validate = whole)]
    meta: Meta,
}

fn whole(_: &Meta) -> Result<(), String> {
    Ok(())
}

fn main() {}
