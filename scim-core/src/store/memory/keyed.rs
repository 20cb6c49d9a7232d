//! Tests of indexed values: unique ones, and those of an additional index.

use std::cell::Cell;

use serde_json::json;

use super::*;
use crate::{
    compat::{Compat, Tolerance},
    context::Identity,
    filter::Filter,
    model::{Group, Member},
    patch::Effects,
    reflect::path,
    reflect::{Document, EditError, Value},
    schema::{Attribute, AttributeSpec, DataType, Schema, SchemaHead, Uniqueness},
    store::Sort,
};

const VALUE: Path = path::<Group>("members.value");
const TYPE: Path = path::<Group>("members.type");

fn cx() -> Context {
    Context::new(Identity::new("t", "tests"), "", Compat::default(), http::Extensions::new())
}

fn now<T>(future: impl Future<Output = T>) -> T {
    let mut future = std::pin::pin!(future);
    loop {
        let waker = std::task::Waker::noop();
        if let std::task::Poll::Ready(value) = future.as_mut().poll(&mut std::task::Context::from_waker(waker)) {
            return value;
        }
    }
}

/// Returns a type with a unique attribute of each simple type.
fn unique() -> ResourceType {
    let types = [
        ("text", DataType::String),
        ("ref", DataType::Reference),
        ("int", DataType::Integer),
        ("dec", DataType::Decimal),
        ("date", DataType::DateTime),
        ("bin", DataType::Binary),
        ("bool", DataType::Boolean),
    ];
    let attributes: Vec<Attribute> = types
        .map(|(name, data_type)| {
            AttributeSpec { uniqueness: Uniqueness::Server, ..AttributeSpec::new(name, data_type) }.build()
        })
        .into();
    let schema = Schema { head: SchemaHead::new("urn:example:Thing", "Thing", ""), attributes: attributes.into() };
    ResourceType::new("Thing".into(), "/Things".into(), String::new(), schema, Vec::new())
}

fn thing(id: &str, name: &str, value: Scalar<'static>) -> Document {
    let index = crate::schema::find(&unique().attributes, name).unwrap().0;
    let id = Value::Scalar(Scalar::Str(id.to_owned().into()));
    let mut node = Value::Complex(vec![(common::ID, id), (index, Value::Scalar(value))]);
    Document::create(&[], Edit::Insert(&mut node)).unwrap()
}

fn ids<R: Resource>(store: &MemoryStore<R>, filter: &str) -> Vec<String> {
    let filter = Filter::parse(&store.resource_type, filter).unwrap();
    let query = Query { filter: Some(&filter), ..Query::all(&store.resource_type) };
    let page = now(store.search(&cx(), &query)).unwrap();
    let id = |resource: &R| resource.view().at(Path::ID.steps()).into_str().unwrap_or_default().into_owned();
    page.resources.iter().map(|resource| id(resource)).collect()
}

