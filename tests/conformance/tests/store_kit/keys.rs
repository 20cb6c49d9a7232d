//! A store with foreign keys: its tenants and the members of its groups must exist.

use std::{
    collections::HashSet,
    future::ready,
    sync::{Arc, Mutex},
};

use scim_conformance::store::{Outcome, TestKit};
use scim_core::{
    Context, Error, async_trait,
    json::Projection,
    model::Group,
    path,
    schema::Path,
    store::{Change, Creation, MemoryStore, Page, Query, Removal, Store, StoreError, Stored},
};
use uuid::Uuid;

const NAME: Path = path::<Group>("displayName");
const MEMBER: Path = path::<Group>("members.value");

/// The tables that the groups refer to.
#[derive(Clone, Default)]
struct Tables {
    tenants: Arc<Mutex<HashSet<String>>>,
    people: Arc<Mutex<HashSet<(String, String)>>>,
}

impl Tables {
    fn insert_tenant(&self, cx: &Context) {
        self.tenants.lock().unwrap().insert(cx.tenant().to_owned());
    }

    fn insert_person(&self, cx: &Context) -> String {
        let id = Uuid::new_v4().to_string();
        self.people.lock().unwrap().insert((cx.tenant().to_owned(), id.clone()));
        id
    }
}

struct Groups {
    rows: MemoryStore<Group>,
    tables: Tables,
}

impl Groups {
    fn check(&self, cx: &Context, group: &Group) -> Result<(), StoreError> {
        let people = self.tables.people.lock().unwrap();
        let is_there = |id: &str| people.contains(&(cx.tenant().to_owned(), id.to_owned()));
        if !self.tables.tenants.lock().unwrap().contains(cx.tenant()) {
            return Err(StoreError::fatal("there is no such tenant"));
        }
        if group.members.iter().all(|member| is_there(member.value.as_deref().unwrap_or_default())) {
            return Ok(());
        }
        Err(Error::invalid_value("there is no such member").into())
    }
}

#[async_trait]
impl Store<Group> for Groups {
    async fn get(&self, cx: &Context, id: &str, wanted: &Projection) -> Result<Option<Stored<Group>>, StoreError> {
        self.rows.get(cx, id, wanted).await
    }
    async fn search(&self, cx: &Context, query: &Query<'_>) -> Result<Page<Group>, StoreError> {
        self.rows.search(cx, query).await
    }
    async fn create(&self, cx: &Context, creation: Creation<'_, Group>) -> Result<Stored<Group>, StoreError> {
        self.check(cx, creation.state())?;
        self.rows.create(cx, creation).await
    }
    async fn replace(&self, cx: &Context, change: Change<'_, Group>) -> Result<Stored<Group>, StoreError> {
        self.check(cx, change.state())?;
        self.rows.replace(cx, change).await
    }
    async fn delete(&self, cx: &Context, removal: Removal<'_>) -> Result<Option<Stored<Group>>, StoreError> {
        self.rows.delete(cx, removal).await
    }
}

#[tokio::test]
async fn requirements_of_foreign_keys_are_prepared() {
    let tables = Tables::default();
    let (tenants, people) = (tables.clone(), tables.clone());
    let kit = TestKit::new(Groups { rows: MemoryStore::new().unique(NAME), tables })
        .unique(NAME)
        .prepare(move |cx| {
            tenants.insert_tenant(&cx);
            ready(())
        })
        .references(MEMBER, move |cx, _| ready(people.insert_person(&cx)));
    let report = kit.check().await;
    assert!(report.passed(), "{report}");
    let not_tried = report.checks().iter().filter(|check| matches!(check.outcome, Outcome::NotApplicable(_)));
    // The store does not support deltas.
    assert!(not_tried.clone().all(|check| check.promise.id.starts_with("delta.")), "{report}");
}

#[tokio::test]
async fn missing_references_are_reported_once() {
    let report = TestKit::new(Groups { rows: MemoryStore::new(), tables: Tables::default() }).check().await;
    let text = report.to_string();
    assert!(text.contains("seen: `create` returned `Fatal`: there is no such tenant"), "{text}");
    assert!(report.failures().count() > 20 && text.matches("\nFAILED ").count() < 10, "{text}");
}
