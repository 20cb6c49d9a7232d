//! The rules of RFC 7644 §3.5.2 for the elements that a filter selects, or for all.

use super::{
    apply::{Patched, unassigns},
    list::{child, demote_others, insert, is_true, primary, remove},
    normalize::{Elements, Kind, parts_of},
};
use crate::{
    access::{Edit, Node, Value},
    compat::{Quirk, Restriction},
    error::Error,
    filter::Condition,
    schema::{Attribute, DataType},
};

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
    if matched.len() > 1 && condition.is_some() && patched.tolerance.restricts(Restriction::SingleMatch) {
        let detail =
            format!("the filter selects {} entries of `{}`; it must select one", matched.len(), attribute.name);
        return Err(Error::invalid_filter(detail));
    }
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
fn remove_hollow(
    patched: &mut Patched<'_>,
    place: &[u32],
    attribute: &Attribute,
    elements: &[u32],
) -> Result<(), Error> {
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
        return Err(Error::invalid_value(format!(
            "the filter selects {} entries of `{}`, and only one can be primary",
            matched.len(),
            attribute.name
        )));
    }
    if let Some(primary) = claimed {
        // Before the value is written: a flat struct may give the element another number when its type changes.
        demote_others(patched, place, primary, matched)?;
    }
    let unassigns_parts = matches!(value, Node::Complex(parts) if parts.iter().any(|(_, part)| part.is_absent()));
    // An element of a flat struct that gets another type may move to fields of its own; those behind it move up.
    let mut moved_up = 0;
    let mut written = Vec::with_capacity(matched.len());
    for element in matched {
        let element = element.saturating_sub(moved_up);
        let list = place;
        let place = child(place, &[element]);
        let before = patched.len(list);
        match (sub, value.clone()) {
            (Some((index, sub)), value) => patched.assign(kind, &child(&place, &[index]), sub, value)?,
            (None, Node::Complex(parts)) => patched.merge(kind, &place, attribute, parts)?,
            (None, Node::Scalar(scalar)) => drop(patched.edit(&place, Edit::Set(scalar))?),
            (None, Node::List(_)) => {}
        }
        match before.saturating_sub(patched.len(list)) {
            0 => written.push(element),
            gone => moved_up = gone.saturating_add(moved_up),
        }
    }
    if unassigns_parts { remove_hollow(patched, place, attribute, &written) } else { Ok(()) }
}

fn no_target(attribute: &Attribute) -> Error {
    Error::no_target(format!("no entry of `{}` matches the filter", attribute.name))
}
