//! Preconditions of writes.

use std::fmt::Display;

use super::StoreError;
use crate::reflect::opaque;

/// A precondition for changing or removing a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Precondition<'a> {
    /// No precondition.
    None,
    /// The resource has this version, in the form of `meta.version`; see [`Precondition::admits`].
    Version(&'a str),
}

impl Precondition<'_> {
    /// Returns whether a stored version meets the precondition. Quotes and the weak prefix `W/` are ignored, because
    /// RFC 7644 §3.14 sends weak tags in `If-Match`.
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

    /// Checks the version found in the store, `None` if there is no such resource. Returns the version if it meets the
    /// precondition.
    ///
    /// # Errors
    ///
    /// Fails with [`StoreError::NotFound`] (404) if there is no resource, and with [`StoreError::VersionMismatch`]
    /// (412) if it has another version.
    ///
    /// ```
    /// use scim_core::store::{Precondition, StoreError};
    ///
    /// let expected = Precondition::Version("W/\"3\"");
    /// assert_eq!(expected.check(Some(3))?, 3);
    /// assert!(matches!(expected.check(Some(4)), Err(StoreError::VersionMismatch)));
    /// assert!(matches!(expected.check(None::<i64>), Err(StoreError::NotFound)));
    /// # Ok::<(), StoreError>(())
    /// ```
    pub fn check<V: Display>(&self, stored: Option<V>) -> Result<V, StoreError> {
        let stored = stored.ok_or(StoreError::NotFound)?;
        if self.admits(&stored.to_string()) { Ok(stored) } else { Err(StoreError::VersionMismatch) }
    }
}
