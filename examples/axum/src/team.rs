//! The team: a group in SCIM.

use scim_core::{ScimComplex, ScimResource, access::DateTime};

use crate::columns::columns;

/// People who work together.
#[derive(Clone, Debug, Default, ScimResource)]
#[scim(schema = "urn:ietf:params:scim:schemas:core:2.0:Group", name = "Group", endpoint = "/Groups")]
pub struct Team {
    pub id: String,
    #[scim(path = "meta.version")]
    pub version: i64,
    #[scim(path = "meta.created")]
    pub created_at: DateTime,
    #[scim(path = "meta.lastModified")]
    pub updated_at: DateTime,
    pub external_id: Option<String>,
    // Entra finds a team by its name, so there must not be two of a name.
    #[scim(path = "displayName", required, uniqueness = server)]
    pub name: String,
    pub members: Vec<Member>,
}

/// An employee, or another team.
#[derive(Clone, Debug, Default, PartialEq, ScimComplex)]
pub struct Member {
    #[scim(name = "value", required, case_exact, mutability = immutable)]
    pub member_id: String,
    #[scim(mutability = immutable)]
    pub display: Option<String>,
    #[scim(name = "type", canonical("User", "Group"), mutability = immutable)]
    pub kind: Option<String>,
}

columns! { Team { external_id, name } name_key = fold(name), external_key = exact(external_id), }
columns! { Member { member_id, display, kind } }
