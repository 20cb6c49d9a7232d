//! How much of a request is read, and how much work it may cause.

mod filter;

pub use filter::FilterLimits;

/// What one request may cost. One value holds for every place that reads what clients send; see
/// [`ScimBuilder::limits`](crate::server::ScimBuilder::limits).
///
/// # Examples
///
/// ```
/// use scim_core::Limits;
///
/// let mut limits = Limits::default();
/// limits.body = 16 * 1024 * 1024;
/// limits.filter.terms = 100;
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// The largest body of a request, in bytes (default 2 MiB). A larger one is refused with 413.
    pub body: usize,
    /// The most operations of a PATCH request (default 100,000). With more the request is refused with 413.
    pub operations: usize,
    /// The most values that a PATCH request may look at (default 4,000,000). A comparison with a value costs one, and one
    /// more for every 64 bytes of its text (for every 2 bytes, if the text is not ASCII); a change of the
    /// attributes that identify an element costs some more. A request that needs more is refused with 400 `tooMany` and
    /// changes nothing.
    ///
    /// Elements that are found by their `value` are not searched for. So this bounds operations whose filter asks for
    /// something else, operations that change many elements each, and operations on long texts.
    ///
    /// The filter of a list may look at as many values of one resource, where the framework evaluates it. The filter and
    /// the order of a list together may look at [`LIST`](Self::LIST) times as many of all resources.
    pub visits: u64,
    /// The most resources that the framework takes from a store to filter and sort them itself (default 10,000), where the
    /// store does not do it; see [`Page::candidates`](crate::store::Page::candidates). A list that needs more is refused
    /// with 400 `tooMany` (RFC 7644 §3.4.2). A store that answers pages, as the one in memory does, knows no such limit.
    pub candidates: usize,
    /// The most bytes of resources on one page of a list (default 8 MiB). A page that would be longer ends earlier: it has
    /// fewer resources than were asked for, and says so as `itemsPerPage` (RFC 7644 §3.4.2.4). It always has one, so that
    /// a client gets on.
    ///
    /// The lists of these resources have at most one value for every 32 of these bytes, whether or not the answer shows
    /// them, because resources are copied as a whole.
    pub page: usize,
    /// The most bytes of text that a PATCH request may write by copying one value to many elements (default 32 MiB).
    /// Beyond it the request is refused with 400 `tooMany` and changes nothing.
    pub growth: u64,
    /// What a filter may cost, in a query and in the path of a PATCH operation.
    pub filter: FilterLimits,
}

impl Limits {
    /// How deep the JSON of a body may nest. No setting raises it.
    pub const DEPTH: usize = 128;

    /// How many bytes of a page allow for one value in the lists of its resources.
    pub(crate) const COPIED_VALUE: usize = 32;

    /// How many bytes of ASCII text cost as much as a visit.
    pub(crate) const TEXT: usize = 64;

    /// The same for other text.
    pub(crate) const FOLDED_TEXT: usize = 2;

    /// How many times [`visits`](Self::visits) and [`growth`](Self::growth) the operations of a bulk request may cost
    /// together. Here, a resource that is loaded, compared and stored again costs what is in it, too. The operation that
    /// goes beyond is refused with 400 `tooMany`, and so are those after it.
    pub const BULK: u64 = 3;

    /// How many times [`visits`](Self::visits) the filter and the order of one list may cost, where the framework
    /// evaluates them. A list that needs more is refused with 400 `tooMany`.
    pub const LIST: u64 = 3;
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body: 2 * 1024 * 1024,
            operations: 100_000,
            visits: 4_000_000,
            candidates: 10_000,
            page: 8 * 1024 * 1024,
            growth: 32 * 1024 * 1024,
            filter: FilterLimits::default(),
        }
    }
}
