//! The employee: the row of the table, and the SCIM attribute of each column.

use scim_core::{
    ScimComplex, ScimResource,
    model::{Address, Email, Role},
    reflect::DateTime,
};

use crate::columns::columns;

/// A person who works here.
#[derive(Clone, Debug, Default, ScimResource)]
#[scim(schema = "urn:ietf:params:scim:schemas:core:2.0:User", name = "User", endpoint = "/Users")]
#[scim(description = "User Account")]
#[expect(clippy::struct_excessive_bools, reason = "a row has the columns that it has")]
pub struct Employee {
    /// The number of the row, a UUID.
    pub id: String,
    /// How often the row was written.
    #[scim(path = "meta.version")]
    pub version: i64,
    /// When the row was made.
    #[scim(path = "meta.created")]
    pub created_at: Option<DateTime>,
    /// When it was last changed.
    #[scim(path = "meta.lastModified")]
    pub updated_at: Option<DateTime>,
    /// The id that the client gave.
    pub external_id: Option<String>,

    /// The name to sign in with.
    #[scim(path = "userName", required, uniqueness = server)]
    pub login: String,
    // Entra disables an account before deleting it; the row stays. Without a value in the request, the person may sign
    // in.
    /// Whether the person may sign in.
    #[scim(path = "active", default = true)]
    pub enabled: bool,

    /// The name that colleagues see.
    pub display_name: Option<String>,
    /// The whole name.
    #[scim(path = "name.formatted")]
    pub full_name: Option<String>,
    /// The given name.
    #[scim(path = "name.givenName")]
    pub first_name: Option<String>,
    /// The middle names.
    #[scim(path = "name.middleName")]
    pub middle_name: Option<String>,
    /// The family name.
    #[scim(path = "name.familyName")]
    pub last_name: Option<String>,
    /// What stands in front of the name, such as "Dr.".
    #[scim(path = "name.honorificPrefix")]
    pub name_prefix: Option<String>,
    /// What stands behind the name, such as "III".
    #[scim(path = "name.honorificSuffix")]
    pub name_suffix: Option<String>,
    /// How friends call the person.
    pub nick_name: Option<String>,
    /// The job title.
    pub title: Option<String>,
    /// How the person relates to the company, such as "Contractor".
    pub user_type: Option<String>,
    /// The person's page.
    #[scim(reference("external"))]
    pub profile_url: Option<String>,
    /// The languages to write to the person in.
    pub preferred_language: Option<String>,
    /// How dates and numbers are written.
    pub locale: Option<String>,
    /// The time zone, such as "Europe/Oslo".
    #[scim(name = "timezone")]
    pub time_zone: Option<String>,

    /// The e-mail address at work.
    #[scim(path = r#"emails[type eq "work"].value"#)]
    pub work_email: Option<String>,
    /// What it is called.
    #[scim(path = r#"emails[type eq "work"].display"#)]
    pub work_email_label: Option<String>,
    /// Whether it is the preferred one.
    #[scim(path = r#"emails[type eq "work"].primary"#)]
    pub work_email_first: bool,
    /// The private e-mail address.
    #[scim(path = r#"emails[type eq "home"].value"#)]
    pub private_email: Option<String>,
    /// What it is called.
    #[scim(path = r#"emails[type eq "home"].display"#)]
    pub private_email_label: Option<String>,
    /// Whether it is the preferred one.
    #[scim(path = r#"emails[type eq "home"].primary"#)]
    pub private_email_first: bool,
    // Values without columns are stored in a child table, so that nothing a client sends is lost.
    /// E-mail addresses.
    #[scim(path = "emails", overflow)]
    pub other_emails: Vec<Email>,

    /// The telephone at work.
    #[scim(path = r#"phoneNumbers[type eq "work"].value"#)]
    pub work_phone: Option<String>,
    /// Whether it is the preferred one.
    #[scim(path = r#"phoneNumbers[type eq "work"].primary"#)]
    pub work_phone_first: bool,
    /// The mobile telephone.
    #[scim(path = r#"phoneNumbers[type eq "mobile"].value"#)]
    pub mobile: Option<String>,
    /// Whether it is the preferred one.
    #[scim(path = r#"phoneNumbers[type eq "mobile"].primary"#)]
    pub mobile_first: bool,
    /// The fax.
    #[scim(path = r#"phoneNumbers[type eq "fax"].value"#)]
    pub fax: Option<String>,
    /// Whether it is the preferred one.
    #[scim(path = r#"phoneNumbers[type eq "fax"].primary"#)]
    pub fax_first: bool,
    /// Phone numbers.
    #[scim(path = "phoneNumbers", overflow)]
    pub other_phones: Vec<Phone>,

    /// The address of the office, as on a letter.
    #[scim(path = r#"addresses[type eq "work"].formatted"#)]
    pub work_address: Option<String>,
    /// Street and house number.
    #[scim(path = r#"addresses[type eq "work"].streetAddress"#)]
    pub street: Option<String>,
    /// The city.
    #[scim(path = r#"addresses[type eq "work"].locality"#)]
    pub city: Option<String>,
    /// The state or region.
    #[scim(path = r#"addresses[type eq "work"].region"#)]
    pub region: Option<String>,
    /// The postal code.
    #[scim(path = r#"addresses[type eq "work"].postalCode"#)]
    pub postal_code: Option<String>,
    /// The country.
    #[scim(path = r#"addresses[type eq "work"].country"#)]
    pub country: Option<String>,
    /// Whether it is the preferred address.
    #[scim(path = r#"addresses[type eq "work"].primary"#)]
    pub work_address_first: bool,
    /// Postal addresses.
    #[scim(path = "addresses", overflow)]
    pub other_addresses: Vec<Address>,

    /// What the person may do.
    pub roles: Vec<Role>,

    /// The number in the personnel files.
    #[scim(path = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber")]
    pub employee_number: Option<String>,
    /// The cost center.
    #[scim(path = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:costCenter")]
    pub cost_center: Option<String>,
    /// The organization.
    #[scim(path = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:organization")]
    pub organization: Option<String>,
    /// The division.
    #[scim(path = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:division")]
    pub division: Option<String>,
    /// The department.
    #[scim(path = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department")]
    pub department: Option<String>,
    /// The id of the manager. Entra may name one that does not exist here, or not yet.
    #[scim(path = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value", case_exact)]
    pub manager: Option<String>,
}

/// A phone number that has no column. Columns for phones have no label, so the schema must not promise one.
#[derive(Clone, Debug, Default, PartialEq, ScimComplex)]
pub struct Phone {
    /// The number.
    pub value: Option<String>,
    /// What kind of number it is.
    #[scim(name = "type", canonical("work", "home", "mobile", "fax", "pager", "other"))]
    pub kind: Option<String>,
    /// Whether it is the preferred one.
    pub primary: Option<bool>,
}

columns! {
    Employee {
        id, version, created_at, updated_at, external_id, login, enabled,
        display_name, full_name, first_name, middle_name, last_name, name_prefix, name_suffix, nick_name,
        title, user_type, profile_url, preferred_language, locale, time_zone,
        work_email, work_email_label, work_email_first, private_email, private_email_label, private_email_first,
        work_phone, work_phone_first, mobile, mobile_first, fax, fax_first,
        work_address, street, city, region, postal_code, country, work_address_first,
        employee_number, cost_center, organization, division, department, manager,
    }
}
columns! { Email { value, display, kind, primary } }
columns! { Phone { value, kind, primary } }
columns! { Address { formatted, street_address, locality, region, postal_code, country, kind, primary } }
columns! { Role { value, display, kind, primary } }
