//! The rules of RFC 7644 §3.5.2 for multi-valued attributes.

use std::collections::HashSet;

use super::{
    apply::{Patched, Place, check_required, immutable, unassigns},
    compare::{element_key, same},
    normalize::{Elements, Kind, parts_of},
};
use crate::{
    access::{Edit, Node, Refused, Scalar, Value},
    compat::Quirk,
    error::Error,
    filter::Condition,
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
    let mut keys: HashSet<String> = HashSet::new();
    if let Value::List(list) = patched.value(place) {
        keys.extend(list.iter().map(|(_, item)| element_key(attribute, &item)));
        // Clients know nothing of what a mapping adds to an element.
        keys.extend(list.iter().filter_map(|(_, item)| Some(element_key(attribute, &item.without_fixed()?.view()))));
    }
    // What is there already is not added again (RFC 7644 §3.5.2.1).
    let new = items.into_iter().filter(|item| keys.insert(element_key(attribute, &item.view()))).collect();
    insert(patched, place, attribute, new)
}

fn replace(patched: &mut Patched<'_>, place: &[u32], attribute: &Attribute, items: Vec<Node<'_>>) -> Result<(), Error> {
    if items.is_empty() {
        return clear(patched, place, attribute);
    }
    let present = patched.value(place);
    if attribute.mutability == Mutability::Immutable && !present.is_absent() {
        let new = Node::List(items);
        return if same(attribute, &present, &new.view()) { Ok(()) } else { Err(immutable(attribute)) };
    }
    let mut keys = HashSet::with_capacity(items.len());
    let distinct = items.into_iter().filter(|item| keys.insert(element_key(attribute, &item.view()))).collect();
    patched.edit(place, attribute, Edit::Set(Scalar::Absent))?;
    insert(patched, place, attribute, distinct)
}

/// Adds elements that are not there yet. One that is primary then makes the others not so.
fn insert(patched: &mut Patched<'_>, place: &[u32], attribute: &Attribute, items: Vec<Node<'_>>) -> Result<(), Error> {
    let primary = primary(attribute);
    let mut claim = None;
    for mut item in items {
        strip_read_only(attribute, &mut item);
        let index = patched.edit(place, attribute, Edit::Insert(&mut item))?;
        claim = primary.filter(|primary| is_primary(&patched.value(&child(place, &[index])), *primary)).map(|_| index).or(claim);
    }
    match (primary, claim) {
        (Some(primary), Some(claim)) => demote_others(patched, place, attribute, primary, &[claim]),
        _ => Ok(()),
    }
}

/// Clients do not write what only the server writes.
fn strip_read_only(attribute: &Attribute, item: &mut Node<'_>) {
    if let Node::Complex(parts) = item {
        parts.retain(|(index, _)| {
            at(&attribute.sub_attributes, *index).is_some_and(|sub| sub.mutability != Mutability::ReadOnly)
        });
    }
}

/// Removes the elements that a client lists by their values. An element is meant if it has the same `value`, and the
/// same `type` where both have one; without a `value`, if it has all that is listed.
fn remove_values(patched: &mut Patched<'_>, place: &[u32], attribute: &Attribute, items: &[Node<'_>]) -> Result<(), Error> {
    let Value::List(list) = patched.value(place) else { return Ok(()) };
    let value = attribute.sub_attribute("value");
    let kind = attribute.sub_attribute("type").map(|(index, _)| index);
    // A long list of plain values is looked up, not searched.
    let mut plain = HashSet::new();
    let mut others = Vec::new();
    for item in items {
        let assigned = if let Node::Complex(parts) = item { parts.iter().filter(|(_, part)| !part.is_absent()).count() } else { 0 };
        match value.and_then(|(index, value)| Some((item.part(index)?, value))) {
            Some((part, value)) if assigned == 1 && !part.is_absent() => {
                plain.insert(element_key(value, &part.view()));
            }
            _ => others.push(item),
        }
    }
    let is_meant = |element: &Value<'_>| {
        let identity = value.map(|(index, value)| element_key(value, &element.clone().at(&[index])));
        identity.is_some_and(|identity| plain.contains(&identity)) || others.iter().any(|item| matches_item(attribute, value, kind, item, element))
    };
    let meant: Vec<u32> = list.iter().filter(|(_, element)| is_meant(element)).map(|(index, _)| index).collect();
    remove(patched, place, attribute, &meant)
}

