//! Flat structs: a row of fields that are bound to the attributes of a resource.
//!
//! The derive macro writes two matches (read a field, change a field) and a table; what the table means stands here,
//! once. A flat struct is then read and changed as if it were nested:
//!
//! - **Elements** of a multi-valued attribute have fixed numbers: the bound groups in the order of their declaration,
//!   then the entries of the overflow field. A group none of whose fields is assigned is a hole.
//! - An element exists when one of its fields is assigned. Its selector (`type eq "work"`) and its fixed values are
//!   then shown with it; they never make one.
//! - A new element goes to the free group whose selector it matches, an element without a `type` to the group marked
//!   [`untyped`](Group::untyped); else to the overflow. Without a place it is refused.
//! - While an element with a fixed flag (`primary`) exists, no other element has that flag; those without a field for it
//!   never have it.

use std::borrow::Cow;

use super::{Edit, Fields, List, Node, Object, Refused, Scalar, Value};
use crate::text;

/// Where an attribute of a flat struct lives; a table holds one for each attribute, in the order of the schema.
#[derive(Debug)]
pub enum Bind {
    /// Nowhere: the attribute has no field.
    Unbound,
    /// In a field, which may itself be complex or a list.
    Field(u16),
    /// A complex attribute whose parts are bound one by one.
    Object(&'static [Bind]),
    /// A multi-valued attribute whose elements are bound one by one.
    Elements(Elements),
    /// This attribute and all behind it are in a field that holds [`DynamicExtensions`](super::DynamicExtensions); the
    /// last of a table.
    Dynamic(u16),
}

/// The elements of a multi-valued attribute.
#[derive(Debug)]
pub struct Elements {
    /// The elements that have fields of their own.
    pub groups: &'static [Group],
    /// A field that takes every other element, a `Vec` of a complex type.
    pub overflow: Option<u16>,
}

/// One element of a multi-valued attribute, with its fields.
#[derive(Debug)]
pub struct Group {
    /// The sub-attributes that tell which element this is, such as `type` with `work`.
    pub selector: &'static [(u32, &'static str)],
    /// Flags that the mapping fixes, such as `primary` with `true`.
    pub fixed: &'static [(u32, bool)],
    /// The sub-attributes that have a field.
    pub fields: &'static [(u32, u16)],
    /// Whether an element without any of the selector's sub-attributes belongs here.
    pub untyped: bool,
}

/// The value of an attribute of a flat struct.
pub(super) fn get<'a>(fields: &'a dyn Fields, binds: &'static [Bind], index: u32) -> Value<'a> {
    match bind_at(binds, index) {
        None | Some(Bind::Unbound) => Value::ABSENT,
        Some(Bind::Field(field)) => fields.field(*field),
        Some(Bind::Object(binds)) => Value::Complex(Object::Bound(fields, binds)),
        Some(Bind::Elements(elements)) => Value::List(List::Bound(fields, elements)),
        Some(Bind::Dynamic(field)) => fields.field(*field).at(&[index]),
    }
}

/// One more than the highest index that may hold a value.
pub(super) fn len(fields: &dyn Fields, binds: &'static [Bind]) -> u32 {
    let bound = binds.len().try_into().unwrap_or(u32::MAX);
    match binds.last() {
        Some(Bind::Dynamic(field)) => match fields.field(*field) {
            Value::Complex(object) => object.len().max(bound.saturating_sub(1)),
            Value::Scalar(_) | Value::List(_) => bound,
        },
        _ => bound,
    }
}

/// Changes a flat struct; what the derived `Access::edit` calls.
///
/// # Errors
///
/// As [`Access::edit`](super::Access::edit).
pub fn edit(fields: &mut dyn Fields, binds: &'static [Bind], at: &[u32], edit: Edit<'_, '_>) -> Result<u32, Refused> {
    let Some((index, rest)) = at.split_first() else { return edit_object(fields, binds, edit) };
    match bind_at(binds, *index) {
        None | Some(Bind::Unbound) => Err(Refused::NoPlace),
        Some(Bind::Field(field)) => fields.edit_field(*field, rest, edit),
        Some(Bind::Object(binds)) => self::edit(fields, binds, rest, edit),
        Some(Bind::Elements(elements)) => elements.edit(fields, rest, edit),
        Some(Bind::Dynamic(field)) => fields.edit_field(*field, at, edit),
    }
}

