//! `with` and `validate`.

use std::net::IpAddr;

use scim_core::{ScimComplex, ScimResource, ScimValue, reflect::Convert, model::Name};

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

fn to_name(_: &u8) -> Name {
    Name::default()
}

fn from_name(_: Name) -> Result<u8, String> {
    Ok(0)
}

fn full(_: &Name) -> Result<(), String> {
    Ok(())
}

#[derive(Clone, Default, ScimComplex)]
struct List {
    #[scim(with = AsText)]
    addresses: Vec<IpAddr>,
}

#[derive(Clone, Default, ScimComplex)]
struct Objects {
    #[scim(with(to_name, from_name))]
    from_object: u8,
    #[scim(validate = full)]
    name: Option<Name>,
}

#[derive(Clone, Default, ScimComplex)]
struct NoConversion {
    #[scim(with = AsText)]
    number: Option<u8>,
}

#[derive(Clone, Default, ScimComplex)]
struct NoValue {
    #[scim(validate = any)]
    address: Option<IpAddr>,
}

#[derive(Clone, Default, ScimResource)]
#[scim(schema = "urn:example:Device", name = "Device", endpoint = "/Devices")]
struct NoValueOfAResource {
    id: String,
    #[scim(validate = any)]
    address: Option<IpAddr>,
}

#[derive(Clone, Default, ScimResource)]
#[scim(schema = "urn:example:Device", name = "Device", endpoint = "/Devices")]
struct HiddenList {
    id: String,
    #[scim(validate = some)]
    names: Option<Vec<String>>,
}

fn some(_: &Vec<String>) -> Result<(), String> {
    Ok(())
}

fn any(_: &IpAddr) -> Result<(), String> {
    Ok(())
}

#[derive(Clone, ScimValue)]
struct Addresses(#[scim(with = AsText)] Vec<IpAddr>);

fn main() {
    let _ = <Objects as scim_core::reflect::AttributeType>::SUB_ATTRIBUTES;
}
