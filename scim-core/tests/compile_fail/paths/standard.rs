//! Paths that do not exist in a standard schema.

use scim_core::{ScimExtension, ScimResource};

#[derive(Clone, Default, ScimResource)]
#[scim(schema = "urn:ietf:params:scim:schemas:core:2.0:User", name = "User", endpoint = "/Users")]
struct Employee {
    id: String,
    #[scim(path = "usrName")]
    login: String,
    salary: Option<String>,
    #[scim(path = "name.givnName")]
    first_name: Option<String>,
    #[scim(path = "name.nobility")]
    title: Option<String>,
    #[scim(path = "userType.value")]
    kind: Option<String>,
    #[scim(path = "emails.value")]
    email: Option<String>,
    #[scim(path = r#"name[type eq "legal"].formatted"#)]
    legal_name: Option<String>,
    #[scim(path = r#"phoneNumbers[typ eq "work"].value"#)]
    phone: Option<String>,
    #[scim(path = r#"addresses[primary eq "true"].country"#)]
    country: Option<String>,
    #[scim(path = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:departmnt")]
    department: Option<String>,
}

#[derive(Clone, Default, ScimExtension)]
#[scim(schema = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", name = "EnterpriseUser")]
struct Enterprise {
    costcenter_: Option<String>,
    cost_centre: Option<String>,
}

fn main() {}