/// Clears or fills a whole object.
fn edit_object(fields: &mut dyn Fields, binds: &'static [Bind], edit: Edit<'_, '_>) -> Result<u32, Refused> {
    match edit {
        Edit::Set(Scalar::Absent) => {
            for index in 0..len(fields, binds) {
                ignore_no_place(self::edit(fields, binds, &[index], Edit::Set(Scalar::Absent)))?;
            }
            Ok(0)
        }
        Edit::Insert(node) => super::standard::fill_with(node, &mut |at, edit| self::edit(fields, binds, at, edit)),
        Edit::Set(_) | Edit::Remove(_) => Err(super::standard::NOT_AN_OBJECT),
    }
}

impl Elements {
    pub(super) fn len(&self, fields: &dyn Fields) -> u32 {
        self.bound().saturating_add(self.overflow(fields).map_or(0, List::len))
    }

    pub(super) fn at<'a>(&'static self, fields: &'a dyn Fields, index: u32) -> Value<'a> {
        match self.group(index) {
            Some(group) if group.is_empty(fields) => Value::ABSENT,
            Some(group) => Value::Complex(Object::Element(fields, group)),
            None => self.overflow(fields).map_or(Value::ABSENT, |list| list.at(index.saturating_sub(self.bound()))),
        }
    }

    fn bound(&self) -> u32 {
        self.groups.len().try_into().unwrap_or(u32::MAX)
    }

