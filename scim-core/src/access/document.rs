//! A resource whose schema is known only at run time.

use std::{borrow::Cow, fmt};

use super::{Access, Edit, Node, Object, Refused, Scalar, Value, standard};
/// A resource whose schema is known only at run time: a tree of values, addressed by the indices of its
/// [`ResourceType`](crate::schema::ResourceType).
///
/// It does not know its resource type, so library code asks that for the type of a value first. (Not whether the value is
/// one of the `canonicalValues`: those are suggestions, RFC 7643 §7, shown in `/Schemas` and not enforced.) What the
/// document holds already it does know, and it refuses an edit of another shape with [`Refused::Value`]: a simple value in
/// the place of an object or a list, an element below a simple value, an object among simple elements. Only
/// `Edit::Set(Scalar::Absent)` replaces a value of whatever shape.
///
/// `Debug` shows which attributes have a value and of which kind, and no value, because a document does not know which of
/// them are secret. [`to_json`](Self::to_json) shows the values.
#[derive(Clone, Default, PartialEq)]
pub struct Document {
    /// The assigned attributes; ascending by index at every level.
    parts: Vec<(u32, Node<'static>)>,
}

impl Document {
    /// A document without any value.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts an object in the place of what is at an index.
    pub(super) fn put(&mut self, index: u32, object: Node<'_>) -> Result<u32, Refused> {
        if !matches!(object, Node::Complex(_)) {
            return Err(standard::NOT_AN_OBJECT);
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

impl Access for Document {
    fn value(&self) -> Value<'_> {
        Value::Complex(Object::Node(&self.parts))
    }

    fn edit(&mut self, at: &[u32], edit: Edit<'_, '_>) -> Result<u32, Refused> {
        match at.split_first() {
            Some((index, rest)) => edit_part(&mut self.parts, *index, rest, edit),
            None => match (edit, &mut self.parts) {
                (Edit::Set(Scalar::Absent), parts) => {
                    parts.clear();
                    Ok(0)
                }
                (Edit::Insert(node @ Node::Complex(_)), parts) => {
                    if let Node::Complex(new) = tidy(std::mem::take(node)) {
                        *parts = new;
                    }
                    Ok(0)
                }
                (Edit::Set(_) | Edit::Insert(_) | Edit::Remove(_), _) => Err(standard::NOT_AN_OBJECT),
            },
        }
    }

    fn create(at: &[u32], edit: Edit<'_, '_>) -> Result<Self, Refused> {
        let mut new = Self::new();
        new.edit(at, edit)?;
        Ok(new)
    }
}

/// Edits the part at an index; a part that ends up unassigned is taken out.
fn edit_part(
    parts: &mut Vec<(u32, Node<'static>)>,
    index: u32,
    rest: &[u32],
    edit: Edit<'_, '_>,
) -> Result<u32, Refused> {
    match parts.binary_search_by_key(&index, |(at, _)| *at) {
        Ok(found) => {
            let Some((_, node)) = parts.get_mut(found) else { return Err(Refused::NoPlace) };
            let answer = edit_node(node, rest, edit)?;
            if is_unassigned(node) {
                parts.remove(found);
            }
            Ok(answer)
        }
        Err(found) => {
            let mut node = Node::ABSENT;
            let answer = edit_node(&mut node, rest, edit)?;
            if !is_unassigned(&node) {
                parts.insert(found, (index, node));
            }
            Ok(answer)
        }
    }
}

fn edit_node(node: &mut Node<'static>, at: &[u32], edit: Edit<'_, '_>) -> Result<u32, Refused> {
    let Some((index, rest)) = at.split_first() else { return edit_here(node, edit) };
    match node {
        Node::List(items) => {
            let item = usize::try_from(*index).ok().and_then(|index| items.get_mut(index));
            // A new element of a list within the item is what the edit answers.
            let is_new = matches!(edit, Edit::Insert(_)) && !rest.is_empty();
            let answer = edit_node(item.ok_or(Refused::NoPlace)?, rest, edit)?;
            Ok(if is_new { answer } else { *index })
        }
        Node::Complex(parts) => edit_part(parts, *index, rest, edit),
        Node::Scalar(Scalar::Absent) => {
            let mut parts = Vec::new();
            let answer = edit_part(&mut parts, *index, rest, edit)?;
            if !parts.is_empty() {
                *node = Node::Complex(parts);
            }
            Ok(answer)
        }
        Node::Scalar(_) => Err(standard::NOT_AN_OBJECT),
    }
}

fn edit_here(node: &mut Node<'static>, edit: Edit<'_, '_>) -> Result<u32, Refused> {
    match (edit, &mut *node) {
        (Edit::Set(Scalar::Absent), _) => *node = Node::ABSENT,
        (Edit::Set(scalar), Node::Scalar(_)) => *node = Node::Scalar(scalar.into_owned()),
        (Edit::Set(_), Node::Complex(_)) => return Err(standard::NOT_AN_OBJECT),
        (Edit::Remove(indices), Node::List(items)) => {
            let mut index = 0u32..;
            items.retain(|_| index.next().is_none_or(|index| indices.binary_search(&index).is_err()));
        }
        // There is nothing to remove.
        (Edit::Remove(_), Node::Scalar(Scalar::Absent)) => {}
        (Edit::Set(_), Node::List(_)) | (Edit::Remove(_), Node::Scalar(_) | Node::Complex(_)) => {
            return Err(standard::NOT_A_LIST);
        }
        (Edit::Insert(new), _) => return insert(node, new),
    }
    Ok(0)
}

/// Appends to a list; the first element makes the list. All elements have one shape.
fn insert(node: &mut Node<'static>, new: &mut Node<'_>) -> Result<u32, Refused> {
    let last = match node {
        Node::List(items) => items.last(),
        Node::Scalar(Scalar::Absent) => None,
        Node::Scalar(_) | Node::Complex(_) => return Err(standard::NOT_A_LIST),
    };
    match (last, &*new) {
        (_, Node::List(_)) => return Err(Refused::Value(Cow::Borrowed("one element, not an array"))),
        (Some(Node::Complex(_)), Node::Scalar(_)) => return Err(standard::NOT_AN_OBJECT),
        (Some(Node::Scalar(_)), Node::Complex(_)) => {
            return Err(Refused::Value(Cow::Borrowed("a simple value, not an object")));
        }
        _ => {}
    }
    let new = tidy(std::mem::take(new));
    match node {
        Node::List(items) => {
            items.push(new);
            Ok(items.len().saturating_sub(1).try_into().unwrap_or(u32::MAX))
        }
        Node::Scalar(_) | Node::Complex(_) => {
            *node = Node::List(vec![new]);
            Ok(0)
        }
    }
}

/// An owned copy whose parts ascend and hold only what is assigned.
fn tidy(node: Node<'_>) -> Node<'static> {
    match node {
        Node::Scalar(scalar) => Node::Scalar(scalar.into_owned()),
        Node::Complex(parts) => {
            let mut tidied: Vec<_> = parts
                .into_iter()
                .filter(|(_, part)| !part.is_absent())
                .map(|(index, part)| (index, tidy(part)))
                .collect();
            tidied.sort_by_key(|(index, _)| *index);
            Node::Complex(tidied)
        }
        Node::List(items) => Node::List(items.into_iter().filter(|item| !item.is_absent()).map(tidy).collect()),
    }
}

fn is_unassigned(node: &Node<'_>) -> bool {
    match node {
        Node::Scalar(scalar) => scalar.is_absent(),
        Node::Complex(parts) => parts.is_empty(),
        Node::List(items) => items.is_empty(),
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

    fn text(text: &str) -> Node<'_> {
        Node::Scalar(Scalar::Str(text.into()))
    }

    fn set(document: &mut Document, at: &[u32], value: &'static str) -> Result<u32, Refused> {
        document.edit(at, Edit::Set(Scalar::Str(value.into())))
    }

    /// A text at 4, an object at 5, a list of objects at 6 with a list of texts within, a list of texts at 7.
    fn document() -> Document {
        let mut document = Document::new();
        assert_eq!(set(&mut document, &[4], "bjensen"), Ok(0));
        assert_eq!(set(&mut document, &[5, 0], "Barbara"), Ok(0));
        for value in ["a", "b"] {
            let labels = Node::List(vec![text("x"), text("y")]);
            let mut part = Node::Complex(vec![(1, labels), (0, text(value))]);
            assert!(document.edit(&[6], Edit::Insert(&mut part)).is_ok());
            assert!(document.edit(&[7], Edit::Insert(&mut text(value))).is_ok());
        }
        document
    }

    fn what(result: &Result<u32, Refused>) -> &str {
        match result {
            Err(Refused::Value(what)) => what,
            _ => "",
        }
    }

    #[test]
    fn another_shape_than_that_which_is_there_is_refused_and_changes_nothing() {
        let before = document();
        let mut document = before.clone();
        let object = || Node::Complex(vec![(0, text("z"))]);
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
            (&[7], Node::List(vec![text("z")]), "one element, not an array"),
            (&[8], Node::List(vec![text("z")]), "one element, not an array"),
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
    fn whatever_is_there_is_unassigned() {
        for place in [4, 5, 6, 7, 8] {
            let mut document = document();
            assert_eq!(document.edit(&[place], Edit::Set(Scalar::Absent)), Ok(0));
            assert!(document.value().at(&[place]).is_absent());
            // Then it takes any shape again.
            assert_eq!(set(&mut document, &[place], "z"), Ok(0));
        }
    }

    #[test]
    fn an_edit_answers_the_index_of_the_element() {
        let mut document = document();
        assert_eq!(document.edit(&[6], Edit::Insert(&mut Node::Complex(vec![(0, text("c"))]))), Ok(2));
        assert_eq!(set(&mut document, &[6, 1, 0], "d"), Ok(1));
        assert_eq!(set(&mut document, &[6, 1, 1, 0], "d"), Ok(1));
        assert_eq!(document.edit(&[6, 1, 1], Edit::Insert(&mut text("z"))), Ok(2));
        assert_eq!(document.value().at(&[6, 1, 1, 2]).into_str().as_deref(), Some("z"));
    }
}
