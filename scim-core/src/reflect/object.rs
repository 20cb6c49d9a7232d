//! Edits of whole structs, for their implementations of [`Reflect`].

use super::{Edit, EditError, Reflect, Scalar, edit::fill_with};

/// Makes an edit of a struct at a place that is in none of its fields. It succeeds only for the whole object.
///
/// # Errors
///
/// The same as [`Reflect::edit`].
pub fn whole(target: &mut dyn Reflect, len: u32, place: &[u32], edit: Edit<'_, '_>) -> Result<u32, EditError> {
    if place.is_empty() { edit_object(target, len, edit) } else { Err(EditError::Unmapped) }
}

/// Makes an edit of a whole object with `len` sub-attributes: unassigns or fills them one by one.
///
/// An implementation of [`Reflect::edit`] that is written by hand calls this where the place is empty.
///
/// # Errors
///
/// The same as [`Reflect::edit`].
pub fn edit_object(target: &mut dyn Reflect, len: u32, edit: Edit<'_, '_>) -> Result<u32, EditError> {
    match edit {
        Edit::Set(Scalar::Absent) => {
            for index in 0..len {
                // An index without a field has nothing to unassign.
                match target.edit(&[index], Edit::Set(Scalar::Absent)) {
                    Ok(_) | Err(EditError::Unmapped) => {}
                    Err(error) => return Err(error),
                }
            }
            Ok(0)
        }
        Edit::Insert(value) => fill_with(value, &mut |at, edit| target.edit(at, edit)),
        Edit::Set(_) | Edit::Remove(_) => Err(EditError::NOT_AN_OBJECT),
    }
}

/// Implements [`Reflect::create`] for a struct, given a new one.
///
/// # Errors
///
/// The same as [`Reflect::edit`].
pub fn create<T: Reflect>(mut new: T, at: &[u32], edit: Edit<'_, '_>) -> Result<T, EditError> {
    new.edit(at, edit)?;
    Ok(new)
}
