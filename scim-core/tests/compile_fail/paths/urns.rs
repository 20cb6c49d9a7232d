//! Misspelled standard URNs.

use scim_core::{ScimExtension, ScimResource};

#[derive(Clone, Default, ScimResource)]
#[scim(schema = "urn:ietf:params:scim:schemas:core:2.0:Users", name = "User", endpoint = "/Users")]
struct Misspelled {
    id: String,
    user_name: String,
}

#[derive(Clone, Default, ScimResource)]
#[scim(schema = "urn:ietf:params:scim:schemas:core:2.0:user", name = "User", endpoint = "/Users")]
struct OtherCase {
    id: String,
    user_name: String,
}

#[derive(Clone, Default, ScimResource)]
#[scim(schema = "urn:ietf:params:scim:schemas:core:2.0:User", name = "User", endpoint = "/Users")]
struct Path {
    id: String,
    #[scim(path = "urn:ietf:params:scim:schemas:extension:enterprize:2.0:User:department")]
    department: Option<String>,
}

#[derive(Clone, Default, ScimExtension)]
#[scim(schema = "urn:ietf:params:scim:schema:extension:enterprise:2.0:User", name = "EnterpriseUser")]
struct Extension {
    department: Option<String>,
}

fn main() {}
