//! `extension(..)` and `group(..)` on a struct.

use scim_core::ScimResource;

#[derive(Clone, Default, ScimResource)]
#[scim(schema = "urn:example:Device", name = "Device", endpoint = "/Devices")]
#[scim(extension(name = "Pay"))]
#[scim(extension(schema = "urn:example:Unbound", name = "Unbound"))]
#[scim(extension(schema = "urn:example:Stock"), extension(schema = "urn:example:STOCK"))]
#[scim(extension(schema = "http://example.com"))]
#[scim(extension)]
#[scim(group(description = "x"), group(path = "colors"), group(path = "size.width"), group(path = "1"))]
struct Device {
    id: String,
    #[scim(path = "size.width")]
    width: Option<i64>,
    #[scim(path = "urn:example:Stock:shelf")]
    shelf: Option<String>,
    #[scim(path = "urn:example:Stock")]
    stock: Option<String>,
}

fn main() {}
