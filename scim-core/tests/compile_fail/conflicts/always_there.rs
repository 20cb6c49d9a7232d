//! Plain numbers and booleans without a default.

use scim_core::ScimResource;

#[derive(Clone, Default, ScimResource)]
#[scim(schema = "urn:ietf:params:scim:schemas:core:2.0:User", name = "User", endpoint = "/Users")]
struct Employee {
    id: String,
    user_name: String,
    active: bool,
    #[scim(path = "urn:example:Pay:grade")]
    grade: u8,
}

fn main() {}
