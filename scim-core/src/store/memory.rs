//! A store that forgets everything when the process ends.

mod delta;

use std::{
    collections::{BTreeMap, HashMap},
    option,
    sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use async_trait::async_trait;

use self::delta::InPlace;
use super::{Change, Delta, DeltaAnswer, Page, Precondition, Query, Store, StoreError, change::opaque};
use crate::{
    access::{Access, Edit, Resource, Scalar, ScimResource, Value},
    filter::{Condition, Operator},
    json::Projection,
    patch,
    schema::{Attribute, Path, ResourceType, Uniqueness, common},
    server::Context,
};

/// A store in memory, for tests, examples and small services.
///
/// Values of attributes whose `uniqueness` is `server` or `global` are unique in a tenant; a filter that asks for one
/// of them is answered by a look-up, whatever the number of resources. Everything else is searched.
///
/// The name of a group is not called unique by the standard, so two groups may have one `displayName` unless
/// [`unique`](Self::unique) says otherwise. Entra takes it as the key of a group:
///
/// ```
/// use scim_core::{model::{Group, User}, schema::{Path, path}, store::MemoryStore};
///
/// let users = MemoryStore::<User>::new();
/// const DISPLAY_NAME: Path = path::<Group>("displayName");
/// let groups = MemoryStore::<Group>::new().unique(DISPLAY_NAME);
/// ```
///
/// # Limits
///
/// A store knows no other: whether there is a user of the id that a group has as a member nobody checks, a user that is
/// deleted stays among the `members`, and `groups` of a user are not filled. A store over a database leaves that to
/// foreign keys.
///
/// ```
/// # use bytes::Bytes;
/// # use http::Request;
/// use scim_core::{Scim, model::{Group, User}, server::Identity, store::MemoryStore};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let scim = Scim::builder().resource(MemoryStore::<User>::new()).resource(MemoryStore::<Group>::new()).build()?;
/// # let post = async |body: &'static str| -> Result<_, http::Error> {
/// #     let mut request = Request::post("/Groups").body(Bytes::from_static(body.as_bytes()))?;
/// #     request.extensions_mut().insert(Identity::new("tenant", "client"));
/// #     Ok(scim.handle(request).await)
/// # };
/// // POST /Groups, twice: there is no such user, and the name is taken, but both answer 201.
/// let group = r#"{"displayName": "Staff", "members": [{"value": "nobody"}]}"#;
/// assert_eq!(post(group).await?.status(), 201);
/// assert_eq!(post(group).await?.status(), 201);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct MemoryStore<R> {
    resource_type: ResourceType,
    unique: Vec<Path>,
    state: RwLock<State<R>>,
}

#[derive(Debug)]
struct State<R> {
    tenants: HashMap<String, Tenant<R>>,
    /// The last version that was given; versions never repeat.
    version: u64,
}

#[derive(Debug)]
struct Tenant<R> {
    /// Ascending by id; ids of the framework ascend in time.
    resources: BTreeMap<String, R>,
    /// The id that holds a unique value, by attribute and comparison key.
    holders: HashMap<(Path, String), String>,
}

impl<R> Default for Tenant<R> {
    fn default() -> Self {
        Self { resources: BTreeMap::new(), holders: HashMap::new() }
    }
}

impl<R: ScimResource> MemoryStore<R> {
    /// An empty store.
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
    /// An empty store for a resource type that is known only at run time.
    #[must_use]
    pub fn of(resource_type: ResourceType) -> Self {
        let mut unique = Vec::new();
        find_unique(&resource_type.attributes, Path::ROOT, &mut unique);
        let state = State { tenants: HashMap::new(), version: 0 };
        Self { resource_type, unique, state: RwLock::new(state) }
    }

    /// Keeps the values of one more attribute unique.
    #[must_use]
    pub fn unique(mut self, path: Path) -> Self {
        if !self.unique.contains(&path) {
            self.unique.push(path);
        }
        self
    }

    fn read(&self) -> RwLockReadGuard<'_, State<R>> {
        // Every change is complete before the lock is released, so a panic elsewhere leaves nothing broken.
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, State<R>> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// The unique values of a resource.
    fn keys(&self, resource: &R) -> Vec<(Path, String)> {
        let mut keys = Vec::new();
        for path in &self.unique {
            let Some(attribute) = self.resource_type.attribute(*path) else { continue };
            each_scalar(resource.value(), path.steps(), &mut |value| {
                keys.extend(value.key(attribute).map(|key| (*path, key.into_owned())));
            });
        }
        keys
    }

