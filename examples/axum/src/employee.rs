//! The employee: the row of the table, and what each column is in SCIM.

use scim_core::{
    ScimComplex, ScimResource,
    access::DateTime,
    model::{Address, Email, Role},
};

use crate::columns::columns;

/// A person who works here.
#[derive(Clone, Debug, Default, ScimResource)]
#[scim(schema = "urn:ietf:params:scim:schemas:core:2.0:User", name = "User", endpoint = "/Users")]
pub struct Employee {
    pub id: String,
    #[scim(path = "meta.version")]
    pub version: i64,
    #[scim(path = "meta.created")]
    pub created_at: DateTime,
    #[scim(path = "meta.lastModified")]
    pub updated_at: DateTime,
    pub external_id: Option<String>,

    /// The name to sign in with.
    #[scim(path = "userName", required, uniqueness = server)]
    pub login: String,
    // Entra disables an account before it deletes it; the row stays. Without a value in the request a person may sign in.
    #[scim(path = "active", default = true)]
    pub enabled: bool,

    pub display_name: Option<String>,
    #[scim(path = "name.formatted")]
    pub full_name: Option<String>,
    #[scim(path = "name.givenName")]
    pub first_name: Option<String>,
    #[scim(path = "name.middleName")]
    pub middle_name: Option<String>,
    #[scim(path = "name.familyName")]
    pub last_name: Option<String>,
    #[scim(path = "name.honorificPrefix")]
    pub name_prefix: Option<String>,
    #[scim(path = "name.honorificSuffix")]
    pub name_suffix: Option<String>,
    pub nick_name: Option<String>,
    pub title: Option<String>,
    pub user_type: Option<String>,
    #[scim(reference("external"))]
    pub profile_url: Option<String>,
    pub preferred_language: Option<String>,
    pub locale: Option<String>,
    #[scim(name = "timezone")]
    pub time_zone: Option<String>,

    #[scim(path = r#"emails[type eq "work"].value"#)]
    pub work_email: Option<String>,
    #[scim(path = r#"emails[type eq "work"].display"#)]
    pub work_email_label: Option<String>,
    #[scim(path = r#"emails[type eq "work"].primary"#)]
    pub work_email_first: bool,
    #[scim(path = r#"emails[type eq "home"].value"#)]
    pub private_email: Option<String>,
    #[scim(path = r#"emails[type eq "home"].display"#)]
    pub private_email_label: Option<String>,
    #[scim(path = r#"emails[type eq "home"].primary"#)]
    pub private_email_first: bool,
    // Whatever has no columns of its own goes to a child table, so that nothing a client sends is lost.
    #[scim(path = "emails", overflow)]
    pub other_emails: Vec<Email>,

    #[scim(path = r#"phoneNumbers[type eq "work"].value"#)]
    pub work_phone: Option<String>,
    #[scim(path = r#"phoneNumbers[type eq "work"].primary"#)]
    pub work_phone_first: bool,
    #[scim(path = r#"phoneNumbers[type eq "mobile"].value"#)]
    pub mobile: Option<String>,
    #[scim(path = r#"phoneNumbers[type eq "mobile"].primary"#)]
    pub mobile_first: bool,
    #[scim(path = r#"phoneNumbers[type eq "fax"].value"#)]
    pub fax: Option<String>,
    #[scim(path = r#"phoneNumbers[type eq "fax"].primary"#)]
    pub fax_first: bool,
    #[scim(path = "phoneNumbers", overflow)]
    pub other_phones: Vec<Phone>,

    #[scim(path = r#"addresses[type eq "work"].formatted"#)]
    pub work_address: Option<String>,
    #[scim(path = r#"addresses[type eq "work"].streetAddress"#)]
    pub street: Option<String>,
    #[scim(path = r#"addresses[type eq "work"].locality"#)]
    pub city: Option<String>,
    #[scim(path = r#"addresses[type eq "work"].region"#)]
    pub region: Option<String>,
    #[scim(path = r#"addresses[type eq "work"].postalCode"#)]
    pub postal_code: Option<String>,
    #[scim(path = r#"addresses[type eq "work"].country"#)]
    pub country: Option<String>,
    #[scim(path = r#"addresses[type eq "work"].primary"#)]
    pub work_address_first: bool,
    #[scim(path = "addresses", overflow)]
    pub other_addresses: Vec<Address>,

    pub roles: Vec<Role>,

    #[scim(path = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber")]
    pub employee_number: Option<String>,
    #[scim(path = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:costCenter")]
    pub cost_center: Option<String>,
    #[scim(path = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:organization")]
    pub organization: Option<String>,
    #[scim(path = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:division")]
    pub division: Option<String>,
    #[scim(path = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department")]
    pub department: Option<String>,
    /// The id of the manager. Entra may name one that does not exist here, or not yet.
    #[scim(path = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value", case_exact)]
    pub manager: Option<String>,
}

/// A phone number that has no column. Columns for phones have no label, so the schema must not promise one.
#[derive(Clone, Debug, Default, PartialEq, ScimComplex)]
pub struct Phone {
    pub value: Option<String>,
    #[scim(name = "type", canonical("work", "home", "mobile", "fax", "pager", "other"))]
    pub kind: Option<String>,
    pub primary: Option<bool>,
}

columns! {
    Employee {
        external_id, login, enabled,
        display_name, full_name, first_name, middle_name, last_name, name_prefix, name_suffix, nick_name,
        title, user_type, profile_url, preferred_language, locale, time_zone,
        work_email, work_email_label, work_email_first, private_email, private_email_label, private_email_first,
        work_phone, work_phone_first, mobile, mobile_first, fax, fax_first,
        work_address, street, city, region, postal_code, country, work_address_first,
        employee_number, cost_center, organization, division, department, manager,
    }
    login_key = fold(login),
    external_key = exact(external_id),
    work_email_key = fold(work_email),
    private_email_key = fold(private_email),
    number_key = fold(employee_number),
}

columns! { Email { value, display, kind, primary } value_key = fold(value), }
columns! { Phone { value, kind, primary } }
columns! { Address { formatted, street_address, locality, region, postal_code, country, kind, primary } }
columns! { Role { value, display, kind, primary } }
