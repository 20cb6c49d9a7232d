//! The application's users: the standard attributes, and a custom extension.

use scim_core::{
    ScimExtension, ScimResource,
    model::{
        Address, Certificate, Email, EnterpriseUser, Entitlement, GroupRef, InstantMessaging, Meta, Name, PhoneNumber,
        Photo, Role,
    },
    reflect::Secret,
};

/// User Account
#[derive(Clone, Debug, Default, ScimResource)]
#[scim(schema = "urn:ietf:params:scim:schemas:core:2.0:User", name = "User", endpoint = "/Users")]
pub struct Person {
    /// The id that this service gave.
    pub id: String,
    /// The id that the client gave.
    pub external_id: Option<String>,
    /// When the person was added and changed.
    pub meta: Meta,
    /// The name to sign in with.
    #[scim(required, uniqueness = server)]
    pub user_name: String,
    /// The parts of the name.
    pub name: Option<Name>,
    /// The name to show.
    pub display_name: Option<String>,
    /// The name among friends.
    pub nick_name: Option<String>,
    /// The person's page.
    #[scim(reference("external"))]
    pub profile_url: Option<String>,
    /// The job title.
    pub title: Option<String>,
    /// Employee, contractor..
    pub user_type: Option<String>,
    /// The languages that the person reads.
    pub preferred_language: Option<String>,
    /// How dates and numbers are shown.
    pub locale: Option<String>,
    /// The time zone.
    pub timezone: Option<String>,
    /// Whether the person may sign in.
    pub active: Option<bool>,
    /// The password, which an application would hash in its store.
    #[scim(mutability = write_only, returned = never)]
    pub password: Option<Secret>,
    /// E-mail addresses.
    pub emails: Vec<Email>,
    /// Phone numbers.
    pub phone_numbers: Vec<PhoneNumber>,
    /// Instant messaging addresses.
    pub ims: Vec<InstantMessaging>,
    /// Pictures.
    pub photos: Vec<Photo>,
    /// Postal addresses.
    pub addresses: Vec<Address>,
    /// The teams of the person.
    #[scim(mutability = read_only)]
    pub groups: Vec<GroupRef>,
    /// What the person is entitled to.
    pub entitlements: Vec<Entitlement>,
    /// Roles in this application.
    pub roles: Vec<Role>,
    /// Certificates.
    #[scim(name = "x509Certificates")]
    pub x509_certificates: Vec<Certificate>,
    /// Employment data, a standard extension.
    #[scim(extension)]
    pub enterprise: Option<EnterpriseUser>,
    /// Data of Fabrikam's HR system.
    #[scim(extension)]
    pub fabrikam: Option<FabrikamHr>,
}

/// Data of Fabrikam's HR system.
#[derive(Clone, Debug, Default, ScimExtension)]
#[scim(schema = "urn:ietf:params:scim:schemas:extension:FabrikamHr:2.0:User", name = "FabrikamHr")]
pub struct FabrikamHr {
    /// A free label.
    pub tag: Option<String>,
    /// Which doors the badge opens.
    #[scim(name = "badge2Level")]
    pub badge2_level: Option<String>,
}