    /// If a filter asks for a unique value: the only resource that can match, or none.
    fn look_up<'t>(&self, tenant: &'t Tenant<R>, condition: &Condition) -> Option<option::IntoIter<&'t R>> {
        match condition {
            Condition::And(conditions) => conditions.iter().find_map(|condition| self.look_up(tenant, condition)),
            Condition::Compare(compare) if compare.operator == Operator::Eq => {
                if compare.path == Path::ID {
                    let Scalar::Str(id) = &compare.operand else { return None };
                    return Some(tenant.resources.get(&**id).into_iter());
                }
                if !self.unique.contains(&compare.path) {
                    return None;
                }
                let key = compare.operand.key(self.resource_type.attribute(compare.path)?)?.into_owned();
                let holder = tenant.holders.get(&(compare.path, key));
                Some(holder.and_then(|id| tenant.resources.get(id)).into_iter())
            }
            _ => None,
        }
    }
}

/// The unique attributes at and below a place, but for `id`, which is the key of the map.
pub(super) fn find_unique(attributes: &[Attribute], parent: Path, found: &mut Vec<Path>) {
    for (index, attribute) in (0u32..).zip(attributes) {
        let Some(path) = parent.child(index).filter(|path| *path != Path::ID) else { continue };
        if attribute.uniqueness != Uniqueness::None {
            found.push(path);
        }
        find_unique(&attribute.sub_attributes, path, found);
    }
}

/// Visits the values at a place, those of every element on the way.
pub(super) fn each_scalar(value: Value<'_>, steps: &[u32], visit: &mut dyn FnMut(Scalar<'_>)) {
    match (value, steps.split_first()) {
        (Value::List(list), _) => list.iter().for_each(|(_, element)| each_scalar(element, steps, visit)),
        (Value::Complex(object), Some((step, rest))) => each_scalar(object.get(*step), rest, visit),
        (Value::Scalar(scalar), None) => visit(scalar),
        _ => {}
    }
}

impl<R> Tenant<R> {
    /// The attribute of which another resource holds a value.
    fn conflict(&self, keys: &[(Path, String)], id: &str) -> Option<Path> {
        keys.iter().find(|key| self.holders.get(*key).is_some_and(|holder| holder != id)).map(|(path, _)| *path)
    }
}

/// The version of a resource, where it has a field for it.
fn version<R: Access>(resource: &R) -> Option<String> {
    match resource.value().at(&[common::META, common::META_VERSION]).scalar() {
        Scalar::Str(version) => Some(version.into_owned()),
        Scalar::Int(version) => Some(version.to_string()),
        _ => None,
    }
}

fn set_version<R: Access>(resource: &mut R, version: u64) {
    // A resource without a field for the version is compared as a whole.
    let _ = resource.edit(&[common::META, common::META_VERSION], Edit::Set(Scalar::Str(version.to_string().into())));
}

/// Checks that a resource meets a precondition. One without a field for its version has none to compare.
fn check<R: Access>(stored: &R, expected: Precondition<'_>) -> Result<(), StoreError> {
    let is_met = version(stored).is_none_or(|version| expected.admits(opaque(&version)));
    if is_met { Ok(()) } else { Err(StoreError::Version) }
}

pub(super) fn id_of<R: Access>(resource: &R) -> Option<String> {
    match resource.value().at(Path::ID.steps()).scalar() {
        Scalar::Str(id) => Some(id.into_owned()),
        Scalar::Int(id) => Some(id.to_string()),
        _ => None,
    }
}

#[async_trait]
impl<R: Resource> Store<R> for MemoryStore<R> {
    async fn get(&self, cx: &Context, id: &str, _wanted: &Projection) -> Result<Option<R>, StoreError> {
        let state = self.read();
        Ok(state.tenants.get(cx.tenant()).and_then(|tenant| tenant.resources.get(id)).cloned())
    }

    async fn search(&self, cx: &Context, query: &Query<'_>) -> Result<Page<R>, StoreError> {
        let state = self.read();
        let Some(tenant) = state.tenants.get(cx.tenant()) else { return Ok(Page::exact(Vec::new(), 0)) };
        if let Some(filter) = query.filter {
            if let Some(only) = self.look_up(tenant, filter.condition()) {
                return Ok(query.select(only));
            }
        } else if query.sort.is_none() {
            // The map is in the order of ids already: the page is cut without touching the rest.
            let page = tenant.resources.values().skip(query.offset).take(query.count).cloned().collect();
            return Ok(Page::exact(page, tenant.resources.len()));
        }
        Ok(query.select(tenant.resources.values()))
    }

