//! A resource whose schema is known only at run time.

use std::fmt;

use super::{Edit, EditError, ObjectRef, Reflect, Scalar, Value, ValueRef};
/// A resource whose schema is known only at run time: a tree of values, addressed by the indices of its
/// [`ResourceType`](crate::schema::ResourceType).
///
/// A document does not know its resource type, so library code checks the type of a value against the resource type
/// first. (It does not enforce `canonicalValues`: those are suggestions, RFC 7643 §7, shown in `/Schemas`.) A document
/// does know the values that it holds. It rejects an edit with another shape with [`EditError::Expected`]: a simple
/// value instead of an object or a list, an element below a simple value, an object among simple elements. Only
/// `Edit::Set(Scalar::Absent)` replaces a value of any shape.
///
/// `Debug` shows which attributes have a value and of which kind, but not the values, because a document does not know
/// which of them are secret. [`to_json`](Self::to_json) shows the values.
#[derive(Clone, Default, PartialEq)]
pub struct Document {
    /// The assigned attributes, in ascending order of index at every level.
    parts: Vec<(u32, Value<'static>)>,
}

impl Document {
    /// Returns a document without any value.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Replaces the value at an index with an object.
    pub(super) fn put(&mut self, index: u32, object: Value<'_>) -> Result<u32, EditError> {
        if !matches!(object, Value::Complex(_)) {
            return Err(EditError::NOT_AN_OBJECT);
        }
        self.parts.retain(|(at, _)| *at != index);
        let object = tidy(object);
        if !object.is_absent() {
            let behind = self.parts.partition_point(|(at, _)| *at < index);
            self.parts.insert(behind, (index, object));
        }
        Ok(0)
    }
}

impl Reflect for Document {
    fn view(&self) -> ValueRef<'_> {
        ValueRef::Complex(ObjectRef::Detached(&self.parts))
    }

    fn edit(&mut self, at: &[u32], edit: Edit<'_, '_>) -> Result<u32, EditError> {
        match at.split_first() {
            Some((index, rest)) => edit_part(&mut self.parts, *index, rest, edit),
            None => match (edit, &mut self.parts) {
                (Edit::Set(Scalar::Absent), parts) => {
                    parts.clear();
                    Ok(0)
                }
                (Edit::Insert(node @ Value::Complex(_)), parts) => {
                    if let Value::Complex(new) = tidy(std::mem::take(node)) {
                        *parts = new;
                    }
                    Ok(0)
                }
                (Edit::Set(_) | Edit::Insert(_) | Edit::Remove(_), _) => Err(EditError::NOT_AN_OBJECT),
            },
        }
    }

    fn create(at: &[u32], edit: Edit<'_, '_>) -> Result<Self, EditError> {
        let mut new = Self::new();
        new.edit(at, edit)?;
        Ok(new)
    }
}

