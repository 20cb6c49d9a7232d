//! Checks of a field also apply when a store changes the resource without loading it.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use scim_core::{
    Context, Scim, ScimValue, async_trait,
    json::Projection,
    model::Meta,
    store::{Change, Creation, Delta, DeltaOutcome, MemoryStore, Page, Query, Removal, Store, StoreError, Stored},
};
use serde_json::json;

use super::{
    objects::{patch, send},
    *,
};

#[derive(Clone, Debug, Default, ScimResource)]
#[scim(schema = "urn:ietf:params:scim:schemas:core:2.0:Group", name = "Group", endpoint = "/Groups")]
struct Team {
    id: String,
    meta: Meta,
    #[scim(validate = lower_case)]
    display_name: String,
    members: Vec<Member>,
}

#[derive(Clone, Debug, Default, ScimComplex)]
struct Member {
    value: Option<String>,
    r#type: Option<Kind>,
}

#[derive(Clone, Debug, ScimValue)]
enum Kind {
    #[scim(name = "User")]
    Person,
    #[scim(name = "Group")]
    Team,
}

fn lower_case(name: &str) -> Result<(), &'static str> {
    if name.chars().any(char::is_uppercase) { Err("expected small letters") } else { Ok(()) }
}

/// A store that accepts every delta without a check.
#[derive(Default)]
struct Trusting {
    teams: MemoryStore<Team>,
    deltas: AtomicUsize,
}

#[async_trait]
impl Store<Team> for Trusting {
    async fn get(&self, cx: &Context, id: &str, wanted: &Projection) -> Result<Option<Stored<Team>>, StoreError> {
        self.teams.get(cx, id, wanted).await
    }

    async fn search(&self, cx: &Context, query: &Query<'_>) -> Result<Page<Team>, StoreError> {
        self.teams.search(cx, query).await
    }

    async fn create(&self, cx: &Context, creation: Creation<'_, Team>) -> Result<Stored<Team>, StoreError> {
        self.teams.create(cx, creation).await
    }

    async fn replace(&self, cx: &Context, change: Change<'_, Team>) -> Result<Stored<Team>, StoreError> {
        self.teams.replace(cx, change).await
    }

    async fn delete(&self, cx: &Context, removal: Removal<'_>) -> Result<Option<Stored<Team>>, StoreError> {
        self.teams.delete(cx, removal).await
    }

    fn supports_deltas(&self) -> bool {
        true
    }

    async fn apply_delta(&self, _: &Context, _: Delta<'_>) -> Result<DeltaOutcome, StoreError> {
        self.deltas.fetch_add(1, Ordering::Relaxed);
        Ok(DeltaOutcome::Applied { version: None })
    }
}

#[tokio::test]
async fn an_invalid_value_reaches_no_store() {
    let store = Arc::new(Trusting::default());
    let scim = Scim::builder().resource(Arc::clone(&store)).build().unwrap();
    let (_, team) = send(&scim, "POST", "/Groups", &json!({"displayName": "staff"})).await;
    let uri = format!("/Groups/{}", team["id"].as_str().unwrap());
    let add = |members| json!({"op": "add", "path": "members", "value": members});
    let name = |name| json!({"op": "replace", "path": "displayName", "value": name});
    for (operation, expected) in [
        (name("Staff"), "invalid value for `displayName`: expected small letters"),
        (add(json!([{"value": "1", "type": "User"}, {"value": "2", "type": "Robot"}])), "one of `User`, `Group`"),
    ] {
        let (status, response) = send(&scim, "PATCH", &uri, &patch(&json!([operation]))).await;
        assert_eq!(status, 400, "{response}");
        assert!(response["detail"].as_str().unwrap().contains(expected), "{response}");
    }
    assert_eq!(store.deltas.load(Ordering::Relaxed), 0);
    for operation in [name("crew"), add(json!([{"value": "1", "type": "User"}, {"value": "2"}]))] {
        assert_eq!(send(&scim, "PATCH", &uri, &patch(&json!([operation]))).await.0, 204);
    }
    assert_eq!(store.deltas.load(Ordering::Relaxed), 2);
}
