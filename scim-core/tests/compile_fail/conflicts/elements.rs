//! Fields that are bound to elements of a multi-valued attribute.

use scim_core::ScimResource;

#[derive(Clone, Default, ScimResource)]
#[scim(schema = "urn:ietf:params:scim:schemas:core:2.0:User", name = "User", endpoint = "/Users")]
struct Employee {
    id: String,
    user_name: String,
    #[scim(path = r#"emails[type eq "work"].value"#)]
    email: Option<String>,
    #[scim(path = r#"emails[type eq "WORK"].value"#)]
    other_email: Option<String>,
    #[scim(path = r#"emails[type eq "home"].type"#)]
    kind: Option<String>,
    #[scim(path = r#"emails[display eq "x"].value"#)]
    displayed: Option<String>,
    #[scim(path = r#"phoneNumbers[type eq "work"].value"#, primary)]
    phone: Option<String>,
    #[scim(path = r#"phoneNumbers[type eq "work"].primary"#)]
    phone_first: bool,
    #[scim(path = r#"phoneNumbers[type eq "mobile"].value"#, primary)]
    mobile: Option<String>,
    #[scim(path = r#"ims[type eq "xmpp"].value"#)]
    xmpp: i64,
    #[scim(path = "ims")]
    other_ims: String,
    #[scim(path = r#"roles[type eq "a"].value"#, case_exact)]
    role: Option<String>,
    #[scim(path = "roles")]
    other_roles: Vec<scim_core::model::Role>,
    #[scim(path = "roles", overflow)]
    more_roles: Vec<scim_core::model::Role>,
    #[scim(path = r#"photos[type eq "photo"].display"#, returned = always)]
    photo: Option<String>,
    #[scim(path = r#"photos[type eq "thumbnail"].display"#, returned = request)]
    thumbnail: Option<String>,
    #[scim(path = "photos[type eq \"thumbnail\"].value", overflow)]
    thumbnail_url: Option<String>,
    #[scim(primary)]
    title: Option<String>,
    #[scim(overflow)]
    entitlements: Vec<scim_core::model::Entitlement>,
}

#[derive(Clone, Default, ScimResource)]
#[scim(schema = "urn:example:Device", name = "Device", endpoint = "/Devices")]
struct Device {
    id: String,
    #[scim(path = r#"ports[type eq "usb"].value"#)]
    usb: Option<String>,
    #[scim(path = "ports.value")]
    port: Option<String>,
}

fn main() {}
