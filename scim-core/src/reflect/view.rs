//! Borrowed views of a resource, for code that reads it.

use super::{
    Scalar, Value,
    flat::{self, Fields},
};
use crate::meter::{bytes_work, copy_work};

/// A view of a value.
#[derive(Clone, Debug)]
pub enum ValueRef<'a> {
    /// A simple value, or an absent one.
    Scalar(Scalar<'a>),
    /// An object, which may be empty.
    Complex(ObjectRef<'a>),
    /// A list, which may be empty.
    List(ListRef<'a>),
}

/// A complex value, real or virtual. The enum is closed: its methods contain all code for virtual objects.
#[derive(Clone, Copy)]
pub enum ObjectRef<'a> {
    /// A struct with a field for each sub-attribute.
    Struct(&'a dyn Struct),
    /// The fields of a flat struct, and the table that maps sub-attributes to them.
    Bound(&'a dyn Fields, &'static [flat::Binding]),
    /// One element of a list whose sub-attributes are fields of a flat struct.
    Element(&'a dyn Fields, &'static flat::ElementBinding),
    /// A detached object, such as one in a document.
    Detached(&'a [(u32, Value<'a>)]),
}

/// A list of values, real or virtual.
///
/// An element may be a hole: a bound element without a value keeps its index and is read as absent.
#[derive(Clone, Copy)]
pub enum ListRef<'a> {
    /// A vector.
    Items(&'a dyn Items),
    /// A list whose elements are fields of a flat struct.
    Bound(&'a dyn Fields, &'static flat::ListBinding),
    /// A detached list, such as one in a document.
    Detached(&'a [Value<'a>]),
}

/// A struct with a field for each sub-attribute. Derived.
#[expect(clippy::len_without_is_empty, reason = "a struct without parts does not occur")]
pub trait Struct: Send + Sync {
    /// Returns the number of sub-attributes.
    fn len(&self) -> u32;
    /// Returns the sub-attribute at an index.
    fn get(&self, index: u32) -> ValueRef<'_>;
}

/// A list of values.
#[expect(clippy::len_without_is_empty, reason = "`ListRef::is_empty` does not count holes")]
pub trait Items: Send + Sync {
    /// Returns the number of elements.
    fn len(&self) -> u32;
    /// Returns the element at an index.
    fn at(&self, index: u32) -> ValueRef<'_>;
}

impl<'a> ValueRef<'a> {
    /// The absent value.
    pub const ABSENT: Self = ValueRef::Scalar(Scalar::Absent);

    /// Returns whether nothing is assigned: no value, an empty list, or an object without assigned sub-attributes.
    #[must_use]
    pub fn is_absent(&self) -> bool {
        match self {
            ValueRef::Scalar(scalar) => scalar.is_absent(),
            ValueRef::Complex(object) => object.is_empty(),
            ValueRef::List(list) => list.is_empty(),
        }
    }

    /// Returns the simple value, or an absent one for objects and lists.
    #[must_use]
    pub fn scalar(self) -> Scalar<'a> {
        match self {
            ValueRef::Scalar(scalar) => scalar,
            ValueRef::Complex(_) | ValueRef::List(_) => Scalar::Absent,
        }
    }

    /// Returns the text, if the value is text.
    #[must_use]
    pub fn into_str(self) -> Option<std::borrow::Cow<'a, str>> {
        match self {
            ValueRef::Scalar(Scalar::Str(text)) => Some(text),
            _ => None,
        }
    }

    /// Returns the value at a place below this one, or an absent one if there is none.
    #[must_use]
    pub fn at(self, place: &[u32]) -> Self {
        place.iter().fold(self, |value, step| match value {
            ValueRef::Complex(object) => object.get(*step),
            ValueRef::List(list) => list.at(*step),
            ValueRef::Scalar(_) => ValueRef::ABSENT,
        })
    }

    /// Returns how much work it is to compare the value, in the units of [`Limits::visits`](crate::Limits::visits).
    pub(crate) fn work(&self) -> usize {
        self.work_by(bytes_work)
    }

    /// Returns how much work it is to copy the value, in the same units.
    pub(crate) fn copy_work(&self) -> usize {
        self.work_by(copy_work)
    }

    fn work_by(&self, of_text: fn(&[u8]) -> usize) -> usize {
        match self {
            ValueRef::Scalar(Scalar::Str(text)) => of_text(text.as_bytes()),
            ValueRef::Scalar(_) => 0,
            ValueRef::Complex(object) => {
                (0..object.len()).map(|index| object.get(index).work_by(of_text)).fold(0, usize::saturating_add)
            }
            ValueRef::List(list) => {
                list.iter().map(|(_, item)| 1 + item.work_by(of_text)).fold(0, usize::saturating_add)
            }
        }
    }

    /// Returns a copy that is detached from the resource, without empty sub-attributes and elements.
    #[must_use]
    pub fn to_value(&self) -> Value<'static> {
        match self {
            ValueRef::Scalar(scalar) => Value::Scalar(scalar.clone().into_owned()),
            ValueRef::Complex(object) => Value::Complex(
                (0..object.len())
                    .map(|index| (index, object.get(index)))
                    .filter(|(_, value)| !value.is_absent())
                    .map(|(index, value)| (index, value.to_value()))
                    .collect(),
            ),
            ValueRef::List(list) => Value::List(list.iter().map(|(_, value)| value.to_value()).collect()),
        }
    }
}

