//! Changes of resources where they are stored.

use std::sync::Arc;

use super::{
    MemoryStore, check,
    delta::InPlace,
    rows::{Changes, Row, Tenant},
    scalars_at, set_version, version,
};
use crate::{
    context::Context,
    reflect::{Edit, Reflect, Resource, Scalar, ValueRef},
    schema::{Path, common},
    store::{Delta, DeltaOutcome, StoreError},
};

/// The cost of copying or comparing an element in a bulk request.
const WALK: u64 = 4;

impl<R: Resource> MemoryStore<R> {
    /// Changes a resource where it is stored, unless it is being read: then a copy is changed.
    pub(super) fn change_in_place(
        &self,
        cx: &Context,
        tenant: &Tenant<R>,
        row: &Row<R>,
        (change, delta): (&InPlace<'_>, &Delta<'_>),
    ) -> Result<DeltaOutcome, StoreError> {
        let mut state = row.lock();
        let stored = state.as_mut().ok_or(StoreError::NotFound)?;
        check(&**stored, delta.expected())?;
        // If the values are indexed, the list need not be scanned. While the row is locked, nothing else changes the
        // values it holds.
        let value = change.path.child(change.value.0);
        let holder = |key: &str| value.is_some_and(|value| tenant.lock().holds(&row.id, &(value, key.to_owned())));
        let holds: Option<&dyn Fn(&str) -> bool> =
            if self.keyed().any(|path| Some(path) == value) { Some(&holder) } else { None };
        let mut changes = Changes::default();
        let below: Vec<Path> = self.keyed().filter(|path| path.starts_with(change.path)).collect();
        let mut visit = |element: ValueRef<'_>, came: bool| {
            for path in &below {
                let rest = path.steps().get(change.path.steps().len()..).unwrap_or_default();
                let mut keys = Vec::new();
                self.push_keys(*path, scalars_at(element.clone(), rest), &mut keys);
                for key in keys {
                    changes.count(key, if came { 1 } else { -1 });
                }
            }
        };
        let finish = |resource: &mut dyn Reflect| {
            set_version(resource, self.next_version());
            // A resource need not have a field for this.
            let now = Scalar::DateTime(delta.now());
            let _ = resource.edit(&[common::META, common::META_LAST_MODIFIED], Edit::Set(now));
        };
        let mut old = None;
        let outcome = if let Some(resource) = Arc::get_mut(stored) {
            change.make(resource, holds, &mut visit, finish)
        } else {
            let mut copy = R::clone(stored);
            cx.note_work(WALK, &copy.view());
            let outcome = change.make(&mut copy, holds, &mut visit, finish);
            if let Ok(true) = outcome {
                old = Some(std::mem::replace(stored, Arc::new(copy)));
            }
            outcome
        };
        if holds.is_none() || (change.added.is_none() && !matches!(outcome, Ok(false))) {
            // All elements were scanned.
            cx.note_work(WALK, &stored.view().at(change.path.steps()));
        }
        // The framework reports the error when it makes the same change.
        let Ok(is_changed) = outcome else { return Ok(DeltaOutcome::Unsupported) };
        if is_changed {
            tenant.lock().note(&row.id, changes);
        }
        let version = version(&**stored);
        // Values that readers may still hold are dropped while no lock is held.
        drop(state);
        drop(old);
        Ok(DeltaOutcome::Applied { version })
    }
}
