//! Users and groups in two tables of SQLite. Run it, then:
//!
//! ```text
//! curl -H 'Authorization: Bearer secret' -H 'Content-Type: application/scim+json' \
//!   -d '{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "ada@example.com"}' \
//!   http://127.0.0.1:3000/scim/v2/Users
//! curl -H 'Authorization: Bearer secret' 'http://127.0.0.1:3000/scim/v2/Users?sortBy=userName'
//! ```

mod group;
mod sqlite;
mod user;

use std::error::Error;

use axum::Router;
use scim_core::{Identity, Scim, sql::SqlStore};
use scim_tower::{BearerAuth, ScimService, StaticTokens};
use tokio::net::TcpListener;

use crate::{group::Group, sqlite::Sqlite, user::User};

/// Returns the routes of the SCIM service. Merge them into those of your application.
fn app(database: Sqlite) -> Result<Router, Box<dyn Error>> {
    let scim = Scim::builder()
        .resource(SqlStore::<User, _>::new(database.clone()))
        .resource(SqlStore::<Group, _>::new(database))
        .base_url("http://127.0.0.1:3000/scim/v2")
        .base_path("/scim/v2")
        .build()?;
    // One token for each customer. `Identity` determines whose users it gives access to.
    let tokens = StaticTokens::new().with("secret", Identity::new("contoso", "entra"));
    Ok(Router::new().nest_service("/scim/v2", ScimService::new(scim, BearerAuth::new(tokens))))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let app = app(Sqlite::open("users.db").await?)?;
    let listener = TcpListener::bind("127.0.0.1:3000").await?;
    println!("http://{}/scim/v2", listener.local_addr()?);
    axum::serve(listener, app).await?;
    Ok(())
}

#[cfg(test)]
mod tests;
