//! The resources of one tenant, and the index of their values.
//!
//! There are two kinds of locks, and no application code runs under a lock that other requests need. [`Rows`] protects
//! only ids and keys. Code that changes one resource in place runs under its [`Row`]. Code that takes both locks takes
//! the row first.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    ops::Bound,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::{reflect::Scalar, schema::Path};

/// The id of a resource. Ids that the application stores as numbers are ordered numerically.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Id {
    Number(i64),
    Text(Arc<str>),
}

impl Id {
    pub(super) fn of(scalar: &Scalar<'_>) -> Option<Self> {
        match scalar {
            Scalar::Str(text) => Some(Self::Text(Arc::from(&**text))),
            Scalar::Int(number) => Some(Self::Number(*number)),
            _ => None,
        }
    }

    /// Returns the ids that a text may represent.
    fn readings(text: &str) -> impl Iterator<Item = Self> {
        // Rejects `+7` and `007`.
        let number = text.parse().ok().filter(|number: &i64| number.to_string() == text);
        std::iter::once(Self::Text(Arc::from(text))).chain(number.map(Self::Number))
    }
}

/// A value by which resources are found: an attribute and the [key](Scalar::key) of the value.
pub(super) type Key = (Path, String);

/// A resource that is shared with its readers.
#[derive(Debug)]
pub(super) struct Row<R> {
    pub(super) id: Id,
    /// `None` if the resource was removed.
    state: Mutex<Option<Arc<R>>>,
}

impl<R> Row<R> {
    pub(super) fn new(id: Id, resource: Arc<R>) -> Self {
        Self { id, state: Mutex::new(Some(resource)) }
    }

    /// Returns the current resource. While the result is alive, a change makes a copy.
    pub(super) fn read(&self) -> Option<Arc<R>> {
        self.lock().clone()
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Option<Arc<R>>> {
        lock(&self.state)
    }

    /// Replaces the state that was read, if it is still current. Returns the old state, to be dropped when no lock is
    /// held.
    pub(super) fn swap(
        &self,
        read: &Arc<R>,
        new: Option<Arc<R>>,
        then: impl FnOnce() -> Result<(), Path>,
    ) -> Result<Swap<R>, Path> {
        let mut state = self.lock();
        if !state.as_ref().is_some_and(|stored| Arc::ptr_eq(stored, read)) {
            return Ok(Swap::Lost(new));
        }
        then()?;
        Ok(Swap::Made(std::mem::replace(&mut *state, new)))
    }
}

/// The outcome of storing a new state.
pub(super) enum Swap<R> {
    /// The new state is stored. This is the previous one.
    Made(#[expect(dead_code, reason = "it is dropped where no lock is held")] Option<Arc<R>>),
    /// Another writer was faster.
    Lost(Option<Arc<R>>),
}

/// Locks a mutex, even a poisoned one: every change is complete before its lock is released, so a panic of the
/// application leaves nothing broken.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The resources of a tenant.
#[derive(Debug)]
pub(super) struct Tenant<R> {
    rows: Mutex<Rows<R>>,
}

#[derive(Debug)]
pub(super) struct Rows<R> {
    /// In ascending order of id. Ids that the framework generates ascend in time.
    by_id: BTreeMap<Id, Arc<Row<R>>>,
    /// The resources that have a value, and how often they have it: several members of a group may have the same type.
    holders: HashMap<Key, Holders>,
}

#[derive(Debug)]
enum Holders {
    One(Id, u32),
    Many(BTreeMap<Id, u32>),
}

impl<R> Default for Tenant<R> {
    fn default() -> Self {
        Self { rows: Mutex::new(Rows { by_id: BTreeMap::new(), holders: HashMap::new() }) }
    }
}

impl<R> Tenant<R> {
    pub(super) fn lock(&self) -> MutexGuard<'_, Rows<R>> {
        lock(&self.rows)
    }

    /// Returns the row of an id.
    pub(super) fn row(&self, id: &str) -> Option<Arc<Row<R>>> {
        self.lock().find(id).cloned()
    }
}

impl<R> Rows<R> {
    pub(super) fn len(&self) -> usize {
        self.by_id.len()
    }

    pub(super) fn find(&self, id: &str) -> Option<&Arc<Row<R>>> {
        Id::readings(id).find_map(|id| self.by_id.get(&id))
    }

    pub(super) fn get(&self, id: &Id) -> Option<&Arc<Row<R>>> {
        self.by_id.get(id)
    }

    /// Returns all rows, in the order of their ids.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Arc<Row<R>>> {
        self.by_id.values()
    }

    /// Adds a row. Returns whether the id was free.
    pub(super) fn insert(&mut self, row: Arc<Row<R>>) -> bool {
        if self.by_id.contains_key(&row.id) {
            return false;
        }
        self.by_id.insert(row.id.clone(), row);
        true
    }

