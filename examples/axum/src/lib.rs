//! An application with people and teams in tables of its own, into which Microsoft Entra provisions accounts.
//!
//! - `employee.rs` and `team.rs`: the rows, and the SCIM attribute of each column;
//! - `employees.rs` and `teams.rs`: the stores, and what the columns of their tables hold;
//! - `members.rs`: the removal of deleted members from teams;
//! - `connections.rs`: connections whose statements run for a limited time;
//! - `database.rs`: transactions in SQLite and PostgreSQL, and which of them are repeated;
//! - `columns.rs`: statements with their values, and rows that are structs;
//! - `health.rs`: a check whether the process can do its work;
//! - `keys.rs`: keys for rows that are older than the columns of these keys;
//! - `error.rs`: the meaning of a database error for a client.

pub mod args;
mod columns;
mod connections;
pub mod database;
mod document_form;
pub mod documents;
pub mod employee;
pub mod employees;
mod error;
mod health;
mod keys;
mod members;
pub mod team;
pub mod teams;

use std::error::Error;

use axum::{Router, http::StatusCode, routing::get};
use scim_core::{
    Identity, Scim,
    schema::{ResourceType, Schema},
};
use scim_tower::{BearerAuth, ScimService, StaticTokens};

use crate::{database::Database, documents::Documents, employees::Employees, health::Health, teams::Teams};

/// The path below which SCIM is served.
pub const BASE_PATH: &str = "/scim/v2";

/// Returns a resource type that has no struct: its schema is read from a file.
///
/// # Errors
///
/// Fails if the file is invalid.
pub fn device() -> Result<ResourceType, serde_json::Error> {
    let schema: Schema = serde_json::from_str(include_str!("device.json"))?;
    Ok(ResourceType::new("Device".into(), "/Devices".into(), "Device".into(), schema, Vec::new()))
}

/// Returns the SCIM service for clients that send this token. They reach it under the base URL. Every location starts
/// with the base URL, because the host in a request is not trusted.
///
/// # Errors
///
/// Fails if a resource type or the URL is invalid.
pub fn service(database: &Database, token: &str, base_url: &str) -> Result<ScimService, Box<dyn Error + Send + Sync>> {
    let device = device()?;
    let scim = Scim::builder()
        .resource(Employees::new(database.clone()))
        .resource(Teams::new(database.clone()))
        .dynamic(device.clone(), Documents::new(database.clone(), device))
        .base_url(base_url)
        .base_path(BASE_PATH)
        .build()?;
    // A token determines whose employees its holder sees. An application with many customers looks tokens up in a
    // table.
    let tokens = StaticTokens::new().with(token, Identity::new("contoso", "entra"));
    Ok(ScimService::new(scim, BearerAuth::new(tokens)))
}

/// Returns the application: SCIM below its base path, and a health check for monitoring.
pub fn router(database: Database, scim: ScimService) -> Router {
    let health = Health::new(database);
    // `nest_service` would accept `/scim/v2//Users` as `/scim/v2/Users`. The layer does not, so each resource has one
    // URL.
    Router::new().route("/healthz", get(health::answer)).fallback(not_found).with_state(health).layer(scim.into_layer())
}

/// Responds to a request for an unknown path.
async fn not_found() -> (StatusCode, String) {
    (StatusCode::NOT_FOUND, format!("This server has no such path. SCIM is below {BASE_PATH}.\n"))
}

/// Returns the [`router`] with the [`service`].
///
/// # Errors
///
/// Fails if a resource type or the URL is invalid.
pub fn app(database: Database, token: &str, base_url: &str) -> Result<Router, Box<dyn Error + Send + Sync>> {
    let scim = service(&database, token, base_url)?;
    Ok(router(database, scim))
}