    pub(crate) fn group(&self, index: u32) -> Option<&'static Group> {
        self.groups.get(usize::try_from(index).ok()?)
    }

    fn overflow<'a>(&self, fields: &'a dyn Fields) -> Option<List<'a>> {
        match fields.field(self.overflow?) {
            Value::List(list) => Some(list),
            Value::Scalar(_) | Value::Complex(_) => None,
        }
    }

    fn edit(&'static self, fields: &mut dyn Fields, at: &[u32], edit: Edit<'_, '_>) -> Result<u32, Refused> {
        let answer = self.edit_elements(fields, at, edit)?;
        self.keep_fixed(fields)?;
        Ok(answer)
    }

    /// Takes a flag from the other elements that the mapping fixes on one that exists.
    fn keep_fixed(&'static self, fields: &mut dyn Fields) -> Result<(), Refused> {
        let fixed = (0u32..).zip(self.groups).find_map(|(index, group)| {
            let (sub, _) = group.fixed.iter().find(|(_, flag)| *flag)?;
            (!group.is_empty(fields)).then_some((index, *sub))
        });
        let Some((owner, sub)) = fixed else { return Ok(()) };
        for index in (0..self.len(fields)).filter(|index| *index != owner) {
            if matches!(self.at(fields, index).at(&[sub]), Value::Scalar(Scalar::Bool(true))) {
                self.edit_elements(fields, &[index, sub], Edit::Set(Scalar::Bool(false)))?;
            }
        }
        Ok(())
    }

    fn edit_elements(&self, fields: &mut dyn Fields, at: &[u32], edit: Edit<'_, '_>) -> Result<u32, Refused> {
        let Some((index, rest)) = at.split_first() else {
            return match edit {
                Edit::Set(Scalar::Absent) => self.clear(fields),
                Edit::Insert(node) => self.insert(fields, node),
                Edit::Remove(indices) => self.remove(fields, indices),
                Edit::Set(_) => Err(super::standard::NOT_A_LIST),
            };
        };
        let Some(group) = self.group(*index) else {
            let overflow = self.overflow.ok_or(Refused::NoPlace)?;
            let mut place = Vec::with_capacity(at.len());
            place.push(index.saturating_sub(self.bound()));
            place.extend_from_slice(rest);
            return fields.edit_field(overflow, &place, edit);
        };
        match (rest.split_first(), edit) {
            (None, Edit::Set(Scalar::Absent)) => group.clear(fields).map(|()| 0),
            (None, Edit::Insert(node)) => group.fill(fields, node).map(|()| *index),
            (None, Edit::Set(_) | Edit::Remove(_)) => Err(super::standard::NOT_AN_OBJECT),
            (Some((sub, rest)), edit) => self.edit_part(fields, group, *sub, rest, edit).map(|()| *index),
        }
    }

    fn edit_part(
        &self,
        fields: &mut dyn Fields,
        group: &'static Group,
        sub: u32,
        rest: &[u32],
        edit: Edit<'_, '_>,
    ) -> Result<(), Refused> {
        if let Some(field) = group.field(sub) {
            return fields.edit_field(field, rest, edit).map(drop);
        }
        if let Some(selected) = group.selected(sub) {
            return match edit {
                Edit::Set(Scalar::Str(new)) if text::same_fold(&new, selected) => Ok(()),
                Edit::Set(Scalar::Str(new)) => self.move_element(fields, group, sub, new),
                // `type` cannot be cleared: it says which fields these are.
                _ => Err(Refused::Fixed),
            };
        }
        if let Some(fixed) = self.fixed(group, sub) {
            return match edit {
                Edit::Set(Scalar::Bool(new)) if new == fixed => Ok(()),
                Edit::Set(Scalar::Absent) if !fixed => Ok(()),
                _ => Err(Refused::Fixed),
            };
        }
        Err(Refused::NoPlace)
    }

    /// What the mapping says of a flag: one that an element always has is false for those without a field for it.
    fn fixed(&self, group: &Group, sub: u32) -> Option<bool> {
        let is_owned = || self.groups.iter().any(|other| other.fixed(sub) == Some(true));
        group.fixed(sub).or_else(|| is_owned().then_some(false))
    }

    /// Whether all that an element says, right or wrong, is fixed by the mapping, and a flag is among it.
    fn fixes(&self, group: &Group, node: &Node<'_>) -> bool {
        let Node::Complex(parts) = node else { return false };
        let is_fixed = |sub: u32| group.selected(sub).is_some() || self.fixed(group, sub).is_some();
        let mut flags = parts.iter().filter(|(sub, _)| self.fixed(group, *sub).is_some());
        flags.next().is_some() && parts.iter().all(|(sub, part)| part.is_absent() || is_fixed(*sub))
    }

    /// `emails[type eq "work"].type` becomes `home`: the element moves; its old fields are cleared after success.
    fn move_element(
        &self,
        fields: &mut dyn Fields,
        group: &'static Group,
        sub: u32,
        new: Cow<'_, str>,
    ) -> Result<(), Refused> {
        let Node::Complex(mut parts) = Value::Complex(Object::Element(fields, group)).to_node() else {
            return Err(Refused::NoPlace);
        };
        parts.retain(|(index, _)| *index != sub && group.fixed(*index).is_none());
        parts.push((sub, Node::Scalar(Scalar::Str(Cow::Owned(new.into_owned())))));
        self.insert(fields, &mut Node::Complex(parts))?;
        group.clear(fields)
    }

    fn clear(&self, fields: &mut dyn Fields) -> Result<u32, Refused> {
        for group in self.groups {
            group.clear(fields)?;
        }
        match self.overflow {
            Some(field) => fields.edit_field(field, &[], Edit::Set(Scalar::Absent)),
            None => Ok(0),
        }
    }

    fn remove(&self, fields: &mut dyn Fields, indices: &[u32]) -> Result<u32, Refused> {
        let split = indices.partition_point(|index| *index < self.bound());
        let (bound, others) = indices.split_at_checked(split).unwrap_or_default();
        for group in bound.iter().filter_map(|index| self.group(*index)) {
            group.clear(fields)?;
        }
        match self.overflow {
            Some(field) if !others.is_empty() => {
                let others: Vec<u32> = others.iter().map(|index| index.saturating_sub(self.bound())).collect();
                fields.edit_field(field, &[], Edit::Remove(&others))
            }
            _ => Ok(0),
        }
    }

    /// Puts a new element where it belongs.
    fn insert(&self, fields: &mut dyn Fields, node: &mut Node<'_>) -> Result<u32, Refused> {
        let candidate = (0u32..).zip(self.groups).find(|(_, group)| group.takes(node));
        if let Some((index, group)) = candidate {
            if group.is_empty(fields) {
                group.fill(fields, node)?;
                if !group.is_empty(fields) {
                    return Ok(index);
                }
                // Nothing of the element has a field here.
                if self.overflow.is_none() && self.fixes(group, node) {
                    return Err(Refused::Fixed);
                }
            } else if group.holds(fields, node) {
                return Ok(index);
            } else if self.overflow.is_none() {
                return Err(Refused::Occupied);
            }
        }
        let field = self.overflow.ok_or(Refused::NoPlace)?;
        let index = fields.edit_field(field, &[], Edit::Insert(node))?;
        Ok(index.saturating_add(self.bound()))
    }
}