#[test]
fn values_of_every_type_are_unique_and_indexed() {
    let text = |text: &'static str| Scalar::Str(text.into());
    let date = |text: &str| Scalar::DateTime(text.parse().unwrap());
    for (name, value, same, filters) in [
        ("dec", Scalar::Dec(5.0), Scalar::Int(5), &["dec eq 5", "dec eq 5.0", "dec eq 5e0"][..]),
        ("dec", Scalar::Int(5), Scalar::Dec(5.0), &["dec eq 5", "dec eq 5.0"]),
        ("dec", Scalar::Dec(0.1), Scalar::Dec(0.1), &["dec eq 0.1", "dec eq 1e-1"]),
        ("int", Scalar::Int(i64::MAX), Scalar::Int(i64::MAX), &["int eq 9223372036854775807"]),
        ("text", text("Νίκος"), text("ΝΊΚΟΣ"), &[r#"text eq "νίκοσ""#]),
        ("text", Scalar::Int(7), text("7"), &[r#"text eq "7""#]),
        ("ref", text("https://a/B"), text("https://a/B"), &[r#"ref eq "https://a/B""#]),
        (
            "date",
            date("2020-01-01T00:00:00Z"),
            date("2020-01-01T01:00:00+01:00"),
            &[r#"date eq "2020-01-01T02:00:00.0+02:00""#],
        ),
        ("bin", text("aGk="), text("aGk"), &[r#"bin eq "aGk""#]),
        ("bool", Scalar::Bool(false), Scalar::Bool(false), &["bool eq false"]),
    ] {
        let store = MemoryStore::<Document>::of(unique());
        now(store.create(&cx(), Creation::new(thing("a", name, value.clone())))).unwrap();
        let rejected = now(store.create(&cx(), Creation::new(thing("b", name, same))));
        assert!(matches!(rejected, Err(StoreError::Conflict { .. })), "{name} {value:?}: {rejected:?}");
        for filter in filters {
            assert_eq!(ids(&store, filter), ["a"], "{filter}");
        }
    }
    let store = MemoryStore::<Document>::of(unique());
    now(store.create(&cx(), Creation::new(thing("a", "int", Scalar::Int(9_007_199_254_740_992))))).unwrap();
    now(store.create(&cx(), Creation::new(thing("b", "int", Scalar::Int(9_007_199_254_740_993))))).unwrap();
    assert_eq!(ids(&store, "int eq 9007199254740993"), ["b"]);
}

#[test]
fn numeric_ids_are_sorted_numerically() {
    let store = MemoryStore::<Document>::of(unique());
    for number in [9, 100, 10, 1] {
        let mut node = Value::Complex(vec![(common::ID, Value::Scalar(Scalar::Int(number)))]);
        now(store.create(&cx(), Creation::new(Document::create(&[], Edit::Insert(&mut node)).unwrap()))).unwrap();
    }
    let resource_type = unique();
    let filter = Filter::parse(&resource_type, "id pr").unwrap();
    let sort = Sort::new(&resource_type, Path::ID, false).unwrap();
    for (filter, sort) in [(None, None), (Some(&filter), None), (None, Some(sort)), (Some(&filter), Some(sort))] {
        let query = Query { filter, sort, ..Query::all(&resource_type) };
        let page = now(store.search(&cx(), &query)).unwrap();
        let ids: Vec<_> = page.resources.iter().map(|found| found.view().at(Path::ID.steps()).scalar()).collect();
        assert_eq!(ids, [1, 9, 10, 100].map(Scalar::Int));
    }
    for (id, is_there) in [("10", true), ("010", false), ("+10", false), ("2", false), ("x", false)] {
        assert_eq!(now(store.get(&cx(), id, &Projection::DEFAULT)).unwrap().is_some(), is_there, "{id}");
    }
}

/// A group that counts its accesses.
#[derive(Clone, Debug, Default)]
struct Watched(Group);

thread_local! {
    static VISITS: Cell<usize> = const { Cell::new(0) };
}

impl Reflect for Watched {
    fn view(&self) -> ValueRef<'_> {
        VISITS.set(VISITS.get() + 1);
        self.0.view()
    }

    fn edit(&mut self, at: &[u32], edit: Edit<'_, '_>) -> Result<u32, EditError> {
        self.0.edit(at, edit)
    }

    fn create(at: &[u32], edit: Edit<'_, '_>) -> Result<Self, EditError> {
        Group::create(at, edit).map(Self)
    }
}

#[test]
fn a_look_up_by_an_indexed_value_visits_no_other_resource() {
    let store = MemoryStore::<Watched>::of(Group::TYPE.clone()).indexed(VALUE);
    for group in 0..500 {
        let member = |number: usize| Member { value: Some(format!("m{number}")), ..Member::default() };
        let members = (group..group + 3).map(member).collect();
        let id = format!("g{group:03}");
        now(store.create(
            &cx(),
            Creation::new(Watched(Group { id, display_name: "x".into(), members, ..Group::default() })),
        ))
        .unwrap();
    }
    for (filter, expected) in [
        (r#"members.value eq "m100""#, &["g098", "g099", "g100"][..]),
        (r#"members[value eq "m100"]"#, &["g098", "g099", "g100"]),
        (r#"members eq "m0""#, &["g000"]),
        (r#"members[value eq "m100" and type pr]"#, &[]),
        (r#"displayName eq "x" and members.value eq "m1""#, &["g000", "g001"]),
        (r#"members.value eq "m1" or members[value eq "m501"]"#, &["g000", "g001", "g499"]),
        (r#"members[value eq "m1" or value eq "m2"] and id eq "g002""#, &["g002"]),
        (r#"members.value eq "nobody""#, &[]),
    ] {
        VISITS.set(0);
        assert_eq!(ids(&store, filter), expected, "{filter}");
        assert!(VISITS.get() < 50, "{filter}: {}", VISITS.get());
    }
    // Filters that the index cannot serve use a scan.
    assert_eq!(ids(&store, r#"not (members.value eq "m100")"#).len(), 497);
    assert_eq!(ids(&store, r#"members.value eq "m1" or displayName eq "y""#).len(), 2);
}

/// Returns a number derived from the previous one.
fn next(seed: &mut u64) -> usize {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    usize::try_from(*seed >> 40).unwrap()
}

/// After any sequence of writes, the index returns what a scan returns.
#[test]
fn the_index_finds_what_a_scan_finds_after_any_writes() {
    for mut seed in 0..20 {
        let indexed = MemoryStore::<Group>::new().indexed(VALUE).indexed(TYPE);
        let plain = MemoryStore::<Group>::new();
        for step in 0..60 {
            let id = format!("g{}", next(&mut seed) % 4);
            let member = |seed: &mut u64| {
                let value = ["a", "B", "c", "d"].get(next(seed) % 4).copied().unwrap();
                json!({"value": value, "type": if next(seed).is_multiple_of(2) { "User" } else { "Group" }})
            };
            let members: Vec<_> = (0..next(&mut seed) % 4).map(|_| member(&mut seed)).collect();
            let what = next(&mut seed) % 6;
            for store in [&indexed, &plain] {
                let stored = now(store.get(&cx(), &id, &Projection::DEFAULT)).unwrap();
                let json = json!({"id": id, "displayName": "x", "members": members}).to_string();
                let (document, _) = Document::from_json(Group::TYPE, json).unwrap();
                let mut node = document.view().to_value();
                let new = Group::create(&[], Edit::Insert(&mut node)).unwrap();
                match (what, stored) {
                    (0, Some(_)) => drop(now(store.delete(&cx(), Removal::new(&id, Precondition::None))).unwrap()),
                    (0 | 1, None) => drop(now(store.create(&cx(), Creation::new(new))).unwrap()),
                    (1, Some(old)) => drop(now(store.replace(&cx(), Change::new(&id, &old, new))).unwrap()),
                    (_, None) => {}
                    (op, Some(_)) => {
                        let op = ["add", "add", "remove", "remove"].get(op - 2).copied().unwrap();
                        let operation = json!({"op": op, "path": "members", "value": members});
                        let body = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [operation]});
                        let body = body.to_string();
                        let tolerance = Tolerance::new(Compat::default());
                        let effects = Effects::of(Group::TYPE, body.as_bytes(), &tolerance).ok().flatten();
                        if let Some((effects, _)) = effects.filter(|(effects, _)| !effects.is_empty()) {
                            let time = crate::reflect::DateTime::UNIX_EPOCH;
                            let _ = now(store.apply_delta(&cx(), Delta::new(&id, &effects, Precondition::None, time)));
                        }
                    }
                }
            }
            for filter in [
                r#"members.value eq "a""#,
                r#"members.value eq "b""#,
                r#"members[value eq "c"]"#,
                r#"members.type eq "user""#,
                r#"members[type eq "Group" and value eq "d"]"#,
            ] {
                assert_eq!(ids(&indexed, filter), ids(&plain, filter), "seed {seed}, step {step}: {filter}");
            }
        }
        for number in 0..4 {
            for store in [&indexed, &plain] {
                let _ = now(store.delete(&cx(), Removal::new(&format!("g{number}"), Precondition::None)));
            }
        }
        assert_eq!(indexed.tenant(&cx()).map_or(0, |tenant| tenant.lock().held()), 0, "nothing is held by nobody");
    }
}

#[test]
fn adding_a_member_to_a_big_indexed_group_does_not_visit_the_others() {
    let store = MemoryStore::<Watched>::of(Group::TYPE.clone()).indexed(VALUE);
    let member = |number: usize| Member { value: Some(format!("m{number}")), ..Member::default() };
    let group = Group {
        id: "g".into(),
        display_name: "g".into(),
        members: (0..20_000).map(member).collect(),
        ..Group::default()
    };
    now(store.create(&cx(), Creation::new(Watched(group)))).unwrap();
    for (op, member, changes) in
        [("add", "m5", false), ("add", "new", true), ("remove", "nobody", false), ("remove", "m7", true)]
    {
        let body = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": [{"op": op, "path": "members", "value": [{"value": member}]}],
        });
        let body = body.to_string();
        let (effects, _) = Effects::of(Group::TYPE, body.as_bytes(), &Tolerance::default()).unwrap().unwrap();
        let version = || now(store.get(&cx(), "g", &Projection::DEFAULT)).unwrap().unwrap().0.meta.version.clone();
        let before = version();
        let delta = Delta::new("g", &effects, Precondition::None, crate::reflect::DateTime::UNIX_EPOCH);
        assert!(matches!(now(store.apply_delta(&cx(), delta)), Ok(DeltaOutcome::Applied { .. })));
        assert_eq!(version() != before, changes, "{op} {member}");
        let is_there = !ids(&store, &format!(r#"members.value eq "{member}""#)).is_empty();
        assert_eq!(is_there, op == "add", "{op} {member}");
    }
}
