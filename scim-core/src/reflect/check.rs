//! Checks of values: of simple ones before they are taken, of objects when all of their parts are there.

use std::fmt::Display;

use super::{AttributeType, Edit, EditError, Reflect, ValueRef, convert::refused};

/// Receives an object that failed a check: the place of its attribute, the object, and what is expected.
pub type InvalidObjects<'t> = dyn FnMut(&[u32], ValueRef<'_>, &dyn Display) + 't;

/// Has a check look at the objects of an attribute, `whole` being the view of all of them; derived code calls it. No value
/// is nothing to look at, and simple values were looked at before they were taken.
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

/// What a value has to pass before it is taken; derived code calls it.
///
/// # Errors
///
/// What the check refuses.
pub fn checked<T, E: Display>(value: T, check: impl Fn(&T) -> Result<(), E>) -> Result<T, EditError> {
    check(&value).map_err(|message| refused(&message))?;
    Ok(value)
}

/// As [`checked`], for what an `Option` holds.
///
/// # Errors
///
/// As [`checked`].
pub fn checked_option<T, E: Display>(
    value: Option<T>,
    check: impl Fn(&T) -> Result<(), E>,
) -> Result<Option<T>, EditError> {
    value.map(|value| checked(value, check)).transpose()
}

/// Changes a list whose values have to pass a check; derived code calls it.
///
/// # Errors
///
/// As [`Reflect::edit`], and what the check refuses.
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
