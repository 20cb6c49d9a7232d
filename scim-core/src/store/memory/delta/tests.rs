//! PATCH through the whole service with the in-memory store: in place, and by storing a new state of the resource.
//!
//! `SCIM_ROUNDS` sets the number of rounds of the race tests.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, StatusCode};
use serde_json::{Value as Json, json};

use crate::{
    Scim, ScimComplex, ScimResource,
    context::{Context, Identity},
    json::Projection,
    model::{Group, Meta},
    reflect::path,
    reflect::{Document, Resource},
    schema::ResourceType,
    store::{Change, Creation, Delta, DeltaOutcome, MemoryStore, Page, Query, Removal, Store, StoreError, Stored},
};

const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
const WRITERS: usize = 16;

/// Counts how resources are changed. Supports deltas if requested.
struct Counted<R> {
    inner: MemoryStore<R>,
    supports_deltas: bool,
    in_place: AtomicUsize,
    replaced: AtomicUsize,
}

#[async_trait]
impl<R: Resource> Store<R> for Counted<R> {
    async fn get(&self, cx: &Context, id: &str, wanted: &Projection) -> Result<Option<Stored<R>>, StoreError> {
        self.inner.get(cx, id, wanted).await
    }

    async fn search(&self, cx: &Context, query: &Query<'_>) -> Result<Page<R>, StoreError> {
        self.inner.search(cx, query).await
    }

    async fn create(&self, cx: &Context, creation: Creation<'_, R>) -> Result<Stored<R>, StoreError> {
        self.inner.create(cx, creation).await
    }

    async fn replace(&self, cx: &Context, change: Change<'_, R>) -> Result<Stored<R>, StoreError> {
        self.replaced.fetch_add(1, Ordering::Relaxed);
        self.inner.replace(cx, change).await
    }

    async fn delete(&self, cx: &Context, removal: Removal<'_>) -> Result<Option<Stored<R>>, StoreError> {
        self.inner.delete(cx, removal).await
    }

    fn supports_deltas(&self) -> bool {
        self.supports_deltas && Store::<R>::supports_deltas(&self.inner)
    }

    async fn apply_delta(&self, cx: &Context, delta: Delta<'_>) -> Result<DeltaOutcome, StoreError> {
        let outcome = self.inner.apply_delta(cx, delta).await?;
        self.in_place.fetch_add(usize::from(outcome != DeltaOutcome::Unsupported), Ordering::Relaxed);
        Ok(outcome)
    }
}

fn counted<R: Resource>(inner: MemoryStore<R>, supports_deltas: bool) -> Arc<Counted<R>> {
    Arc::new(Counted { inner, supports_deltas, in_place: AtomicUsize::new(0), replaced: AtomicUsize::new(0) })
}

fn groups(supports_deltas: bool) -> (Arc<Counted<Group>>, Scim) {
    let store = counted(MemoryStore::<Group>::new(), supports_deltas);
    let scim = Scim::builder().resource(Arc::clone(&store)).base_url("https://example.com").build().unwrap();
    (store, scim)
}

/// Returns groups whose type is known only at run time.
fn documents(supports_deltas: bool) -> (Arc<Counted<Document>>, Scim) {
    let resource_type: ResourceType = Group::TYPE.clone();
    let store = counted(MemoryStore::<Document>::of(resource_type.clone()), supports_deltas);
    let builder = Scim::builder().dynamic(resource_type, Arc::clone(&store));
    (store, builder.base_url("https://example.com").build().unwrap())
}

async fn send(scim: &Scim, method: &str, uri: &str, if_match: Option<&str>, body: &Json) -> (StatusCode, Json) {
    let mut request = Request::builder().method(method).uri(uri).header("content-type", "application/scim+json");
    if let Some(version) = if_match {
        request = request.header("if-match", version);
    }
    let body = if body.is_null() { Bytes::new() } else { body.to_string().into() };
    let mut request = request.body(body).unwrap();
    request.extensions_mut().insert(Identity::new("contoso", "tests"));
    let response = scim.handle(request).await;
    (response.status(), serde_json::from_slice(response.body()).unwrap_or_default())
}

async fn patch(scim: &Scim, uri: &str, operations: &Json) -> (StatusCode, Json) {
    send(scim, "PATCH", uri, None, &json!({"Operations": operations})).await
}

/// Adds a group and returns its URI.
async fn create(scim: &Scim, members: &[&str]) -> String {
    let members: Vec<Json> = members.iter().map(|id| json!({"value": id, "display": id})).collect();
    let (status, group) =
        send(scim, "POST", "/Groups", None, &json!({"schemas": [GROUP], "displayName": "g", "members": members})).await;
    assert_eq!(status, 201, "{group}");
    format!("/Groups/{}", group["id"].as_str().unwrap())
}