impl Group {
    pub(super) fn len(&self) -> u32 {
        let indices = self.selector.iter().map(|(sub, _)| *sub);
        let indices =
            indices.chain(self.fixed.iter().map(|(sub, _)| *sub)).chain(self.fields.iter().map(|(sub, _)| *sub));
        indices.max().map_or(0, |highest| highest.saturating_add(1))
    }

    pub(super) fn is_empty(&self, fields: &dyn Fields) -> bool {
        self.fields.iter().all(|(_, field)| fields.field(*field).is_absent())
    }

    pub(super) fn get<'a>(&'static self, fields: &'a dyn Fields, sub: u32) -> Value<'a> {
        if let Some(field) = self.field(sub) {
            return fields.field(field);
        }
        if let Some(selected) = self.selected(sub) {
            return Value::Scalar(Scalar::Str(Cow::Borrowed(selected)));
        }
        self.fixed(sub).map_or(Value::ABSENT, |fixed| Value::Scalar(Scalar::Bool(fixed)))
    }

    pub(crate) fn field(&self, sub: u32) -> Option<u16> {
        self.fields.iter().find(|(index, _)| *index == sub).map(|(_, field)| *field)
    }

    pub(crate) fn selected(&self, sub: u32) -> Option<&'static str> {
        self.selector.iter().find(|(index, _)| *index == sub).map(|(_, value)| *value)
    }

    pub(crate) fn fixed(&self, sub: u32) -> Option<bool> {
        self.fixed.iter().find(|(index, _)| *index == sub).map(|(_, value)| *value)
    }

    fn clear(&self, fields: &mut dyn Fields) -> Result<(), Refused> {
        self.fields
            .iter()
            .try_for_each(|(_, field)| fields.edit_field(*field, &[], Edit::Set(Scalar::Absent)).map(drop))
    }

    /// Whether an element belongs here: it matches the selector, or names none of it and this group takes those.
    pub(crate) fn takes(&self, node: &Node<'_>) -> bool {
        let named = |sub: u32| node.part(sub).filter(|part| !part.is_absent());
        if self.untyped && self.selector.iter().all(|(sub, _)| named(*sub).is_none()) {
            return true;
        }
        self.selector.iter().all(
            |(sub, value)| matches!(named(*sub), Some(Node::Scalar(Scalar::Str(text))) if text::same_fold(text, value)),
        )
    }

    /// Whether the fields hold just what they would if the element were put here.
    fn holds(&self, fields: &dyn Fields, node: &Node<'_>) -> bool {
        self.fields.iter().all(|(sub, field)| {
            let part = node.part(*sub).map_or(Value::ABSENT, Node::view);
            match (fields.field(*field), part) {
                (Value::Scalar(Scalar::Absent), Value::Scalar(Scalar::Bool(false))) => true,
                (Value::Scalar(present), Value::Scalar(part)) => present == part,
                (present, part) => present.is_absent() && part.is_absent(),
            }
        })
    }

    /// Sets every part that has a field; what the mapping says anyway, and parts without a field, are left out.
    fn fill(&self, fields: &mut dyn Fields, node: &mut Node<'_>) -> Result<(), Refused> {
        let Node::Complex(parts) = node else { return Err(super::standard::NOT_AN_OBJECT) };
        for (sub, part) in parts {
            if let Some(field) = self.field(*sub) {
                super::standard::put(part, &mut |at, edit| fields.edit_field(field, at, edit))?;
            }
        }
        Ok(())
    }
}

fn bind_at(binds: &'static [Bind], index: u32) -> Option<&'static Bind> {
    let rest = || binds.last().filter(|last| matches!(last, Bind::Dynamic(_)));
    binds.get(usize::try_from(index).ok()?).or_else(rest)
}

fn ignore_no_place(result: Result<u32, Refused>) -> Result<u32, Refused> {
    match result {
        Err(Refused::NoPlace) => Ok(0),
        other => other,
    }
}
