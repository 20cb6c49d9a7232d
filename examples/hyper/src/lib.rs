//! SCIM over hyper alone: resources in memory, the standard users and groups, and an extension of the application's own.
//!
//! What an application with a database looks like, `axum-example` shows.

pub mod args;
pub mod person;
pub mod serve;

use scim_core::{
    Scim,
    model::Group,
    schema::{Path, path},
    server::{BuildError, Identity},
    store::MemoryStore,
};
use scim_tower::{BearerAuth, ScimService, StaticTokens};

use crate::person::Person;

/// The path of the service.
pub const BASE_PATH: &str = "/scim/v2";

/// Entra takes the name of a group as its key.
const GROUP_NAME: Path = path::<Group>("displayName");

/// The service, for clients that send this bearer token.
///
/// # Errors
///
/// What is wrong with the resource types.
pub fn service(token: &str) -> Result<ScimService, BuildError> {
    let scim = Scim::builder()
        .resource(MemoryStore::<Person>::new())
        .resource(MemoryStore::<Group>::new().unique(GROUP_NAME))
        .base_path(BASE_PATH)
        .build()?;
    let tokens = StaticTokens::new().with(token, Identity::new("fabrikam", "entra"));
    Ok(ScimService::new(scim, BearerAuth::new(tokens)))
}
