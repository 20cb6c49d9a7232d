//! How much of a filter is read before it is refused.

/// What a filter may cost. Everything here is checked before memory is taken for the part that would exceed it.
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
    /// The longest filter or path, in bytes (default 16384).
    pub length: usize,
    /// How many parentheses and brackets may be open at once (default 32, at most [`MAX_DEPTH`](Self::MAX_DEPTH)).
    pub depth: usize,
    /// How many comparisons and `pr` tests a filter may hold (default 1000).
    pub terms: usize,
}

impl FilterLimits {
    /// The depth that no setting raises: the parser, and whatever walks over its result, call themselves once for each level.
    pub const MAX_DEPTH: usize = 128;

    /// The depth that is in force.
    pub(crate) fn effective_depth(&self) -> usize {
        self.depth.min(Self::MAX_DEPTH)
    }
}

impl Default for FilterLimits {
    fn default() -> Self {
        Self { length: 16_384, depth: 32, terms: 1_000 }
    }
}
