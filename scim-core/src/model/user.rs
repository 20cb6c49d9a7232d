//! Users and the enterprise extension (RFC 7643 §4.1 and §4.3).

use scim_derive::{ScimComplex, ScimExtension, ScimResource};

use super::Meta;
use crate::reflect::{Binary, Secret};

/// User Account
#[derive(Clone, Debug, Default, PartialEq, ScimResource)]
#[scim(schema = "urn:ietf:params:scim:schemas:core:2.0:User", name = "User", endpoint = "/Users", crate = "crate")]
pub struct User {
    /// The identifier assigned by the service provider.
    pub id: String,
    /// The identifier assigned by the client.
    pub external_id: Option<String>,
    /// The metadata that the service provider maintains.
    pub meta: Meta,
    /// The name that the user signs in with; unique regardless of case.
    #[scim(required, uniqueness = server)]
    pub user_name: String,
    /// The components of the user's name.
    pub name: Option<Name>,
    /// The name shown to people.
    pub display_name: Option<String>,
    /// The casual name of the user.
    pub nick_name: Option<String>,
    /// The URL of the user's profile page.
    #[scim(case_exact, reference("external"))]
    pub profile_url: Option<String>,
    /// The title, such as "Vice President".
    pub title: Option<String>,
    /// The relationship between the user and the organization, such as "Contractor".
    pub user_type: Option<String>,
    /// The languages that the user prefers, as in an `Accept-Language` header.
    pub preferred_language: Option<String>,
    /// The locale for currency, dates and numbers.
    pub locale: Option<String>,
    /// The time zone by its IANA name, such as "Europe/Oslo".
    pub timezone: Option<String>,
    /// Whether the user may sign in.
    pub active: Option<bool>,
    /// The password in clear text, to be hashed.
    #[scim(mutability = write_only, returned = never)]
    pub password: Option<Secret>,
    /// Email addresses.
    pub emails: Vec<Email>,
    /// Phone numbers.
    pub phone_numbers: Vec<PhoneNumber>,
    /// Instant messaging addresses.
    pub ims: Vec<InstantMessaging>,
    /// Pictures of the user.
    pub photos: Vec<Photo>,
    /// Postal addresses.
    pub addresses: Vec<Address>,
    /// The groups that the user belongs to; changed through the groups.
    #[scim(mutability = read_only)]
    pub groups: Vec<GroupRef>,
    /// Things that the user is entitled to.
    pub entitlements: Vec<Entitlement>,
    /// Roles of the user.
    pub roles: Vec<Role>,
    /// X.509 certificates of the user.
    #[scim(name = "x509Certificates")]
    pub x509_certificates: Vec<Certificate>,
    /// Employment data.
    #[scim(extension)]
    pub enterprise: Option<EnterpriseUser>,
}

/// The components of a user's name.
#[derive(Clone, Debug, Default, PartialEq, ScimComplex)]
#[scim(crate = "crate")]
pub struct Name {
    /// The full name, formatted for display.
    pub formatted: Option<String>,
    /// The family name.
    pub family_name: Option<String>,
    /// The given name.
    pub given_name: Option<String>,
    /// The middle names.
    pub middle_name: Option<String>,
    /// The honorific prefix, such as "Dr.".
    pub honorific_prefix: Option<String>,
    /// The honorific suffix, such as "III".
    pub honorific_suffix: Option<String>,
}

/// An email address.
#[derive(Clone, Debug, Default, PartialEq, ScimComplex)]
#[scim(crate = "crate")]
pub struct Email {
    /// The address.
    pub value: Option<String>,
    /// A display text that people should not change.
    pub display: Option<String>,
    /// The type of the address.
    #[scim(name = "type", canonical("work", "home", "other"))]
    pub kind: Option<String>,
    /// Whether this is the preferred value; true for at most one.
    pub primary: Option<bool>,
}

/// A phone number.
#[derive(Clone, Debug, Default, PartialEq, ScimComplex)]
#[scim(crate = "crate")]
pub struct PhoneNumber {
    /// The number.
    pub value: Option<String>,
    /// A display text that people should not change.
    pub display: Option<String>,
    /// The type of the number.
    #[scim(name = "type", canonical("work", "home", "mobile", "fax", "pager", "other"))]
    pub kind: Option<String>,
    /// Whether this is the preferred value; true for at most one.
    pub primary: Option<bool>,
}

/// An instant messaging address.
#[derive(Clone, Debug, Default, PartialEq, ScimComplex)]
#[scim(crate = "crate")]
pub struct InstantMessaging {
    /// The address.
    pub value: Option<String>,
    /// A display text that people should not change.
    pub display: Option<String>,
    /// The type of the address.
    #[scim(name = "type", canonical("aim", "gtalk", "icq", "xmpp", "msn", "skype", "qq", "yahoo", "other"))]
    pub kind: Option<String>,
    /// Whether this is the preferred value; true for at most one.
    pub primary: Option<bool>,
}

