//! Options that are unknown or not supported at their position.

use scim_core::{ScimComplex, ScimResource, ScimValue};

#[derive(Clone, Default, ScimResource)]
#[scim(schma = "urn:example:Device", name = "Device", endpoint = "/Devices")]
struct Misspelled {
    id: String,
    #[scim(requird)]
    serial: String,
    #[scim(colour = "red", required)]
    color: String,
    #[scim(endpoint = "/x")]
    place: String,
}

#[derive(Clone, Default, ScimComplex)]
#[scim(name = "Owner")]
struct Owner {
    #[scim(path = "value")]
    value: String,
}

#[derive(Clone, ScimValue)]
#[scim(rename = "x")]
enum Kind {
    #[scim(nme = "one")]
    One,
}

#[derive(Clone, ScimValue)]
#[scim(case_exact)]
struct Number(#[scim(required)] String);

fn main() {}
