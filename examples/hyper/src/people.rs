//! A store of people that wraps an in-memory store, and removes deleted people from their groups.

use std::sync::Arc;

use scim_core::{
    Context, ScimResource, async_trait,
    filter::{Filter, Literal},
    json::Projection,
    model::Group,
    path,
    reflect::DateTime,
    schema::Path,
    store::{Change, Creation, Delta, DeltaOutcome, MemoryStore, Page, Query, Removal, Store, StoreError, Stored},
};

use crate::person::Person;

/// The id of a member.
const MEMBER: Path = path::<Group>("members.value");

/// The people, and the groups that they may belong to.
#[derive(Debug)]
pub struct People {
    people: MemoryStore<Person>,
    groups: Arc<MemoryStore<Group>>,
}

impl People {
    /// Creates a store of groups with an index that finds the groups of a member.
    #[must_use]
    pub fn groups() -> MemoryStore<Group> {
        MemoryStore::new().indexed(MEMBER)
    }

    /// Creates an empty store. If the groups lack the index of [`groups`](Self::groups), each deletion of a person
    /// searches all groups.
    #[must_use]
    pub fn new(groups: Arc<MemoryStore<Group>>) -> Self {
        Self { people: MemoryStore::new(), groups }
    }

    /// Removes a person from all groups.
    async fn leave(&self, cx: &Context, person: &str) -> Result<(), StoreError> {
        // The id is written as a literal, so that it cannot end the string and continue as a filter.
        let filter = format!("members.value eq {}", Literal::Str(person.into()));
        let filter = Filter::parse(Group::TYPE, &filter)?;
        let mut query = Query::all(Group::TYPE);
        query.filter = Some(&filter);
        for group in self.groups.search(cx, &query).await?.into_resources() {
            self.leave_group(cx, group, person).await?;
        }
        Ok(())
    }

    async fn leave_group(&self, cx: &Context, mut old: Stored<Group>, person: &str) -> Result<(), StoreError> {
        loop {
            let mut new = old.clone();
            new.members.retain(|member| member.value.as_deref() != Some(person));
            new.meta.last_modified = Some(DateTime::now());
            match self.groups.replace(cx, Change::new(&old.id, &old, new)).await {
                Ok(_) | Err(StoreError::NotFound) => return Ok(()),
                // Another request has changed the group in the meantime: try again with its new state.
                Err(StoreError::VersionMismatch) => match self.groups.get(cx, &old.id, &Projection::DEFAULT).await? {
                    Some(group) => old = group,
                    None => return Ok(()),
                },
                Err(error) => return Err(error),
            }
        }
    }
}

#[async_trait]
impl Store<Person> for People {
    async fn get(&self, cx: &Context, id: &str, wanted: &Projection) -> Result<Option<Stored<Person>>, StoreError> {
        self.people.get(cx, id, wanted).await
    }

    async fn search(&self, cx: &Context, query: &Query<'_>) -> Result<Page<Person>, StoreError> {
        self.people.search(cx, query).await
    }

    async fn create(&self, cx: &Context, creation: Creation<'_, Person>) -> Result<Stored<Person>, StoreError> {
        self.people.create(cx, creation).await
    }

    async fn replace(&self, cx: &Context, change: Change<'_, Person>) -> Result<Stored<Person>, StoreError> {
        self.people.replace(cx, change).await
    }

    async fn delete(&self, cx: &Context, removal: Removal<'_>) -> Result<Option<Stored<Person>>, StoreError> {
        let old = self.people.delete(cx, removal).await?;
        self.leave(cx, removal.id()).await?;
        Ok(old)
    }

    fn supports_deltas(&self) -> bool {
        Store::<Person>::supports_deltas(&self.people)
    }

    async fn apply_delta(&self, cx: &Context, delta: Delta<'_>) -> Result<DeltaOutcome, StoreError> {
        self.people.apply_delta(cx, delta).await
    }
}

#[cfg(test)]
mod tests {
    use scim_core::{Identity, compat::Compat, model::Member, store::Precondition};

    use super::*;

    fn context(tenant: &str) -> Context {
        Context::new(Identity::new(tenant, "tests"), "", Compat::default(), http::Extensions::new())
    }

    fn group(id: &str, members: &[&str]) -> Group {
        let members = members.iter().map(|id| Member { value: Some((*id).to_owned()), ..Member::default() }).collect();
        Group { id: id.to_owned(), display_name: id.to_owned(), members, ..Group::default() }
    }

