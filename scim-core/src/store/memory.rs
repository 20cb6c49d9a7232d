//! A store in memory; its content is lost when the process ends.

mod delta;
mod in_place;
mod rows;
mod search;

use std::{
    collections::HashMap,
    fmt,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
};

use async_trait::async_trait;

use self::{
    delta::InPlace,
    rows::{Changes, Id, Key, Row, Rows, Swap, Tenant},
};
use super::{
    Change, Creation, Delta, DeltaOutcome, Page, Precondition, Query, Removal, Store, StoreError, Stored,
    values::each_scalar,
};
use crate::{
    ScimResource,
    context::Context,
    json::Projection,
    reflect::{Edit, Reflect, Resource, Scalar, ValueRef, compare, opaque},
    schema::{Path, ResourceType, common},
};

/// A store in memory, for tests, examples and small services.
///
/// Values of attributes whose `uniqueness` is `server` or `global` are unique within a tenant. A filter on such a value
/// uses a look-up, regardless of the number of resources. All other filters scan the resources, unless the attribute is
/// [`indexed`](Self::indexed).
///
/// The standard does not make the name of a group unique, so two groups may have the same `displayName` unless you call
/// [`unique`](Self::unique). Entra uses it as the key of a group:
///
/// ```
/// use scim_core::{model::{Group, User}, path, schema::Path, store::MemoryStore};
///
/// let users = MemoryStore::<User>::new();
/// const DISPLAY_NAME: Path = path::<Group>("displayName");
/// let groups = MemoryStore::<Group>::new().unique(DISPLAY_NAME);
/// ```
///
/// # Concurrency
///
/// Tenants do not wait for each other, and writers do not wait for searches: a search visits resources that it shares
/// with the store, and yields to other tasks from time to time. No application code (`Reflect`, `Clone`, `Drop`) runs
/// under a lock that requests for other resources need. If it panics, the request fails and the store is unchanged.
///
/// # Limits
///
/// A store does not know other stores. It does not check whether a group's member exists as a user, does not remove a
/// deleted user from `members`, and does not fill a user's `groups`. A store over a database uses foreign keys for
/// this.
///
/// ```
/// # use bytes::Bytes;
/// # use http::Request;
/// use scim_core::{Scim, model::{Group, User}, Identity, store::MemoryStore};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let scim = Scim::builder().resource(MemoryStore::<User>::new()).resource(MemoryStore::<Group>::new()).build()?;
/// # let post = async |body: &'static str| -> Result<_, http::Error> {
/// #     let mut request = Request::post("/Groups").body(Bytes::from_static(body.as_bytes()))?;
/// #     request.extensions_mut().insert(Identity::new("tenant", "client"));
/// #     Ok(scim.handle(request).await)
/// # };
/// // POST /Groups, twice: there is no such user, and the name is in use, but both succeed with 201.
/// let group = r#"{"displayName": "Staff", "members": [{"value": "nobody"}]}"#;
/// assert_eq!(post(group).await?.status(), 201);
/// assert_eq!(post(group).await?.status(), 201);
/// # Ok(())
/// # }
/// ```
pub struct MemoryStore<R> {
    resource_type: ResourceType,
    unique: Vec<Path>,
    indexed: Vec<Path>,
    tenants: RwLock<HashMap<String, Arc<Tenant<R>>>>,
    /// The last assigned version. Versions never repeat.
    version: AtomicU64,
}

impl<R> fmt::Debug for MemoryStore<R> {
    /// Omits the resources, which may hold secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").field("resource_type", &self.resource_type.name).finish_non_exhaustive()
    }
}

impl<R: ScimResource> MemoryStore<R> {
    /// Creates an empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::of(R::TYPE.clone())
    }
}

impl<R: ScimResource> Default for MemoryStore<R> {
    fn default() -> Self {
        Self::new()
    }
}

impl<R: Resource> MemoryStore<R> {
    /// Creates an empty store for a resource type that is known only at run time.
    #[must_use]
    pub fn of(resource_type: ResourceType) -> Self {
        let unique = resource_type.unique_attributes();
        Self { resource_type, unique, indexed: Vec::new(), tenants: RwLock::default(), version: AtomicU64::new(0) }
    }

    /// Enforces unique values for one more attribute.
    #[must_use]
    pub fn unique(mut self, path: Path) -> Self {
        if !self.unique.contains(&path) {
            self.unique.push(path);
        }
        self
    }

    /// Indexes one more attribute, as a database index does, so that resources are found by its values without a scan.
    /// The values need not be unique.
    ///
    /// A filter that compares the attribute with `eq` uses a look-up, also as one operand of an `and`, in every operand
    /// of an `or`, and in brackets. For example, for every user that they delete, clients query the groups that the
    /// user is a member of:
    ///
    /// ```
    /// use scim_core::{model::Group, path, schema::Path, store::MemoryStore};
    ///
    /// const MEMBER: Path = path::<Group>("members.value");
    /// // Serves `members.value eq "26"` and `members[value eq "26"]`.
    /// let groups = MemoryStore::<Group>::new().indexed(MEMBER);
    /// ```
    ///
    /// Every write updates the index, in time linear in what it changes: a PATCH that adds one member to a group of
    /// 100,000 writes one index entry. The index takes memory for each value. It has no effect for complex attributes.
    #[must_use]
    pub fn indexed(mut self, path: Path) -> Self {
        if !self.indexed.contains(&path) {
            self.indexed.push(path);
        }
        self
    }

