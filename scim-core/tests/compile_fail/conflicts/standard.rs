//! Options that are looser than a standard schema.

use scim_core::ScimResource;

#[derive(Clone, Default, ScimResource)]
#[scim(schema = "urn:ietf:params:scim:schemas:core:2.0:User", name = "User", endpoint = "/Users")]
#[scim(group(path = "groups", mutability = read_write))]
struct Employee {
    id: String,
    #[scim(uniqueness = none)]
    user_name: String,
    #[scim(returned = default, mutability = read_write)]
    password: Option<String>,
    #[scim(reference("User"))]
    title: Option<String>,
    #[scim(data_type = string)]
    profile_url: Option<String>,
    #[scim(path = r#"groups[type eq "direct"].value"#)]
    group: Option<String>,
    #[scim(path = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value", case_exact = false)]
    manager: Option<String>,
    #[scim(mutability = read_only, returned = never)]
    nick_name: Option<String>,
}

fn main() {}
