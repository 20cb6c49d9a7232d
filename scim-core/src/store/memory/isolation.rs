//! Tests that tenants, readers and writers do not wait for each other, and that a panic of the application leaves the
//! store intact.

use std::{
    cell::Cell,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    task::{Poll, Waker},
};

use serde_json::json;

use super::*;
use crate::{
    compat::{Compat, Tolerance},
    context::Identity,
    filter::Filter,
    model::{Group, User},
    patch::Effects,
    reflect::path,
    reflect::{Document, EditError},
};

fn context(tenant: &str) -> Context {
    Context::new(Identity::new(tenant, "tests"), "", Compat::default(), http::Extensions::new())
}

fn poll<T>(future: &mut Pin<Box<dyn Future<Output = T> + Send + '_>>) -> Poll<T> {
    future.as_mut().poll(&mut std::task::Context::from_waker(Waker::noop()))
}

fn now<T: Send>(future: impl Future<Output = T> + Send) -> T {
    let mut future: Pin<Box<dyn Future<Output = T> + Send + '_>> = Box::pin(future);
    loop {
        if let Poll::Ready(value) = poll(&mut future) {
            return value;
        }
    }
}

fn user(id: &str) -> User {
    User { id: id.into(), user_name: id.into(), ..User::default() }
}

fn long_filter(terms: usize) -> Filter {
    let terms: Vec<String> = (0..terms).map(|number| format!(r#"title co "x{number}""#)).collect();
    let mut limits = crate::Limits::default();
    (limits.filter.terms, limits.filter.length) = (usize::MAX, usize::MAX);
    let tolerance = Tolerance::new(Compat::default()).with_limits(limits);
    Filter::parse_with(User::TYPE, &terms.join(" or "), &tolerance).unwrap()
}

#[test]
fn a_long_search_does_not_block_other_requests() {
    let store = MemoryStore::<User>::new();
    let cx = context("t");
    let mut first = None;
    for number in 0..200 {
        let stored =
            now(store.create(&cx, Creation::new(User { title: Some("x".into()), ..user(&format!("u{number:03}")) })))
                .unwrap();
        first.get_or_insert(stored);
    }
    let first = first.unwrap();
    let filter = long_filter(10_000);
    let query = Query { filter: Some(&filter), ..Query::all(User::TYPE) };
    let mut search = store.search(&cx, &query);
    // Other tasks make progress between two turns of the search, in this tenant and in others.
    let mut turns = 0;
    let page = loop {
        match poll(&mut search) {
            Poll::Ready(page) => break page.unwrap(),
            Poll::Pending => turns += 1,
        }
        if turns == 1 {
            now(store.create(&cx, Creation::new(user("v")))).unwrap();
            now(store.create(&context("other"), Creation::new(user("v")))).unwrap();
            let new = User { title: Some("x42".into()), ..first.clone() };
            now(store.replace(&cx, Change::new(&first.id, &first, new))).unwrap();
            now(store.delete(&cx, Removal::new("u199", Precondition::None))).unwrap();
            assert!(now(store.get(&cx, "u000", &Projection::DEFAULT)).unwrap().is_some());
        }
    };
    assert!(turns >= 199, "{turns} turns");
    assert!(page.resources.is_empty());
}

#[test]
fn elements_count_towards_the_turn_of_a_search() {
    let store = MemoryStore::<Group>::new();
    let member = |number: usize| crate::model::Member { value: Some(format!("m{number}")), ..Default::default() };
    for id in ["a", "b", "c"] {
        let members = (0..10_000).map(member).collect();
        let group = Group { id: id.into(), display_name: id.into(), members, ..Group::default() };
        now(store.create(&context("t"), Creation::new(group))).unwrap();
    }
    let filter = Filter::parse(Group::TYPE, r#"members[display eq "x" and type eq "y"]"#).unwrap();
    let query = Query { filter: Some(&filter), ..Query::all(Group::TYPE) };
    let cx = context("t");
    let mut search = store.search(&cx, &query);
    let turns = std::iter::from_fn(|| poll(&mut search).is_pending().then_some(())).count();
    assert_eq!(turns, 3);
}

#[test]
fn a_delta_while_a_search_reads_the_group_changes_a_copy() {
    const VALUE: Path = path::<Group>("members.value");
    let cx = context("t");
    for store in [MemoryStore::<Group>::new(), MemoryStore::<Group>::new().indexed(VALUE)] {
        let group = Group { id: "g".into(), display_name: "g".into(), ..Group::default() };
        now(store.create(&cx, Creation::new(group))).unwrap();
        let row = store.tenant(&cx).unwrap().row("g").unwrap();
        let read = row.read().unwrap();
        add_member(&store, "g", "a").unwrap();
        assert!(read.members.is_empty());
        drop(read);
        let before = Arc::as_ptr(&row.read().unwrap());
        add_member(&store, "g", "b").unwrap();
        let after = row.read().unwrap();
        assert_eq!((before, after.members.len()), (Arc::as_ptr(&after), 2), "the group is changed where it is");
    }
}

fn add_member<R: Resource>(store: &MemoryStore<R>, id: &str, member: &str) -> Result<DeltaOutcome, StoreError> {
    change_members(store, id, &json!({"op": "add", "path": "members", "value": [{"value": member}]}))
}

fn change_members<R: Resource>(
    store: &MemoryStore<R>,
    id: &str,
    operation: &serde_json::Value,
) -> Result<DeltaOutcome, StoreError> {
    let body = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [operation]});
    let body = body.to_string();
    let tolerance = Tolerance::new(Compat::default());
    let (effects, _) = Effects::of(Group::TYPE, body.as_bytes(), &tolerance).unwrap().unwrap();
    now(store
        .apply_delta(&context("t"), Delta::new(id, &effects, Precondition::None, crate::reflect::DateTime::UNIX_EPOCH)))
}

thread_local! {
    /// The number of application calls left until one panics, or `None` if none does.
    static FUSE: Cell<Option<usize>> = const { Cell::new(None) };
    static BURNT: Cell<bool> = const { Cell::new(false) };
}

fn burn() {
    let left = FUSE.get();
    FUSE.set(left.and_then(|left| left.checked_sub(1)));
    if left == Some(0) {
        BURNT.set(true);
        panic!("the application panics");
    }
}

/// A resource whose code panics when `FUSE` reaches 0.
#[derive(Debug, Default)]
struct Fussy(Document);

impl Clone for Fussy {
    fn clone(&self) -> Self {
        burn();
        Self(self.0.clone())
    }
}

impl Reflect for Fussy {
    fn view(&self) -> ValueRef<'_> {
        burn();
        self.0.view()
    }

    fn edit(&mut self, at: &[u32], edit: Edit<'_, '_>) -> Result<u32, EditError> {
        burn();
        self.0.edit(at, edit)
    }

    fn create(at: &[u32], edit: Edit<'_, '_>) -> Result<Self, EditError> {
        Document::create(at, edit).map(Self)
    }
}

