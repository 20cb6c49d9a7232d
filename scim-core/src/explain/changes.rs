//! Computes the differences between two states of a resource.

use std::collections::HashMap;

use super::{AttributeChange, value};
use crate::{
    reflect::{
        Value, ValueRef,
        compare::{Identity, compared_key, same_written, written_key},
    },
    schema::{Attribute, Path, ResourceType, common},
};

/// Returns the differences, except in `meta`: simple attributes individually, lists element by element.
pub(super) fn between(
    resource_type: &ResourceType,
    before: &ValueRef<'_>,
    after: &ValueRef<'_>,
) -> Vec<AttributeChange> {
    let mut difference = Difference { resource_type, changes: Vec::new() };
    for (index, attribute) in (0u32..).zip(resource_type.attributes.iter()) {
        if index != common::META {
            let at = |value: &ValueRef<'_>| value.clone().at(&[index]).to_value();
            difference.attribute(Path::of(index), attribute, &at(before), &at(after));
        }
    }
    difference.changes
}

static ABSENT: Value<'static> = Value::ABSENT;

struct Difference<'r> {
    resource_type: &'r ResourceType,
    changes: Vec<AttributeChange>,
}

impl Difference<'_> {
    fn attribute(&mut self, path: Path, attribute: &Attribute, before: &Value<'static>, after: &Value<'static>) {
        if same_written(attribute, &before.view(), &after.view()) {
            return;
        }
        if attribute.multi_valued && attribute.is_readable() {
            for (before, after) in elements(attribute, before, after) {
                self.push(path, attribute, before, after);
            }
        } else if attribute.sub_attributes.is_empty() || !attribute.is_readable() {
            self.push(path, attribute, Some(before), Some(after));
        } else {
            for (index, sub) in (0u32..).zip(attribute.sub_attributes.iter()) {
                if let Some(path) = path.child(index) {
                    let part = |node| Value::part(node, index).unwrap_or(&ABSENT);
                    self.attribute(path, sub, part(before), part(after));
                }
            }
        }
    }

    fn push(&mut self, path: Path, attribute: &Attribute, before: Option<&Value<'_>>, after: Option<&Value<'_>>) {
        let text =
            |node: Option<&Value<'_>>| node.filter(|node| !node.is_absent()).map(|node| value::text(attribute, node));
        let (before, after) = (text(before), text(after));
        self.changes.push(AttributeChange { attribute: self.resource_type.name_of(path), before, after });
    }
}

/// An element before and after.
type Pair<'n, 'v> = (Option<&'n Value<'v>>, Option<&'n Value<'v>>);

/// Returns the changed, removed and added elements of a list, in this order, except that changes are at the position of
/// the old element. Lists are compared as unordered sets.
fn elements<'n, 'v>(attribute: &Attribute, before: &'n Value<'v>, after: &'n Value<'v>) -> Vec<Pair<'n, 'v>> {
    let mut pairs: Vec<Pair<'n, 'v>> =
        not_in(attribute, before, after).into_iter().map(|node| (Some(node), None)).collect();
    let mut new: Vec<Option<&'n Value<'v>>> = not_in(attribute, after, before).into_iter().map(Some).collect();
    pair_up(&mut pairs, &mut new, |node| match attribute.sub_attribute("value") {
        Some((index, value)) => key_of_part(value, node.part(index)?),
        None if attribute.sub_attributes.is_empty() => key_of_part(attribute, node),
        None => None,
    });
    // Two members may both have the type `User` without being one member that changed.
    if !Identity::is_value_alone(attribute) {
        pair_up(&mut pairs, &mut new, |node| {
            let (index, kind) = attribute.sub_attribute("type")?;
            key_of_part(kind, node.part(index)?)
        });
    }
    pairs.extend(new.into_iter().flatten().map(|node| (None, Some(node))));
    pairs
}

fn key_of_part(attribute: &Attribute, part: &Value<'_>) -> Option<Vec<u8>> {
    (!part.is_absent()).then(|| compared_key(attribute, &part.view()))
}

/// Returns the elements of a list that another list lacks, or has fewer times.
fn not_in<'n, 'v>(attribute: &Attribute, list: &'n Value<'v>, other: &Value<'_>) -> Vec<&'n Value<'v>> {
    let mut there: HashMap<Vec<u8>, usize> = HashMap::new();
    for element in items(other) {
        *there.entry(written_key(attribute, &element.view())).or_default() += 1;
    }
    let is_not_there = |element: &&Value<'_>| match there.get_mut(&written_key(attribute, &element.view())) {
        Some(count) if *count > 0 => {
            *count -= 1;
            false
        }
        _ => true,
    };
    items(list).iter().filter(is_not_there).collect()
}

fn items<'n, 'v>(node: &'n Value<'v>) -> &'n [Value<'v>] {
    if let Value::List(items) = node { items } else { &[] }
}

/// Pairs elements whose key is the same and occurs only once: if several elements have the same key, it does not
/// determine which of them became which.
fn pair_up<'n, 'v>(
    pairs: &mut [Pair<'n, 'v>],
    new: &mut [Option<&'n Value<'v>>],
    key: impl Fn(&Value<'v>) -> Option<Vec<u8>>,
) {
    let unpaired = pairs.iter().map(|(before, after)| before.filter(|_| after.is_none()).and_then(&key));
    let before = unique(unpaired);
    let after = unique(new.iter().map(|node| node.and_then(&key)));
    for (key, index) in before {
        let node = after.get(&key).and_then(|index| new.get_mut(*index)).and_then(Option::take);
        if let (Some(node), Some((_, place))) = (node, pairs.get_mut(index)) {
            *place = Some(node);
        }
    }
}

/// Returns the positions of the keys that occur once.
fn unique(keys: impl Iterator<Item = Option<Vec<u8>>>) -> HashMap<Vec<u8>, usize> {
    let mut positions: HashMap<Vec<u8>, Option<usize>> = HashMap::new();
    for (index, key) in keys.enumerate() {
        if let Some(key) = key {
            positions.entry(key).and_modify(|position| *position = None).or_insert(Some(index));
        }
    }
    positions.into_iter().filter_map(|(key, index)| Some((key, index?))).collect()
}
