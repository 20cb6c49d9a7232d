//! Preconditions of writes.

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
}
