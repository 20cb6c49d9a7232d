//! SCIM over hyper alone: resources in memory, the standard users and groups, and an extension of the application's own.
//!
//! What an application with a database looks like, `axum-example` shows.

pub mod args;
pub mod people;
pub mod person;
pub mod serve;

use std::sync::Arc;

use scim_core::{Identity, Scim, compat::Compat, model::Group, path, schema::Path, server::BuildError};
use scim_tower::{BearerAuth, ScimService, StaticTokens};

use crate::people::People;

/// The path of the service.
pub const BASE_PATH: &str = "/scim/v2";

/// Entra takes the name of a group as its key.
const GROUP_NAME: Path = path::<Group>("displayName");

/// The service, for clients that send this bearer token. They reach it under the base URL. Every location starts with
/// the base URL: the host that a request names is not trusted.
///
/// # Errors
///
/// What is wrong with the resource types or with the URL.
pub fn service(token: &str, base_url: &str) -> Result<ScimService, BuildError> {
    service_for(token, base_url, Compat::entra())
}

/// As [`service`], for clients of another profile.
///
/// # Errors
///
/// What is wrong with the resource types or with the URL.
pub fn service_for(token: &str, base_url: &str, compat: Compat) -> Result<ScimService, BuildError> {
    let groups = Arc::new(People::groups().unique(GROUP_NAME));
    let scim = Scim::builder()
        .resource(People::new(Arc::clone(&groups)))
        .resource(groups)
        .base_url(base_url)
        .base_path(BASE_PATH)
        .build()?;
    let tokens = StaticTokens::new().with(token, Identity::new("fabrikam", "entra").with_compat(compat));
    Ok(ScimService::new(scim, BearerAuth::new(tokens)))
}
