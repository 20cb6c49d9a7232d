//! The rules of RFC 7644 §3.5.2 for multi-valued attributes as a whole; those for some of their elements are in
//! [`elements`](super::elements).

use std::collections::HashSet;

use super::{
    apply::{Patched, Place},
    compare::{element_key, same, same_element},
    normalize::Kind,
};
use crate::{
    access::{Edit, Node, Refused, Scalar, Value},
    error::Error,
    schema::{Attribute, DataType, Mutability, at},
};

/// Changes a list as a whole: adds elements, replaces them all, removes some or all.
pub(super) fn change_list(
    patched: &mut Patched<'_>,
    kind: Kind,
    place: &[u32],
    attribute: &Attribute,
    value: Node<'_>,
) -> Result<(), Error> {
    let items = match value {
        Node::List(items) => items,
        Node::Scalar(Scalar::Absent) if kind == Kind::Remove => return clear(patched, place, attribute),
        Node::Scalar(Scalar::Absent) => Vec::new(),
        single => vec![single],
    };
    match kind {
        Kind::Add => add(patched, place, attribute, items),
        Kind::Replace => replace(patched, place, attribute, items),
        Kind::Remove => remove_values(patched, place, attribute, &items),
    }
}

fn clear(patched: &mut Patched<'_>, place: &[u32], attribute: &Attribute) -> Result<(), Error> {
    patched.clear(place, attribute)
}

fn add(patched: &mut Patched<'_>, place: &[u32], attribute: &Attribute, items: Vec<Node<'_>>) -> Result<(), Error> {
    /// So many elements are compared with all that are there; more are looked up.
    const FEW: usize = 4;
    let present = patched.value(place);
    let elements = || {
        let list = if let Value::List(list) = &present { Some(*list) } else { None };
        list.into_iter().flat_map(|list| list.iter().map(|(_, element)| element))
    };
    // What is there already is not added again (RFC 7644 §3.5.2.1). Clients know nothing of what a mapping adds to an
    // element, so it is looked at without that, too.
    let few = items.len() <= FEW;
    let mut keys: HashSet<String> = HashSet::new();
    if !few {
        keys.extend(elements().map(|element| element_key(attribute, &element)));
        let without_fixed = elements().filter_map(|element| element.without_fixed());
        keys.extend(without_fixed.map(|element| element_key(attribute, &element.view())));
    }
    let is_there = |item: &Node<'_>| {
        let is_it = |element: &Value<'_>| same_element(attribute, element, &item.view());
        few && elements()
            .any(|element| is_it(&element) || element.without_fixed().is_some_and(|element| is_it(&element.view())))
    };
    let new = items.into_iter().filter(|item| !is_there(item) && keys.insert(element_key(attribute, &item.view())));
    let new = new.collect();
    insert(patched, place, attribute, new)
}

fn replace(patched: &mut Patched<'_>, place: &[u32], attribute: &Attribute, items: Vec<Node<'_>>) -> Result<(), Error> {
    if items.is_empty() {
        return clear(patched, place, attribute);
    }
    let present = patched.value(place);
    if attribute.mutability == Mutability::Immutable && !present.is_absent() {
        let new = Node::List(items);
        return if same(attribute, &present, &new.view()) { Ok(()) } else { Err(patched.immutable(place)) };
    }
    let mut keys = HashSet::with_capacity(items.len());
    let distinct = items.into_iter().filter(|item| keys.insert(element_key(attribute, &item.view()))).collect();
    patched.edit(place, Edit::Set(Scalar::Absent))?;
    insert(patched, place, attribute, distinct)
}

/// Adds elements that are not there yet. One that is primary then makes the others not so.
pub(super) fn insert(
    patched: &mut Patched<'_>,
    place: &[u32],
    attribute: &Attribute,
    items: Vec<Node<'_>>,
) -> Result<(), Error> {
    let primary = primary(attribute);
    let mut claim = None;
    for mut item in items {
        strip_read_only(attribute, &mut item);
        let Some(index) = patched.add_entry(place, attribute, &mut item)? else { continue };
        claim = primary
            .filter(|primary| is_primary(&patched.value(&child(place, &[index])), *primary))
            .map(|_| index)
            .or(claim);
    }
    match (primary, claim) {
        (Some(primary), Some(claim)) => demote_others(patched, place, primary, &[claim]),
        _ => Ok(()),
    }
}

/// Clients do not write what only the server writes.
pub(super) fn strip_read_only(attribute: &Attribute, item: &mut Node<'_>) {
    if let Node::Complex(parts) = item {
        parts.retain(|(index, _)| {
            at(&attribute.sub_attributes, *index).is_some_and(|sub| sub.mutability != Mutability::ReadOnly)
        });
    }
}

