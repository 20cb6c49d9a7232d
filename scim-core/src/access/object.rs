//! Borrowed views of a resource: what reading code sees.

use super::{Fields, Items, Node, Scalar, Struct, flat};
use crate::meter::{bytes_work, copy_work};

/// A view of a value.
#[derive(Clone, Debug)]
pub enum Value<'a> {
    /// A simple value, or none.
    Scalar(Scalar<'a>),
    /// An object, which may be empty.
    Complex(Object<'a>),
    /// A list, which may be empty.
    List(List<'a>),
}

/// A complex value, real or virtual. Closed, so that everything virtual stands in its methods.
#[derive(Clone, Copy)]
pub enum Object<'a> {
    /// A struct with a field behind each part.
    Struct(&'a dyn Struct),
    /// A row of fields, and the table that says where each part is.
    Bound(&'a dyn Fields, &'static [flat::Bind]),
    /// One element of a list that a row of fields makes up.
    Element(&'a dyn Fields, &'static flat::Group),
    /// A detached object, such as one of a document.
    Node(&'a [(u32, Node<'a>)]),
}

/// A list of values, real or virtual.
///
/// An element may be a hole: a bound element without a value keeps its index and reads as absent.
#[derive(Clone, Copy)]
pub enum List<'a> {
    /// A vector.
    Items(&'a dyn Items),
    /// The elements that a row of fields makes up.
    Bound(&'a dyn Fields, &'static flat::Elements),
    /// A detached list, such as one of a document.
    Nodes(&'a [Node<'a>]),
}

impl<'a> Value<'a> {
    /// No value.
    pub const ABSENT: Self = Value::Scalar(Scalar::Absent);

    /// Whether nothing is assigned: no value, an empty list, an object without any assigned part.
    #[must_use]
    pub fn is_absent(&self) -> bool {
        match self {
            Value::Scalar(scalar) => scalar.is_absent(),
            Value::Complex(object) => object.is_empty(),
            Value::List(list) => list.is_empty(),
        }
    }

    /// The simple value; absent for objects and lists.
    #[must_use]
    pub fn scalar(self) -> Scalar<'a> {
        match self {
            Value::Scalar(scalar) => scalar,
            Value::Complex(_) | Value::List(_) => Scalar::Absent,
        }
    }

    /// The text, where it is one.
    #[must_use]
    pub fn into_str(self) -> Option<std::borrow::Cow<'a, str>> {
        match self {
            Value::Scalar(Scalar::Str(text)) => Some(text),
            _ => None,
        }
    }

    /// The value at a place below this one; absent where there is none.
    #[must_use]
    pub fn at(self, place: &[u32]) -> Self {
        place.iter().fold(self, |value, step| match value {
            Value::Complex(object) => object.get(*step),
            Value::List(list) => list.at(*step),
            Value::Scalar(_) => Value::ABSENT,
        })
    }

    /// How much work it is to compare the value, in the units of [`Limits::visits`](crate::Limits::visits).
    pub(crate) fn work(&self) -> usize {
        self.work_by(bytes_work)
    }

    /// How much work it is to copy the value, in the same units.
    pub(crate) fn copy_work(&self) -> usize {
        self.work_by(copy_work)
    }

    fn work_by(&self, of_text: fn(&[u8]) -> usize) -> usize {
        match self {
            Value::Scalar(Scalar::Str(text)) => of_text(text.as_bytes()),
            Value::Scalar(_) => 0,
            Value::Complex(object) => {
                (0..object.len()).map(|index| object.get(index).work_by(of_text)).fold(0, usize::saturating_add)
            }
            Value::List(list) => list.iter().map(|(_, item)| 1 + item.work_by(of_text)).fold(0, usize::saturating_add),
        }
    }

    /// A copy that is detached from the resource; indices of empty parts and elements are left out.
    #[must_use]
    pub fn to_node(&self) -> Node<'static> {
        match self {
            Value::Scalar(scalar) => Node::Scalar(scalar.clone().into_owned()),
            Value::Complex(object) => Node::Complex(
                (0..object.len())
                    .map(|index| (index, object.get(index)))
                    .filter(|(_, value)| !value.is_absent())
                    .map(|(index, value)| (index, value.to_node()))
                    .collect(),
            ),
            Value::List(list) => Node::List(list.iter().map(|(_, value)| value.to_node()).collect()),
        }
    }
}