impl<'a> ObjectRef<'a> {
    /// Returns one more than the highest index that may hold a value.
    #[must_use]
    pub fn len(self) -> u32 {
        match self {
            ObjectRef::Struct(object) => object.len(),
            ObjectRef::Bound(fields, binds) => flat::len(fields, binds),
            ObjectRef::Element(_, group) => group.len(),
            ObjectRef::Detached(parts) => parts.iter().map(|(index, _)| index.saturating_add(1)).max().unwrap_or(0),
        }
    }

    /// Returns the sub-attribute at an index.
    #[must_use]
    pub fn get(self, index: u32) -> ValueRef<'a> {
        match self {
            ObjectRef::Struct(object) => object.get(index),
            ObjectRef::Bound(fields, binds) => flat::get(fields, binds, index),
            ObjectRef::Element(fields, group) => group.get(fields, index),
            ObjectRef::Detached(parts) => {
                parts.iter().find(|(at, _)| *at == index).map_or(ValueRef::ABSENT, |(_, node)| node.view())
            }
        }
    }

    /// Returns whether no sub-attribute is assigned.
    #[must_use]
    pub fn is_empty(self) -> bool {
        match self {
            ObjectRef::Element(fields, group) => group.is_empty(fields),
            ObjectRef::Detached(parts) => parts.iter().all(|(_, node)| node.is_absent()),
            ObjectRef::Struct(_) | ObjectRef::Bound(..) => (0..self.len()).all(|index| self.get(index).is_absent()),
        }
    }
}

impl<'a> ListRef<'a> {
    /// Returns the number of elements, including holes.
    #[must_use]
    pub fn len(self) -> u32 {
        match self {
            ListRef::Items(items) => items.len(),
            ListRef::Bound(fields, elements) => elements.len(fields),
            ListRef::Detached(nodes) => nodes.len().try_into().unwrap_or(u32::MAX),
        }
    }

    /// Returns whether there are no elements except holes.
    #[must_use]
    pub fn is_empty(self) -> bool {
        match self {
            ListRef::Bound(fields, elements) => elements.is_empty(fields),
            ListRef::Items(_) | ListRef::Detached(_) => self.iter().next().is_none(),
        }
    }

    /// Returns the element at an index. A hole is absent.
    #[must_use]
    pub fn at(self, index: u32) -> ValueRef<'a> {
        match self {
            ListRef::Items(items) => items.at(index),
            ListRef::Bound(fields, elements) => elements.at(fields, index),
            ListRef::Detached(nodes) => {
                usize::try_from(index).ok().and_then(|index| nodes.get(index)).map_or(ValueRef::ABSENT, Value::view)
            }
        }
    }

    /// Returns the assigned elements with their indices.
    pub fn iter(self) -> impl Iterator<Item = (u32, ValueRef<'a>)> {
        (0..self.len()).map(move |index| (index, self.at(index))).filter(|(_, value)| !value.is_absent())
    }
}

impl Value<'_> {
    /// Returns a view of this value.
    #[must_use]
    pub fn view(&self) -> ValueRef<'_> {
        match self {
            // Text is borrowed, not copied.
            Value::Scalar(Scalar::Str(text)) => ValueRef::Scalar(Scalar::Str(std::borrow::Cow::Borrowed(text))),
            Value::Scalar(scalar) => ValueRef::Scalar(scalar.clone()),
            Value::Complex(parts) => ValueRef::Complex(ObjectRef::Detached(parts)),
            Value::List(items) => ValueRef::List(ListRef::Detached(items)),
        }
    }
}

impl std::fmt::Debug for ObjectRef<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_map().entries((0..self.len()).map(|index| (index, self.get(index)))).finish()
    }
}

impl std::fmt::Debug for ListRef<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries((0..self.len()).map(|index| self.at(index))).finish()
    }
}
