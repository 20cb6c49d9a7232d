//! Elements that come and go in place: a member joins a group of 100 000 without a copy of the group being made.

use std::{borrow::Cow, collections::HashSet};

use crate::{
    access::{Edit, List, Node, Refused, Resource, Scalar, Value},
    patch::{Effect, Effects},
    schema::{Mutability, Path, ResourceType},
    text,
};

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

    /// Makes the change, and answers whether the resource is another now. What is refused has changed nothing.
    pub(super) fn make(&self, resource: &mut impl Resource) -> Result<bool, Refused> {
        let place = self.path.steps();
        let list = match resource.value().at(place) {
            Value::List(list @ (List::Items(_) | List::Nodes(_))) => Some(list),
            Value::Scalar(Scalar::Absent) => None,
            // The fields of a flat struct depend on each other, so a change of one may be more than it seems.
            _ => return Err(Refused::NoPlace),
        };
        let elements = list.into_iter().flat_map(List::iter);
        let keyed = elements.filter_map(|(index, element)| Some((index, element_key(element, self.value)?)));
        let Some(items) = self.added else {
            let meant: Vec<u32> = keyed.filter(|(_, key)| self.keys.contains(key)).map(|(index, _)| index).collect();
            if !meant.is_empty() {
                resource.edit(place, Edit::Remove(&meant))?;
            }
            return Ok(!meant.is_empty());
        };
        let mut missing: HashSet<&str> = self.keys.iter().map(AsRef::as_ref).collect();
        for (_, key) in keyed {
            missing.remove(&*key);
        }
        let mut inserted = Vec::new();
        for item in items {
            if !element_key(item.view(), self.value).is_some_and(|key| missing.remove(&*key)) {
                continue;
            }
            match resource.edit(place, Edit::Insert(&mut item.clone())) {
                Ok(index) => inserted.push(index),
                Err(refused) => {
                    resource.edit(place, Edit::Remove(&inserted))?;
                    return Err(refused);
                }
            }
        }
        Ok(!inserted.is_empty())
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
