//! A small application: a handful of columns, no extension of its own. What it does not announce is not sent to it.

use scim_conformance::{Kit, Outcome, ServiceClient};
use scim_core::schema::{Path, path};
use scim_core::server::{BuildError, Identity};
use scim_core::store::MemoryStore;
use scim_core::{Scim, ScimResource, model};
use scim_tower::{BearerAuth, ScimService, StaticTokens};

const TOKEN: &str = "the token of the test";

/// User Account
#[derive(Clone, Debug, Default, ScimResource)]
#[scim(schema = "urn:ietf:params:scim:schemas:core:2.0:User", name = "User", endpoint = "/Users")]
struct Employee {
    id: String,
    external_id: Option<String>,
    meta: model::Meta,
    #[scim(path = "userName", required, uniqueness = server)]
    login: String,
    #[scim(path = "name.givenName")]
    first_name: Option<String>,
    #[scim(path = "name.familyName")]
    last_name: Option<String>,
    #[scim(path = r#"emails[type eq "work"].value"#, primary)]
    email: Option<String>,
    #[scim(path = r#"phoneNumbers[type eq "mobile"].value"#)]
    mobile: Option<String>,
    #[scim(path = "active", default = true)]
    enabled: bool,
    #[scim(path = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department")]
    department: Option<String>,
}

#[derive(Clone, Debug, Default, ScimResource)]
#[scim(schema = "urn:ietf:params:scim:schemas:core:2.0:Group", name = "Group", endpoint = "/Groups")]
struct Team {
    id: String,
    external_id: Option<String>,
    meta: model::Meta,
    #[scim(required, uniqueness = server)]
    display_name: String,
    members: Vec<model::Member>,
}

const TEAM_NAME: Path = path::<Team>("displayName");

fn service() -> Result<ScimService, BuildError> {
    let scim = Scim::builder()
        .resource(MemoryStore::<Employee>::new())
        .resource(MemoryStore::<Team>::new().unique(TEAM_NAME))
        .base_path("/scim/v2")
        .build()?;
    let tokens = StaticTokens::new().with(TOKEN, Identity::new("fabrikam", "entra"));
    Ok(ScimService::new(scim, BearerAuth::new(tokens)))
}

#[tokio::test]
async fn a_small_application_passes() {
    let kit = Kit::standard()
        .token(TOKEN)
        .skip("deleting a user removes it from its groups", "the store in memory knows nothing of references")
        .skip(
            "PATCH /Users/Id - mixed add and replace on three e-mail types with display and primary",
            "the only e-mail is the primary one, whatever clients say",
        );
    let report = kit.run(&ServiceClient::new(service().unwrap())).await;
    println!("{report}");
    report.assert_passed();
    let left_out = report.left_out();
    for name in ["displayName", "addresses", "emails[type eq \"home\"]", "phoneNumbers[type eq \"fax\"]"] {
        assert!(left_out.contains_key(name), "{name}: {left_out:?}");
    }
    let run = report.results().iter().filter(|result| matches!(result.outcome, Outcome::Passed)).count();
    assert!(run > 220, "{run}");
}
