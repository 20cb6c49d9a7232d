//! The rules of RFC 7644 §3.5.2 for the elements that a filter selects, or for all elements.

use super::{
    list::{Origin, add, are_plainly_others, fewest, listed, strip_read_only},
    operation::{Action, Elements},
    session::{Session, Target},
};
use crate::{
    compat::{Quirk, Restriction},
    error::Error,
    filter::{Compare, Condition, Matcher, Operator},
    meter::Meter,
    reflect::{ListRef, Scalar, Value, ValueRef, compare::Identity},
    schema::{Attribute, DataType, at},
};

/// Changes some elements of a list, or one of their sub-attributes.
pub(super) fn change(session: &mut Session<'_>, list: &Target<'_>, elements: &Elements<'_, '_>) -> Result<(), Error> {
    if !list.attribute.multi_valued {
        return change_single(session, list, elements);
    }
    if matches!(elements.action, Action::Nothing) {
        return Ok(());
    }
    let condition = elements.condition.as_ref();
    let may_move = may_move(session, list, elements);
    if may_move {
        // Elements after one that moves get new indices.
        session.compact(list)?;
    }
    let mut matched = matching(session, list, condition)?;
    if matched.len() > 1 && condition.is_some() && session.tolerance().restricts(Restriction::SingleMatch) {
        return Err(Error::invalid_filter(format!(
            "the filter selects {} entries of `{}`; it must select one",
            matched.len(),
            list.attribute.name
        )));
    }
    if matched.is_empty() {
        return create(session, list, elements);
    }
    match (&elements.action, elements.sub) {
        (Action::Clear, None) => session.remove(list, &matched),
        (Action::RemoveListed(items), None) => {
            let listed = listed(session, list, items)?;
            matched.retain(|element| listed.binary_search(element).is_ok());
            session.remove(list, &matched)
        }
        (action, sub) => {
            if claims(action, sub) {
                claim(session, list, &matched)?;
            }
            write(session, list, elements, &matched, may_move)
        }
    }
}

/// Returns whether elements may move to other fields of a flat struct, because the change affects a sub-attribute that
/// determines their fields.
fn may_move(session: &Session<'_>, list: &Target<'_>, elements: &Elements<'_, '_>) -> bool {
    let ValueRef::List(ListRef::Bound(_, bound)) = session.value(list) else { return false };
    let selects = |part: u32| bound.groups.iter().any(|group| group.selected(part).is_some());
    match (&elements.action, elements.sub) {
        (_, Some((index, _))) => selects(index),
        (Action::Merge(parts), None) => parts.iter().any(|part| selects(part.index)),
        (_, None) => false,
    }
}

/// Applies a filter to a single object, which is treated as a list of one.
fn change_single(session: &mut Session<'_>, target: &Target<'_>, elements: &Elements<'_, '_>) -> Result<(), Error> {
    let meter = session.tolerance().meter();
    let present = session.value(target);
    let condition = elements.condition.as_ref();
    let matches = !present.is_absent() && condition.is_none_or(|condition| condition.matches_within(&present, &meter));
    session.tolerance().charge(meter.spent())?;
    if !matches {
        return if takes_away(&elements.action) { Ok(()) } else { Err(no_target(target.attribute)) };
    }
    match elements.sub {
        None => session.act(target, &elements.action),
        Some((index, sub)) => {
            let sub = target.sub(index, sub);
            session.guarded(&sub, |session| session.act(&sub, &elements.action))
        }
    }
}

/// Returns whether an action only removes. Such an action succeeds if there is nothing to remove.
fn takes_away(action: &Action<'_, '_>) -> bool {
    match action {
        Action::Nothing | Action::Clear | Action::ClearValue(_) | Action::RemoveListed(_) => true,
        Action::Merge(parts) => !parts.is_empty() && parts.iter().all(|part| takes_away(&part.action)),
        Action::Set(_) | Action::Append(_) | Action::Replace(_) | Action::Elements(_) => false,
    }
}

/// Returns the indices of the elements that satisfy a condition. If the condition compares the value of a
/// sub-attribute, they are looked up; otherwise all elements are searched.
fn matching(session: &mut Session<'_>, list: &Target<'_>, condition: Option<&Condition>) -> Result<Vec<u32>, Error> {
    let Some(condition) = condition else { return session.all(list) };
    let meter = session.tolerance().meter();
    let matched = if let Some(elements) = session.few_elements(list) {
        // Visiting a few elements is faster than looking them up.
        elements.filter(|(_, element)| condition.matches_within(element, &meter)).map(|(index, _)| index).collect()
    } else {
        let matcher = Matcher::new(condition);
        if let Some(compares) = look_ups(session, list, condition)? {
            let found = looked_up(session, list, compares)?;
            let is_match = |element: &u32| matcher.matches(&session.value(&list.element(*element)), &meter);
            found.into_iter().filter(is_match).collect()
        } else {
            session.charge_walk(list)?;
            let all = session.elements(list).take_while(|_| !meter.is_used_up());
            all.filter(|(_, element)| matcher.matches(element, &meter)).map(|(index, _)| index).collect()
        }
    };
    session.tolerance().charge(meter.spent())?;
    Ok(matched)
}