    /// Returns the attributes whose values are indexed.
    fn keyed(&self) -> impl Iterator<Item = Path> {
        self.unique.iter().chain(self.indexed.iter().filter(|path| !self.unique.contains(path))).copied()
    }

    fn tenant(&self, cx: &Context) -> Option<Arc<Tenant<R>>> {
        self.tenants.read().unwrap_or_else(PoisonError::into_inner).get(cx.tenant()).cloned()
    }

    fn tenant_to_be(&self, cx: &Context) -> Arc<Tenant<R>> {
        self.tenant(cx).unwrap_or_else(|| {
            let mut tenants = self.tenants.write().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(tenants.entry(cx.tenant().to_owned()).or_default())
        })
    }

    fn next_version(&self) -> u64 {
        self.version.fetch_add(1, Ordering::Relaxed).saturating_add(1)
    }

    /// Returns the difference between the indexed values of two states.
    fn changes(&self, cx: &Context, old: Option<&R>, new: Option<&R>) -> Changes {
        let (mut gone, mut come) = (Vec::new(), Vec::new());
        for path in self.keyed() {
            let (mut old, mut new) = (scalars(old, path), scalars(new, path));
            // Unchanged values need no keys. Usually all values are unchanged, or all except one.
            trim(&mut old, &mut new);
            self.push_keys(path, old, &mut gone);
            self.push_keys(path, new, &mut come);
        }
        cx.note_visits(KEY.saturating_mul(u64::try_from(gone.len() + come.len()).unwrap_or(u64::MAX)));
        Changes::between(gone, come)
    }

    fn push_keys(&self, path: Path, values: Vec<Scalar<'_>>, keys: &mut Vec<Key>) {
        let Some(attribute) = self.resource_type.attribute(path) else { return };
        let key = |value: Scalar<'_>| value.key(attribute).map(|key| (path, key.into_owned()));
        keys.extend(values.into_iter().filter_map(key));
    }

    /// Returns the attribute whose unique value is already used by another resource.
    fn conflict(&self, rows: &Rows<R>, id: &Id, changes: &Changes) -> Option<Path> {
        let mut unique = changes.added().filter(|(path, _)| self.unique.contains(path));
        unique.find(|key| rows.is_held_by_another(id, key)).map(|(path, _)| *path)
    }
}

/// Removes the common start and the common end of two lists.
fn trim<T: PartialEq>(left: &mut Vec<T>, right: &mut Vec<T>) {
    let is_same = |(left, right): &(&T, &T)| left == right;
    let end = left.iter().rev().zip(right.iter().rev()).take_while(is_same).count();
    left.truncate(left.len() - end);
    right.truncate(right.len() - end);
    let start = left.iter().zip(right.iter()).take_while(is_same).count();
    left.drain(..start);
    right.drain(..start);
}

/// Returns the values of an attribute.
fn scalars<R: Reflect>(resource: Option<&R>, path: Path) -> Vec<Scalar<'_>> {
    resource.map_or_else(Vec::new, |resource| scalars_at(resource.view(), path.steps()))
}

/// Returns the values at a path, in every element on the path.
fn scalars_at<'v>(value: ValueRef<'v>, steps: &[u32]) -> Vec<Scalar<'v>> {
    let mut scalars = Vec::new();
    each_scalar(value, steps, &mut |scalar| scalars.push(scalar));
    scalars
}

/// Returns the version of a resource, if it has a field for it.
fn version<R: Reflect>(resource: &R) -> Option<String> {
    match resource.view().at(&[common::META, common::META_VERSION]).scalar() {
        Scalar::Str(version) => Some(version.into_owned()),
        Scalar::Int(version) => Some(version.to_string()),
        _ => None,
    }
}

fn set_version(resource: &mut (impl Reflect + ?Sized), version: u64) {
    // Without a field for the version, resources are compared as a whole.
    let _ = resource.edit(&[common::META, common::META_VERSION], Edit::Set(Scalar::Str(version.to_string().into())));
}

/// Checks that a resource meets a precondition. A resource without a field for its version always does.
fn check<R: Reflect>(stored: &R, expected: Precondition<'_>) -> Result<(), StoreError> {
    let is_met = version(stored).is_none_or(|version| expected.admits(opaque(&version)));
    if is_met { Ok(()) } else { Err(StoreError::VersionMismatch) }
}

/// The cost of indexing or unindexing a value in a bulk request.
const KEY: u64 = 24;

#[async_trait]
impl<R: Resource> Store<R> for MemoryStore<R> {
    async fn get(&self, cx: &Context, id: &str, _wanted: &Projection) -> Result<Option<Stored<R>>, StoreError> {
        let row = self.tenant(cx).and_then(|tenant| tenant.row(id));
        Ok(row.and_then(|row| row.read()).map(Stored::from))
    }