    pub(super) fn remove(&mut self, id: &Id) {
        self.by_id.remove(id);
    }

    /// Returns the ids of the resources that have a value.
    pub(super) fn holders(&self, key: &Key) -> BTreeSet<Id> {
        match self.holders.get(key) {
            None => BTreeSet::new(),
            Some(Holders::One(id, _)) => BTreeSet::from([id.clone()]),
            Some(Holders::Many(ids)) => ids.keys().cloned().collect(),
        }
    }

    /// Returns the number of resources that have a value.
    pub(super) fn count(&self, key: &Key) -> usize {
        match self.holders.get(key) {
            None => 0,
            Some(Holders::One(..)) => 1,
            Some(Holders::Many(ids)) => ids.len(),
        }
    }

    /// Returns whether a resource has a value.
    pub(super) fn holds(&self, id: &Id, key: &Key) -> bool {
        match self.holders.get(key) {
            None => false,
            Some(Holders::One(holder, _)) => holder == id,
            Some(Holders::Many(ids)) => ids.contains_key(id),
        }
    }

    /// Returns whether another resource has a value.
    pub(super) fn is_held_by_another(&self, id: &Id, key: &Key) -> bool {
        match self.holders.get(key) {
            None => false,
            Some(Holders::One(holder, _)) => holder != id,
            Some(Holders::Many(ids)) => ids.keys().any(|holder| holder != id),
        }
    }

    /// Updates the index with the values that a resource gained or lost.
    pub(super) fn note(&mut self, id: &Id, changes: Changes) {
        for (key, count) in changes.0 {
            match u32::try_from(count.unsigned_abs()).unwrap_or(u32::MAX) {
                0 => {}
                many if count > 0 => self.add(id, key, many),
                lost => self.take(id, &key, lost),
            }
        }
    }

    fn add(&mut self, id: &Id, key: Key, count: u32) {
        match self.holders.get_mut(&key) {
            None => {
                self.holders.insert(key, Holders::One(id.clone(), count));
            }
            Some(Holders::One(holder, number)) if holder == id => *number = number.saturating_add(count),
            Some(holders @ Holders::One(..)) => {
                let others = std::mem::replace(holders, Holders::Many(BTreeMap::from([(id.clone(), count)])));
                if let (Holders::One(other, number), Holders::Many(ids)) = (others, holders) {
                    ids.insert(other, number);
                }
            }
            Some(Holders::Many(ids)) => {
                let number = ids.entry(id.clone()).or_default();
                *number = number.saturating_add(count);
            }
        }
    }

    fn take(&mut self, id: &Id, key: &Key, count: u32) {
        let is_empty = match self.holders.get_mut(key) {
            Some(Holders::One(holder, number)) if holder == id => {
                *number = number.saturating_sub(count);
                *number == 0
            }
            Some(Holders::Many(ids)) => {
                if let Some(number) = ids.get_mut(id) {
                    *number = number.saturating_sub(count);
                    if *number == 0 {
                        ids.remove(id);
                    }
                }
                ids.is_empty()
            }
            Some(Holders::One(..)) | None => false,
        };
        if is_empty {
            self.holders.remove(key);
        }
    }

    /// Returns the number of distinct values that resources have.
    #[cfg(all(test, feature = "derive"))]
    pub(super) fn held(&self) -> usize {
        self.holders.len()
    }

    /// Returns the rows after an id, so that a walk over all rows needs no copy of all of them.
    pub(super) fn following(&self, id: Option<&Id>, count: usize) -> Vec<Arc<Row<R>>> {
        let start = id.map_or(Bound::Unbounded, Bound::Excluded);
        self.by_id.range((start, Bound::Unbounded)).take(count).map(|(_, row)| Arc::clone(row)).collect()
    }
}

/// The values that a resource gained or lost.
#[derive(Default)]
pub(super) struct Changes(HashMap<Key, i64>);

impl Changes {
    /// Returns the difference between two states, without the values that both of them have.
    pub(super) fn between(old: Vec<Key>, new: Vec<Key>) -> Self {
        let mut changes = Self::default();
        for key in old {
            changes.count(key, -1);
        }
        for key in new {
            changes.count(key, 1);
        }
        changes.0.retain(|_, count| *count != 0);
        changes
    }

    pub(super) fn count(&mut self, key: Key, more: i64) {
        let count = self.0.entry(key).or_default();
        *count = count.saturating_add(more);
    }

    /// Returns the values that the resource gained.
    pub(super) fn added(&self) -> impl Iterator<Item = &Key> {
        self.0.iter().filter(|(_, count)| **count > 0).map(|(key, _)| key)
    }
}
