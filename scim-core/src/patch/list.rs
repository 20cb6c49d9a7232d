//! The rules for multi-valued attributes as a whole. For changes of some of their elements, see
//! [`elements`](super::elements).
//!
//! A list is a set (RFC 7643 §2.4) for every method. Its elements are distinguished by their
//! [`Identity`](crate::reflect::compare::Identity).

use std::collections::HashSet;

use super::session::{Session, Target, is_bound};
use crate::{
    compat::Quirk,
    error::Error,
    json::{JsonPath, Seen},
    reflect::{
        Edit, EditError, ListRef, Scalar, Value, ValueRef,
        compare::{Identity, same, same_written},
    },
    schema::{Attribute, Mutability, at},
};

/// The source of a change to a list, and how messages name the list.
#[derive(Clone, Copy)]
pub(super) enum Origin<'t> {
    /// An operation of a PATCH: values for which the application has no field are an error.
    Patch,
    /// A body of POST or PUT, where the list is at this location: values for which the application has no field are
    /// skipped.
    Body(&'t JsonPath<'t>),
}

/// Adds the elements that are not already present (RFC 7644 §3.5.2.1).
pub(super) fn append(session: &mut Session<'_>, list: &Target<'_>, items: &[Value<'_>]) -> Result<(), Error> {
    for (number, item) in items.iter().enumerate() {
        session.part(|session| add(session, list, item, number, Origin::Patch))?;
    }
    Ok(())
}

/// Adds an element, or merges it into the one that is already present.
pub(super) fn add(
    session: &mut Session<'_>,
    list: &Target<'_>,
    item: &Value<'_>,
    number: usize,
    origin: Origin<'_>,
) -> Result<(), Error> {
    let Some(twin) = session.twins(list, &item.view())?.first().copied() else {
        return insert(session, list, item.clone(), number, origin);
    };
    match Identity::of(list.attribute) {
        // An element with its own immutable `value` stays unchanged, regardless of other given sub-attributes.
        Identity::Value(_) => Ok(()),
        Identity::ValueAndType(..) | Identity::Whole => write_parts(session, &list.element(twin), item, false, origin),
    }
}

/// Replaces all elements of a list. An element that stays keeps the sub-attributes that clients cannot write, and other
/// data that the application stores in it.
pub(super) fn replace(session: &mut Session<'_>, list: &Target<'_>, items: &[Value<'_>]) -> Result<(), Error> {
    replace_from(session, list, items.to_vec(), Origin::Patch)
}

/// The same as [`replace`], for a change from the given source.
pub(super) fn replace_from(
    session: &mut Session<'_>,
    list: &Target<'_>,
    items: Vec<Value<'_>>,
    origin: Origin<'_>,
) -> Result<(), Error> {
    if items.is_empty() {
        return session.unassign(list).map(drop);
    }
    if session.is_empty(list) {
        return fill(session, list, items, origin);
    }
    let before = session.all(list)?;
    if is_bound(&session.value(list)) {
        return replace_bound(session, list, &before, items, origin);
    }
    let mut stays: Vec<Option<u32>> = Vec::with_capacity(items.len());
    let mut staying = HashSet::with_capacity(items.len());
    for item in &items {
        let twins = session.twins(list, &item.view())?;
        let twin = twins.into_iter().find(|twin| !staying.contains(twin));
        staying.extend(twin);
        stays.push(twin);
    }
    let gone: Vec<u32> = before.into_iter().filter(|element| !staying.contains(element)).collect();
    if staying.is_empty() {
        session.unassign(list)?;
    } else {
        session.take_out(list, &gone)?;
    }
    for (number, (item, twin)) in items.into_iter().zip(stays).enumerate() {
        match twin {
            Some(twin) => write_parts(session, &list.element(twin), &item, true, origin)?,
            None => add(session, list, &item, number, origin)?,
        }
    }
    Ok(())
}

/// The same as [`replace_from`], for a list whose elements have fields in a flat struct. Its elements are recreated,
/// because a changed element may move to other fields. Those that stay keep the sub-attributes that clients cannot
/// write.
fn replace_bound(
    session: &mut Session<'_>,
    list: &Target<'_>,
    before: &[u32],
    items: Vec<Value<'_>>,
    origin: Origin<'_>,
) -> Result<(), Error> {
    let mut new = Vec::with_capacity(items.len());
    for mut item in items {
        strip_read_only(list.attribute, &mut item);
        if let Some(twin) = session.twins(list, &item.view())?.first() {
            keep_parts(session, &list.element(*twin), &mut item)?;
        }
        new.push(item);
    }
    let old: Vec<Value<'static>> = before.iter().map(|element| session.copy(&list.element(*element))).collect();
    session.unassign(list)?;
    let mut refused = None;
    for (number, item) in new.into_iter().enumerate() {
        if !session.twins(list, &item.view())?.is_empty() {
            add(session, list, &item, number, origin)?;
            continue;
        }
        match place(session, list, item, number, origin)? {
            Placed::At(_) | Placed::LeftOut => {}
            Placed::Refused(error) => {
                refused = Some(error);
                break;
            }
        }
    }
    let Some(error) = refused else { return Ok(()) };
    // A list that cannot be replaced as a whole stays as it was.
    session.unassign(list)?;
    for (number, item) in old.into_iter().enumerate() {
        place(session, list, item, number, origin)?;
    }
    session.leave_out_because(Quirk::UnknownAttribute, list, error)
}

/// Copies the sub-attributes that a client cannot write or see from the old state of an element to the new one.
fn keep_parts(session: &Session<'_>, element: &Target<'_>, item: &mut Value<'_>) -> Result<(), Error> {
    let Value::Complex(parts) = item else { return Ok(()) };
    let is_identified_by_value = Identity::is_value_alone(element.attribute);
    for (index, sub) in (0u32..).zip(element.attribute.sub_attributes.iter()) {
        if sub.mutability == Mutability::ReadWrite && sub.is_readable() {
            continue;
        }
        let target = element.sub(index, sub);
        let present = session.value(&target);
        let given = parts.iter().position(|(at, part)| *at == index && !part.is_absent());
        let is_fixed = sub.mutability == Mutability::Immutable && !present.is_absent();
        match given {
            Some(given) if is_fixed => {
                let is_same = parts.get(given).is_some_and(|(_, part)| same_written(sub, &present, &part.view()));
                if (!is_same || !sub.is_readable()) && !is_identified_by_value {
                    return Err(session.immutable(&target));
                }
                if let Some((_, part)) = parts.get_mut(given) {
                    *part = present.to_value();
                }
            }
            Some(_) => {}
            None if present.is_absent() => {}
            None => parts.push((index, present.to_value())),
        }
    }
    Ok(())
}

/// Adds elements to an empty list. A few elements are compared with each other, which is cheaper than looking each of
/// them up.
fn fill(
    session: &mut Session<'_>,
    list: &Target<'_>,
    mut items: Vec<Value<'_>>,
    origin: Origin<'_>,
) -> Result<(), Error> {
    const FEW: usize = 4;
    // Bodies are read without the sub-attributes that only the server writes.
    if matches!(origin, Origin::Patch) {
        for item in &mut items {
            strip_read_only(list.attribute, item);
        }
    }
    if items.len() <= FEW && are_all_plainly_others(list.attribute, &items) {
        for (number, item) in items.into_iter().enumerate() {
            put(session, list, item, number, origin)?;
        }
        return Ok(());
    }
    let is_bound = is_bound(&session.value(list));
    let mut keys = HashSet::new();
    for (number, item) in items.into_iter().enumerate() {
        if !keys.insert(Identity::key_of(list.attribute, &item.view())) {
            add(session, list, &item, number, origin)?;
            continue;
        }
        let element = put(session, list, item, number, origin)?;
        // A field of the application may imply more than was sent, such as a type.
        if let Some(element) = element.filter(|_| is_bound) {
            keys.insert(Identity::key_of(list.attribute, &session.value(&list.element(element))));
        }
    }
    Ok(())
}

/// Returns whether all elements differ from each other, judging by their strings.
fn are_all_plainly_others(attribute: &Attribute, items: &[Value<'_>]) -> bool {
    if items.len() < 2 {
        return true;
    }
    let identity = Identity::of(attribute);
    (1..items.len()).all(|number| {
        let (before, item) = items.split_at_checked(number).unwrap_or_default();
        let Some(item) = item.first() else { return true };
        before.iter().all(|other| are_plainly_others(attribute, identity, &other.view(), &item.view()))
    })
}

/// Returns whether two elements have plain, short, different strings as their `value`, so that they differ by any rule.
/// Long strings are left to the index, which charges for visiting them.
pub(super) fn are_plainly_others(
    attribute: &Attribute,
    identity: Identity,
    left: &ValueRef<'_>,
    right: &ValueRef<'_>,
) -> bool {
    const SHORT: usize = 1024;
    let differ = |left: &ValueRef<'_>, right: &ValueRef<'_>| match (left, right) {
        (ValueRef::Scalar(Scalar::Str(left)), ValueRef::Scalar(Scalar::Str(right))) => {
            let are_short = left.len().max(right.len()) <= SHORT;
            are_short && left.is_ascii() && right.is_ascii() && !left.eq_ignore_ascii_case(right)
        }
        _ => false,
    };
    match (identity, left, right) {
        (
            Identity::Value(value) | Identity::ValueAndType(value, _),
            ValueRef::Complex(left),
            ValueRef::Complex(right),
        ) => differ(&left.get(value), &right.get(value)),
        (Identity::Whole, left, right) => attribute.sub_attributes.is_empty() && differ(left, right),
        _ => false,
    }
}

/// Adds an element that is not present yet, if the application has a field for it. If it is primary, the others lose
/// `primary`.
fn insert(
    session: &mut Session<'_>,
    list: &Target<'_>,
    mut item: Value<'_>,
    number: usize,
    origin: Origin<'_>,
) -> Result<(), Error> {
    strip_read_only(list.attribute, &mut item);
    if let Some(element) = put(session, list, item, number, origin)?
        && let Some((primary, _)) = list.attribute.primary()
        && session.is_primary(list, element, primary)
    {
        session.demote_others(list, element)?;
    }
    Ok(())
}

/// Adds an element, regardless of the other elements. Returns its index, or `None` if it was skipped.
fn put(
    session: &mut Session<'_>,
    list: &Target<'_>,
    item: Value<'_>,
    number: usize,
    origin: Origin<'_>,
) -> Result<Option<u32>, Error> {
    match place(session, list, item, number, origin)? {
        Placed::At(element) => Ok(Some(element)),
        Placed::LeftOut => Ok(None),
        Placed::Refused(error) => session.leave_out_because(Quirk::UnknownAttribute, list, error).map(|()| None),
    }
}

/// The outcome of placing a new element.
enum Placed {
    At(u32),
    /// It was skipped and reported.
    LeftOut,
    /// The application has no field for it.
    Refused(Error),
}

/// Inserts a new element into a list. Sub-attributes without a field are an error, or are skipped and reported.
fn place(
    session: &mut Session<'_>,
    list: &Target<'_>,
    mut item: Value<'_>,
    number: usize,
    origin: Origin<'_>,
) -> Result<Placed, Error> {
    make_sets(list.attribute, &mut item);
    // The insertion moves the content out of the value, so what was sent is recorded first.
    let fields = match session.value(list) {
        ValueRef::List(ListRef::Bound(_, fields)) => Some(fields),
        _ => None,
    };
    let mut sent = Seen::default();
    if fields.is_some() {
        for index in item.assigned() {
            sent.mark(index);
        }
    }
    let whole = (fields.is_some() && matches!(origin, Origin::Patch)).then(|| item.clone());
    let element = match session.insert(list, &mut item) {
        Ok(element) => element,
        Err(refused) => return not_placed(session, list, whole.as_ref().unwrap_or(&item), number, origin, refused),
    };
    if let Some(fields) = fields {
        let group = fields.group(element);
        for (index, sub) in
            (0u32..).zip(list.attribute.sub_attributes.iter()).filter(|(index, _)| sent.contains(*index))
        {
            let is_kept = match group {
                Some(group) => group.has(index),
                None => !session.value(&list.element(element).sub(index, sub)).is_absent(),
            };
            if is_kept {
                continue;
            }
            if matches!(origin, Origin::Patch) && !session.tolerance().tolerate(Quirk::UnknownAttribute) {
                return Err(session.refused(&list.element(element).sub(index, sub), &EditError::Unmapped));
            }
            session.leave_out(list, number, origin, Some(sub));
        }
    }
    Ok(Placed::At(element))
}

/// Handles a new element that the application rejected.
fn not_placed(
    session: &Session<'_>,
    list: &Target<'_>,
    item: &Value<'_>,
    number: usize,
    origin: Origin<'_>,
    refused: EditError,
) -> Result<Placed, Error> {
    match (origin, refused) {
        (Origin::Body(trail), error @ (EditError::Expected(_) | EditError::Invalid(_))) => {
            let name = trail.index(number);
            Err(Error::invalid_value(format!("invalid value for `{name}`: {}", error.reason())))
        }
        // The application has no field for this element, just as for attributes that it does not map.
        (Origin::Body(_), _) => {
            session.leave_out(list, number, origin, None);
            Ok(Placed::LeftOut)
        }
        (Origin::Patch, EditError::Fixed) if session.tolerance().tolerate(Quirk::FixedValue) => {
            session.leave_out(list, number, origin, None);
            Ok(Placed::LeftOut)
        }
        (Origin::Patch, refused) => {
            let error = session.refused_element(list, item, &refused);
            match refused {
                EditError::Unmapped | EditError::Occupied => Ok(Placed::Refused(error)),
                _ => Err(error),
            }
        }
    }
}

/// Removes duplicates from lists within an element, which are sets, too.
fn make_sets(attribute: &Attribute, item: &mut Value<'_>) {
    let Value::Complex(parts) = item else { return };
    for (index, part) in parts {
        let Value::List(items) = part else { continue };
        if let Some(sub) = at(&attribute.sub_attributes, *index).filter(|_| items.len() > 1) {
            let mut keys = HashSet::new();
            items.retain(|item| keys.insert(Identity::key_of(sub, &item.view())));
        }
    }
}

/// Writes the sub-attributes of an existing element. With `whole`, sub-attributes that are not given are removed,
/// except those that a client cannot write.
fn write_parts(
    session: &mut Session<'_>,
    element: &Target<'_>,
    item: &Value<'_>,
    whole: bool,
    origin: Origin<'_>,
) -> Result<(), Error> {
    let parts = match item {
        Value::Complex(parts) => parts,
        // Replacing a simple element may change its letter case. Adding it in another letter case has no effect.
        Value::Scalar(scalar) if whole && !same_written(element.attribute, &session.value(element), &item.view()) => {
            let result = session.edit(element, Edit::Set(scalar.clone()));
            return result.map(drop).map_err(|refused| session.refused(element, &refused));
        }
        Value::Scalar(_) | Value::List(_) => return Ok(()),
    };
    for (index, sub) in (0u32..).zip(element.attribute.sub_attributes.iter()) {
        if sub.mutability == Mutability::ReadOnly {
            continue;
        }
        let target = element.sub(index, sub);
        let part = item.part(index).filter(|part| !part.is_absent());
        match part {
            // A value that is present in another letter case is already present (RFC 7644 §3.5.2.1).
            Some(part) if !whole && !session.is_sealed(&target) && same(sub, &session.value(&target), &part.view()) => {
            }
            Some(part) => write_part(session, &target, part, origin)?,
            None if whole && sub.mutability == Mutability::ReadWrite && sub.is_readable() => {
                let is_named = parts.iter().any(|(named, _)| *named == index);
                unassign_part(session, &target, is_named)?;
            }
            None => {}
        }
    }
    Ok(())
}

/// Unassigns a sub-attribute that the new state of an element lacks. Sub-attributes that the mapping fixes stay.
fn unassign_part(session: &mut Session<'_>, target: &Target<'_>, is_named: bool) -> Result<(), Error> {
    let present = session.value(target);
    if present.is_absent() {
        return Ok(());
    }
    match session.edit(target, Edit::Set(Scalar::Absent)) {
        Ok(_) | Err(EditError::Unmapped | EditError::Fixed) => Ok(()),
        Err(refused) if is_named => Err(session.refused(target, &refused)),
        Err(_) => Ok(()),
    }
}

fn write_part(
    session: &mut Session<'_>,
    target: &Target<'_>,
    part: &Value<'_>,
    origin: Origin<'_>,
) -> Result<(), Error> {
    let attribute = target.attribute;
    if !session.is_sealed(target) && same_written(attribute, &session.value(target), &part.view()) {
        return Ok(());
    }
    if attribute.mutability == Mutability::Immutable && !session.value(target).is_absent() {
        // If elements are identified by `value` alone, other given sub-attributes do not change an element.
        let list = target.list().map(|(list, _)| list);
        if !list.is_some_and(|list| Identity::is_value_alone(list.attribute)) {
            return Err(session.immutable(target));
        }
        session.charge(part.view().work().saturating_add(session.value(target).work()))?;
        if !same(attribute, &session.value(target), &part.view()) {
            session.ignored.add(&JsonPath::root(&session.name(target)));
        }
        return Ok(());
    }
    let result = match part {
        Value::List(items) => return replace_from(session, target, items.clone(), origin),
        Value::Scalar(scalar) => session.edit(target, Edit::Set(scalar.clone())),
        Value::Complex(_) => Ok(0),
    };
    match result {
        Ok(_) => {}
        Err(EditError::Unmapped | EditError::Fixed | EditError::Occupied) if part.is_bool(false) => {}
        Err(refused @ (EditError::Expected(_) | EditError::Invalid(_) | EditError::UnmappedSub(_))) => {
            return Err(session.refused(target, &refused));
        }
        Err(EditError::Unmapped | EditError::Fixed | EditError::Occupied) => {
            session.ignored.add(&JsonPath::root(&session.name(target)));
        }
    }
    let is_claim = attribute.is_primary() && part.is_bool(true);
    match target.list() {
        Some((list, element)) if is_claim => session.demote_others(&list, element),
        _ => Ok(()),
    }
}

/// Removes the sub-attributes that only the server writes.
pub(super) fn strip_read_only(attribute: &Attribute, item: &mut Value<'_>) {
    if let Value::Complex(parts) = item {
        parts.retain(|(index, _)| {
            at(&attribute.sub_attributes, *index).is_some_and(|sub| sub.mutability != Mutability::ReadOnly)
        });
    }
}

/// Removes the elements that a client lists by their values. A listed element selects those with the same `value`, and
/// the same `type` if both have one, unless `value` alone identifies elements. Without a `value`, it selects those that
/// have every listed sub-attribute.
pub(super) fn remove_listed(session: &mut Session<'_>, list: &Target<'_>, items: &[Value<'_>]) -> Result<(), Error> {
    let selected = listed(session, list, items)?;
    session.remove(list, &selected)
}

/// Returns the elements that listed values select.
pub(super) fn listed(session: &mut Session<'_>, list: &Target<'_>, items: &[Value<'_>]) -> Result<Vec<u32>, Error> {
    let mut selected = Vec::new();
    for item in items {
        let candidates = candidates(session, list, item)?;
        let own = item.view().work();
        for element in &candidates {
            session.charge(own.saturating_add(session.value(&list.element(*element)).work()))?;
        }
        let is_selected = |element: &u32| matches_item(list.attribute, item, &session.value(&list.element(*element)));
        selected.extend(candidates.into_iter().filter(is_selected));
    }
    selected.sort_unstable();
    selected.dedup();
    Ok(selected)
}

/// Returns the elements that a listed value may select: those with its `value`, or else with the sub-attribute that the
/// fewest elements share.
fn candidates(session: &mut Session<'_>, list: &Target<'_>, item: &Value<'_>) -> Result<Vec<u32>, Error> {
    let Value::Complex(parts) = item else { return session.with_value(list, None, &item.view()) };
    let value = list.attribute.sub_attribute("value").map(|(index, _)| index);
    if let Some((index, part)) = parts.iter().find(|(index, part)| Some(*index) == value && !part.is_absent()) {
        return session.with_value(list, Some(*index), &part.view());
    }
    let parts: Vec<_> = parts.iter().filter(|(_, part)| part.is_assigned()).collect();
    match fewest(parts, |(index, part)| session.count(list, Some(*index), &part.view()))? {
        Some((index, part)) => session.with_value(list, Some(*index), &part.view()),
        None => session.all(list),
    }
}

/// Returns the candidate with the smallest count of elements. If there is only one candidate, nothing is counted.
pub(super) fn fewest<T>(
    mut sets: Vec<T>,
    mut count: impl FnMut(&T) -> Result<usize, Error>,
) -> Result<Option<T>, Error> {
    if sets.len() < 2 {
        return Ok(sets.pop());
    }
    let mut best: Option<(usize, T)> = None;
    for set in sets {
        let count = count(&set)?;
        if best.as_ref().is_none_or(|(fewest, _)| count < *fewest) {
            best = Some((count, set));
        }
    }
    Ok(best.map(|(_, set)| set))
}

/// Returns whether an element, or a single value, matches a value that a client lists.
pub(super) fn matches_item(attribute: &Attribute, item: &Value<'_>, element: &ValueRef<'_>) -> bool {
    let Value::Complex(parts) = item else { return same(attribute, &item.view(), element) };
    let value = attribute.sub_attribute("value").map(|(index, _)| index);
    let kind = attribute.sub_attribute("type").map(|(index, _)| index);
    let has_value = value.is_some_and(|index| item.part(index).is_some_and(|part| !part.is_absent()));
    let is_identified_by_value = has_value && Identity::is_value_alone(attribute);
    let mut assigned = parts.iter().filter(|(_, part)| !part.is_absent()).peekable();
    assigned.peek().is_some()
        && assigned.all(|(index, part)| {
            let Some(sub) = at(&attribute.sub_attributes, *index) else { return true };
            let present = element.clone().at(&[*index]);
            if Some(*index) == value || !has_value {
                return same(sub, &part.view(), &present);
            }
            // Besides the `value`, only the `type` identifies the element.
            is_identified_by_value || Some(*index) != kind || present.is_absent() || same(sub, &part.view(), &present)
        })
}
