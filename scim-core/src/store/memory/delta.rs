//! Adds and removes elements in place, so that adding a member to a group of 100,000 does not copy the group.

use std::{
    borrow::Cow,
    collections::HashSet,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
};

use crate::{
    collation,
    patch::{Effect, Effects},
    reflect::{Edit, EditError, ListRef, Reflect, Resource, Scalar, Value, ValueRef},
    schema::{Mutability, Path, ResourceType},
};

/// A PATCH that adds elements to a list or removes them from it. Elements are identified by their `value`.
///
/// It is a single effect, so if it is rejected, nothing else must be undone.
pub(super) struct InPlace<'e> {
    pub(super) path: Path,
    /// The index of `value` in an element, and whether it is case-sensitive.
    pub(super) value: (u32, bool),
    /// The comparison keys of the elements to add or remove.
    keys: HashSet<Cow<'e, str>>,
    /// The elements to add, or `None` to remove elements.
    pub(super) added: Option<&'e [Value<'e>]>,
}

impl<'e> InPlace<'e> {
    /// Returns `None` for any other effects.
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
                    Scalar::Str(text) => Some(collation::comparison_key(text, value.1)),
                    _ => None,
                };
                (values.iter().map(key).collect::<Option<_>>()?, None)
            }
            _ => return None,
        };
        Some(Self { path, value, keys, added })
    }

    /// Makes the change and returns whether the resource changed. A rejected change, or one in which the application
    /// panics, leaves the resource unchanged.
    ///
    /// Passes each added or removed element to `visit`, with whether it was added. `holds` returns whether the resource
    /// has an element with a key, if that is known without a scan.
    pub(super) fn make(
        &self,
        resource: &mut impl Resource,
        holds: Option<&dyn Fn(&str) -> bool>,
        visit: &mut dyn FnMut(ValueRef<'_>, bool),
        finish: impl FnOnce(&mut dyn Reflect),
    ) -> Result<bool, EditError> {
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
                // The inserted elements are removed again. If that fails as well, nothing more can be done.
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
        visit: &mut dyn FnMut(ValueRef<'_>, bool),
        inserted: &mut Vec<u32>,
    ) -> Result<bool, EditError> {
        let place = self.path.steps();
        let list = match resource.view().at(place) {
            ValueRef::List(list @ (ListRef::Items(_) | ListRef::Detached(_))) => Some(list),
            ValueRef::Scalar(Scalar::Absent) => None,
            // The fields of a flat struct depend on each other, so changing one may have further effects.
            _ => return Err(EditError::Unmapped),
        };
        let elements = || list.into_iter().flat_map(ListRef::iter);
        let keyed = || elements().filter_map(|(index, element)| Some((index, element_key(element, self.value)?)));
        let Some(items) = self.added else {
            if holds.is_some_and(|holds| !self.keys.iter().any(|key| holds(key))) {
                return Ok(false);
            }
            let selected: Vec<u32> =
                keyed().filter(|(_, key)| self.keys.contains(key)).map(|(index, _)| index).collect();
            for element in selected.iter().filter_map(|index| Some(list?.at(*index))) {
                visit(element, false);
            }
            if !selected.is_empty() {
                resource.edit(place, Edit::Remove(&selected))?;
            }
            return Ok(!selected.is_empty());
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
            visit(resource.view().at(place).at(&[index]), true);
        }
        Ok(!inserted.is_empty())
    }
}

/// Returns the comparison key of the `value` of an element. Elements without one are identified in another way.
fn element_key(element: ValueRef<'_>, (index, case_exact): (u32, bool)) -> Option<Cow<'_, str>> {
    match element.at(&[index]).into_str()? {
        Cow::Borrowed(text) => Some(collation::comparison_key(text, case_exact)),
        Cow::Owned(text) => Some(Cow::Owned(collation::comparison_key(&text, case_exact).into_owned())),
    }
}

#[cfg(test)]
#[cfg(feature = "derive")]
mod tests;
