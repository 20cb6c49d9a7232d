//! Serves users from memory. Run it, then:
//!
//! ```text
//! curl -H 'Authorization: Bearer secret' -H 'Content-Type: application/scim+json' \
//!   -d '{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "ada@example.com"}' \
//!   http://127.0.0.1:3000/scim/v2/Users
//! curl -H 'Authorization: Bearer secret' http://127.0.0.1:3000/scim/v2/Users
//! ```

use std::error::Error;

use axum::Router;
use scim_core::{
    Identity, Scim, ScimResource,
    model::{Email, EnterpriseUser, Meta, Name},
    store::MemoryStore,
};
use scim_tower::{BearerAuth, ScimService, StaticTokens};
use tokio::net::TcpListener;

// Field names are SCIM's names in snake case. Clients see the doc comment as the description of the schema.
/// User Account
#[derive(Clone, Debug, Default, ScimResource)]
#[scim(schema = "urn:ietf:params:scim:schemas:core:2.0:User", name = "User", endpoint = "/Users")]
struct Account {
    id: String,
    external_id: Option<String>,
    meta: Meta,
    #[scim(required, uniqueness = server)]
    user_name: String,
    name: Option<Name>,
    display_name: Option<String>,
    active: Option<bool>,
    emails: Vec<Email>,
    #[scim(extension)]
    enterprise: Option<EnterpriseUser>,
}

/// Returns the routes of the SCIM service. Merge them into those of your application.
fn app() -> Result<Router, Box<dyn Error>> {
    let scim = Scim::builder()
        .resource(MemoryStore::<Account>::new())
        .base_url("http://127.0.0.1:3000/scim/v2")
        .base_path("/scim/v2")
        .build()?;
    // One token per customer. `Identity` determines which tenant's users it can access.
    let tokens = StaticTokens::new().with("secret", Identity::new("contoso", "entra"));
    let service = ScimService::new(scim, BearerAuth::new(tokens));
    Ok(Router::new().nest_service("/scim/v2", service))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:3000").await?;
    println!("http://{}/scim/v2", listener.local_addr()?);
    axum::serve(listener, app()?).await?;
    Ok(())
}

#[cfg(test)]
mod tests;
