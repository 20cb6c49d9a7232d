//! SCIM over hyper without a web framework: resources in memory, the standard users and groups, and a custom extension.
//!
//! For an application with a database, see `axum-example`.

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

/// Entra identifies a group by its name.
const GROUP_NAME: Path = path::<Group>("displayName");

/// Returns the service, for clients that send this bearer token and reach it at the base URL. Every location starts
/// with the base URL: the host that a request names is not trusted.
///
/// # Errors
///
/// Fails if the resource types or the URL are invalid.
pub fn service(token: &str, base_url: &str) -> Result<ScimService, BuildError> {
    service_for(token, base_url, Compat::entra())
}

/// Like [`service`], but for clients with this profile.
///
/// # Errors
///
/// Fails if the resource types or the URL are invalid.
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
