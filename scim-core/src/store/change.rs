//! Writes that depend on what is stored.

use std::fmt;

use crate::access::opaque;
use crate::{compat::Quirks, schema::Path};

/// A new state of a resource, with the state that it was made from. `Debug` shows neither of them, because they may hold
/// secrets.
#[non_exhaustive]
pub struct Change<'a, R> {
    id: &'a str,
    old: &'a R,
    new: R,
    touched: &'a [Path],
    quirks: Quirks,
}

impl<'a, R> Change<'a, R> {
    /// A change of the resource with this id.
    #[must_use]
    pub fn new(id: &'a str, old: &'a R, new: R) -> Self {
        Self { id, old, new, touched: &[], quirks: Quirks::NONE }
    }

    /// The change with what the request named, and the quirks that were met in it.
    #[must_use]
    pub fn caused_by(mut self, touched: &'a [Path], quirks: Quirks) -> Self {
        self.touched = touched;
        self.quirks = quirks;
        self
    }

    /// The id of the resource.
    #[must_use]
    pub fn id(&self) -> &'a str {
        self.id
    }

    /// The state that was read. Its version is the one that must still be stored.
    #[must_use]
    pub fn old(&self) -> &'a R {
        self.old
    }

    /// The state to store.
    #[must_use]
    pub fn new_state(&self) -> &R {
        &self.new
    }

    /// The state to store.
    #[must_use]
    pub fn into_new(self) -> R {
        self.new
    }

    /// The attributes that the request named.
    #[must_use]
    pub fn touched(&self) -> &'a [Path] {
        self.touched
    }

    /// The quirks that were met in the request.
    #[must_use]
    pub fn quirks(&self) -> Quirks {
        self.quirks
    }
}

impl<R> fmt::Debug for Change<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Change")
            .field("id", &self.id)
            .field("touched", &self.touched)
            .field("quirks", &self.quirks)
            .finish_non_exhaustive()
    }
}

/// What must hold for a resource to be removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Precondition<'a> {
    /// Nothing.
    None,
    /// It has this version, as it stands in `meta.version`; see [`Precondition::admits`].
    Version(&'a str),
}

impl Precondition<'_> {
    /// Whether a stored version meets the precondition. Quotes and the mark of a weak tag do not count (RFC 7644 §3.14
    /// sends weak tags in `If-Match`).
    ///
    /// ```
    /// use scim_core::store::Precondition;
    ///
    /// assert!(Precondition::Version("W/\"3\"").admits("3"));
    /// assert!(!Precondition::Version("W/\"3\"").admits("4"));
    /// assert!(Precondition::None.admits("4"));
    /// ```
    #[must_use]
    pub fn admits(&self, stored: &str) -> bool {
        match self {
            Self::None => true,
            Self::Version(expected) => opaque(expected) == opaque(stored),
        }
    }
}
