//! A resource whose schema is known only at run time.

use super::{Access, Edit, Node, Object, Refused, Scalar, Value, standard};
use crate::{
    error::Error,
    json::{read_stored, to_json},
    schema::ResourceType,
};

/// A resource whose schema is known only at run time: a tree of values, addressed by the indices of its
/// [`ResourceType`](crate::schema::ResourceType).
///
/// It stores whatever it is given; library code asks the resource type first. What that asks for is the type of a value,
/// not that it is one of the `canonicalValues`: those are suggestions (RFC 7643 §7), shown in `/Schemas` and not enforced.
#[derive(Clone, Debug, Default, PartialEq)]
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

    /// The resource as JSON, to be stored: with `id`, `meta` and all else that clients cannot read or write, by names, so that
    /// it does not count in which order the type has its attributes. `schemas` is not there; it follows from the rest.
    ///
    /// ```
    /// use scim_core::{access::{Document, ScimResource}, model::User};
    ///
    /// let json = r#"{"id":"26","userName":"bjensen","password":"t1meMa$heen"}"#;
    /// let (user, unknown) = Document::from_json(User::TYPE, json)?;
    /// assert_eq!(user.to_json(User::TYPE)?, json);
    /// # assert!(unknown.is_empty());
    /// # Ok::<(), scim_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If it has values that the type has no attribute for: it is a resource of another type.
    pub fn to_json(&self, resource_type: &ResourceType) -> Result<String, Error> {
        to_json(resource_type, &self.value())
    }

    /// Reads what [`to_json`](Self::to_json) wrote, or JSON as a server shows it. Unlike
    /// [`json::read`](crate::json::read()), which reads what clients send, it takes what clients cannot write, too. Answers
    /// also the names that the type does not have, at most 64; they are left out.
    ///
    /// ```
    /// use scim_core::{access::{Access, Document, ScimResource}, model::User};
    ///
    /// let (user, unknown) = Document::from_json(User::TYPE, r#"{"id":"26","userName":"bjensen","shoeSize":44}"#)?;
    /// assert_eq!(user.value().at(&[1]).into_str().as_deref(), Some("26"));
    /// assert_eq!(unknown, ["shoeSize"]);
    /// # Ok::<(), scim_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// 400 `invalidSyntax` for text that is no JSON object, or has a name twice; 400 `invalidValue` for a value that the
    /// attribute of this name does not take.
    pub fn from_json(resource_type: &ResourceType, json: impl AsRef<[u8]>) -> Result<(Self, Vec<String>), Error> {
        let (mut node, unknown) = read_stored(resource_type, 0, json.as_ref())?;
        let mut document = Self::new();
        let unreadable = |_| Error::invalid_value("the resource cannot be held");
        document.edit(&[], Edit::Insert(&mut node)).map_err(unreadable)?;
        Ok((document, unknown))
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
                (Edit::Insert(node), parts) => match tidy(std::mem::take(node)) {
                    Node::Complex(new) => {
                        *parts = new;
                        Ok(0)
                    }
                    Node::Scalar(_) | Node::List(_) => Err(standard::NOT_AN_OBJECT),
                },
                (Edit::Set(_) | Edit::Remove(_), _) => Err(standard::NOT_AN_OBJECT),
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
            edit_node(item.ok_or(Refused::NoPlace)?, rest, edit).map(|_| *index)
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
    match edit {
        Edit::Set(scalar) => *node = Node::Scalar(scalar.into_owned()),
        Edit::Remove(indices) => {
            if let Node::List(items) = node {
                let mut index = 0u32..;
                items.retain(|_| index.next().is_none_or(|index| indices.binary_search(&index).is_err()));
            }
        }
        Edit::Insert(new) => return insert(node, new),
    }
    Ok(0)
}

/// Appends to a list; the first element makes the list.
fn insert(node: &mut Node<'static>, new: &mut Node<'_>) -> Result<u32, Refused> {
    let new = tidy(std::mem::take(new));
    match node {
        Node::List(items) => {
            items.push(new);
            Ok(items.len().saturating_sub(1).try_into().unwrap_or(u32::MAX))
        }
        Node::Scalar(Scalar::Absent) => {
            *node = Node::List(vec![new]);
            Ok(0)
        }
        Node::Scalar(_) | Node::Complex(_) => Err(standard::NOT_A_LIST),
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
