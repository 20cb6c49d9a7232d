//! The results of the operations.

use async_trait::async_trait;

use super::*;
use crate::{
    context::Context,
    json::Projection,
    model::User,
    server::tests::{BASE, Numbered, builder},
    store::{Change, Creation, MemoryStore, Page, Query, Removal, Store, StoreError, Stored},
};

#[tokio::test]
async fn a_location_is_that_of_the_resource_regardless_of_how_it_was_named() {
    let client = Client::standard();
    let created = client.post("/Groups", json!({"displayName": "g"})).await.json();
    let id = created["id"].as_str().unwrap();
    let add = json!({"Operations": [{"op": "add", "path": "externalId", "value": "x"}]});
    for path in [
        format!("/Groups/{id}"),
        format!("Groups/{id}"),
        format!("/groups/{id}"),
        format!("/Groups/{id}/"),
        format!("/scim/v2/Groups/{id}"),
        format!("/%47roups/{}", id.replace('-', "%2D")),
    ] {
        for (method, status) in [("PATCH", "204"), ("PUT", "200")] {
            let data = if method == "PATCH" { add.clone() } else { json!({"displayName": "g"}) };
            let results = bulk(&client, json!([{"method": method, "path": path, "data": data}])).await;
            assert_eq!(statuses(&results), [status], "{method} {path}");
            assert_eq!(results[0]["location"], format!("{BASE}/Groups/{id}"), "{method} {path}");
            assert!(results[0]["version"].is_string());
        }
    }
    let results = bulk(
        &client,
        json!([
            {"method": "POST", "path": "/groups/?attributes=id", "bulkId": "n", "data": {"displayName": "n"}},
            {"method": "PATCH", "path": "/groups/bulkId:n", "data": add},
            {"method": "DELETE", "path": "/groups/bulkId:n"},
            {"method": "DELETE", "path": "/Users/a%20b"},
            {"method": "DELETE", "path": "/Users/a b"},
            {"method": "PUT", "path": "/nothing/../evil", "data": {}},
            {"method": "PUT", "path": "//evil.example/Users/1", "data": {}},
            {"method": "POST", "path": "/Users", "bulkId": "bad", "data": {}},
        ]),
    )
    .await;
    assert_eq!(statuses(&results), ["201", "204", "204", "404", "400", "404", "404", "400"]);
    let created = results[0]["location"].as_str().unwrap();
    assert!(created.starts_with(&format!("{BASE}/Groups/id-")));
    assert_eq!((&results[1]["location"], &results[2]["location"]), (&json!(created), &json!(created)));
    assert_eq!(results[3]["location"], format!("{BASE}/Users/a%20b"));
    for result in &results[4..] {
        assert_eq!(result.get("location"), None, "{result}");
    }
}

/// A store that panics when a user named `panic` is created or read.
struct Panics(MemoryStore<User>);

#[async_trait]
impl Store<User> for Panics {
    async fn get(&self, cx: &Context, id: &str, wanted: &Projection) -> Result<Option<Stored<User>>, StoreError> {
        assert_ne!(id, "panic");
        self.0.get(cx, id, wanted).await
    }

    async fn search(&self, cx: &Context, query: &Query<'_>) -> Result<Page<User>, StoreError> {
        self.0.search(cx, query).await
    }

    async fn create(&self, cx: &Context, creation: Creation<'_, User>) -> Result<Stored<User>, StoreError> {
        assert_ne!(creation.state().user_name, "panic");
        self.0.create(cx, creation).await
    }

    async fn replace(&self, cx: &Context, change: Change<'_, User>) -> Result<Stored<User>, StoreError> {
        self.0.replace(cx, change).await
    }

    async fn delete(&self, cx: &Context, removal: Removal<'_>) -> Result<Option<Stored<User>>, StoreError> {
        self.0.delete(cx, removal).await
    }
}

#[tokio::test]
async fn a_panic_fails_only_its_operation() {
    let store = Panics(MemoryStore::new());
    let client = Client::new(builder().ids(Numbered::default()).resource(store).build().unwrap());
    let post = |name: &str| json!({"method": "POST", "path": "/Users", "bulkId": name, "data": {"userName": name, "title": "bulkId:a"}});
    let results = bulk(&client, json!([{"method": "POST", "path": "/Users", "bulkId": "a", "data": {"userName": "a"}}, post("panic"), post("b")])).await;
    assert_eq!(statuses(&results), ["201", "500", "201"]);
    assert_eq!(results[1]["response"]["status"], "500");
    assert_eq!(client.get("/Users/panic").await.fault(), fault(500, ""));
    assert_eq!(client.get("/Users").await.json()["totalResults"], 2);
}

#[tokio::test]
async fn a_bulk_request_yields_between_operations() {
    let client = Client::standard();
    let turns = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counter = {
        let turns = std::sync::Arc::clone(&turns);
        tokio::spawn(async move {
            loop {
                turns.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                tokio::task::yield_now().await;
            }
        })
    };
    let operations: Vec<Json> = (0..50).map(|_| json!({"method": "DELETE", "path": "/Users/x"})).collect();
    bulk(&client, json!(operations)).await;
    counter.abort();
    assert!(turns.load(std::sync::atomic::Ordering::Relaxed) >= 49);
}