/// Returns the response to a PATCH, the group after it, and whether its version changed.
async fn outcome(scim: &Scim, operations: &Json) -> (StatusCode, Json, bool) {
    let uri = create(scim, &["a", "b", "c"]).await;
    let (_, before) = send(scim, "GET", &uri, None, &Json::Null).await;
    let (status, error) = patch(scim, &uri, operations).await;
    let (_, mut group) = send(scim, "GET", &uri, None, &Json::Null).await;
    let changed = group["meta"]["version"] != before["meta"]["version"];
    assert_eq!(changed, group["members"] != before["members"] || group["displayName"] != before["displayName"]);
    let group = json!([group["displayName"].take(), group["members"].take(), error]);
    (status, group, changed)
}

#[tokio::test]
async fn a_change_in_place_equals_a_new_state() {
    // Operations, and whether they are applied in place.
    for (operations, in_place) in [
        (json!([{"op": "add", "path": "members", "value": [{"value": "d", "display": "D"}]}]), true),
        (json!([{"op": "add", "path": "members", "value": [{"value": "b", "display": "again"}]}]), true),
        (json!([{"op": "add", "path": "members", "value": [{"value": "B"}, {"value": "d"}, {"value": "d"}]}]), true),
        (
            json!([{"op": "add", "path": "members", "value": [{"value": "d"}]},
                   {"op": "add", "path": "members", "value": [{"value": "e"}, {"value": "a"}]}]),
            true,
        ),
        (json!([{"op": "remove", "path": "members[value eq \"b\"]"}]), true),
        (json!([{"op": "remove", "path": "members[value eq \"B\"]"}]), true),
        (json!([{"op": "Remove", "path": "members", "value": [{"value": "c"}, {"value": "a"}]}]), true),
        (json!([{"op": "remove", "path": "members", "value": [{"value": "c"}, {"value": "a"}, {"value": "b"}]}]), true),
        (json!([{"op": "remove", "path": "members", "value": [{"value": "a", "display": "x"}]}]), true),
        (json!([{"op": "remove", "path": "members[display eq \"b\"]"}]), false),
        (json!([{"op": "remove", "path": "members"}]), false),
        (json!([{"op": "add", "path": "members", "value": [{"display": "nobody"}]}]), false),
        (json!([{"op": "replace", "path": "members", "value": [{"value": "c"}]}]), false),
        (json!([{"op": "replace", "path": "displayName", "value": "h"}]), false),
        (
            json!([{"op": "add", "path": "members", "value": [{"value": "d"}]},
                   {"op": "remove", "path": "members[value eq \"a\"]"}]),
            false,
        ),
        (
            json!([{"op": "add", "path": "members", "value": [{"value": "d"}]},
                   {"op": "remove", "path": "displayName"}]),
            false,
        ),
    ] {
        let (store, scim) = groups(true);
        let expected = outcome(&groups(false).1, &operations).await;
        assert_eq!(outcome(&scim, &operations).await, expected, "{operations}");
        assert_eq!(store.in_place.load(Ordering::Relaxed) == 1, in_place, "{operations}");
        assert!(!in_place || store.replaced.load(Ordering::Relaxed) == 0, "{operations}");
        let (store, scim) = documents(true);
        assert_eq!(outcome(&scim, &operations).await, expected, "{operations}");
        assert_eq!(outcome(&documents(false).1, &operations).await, expected, "{operations}");
        assert_eq!(store.in_place.load(Ordering::Relaxed) == 1, in_place, "{operations}");
    }
}

