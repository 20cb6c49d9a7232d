//! The result of parsing a PATCH: a closed set of canonical operations.
//!
//! Everything that a client sends becomes one of these or is rejected. No later step knows what clients send.

use crate::{
    filter::Condition,
    reflect::{Scalar, Value},
    schema::{Attribute, Path},
};

/// The `op` of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Add,
    Replace,
    Remove,
}

/// A canonical operation.
#[derive(Clone, Debug)]
pub(crate) struct Operation<'t, 'v> {
    /// The `op` that was sent; for messages.
    pub(crate) kind: Kind,
    /// The attribute: a single-valued one, or a whole list.
    pub(crate) path: Path,
    pub(crate) attribute: &'t Attribute,
    pub(crate) action: Action<'t, 'v>,
    /// Whether a key of a value named the attribute, rather than a path.
    pub(crate) from_value: bool,
}

/// A change of an attribute or of an element of a list.
#[derive(Clone, Debug)]
pub(crate) enum Action<'t, 'v> {
    /// Does nothing: the value adds nothing, or lists no element to remove.
    Nothing,
    /// Sets a simple value.
    Set(Scalar<'v>),
    /// Changes the named sub-attributes of an object and keeps the others (RFC 7644 §3.5.2.3).
    Merge(Vec<Part<'t, 'v>>),
    /// Removes the value: unassigns an attribute, or removes an element from its list.
    Clear,
    /// Removes the value if it equals the given one.
    ClearValue(Value<'v>),
    /// Adds elements to a list unless they are already present.
    Append(Vec<Value<'v>>),
    /// Replaces all elements of a list with the given ones, of which there is at least one.
    Replace(Vec<Value<'v>>),
    /// Removes the listed elements.
    RemoveListed(Vec<Value<'v>>),
    /// Changes some elements of a list, or a single object if it matches.
    Elements(Box<Elements<'t, 'v>>),
}

/// A sub-attribute of an object and the change to it.
#[derive(Clone, Debug)]
pub(crate) struct Part<'t, 'v> {
    pub(crate) index: u32,
    pub(crate) attribute: &'t Attribute,
    pub(crate) action: Action<'t, 'v>,
}

/// Some elements of a list and the change to them.
#[derive(Clone, Debug)]
pub(crate) struct Elements<'t, 'v> {
    /// Selects the elements; `None` selects all.
    pub(crate) condition: Option<Condition>,
    /// The sub-attribute that changes; `None` for the element itself.
    pub(crate) sub: Option<(u32, &'t Attribute)>,
    pub(crate) action: Action<'t, 'v>,
}

impl<'v> Action<'_, 'v> {
    /// Returns the value of the action, as a client would send it.
    pub(crate) fn to_value(&self) -> Value<'v> {
        match self {
            Self::Nothing | Self::Clear => Value::ABSENT,
            Self::Set(scalar) => Value::Scalar(scalar.clone()),
            Self::Merge(parts) => {
                Value::Complex(parts.iter().map(|part| (part.index, part.action.to_value())).collect())
            }
            Self::ClearValue(node) => node.clone(),
            Self::Append(items) | Self::Replace(items) | Self::RemoveListed(items) => Value::List(items.clone()),
            Self::Elements(elements) => elements.action.to_value(),
        }
    }
}

impl Operation<'_, '_> {
    /// Calls `visit` with every attribute that the operation names, down to sub-attributes: those that are `returned:
    /// request` become part of the response (RFC 7643 §7).
    pub(crate) fn each_path(&self, visit: &mut dyn FnMut(Path)) {
        each_path(&self.action, self.path, visit);
    }
}

fn each_path(action: &Action<'_, '_>, path: Path, visit: &mut dyn FnMut(Path)) {
    match action {
        Action::Nothing | Action::Set(_) | Action::Clear | Action::ClearValue(_) | Action::RemoveListed(_) => {
            visit(path);
        }
        Action::Merge(parts) if parts.is_empty() => visit(path),
        Action::Merge(parts) => {
            for part in parts {
                if let Some(path) = path.child(part.index) {
                    each_path(&part.action, path, visit);
                }
            }
        }
        Action::Append(items) | Action::Replace(items) => {
            visit(path);
            each_sub_path(items, path, visit);
        }
        Action::Elements(elements) => match elements.sub {
            None => each_path(&elements.action, path, visit),
            Some((index, _)) => {
                visit(path);
                if let Some(path) = path.child(index) {
                    each_path(&elements.action, path, visit);
                }
            }
        },
    }
}

/// Calls `visit` with each sub-attribute that elements of a list name, once.
pub(crate) fn each_sub_path(items: &[Value<'_>], path: Path, visit: &mut dyn FnMut(Path)) {
    let mut seen = Vec::new();
    for item in items {
        let Value::Complex(parts) = item else { continue };
        for (index, _) in parts {
            if !seen.contains(index) {
                seen.push(*index);
                if let Some(path) = path.child(*index) {
                    visit(path);
                }
            }
        }
    }
}
