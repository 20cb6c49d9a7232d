//! Writes that do not load what they change.

use super::Precondition;
use crate::{access::DateTime, compat::Quirks, patch::Effects, schema::Path};

/// A PATCH as its effects, for a store that makes them without loading the resource.
#[derive(Debug)]
#[non_exhaustive]
pub struct Delta<'a> {
    /// The id of the resource.
    pub id: &'a str,
    /// What to do: in this order, all or nothing.
    pub effects: &'a Effects<'a>,
    /// What must hold; checked in the same transaction.
    pub expected: Precondition<'a>,
    /// The time of the change, for `meta.lastModified`.
    pub now: DateTime,
    /// The attributes that the request named.
    pub touched: &'a [Path],
    /// The quirks that were met in the request.
    pub quirks: Quirks,
}

impl<'a> Delta<'a> {
    /// The effects on a resource.
    #[must_use]
    pub fn new(id: &'a str, effects: &'a Effects<'a>, expected: Precondition<'a>, now: DateTime) -> Self {
        Self { id, effects, expected, now, touched: &[], quirks: Quirks::NONE }
    }
}

/// What a store did with a [`Delta`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeltaAnswer {
    /// Nothing: it does not take these effects. The framework loads the resource and changes it as a whole.
    NotTaken,
    /// It made them. `version` is that of the resource now: a new one if anything changed, otherwise the old one.
    Made {
        /// As it stands in `meta.version`.
        version: Option<String>,
    },
}
