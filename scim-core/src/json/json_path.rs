//! The location of a value in a body.

use std::fmt;

use crate::error::excerpt;

/// The location of a value in a body. It lives on the stack and is turned into text only for a message.
pub(crate) struct JsonPath<'t> {
    pub(crate) parent: Option<&'t JsonPath<'t>>,
    pub(crate) step: Step<'t>,
}

#[derive(Clone, Copy)]
pub(crate) enum Step<'t> {
    Name(&'t str),
    Index(usize),
}

impl<'t> JsonPath<'t> {
    pub(crate) fn root(name: &'t str) -> Self {
        Self { parent: None, step: Step::Name(name) }
    }

    pub(crate) fn name(&'t self, name: &'t str) -> Self {
        Self { parent: Some(self), step: Step::Name(name) }
    }

    pub(crate) fn index(&'t self, index: usize) -> Self {
        Self { parent: Some(self), step: Step::Index(index) }
    }
}

impl fmt::Display for JsonPath<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            parent.fmt(f)?;
        }
        match (self.parent.map(|parent| parent.step), self.step) {
            (_, Step::Index(index)) => write!(f, "[{index}]"),
            (None, Step::Name(name)) => f.write_str(&excerpt(name)),
            (Some(Step::Name(parent)), Step::Name(name)) if parent.contains(':') => write!(f, ":{}", excerpt(name)),
            (Some(_), Step::Name(name)) => write!(f, ".{}", excerpt(name)),
        }
    }
}