/// A picture of the user.
#[derive(Clone, Debug, Default, PartialEq, ScimComplex)]
#[scim(crate = "crate")]
pub struct Photo {
    /// The URL of an image file.
    #[scim(case_exact, reference("external"))]
    pub value: Option<String>,
    /// A display text that people should not change.
    pub display: Option<String>,
    /// The type of the picture.
    #[scim(name = "type", canonical("photo", "thumbnail"))]
    pub kind: Option<String>,
    /// Whether this is the preferred value; true for at most one.
    pub primary: Option<bool>,
}

/// A postal address.
#[derive(Clone, Debug, Default, PartialEq, ScimComplex)]
#[scim(crate = "crate")]
pub struct Address {
    /// The full address, formatted for a mailing label.
    pub formatted: Option<String>,
    /// Street, house number and post office box; may have several lines.
    pub street_address: Option<String>,
    /// The city.
    pub locality: Option<String>,
    /// The state or region.
    pub region: Option<String>,
    /// The postal code.
    pub postal_code: Option<String>,
    /// The country as an ISO 3166-1 alpha-2 code.
    pub country: Option<String>,
    /// The type of the address.
    #[scim(name = "type", canonical("work", "home", "other"))]
    pub kind: Option<String>,
    /// Whether this is the preferred value; true for at most one.
    pub primary: Option<bool>,
}

/// A group that a user belongs to.
#[derive(Clone, Debug, Default, PartialEq, ScimComplex)]
#[scim(crate = "crate")]
pub struct GroupRef {
    /// The id of the group.
    #[scim(case_exact, mutability = read_only)]
    pub value: Option<String>,
    /// The URL of the group.
    #[scim(name = "$ref", case_exact, mutability = read_only, reference("Group"))]
    pub reference: Option<String>,
    /// The display name of the group.
    #[scim(mutability = read_only)]
    pub display: Option<String>,
    /// Whether the user is a direct member, or a member of a nested group.
    #[scim(name = "type", mutability = read_only, canonical("direct", "indirect"))]
    pub kind: Option<String>,
}

/// Something that a user is entitled to.
#[derive(Clone, Debug, Default, PartialEq, ScimComplex)]
#[scim(crate = "crate")]
pub struct Entitlement {
    /// The entitlement.
    pub value: Option<String>,
    /// A display text that people should not change.
    pub display: Option<String>,
    /// The type of the entitlement.
    #[scim(name = "type")]
    pub kind: Option<String>,
    /// Whether this is the preferred value; true for at most one.
    pub primary: Option<bool>,
}

/// A role of a user.
#[derive(Clone, Debug, Default, PartialEq, ScimComplex)]
#[scim(crate = "crate")]
pub struct Role {
    /// The role.
    pub value: Option<String>,
    /// A display text that people should not change.
    pub display: Option<String>,
    /// The type of the role.
    #[scim(name = "type")]
    pub kind: Option<String>,
    /// Whether this is the preferred value; true for at most one.
    pub primary: Option<bool>,
}

/// An X.509 certificate.
#[derive(Clone, Debug, Default, PartialEq, ScimComplex)]
#[scim(crate = "crate")]
pub struct Certificate {
    /// The DER-encoded certificate.
    pub value: Option<Binary>,
    /// A display text that people should not change.
    pub display: Option<String>,
    /// The type of the certificate.
    #[scim(name = "type")]
    pub kind: Option<String>,
    /// Whether this is the preferred value; true for at most one.
    pub primary: Option<bool>,
}

/// Employment data of a user.
#[derive(Clone, Debug, Default, PartialEq, ScimExtension)]
#[scim(schema = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", name = "EnterpriseUser", crate = "crate")]
pub struct EnterpriseUser {
    /// The employee number assigned by the organization.
    pub employee_number: Option<String>,
    /// The cost center.
    pub cost_center: Option<String>,
    /// The organization.
    pub organization: Option<String>,
    /// The division.
    pub division: Option<String>,
    /// The department.
    pub department: Option<String>,
    /// The user's manager.
    pub manager: Option<Manager>,
}

/// The manager of a user.
#[derive(Clone, Debug, Default, PartialEq, ScimComplex)]
#[scim(crate = "crate")]
pub struct Manager {
    /// The id of the manager's user account.
    #[scim(case_exact)]
    pub value: Option<String>,
    /// The URL of the manager's user account.
    #[scim(name = "$ref", case_exact, reference("User"))]
    pub reference: Option<String>,
    /// The display name of the manager.
    #[scim(mutability = read_only)]
    pub display_name: Option<String>,
}