fn matches_item(attribute: &Attribute, value: Option<(u32, &Attribute)>, kind: Option<u32>, item: &Node<'_>, element: &Value<'_>) -> bool {
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
fn remove(patched: &mut Patched<'_>, place: &[u32], attribute: &Attribute, indices: &[u32]) -> Result<(), Error> {
    if indices.is_empty() {
        return Ok(());
    }
    let Value::List(list) = patched.value(place) else { return Ok(()) };
    if list.iter().all(|(index, _)| indices.binary_search(&index).is_ok()) {
        check_required(attribute)?;
    }
    patched.edit(place, attribute, Edit::Remove(indices)).map(drop)
}

/// Changes some elements of a list, or a sub-attribute of them.
pub(super) fn change_elements(
    patched: &mut Patched<'_>,
    kind: Kind,
    place: &[u32],
    attribute: &Attribute,
    elements: Elements<'_>,
    value: Node<'_>,
) -> Result<(), Error> {
    let condition = elements.condition.as_ref();
    if !attribute.multi_valued {
        return change_single(patched, kind, place, attribute, elements, value);
    }
    let matched = matching(patched, place, condition);
    let is_absent = value.is_absent();
    match elements.sub_attribute {
        // To add nothing is to do nothing.
        _ if is_absent && kind == Kind::Add => Ok(()),
        Some((index, sub)) if is_absent => clear_parts(patched, place, attribute, &matched, index, sub),
        None if unassigns(attribute, &value) => remove(patched, place, attribute, &matched),
        _ if is_absent && matched.is_empty() => Ok(()),
        sub if matched.is_empty() => create(patched, place, attribute, condition, sub.map(|(index, _)| index), value),
        sub => write_elements(patched, kind, place, attribute, &matched, sub, &value),
    }
}

/// A filter on a single complex attribute: it is taken as a list of one.
fn change_single(
    patched: &mut Patched<'_>,
    kind: Kind,
    place: &[u32],
    attribute: &Attribute,
    elements: Elements<'_>,
    value: Node<'_>,
) -> Result<(), Error> {
    let matches = elements.condition.is_none_or(|condition| {
        let present = patched.value(place);
        !present.is_absent() && condition.matches(&present)
    });
    if !matches {
        // To remove what is not there is to do nothing.
        return if kind == Kind::Remove || value.is_absent() { Ok(()) } else { Err(no_target(attribute)) };
    }
    match elements.sub_attribute {
        None => patched.assign(kind, place, attribute, value),
        Some((index, sub)) => patched.assign(kind, &child(place, &[index]), sub, value),
    }
}

/// The indices of the elements that satisfy a condition.
fn matching(patched: &Patched<'_>, place: &[u32], condition: Option<&Condition>) -> Vec<u32> {
    let Value::List(list) = patched.value(place) else { return Vec::new() };
    let matches = |element: &Value<'_>| condition.is_none_or(|condition| condition.matches(element));
    list.iter().filter(|(_, element)| matches(element)).map(|(index, _)| index).collect()
}

/// Unassigns a sub-attribute of elements.
fn clear_parts(
    patched: &mut Patched<'_>,
    place: &[u32],
    attribute: &Attribute,
    matched: &[u32],
    index: u32,
    sub: &Attribute,
) -> Result<(), Error> {
    for element in matched {
        patched.clear(&child(place, &[*element, index]), sub)?;
    }
    remove_hollow(patched, place, attribute, matched)
}

/// Removes the elements of which only what they are remains: `{"type": "work"}` says nothing.
fn remove_hollow(patched: &mut Patched<'_>, place: &[u32], attribute: &Attribute, elements: &[u32]) -> Result<(), Error> {
    let is_hollow = |element: &u32| {
        let Value::Complex(object) = patched.value(&child(place, &[*element])) else { return false };
        let mut parts = (0u32..).zip(attribute.sub_attributes.iter());
        !parts.any(|(index, sub)| !is_label(sub) && !object.get(index).is_absent())
    };
    let hollow: Vec<u32> = elements.iter().copied().filter(is_hollow).collect();
    remove(patched, place, attribute, &hollow)
}

/// Sub-attributes that say which element this is, and nothing else (RFC 7643 §2.4).
fn is_label(attribute: &Attribute) -> bool {
    ["type", "primary"].iter().any(|label| attribute.name.eq_ignore_ascii_case(label))
}

/// Makes the element that a filter describes; Entra writes `emails[type eq "work"].value` to a user without e-mails.
fn create(
    patched: &mut Patched<'_>,
    place: &[u32],
    attribute: &Attribute,
    condition: Option<&Condition>,
    sub: Option<u32>,
    value: Node<'_>,
) -> Result<(), Error> {
    let mut parts = match condition {
        // `emails.value` of no e-mail: RFC 7644 says nothing, so it is added.
        None => Vec::new(),
        Some(condition) => {
            let parts = parts_of(condition).filter(|_| attribute.data_type == DataType::Complex);
            parts.filter(|_| patched.tolerance.accepts(Quirk::CreateFromFilter)).ok_or_else(|| no_target(attribute))?
        }
    };
    let given = match (sub, value) {
        (Some(index), value) => vec![(index, value)],
        (None, Node::Complex(given)) => given,
        (None, _) => return Err(no_target(attribute)),
    };
    for (index, part) in given {
        parts.retain(|(at, _)| *at != index);
        parts.push((index, part));
    }
    insert(patched, place, attribute, vec![Node::Complex(parts)])
}

/// Writes to the elements that matched: a sub-attribute, or all that the value names.
fn write_elements(
    patched: &mut Patched<'_>,
    kind: Kind,
    place: &[u32],
    attribute: &Attribute,
    matched: &[u32],
    sub: Option<(u32, &Attribute)>,
    value: &Node<'_>,
) -> Result<(), Error> {
    let claimed = primary(attribute).filter(|primary| match sub {
        Some((index, _)) => index == *primary && is_true(Some(value)),
        None => is_true(value.part(*primary)),
    });
    if claimed.is_some() && matched.len() > 1 {
        return Err(Error::invalid_value(format!("the filter selects {} entries of `{}`, and only one can be primary", matched.len(), attribute.name)));
    }
    if let Some(primary) = claimed {
        // Before the value is written: a flat struct may give the element another number when its type changes.
        demote_others(patched, place, attribute, primary, matched)?;
    }
    let unassigns_parts = matches!(value, Node::Complex(parts) if parts.iter().any(|(_, part)| part.is_absent()));
    for element in matched {
        let place = child(place, &[*element]);
        match (sub, value.clone()) {
            (Some((index, sub)), value) => patched.assign(kind, &child(&place, &[index]), sub, value)?,
            (None, Node::Complex(parts)) => patched.merge(kind, &place, attribute, parts)?,
            (None, Node::Scalar(scalar)) => drop(patched.edit(&place, attribute, Edit::Set(scalar))?),
            (None, Node::List(_)) => {}
        }
    }
    if unassigns_parts { remove_hollow(patched, place, attribute, matched) } else { Ok(()) }
}

/// One element is primary, so no other is (RFC 7644 §3.5.2).
fn demote_others(patched: &mut Patched<'_>, place: &[u32], attribute: &Attribute, primary: u32, claims: &[u32]) -> Result<(), Error> {
    let Value::List(list) = patched.value(place) else { return Ok(()) };
    let is_other = |index: u32, element: &Value<'_>| !claims.contains(&index) && is_primary(element, primary);
    let others: Vec<u32> = list.iter().filter(|(index, element)| is_other(*index, element)).map(|(index, _)| index).collect();
    for other in others {
        match patched.try_edit(&child(place, &[other, primary]), Edit::Set(Scalar::Bool(false))) {
            // Where the application fixes which element is primary, that one stays so and no other becomes it.
            Ok(_) | Err(Refused::Fixed) => {}
            Err(_) => return Err(Error::invalid_value(format!("another entry of `{}` cannot stop being primary", attribute.name))),
        }
    }
    Ok(())
}

/// The index of the flag that at most one element has.
fn primary(attribute: &Attribute) -> Option<u32> {
    attribute.sub_attribute("primary").filter(|(_, primary)| primary.data_type == DataType::Boolean).map(|(index, _)| index)
}

fn is_primary(element: &Value<'_>, primary: u32) -> bool {
    matches!(element.clone().at(&[primary]), Value::Scalar(Scalar::Bool(true)))
}

fn is_true(node: Option<&Node<'_>>) -> bool {
    matches!(node, Some(Node::Scalar(Scalar::Bool(true))))
}

fn child(place: &[u32], steps: &[u32]) -> Place {
    [place, steps].concat()
}

fn no_target(attribute: &Attribute) -> Error {
    Error::no_target(format!("no entry of `{}` matches the filter", attribute.name))
}
