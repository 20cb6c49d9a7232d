use std::{collections::HashSet, sync::Arc};

use super::*;
use crate::{
    compat::Compat,
    context::Identity,
    filter::Filter,
    model::{Group, User},
    reflect::path,
};

const USER_NAME: Path = path::<User>("userName");

fn context(tenant: &str) -> Context {
    Context::new(Identity::new(tenant, "tests"), "", Compat::default(), http::Extensions::new())
}

/// Returns the output of a future that never waits.
fn now<T>(future: impl Future<Output = T>) -> T {
    let mut future = std::pin::pin!(future);
    match future.as_mut().poll(&mut std::task::Context::from_waker(std::task::Waker::noop())) {
        std::task::Poll::Ready(value) => value,
        std::task::Poll::Pending => panic!("it waits"),
    }
}

fn user(id: &str, name: &str) -> User {
    User { id: id.into(), user_name: name.into(), ..User::default() }
}

fn add(store: &MemoryStore<User>, id: &str, name: &str) -> Result<Stored<User>, StoreError> {
    now(store.create(&context("t"), Creation::new(user(id, name))))
}

fn rename(store: &MemoryStore<User>, old: &User, name: &str) -> Result<Stored<User>, StoreError> {
    let new = User { user_name: name.into(), ..old.clone() };
    now(store.replace(&context("t"), Change::new(&old.id, old, new)))
}

fn holder(store: &MemoryStore<User>, name: &str) -> Vec<String> {
    let filter = Filter::parse(User::TYPE, &format!("userName eq \"{name}\"")).unwrap();
    let query = Query { filter: Some(&filter), ..Query::all(User::TYPE) };
    now(store.search(&context("t"), &query)).unwrap().resources.into_iter().map(|user| user.id.clone()).collect()
}

#[test]
fn a_look_up_finds_what_a_scan_finds() {
    let store = MemoryStore::<User>::new().unique(Path::EXTERNAL_ID);
    let mut all = Vec::new();
    for number in 0..60 {
        let mut user =
            user(&format!("id{number:02}"), &["Ada", "\u{c9}mile", "x y"][number % 3].repeat(1 + number / 3));
        user.external_id = (number % 4 == 0).then(|| format!("Ext{number}"));
        user.title = (number % 2 == 0).then(|| "even".to_owned());
        all.push(now(store.create(&context("t"), Creation::new(user))).unwrap());
    }
    for text in [
        "userName eq \"ADA\"",
        "userName eq \"e\u{301}mile\"",
        "userName eq \"nobody\"",
        "userName eq \"\"",
        "userName ne \"ada\"",
        "not (userName eq \"ada\")",
        "userName eq \"ada\" and title eq \"even\"",
        "title eq \"even\" and userName eq \"\u{c9}MILE\"",
        "(userName eq \"ada\" and userName eq \"x y\") or title pr",
        "userName eq \"ada\" or userName eq \"x y\"",
        "userName co \"adaada\"",
        "userName eq null",
        "externalId eq null",
        "externalId eq \"Ext4\"",
        "externalId eq \"ext4\"",
        "id eq \"id07\"",
        "id eq \"ID07\"",
        "id eq \"id07\" and userName sw \"x\"",
        "id eq null",
        "id ne \"id07\"",
    ] {
        let filter = Filter::parse(User::TYPE, text).unwrap();
        for (offset, count) in [(0, usize::MAX), (0, 1), (1, 2), (0, 0), (usize::MAX, usize::MAX)] {
            let query = Query { filter: Some(&filter), offset, count, ..Query::all(User::TYPE) };
            let found = now(store.search(&context("t"), &query)).unwrap();
            let scanned = query.select(all.iter().map(|user| &**user));
            assert_eq!((found.resources, found.total), (scanned.resources, scanned.total), "{text} {offset} {count}");
        }
    }
}

#[test]
fn a_unique_value_follows_changes_and_removal_of_its_resource() {
    let store = MemoryStore::<User>::new();
    let ada = add(&store, "1", "Ada").unwrap();
    assert!(matches!(add(&store, "2", "ADA"), Err(StoreError::Conflict(USER_NAME))));
    assert!(matches!(add(&store, "1", "Eve"), Err(StoreError::Conflict(Path::ID))));
    assert_eq!(holder(&store, "eve"), [""; 0], "a failed call leaves nothing behind");
    let bob = add(&store, "2", "Bob").unwrap();
    assert!(matches!(rename(&store, &bob, "ada"), Err(StoreError::Conflict(USER_NAME))));
    assert_eq!((holder(&store, "bob"), holder(&store, "ada")), (vec!["2".into()], vec!["1".into()]));
    let ada = rename(&store, &ada, "ADA").unwrap();
    let ada = rename(&store, &ada, "Countess").unwrap();
    assert_eq!((holder(&store, "ada"), holder(&store, "countess")), (vec![], vec!["1".into()]));
    rename(&store, &bob, "ada").unwrap();
    assert!(matches!(rename(&store, &ada, "ada"), Err(StoreError::Conflict(USER_NAME))));
    now(store.delete(&context("t"), Removal::new("2", Precondition::None))).unwrap();
    rename(&store, &ada, "ada").unwrap();
    assert_eq!(holder(&store, "ada"), ["1"]);
    assert_eq!(store.tenant(&context("t")).unwrap().lock().held(), 1, "nothing is held by nobody");
}