fn fussy(id: &str, name: &str, members: &[&str]) -> Fussy {
    let members: Vec<_> = members.iter().map(|member| json!({"value": member, "type": "User"})).collect();
    let json = json!({"id": id, "displayName": name, "members": members}).to_string();
    Fussy(Document::from_json(Group::TYPE, json).unwrap().0)
}

/// Returns the content of the store as a client sees it, without versions and times.
fn contents(store: &MemoryStore<Fussy>) -> Vec<String> {
    let page = now(store.search(&context("t"), &Query::all(Group::TYPE))).unwrap();
    let shown = |resource: &Fussy| {
        let mut copy = resource.0.clone();
        copy.edit(Path::META.steps(), Edit::Set(Scalar::Absent)).unwrap();
        copy.to_json(Group::TYPE).unwrap()
    };
    page.resources.iter().map(|resource| shown(resource)).collect()
}

/// Returns the number of results of a filter, which uses a look-up if possible.
fn found(store: &MemoryStore<Fussy>, filter: &str) -> usize {
    let filter = Filter::parse(Group::TYPE, filter).unwrap();
    let query = Query { filter: Some(&filter), ..Query::all(Group::TYPE) };
    now(store.search(&context("t"), &query)).unwrap().resources.len()
}

type Call = fn(&MemoryStore<Fussy>) -> bool;

