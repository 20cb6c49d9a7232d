//! Flat structs, whose fields hold sub-attributes and elements one by one.
//!
//! The derive macro generates a match that reads a field, a match that edits a field, and a table of [`Binding`]s. This
//! module interprets the table, so that a flat struct is read and edited as if it were nested:
//!
//! - The elements of a multi-valued attribute have fixed indices: first the bound elements in the order of their
//!   declaration, then the elements of the overflow field. A bound element without an assigned field is a hole.
//! - An element exists if one of its fields is assigned. Its selector (`type eq "work"`) and its fixed values are then
//!   part of it, but do not create it.
//! - A new element goes to the free binding whose selector it matches. An element without a `type` goes to the binding
//!   marked [`untyped`](ElementBinding::untyped). All others go to the overflow field. If there is none, the edit
//!   fails.
//! - An element whose `type` changes moves. A bound element moves to the free binding of its new type, otherwise to the
//!   overflow field, otherwise the edit fails. An element of the overflow field moves to the free binding of its new
//!   type, otherwise it stays. Neither moves to a binding that lacks a field for one of its sub-attributes, so that a
//!   change of `type` loses nothing. Elements of the overflow field do not move when a binding becomes free, nor to the
//!   `untyped` binding when they lose their `type`.
//! - While an element with a fixed flag (`primary`) exists, no other element has that flag. An element without a field
//!   for the flag never has it.

mod element_binding;
mod list_binding;
#[cfg(test)]
#[cfg(feature = "derive")]
mod tests;
mod tracker;

use super::{Edit, EditError, ListRef, ObjectRef, Scalar, ValueRef};

pub use tracker::Tracker;

/// The fields of a flat struct, by index. Derived.
pub trait Fields: Send + Sync {
    /// Returns the field at an index.
    fn field(&self, index: u16) -> ValueRef<'_>;
    /// Makes an edit of a field.
    ///
    /// # Errors
    ///
    /// The same as [`Reflect::edit`](super::Reflect::edit).
    fn edit_field(&mut self, index: u16, at: &[u32], edit: Edit<'_, '_>) -> Result<u32, EditError>;
}

/// The location of an attribute in a flat struct. A table has one for each attribute, in the order of the schema.
#[derive(Debug)]
pub enum Binding {
    /// The attribute has no field.
    Unbound,
    /// A field, which may itself be complex or a list.
    Field(u16),
    /// A complex attribute whose sub-attributes are bound one by one.
    Object(&'static [Binding]),
    /// A multi-valued attribute whose elements are bound one by one.
    Elements(ListBinding),
    /// A field that holds [`DynamicExtensions`](super::DynamicExtensions), for this attribute and all after it. It is
    /// the last in its table.
    Dynamic(u16),
}

/// The location of the elements of a multi-valued attribute.
#[derive(Debug)]
pub struct ListBinding {
    /// The elements that have fields of their own.
    pub groups: &'static [ElementBinding],
    /// The field for all other elements, a `Vec` of a complex type.
    pub overflow: Option<u16>,
}

/// The fields of one element of a multi-valued attribute.
#[derive(Debug)]
pub struct ElementBinding {
    /// The sub-attributes that identify the element, such as `type` with `work`.
    pub selector: &'static [(u32, &'static str)],
    /// The flags that the mapping fixes, such as `primary` with `true`.
    pub fixed: &'static [(u32, bool)],
    /// The sub-attributes that have a field.
    pub fields: &'static [(u32, u16)],
    /// Whether this is the binding for an element without any of the selector's sub-attributes.
    pub untyped: bool,
}

/// Returns the value of an attribute of a flat struct.
pub(super) fn get<'a>(fields: &'a dyn Fields, binds: &'static [Binding], index: u32) -> ValueRef<'a> {
    match bind_at(binds, index) {
        None | Some(Binding::Unbound) => ValueRef::ABSENT,
        Some(Binding::Field(field)) => fields.field(*field),
        Some(Binding::Object(binds)) => ValueRef::Complex(ObjectRef::Bound(fields, binds)),
        Some(Binding::Elements(elements)) => ValueRef::List(ListRef::Bound(fields, elements)),
        Some(Binding::Dynamic(field)) => fields.field(*field).at(&[index]),
    }
}

/// Returns one more than the highest index that may hold a value.
pub(super) fn len(fields: &dyn Fields, binds: &'static [Binding]) -> u32 {
    let bound = binds.len().try_into().unwrap_or(u32::MAX);
    match binds.last() {
        Some(Binding::Dynamic(field)) => match fields.field(*field) {
            ValueRef::Complex(object) => object.len().max(bound.saturating_sub(1)),
            ValueRef::Scalar(_) | ValueRef::List(_) => bound,
        },
        _ => bound,
    }
}

/// Implements [`Reflect::edit`](super::Reflect::edit) for a flat struct.
///
/// # Errors
///
/// The same as [`Reflect::edit`](super::Reflect::edit).
pub fn edit(
    fields: &mut dyn Fields,
    binds: &'static [Binding],
    at: &[u32],
    edit: Edit<'_, '_>,
) -> Result<u32, EditError> {
    edit_tracked(fields, binds, &mut Tracker::default(), at, edit)
}

/// Implements [`Reflect::edit_tracked`](super::Reflect::edit_tracked) for a flat struct.
///
/// # Errors
///
/// The same as [`Reflect::edit`](super::Reflect::edit).
pub fn edit_tracked(
    fields: &mut dyn Fields,
    binds: &'static [Binding],
    tracker: &mut Tracker,
    at: &[u32],
    edit: Edit<'_, '_>,
) -> Result<u32, EditError> {
    let Some((index, rest)) = at.split_first() else { return edit_object(fields, binds, tracker, edit) };
    match bind_at(binds, *index) {
        None | Some(Binding::Unbound) => Err(EditError::Unmapped),
        Some(Binding::Field(field)) => fields.edit_field(*field, rest, edit),
        Some(Binding::Object(binds)) => edit_tracked(fields, binds, tracker, rest, edit),
        Some(Binding::Elements(elements)) => elements.edit(fields, tracker, rest, edit),
        Some(Binding::Dynamic(field)) => fields.edit_field(*field, at, edit),
    }
}

/// Clears or fills a whole object.
fn edit_object(
    fields: &mut dyn Fields,
    binds: &'static [Binding],
    tracker: &mut Tracker,
    edit: Edit<'_, '_>,
) -> Result<u32, EditError> {
    match edit {
        Edit::Set(Scalar::Absent) => {
            for index in 0..len(fields, binds) {
                ignore_no_place(edit_tracked(fields, binds, tracker, &[index], Edit::Set(Scalar::Absent)))?;
            }
            Ok(0)
        }
        Edit::Insert(node) => {
            super::edit::fill_with(node, &mut |at, edit| edit_tracked(fields, binds, tracker, at, edit))
        }
        Edit::Set(_) | Edit::Remove(_) => Err(EditError::NOT_AN_OBJECT),
    }
}

fn bind_at(binds: &'static [Binding], index: u32) -> Option<&'static Binding> {
    let rest = || binds.last().filter(|last| matches!(last, Binding::Dynamic(_)));
    binds.get(usize::try_from(index).ok()?).or_else(rest)
}

fn ignore_no_place(result: Result<u32, EditError>) -> Result<u32, EditError> {
    match result {
        Err(EditError::Unmapped) => Ok(0),
        other => other,
    }
}
