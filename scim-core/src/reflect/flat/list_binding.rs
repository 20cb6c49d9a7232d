//! The elements of a multi-valued attribute: first the bound elements, then those of the overflow field.

use std::borrow::Cow;

use super::{ElementBinding, Fields, ListBinding, Tracker};
use crate::{
    collation,
    reflect::{Edit, EditError, ListRef, ObjectRef, Scalar, Value, ValueRef},
};

/// The result of an edit.
struct Changed {
    /// The index, after the edit, of the element that was changed or inserted.
    element: Option<u32>,
    /// What [`Reflect::edit`](crate::reflect::Reflect::edit) returns.
    answer: u32,
}

impl Changed {
    const NO_ELEMENT: Self = Self { element: None, answer: 0 };

    fn element(index: u32) -> Self {
        Self { element: Some(index), answer: index }
    }
}

impl ListBinding {
    pub(in crate::reflect) fn len(&self, fields: &dyn Fields) -> u32 {
        self.bound().saturating_add(self.overflow(fields).map_or(0, ListRef::len))
    }

    pub(in crate::reflect) fn is_empty(&self, fields: &dyn Fields) -> bool {
        self.groups.iter().all(|group| group.is_empty(fields)) && self.overflow(fields).is_none_or(ListRef::is_empty)
    }

    pub(in crate::reflect) fn at<'a>(&'static self, fields: &'a dyn Fields, index: u32) -> ValueRef<'a> {
        match self.group(index) {
            Some(group) if group.is_empty(fields) => ValueRef::ABSENT,
            Some(group) => ValueRef::Complex(ObjectRef::Element(fields, group)),
            None => self.overflow(fields).map_or(ValueRef::ABSENT, |list| list.at(self.in_overflow(index))),
        }
    }

    /// Returns the number of elements that have fields of their own.
    pub(super) fn bound(&self) -> u32 {
        self.groups.len().try_into().unwrap_or(u32::MAX)
    }