#[test]
fn a_version_is_compared_and_never_reused() {
    let store = MemoryStore::<User>::new();
    let mut versions = HashSet::new();
    for _ in 0..3 {
        let mut seen = |user: &User| assert!(versions.insert(user.meta.version.clone().unwrap()), "{versions:?}");
        let first = add(&store, "1", "a").unwrap();
        seen(&first);
        let second = rename(&store, &first, "a").unwrap();
        seen(&second);
        assert!(matches!(rename(&store, &first, "b"), Err(StoreError::VersionMismatch)));
        let version = |user: &User| format!("W/\"{}\"", user.meta.version.as_deref().unwrap());
        let stale = now(store.delete(&context("t"), Removal::new("1", Precondition::Version(&version(&first)))));
        assert!(matches!(stale, Err(StoreError::VersionMismatch)));
        assert_eq!(now(store.get(&context("t"), "1", &Projection::DEFAULT)).unwrap(), Some(second.clone().into()));
        now(store.delete(&context("t"), Removal::new("1", Precondition::Version(&version(&second))))).unwrap();
        assert!(matches!(rename(&store, &second, "b"), Err(StoreError::NotFound)));
        assert!(matches!(
            now(store.delete(&context("t"), Removal::new("1", Precondition::None))),
            Err(StoreError::NotFound)
        ));
    }
}

#[test]
fn only_one_of_several_concurrent_creations_or_changes_succeeds() {
    let store = Arc::new(MemoryStore::<User>::new());
    for round in 0..50 {
        let race = |run: &(dyn Fn(usize) -> bool + Sync)| -> usize {
            let barrier = &std::sync::Barrier::new(8);
            std::thread::scope(|scope| {
                let threads: Vec<_> = (0..8)
                    .map(|number| {
                        scope.spawn(move || {
                            barrier.wait();
                            run(number)
                        })
                    })
                    .collect();
                threads.into_iter().map(|thread| usize::from(thread.join().unwrap())).sum()
            })
        };
        let created = race(&|number| add(&store, &format!("{round}-{number}"), &format!("user{round}")).is_ok());
        assert_eq!(created, 1);
        let id = holder(&store, &format!("user{round}")).remove(0);
        let old = now(store.get(&context("t"), &id, &Projection::DEFAULT)).unwrap().unwrap();
        assert_eq!(race(&|number| rename(&store, &old, &format!("renamed{round}-{number}")).is_ok()), 1);
    }
}

#[test]
fn tenants_are_isolated() {
    let store = MemoryStore::<Group>::new().unique(path::<Group>("displayName"));
    let group = |tenant: &str| {
        let new = Group { id: "1".into(), display_name: "g".into(), ..Group::default() };
        now(store.create(&context(tenant), Creation::new(new)))
    };
    let first = group("a").unwrap();
    group("b").unwrap();
    assert!(matches!(group("a"), Err(StoreError::Conflict(_))));
    now(store.delete(&context("b"), Removal::new("1", Precondition::None))).unwrap();
    for tenant in ["b", "nobody"] {
        assert_eq!(now(store.get(&context(tenant), "1", &Projection::DEFAULT)).unwrap(), None);
        let change = Change::new("1", &*first, first.clone());
        assert!(matches!(now(store.replace(&context(tenant), change)), Err(StoreError::NotFound)));
        assert_eq!(now(store.search(&context(tenant), &Query::all(Group::TYPE))).unwrap().total, Some(0));
    }
    assert_eq!(now(store.search(&context("a"), &Query::all(Group::TYPE))).unwrap().resources, [first]);
}

#[test]
fn rows_are_shared_and_not_copied() {
    let store = MemoryStore::<User>::new();
    let cx = context("t");
    let is_shared = |left: &User, right: &User| std::ptr::eq(left, right);
    let created = add(&store, "1", "Ada").unwrap();
    let read = || now(store.get(&cx, "1", &Projection::DEFAULT)).unwrap().unwrap();
    assert!(is_shared(&created, &read()));
    let listed = now(store.search(&cx, &Query::all(User::TYPE))).unwrap();
    assert!(is_shared(&created, &listed.resources()[0]));
    let renamed = rename(&store, &created, "Eve").unwrap();
    assert_eq!((&*created.user_name, &*renamed.user_name), ("Ada", "Eve"), "what was read stays as it was");
    let removed = now(store.delete(&cx, Removal::new("1", Precondition::None).returning_old())).unwrap();
    assert!(is_shared(&renamed, &removed.unwrap()));
}
