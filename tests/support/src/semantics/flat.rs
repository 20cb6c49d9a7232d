//! Flat structs, like those of an application with one database table.

use scim_core::{
    ScimResource,
    model::{Address, Email, EnterpriseUser, GroupRef, Member, Meta, Name, PhoneNumber, Role},
    reflect::DateTime,
};

/// A row with a column for everything except the roles.
#[derive(Clone, Debug, Default, PartialEq, ScimResource)]
#[scim(schema = "urn:ietf:params:scim:schemas:core:2.0:User", name = "User", endpoint = "/Users")]
pub struct Employee {
    #[scim(path = "id")]
    key: String,
    external_id: Option<String>,
    #[scim(path = "meta.created")]
    created: Option<DateTime>,
    #[scim(path = "meta.lastModified")]
    modified: Option<DateTime>,
    #[scim(path = "meta.version")]
    version: Option<String>,
    #[scim(path = "userName", required, uniqueness = server)]
    login: String,
    #[scim(path = "name.formatted")]
    full_name: Option<String>,
    #[scim(path = "name.givenName")]
    given_name: Option<String>,
    #[scim(path = "name.familyName")]
    family_name: Option<String>,
    display_name: Option<String>,
    nick_name: Option<String>,
    title: Option<String>,
    user_type: Option<String>,
    preferred_language: Option<String>,
    active: Option<bool>,
    #[scim(mutability = write_only, returned = never)]
    password: Option<scim_core::reflect::Secret>,
    #[scim(path = r#"emails[type eq "work"].value"#)]
    work_email: Option<String>,
    #[scim(path = r#"emails[type eq "work"].display"#)]
    work_email_display: Option<String>,
    #[scim(path = r#"emails[type eq "work"].primary"#)]
    work_email_primary: bool,
    #[scim(path = r#"emails[type eq "home"].value"#)]
    home_email: Option<String>,
    #[scim(path = r#"emails[type eq "home"].primary"#)]
    home_email_primary: bool,
    #[scim(path = r#"phoneNumbers[type eq "mobile"].value"#)]
    mobile: Option<String>,
    #[scim(path = r#"phoneNumbers[type eq "work"].value"#)]
    office: Option<String>,
    #[scim(path = r#"addresses[type eq "work"].formatted"#)]
    address: Option<String>,
    #[scim(path = r#"addresses[type eq "work"].locality"#)]
    city: Option<String>,
    #[scim(path = r#"addresses[type eq "work"].postalCode"#)]
    postal_code: Option<String>,
    #[scim(path = r#"addresses[type eq "work"].country"#)]
    country: Option<String>,
    #[scim(path = r#"photos[type eq "photo"].value"#, primary)]
    photo: Option<String>,
    #[scim(path = r#"photos[type eq "thumbnail"].value"#)]
    thumbnail: Option<String>,
    roles: Vec<Role>,
    #[scim(mutability = read_only)]
    groups: Vec<GroupRef>,
    #[scim(path = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber")]
    number: Option<String>,
    #[scim(path = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department")]
    department: Option<String>,
    #[scim(path = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value", case_exact)]
    manager: Option<String>,
}

/// A nested struct with a field for the work email, which is always the primary one; the others overflow into a list.
#[derive(Clone, Debug, Default, PartialEq, ScimResource)]
#[scim(schema = "urn:ietf:params:scim:schemas:core:2.0:User", name = "User", endpoint = "/Users")]
pub struct Roomy {
    id: String,
    external_id: Option<String>,
    meta: Meta,
    #[scim(required, uniqueness = server)]
    user_name: String,
    name: Option<Name>,
    display_name: Option<String>,
    nick_name: Option<String>,
    title: Option<String>,
    user_type: Option<String>,
    preferred_language: Option<String>,
    active: Option<bool>,
    #[scim(mutability = write_only, returned = never)]
    password: Option<scim_core::reflect::Secret>,
    #[scim(path = r#"emails[type eq "work"].value"#, primary)]
    work_email: Option<String>,
    #[scim(path = "emails", overflow)]
    other_emails: Vec<Email>,
    phone_numbers: Vec<PhoneNumber>,
    addresses: Vec<Address>,
    roles: Vec<Role>,
    #[scim(mutability = read_only)]
    groups: Vec<GroupRef>,
    #[scim(extension)]
    enterprise: Option<EnterpriseUser>,
}

/// A group as a flat struct.
#[derive(Clone, Debug, Default, PartialEq, ScimResource)]
#[scim(schema = "urn:ietf:params:scim:schemas:core:2.0:Group", name = "Group", endpoint = "/Groups")]
pub struct Team {
    #[scim(path = "id")]
    key: String,
    external_id: Option<String>,
    #[scim(path = "meta.version")]
    version: Option<String>,
    #[scim(path = "displayName", required)]
    label: String,
    members: Vec<Member>,
}