    pub(crate) fn group(&self, index: u32) -> Option<&'static ElementBinding> {
        self.groups.get(usize::try_from(index).ok()?)
    }

    /// Returns the index of an element within the overflow field.
    fn in_overflow(&self, index: u32) -> u32 {
        index.saturating_sub(self.bound())
    }

    fn overflow<'a>(&self, fields: &'a dyn Fields) -> Option<ListRef<'a>> {
        match fields.field(self.overflow?) {
            ValueRef::List(list) => Some(list),
            ValueRef::Scalar(_) | ValueRef::Complex(_) => None,
        }
    }

    pub(super) fn edit(
        &'static self,
        fields: &mut dyn Fields,
        tracker: &mut Tracker,
        at: &[u32],
        edit: Edit<'_, '_>,
    ) -> Result<u32, EditError> {
        let had_owner = self.owner(fields).is_some();
        let Changed { element, answer } = self.change(fields, tracker, at, edit)?;
        self.keep_fixed(fields, tracker, had_owner, element)?;
        Ok(answer)
    }

    /// Returns the existing element with a flag that the mapping fixes to `true`, and the flag.
    fn owner(&self, fields: &dyn Fields) -> Option<(u32, u32)> {
        (0u32..).zip(self.groups).find_map(|(index, group)| {
            let (sub, _) = group.fixed.iter().find(|(_, flag)| *flag)?;
            (!group.is_empty(fields)).then_some((index, *sub))
        })
    }

    fn carries(&'static self, fields: &dyn Fields, index: u32, flag: u32) -> bool {
        let is_true = |value: &ValueRef<'_>| matches!(value, ValueRef::Scalar(Scalar::Bool(true)));
        match self.group(index) {
            // Most bindings have no field for the flag, so the flag is checked before the existence of the element.
            Some(group) => is_true(&group.get(fields, flag)) && !group.is_empty(fields),
            None => is_true(&self.at(fields, index).at(&[flag])),
        }
    }

    /// Clears a flag on all other elements if the mapping fixes it on one that exists. While that element exists, only
    /// the changed element can have got the flag. When that element is created, any other may have the flag.
    fn keep_fixed(
        &'static self,
        fields: &mut dyn Fields,
        tracker: &mut Tracker,
        had_owner: bool,
        changed: Option<u32>,
    ) -> Result<(), EditError> {
        let Some((owner, flag)) = self.owner(fields) else {
            let flags = || self.groups.iter().flat_map(|group| group.fixed).filter(|(_, fixed)| *fixed);
            if let (Some(changed), Some(carriers)) = (changed, tracker.carriers(self)) {
                if flags().any(|(flag, _)| self.carries(fields, changed, *flag)) {
                    carriers.insert(changed);
                } else {
                    carriers.remove(&changed);
                }
            }
            return Ok(());
        };
        if had_owner {
            return match changed {
                Some(changed) if changed != owner => self.take_flag(fields, tracker, changed, flag),
                _ => Ok(()),
            };
        }
        match tracker.carriers(self) {
            Some(carriers) => {
                for index in std::mem::take(carriers).into_iter().filter(|index| *index != owner) {
                    self.take_flag(fields, tracker, index, flag)?;
                }
            }
            None => {
                for index in (0..self.len(fields)).filter(|index| *index != owner) {
                    self.take_flag(fields, tracker, index, flag)?;
                }
            }
        }
        tracker.none_carries(self);
        Ok(())
    }

    fn take_flag(
        &'static self,
        fields: &mut dyn Fields,
        tracker: &mut Tracker,
        index: u32,
        flag: u32,
    ) -> Result<(), EditError> {
        if self.carries(fields, index, flag) {
            self.change(fields, tracker, &[index, flag], Edit::Set(Scalar::Bool(false)))?;
        }
        Ok(())
    }

    fn change(
        &'static self,
        fields: &mut dyn Fields,
        tracker: &mut Tracker,
        at: &[u32],
        edit: Edit<'_, '_>,
    ) -> Result<Changed, EditError> {
        let Some((index, rest)) = at.split_first() else {
            return match edit {
                Edit::Set(Scalar::Absent) => self.clear(fields, tracker),
                Edit::Insert(node) => self.insert(fields, node).map(Changed::element),
                Edit::Remove(indices) => self.remove(fields, tracker, indices),
                Edit::Set(_) => Err(EditError::NOT_A_LIST),
            };
        };
        let Some(group) = self.group(*index) else { return self.edit_overflow(fields, tracker, *index, rest, edit) };
        match (rest.split_first(), edit) {
            (None, Edit::Set(Scalar::Absent)) => group.clear(fields).map(|()| Changed::element(*index)),
            (None, Edit::Insert(node)) => self.fill(fields, *index, group, node).map(Changed::element),
            (None, Edit::Set(_) | Edit::Remove(_)) => Err(EditError::NOT_AN_OBJECT),
            (Some((sub, rest)), edit) => self.edit_part(fields, (*index, group), *sub, rest, edit),
        }
    }

    /// Edits an element of the overflow field. An element that then matches a binding moves to its fields.
    fn edit_overflow(
        &'static self,
        fields: &mut dyn Fields,
        tracker: &mut Tracker,
        index: u32,
        rest: &[u32],
        edit: Edit<'_, '_>,
    ) -> Result<Changed, EditError> {
        let overflow = self.overflow.ok_or(EditError::Unmapped)?;
        let place = [&[self.in_overflow(index)], rest].concat();
        let selects = |sub: u32| self.groups.iter().any(|group| group.selected(sub).is_some());
        let may_move = match rest {
            [] => matches!(edit, Edit::Insert(_)),
            [sub] => selects(*sub),
            _ => false,
        };
        let is_new = matches!(edit, Edit::Insert(_)) && !rest.is_empty();
        let answer = fields.edit_field(overflow, &place, edit)?;
        if may_move && let Some(home) = self.leave_overflow(fields, tracker, overflow, index)? {
            return Ok(Changed::element(home));
        }
        Ok(Changed { element: Some(index), answer: if is_new { answer } else { index } })
    }

    /// Moves an element of the overflow field to the fields of its binding, if these are free and can hold all of it.
    fn leave_overflow(
        &'static self,
        fields: &mut dyn Fields,
        tracker: &mut Tracker,
        overflow: u16,
        index: u32,
    ) -> Result<Option<u32>, EditError> {
        let element = self.at(fields, index);
        let home = (0u32..).zip(self.groups).find(|(_, group)| group.is_named_by(&element));
        let Some((home, group)) = home.filter(|(_, group)| group.is_empty(fields)) else { return Ok(None) };
        let mut node = element.to_value();
        if group.lost(&node).is_some() {
            return Ok(None);
        }
        group.fill_or_clear(fields, &mut node)?;
        if group.is_empty(fields) {
            return Ok(None);
        }
        fields.edit_field(overflow, &[], Edit::Remove(&[self.in_overflow(index)]))?;
        tracker.removed(self, &[index]);
        Ok(Some(home))
    }

    fn edit_part(
        &'static self,
        fields: &mut dyn Fields,
        (index, group): (u32, &'static ElementBinding),
        sub: u32,
        rest: &[u32],
        edit: Edit<'_, '_>,
    ) -> Result<Changed, EditError> {
        let stays = Changed::element(index);
        if let Some(field) = group.field(sub) {
            let is_new = matches!(edit, Edit::Insert(_));
            let answer = fields.edit_field(field, rest, edit)?;
            return Ok(if is_new { Changed { answer, ..stays } } else { stays });
        }
        if let Some(selected) = group.selected(sub) {
            return match edit {
                Edit::Set(Scalar::Str(new)) if collation::eq_ignore_case(&new, selected) => Ok(stays),
                // There is no element to move.
                Edit::Set(Scalar::Str(_) | Scalar::Absent) if group.is_empty(fields) => Ok(stays),
                Edit::Set(Scalar::Str(new)) => self.move_element(fields, group, sub, Some(new)).map(Changed::element),
                // Only the overflow field holds an element without a `type`.
                Edit::Set(Scalar::Absent) if self.overflow.is_some() => {
                    self.move_element(fields, group, sub, None).map(Changed::element)
                }
                _ => Err(EditError::Fixed),
            };
        }
        if let Some(fixed) = self.fixed(group, sub) {
            return match edit {
                Edit::Set(Scalar::Bool(new)) if new == fixed => Ok(stays),
                Edit::Set(Scalar::Absent) if !fixed => Ok(stays),
                _ => Err(EditError::Fixed),
            };
        }
        Err(EditError::Unmapped)
    }

    /// Sets the given sub-attributes of a bound element. A sub-attribute of the selector may move it.
    fn fill(
        &'static self,
        fields: &mut dyn Fields,
        index: u32,
        group: &'static ElementBinding,
        node: &mut Value<'_>,
    ) -> Result<u32, EditError> {
        group.fill(fields, node)?;
        let Value::Complex(parts) = node else { return Ok(index) };
        let moves = parts.iter_mut().find_map(|(sub, part)| match (group.selected(*sub), part) {
            (Some(selected), Value::Scalar(Scalar::Str(new))) if !collation::eq_ignore_case(new, selected) => {
                Some((*sub, std::mem::take(new)))
            }
            _ => None,
        });
        match moves {
            Some((sub, new)) => self.move_element(fields, group, sub, Some(new)),
            None => Ok(index),
        }
    }

    /// Returns the fixed value of a flag. A flag that is fixed on one element is `false` on those without a field for
    /// it.
    fn fixed(&self, group: &ElementBinding, sub: u32) -> Option<bool> {
        let is_owned = || self.groups.iter().any(|other| other.fixed(sub) == Some(true));
        group.fixed(sub).or_else(|| is_owned().then_some(false))
    }

    /// Returns whether the mapping fixes all sub-attributes that an element has, whatever their values, and one is a
    /// flag.
    fn fixes(&self, group: &ElementBinding, node: &Value<'_>) -> bool {
        let Value::Complex(parts) = node else { return false };
        let is_fixed = |sub: u32| group.selected(sub).is_some() || self.fixed(group, sub).is_some();
        let mut flags = parts.iter().filter(|(sub, _)| self.fixed(group, *sub).is_some());
        flags.next().is_some() && parts.iter().all(|(sub, part)| part.is_absent() || is_fixed(*sub))
    }

    /// Moves a bound element whose `type` changes or is removed, with all of its sub-attributes or not at all. Its old
    /// fields are cleared after success.
    fn move_element(
        &'static self,
        fields: &mut dyn Fields,
        group: &'static ElementBinding,
        sub: u32,
        new: Option<Cow<'_, str>>,
    ) -> Result<u32, EditError> {
        if group.is_empty(fields) {
            return Err(EditError::Unmapped);
        }
        let Value::Complex(mut parts) = ValueRef::Complex(ObjectRef::Element(fields, group)).to_value() else {
            return Err(EditError::Unmapped);
        };
        parts.retain(|(index, _)| *index != sub && group.fixed(*index).is_none());
        if let Some(new) = new {
            parts.push((sub, Value::Scalar(Scalar::Str(Cow::Owned(new.into_owned())))));
        }
        let mut node = Value::Complex(parts);
        let home = (0u32..).zip(self.groups).find(|(_, group)| group.is_named_by(&node.view()));
        let mut obstacle = EditError::Unmapped;
        if let Some((index, home)) = home {
            if let Some(part) = home.lost(&node) {
                obstacle = EditError::UnmappedSub(part);
            } else if home.is_empty(fields) {
                home.fill_or_clear(fields, &mut node)?;
                group.clear(fields)?;
                return Ok(index);
            } else if home.holds(fields, &node) {
                group.clear(fields)?;
                return Ok(index);
            } else {
                obstacle = EditError::Occupied;
            }
        }
        let field = self.overflow.ok_or(obstacle)?;
        let index = add_whole(fields, field, &mut node)?;
        group.clear(fields)?;
        Ok(index.saturating_add(self.bound()))
    }

    fn clear(&'static self, fields: &mut dyn Fields, tracker: &mut Tracker) -> Result<Changed, EditError> {
        for group in self.groups {
            group.clear(fields)?;
        }
        if let Some(field) = self.overflow {
            fields.edit_field(field, &[], Edit::Set(Scalar::Absent))?;
        }
        tracker.none_carries(self);
        Ok(Changed::NO_ELEMENT)
    }

    fn remove(
        &'static self,
        fields: &mut dyn Fields,
        tracker: &mut Tracker,
        indices: &[u32],
    ) -> Result<Changed, EditError> {
        let split = indices.partition_point(|index| *index < self.bound());
        let (bound, others) = indices.split_at_checked(split).unwrap_or_default();
        for group in bound.iter().filter_map(|index| self.group(*index)) {
            group.clear(fields)?;
        }
        if let Some(field) = self.overflow.filter(|_| !others.is_empty()) {
            let others: Vec<u32> = others.iter().map(|index| self.in_overflow(*index)).collect();
            fields.edit_field(field, &[], Edit::Remove(&others))?;
        }
        tracker.removed(self, indices);
        Ok(Changed::NO_ELEMENT)
    }

    /// Puts a new element into its fields or the overflow field.
    fn insert(&self, fields: &mut dyn Fields, node: &mut Value<'_>) -> Result<u32, EditError> {
        let candidate = (0u32..).zip(self.groups).find(|(_, group)| group.takes(node));
        if let Some((index, group)) = candidate {
            if group.is_empty(fields) {
                group.fill(fields, node)?;
                if !group.is_empty(fields) {
                    return Ok(index);
                }
                // No sub-attribute of the element has a field here.
                if self.overflow.is_none() && self.fixes(group, node) {
                    return Err(EditError::Fixed);
                }
            } else if group.holds(fields, node) {
                return Ok(index);
            } else if self.overflow.is_none() {
                return Err(EditError::Occupied);
            }
        }
        let field = self.overflow.ok_or(EditError::Unmapped)?;
        let index = fields.edit_field(field, &[], Edit::Insert(node))?;
        Ok(index.saturating_add(self.bound()))
    }
}

/// Adds an element to the overflow field if that has a field for each of its sub-attributes.
fn add_whole(fields: &mut dyn Fields, overflow: u16, node: &mut Value<'_>) -> Result<u32, EditError> {
    let assigned: Vec<u32> = node.assigned().collect();
    let index = fields.edit_field(overflow, &[], Edit::Insert(node))?;
    let lost = assigned.into_iter().find(|sub| fields.field(overflow).at(&[index, *sub]).is_absent());
    let Some(lost) = lost else { return Ok(index) };
    fields.edit_field(overflow, &[], Edit::Remove(&[index]))?;
    Err(EditError::UnmappedSub(lost))
}