/// Returns the elements that satisfy one of several comparisons.
fn looked_up(session: &mut Session<'_>, list: &Target<'_>, compares: Vec<&Compare>) -> Result<Vec<u32>, Error> {
    let mut found = Vec::new();
    for compare in compares {
        let sub = compare.path.steps().first().copied();
        found.extend(session.with_value(list, sub, &ValueRef::Scalar(compare.operand.clone()))?);
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// Returns comparisons that can be looked up, such that every element that satisfies the condition satisfies one of
/// them. If there are several such sets, returns the one that the fewest elements satisfy.
fn look_ups<'c>(
    session: &mut Session<'_>,
    list: &Target<'_>,
    condition: &'c Condition,
) -> Result<Option<Vec<&'c Compare>>, Error> {
    match condition {
        Condition::Compare(compare) => Ok(is_look_up(list.attribute, compare).then(|| vec![compare])),
        Condition::And(conditions) => {
            let mut sets = Vec::new();
            for condition in conditions {
                sets.extend(look_ups(session, list, condition)?);
            }
            fewest(sets, |set| {
                let mut count = 0usize;
                for compare in set {
                    let value = ValueRef::Scalar(compare.operand.clone());
                    count = count.saturating_add(session.count(list, compare.path.steps().first().copied(), &value)?);
                }
                Ok(count)
            })
        }
        Condition::Or(conditions) => {
            let mut all = Vec::with_capacity(conditions.len());
            for condition in conditions {
                match look_ups(session, list, condition)? {
                    Some(set) => all.extend(set),
                    None => return Ok(None),
                }
            }
            Ok(Some(all))
        }
        _ => Ok(None),
    }
}

/// Returns whether a comparison tests for one value by which elements can be looked up. A boolean is not such a value:
/// an absent one may count as `false`.
fn is_look_up(attribute: &Attribute, compare: &Compare) -> bool {
    let is_single = match compare.path.steps() {
        [] => attribute.data_type != DataType::Complex,
        [sub] => at(&attribute.sub_attributes, *sub).is_some_and(|sub| !sub.multi_valued),
        _ => false,
    };
    is_single && compare.operator == Operator::Eq && !matches!(compare.operand, Scalar::Bool(_))
}

/// Creates the element that a filter describes. Entra writes `emails[type eq "work"].value` to a user without e-mails.
fn create(session: &mut Session<'_>, list: &Target<'_>, elements: &Elements<'_, '_>) -> Result<(), Error> {
    let attribute = list.attribute;
    if takes_away(&elements.action) {
        return Ok(());
    }
    let value = elements.action.to_value();
    let given = match (elements.sub, value) {
        (Some((index, _)), value) => vec![(index, value)],
        (None, Value::Complex(given)) => given,
        (None, Value::Scalar(_) | Value::List(_)) => return Err(no_target(attribute)),
    };
    let item = match &elements.condition {
        // `emails.value` without any e-mail: RFC 7644 does not define this case, so an element is added.
        None => Value::Complex(given),
        Some(condition) => {
            let meter = session.tolerance().meter();
            let described = described(attribute, condition, given, &meter);
            session.tolerance().charge(meter.spent())?;
            let described = described.ok_or_else(|| no_target(attribute))?;
            if !session.tolerance().tolerate(Quirk::CreateFromFilter) {
                return Err(no_target(attribute));
            }
            described
        }
    };
    match Identity::of(attribute) {
        // The element exists, but the filter does not select it.
        Identity::Value(_) if !session.twins(list, &item.view())?.is_empty() => Err(no_target(attribute)),
        _ => add(session, list, &item, 0, Origin::Patch),
    }
}

