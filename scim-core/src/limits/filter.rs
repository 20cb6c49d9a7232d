//! Limits on the size of a filter.

/// The limits of a filter. Each is checked before memory is allocated for the part that would exceed it.
///
/// # Examples
///
/// ```
/// use scim_core::{FilterLimits, filter::parse};
///
/// let mut limits = FilterLimits::default();
/// limits.terms = 100;
/// assert!(parse(r#"userName eq "bjensen""#, &limits).is_ok());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FilterLimits {
    /// The maximum length of a filter or path, in bytes (default 16384).
    pub length: usize,
    /// The maximum number of open parentheses and brackets (default 32, at most [`MAX_DEPTH`](Self::MAX_DEPTH)).
    pub depth: usize,
    /// The maximum number of comparisons and `pr` tests in a filter (default 1000).
    pub terms: usize,
}

impl FilterLimits {
    /// The maximum of [`depth`](Self::depth). The parser, and everything that walks its result, recurse once per level.
    pub const MAX_DEPTH: usize = 128;

    /// Returns the depth in effect.
    pub(crate) fn effective_depth(&self) -> usize {
        self.depth.min(Self::MAX_DEPTH)
    }
}

impl Default for FilterLimits {
    fn default() -> Self {
        Self { length: 16_384, depth: 32, terms: 1_000 }
    }
}
