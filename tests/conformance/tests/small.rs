//! Small applications: a handful of columns. What they do not announce is not sent to them.

use scim_conformance::{Kit, Outcome, Report, ServiceClient, Unmapped};
use scim_core::store::MemoryStore;
use scim_core::{Identity, server::BuildError};
use scim_core::{Scim, ScimResource, ScimValue, model};
use scim_core::{path, schema::Path};
use scim_tower::{BearerAuth, ScimService, StaticTokens};
use uuid::Uuid;

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

/// Only users have keys of this form.
const USER_KEY: &str = "urn:ietf:params:scim:schemas:core:2.0:User:externalId";

const TEAM_NAME: Path = path::<Team>("displayName");

/// What an account may be: no other word is taken.
#[derive(Clone, Copy, Debug, ScimValue)]
enum Kind {
    #[scim(name = "staff")]
    Staff,
    #[scim(name = "guest")]
    Guest,
}

/// A person, with values that only some texts are.
#[derive(Clone, Debug, Default, ScimResource)]
#[scim(schema = "urn:ietf:params:scim:schemas:core:2.0:User", name = "User", endpoint = "/Users")]
struct Account {
    id: String,
    meta: model::Meta,
    #[scim(path = "externalId")]
    key: Option<Uuid>,
    #[scim(path = "userName", required, uniqueness = server)]
    login: String,
    #[scim(path = "displayName")]
    shown: Option<String>,
    #[scim(path = "name.givenName")]
    first_name: Option<String>,
    #[scim(path = "name.familyName")]
    last_name: Option<String>,
    #[scim(path = r#"emails[type eq "work"].value"#, primary)]
    email: Option<String>,
    #[scim(path = "userType")]
    kind: Option<Kind>,
    #[scim(path = "active", default = true)]
    enabled: bool,
    #[scim(path = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value")]
    boss: Option<Uuid>,
    #[scim(path = "urn:example:params:scim:schemas:extension:badge:2.0:User:number")]
    badge: Option<String>,
}

fn service<R: ScimResource>() -> Result<ScimService, BuildError> {
    let scim = Scim::builder()
        .resource(MemoryStore::<R>::new())
        .resource(MemoryStore::<Team>::new().unique(TEAM_NAME))
        .base_path("/scim/v2")
        .build()?;
    let tokens = StaticTokens::new().with(TOKEN, Identity::new("fabrikam", "entra"));
    Ok(ScimService::new(scim, BearerAuth::new(tokens)))
}

/// What holds for both.
fn kit() -> Kit {
    Kit::standard()
        .token(TOKEN)
        .skip("deleting a user removes it from its groups", "the store in memory knows nothing of references")
        .skip(
            "PATCH /Users/Id - mixed add and replace on three e-mail types with display and primary",
            "the only e-mail is the primary one, whatever clients say",
        )
}

fn has_passed(report: &Report, name: &str) -> bool {
    report.results().iter().any(|result| result.name == name && matches!(result.outcome, Outcome::Passed))
}

#[tokio::test]
async fn an_application_with_closed_sets_passes() {
    let kit = kit().without(USER_KEY).without("manager.value");
    let report = kit.run(&ServiceClient::new(service::<Account>().unwrap())).await;
    println!("{report}");
    report.assert_passed();
    let left_out = report.left_out();
    for (name, reason) in [
        ("userType", Unmapped::Closed),
        ("externalId", Unmapped::Told),
        ("roles", Unmapped::NotAnnounced),
        ("title", Unmapped::NotAnnounced),
    ] {
        assert_eq!(left_out.get(name), Some(&reason), "{name}: {left_out:?}");
    }
    for name in [
        "one bad operation rolls the whole request back",
        "unknown op is 400",
        "op spelled Add",
        "no-op patch leaves lastModified alone",
        "P30: a failing second operation undoes the first",
        "custom extension attribute via pathless URN key",
        "custom extension in POST without its URN in schemas",
    ] {
        assert!(has_passed(&report, name), "{name}");
    }
    assert!(report.replaced()[&("title", "displayName")] > 5);
    assert!(report.counts().passed > 230, "{:?}", report.counts());
}

#[tokio::test]
async fn a_small_application_passes() {
    let report = kit().run(&ServiceClient::new(service::<Employee>().unwrap())).await;
    println!("{report}");
    report.assert_passed();
    let left_out = report.left_out();
    for name in ["displayName", "addresses", "emails[type eq \"home\"]", "phoneNumbers[type eq \"fax\"]"] {
        assert!(left_out.contains_key(name), "{name}: {left_out:?}");
    }
    assert!(report.counts().passed > 240, "{:?}", report.counts());
}

#[tokio::test]
async fn what_needs_groups_is_not_tried_without_them() {
    let scim = Scim::builder().resource(MemoryStore::<model::User>::new()).base_path("/scim/v2").build().unwrap();
    let tokens = StaticTokens::new().with(TOKEN, Identity::new("fabrikam", "entra"));
    let report = kit().run(&ServiceClient::new(ScimService::new(scim, BearerAuth::new(tokens)))).await;
    report.assert_passed();
    for name in ["Schema_Discoverability_Test", "S11: bulk: a group refers to a user that comes later"] {
        let result = report.results().iter().find(|result| result.name == name).unwrap();
        assert!(matches!(&result.outcome, Outcome::Skipped(reason) if reason == "requires groups"), "{name}");
    }
    assert!(report.counts().passed > 200, "{:?}", report.counts());
}
