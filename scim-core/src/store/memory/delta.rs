//! Elements that come and go in place: a member joins a group of 100 000 without a copy of the group being made.

use std::{
    borrow::Cow,
    collections::HashSet,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::Arc,
};

use super::{
    MemoryStore, check,
    rows::{Changes, Row, Tenant},
    scalars_at, set_version, version,
};
use crate::{
    access::{Access, Edit, List, Node, Refused, Resource, Scalar, Value},
    context::Context,
    patch::{Effect, Effects},
    schema::{Mutability, Path, ResourceType, common},
    store::{Delta, DeltaOutcome, StoreError},
    text,
};

/// What it costs in a bulk request to copy an element or to compare it.
const WALK: u64 = 4;

/// A PATCH that adds elements to a list or removes them from it, where elements are told apart by their `value`.
///
/// It is one effect: if that is refused, there is nothing else to be undone.
pub(super) struct InPlace<'e> {
    pub(super) path: Path,
    /// Where `value` is in an element, and whether its letter case counts.
    value: (u32, bool),
    /// The comparison keys of the elements that come or go.
    keys: HashSet<Cow<'e, str>>,
    /// The elements that come; otherwise they go.
    added: Option<&'e [Node<'e>]>,
}

impl<'e> InPlace<'e> {
    /// `None` if the effects are others.
    pub(super) fn of(resource_type: &ResourceType, effects: &'e Effects<'e>) -> Option<Self> {
        let mut effects = effects.iter();
        let (Some(effect), None) = (effects.next(), effects.next()) else { return None };
        let path = effect.path();
        let (index, value) = resource_type.attribute(path)?.sub_attribute("value")?;
        if value.mutability != Mutability::Immutable {
            return None;
        }
        let value = (index, value.case_exact);
        let (keys, added) = match effect {
            Effect::Add(_, items) => {
                (items.iter().map(|item| element_key(item.view(), value)).collect::<Option<_>>()?, Some(&**items))
            }
            Effect::Remove(_, values) => {
                let key = |scalar: &'e Scalar<'e>| match scalar {
                    Scalar::Str(text) => Some(text::key(text, value.1)),
                    _ => None,
                };
                (values.iter().map(key).collect::<Option<_>>()?, None)
            }
            _ => return None,
        };
        Some(Self { path, value, keys, added })
    }