    async fn members(groups: &MemoryStore<Group>, tenant: &str, id: &str) -> Vec<String> {
        let group = groups.get(&context(tenant), id, &Projection::DEFAULT).await.unwrap().unwrap();
        group.members.iter().filter_map(|member| member.value.clone()).collect()
    }

    #[tokio::test]
    async fn a_deleted_person_leaves_the_groups_of_the_tenant() {
        let groups = Arc::new(MemoryStore::<Group>::new());
        let people = People::new(Arc::clone(&groups));
        // An id that would be more than a value if it were put between quotes without escaping.
        let odd = "a\" or displayName pr or id eq \"";
        for tenant in ["t", "u"] {
            let new = Person { id: odd.to_owned(), user_name: "ada".to_owned(), ..Person::default() };
            people.create(&context(tenant), Creation::new(new)).await.unwrap();
            for (id, members) in [("1", &[odd, "b"][..]), ("2", &["b"]), ("3", &[odd])] {
                groups.create(&context(tenant), Creation::new(group(id, members))).await.unwrap();
            }
        }
        let untouched = groups.get(&context("t"), "2", &Projection::DEFAULT).await.unwrap();
        people.delete(&context("t"), Removal::new(odd, Precondition::None)).await.unwrap();
        assert_eq!(members(&groups, "t", "1").await, ["b"]);
        assert_eq!(members(&groups, "t", "3").await, [""; 0]);
        assert_eq!(groups.get(&context("t"), "2", &Projection::DEFAULT).await.unwrap(), untouched);
        assert_eq!(members(&groups, "u", "1").await, [odd, "b"]);
        assert!(matches!(
            people.delete(&context("t"), Removal::new(odd, Precondition::None)).await,
            Err(StoreError::NotFound)
        ));
    }

    /// Returns the CPU time of this thread in nanoseconds, as Linux reports it.
    #[cfg(target_os = "linux")]
    fn cpu_time() -> u64 {
        let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
        stat.split_whitespace().next().unwrap().parse().unwrap()
    }

    /// The cost of deleting people does not depend on the number of groups that they do not belong to.
    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn deleting_a_person_does_not_search_all_groups() {
        let mut costs = Vec::new();
        for number_of_groups in [200, 6400] {
            let groups = Arc::new(People::groups());
            let people = People::new(Arc::clone(&groups));
            let others: Vec<String> = (0..20).map(|number| format!("other{number}")).collect();
            let others: Vec<&str> = others.iter().map(String::as_str).collect();
            for number in 0..number_of_groups {
                groups.create(&context("t"), Creation::new(group(&format!("g{number}"), &others))).await.unwrap();
            }
            for number in 0..100 {
                let id = format!("p{number}");
                let new = Person { id: id.clone(), user_name: id.clone(), ..Person::default() };
                people.create(&context("t"), Creation::new(new)).await.unwrap();
                groups
                    .create(&context("t"), Creation::new(group(&format!("of{number}"), &[&id, "other1"])))
                    .await
                    .unwrap();
            }
            let before = cpu_time();
            for number in 0..100 {
                people.delete(&context("t"), Removal::new(&format!("p{number}"), Precondition::None)).await.unwrap();
            }
            costs.push(cpu_time() - before);
            assert_eq!(members(&groups, "t", "of7").await, ["other1"]);
        }
        // There are 32 times as many groups.
        assert!(costs[1] < 4 * costs[0], "{costs:?}");
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn people_who_are_deleted_concurrently_leave_the_group() {
        let groups = Arc::new(MemoryStore::<Group>::new());
        let people = Arc::new(People::new(Arc::clone(&groups)));
        let ids: Vec<String> = (0..32).map(|number| number.to_string()).collect();
        for id in &ids {
            let new = Person { id: id.clone(), user_name: id.clone(), ..Person::default() };
            people.create(&context("t"), Creation::new(new)).await.unwrap();
        }
        let all: Vec<&str> = ids.iter().map(String::as_str).chain(["who stays"]).collect();
        groups.create(&context("t"), Creation::new(group("1", &all))).await.unwrap();
        let mut tasks = tokio::task::JoinSet::new();
        for id in ids.clone() {
            let people = Arc::clone(&people);
            tasks.spawn(
                async move { people.delete(&context("t"), Removal::new(&id, Precondition::None)).await.unwrap() },
            );
        }
        tasks.join_all().await;
        assert_eq!(members(&groups, "t", "1").await, ["who stays"]);
    }
}