/// Returns the element that satisfies a condition and has the given sub-attributes, if the two agree. An element whose
/// identity comes from the filter alone is not created: renaming a removed member does not restore it.
fn described<'v>(
    attribute: &Attribute,
    condition: &Condition,
    given: Vec<(u32, Value<'v>)>,
    meter: &impl Meter,
) -> Option<Value<'v>> {
    let mut parts: Vec<(u32, Value<'v>)> = Vec::new();
    collect(attribute, condition, &mut parts)?;
    let is_given = |index: u32| given.iter().any(|(at, part)| *at == index && !part.is_absent());
    if let Identity::Value(value) | Identity::ValueAndType(value, _) = Identity::of(attribute)
        && parts.iter().any(|(index, _)| *index == value)
        && !is_given(value)
    {
        return None;
    }
    let mut given = Value::Complex(given);
    strip_read_only(attribute, &mut given);
    if given.is_absent() {
        return None;
    }
    let Value::Complex(given) = given else { return None };
    parts.retain(|(index, _)| !given.iter().any(|(at, _)| at == index));
    parts.extend(given);
    let mut item = Value::Complex(parts);
    strip_read_only(attribute, &mut item);
    condition.matches_within(&item.view(), meter).then_some(item)
}

/// Collects the sub-attributes that an element must have to satisfy a condition, if it is a conjunction of `eq`.
fn collect(attribute: &Attribute, condition: &Condition, parts: &mut Vec<(u32, Value<'_>)>) -> Option<()> {
    match condition {
        Condition::And(conditions) => conditions.iter().try_for_each(|it| collect(attribute, it, parts)),
        Condition::Compare(compare) if compare.operator == Operator::Eq => {
            let [index] = compare.path.steps() else { return None };
            let sub = at(&attribute.sub_attributes, *index)?;
            // An empty string is not a value.
            if matches!(&compare.operand, Scalar::Str(text) if text.is_empty()) {
                return None;
            }
            let scalar = Value::Scalar(compare.operand.clone());
            let new = if sub.multi_valued { Value::List(vec![scalar]) } else { scalar };
            match parts.iter_mut().find(|(at, _)| at == index) {
                Some((_, Value::List(items))) if sub.multi_valued => items.push(Value::Scalar(compare.operand.clone())),
                // A sub-attribute cannot have two values.
                Some((_, other)) if *other != new => return None,
                Some(_) => {}
                None => parts.push((*index, new)),
            }
            Some(())
        }
        _ => None,
    }
}

/// Clears `primary` on the other elements. An operation may make only one element primary. This happens before the
/// value is written, because a flat struct may move the element when its type changes.
fn claim(session: &mut Session<'_>, list: &Target<'_>, matched: &[u32]) -> Result<(), Error> {
    let [element] = matched else {
        return Err(Error::invalid_value(format!(
            "the filter selects {} entries of `{}`, and only one can be primary",
            matched.len(),
            list.attribute.name
        )));
    };
    session.demote_others(list, *element)
}

/// Returns whether an action makes elements primary.
fn claims(action: &Action<'_, '_>, sub: Option<(u32, &Attribute)>) -> bool {
    let is_true = |action: &Action<'_, '_>| matches!(action, Action::Set(Scalar::Bool(true)));
    match (action, sub) {
        (action, Some((_, sub))) => is_true(action) && sub.is_primary(),
        (Action::Merge(parts), None) => parts.iter().any(|part| is_true(&part.action) && part.attribute.is_primary()),
        (_, None) => false,
    }
}

/// Writes to the matched elements: either one sub-attribute, or everything in the value.
fn write(
    session: &mut Session<'_>,
    list: &Target<'_>,
    elements: &Elements<'_, '_>,
    matched: &[u32],
    may_move: bool,
) -> Result<(), Error> {
    let empties = match &elements.action {
        Action::Clear | Action::ClearValue(_) | Action::RemoveListed(_) => true,
        Action::Merge(parts) => parts.iter().any(|part| matches!(part.action, Action::Clear)),
        _ => false,
    };
    let mut hollow = Vec::new();
    session.charge(matched.len())?;
    if matched.len() > 1 {
        session.tolerance().charge_growth(elements.action.to_value().size().saturating_mul(matched.len()))?;
    }
    session.expect_changes(list, matched.len());
    let mut moves = may_move.then(|| Moves::new(session, list));
    let mut changed = Vec::with_capacity(matched.len());
    for element in matched {
        let number = moves.as_ref().map_or(*element, |moves| moves.number(*element));
        let element = list.element(number);
        if may_move {
            session.charge_copy(&element);
        }
        session.part(|session| match elements.sub {
            None => session.act(&element, &elements.action),
            Some((index, sub)) => {
                let sub = element.sub(index, sub);
                session.guarded(&sub, |session| session.act(&sub, &elements.action))
            }
        })?;
        let stays = match &mut moves {
            Some(moves) => moves.has_stayed(session, list)?,
            None => true,
        };
        if stays {
            changed.push(number);
            if empties && session.is_hollow(&element) {
                hollow.push(number);
            }
        }
        // Charges work that was recorded when it could no longer be rejected.
        session.tolerance().check_visits()?;
    }
    // Elements that have only identifying sub-attributes left have no content.
    session.remove(list, &hollow)?;
    let identity = Identity::of(list.attribute);
    if changes_identity(identity, elements) {
        return match moves {
            Some(moves) => merge_twins(session, list, identity, &moves.with_moved(changed), Stays::First),
            None => merge_twins(session, list, identity, &changed, Stays::Written),
        };
    }
    Ok(())
}

/// Tracks the elements of a flat struct while changes move some of them. An element of the overflow field may move to
/// its own fields, so that those after it move up. Another may move from its fields to the end of the overflow field.
struct Moves {
    /// The number of elements that have their own fields.
    bound: u32,
    /// The length of the list.
    len: u32,
    /// The number of elements that left the overflow field.
    left: u32,
    /// The number of elements that joined the end of the overflow field.
    joined: u32,
}

impl Moves {
    fn new(session: &Session<'_>, list: &Target<'_>) -> Self {
        Self { bound: session.bound_elements(list), len: session.len(list), left: 0, joined: 0 }
    }

    /// Returns the current index of an element that was not changed yet. Elements are changed in order.
    fn number(&self, element: u32) -> u32 {
        element.saturating_sub(self.left)
    }

    /// Returns whether the element that was just changed neither left nor joined the overflow field.
    fn has_stayed(&mut self, session: &Session<'_>, list: &Target<'_>) -> Result<bool, Error> {
        let before = std::mem::replace(&mut self.len, session.len(list));
        let (left, joined) = (before.saturating_sub(self.len), self.len.saturating_sub(before));
        self.left = self.left.saturating_add(left);
        self.joined = self.joined.saturating_add(joined);
        if left > 0 {
            session.charge_move_up(list)?;
        }
        Ok(left == 0 && joined == 0)
    }

    /// Returns the changed elements, given those that did not leave or join the overflow field. Elements that moved to
    /// their own fields are among the first, and those that joined the overflow field are the last.
    fn with_moved(&self, stayed: Vec<u32>) -> Vec<u32> {
        let stayed = stayed.into_iter().filter(|element| *element >= self.bound);
        (0..self.bound).chain(stayed).chain(self.len.saturating_sub(self.joined)..self.len).collect()
    }
}

/// Which of several elements that became identical stays.
#[derive(Clone, Copy)]
enum Stays {
    /// The one that was written.
    Written,
    /// The first one, which may have its own fields.
    First,
}

/// Returns whether an action changes the identity of elements.
fn changes_identity(identity: Identity, elements: &Elements<'_, '_>) -> bool {
    let identifies = |index: u32| match identity {
        Identity::Value(value) => index == value,
        Identity::ValueAndType(value, kind) => index == value || Some(index) == kind,
        Identity::Whole => true,
    };
    match (&elements.action, elements.sub) {
        (_, Some((index, _))) => identifies(index),
        (Action::Merge(parts), None) => parts.iter().any(|part| identifies(part.index)),
        (_, None) => true,
    }
}

/// Returns whether a list is short and an element plainly differs from all others in it.
fn is_plainly_alone(session: &Session<'_>, list: &Target<'_>, identity: Identity, element: u32) -> bool {
    let Some(elements) = session.few_elements(list) else { return false };
    let value = session.value(&list.element(element));
    for (number, other) in elements {
        if number != element && !are_plainly_others(list.attribute, identity, &value, &other) {
            return false;
        }
    }
    true
}

/// Merges elements that became identical: a list is a set (RFC 7643 §2.4).
fn merge_twins(
    session: &mut Session<'_>,
    list: &Target<'_>,
    identity: Identity,
    changed: &[u32],
    stays: Stays,
) -> Result<(), Error> {
    for element in changed {
        if is_plainly_alone(session, list, identity, *element) {
            continue;
        }
        let twins = session.twins_of(list, *element)?;
        // Removed elements have no twins.
        if twins.contains(element) {
            let stays = match stays {
                Stays::Written => *element,
                Stays::First => twins.first().copied().unwrap_or(*element),
            };
            let others: Vec<u32> = twins.into_iter().filter(|twin| *twin != stays).collect();
            for other in &others {
                session.adopt(list, stays, *other)?;
            }
            session.take_out(list, &others)?;
        }
    }
    Ok(())
}

fn no_target(attribute: &Attribute) -> Error {
    Error::no_target(format!("no value of `{}` matches the filter", attribute.name))
}
