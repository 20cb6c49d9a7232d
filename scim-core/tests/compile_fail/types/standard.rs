//! Types that contradict a standard schema.

use scim_core::{ScimResource, model::Name};

#[derive(Clone, Default, ScimResource)]
#[scim(schema = "urn:ietf:params:scim:schemas:core:2.0:User", name = "User", endpoint = "/Users")]
struct Employee {
    id: String,
    user_name: String,
    active: Option<String>,
    emails: Option<String>,
    title: Vec<String>,
    name: Vec<Name>,
    #[scim(path = r#"phoneNumbers[type eq "work"].value"#)]
    phone: Option<bool>,
}

fn main() {
    let _ = <Employee as scim_core::ScimResource>::TYPE;
}
