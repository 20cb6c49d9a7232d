//! Checks of values: simple values before they are assigned, objects when all of their sub-attributes are assigned.

use std::fmt::Display;

use super::{
    AttributeType, Edit, EditError, Reflect, ValueRef,
    traits::{InvalidObjects, checked},
};

/// Reports the objects of an attribute that fail a check. `whole` is the view of all of them. Absent values are not
/// checked, and simple values were checked before they were assigned. Derived code calls this function.
pub fn check_objects<T, E: Display>(
    values: &[T],
    whole: &ValueRef<'_>,
    place: &[u32],
    report: &mut InvalidObjects<'_>,
    check: impl Fn(&T) -> Result<(), E>,
) {
    for (index, value) in (0u32..).zip(values) {
        let view = match whole {
            ValueRef::List(list) => list.at(index),
            single => single.clone(),
        };
        if !matches!(&view, ValueRef::Complex(object) if !object.is_empty()) {
            continue;
        }
        if let Err(message) = check(value) {
            report(place, view, &message);
        }
    }
}

/// The same as [`checked`], for the content of an `Option`.
///
/// # Errors
///
/// The same as [`checked`].
pub fn checked_option<T, E: Display>(
    value: Option<T>,
    check: impl Fn(&T) -> Result<(), E>,
) -> Result<Option<T>, EditError> {
    value.map(|value| checked(value, check)).transpose()
}

/// Edits a list whose values must pass a check. Derived code calls this function.
///
/// # Errors
///
/// Fails as [`Reflect::edit`] does, and if the check rejects a value.
pub fn edit_checked<T: AttributeType, E: Display>(
    list: &mut Vec<T>,
    at: &[u32],
    edit: Edit<'_, '_>,
    check: impl Fn(&T) -> Result<(), E>,
) -> Result<u32, EditError> {
    match (at.split_first(), edit) {
        (_, edit) if T::IS_OBJECT => list.edit(at, edit),
        (None, Edit::Insert(node)) => {
            let index = list.len();
            list.push(checked(T::create(&[], Edit::Insert(node))?, check)?);
            Ok(u32::try_from(index).unwrap_or(u32::MAX))
        }
        (Some((index, rest)), edit) => {
            let item = usize::try_from(*index).ok().and_then(|index| list.get_mut(index));
            *item.ok_or(EditError::Unmapped)? = checked(T::create(rest, edit)?, check)?;
            Ok(*index)
        }
        (None, edit) => list.edit(at, edit),
    }
}
