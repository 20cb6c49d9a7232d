//! What must hold for a write to be made.

use crate::access::opaque;

/// What must hold for a resource to be removed or changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Precondition<'a> {
    /// Nothing.
    None,
    /// The resource has this version, as it is in `meta.version`; see [`Precondition::admits`].
    Version(&'a str),
}

impl Precondition<'_> {
    /// Returns whether a stored version meets the precondition. Quotes and the mark of a weak tag do not count, because RFC
    /// 7644 §3.14 sends weak tags in `If-Match`.
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