    async fn create(&self, cx: &Context, mut new: R) -> Result<R, StoreError> {
        let mut state = self.write();
        let state = &mut *state;
        state.version += 1;
        if matches!(new.value().at(Path::ID.steps()).scalar(), Scalar::Absent | Scalar::Int(0)) {
            // An id of a type that holds no UUID: a number, which is 0 as long as nobody gave one.
            let number = i64::try_from(state.version).map_or(Scalar::Absent, Scalar::Int);
            let _ = new.edit(Path::ID.steps(), Edit::Set(number));
        }
        let id = id_of(&new).ok_or_else(|| StoreError::fatal("the resource has no field for its id"))?;
        set_version(&mut new, state.version);
        let keys = self.keys(&new);
        let tenant = state.tenants.entry(cx.tenant().to_owned()).or_default();
        if let Some(path) = tenant.conflict(&keys, &id) {
            return Err(StoreError::conflict(path));
        }
        if tenant.resources.contains_key(&id) {
            return Err(StoreError::conflict(Path::ID));
        }
        tenant.holders.extend(keys.into_iter().map(|key| (key, id.clone())));
        tenant.resources.insert(id, new.clone());
        Ok(new)
    }

    async fn replace(&self, cx: &Context, change: Change<'_, R>) -> Result<R, StoreError> {
        let mut state = self.write();
        let state = &mut *state;
        let tenant = state.tenants.get_mut(cx.tenant()).ok_or(StoreError::NotFound)?;
        let stored = tenant.resources.get(change.id()).ok_or(StoreError::NotFound)?;
        let same = match (version(stored), version(change.old())) {
            (None, None) => patch::equal(&self.resource_type, &stored.value(), &change.old().value()),
            (stored, old) => stored == old,
        };
        if !same {
            return Err(StoreError::Version);
        }
        let old_keys = self.keys(stored);
        let id = change.id();
        let mut new = change.into_new();
        let keys = self.keys(&new);
        if let Some(path) = tenant.conflict(&keys, id) {
            return Err(StoreError::conflict(path));
        }
        state.version += 1;
        set_version(&mut new, state.version);
        for key in &old_keys {
            tenant.holders.remove(key);
        }
        tenant.holders.extend(keys.into_iter().map(|key| (key, id.to_owned())));
        tenant.resources.insert(id.to_owned(), new.clone());
        Ok(new)
    }

    async fn delete(&self, cx: &Context, id: &str, expected: Precondition<'_>) -> Result<(), StoreError> {
        let mut state = self.write();
        let tenant = state.tenants.get_mut(cx.tenant()).ok_or(StoreError::NotFound)?;
        let stored = tenant.resources.get(id).ok_or(StoreError::NotFound)?;
        check(stored, expected)?;
        let keys = self.keys(stored);
        tenant.resources.remove(id);
        for key in keys {
            tenant.holders.remove(&key);
        }
        Ok(())
    }

    fn takes_deltas(&self) -> bool {
        true
    }

    async fn patch(&self, cx: &Context, delta: Delta<'_>) -> Result<DeltaAnswer, StoreError> {
        let Some(change) = InPlace::of(&self.resource_type, delta.effects) else { return Ok(DeltaAnswer::NotTaken) };
        if self.unique.iter().any(|path| path.steps().starts_with(change.path.steps())) {
            return Ok(DeltaAnswer::NotTaken);
        }
        let mut state = self.write();
        let state = &mut *state;
        let tenant = state.tenants.get_mut(cx.tenant()).ok_or(StoreError::NotFound)?;
        let stored = tenant.resources.get_mut(delta.id).ok_or(StoreError::NotFound)?;
        check(stored, delta.expected)?;
        match change.make(stored) {
            Ok(true) => {
                state.version += 1;
                set_version(stored, state.version);
                // A resource need not have a field for it.
                let now = Scalar::DateTime(delta.now);
                let _ = stored.edit(&[common::META, common::META_LAST_MODIFIED], Edit::Set(now));
            }
            Ok(false) => {}
            // The framework says why, when it meets the same.
            Err(_) => return Ok(DeltaAnswer::NotTaken),
        }
        Ok(DeltaAnswer::Made { version: version(stored) })
    }
}

#[cfg(test)]
#[cfg(feature = "derive")]
mod tests;