/// Regardless of which application call panics in which request, the state is the one before or the one after, and the
/// store keeps working.
#[test]
fn a_panic_of_the_application_leaves_the_store_intact() {
    const NAME: Path = path::<Group>("displayName");
    const VALUE: Path = path::<Group>("members.value");
    let calls: [(&str, Call); 7] = [
        ("create", |store| now(store.create(&context("t"), Creation::new(fussy("h", "H", &["h1"])))).is_ok()),
        ("get", |store| now(store.get(&context("t"), "g", &Projection::DEFAULT)).is_ok()),
        ("search", |store| found(store, r#"displayName co "g" or members.display pr"#) == 1),
        ("replace", |store| {
            let row = store.tenant(&context("t")).unwrap().row("g").unwrap();
            let old = Fussy(row.read().unwrap().0.clone());
            now(store.replace(&context("t"), Change::new("g", &old, fussy("g", "New", &["b", "c"])))).is_ok()
        }),
        ("delete", |store| now(store.delete(&context("t"), Removal::new("g", Precondition::None))).is_ok()),
        ("add", |store| {
            let operation =
                json!({"op": "add", "path": "members", "value": [{"value": "x"}, {"value": "y"}, {"value": "a"}]});
            change_members(store, "g", &operation).is_ok()
        }),
        ("remove", |store| {
            let operation = json!({"op": "remove", "path": "members", "value": [{"value": "a"}, {"value": "b"}]});
            change_members(store, "g", &operation).is_ok()
        }),
    ];
    for indexed in [false, true] {
        for (name, call) in calls {
            let make = || {
                let store = MemoryStore::<Fussy>::of(Group::TYPE.clone()).unique(NAME);
                let store = if indexed { store.indexed(VALUE) } else { store };
                now(store.create(&context("t"), Creation::new(fussy("g", "G", &["a", "b"])))).unwrap();
                store
            };
            let store = make();
            let before = contents(&store);
            assert!(call(&store), "{name}");
            let after = contents(&store);
            let mut fuse = 0;
            loop {
                let store = make();
                FUSE.set(Some(fuse));
                let outcome = catch_unwind(AssertUnwindSafe(|| call(&store)));
                FUSE.set(None);
                let is_over = !BURNT.replace(false);
                assert_eq!(outcome.is_ok(), is_over, "{name} {fuse}");
                let contents = contents(&store);
                assert!(contents == before || contents == after, "{name} {fuse}: {contents:?}");
                // Look-ups find the stored resources.
                for (member, key) in [("a", "a"), ("b", "b"), ("c", "c"), ("x", "x"), ("h1", "h1")] {
                    let expected =
                        contents.iter().filter(|json| json.contains(&format!("\"value\":\"{member}\""))).count();
                    assert_eq!(
                        found(&store, &format!(r#"members.value eq "{key}""#)),
                        expected,
                        "{name} {fuse} {member}"
                    );
                }
                for taken in ["G", "New", "H"] {
                    let expected =
                        contents.iter().filter(|json| json.contains(&format!("\"displayName\":\"{taken}\""))).count();
                    assert_eq!(
                        found(&store, &format!(r#"displayName eq "{taken}""#)),
                        expected,
                        "{name} {fuse} {taken}"
                    );
                }
                // The store keeps working.
                assert!(now(store.create(&context("t"), Creation::new(fussy("later", "Later", &["a"])))).is_ok());
                if contents.iter().any(|json| json.contains("\"id\":\"g\"")) {
                    let row = store.tenant(&context("t")).unwrap().row("g").unwrap();
                    let old = Fussy(row.read().unwrap().0.clone());
                    assert!(now(store.replace(&context("t"), Change::new("g", &old, fussy("g", "Last", &[])))).is_ok());
                    assert!(now(store.delete(&context("t"), Removal::new("g", Precondition::None))).is_ok());
                }
                if is_over {
                    break;
                }
                fuse += 1;
            }
            // Resources are shared with readers.
            assert_eq!(fuse > 0, name != "get", "{name} calls code of the application {fuse} times");
        }
    }
}
