//! What a PATCH comes to: a closed set of canonical operations.
//!
//! Whatever a client sends becomes one of these or is refused. Nothing behind this knows what clients send.

use crate::{
    access::{Node, Scalar},
    filter::Condition,
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
    /// As what it was sent; for messages.
    pub(crate) kind: Kind,
    /// The attribute: a single one, or a whole list.
    pub(crate) path: Path,
    pub(crate) attribute: &'t Attribute,
    pub(crate) action: Action<'t, 'v>,
    /// Whether the attribute was named by a key of a value and not by a path.
    pub(crate) from_value: bool,
}

/// What is done to an attribute, or to an element of a list.
#[derive(Clone, Debug)]
pub(crate) enum Action<'t, 'v> {
    /// Nothing: nothing was added, or no element was listed for removal.
    Nothing,
    /// A simple value is set.
    Set(Scalar<'v>),
    /// The parts of an object change; the others stay (RFC 7644 §3.5.2.3).
    Merge(Vec<Part<'t, 'v>>),
    /// The value goes: an attribute is unassigned, an element is removed from its list.
    Clear,
    /// The value goes if it is this one.
    ClearValue(Node<'v>),
    /// Elements come into a list, unless they are there.
    Append(Vec<Node<'v>>),
    /// Elements take the place of all that a list has; at least one.
    Replace(Vec<Node<'v>>),
    /// The listed elements go.
    RemoveListed(Vec<Node<'v>>),
    /// Something is done to some elements of a list, or to a single object if it matches.
    Elements(Box<Elements<'t, 'v>>),
}

/// A part of an object, and what is done to it.
#[derive(Clone, Debug)]
pub(crate) struct Part<'t, 'v> {
    pub(crate) index: u32,
    pub(crate) attribute: &'t Attribute,
    pub(crate) action: Action<'t, 'v>,
}

/// Some elements of a list, and what is done to them.
#[derive(Clone, Debug)]
pub(crate) struct Elements<'t, 'v> {
    /// Which elements; `None` means every one.
    pub(crate) condition: Option<Condition>,
    /// The sub-attribute that is changed; `None` means the element.
    pub(crate) sub: Option<(u32, &'t Attribute)>,
    pub(crate) action: Action<'t, 'v>,
}

impl<'v> Action<'_, 'v> {
    /// The value that the action carries, as a client would send it.
    pub(crate) fn to_node(&self) -> Node<'v> {
        match self {
            Self::Nothing | Self::Clear => Node::ABSENT,
            Self::Set(scalar) => Node::Scalar(scalar.clone()),
            Self::Merge(parts) => Node::Complex(parts.iter().map(|part| (part.index, part.action.to_node())).collect()),
            Self::ClearValue(node) => node.clone(),
            Self::Append(items) | Self::Replace(items) | Self::RemoveListed(items) => Node::List(items.clone()),
            Self::Elements(elements) => elements.action.to_node(),
        }
    }
}

impl Operation<'_, '_> {
    /// Calls `visit` with every attribute that the operation names, down to sub-attributes: what of it is
    /// `returned: request` is part of the answer (RFC 7643 §7).
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

/// Calls `visit` with the sub-attributes that elements of a list name, each once.
pub(crate) fn each_sub_path(items: &[Node<'_>], path: Path, visit: &mut dyn FnMut(Path)) {
    let mut seen = Vec::new();
    for item in items {
        let Node::Complex(parts) = item else { continue };
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
