//! The team: a group in SCIM.

use scim_core::{ScimComplex, ScimResource, reflect::DateTime};

use crate::columns::columns;

/// People who work together.
#[derive(Clone, Debug, Default, ScimResource)]
#[scim(schema = "urn:ietf:params:scim:schemas:core:2.0:Group", name = "Group", endpoint = "/Groups")]
pub struct Team {
    /// The number of the row, a UUID.
    pub id: String,
    /// How often the row was written.
    #[scim(path = "meta.version")]
    pub version: i64,
    /// When the row was made.
    #[scim(path = "meta.created")]
    pub created_at: Option<DateTime>,
    /// When it was last changed, itself or by who belongs to it.
    #[scim(path = "meta.lastModified")]
    pub updated_at: Option<DateTime>,
    /// The id that the client gave.
    pub external_id: Option<String>,
    // Entra finds a team by its name, so two teams must not have the same name.
    /// The name.
    #[scim(path = "displayName", required, uniqueness = server)]
    pub name: String,
    /// Who belongs to the team.
    pub members: Vec<Member>,
}

/// An employee, or another team.
#[derive(Clone, Debug, Default, PartialEq, ScimComplex)]
pub struct Member {
    /// The id of the employee or team.
    #[scim(name = "value", required, case_exact, mutability = immutable)]
    pub member_id: String,
    /// The name for people.
    #[scim(mutability = immutable)]
    pub display: Option<String>,
    /// Whether it is an employee or a team.
    #[scim(name = "type", canonical("User", "Group"), mutability = immutable)]
    pub kind: Option<String>,
}

columns! { Team { id, version, created_at, updated_at, external_id, name } }
columns! { Member { member_id, display, kind } }