impl<'a> Object<'a> {
    /// One more than the highest index that may hold a value.
    #[must_use]
    pub fn len(self) -> u32 {
        match self {
            Object::Struct(object) => object.len(),
            Object::Bound(fields, binds) => flat::len(fields, binds),
            Object::Element(_, group) => group.len(),
            Object::Node(parts) => parts.iter().map(|(index, _)| index.saturating_add(1)).max().unwrap_or(0),
        }
    }

    /// The part at an index.
    #[must_use]
    pub fn get(self, index: u32) -> Value<'a> {
        match self {
            Object::Struct(object) => object.get(index),
            Object::Bound(fields, binds) => flat::get(fields, binds, index),
            Object::Element(fields, group) => group.get(fields, index),
            Object::Node(parts) => {
                parts.iter().find(|(at, _)| *at == index).map_or(Value::ABSENT, |(_, node)| node.view())
            }
        }
    }

    /// Whether no part is assigned.
    #[must_use]
    pub fn is_empty(self) -> bool {
        match self {
            Object::Element(fields, group) => group.is_empty(fields),
            Object::Node(parts) => parts.iter().all(|(_, node)| node.is_absent()),
            Object::Struct(_) | Object::Bound(..) => (0..self.len()).all(|index| self.get(index).is_absent()),
        }
    }
}

impl<'a> List<'a> {
    /// How many elements there are, holes included.
    #[must_use]
    pub fn len(self) -> u32 {
        match self {
            List::Items(items) => items.len(),
            List::Bound(fields, elements) => elements.len(fields),
            List::Nodes(nodes) => nodes.len().try_into().unwrap_or(u32::MAX),
        }
    }

    /// Whether there is no element but holes.
    #[must_use]
    pub fn is_empty(self) -> bool {
        match self {
            List::Bound(fields, elements) => elements.is_empty(fields),
            List::Items(_) | List::Nodes(_) => self.iter().next().is_none(),
        }
    }

    /// The element at an index; a hole is absent.
    #[must_use]
    pub fn at(self, index: u32) -> Value<'a> {
        match self {
            List::Items(items) => items.at(index),
            List::Bound(fields, elements) => elements.at(fields, index),
            List::Nodes(nodes) => {
                usize::try_from(index).ok().and_then(|index| nodes.get(index)).map_or(Value::ABSENT, Node::view)
            }
        }
    }

    /// The elements that are assigned, with their indices.
    pub fn iter(self) -> impl Iterator<Item = (u32, Value<'a>)> {
        (0..self.len()).map(move |index| (index, self.at(index))).filter(|(_, value)| !value.is_absent())
    }
}

impl Node<'_> {
    /// A view of this node.
    #[must_use]
    pub fn view(&self) -> Value<'_> {
        match self {
            // Text is borrowed again, not copied.
            Node::Scalar(Scalar::Str(text)) => Value::Scalar(Scalar::Str(std::borrow::Cow::Borrowed(text))),
            Node::Scalar(scalar) => Value::Scalar(scalar.clone()),
            Node::Complex(parts) => Value::Complex(Object::Node(parts)),
            Node::List(items) => Value::List(List::Nodes(items)),
        }
    }
}

impl std::fmt::Debug for Object<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_map().entries((0..self.len()).map(|index| (index, self.get(index)))).finish()
    }
}

impl std::fmt::Debug for List<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries((0..self.len()).map(|index| self.at(index))).finish()
    }
}