    async fn search(&self, cx: &Context, query: &Query<'_>) -> Result<Page<R>, StoreError> {
        let Some(tenant) = self.tenant(cx) else { return Ok(Page::exact(Vec::<R>::new(), 0)) };
        if query.filter.is_none() && query.sort.is_none() {
            // The rows are already sorted by id, so the page is cut without visiting the other rows.
            let (page, total) = {
                let rows = tenant.lock();
                let page: Vec<_> = rows.iter().skip(query.offset).take(query.count).cloned().collect();
                (page, rows.len())
            };
            return Ok(Page::exact(page.iter().filter_map(|row| row.read()), total));
        }
        self.select(&tenant, query).await
    }

    async fn create(&self, cx: &Context, creation: Creation<'_, R>) -> Result<Stored<R>, StoreError> {
        let mut new = creation.into_state();
        let version = self.next_version();
        if matches!(new.view().at(Path::ID.steps()).scalar(), Scalar::Absent | Scalar::Int(0)) {
            // The id cannot hold a UUID, so it is a number, which is 0 until it is assigned.
            let number = i64::try_from(version).map_or(Scalar::Absent, Scalar::Int);
            let _ = new.edit(Path::ID.steps(), Edit::Set(number));
        }
        let id = Id::of(&new.view().at(Path::ID.steps()).scalar())
            .ok_or_else(|| StoreError::fatal("the resource has no field for its id"))?;
        set_version(&mut new, version);
        let changes = self.changes(cx, None, Some(&new));
        let new = Arc::new(new);
        let row = Arc::new(Row::new(id.clone(), Arc::clone(&new)));
        let tenant = self.tenant_to_be(cx);
        let mut rows = tenant.lock();
        if let Some(path) = self.conflict(&rows, &id, &changes) {
            return Err(StoreError::conflict(path));
        }
        if !rows.insert(Arc::clone(&row)) {
            return Err(StoreError::conflict(Path::ID));
        }
        rows.note(&id, changes);
        Ok(new.into())
    }

    async fn replace(&self, cx: &Context, change: Change<'_, R>) -> Result<Stored<R>, StoreError> {
        let tenant = self.tenant(cx).ok_or(StoreError::NotFound)?;
        let row = tenant.row(change.id()).ok_or(StoreError::NotFound)?;
        let old = change.old();
        let mut new = change.into_state();
        set_version(&mut new, self.next_version());
        let new = Arc::new(new);
        let mut stored = Some(Arc::clone(&new));
        loop {
            let read = row.read().ok_or(StoreError::NotFound)?;
            let same = match (version(&*read), version(old)) {
                (None, None) => compare::equal(&self.resource_type, &read.view(), &old.view()),
                (read, old) => read == old,
            };
            if !same {
                return Err(StoreError::VersionMismatch);
            }
            let changes = self.changes(cx, Some(&*read), Some(&*new));
            let swapped = row.swap(&read, stored, || {
                let mut rows = tenant.lock();
                if let Some(path) = self.conflict(&rows, &row.id, &changes) {
                    return Err(path);
                }
                rows.note(&row.id, changes);
                Ok(())
            });
            match swapped.map_err(StoreError::conflict)? {
                Swap::Made(_) => return Ok(new.into()),
                Swap::Lost(back) => stored = back,
            }
        }
    }

    async fn delete(&self, cx: &Context, removal: Removal<'_>) -> Result<Option<Stored<R>>, StoreError> {
        let tenant = self.tenant(cx).ok_or(StoreError::NotFound)?;
        let row = tenant.row(removal.id()).ok_or(StoreError::NotFound)?;
        loop {
            let read = row.read().ok_or(StoreError::NotFound)?;
            check(&*read, removal.expected())?;
            let changes = self.changes(cx, Some(&*read), None);
            let swapped = row.swap(&read, None, || {
                let mut rows = tenant.lock();
                rows.remove(&row.id);
                rows.note(&row.id, changes);
                Ok(())
            });
            if let Ok(Swap::Made(_)) = swapped {
                return Ok(Some(read.into()));
            }
        }
    }

    fn supports_deltas(&self) -> bool {
        true
    }

    async fn apply_delta(&self, cx: &Context, delta: Delta<'_>) -> Result<DeltaOutcome, StoreError> {
        let Some(change) = InPlace::of(&self.resource_type, delta.effects()) else {
            return Ok(DeltaOutcome::Unsupported);
        };
        if self.unique.iter().any(|path| path.steps().starts_with(change.path.steps())) {
            return Ok(DeltaOutcome::Unsupported);
        }
        let tenant = self.tenant(cx).ok_or(StoreError::NotFound)?;
        let row = tenant.row(delta.id()).ok_or(StoreError::NotFound)?;
        self.change_in_place(cx, &tenant, &row, (&change, &delta))
    }
}

#[cfg(test)]
#[cfg(feature = "derive")]
mod isolation;
#[cfg(test)]
#[cfg(feature = "derive")]
mod keyed;
#[cfg(test)]
#[cfg(feature = "derive")]
mod tests;
