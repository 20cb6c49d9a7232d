//! Limits on how much of a request is read, and how much work it may cause.

mod filter;

pub use filter::FilterLimits;

/// The limits of one request. They apply everywhere that client input is read; see
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
    /// The maximum size of a request body, in bytes (default 2 MiB). A larger body is rejected with 413.
    pub body: usize,
    /// The maximum number of operations in a PATCH request (default 100,000). A request with more is rejected with 413.
    pub operations: usize,
    /// The maximum number of values that a PATCH request may visit (default 4,000,000). A comparison with a value costs
    /// one visit, and one more for every 64 bytes of its text (for every 2 bytes, if the text is not ASCII). A change
    /// of the attributes that identify an element costs a few more. A request that needs more is rejected with 400
    /// `tooMany` and changes nothing.
    ///
    /// Looking up an element by its `value` needs no search. So this limit affects operations whose filter tests other
    /// sub-attributes, operations that change many elements each, and operations on long texts.
    ///
    /// The filter of a list may visit as many values of one resource, if the framework evaluates it. The filter and the
    /// order of a list together may visit [`LIST`](Self::LIST) times as many values of all resources.
    pub visits: u64,
    /// The maximum number of resources that the framework fetches from a store to filter and sort them itself (default
    /// 10,000), if the store does not do it; see [`Page::candidates`](crate::store::Page::candidates). A list that
    /// needs more is rejected with 400 `tooMany` (RFC 7644 §3.4.2). The limit does not apply to a store that returns
    /// pages, as the in-memory store does.
    pub candidates: usize,
    /// The maximum size of the resources on one page of a list, in bytes (default 8 MiB). A page that would be longer
    /// ends earlier: it has fewer resources than requested, and reports that in `itemsPerPage` (RFC 7644 §3.4.2.4). It
    /// always has at least one resource, so that a client makes progress.
    ///
    /// The lists of these resources have at most one value for every 32 of these bytes, whether or not the response
    /// shows them, because resources are copied as a whole.
    pub page: usize,
    /// The maximum number of bytes of text that a PATCH request may write by copying one value to many elements
    /// (default 32 MiB). A request that exceeds it is rejected with 400 `tooMany` and changes nothing.
    pub growth: u64,
    /// The limits of a filter, in a query and in the path of a PATCH operation.
    pub filter: FilterLimits,
}

impl Limits {
    /// The maximum nesting depth of the JSON of a body. No setting raises it.
    pub const DEPTH: usize = 128;

    /// How many bytes of a page allow one value in the lists of its resources.
    pub(crate) const COPIED_VALUE: usize = 32;

    /// How many bytes of ASCII text cost as much as one visit.
    pub(crate) const TEXT: usize = 64;

    /// How many bytes of non-ASCII text cost as much as one visit.
    pub(crate) const FOLDED_TEXT: usize = 2;

    /// How many times [`visits`](Self::visits) and [`growth`](Self::growth) all operations of a bulk request together
    /// may cost. In a bulk request, loading, comparing and storing a resource also costs as much as it contains. The
    /// operation that exceeds the limit is rejected with 400 `tooMany`, and so are those after it.
    pub const BULK: u64 = 3;

    /// How many times [`visits`](Self::visits) the filter and the order of one list may cost, if the framework
    /// evaluates them. A list that needs more is rejected with 400 `tooMany`.
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
