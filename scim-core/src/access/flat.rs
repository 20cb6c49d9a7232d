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
//! - An element whose `type` changes belongs somewhere else from then on. A bound element moves to the free group of its
//!   new type, else to the overflow, else the change is refused. An entry of the overflow moves to the free group of its
//!   new type, else it stays: as for a new element, a group that is in use leaves the overflow as the place. Neither moves
//!   to a group that has no field for one of its parts, so that a change of `type` loses nothing. Entries of the overflow
//!   do not move when a group becomes free, nor to the `untyped` group when they lose their `type`.
//! - While an element with a fixed flag (`primary`) exists, no other element has that flag; those without a field for it
//!   never have it.

mod elements;
mod group;
#[cfg(test)]
#[cfg(feature = "derive")]
mod tests;
mod tracker;

use super::{Edit, Fields, List, Object, Refused, Scalar, Value};

pub use tracker::Tracker;

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
    edit_tracked(fields, binds, &mut Tracker::default(), at, edit)
}

/// As [`edit`], where many edits follow each other; what the derived `Access::edit_tracked` calls.
///
/// # Errors
///
/// As [`Access::edit`](super::Access::edit).
pub fn edit_tracked(
    fields: &mut dyn Fields,
    binds: &'static [Bind],
    tracker: &mut Tracker,
    at: &[u32],
    edit: Edit<'_, '_>,
) -> Result<u32, Refused> {
    let Some((index, rest)) = at.split_first() else { return edit_object(fields, binds, tracker, edit) };
    match bind_at(binds, *index) {
        None | Some(Bind::Unbound) => Err(Refused::NoPlace),
        Some(Bind::Field(field)) => fields.edit_field(*field, rest, edit),
        Some(Bind::Object(binds)) => edit_tracked(fields, binds, tracker, rest, edit),
        Some(Bind::Elements(elements)) => elements.edit(fields, tracker, rest, edit),
        Some(Bind::Dynamic(field)) => fields.edit_field(*field, at, edit),
    }
}

/// Clears or fills a whole object.
fn edit_object(
    fields: &mut dyn Fields,
    binds: &'static [Bind],
    tracker: &mut Tracker,
    edit: Edit<'_, '_>,
) -> Result<u32, Refused> {
    match edit {
        Edit::Set(Scalar::Absent) => {
            for index in 0..len(fields, binds) {
                ignore_no_place(edit_tracked(fields, binds, tracker, &[index], Edit::Set(Scalar::Absent)))?;
            }
            Ok(0)
        }
        Edit::Insert(node) => {
            super::standard::fill_with(node, &mut |at, edit| edit_tracked(fields, binds, tracker, at, edit))
        }
        Edit::Set(_) | Edit::Remove(_) => Err(super::standard::NOT_AN_OBJECT),
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
