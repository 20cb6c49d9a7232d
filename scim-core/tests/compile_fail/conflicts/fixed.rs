//! Attributes with a fixed value.

use scim_core::ScimResource;

#[derive(Clone, Default, ScimResource)]
#[scim(schema = "urn:ietf:params:scim:schemas:core:2.0:User", name = "User", endpoint = "/Users")]
#[scim(fixed(path = "userType"))]
#[scim(fixed(path = "locale", value = 1.5))]
#[scim(fixed(path = r#"addresses[type eq "work"].country"#, value = "NO"))]
#[scim(fixed(path = "timezon", value = "Europe/Oslo"))]
#[scim(fixed(path = "title", value = "Engineer"))]
struct Employee {
    id: String,
    user_name: String,
    title: Option<String>,
}

fn main() {}
