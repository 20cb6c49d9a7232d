//! A row with a field of each type.

use std::net::IpAddr;

use crate::{
    ScimComplex, ScimResource, ScimValue,
    model::Email,
    reflect::{Binary, Convert, DateTime, Secret},
};

#[derive(Clone, Debug, Default, ScimResource)]
#[scim(schema = "urn:example:Staff", name = "Staff", endpoint = "/Staff", crate = "crate")]
#[scim(fixed(path = "kind", value = "Employee"), fixed(path = "at.floor", value = 3))]
pub(super) struct Staff {
    id: String,
    external_id: Option<String>,
    #[scim(path = "meta.version")]
    version: i64,
    #[scim(path = "meta.created")]
    created: DateTime,
    login: String,
    order: Option<String>,
    r#type: Option<String>,
    #[scim(required)]
    active: bool,
    leads: Option<bool>,
    level: Option<Box<u32>>,
    size: Option<u64>,
    score: Option<f64>,
    ratio: Option<f32>,
    boss: Option<uuid::Uuid>,
    tag: Tag,
    number: Option<Number>,
    host: Option<Host>,
    #[scim(with = AsText)]
    converted: Option<IpAddr>,
    #[scim(validate = short)]
    validated: String,
    secret: Option<Secret>,
    picture: Option<Binary>,
    groups: Vec<String>,
    #[scim(path = "name.given")]
    given: Option<String>,
    whole: Option<Whole>,
    #[scim(path = r#"emails[type eq "work"].value"#)]
    work: Option<String>,
    #[scim(path = r#"emails[type eq "work"].primary"#)]
    work_first: bool,
    #[scim(path = r#"emails[type eq "home"].value"#)]
    home: String,
    #[scim(path = "emails", overflow)]
    others: Vec<Email>,
    #[scim(path = r#"phones[type eq "mobile"].value"#, primary)]
    mobile: Option<String>,
    #[scim(path = r#"phones[type eq "fax"].number"#)]
    fax: Option<i64>,
    #[scim(path = "urn:example:Extra:department")]
    department: Option<String>,
}

#[derive(Clone, Debug, Default, ScimComplex)]
#[scim(crate = "crate")]
struct Whole {
    part: Option<String>,
}

#[derive(Clone, Debug, Default, ScimValue)]
#[scim(crate = "crate")]
enum Tag {
    #[default]
    #[scim(default)]
    One,
}

#[derive(Clone, Debug, Default, ScimValue)]
#[scim(crate = "crate")]
struct Number(String);

#[derive(Clone, Debug, ScimValue)]
#[scim(crate = "crate")]
struct Host(#[scim(with = AsText)] IpAddr);

struct AsText;

impl Convert<IpAddr> for AsText {
    type Scim = String;
    type Error = &'static str;

    fn to_scim(address: &IpAddr) -> String {
        address.to_string()
    }

    fn from_scim(text: String) -> Result<IpAddr, &'static str> {
        text.parse().map_err(|_| "expected an IP address")
    }
}

fn short(value: &str) -> Result<(), &'static str> {
    if value.len() < 10 { Ok(()) } else { Err("a short text") }
}