#[tokio::test]
async fn a_precondition_is_checked_and_a_missing_group_is_not_found() {
    let (store, scim) = groups(true);
    let uri = create(&scim, &["a"]).await;
    let (_, group) = send(&scim, "GET", &uri, None, &Json::Null).await;
    let version = group["meta"]["version"].as_str().unwrap();
    let add = json!({"Operations": [{"op": "add", "path": "members", "value": [{"value": "b"}]}]});
    assert_eq!(send(&scim, "PATCH", &uri, Some("W/\"0\""), &add).await.0, StatusCode::PRECONDITION_FAILED);
    assert_eq!(send(&scim, "PATCH", &uri, Some(version), &add).await.0, StatusCode::NO_CONTENT);
    assert_eq!(send(&scim, "PATCH", &uri, Some(version), &add).await.0, StatusCode::PRECONDITION_FAILED);
    assert_eq!(send(&scim, "PATCH", "/Groups/none", None, &add).await.0, StatusCode::NOT_FOUND);
    assert_eq!((store.in_place.load(Ordering::Relaxed), store.replaced.load(Ordering::Relaxed)), (1, 0));
    let (_, changed) = send(&scim, "GET", &uri, None, &Json::Null).await;
    assert!(changed["meta"]["lastModified"].as_str() >= group["meta"]["lastModified"].as_str());
    assert_eq!(changed["members"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn unique_values_are_not_changed_in_place() {
    // Unusual, but an application may allow everybody to be in only one group.
    let store = counted(MemoryStore::<Group>::new().unique(path::<Group>("members.value")), true);
    let scim = Scim::builder().resource(Arc::clone(&store)).base_url("https://example.com").build().unwrap();
    create(&scim, &["a"]).await;
    let uri = create(&scim, &["b"]).await;
    let add = |id: &str| json!([{"op": "add", "path": "members", "value": [{"value": id}]}]);
    assert_eq!(patch(&scim, &uri, &add("a")).await.0, StatusCode::CONFLICT);
    assert_eq!(patch(&scim, &uri, &add("c")).await.0, StatusCode::NO_CONTENT);
    assert_eq!(store.in_place.load(Ordering::Relaxed), 0);
}

/// A list whose elements cannot be arbitrary text.
#[derive(Clone, Debug, Default, ScimResource)]
#[scim(schema = "urn:example:schemas:Room", name = "Room", endpoint = "/Rooms", crate = "crate")]
struct Room {
    /// The id.
    id: String,
    /// Its version.
    meta: Meta,
    /// The seats.
    seats: Vec<Seat>,
}

/// A seat.
#[derive(Clone, Debug, Default, ScimComplex)]
#[scim(crate = "crate")]
struct Seat {
    /// The owner.
    #[scim(mutability = immutable)]
    value: uuid::Uuid,
}

#[tokio::test]
async fn a_rejected_addition_adds_no_element() {
    let store = counted(MemoryStore::<Room>::new(), true);
    let scim = Scim::builder().resource(Arc::clone(&store)).base_url("https://example.com").build().unwrap();
    let [first, second] = [1, 2].map(|number| uuid::Uuid::from_u128(number).to_string());
    let (_, room) = send(&scim, "POST", "/Rooms", None, &json!({"seats": [{"value": first}]})).await;
    let uri = format!("/Rooms/{}", room["id"].as_str().unwrap());
    let add = json!([{"op": "add", "path": "seats", "value": [{"value": second}, {"value": "nobody"}]}]);
    assert_eq!(patch(&scim, &uri, &add).await.0, StatusCode::BAD_REQUEST);
    assert_eq!(send(&scim, "GET", &uri, None, &Json::Null).await.1, room);
    assert_eq!(store.in_place.load(Ordering::Relaxed), 0);
    // A change that is rejected in place gets the same response as otherwise.
    let remove = json!([{"op": "remove", "path": "seats[value eq \"nobody\"]"}]);
    assert!(patch(&scim, &uri, &remove).await.0.is_success());
    assert_eq!(store.in_place.load(Ordering::Relaxed), 1);
}

/// Many tasks add different members to one group at the same time. No member is lost.
async fn race(scim: Scim) {
    let rounds = std::env::var("SCIM_ROUNDS").map_or(100, |rounds| rounds.parse().unwrap());
    for round in 0..rounds {
        let uri = create(&scim, &[]).await;
        let mut tasks = tokio::task::JoinSet::new();
        for number in 0..WRITERS {
            let (scim, uri) = (scim.clone(), uri.clone());
            let add = json!([{"op": "add", "path": "members", "value": [{"value": number.to_string()}]}]);
            tasks.spawn(async move { patch(&scim, &uri, &add).await });
        }
        for (status, error) in tasks.join_all().await {
            assert_eq!(status, StatusCode::NO_CONTENT, "round {round}: {error}");
        }
        let (_, group) = send(&scim, "GET", &uri, None, &Json::Null).await;
        let members = group["members"].as_array().unwrap().iter();
        let mut members: Vec<usize> =
            members.map(|member| member["value"].as_str().unwrap().parse().unwrap()).collect();
        members.sort_unstable();
        assert_eq!(members, (0..WRITERS).collect::<Vec<_>>(), "round {round}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_changes_in_place_lose_no_member() {
    let (store, scim) = groups(true);
    race(scim).await;
    assert_eq!(store.replaced.load(Ordering::Relaxed), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_new_states_lose_no_member() {
    let (store, scim) = groups(false);
    race(scim).await;
    assert_eq!(store.in_place.load(Ordering::Relaxed), 0);
}
