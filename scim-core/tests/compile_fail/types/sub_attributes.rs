//! Types whose sub-attributes contradict a standard schema.

use scim_core::{ScimComplex, ScimExtension, ScimResource};

#[derive(Clone, Default, ScimComplex)]
struct Name {
    given_name: Option<bool>,
    family_name: Option<String>,
    #[scim(name = "formatted")]
    forms: Vec<String>,
}

#[derive(Clone, Default, ScimComplex)]
struct Email {
    value: f64,
    r#type: Option<String>,
    primary: Option<String>,
    /// Not in the standard: of any type.
    verified: Option<bool>,
}

#[derive(Clone, Default, ScimResource)]
#[scim(schema = "urn:ietf:params:scim:schemas:core:2.0:User", name = "User", endpoint = "/Users")]
struct Employee {
    id: String,
    user_name: String,
    name: Option<Name>,
    #[scim(path = r#"emails[type eq "work"].value"#)]
    email: Option<String>,
    #[scim(path = "emails", overflow)]
    more: Vec<Email>,
}

#[derive(Clone, Default, ScimComplex)]
struct Boss {
    /// A number that is an id is text on the wire.
    value: i64,
    display_name: Option<bool>,
}

#[derive(Clone, Default, ScimExtension)]
#[scim(schema = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", name = "EnterpriseUser")]
struct Enterprise {
    manager: Option<Boss>,
}

fn main() {}