/// Removes the elements that a client lists by their values. An element is meant if it has the same `value`, and the
/// same `type` where both have one; without a `value`, if it has all that is listed.
fn remove_values(
    patched: &mut Patched<'_>,
    place: &[u32],
    attribute: &Attribute,
    items: &[Node<'_>],
) -> Result<(), Error> {
    let Value::List(list) = patched.value(place) else { return Ok(()) };
    let value = attribute.sub_attribute("value");
    let kind = attribute.sub_attribute("type").map(|(index, _)| index);
    // A long list of plain values is looked up, not searched.
    let mut plain = HashSet::new();
    let mut others = Vec::new();
    for item in items {
        let assigned = if let Node::Complex(parts) = item {
            parts.iter().filter(|(_, part)| !part.is_absent()).count()
        } else {
            0
        };
        match value.and_then(|(index, value)| Some((item.part(index)?, value))) {
            Some((part, value)) if assigned == 1 && !part.is_absent() => {
                plain.insert(element_key(value, &part.view()));
            }
            _ => others.push(item),
        }
    }
    let is_meant = |element: &Value<'_>| {
        let identity = value.map(|(index, value)| element_key(value, &element.clone().at(&[index])));
        identity.is_some_and(|identity| plain.contains(&identity))
            || others.iter().any(|item| matches_item(attribute, value, kind, item, element))
    };
    let meant: Vec<u32> = list.iter().filter(|(_, element)| is_meant(element)).map(|(index, _)| index).collect();
    remove(patched, place, attribute, &meant)
}

fn matches_item(
    attribute: &Attribute,
    value: Option<(u32, &Attribute)>,
    kind: Option<u32>,
    item: &Node<'_>,
    element: &Value<'_>,
) -> bool {
    let Node::Complex(parts) = item else { return same(attribute, &item.view(), element) };
    let has_value = value.is_some_and(|(index, _)| item.part(index).is_some_and(|part| !part.is_absent()));
    let mut assigned = parts.iter().filter(|(_, part)| !part.is_absent()).peekable();
    assigned.peek().is_some()
        && assigned.all(|(index, part)| {
            let Some(sub) = at(&attribute.sub_attributes, *index) else { return true };
            let is_value = value.is_some_and(|(value, _)| value == *index);
            let present = element.clone().at(&[*index]);
            match (has_value, is_value, Some(*index) == kind) {
                (true, false, false) => true,
                (true, false, true) => present.is_absent() || same(sub, &part.view(), &present),
                _ => same(sub, &part.view(), &present),
            }
        })
}

/// Removes elements by their indices.
pub(super) fn remove(
    patched: &mut Patched<'_>,
    place: &[u32],
    attribute: &Attribute,
    indices: &[u32],
) -> Result<(), Error> {
    if indices.is_empty() {
        return Ok(());
    }
    let Value::List(list) = patched.value(place) else { return Ok(()) };
    if list.iter().all(|(index, _)| indices.binary_search(&index).is_ok()) {
        patched.check_required(place, attribute)?;
    }
    patched.edit(place, Edit::Remove(indices)).map(drop)
}

/// One element is primary, so no other is (RFC 7644 §3.5.2).
pub(super) fn demote_others(
    patched: &mut Patched<'_>,
    place: &[u32],
    primary: u32,
    claims: &[u32],
) -> Result<(), Error> {
    let Value::List(list) = patched.value(place) else { return Ok(()) };
    let is_other = |index: u32, element: &Value<'_>| !claims.contains(&index) && is_primary(element, primary);
    let others: Vec<u32> =
        list.iter().filter(|(index, element)| is_other(*index, element)).map(|(index, _)| index).collect();
    for other in others {
        match patched.try_edit(&child(place, &[other, primary]), Edit::Set(Scalar::Bool(false))) {
            // Where the application fixes which element is primary, that one stays so and no other becomes it.
            Ok(_) | Err(Refused::Fixed) => {}
            Err(_) => {
                return Err(Error::invalid_value(format!(
                    "another entry of `{}` cannot stop being primary",
                    patched.name(place)
                )));
            }
        }
    }
    Ok(())
}

/// The index of the flag that at most one element has.
pub(super) fn primary(attribute: &Attribute) -> Option<u32> {
    attribute
        .sub_attribute("primary")
        .filter(|(_, primary)| primary.data_type == DataType::Boolean)
        .map(|(index, _)| index)
}

fn is_primary(element: &Value<'_>, primary: u32) -> bool {
    matches!(element.clone().at(&[primary]), Value::Scalar(Scalar::Bool(true)))
}

pub(super) fn is_true(node: Option<&Node<'_>>) -> bool {
    matches!(node, Some(Node::Scalar(Scalar::Bool(true))))
}

pub(super) fn child(place: &[u32], steps: &[u32]) -> Place {
    [place, steps].concat()
}
