//! Stores that lose races, fail, or return candidates.

use std::{
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;

use super::*;
use crate::{
    Error, ScimResource,
    context::Context,
    json::Projection,
    reflect::Resource,
    reflect::path,
    schema::Path,
    store::{Change, Creation, Page, Query, Removal, Store, StoreError, Stored},
};

/// A store that a test can inspect while the engine owns it.
pub(super) struct Shared<R> {
    inner: MemoryStore<R>,
    /// How many more races are lost: another writer writes before each write.
    races: AtomicUsize,
    /// Creates the error that every call returns.
    fault: Mutex<Option<fn() -> StoreError>>,
    /// The names of the calls.
    calls: Mutex<Vec<&'static str>>,
    /// Whether it returns candidates instead of pages.
    candidates: bool,
}

impl<R: ScimResource> Default for Shared<R> {
    fn default() -> Self {
        Self {
            inner: MemoryStore::new(),
            races: AtomicUsize::new(0),
            fault: Mutex::default(),
            calls: Mutex::default(),
            candidates: false,
        }
    }
}

fn context(tenant: &'static str) -> Context {
    Context::new(
        Identity::new(tenant, "somebody else"),
        BASE,
        crate::compat::Compat::default(),
        ::http::Extensions::new(),
    )
}

impl<R: Resource> Shared<R> {
    fn call(&self, name: &'static str) -> Result<(), StoreError> {
        self.calls.lock().unwrap().push(name);
        match *self.fault.lock().unwrap() {
            Some(fault) => Err(fault()),
            None => Ok(()),
        }
    }

    /// Makes every call fail, or none.
    pub(super) fn fail(&self, fault: Option<fn() -> StoreError>) {
        *self.fault.lock().unwrap() = fault;
    }

    pub(super) fn calls(&self) -> String {
        std::mem::take(&mut *self.calls.lock().unwrap()).join(" ")
    }
}

impl Shared<User> {
    /// Returns the only user of the tenant.
    pub(super) fn only(&self) -> User {
        let query = Query::all(User::TYPE);
        let page = now(self.inner.search(&context("contoso"), &query)).unwrap();
        assert_eq!(page.resources.len(), 1);
        page.resources.into_iter().next().unwrap().into_owned()
    }
}

/// Returns the output of a future that never waits.
fn now<T>(future: impl Future<Output = T>) -> T {
    let mut future = std::pin::pin!(future);
    match future.as_mut().poll(&mut std::task::Context::from_waker(std::task::Waker::noop())) {
        std::task::Poll::Ready(value) => value,
        std::task::Poll::Pending => panic!("it waits"),
    }
}

impl<R: Resource> Shared<R> {
    /// Changes the resource as another writer, if a race is to be lost.
    async fn race(&self, id: &str) {
        if self.races.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok() {
            let left = self.races.load(Ordering::SeqCst);
            let old = self.inner.get(&context("contoso"), id, &Projection::DEFAULT).await.unwrap().unwrap();
            let mut new = old.clone();
            let text = crate::reflect::Scalar::Str(format!("racer {left}").into());
            new.edit(Path::EXTERNAL_ID.steps(), crate::reflect::Edit::Set(text)).unwrap();
            self.inner.replace(&context("contoso"), Change::new(id, &old, new)).await.unwrap();
        }
    }
}

#[async_trait]
impl<R: Resource> Store<R> for Shared<R> {
    async fn get(&self, cx: &Context, id: &str, wanted: &Projection) -> Result<Option<Stored<R>>, StoreError> {
        self.call("get")?;
        self.inner.get(cx, id, wanted).await
    }

    async fn search(&self, cx: &Context, query: &Query<'_>) -> Result<Page<R>, StoreError> {
        self.call("search")?;
        if self.candidates {
            let mut all = self.inner.search(cx, &Query::all(query.resource_type)).await?.resources;
            all.reverse();
            return Ok(Page::candidates(all));
        }
        self.inner.search(cx, query).await
    }

    async fn create(&self, cx: &Context, creation: Creation<'_, R>) -> Result<Stored<R>, StoreError> {
        self.call("create")?;
        self.inner.create(cx, creation).await
    }

    async fn replace(&self, cx: &Context, change: Change<'_, R>) -> Result<Stored<R>, StoreError> {
        self.call("replace")?;
        self.race(change.id()).await;
        self.inner.replace(cx, change).await
    }

    async fn delete(&self, cx: &Context, removal: Removal<'_>) -> Result<Option<Stored<R>>, StoreError> {
        self.call("delete")?;
        self.race(removal.id()).await;
        self.inner.delete(cx, removal).await
    }
}

fn users() -> (Arc<Shared<User>>, Client) {
    let store = Arc::new(Shared::<User>::default());
    let client = Client::new(builder().resource(Arc::clone(&store)).build().unwrap());
    (store, client)
}

fn title(value: &str) -> Json {
    json!([{"op": "replace", "path": "title", "value": value}])
}

#[tokio::test]
async fn a_write_that_lost_a_race_is_retried_on_the_new_state() {
    let (store, client) = users();
    client.user(json!({"userName": "a"})).await;
    for losses in [1, 3, 20] {
        store.races.store(losses, Ordering::SeqCst);
        let reply = client.patch("/Users/id-1", title(&losses.to_string())).await;
        assert_eq!(reply.status, 200);
        // The resource has both the winner's change and this one.
        assert_eq!(
            (&reply.json()["title"], &reply.json()["externalId"]),
            (&json!(losses.to_string()), &json!("racer 0"))
        );
    }
    store.races.store(2, Ordering::SeqCst);
    assert_eq!(client.write("PUT", "/Users/id-1", &json!({"userName": "b"})).await.json()["userName"], "b");
    // A write that always loses is asked to retry later, and has changed nothing.
    store.races.store(usize::MAX, Ordering::SeqCst);
    let reply = client.patch("/Users/id-1", title("never")).await;
    assert_eq!((reply.fault(), reply.header("retry-after")), (fault(503, ""), "1"));
    store.races.store(0, Ordering::SeqCst);
    assert_eq!(client.get("/Users/id-1").await.json().get("title"), None);
}

#[tokio::test]
async fn a_client_that_named_the_version_gets_412_after_a_lost_race() {
    let (store, client) = users();
    let version = client.user(json!({"userName": "a"})).await["meta"]["version"].as_str().unwrap().to_owned();
    for (method, body) in [
        ("PUT", "{\"userName\":\"b\"}"),
        ("PATCH", "{\"Operations\":[{\"op\":\"add\",\"path\":\"title\",\"value\":\"x\"}]}"),
        ("DELETE", ""),
    ] {
        let current = client.get("/Users/id-1").await.header("etag").to_owned();
        store.races.store(1, Ordering::SeqCst);
        assert_eq!(
            client.send(method, "/Users/id-1", &[("if-match", &current)], body).await.fault(),
            fault(412, ""),
            "{method}"
        );
        assert_eq!(store.only().user_name, "a");
    }
    // `*` does not name a version.
    store.races.store(2, Ordering::SeqCst);
    assert_eq!(client.send("PUT", "/Users/id-1", &[("if-match", "*")], "{\"userName\":\"b\"}").await.status, 200);
    store.races.store(2, Ordering::SeqCst);
    assert_eq!(client.send("DELETE", "/Users/id-1", &[("if-none-match", &version)], "").await.status, 204);
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_writers_lose_no_update() {
    let client = Client::standard();
    client.post("/Groups", json!({"displayName": "g"})).await;
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..32 {
        let client = client.clone();
        tasks.spawn(async move {
            let reply = client
                .patch(
                    "/Groups/id-1",
                    json!([{"op": "add", "path": "members", "value": [{"value": number.to_string()}]}]),
                )
                .await;
            assert_eq!(reply.status, 204, "{reply:?}");
        });
    }
    tasks.join_all().await;
    assert_eq!(client.get("/Groups/id-1").await.json()["members"].as_array().unwrap().len(), 32);
}

#[tokio::test]
async fn a_write_without_effect_does_not_reach_the_store() {
    let (store, client) = users();
    client.user(json!({"userName": "a", "title": "t"})).await;
    store.calls();
    client.patch("/Users/id-1", title("t")).await;
    assert_eq!(store.calls(), "get");
    client.patch("/Users/id-1", title("u")).await;
    assert_eq!(store.calls(), "get replace");
    client.delete("/Users/id-1").await;
    assert_eq!(store.calls(), "delete");
    client.get("/Users?filter=nonsense").await;
    client.get("/Schemas").await;
    assert_eq!(store.calls(), "");
}

#[tokio::test]
async fn errors_of_a_store_become_the_right_responses() {
    const USER_NAME: Path = path::<User>("userName");
    const SECRET: &str = "postgres://admin:hunter2@db";
    type Case = (fn() -> StoreError, u16, &'static str);
    let cases: [Case; 7] = [
        (|| StoreError::NotFound, 404, ""),
        (|| StoreError::VersionMismatch, 503, ""),
        (|| StoreError::conflict(USER_NAME), 409, "uniqueness"),
        (|| Error::mutability("the user is from another directory").into(), 400, "mutability"),
        (|| Error::new(StatusCode::FORBIDDEN, "not in this country").into(), 403, ""),
        (|| StoreError::transient(SECRET, Duration::from_millis(2500)), 503, ""),
        (|| StoreError::fatal(SECRET), 500, ""),
    ];
    let (store, client) = users();
    client.user(json!({"userName": "a"})).await;
    for (error, status, scim_type) in cases {
        *store.fault.lock().unwrap() = Some(error);
        for (method, uri, body) in [
            ("GET", "/Users", ""),
            ("GET", "/Users/id-1", ""),
            ("POST", "/Users", "{\"userName\":\"b\"}"),
            ("PUT", "/Users/id-1", "{\"userName\":\"b\"}"),
            ("PATCH", "/Users/id-1", "{\"Operations\":[]}"),
            ("DELETE", "/Users/id-1", ""),
        ] {
            let reply = client.send(method, uri, &[], body).await;
            // A request that names no resource cannot fail with 404.
            let status = if status == 404 && !uri.ends_with("id-1") { 500 } else { status };
            assert_eq!(reply.fault(), fault(status, scim_type), "{method} {uri}");
            assert!(!String::from_utf8_lossy(&reply.body).contains("hunter2"));
            assert_eq!(reply.headers.contains_key("retry-after"), status == 503);
        }
    }
    *store.fault.lock().unwrap() = Some(|| StoreError::transient("x", Duration::from_millis(2500)));
    assert_eq!(client.get("/Users").await.header("retry-after"), "3");
    // Longer than any number of seconds can express.
    *store.fault.lock().unwrap() = Some(|| StoreError::transient("x", Duration::MAX));
    assert_eq!(client.get("/Users").await.header("retry-after"), u64::MAX.to_string());
    *store.fault.lock().unwrap() = None;
    assert_eq!(client.get("/Users/id-1").await.json()["userName"], "a");
}

#[tokio::test]
async fn candidates_are_filtered_sorted_and_paged() {
    let store = Arc::new(Shared::<User> { candidates: true, ..Shared::default() });
    let client = Client::new(builder().resource(store).build().unwrap());
    for name in ["c", "a", "b", "d"] {
        client.user(json!({"userName": name})).await;
    }
    for (query, names) in [
        ("", "cabd"),
        ("count=2&startIndex=2", "ab"),
        ("sortBy=userName", "abcd"),
        ("filter=userName+gt+%22a%22&sortBy=userName&sortOrder=descending&count=2", "dc"),
        ("filter=userName+eq+%22A%22", "a"),
    ] {
        assert_eq!(client.user_names(query).await.concat(), names, "{query}");
    }
    assert_eq!(client.get("/Users?filter=userName+gt+%22a%22&count=0").await.json()["totalResults"], 3);
}

#[tokio::test]
async fn a_list_that_needs_too_many_candidates_is_rejected() {
    let store = Arc::new(Shared::<User> { candidates: true, ..Shared::default() });
    let limits = crate::Limits { candidates: 3, ..Default::default() };
    let client = Client::new(builder().resource(Arc::clone(&store)).limits(limits).build().unwrap());
    for name in ["a", "b", "c"] {
        client.user(json!({"userName": name})).await;
    }
    assert_eq!(client.user_names("sortBy=userName&count=1").await, ["a"]);
    client.user(json!({"userName": "d"})).await;
    for query in ["", "?count=0", "?filter=userName%20eq%20%22a%22", "?sortBy=userName"] {
        let answer = client.get(&format!("/Users{query}")).await;
        assert_eq!(answer.fault(), fault(400, "tooMany"), "{query}");
        let detail = answer.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains("more than 3 resources"), "{detail}");
        assert_eq!(detail.contains("`userName`"), query.contains("sortBy"), "{detail}");
    }
    // A store that returns pages may examine as many as it likes.
    let client = Client::new(builder().resource(MemoryStore::<User>::new()).limits(limits).build().unwrap());
    for name in ["a", "b", "c", "d"] {
        client.user(json!({"userName": name})).await;
    }
    assert_eq!(client.user_names("sortBy=userName&count=1").await, ["a"]);
}

/// The evaluation of one resource does not yield, so it has its own limit.
#[tokio::test]
async fn a_filter_that_compares_too_much_of_one_resource_is_rejected() {
    let limits = crate::Limits { visits: 20, ..Default::default() };
    let shared = Arc::new(Shared::<User> { candidates: true, ..Shared::default() });
    let emails: Vec<Json> = (0..6).map(|number| json!({"value": format!("{number}@example.com")})).collect();
    for client in [
        Client::new(builder().resource(shared).limits(limits).build().unwrap()),
        Client::new(builder().resource(MemoryStore::<User>::new()).limits(limits).build().unwrap()),
    ] {
        client.user(json!({"userName": "a", "emails": emails, "title": "x".repeat(640)})).await;
        for (term, terms, is_refused) in [
            ("emails[value co \"z\"]", 3, false),
            ("emails[value co \"z\"]", 4, true),
            ("emails.value co \"z\"", 3, false),
            ("emails.value co \"z\"", 4, true),
            // Operands that need no evaluation cost nothing.
            ("(title pr or emails.value co \"z\") and userName co \"z\"", 9, false),
            ("title co \"z\"", 1, false),
            ("title co \"z\"", 2, true),
            ("userName co \"z\"", 20, false),
            ("userName co \"z\"", 21, true),
        ] {
            let filter = vec![term; terms].join(" or ");
            let reply = client.get(&format!("/Users?filter={}", encoded(&filter))).await;
            if is_refused {
                assert_eq!(reply.fault(), fault(400, "tooMany"), "{filter}");
            } else {
                assert_eq!(reply.json()["totalResults"], 0, "{filter}");
            }
        }
    }
}

/// The cost that one resource may have is too high for many.
#[tokio::test]
async fn a_list_that_visits_too_much_in_total_is_rejected() {
    let limits = crate::Limits { visits: 102 / crate::Limits::LIST, ..Default::default() };
    let shared = Arc::new(Shared::<User> { candidates: true, ..Shared::default() });
    for client in [
        Client::new(builder().resource(shared).limits(limits).build().unwrap()),
        Client::new(builder().resource(MemoryStore::<User>::new()).limits(limits).build().unwrap()),
    ] {
        for number in 0..10 {
            let emails = json!([{"value": "x@example.com"}, {"value": "y@example.com", "primary": true}]);
            client.user(json!({"userName": number.to_string(), "emails": emails, "title": "ж".repeat(200)})).await;
        }
        for (query, is_refused) in [
            // The limit is about a hundred values: ten of each resource.
            (format!("filter={}", encoded(&["userName co \"z\""; 10].join(" or "))), false),
            (format!("filter={}", encoded(&["userName co \"z\""; 11].join(" or "))), true),
            // Finding the primary element visits each element.
            (format!("filter={}&sortBy=emails", encoded(&["userName pr"; 7].join(" and "))), false),
            (format!("filter={}&sortBy=emails", encoded(&["userName pr"; 8].join(" and "))), true),
            // A long text that is not ASCII costs its length.
            ("sortBy=title".to_owned(), true),
            ("sortBy=userName".to_owned(), false),
        ] {
            let reply = client.get(&format!("/Users?{query}")).await;
            if is_refused {
                assert_eq!(reply.fault(), fault(400, "tooMany"), "{query}");
            } else {
                assert_eq!(reply.status, 200, "{query}: {reply:?}");
            }
        }
    }
}

/// For any page and order, a page is the corresponding slice of the sorted whole.
#[tokio::test]
async fn a_page_is_a_slice_of_the_sorted_whole() {
    let users: Vec<User> = (0..50_usize)
        .map(|number| User {
            id: format!("{number:02}"),
            // Some titles are equal, and some are absent.
            title: (number % 7 > 0).then(|| (number * 31 % 11).to_string()),
            ..User::default()
        })
        .collect();
    let ids =
        |page: &crate::store::Page<User>| -> Vec<_> { page.resources().iter().map(|user| user.id.clone()).collect() };
    for descending in [false, true] {
        let title = crate::reflect::path::<User>("title");
        let sort = crate::store::Sort::new(User::TYPE, title, descending).unwrap();
        let all = Query { sort: Some(sort), ..Query::all(User::TYPE) };
        let sorted = ids(&all.select(&users));
        let mut expected: Vec<&User> = users.iter().collect();
        expected.sort_by_key(|user| user.id.clone());
        let key = |user: &&User| (user.title.is_none(), user.title.clone());
        if descending {
            expected.sort_by_key(|user| std::cmp::Reverse(key(user)));
        } else {
            expected.sort_by_key(key);
        }
        assert_eq!(sorted, expected.iter().map(|user| user.id.clone()).collect::<Vec<_>>());
        for offset in [0, 1, 17, 49, 50, 60, usize::MAX] {
            for count in [0, 1, 5, 50, usize::MAX] {
                let query = Query { offset, count, ..all };
                let page = query.select(&users);
                let start = offset.min(50);
                assert_eq!(ids(&page), sorted[start..start.saturating_add(count).min(50)], "{offset} {count}");
                assert_eq!(page.total(), Some(50));
                assert_eq!(ids(&query.select_in_turns(stored(&users)).await.unwrap()), ids(&page));
            }
        }
    }
}

/// Wraps users as a store returns them.
fn stored(users: &[User]) -> Vec<Stored<User>> {
    users.iter().cloned().map(Stored::from).collect()
}

#[test]
fn the_evaluation_of_candidates_yields() {
    let users: Vec<User> = (0..100).map(|_| User { title: Some("x".into()), ..User::default() }).collect();
    let terms: Vec<String> = (0..400).map(|number| format!(r#"title co "y{number}""#)).collect();
    let filter = crate::filter::Filter::parse(User::TYPE, &terms.join(" or ")).unwrap();
    let query = Query { filter: Some(&filter), ..Query::all(User::TYPE) };
    let mut select = std::pin::pin!(query.select_in_turns(stored(&users)));
    let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
    let turns = std::iter::from_fn(|| select.as_mut().poll(&mut cx).is_pending().then_some(())).count();
    // A hundred times four hundred comparisons; one turn makes a few thousand.
    assert_eq!(turns, 9);
}

/// Counts how many times a future yields.
fn turns<T>(future: impl Future<Output = T>) -> usize {
    let mut future = std::pin::pin!(future);
    let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
    std::iter::from_fn(|| future.as_mut().poll(&mut cx).is_pending().then_some(())).count()
}

#[test]
fn a_long_patch_yields() {
    let emails: Vec<Json> = (0..100).map(|number| json!({"value": format!("{number}@example.com")})).collect();
    let operation = json!({"op": "replace", "path": "emails[value sw \"1\"].display", "value": "x"});
    for (operations, expected) in [(1, 0..1), (1_000, 20..60), (4_000, 80..240)] {
        let client = Client::new(builder().resource(MemoryStore::<User>::new()).build().unwrap());
        let created = std::cell::Cell::new(None);
        turns(async { created.set(Some(client.user(json!({"userName": "a", "emails": emails})).await)) });
        let uri = format!("/Users/{}", created.take().unwrap()["id"].as_str().unwrap());
        let patch = Json::Array(vec![operation.clone(); operations]);
        let taken = turns(async { assert_eq!(client.patch(&uri, patch).await.status, 200) });
        assert!(expected.contains(&taken), "{operations} operations: {taken}");
    }
}
