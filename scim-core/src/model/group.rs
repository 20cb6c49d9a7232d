//! Groups (RFC 7643 §4.2).

use scim_derive::{ScimComplex, ScimResource};

use super::Meta;

/// A group of users and groups.
#[derive(Clone, Debug, Default, PartialEq, ScimResource)]
#[scim(schema = "urn:ietf:params:scim:schemas:core:2.0:Group", name = "Group", endpoint = "/Groups", crate = "crate")]
pub struct Group {
    /// The identifier assigned by the service provider.
    pub id: String,
    /// The identifier assigned by the client.
    pub external_id: Option<String>,
    /// The metadata that the service provider maintains.
    pub meta: Meta,
    /// The name shown to people.
    #[scim(required)]
    pub display_name: String,
    /// The users and groups that belong to the group.
    pub members: Vec<Member>,
}

/// A member of a group.
#[derive(Clone, Debug, Default, PartialEq, ScimComplex)]
#[scim(crate = "crate")]
pub struct Member {
    /// The id of the user or group.
    #[scim(case_exact, mutability = immutable)]
    pub value: Option<String>,
    /// The URL of the user or group.
    #[scim(name = "$ref", case_exact, mutability = immutable, reference("User", "Group"))]
    pub reference: Option<String>,
    /// Whether the member is a user or a group.
    #[scim(name = "type", mutability = immutable, canonical("User", "Group"))]
    pub kind: Option<String>,
    /// The display name of the member.
    #[scim(mutability = immutable)]
    pub display: Option<String>,
}