    /// Makes the change, and answers whether the resource is another now. What is refused has changed nothing; nor has a
    /// change in which the application panics.
    ///
    /// Elements that come and go are handed to `visit`, with whether they came. `holds` answers whether the resource has an
    /// element of a key, where that is known without a look.
    fn make(
        &self,
        resource: &mut impl Resource,
        holds: Option<&dyn Fn(&str) -> bool>,
        visit: &mut dyn FnMut(Value<'_>, bool),
        finish: impl FnOnce(&mut dyn Access),
    ) -> Result<bool, Refused> {
        let place = self.path.steps();
        let mut inserted = Vec::new();
        let changed = catch_unwind(AssertUnwindSafe(|| {
            let changed = self.change(resource, holds, visit, &mut inserted)?;
            if changed {
                finish(resource);
            }
            Ok(changed)
        }));
        match changed {
            Ok(Ok(changed)) => Ok(changed),
            failed => {
                // What came goes again. If that fails as well there is nothing that could be done.
                if !inserted.is_empty() {
                    let undo = || drop(resource.edit(place, Edit::Remove(&inserted)));
                    let _ = catch_unwind(AssertUnwindSafe(undo));
                }
                failed.unwrap_or_else(|panic| resume_unwind(panic))
            }
        }
    }

    fn change(
        &self,
        resource: &mut impl Resource,
        holds: Option<&dyn Fn(&str) -> bool>,
        visit: &mut dyn FnMut(Value<'_>, bool),
        inserted: &mut Vec<u32>,
    ) -> Result<bool, Refused> {
        let place = self.path.steps();
        let list = match resource.value().at(place) {
            Value::List(list @ (List::Items(_) | List::Nodes(_))) => Some(list),
            Value::Scalar(Scalar::Absent) => None,
            // The fields of a flat struct depend on each other, so a change of one may be more than it seems.
            _ => return Err(Refused::NoPlace),
        };
        let elements = || list.into_iter().flat_map(List::iter);
        let keyed = || elements().filter_map(|(index, element)| Some((index, element_key(element, self.value)?)));
        let Some(items) = self.added else {
            if holds.is_some_and(|holds| !self.keys.iter().any(|key| holds(key))) {
                return Ok(false);
            }
            let meant: Vec<u32> = keyed().filter(|(_, key)| self.keys.contains(key)).map(|(index, _)| index).collect();
            for element in meant.iter().filter_map(|index| Some(list?.at(*index))) {
                visit(element, false);
            }
            if !meant.is_empty() {
                resource.edit(place, Edit::Remove(&meant))?;
            }
            return Ok(!meant.is_empty());
        };
        let mut missing: HashSet<&str> = self.keys.iter().map(AsRef::as_ref).collect();
        match holds {
            Some(holds) => missing.retain(|key| !holds(key)),
            None => keyed().for_each(|(_, key)| {
                missing.remove(&*key);
            }),
        }
        for item in items {
            if !element_key(item.view(), self.value).is_some_and(|key| missing.remove(&*key)) {
                continue;
            }
            let index = resource.edit(place, Edit::Insert(&mut item.clone()))?;
            inserted.push(index);
            visit(resource.value().at(place).at(&[index]), true);
        }
        Ok(!inserted.is_empty())
    }
}

impl<R: Resource> MemoryStore<R> {
    /// Changes a resource where it is stored, unless somebody reads it just now: then a copy is changed.
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
        // Where the values are indexed, nobody needs to look through the list. While the row is locked nobody else changes
        // what it holds.
        let value = change.path.child(change.value.0);
        let holder = |key: &str| value.is_some_and(|value| tenant.lock().holds(&row.id, &(value, key.to_owned())));
        let holds: Option<&dyn Fn(&str) -> bool> =
            if self.keyed().any(|path| Some(path) == value) { Some(&holder) } else { None };
        let mut changes = Changes::default();
        let below: Vec<Path> = self.keyed().filter(|path| path.starts_with(change.path)).collect();
        let mut visit = |element: Value<'_>, came: bool| {
            for path in &below {
                let rest = path.steps().get(change.path.steps().len()..).unwrap_or_default();
                let mut keys = Vec::new();
                self.push_keys(*path, scalars_at(element.clone(), rest), &mut keys);
                for key in keys {
                    changes.count(key, if came { 1 } else { -1 });
                }
            }
        };
        let finish = |resource: &mut dyn Access| {
            set_version(resource, self.next_version());
            // A resource need not have a field for it.
            let now = Scalar::DateTime(delta.now());
            let _ = resource.edit(&[common::META, common::META_LAST_MODIFIED], Edit::Set(now));
        };
        let mut old = None;
        let outcome = if let Some(resource) = Arc::get_mut(stored) {
            change.make(resource, holds, &mut visit, finish)
        } else {
            let mut copy = R::clone(stored);
            cx.note_work(WALK, &copy.value());
            let outcome = change.make(&mut copy, holds, &mut visit, finish);
            if let Ok(true) = outcome {
                old = Some(std::mem::replace(stored, Arc::new(copy)));
            }
            outcome
        };
        if holds.is_none() || (change.added.is_none() && !matches!(outcome, Ok(false))) {
            // All elements were looked through.
            cx.note_work(WALK, &stored.value().at(change.path.steps()));
        }
        // The framework says why, when it meets the same.
        let Ok(is_changed) = outcome else { return Ok(DeltaOutcome::Unsupported) };
        if is_changed {
            tenant.lock().note(&row.id, changes);
        }
        let version = version(&**stored);
        // What others may still hold is dropped where no lock is held.
        drop(state);
        drop(old);
        Ok(DeltaOutcome::Applied { version })
    }
}

/// The comparison key of an element's `value`; elements without one are told apart otherwise.
fn element_key(element: Value<'_>, (index, case_exact): (u32, bool)) -> Option<Cow<'_, str>> {
    match element.at(&[index]).into_str()? {
        Cow::Borrowed(text) => Some(text::key(text, case_exact)),
        Cow::Owned(text) => Some(Cow::Owned(text::key(&text, case_exact).into_owned())),
    }
}

#[cfg(test)]
#[cfg(feature = "derive")]
mod tests;