/// Edits the value at an index, and removes it if it ends up unassigned.
fn edit_part(
    parts: &mut Vec<(u32, Value<'static>)>,
    index: u32,
    rest: &[u32],
    edit: Edit<'_, '_>,
) -> Result<u32, EditError> {
    match parts.binary_search_by_key(&index, |(at, _)| *at) {
        Ok(found) => {
            let Some((_, node)) = parts.get_mut(found) else { return Err(EditError::Unmapped) };
            let result = edit_node(node, rest, edit)?;
            if is_unassigned(node) {
                parts.remove(found);
            }
            Ok(result)
        }
        Err(found) => {
            let mut node = Value::ABSENT;
            let result = edit_node(&mut node, rest, edit)?;
            if !is_unassigned(&node) {
                parts.insert(found, (index, node));
            }
            Ok(result)
        }
    }
}

fn edit_node(node: &mut Value<'static>, at: &[u32], edit: Edit<'_, '_>) -> Result<u32, EditError> {
    let Some((index, rest)) = at.split_first() else { return edit_here(node, edit) };
    match node {
        Value::List(items) => {
            let item = usize::try_from(*index).ok().and_then(|index| items.get_mut(index));
            // For an insert into a list within the item, returns the index of the new element.
            let is_new = matches!(edit, Edit::Insert(_)) && !rest.is_empty();
            let result = edit_node(item.ok_or(EditError::Unmapped)?, rest, edit)?;
            Ok(if is_new { result } else { *index })
        }
        Value::Complex(parts) => edit_part(parts, *index, rest, edit),
        Value::Scalar(Scalar::Absent) => {
            let mut parts = Vec::new();
            let result = edit_part(&mut parts, *index, rest, edit)?;
            if !parts.is_empty() {
                *node = Value::Complex(parts);
            }
            Ok(result)
        }
        Value::Scalar(_) => Err(EditError::NOT_AN_OBJECT),
    }
}

fn edit_here(node: &mut Value<'static>, edit: Edit<'_, '_>) -> Result<u32, EditError> {
    match (edit, &mut *node) {
        (Edit::Set(Scalar::Absent), _) => *node = Value::ABSENT,
        (Edit::Set(scalar), Value::Scalar(_)) => *node = Value::Scalar(scalar.into_owned()),
        (Edit::Set(_), Value::Complex(_)) => return Err(EditError::NOT_AN_OBJECT),
        (Edit::Remove(indices), Value::List(items)) => {
            let mut index = 0u32..;
            items.retain(|_| index.next().is_none_or(|index| indices.binary_search(&index).is_err()));
        }
        // There is nothing to remove.
        (Edit::Remove(_), Value::Scalar(Scalar::Absent)) => {}
        (Edit::Set(_), Value::List(_)) | (Edit::Remove(_), Value::Scalar(_) | Value::Complex(_)) => {
            return Err(EditError::NOT_A_LIST);
        }
        (Edit::Insert(new), _) => return insert(node, new),
    }
    Ok(0)
}

/// Appends an element. The first element creates the list. All elements have the same shape.
fn insert(node: &mut Value<'static>, new: &mut Value<'_>) -> Result<u32, EditError> {
    let last = match node {
        Value::List(items) => items.last(),
        Value::Scalar(Scalar::Absent) => None,
        Value::Scalar(_) | Value::Complex(_) => return Err(EditError::NOT_A_LIST),
    };
    match (last, &*new) {
        (_, Value::List(_)) => return Err(EditError::expected("one element, not an array")),
        (Some(Value::Complex(_)), Value::Scalar(_)) => return Err(EditError::NOT_AN_OBJECT),
        (Some(Value::Scalar(_)), Value::Complex(_)) => {
            return Err(EditError::expected("a simple value, not an object"));
        }
        _ => {}
    }
    let new = tidy(std::mem::take(new));
    match node {
        Value::List(items) => {
            items.push(new);
            Ok(items.len().saturating_sub(1).try_into().unwrap_or(u32::MAX))
        }
        Value::Scalar(_) | Value::Complex(_) => {
            *node = Value::List(vec![new]);
            Ok(0)
        }
    }
}

/// Returns an owned copy that contains only assigned values, in ascending order of index.
fn tidy(node: Value<'_>) -> Value<'static> {
    match node {
        Value::Scalar(scalar) => Value::Scalar(scalar.into_owned()),
        Value::Complex(parts) => {
            let mut tidied: Vec<_> = parts
                .into_iter()
                .filter(|(_, part)| !part.is_absent())
                .map(|(index, part)| (index, tidy(part)))
                .collect();
            tidied.sort_by_key(|(index, _)| *index);
            Value::Complex(tidied)
        }
        Value::List(items) => Value::List(items.into_iter().filter(|item| !item.is_absent()).map(tidy).collect()),
    }
}

fn is_unassigned(node: &Value<'_>) -> bool {
    match node {
        Value::Scalar(scalar) => scalar.is_absent(),
        Value::Complex(parts) => parts.is_empty(),
        Value::List(items) => items.is_empty(),
    }
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Document ")?;
        f.debug_map().entries(self.parts.iter().map(|(index, part)| (index, part))).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Value<'_> {
        Value::Scalar(Scalar::Str(text.into()))
    }

    fn set(document: &mut Document, at: &[u32], value: &'static str) -> Result<u32, EditError> {
        document.edit(at, Edit::Set(Scalar::Str(value.into())))
    }

    /// A text at 4, an object at 5, a list of objects at 6 with a list of texts within, a list of texts at 7.
    fn document() -> Document {
        let mut document = Document::new();
        assert_eq!(set(&mut document, &[4], "bjensen"), Ok(0));
        assert_eq!(set(&mut document, &[5, 0], "Barbara"), Ok(0));
        for value in ["a", "b"] {
            let labels = Value::List(vec![text("x"), text("y")]);
            let mut part = Value::Complex(vec![(1, labels), (0, text(value))]);
            assert!(document.edit(&[6], Edit::Insert(&mut part)).is_ok());
            assert!(document.edit(&[7], Edit::Insert(&mut text(value))).is_ok());
        }
        document
    }

    fn what(result: &Result<u32, EditError>) -> &str {
        match result {
            Err(EditError::Expected(what)) => what,
            _ => "",
        }
    }

    #[test]
    fn an_edit_with_another_shape_is_rejected_and_changes_nothing() {
        let before = document();
        let mut document = before.clone();
        let object = || Value::Complex(vec![(0, text("z"))]);
        for (place, expected) in [
            (&[5][..], "an object"),
            (&[6, 0], "an object"),
            (&[6], "an array"),
            (&[7], "an array"),
            (&[6, 0, 1], "an array"),
            (&[4, 0], "an object"),
            (&[7, 0, 0], "an object"),
            (&[6, 0, 0, 0], "an object"),
        ] {
            assert_eq!(what(&set(&mut document, place, "z")), expected, "{place:?}");
        }
        for (place, new, expected) in [
            (&[4][..], text("z"), "an array"),
            (&[5], object(), "an array"),
            (&[6, 0], object(), "an array"),
            (&[6], text("z"), "an object"),
            (&[7], object(), "a simple value, not an object"),
            (&[7], Value::List(vec![text("z")]), "one element, not an array"),
            (&[8], Value::List(vec![text("z")]), "one element, not an array"),
            (&[], text("z"), "an object"),
            (&[4, 0], text("z"), "an object"),
        ] {
            let mut given = new.clone();
            assert_eq!(what(&document.edit(place, Edit::Insert(&mut given))), expected, "{place:?}");
            assert_eq!(given, new);
        }
        for place in [&[4][..], &[5], &[6, 0], &[7, 0]] {
            assert_eq!(what(&document.edit(place, Edit::Remove(&[0]))), "an array", "{place:?}");
        }
        assert_eq!(document, before);
    }

    #[test]
    fn a_value_of_any_shape_can_be_unassigned() {
        for place in [4, 5, 6, 7, 8] {
            let mut document = document();
            assert_eq!(document.edit(&[place], Edit::Set(Scalar::Absent)), Ok(0));
            assert!(document.view().at(&[place]).is_absent());
            // Then it accepts any shape again.
            assert_eq!(set(&mut document, &[place], "z"), Ok(0));
        }
    }

    #[test]
    fn an_edit_returns_the_index_of_the_element() {
        let mut document = document();
        assert_eq!(document.edit(&[6], Edit::Insert(&mut Value::Complex(vec![(0, text("c"))]))), Ok(2));
        assert_eq!(set(&mut document, &[6, 1, 0], "d"), Ok(1));
        assert_eq!(set(&mut document, &[6, 1, 1, 0], "d"), Ok(1));
        assert_eq!(document.edit(&[6, 1, 1], Edit::Insert(&mut text("z"))), Ok(2));
        assert_eq!(document.view().at(&[6, 1, 1, 2]).into_str().as_deref(), Some("z"));
    }
}
