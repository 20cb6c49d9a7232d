//! References to resources that other operations of the same bulk request create (RFC 7644 §3.7.2).

use std::{
    borrow::Cow,
    collections::HashMap,
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use http::StatusCode;
use percent_encoding::percent_decode_str;

use crate::{
    collation,
    error::{Error, excerpt},
    schema::{Attribute, DataType},
};

/// The prefix of a text that refers to the resource of another operation.
pub(crate) const PREFIX: &str = "bulkId:";

/// The state of an operation that has a bulkId.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum OperationState {
    /// It has not run yet.
    Pending,
    /// It failed or has not run yet, because it belongs to the reference cycle with this number.
    InCycle(usize),
    /// It ran. The resource has this id.
    Created(Arc<str>),
    /// The resource was deleted, by this or another operation.
    Deleted,
    /// It ran too early and was rejected. It will run again.
    Rejected,
    /// It failed.
    Failed,
}

/// The bulkIds of one bulk request. Outside of bulk requests this is empty and no text is a reference.
///
/// A reference is always a whole text, in a value or in a literal of a filter. Texts that merely contain one, and the
/// names of attributes, are left unchanged.
#[derive(Clone, Default)]
pub(crate) struct References {
    bulk: Option<Arc<Bulk>>,
    /// The cycle that the referring operation belongs to.
    circle: Option<usize>,
}

/// The state that all operations of a bulk request share.
struct Bulk {
    ids: Mutex<HashMap<String, OperationState>>,
    /// The endpoints of the operations, by bulkId.
    endpoints: HashMap<String, String>,
    spent: Spent,
}

/// The total cost of the operations of a bulk request so far.
#[derive(Debug, Default)]
pub(crate) struct Spent {
    /// The number of visited elements.
    pub(crate) visits: AtomicU64,
    /// The visits that the current operation adds when it ends.
    later: AtomicU64,
    /// The number of bytes of text that were written more than once.
    pub(crate) growth: AtomicU64,
}

impl Spent {
    /// Adds to a total, and returns the sum.
    pub(crate) fn add(spent: &AtomicU64, more: u64) -> u64 {
        let add = |spent: u64| Some(spent.saturating_add(more));
        spent.fetch_update(Ordering::Relaxed, Ordering::Relaxed, add).unwrap_or(u64::MAX).saturating_add(more)
    }
}

impl References {
    /// Creates the references for operations by bulkId and endpoint, such as `Users`. None has run yet.
    pub(crate) fn new<'i>(operations: impl Iterator<Item = (&'i str, Cow<'i, str>)>) -> Self {
        let endpoints: HashMap<_, _> =
            operations.map(|(id, endpoint)| (id.to_owned(), endpoint.into_owned())).collect();
        let ids = endpoints.keys().map(|id| (id.clone(), OperationState::Pending)).collect();
        let bulk = Bulk { ids: Mutex::new(ids), endpoints, spent: Spent::default() };
        Self { bulk: Some(Arc::new(bulk)), circle: None }
    }

    /// Returns the cost of the operations of the bulk request so far.
    pub(crate) fn spent(&self) -> Option<&Spent> {
        self.bulk.as_ref().map(|bulk| &bulk.spent)
    }

    /// Records work that must not be rejected, if this is a bulk request. It counts from the next operation on.
    pub(crate) fn note_work(&self, visits: u64) {
        if let Some(spent) = self.spent() {
            Spent::add(&spent.later, visits);
        }
    }

    /// Ends an operation: the recorded work counts from now on.
    pub(crate) fn end_operation(&self) {
        if let Some(spent) = self.spent() {
            Spent::add(&spent.visits, spent.later.swap(0, Ordering::Relaxed));
        }
    }

    /// Returns whether these are the references of a bulk request.
    pub(crate) fn is_bulk(&self) -> bool {
        self.bulk.is_some()
    }

    /// Returns the same bulkIds for an operation that belongs to a cycle.
    pub(crate) fn within(&self, circle: Option<usize>) -> Self {
        Self { circle, ..self.clone() }
    }

    /// Records the outcome of an operation.
    pub(crate) fn set(&self, bulk_id: &str, state: OperationState) {
        if let Some(bulk) = &self.bulk {
            bulk.ids.lock().unwrap_or_else(PoisonError::into_inner).insert(bulk_id.to_owned(), state);
        }
    }

    /// Records that a resource was deleted, regardless of which operations created or changed it.
    pub(crate) fn set_deleted(&self, endpoint: &str, id: &str) {
        let Some(bulk) = &self.bulk else { return };
        let is_at_endpoint =
            |bulk_id: &str| bulk.endpoints.get(bulk_id).is_some_and(|other| other.eq_ignore_ascii_case(endpoint));
        for (bulk_id, state) in bulk.ids.lock().unwrap_or_else(PoisonError::into_inner).iter_mut() {
            if matches!(state, OperationState::Created(other) if **other == *id) && is_at_endpoint(bulk_id) {
                *state = OperationState::Deleted;
            }
        }
    }

    /// Returns the state of an operation, or `None` if no operation has the bulkId.
    pub(crate) fn get(&self, bulk_id: &str) -> Option<OperationState> {
        self.bulk.as_ref()?.ids.lock().unwrap_or_else(PoisonError::into_inner).get(bulk_id).cloned()
    }

    /// Returns the text, or the id that it refers to, as a value of an attribute. A value that is never returned is not
    /// a reference. An attribute that holds no ids may hold any text, including one that only looks like a reference.
    /// An attribute that holds URLs of resources may hold one that ends with a reference, such as `/Users/bulkId:a`.
    ///
    /// # Errors
    ///
    /// 400 `invalidValue` if no operation has the bulkId; 409 if its resource does not exist.
    #[inline]
    pub(crate) fn resolve<'v>(&self, attribute: &Attribute, text: Cow<'v, str>) -> Result<Cow<'v, str>, Error> {
        if self.bulk.is_none() || !attribute.is_readable() {
            return Ok(text);
        }
        if may_hold_url(attribute)
            && let Some(UrlReference { base, bulk_id, rest }) =
                UrlReference::find(&text, |bulk_id| self.get(bulk_id).is_some())
        {
            let id = self.id(&bulk_id)?;
            self.check_endpoint(&bulk_id, base)?;
            return Ok(Cow::Owned(format!("{base}/{id}{rest}")));
        }
        match text.strip_prefix(PREFIX) {
            Some(bulk_id) if !may_hold_id(attribute) && self.get(bulk_id).is_none() => Ok(text),
            Some(bulk_id) => Ok(Cow::Owned(self.id(bulk_id)?.as_ref().to_owned())),
            None => Ok(text),
        }
    }

    /// Checks that a URL ends with the endpoint of the operation that it refers to.
    fn check_endpoint(&self, bulk_id: &str, base: &str) -> Result<(), Error> {
        let named = percent_decode_str(base.rsplit('/').next().unwrap_or_default()).decode_utf8_lossy();
        let endpoint = self.bulk.as_ref().and_then(|bulk| bulk.endpoints.get(bulk_id)).map_or("", String::as_str);
        if named.is_empty() || named.eq_ignore_ascii_case(endpoint) {
            return Ok(());
        }
        let (name, named, endpoint) = (excerpt(bulk_id), excerpt(&named), excerpt(endpoint));
        Err(Error::invalid_value(format!(
            "a URL refers to `/{named}/bulkId:{name}`, but the operation with this bulkId is one of `/{endpoint}`"
        )))
    }

    /// Returns the id of the resource that the operation with a bulkId created or changed.
    ///
    /// # Errors
    ///
    /// The same as [`resolve`](Self::resolve).
    pub(crate) fn id(&self, bulk_id: &str) -> Result<Arc<str>, Error> {
        let name = excerpt(bulk_id);
        let conflict = |detail: String| Err(Error::new(StatusCode::CONFLICT, detail));
        match self.get(bulk_id) {
            Some(OperationState::Created(id)) => Ok(id),
            None => Err(Error::invalid_value(format!("no operation has the bulkId `{name}`"))),
            Some(OperationState::Deleted) => {
                conflict(format!("the resource of the operation `{name}`, which this one refers to, was deleted"))
            }
            Some(OperationState::InCycle(circle)) if self.circle == Some(circle) => conflict(format!(
                "this operation and the operation `{name}` refer to each other in a circle; create one of them without \
                 the reference and add it in a later operation"
            )),
            Some(OperationState::Failed | OperationState::InCycle(_)) => {
                conflict(format!("the operation `{name}`, which this one refers to, failed"))
            }
            Some(OperationState::Rejected) => {
                conflict(format!("the operation `{name}`, which this one refers to, cannot be made before this one"))
            }
            Some(OperationState::Pending) => conflict(format!(
                "the operation `{name}`, which this one refers to, comes later, and only a POST is run before its turn"
            )),
        }
    }
}

/// A URL that refers to the resource of an operation, such as `https://example.com/Users/bulkId:a`.
pub(crate) struct UrlReference<'u> {
    /// The part before the slash that precedes the reference.
    pub(crate) base: &'u str,
    pub(crate) bulk_id: String,
    /// The query or fragment.
    rest: &'u str,
}

impl<'u> UrlReference<'u> {
    /// Returns the reference in a URL, or `None` if the last segment of its path is not a reference.
    ///
    /// A bulkId may contain any character, unescaped or percent-encoded, so it ends where an `is_known` one ends.
    pub(crate) fn find(url: &'u str, is_known: impl Fn(&str) -> bool) -> Option<Self> {
        let start = url.match_indices('/').find(|(at, _)| starts_with_prefix(url.get(at + 1..).unwrap_or_default()))?.0;
        let (base, text) = (url.get(..start)?.trim_end_matches('/'), url.get(start + 1..)?);
        let end = text.find(['?', '#']).unwrap_or(text.len());
        for end in [text.len(), end] {
            let (named, rest) = text.split_at_checked(end)?;
            if let Some(bulk_id) = bulk_id(named, &is_known) {
                return Some(Self { base, bulk_id, rest });
            }
        }
        let (named, rest) = text.split_at_checked(end)?;
        let named = named.trim_end_matches('/');
        // A segment followed by others does not name an operation.
        let bulk_id = unknown_bulk_id(named).filter(|_| !named.contains('/'))?;
        Some(Self { base, bulk_id, rest })
    }
}

/// Returns whether a text starts with the prefix of a reference, which may be percent-encoded.
fn starts_with_prefix(text: &str) -> bool {
    // Each character takes up to three bytes when percent-encoded.
    percent_decode_str(collation::start(text, 3 * PREFIX.len())).take(PREFIX.len()).eq(PREFIX.bytes())
}

/// Returns the bulkId that a segment of a path refers to, whether or not an operation has it.
pub(crate) fn unknown_bulk_id(segment: &str) -> Option<String> {
    Some(percent_decode_str(segment).decode_utf8_lossy().strip_prefix(PREFIX)?.to_owned())
}

/// Returns the bulkId that a segment of a path refers to, if it `is_known`: unescaped or percent-encoded, with or
/// without a trailing slash.
pub(crate) fn bulk_id(segment: &str, is_known: impl Fn(&str) -> bool) -> Option<String> {
    for text in [segment, segment.strip_suffix('/').unwrap_or(segment)] {
        for text in [Cow::Borrowed(text), percent_decode_str(text).decode_utf8_lossy()] {
            if let Some(bulk_id) = text.strip_prefix(PREFIX).filter(|bulk_id| is_known(bulk_id)) {
                return Some(bulk_id.to_owned());
            }
        }
    }
    None
}

/// Returns whether the values of an attribute are ids of other resources, as far as a schema specifies it. For example,
/// `value` is an id in `members` and `manager`.
fn may_hold_id(attribute: &Attribute) -> bool {
    attribute.data_type == DataType::Reference || attribute.name.eq_ignore_ascii_case("value")
}

/// Returns whether the values of an attribute are URLs of resources rather than other URLs.
fn may_hold_url(attribute: &Attribute) -> bool {
    let is_resource = |name: &str| !name.eq_ignore_ascii_case("external") && !name.eq_ignore_ascii_case("uri");
    attribute.data_type == DataType::Reference && attribute.reference_types.iter().any(|name| is_resource(name))
}

impl fmt::Debug for References {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("References")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        error::ScimType,
        schema::{AttributeSpec, Mutability},
    };

    fn of_users(ids: &[&str]) -> References {
        References::new(ids.iter().map(|id| (*id, "Users".into())))
    }

    fn resolve_value(references: &References, text: &str) -> Result<String, (u16, String)> {
        let value = AttributeSpec::new("value", DataType::String).build();
        let resolved = references.resolve(&value, Cow::Borrowed(text)).map(Cow::into_owned);
        resolved.map_err(|error| (error.status().as_u16(), error.detail().to_owned()))
    }

    #[test]
    fn a_whole_text_is_a_reference_whatever_the_characters() {
        let ids = ["u:1", "u 1", "x@y.z", "a/b+c=", "{1-2}", "\u{3b1}\""];
        let references = of_users(&ids);
        for (number, id) in ids.iter().enumerate() {
            references.set(id, OperationState::Created(number.to_string().into()));
            assert_eq!(resolve_value(&references, &format!("bulkId:{id}")), Ok(number.to_string()));
        }
        for text in ["", "u:1", "see bulkId:u:1", " bulkId:u:1", "BULKID:u:1"] {
            assert_eq!(resolve_value(&references, text), Ok(text.to_owned()));
        }
        assert_eq!(resolve_value(&References::default(), "bulkId:x"), Ok("bulkId:x".to_owned()));
    }

    #[test]
    fn an_attribute_that_holds_no_ids_accepts_any_text() {
        let references = of_users(&["a"]);
        references.set("a", OperationState::Created("1".into()));
        let title = AttributeSpec::new("title", DataType::String).build();
        let pin = AttributeSpec { mutability: Mutability::WriteOnly, ..AttributeSpec::new("value", DataType::String) };
        let pin = pin.build();
        for (attribute, text, expected) in [
            (&title, "bulkId:a", "1"),
            (&title, "bulkId: a note", "bulkId: a note"),
            (&pin, "bulkId:a", "bulkId:a"),
            (&pin, "bulkId:b", "bulkId:b"),
        ] {
            assert_eq!(references.resolve(attribute, Cow::Borrowed(text)).unwrap(), expected, "{}", attribute.name);
        }
    }

    #[test]
    fn a_url_may_end_with_a_reference() {
        let references = of_users(&["a"]);
        references.set("a", OperationState::Created("1".into()));
        let mut url = AttributeSpec::new("$ref", DataType::Reference).build();
        url.reference_types = vec!["User".into()].into();
        let resolve = |text| references.resolve(&url, Cow::Borrowed(text)).map(Cow::into_owned);
        assert_eq!(resolve("/Users/bulkId:a").unwrap(), "/Users/1");
        assert_eq!(resolve("https://example.com/Users/bulkId:a").unwrap(), "https://example.com/Users/1");
        assert_eq!(resolve("bulkId:a").unwrap(), "1");
        // In any notation.
        for (text, expected) in [
            ("/Users/bulkId:a/", "/Users/1"),
            ("/Users/bulkId%3Aa", "/Users/1"),
            ("/users/bulk%49d%3a%61/", "/users/1"),
            ("/bulkId:a", "/1"),
            ("/Users//bulkId:a", "/Users/1"),
            ("/User%73/bulkId:a", "/User%73/1"),
            ("https://example.com/v2/Users/bulkId:a?x=y#z", "https://example.com/v2/Users/1?x=y#z"),
        ] {
            assert_eq!(resolve(text).unwrap(), expected);
        }
        for text in [
            "/Groups/bulkId:a",
            "/Groups//bulkId:a",
            "https://example.com/Groups/bulkId%3aa",
            "/Users/bulkId:b/",
            "/Users/bulkId%3Ab",
        ] {
            let error = resolve(text).unwrap_err();
            assert_eq!((error.status().as_u16(), error.scim_type()), (400, Some(ScimType::InvalidValue)), "{text}");
        }
        assert_eq!(resolve("/Users/bulkId:a/x").unwrap(), "/Users/bulkId:a/x");
        assert_eq!(resolve("/Users/bulkId:b").unwrap_err().status(), 400);
        let mut page = AttributeSpec::new("profileUrl", DataType::Reference).build();
        page.reference_types = vec!["external".into()].into();
        for text in ["https://example.com/bulkId:a", "https://example.com/bulkId:b"] {
            assert_eq!(references.resolve(&page, Cow::Borrowed(text)).unwrap(), text);
        }
    }

    #[test]
    fn a_missing_resource_is_reported() {
        let references = of_users(&["a", "b", "c", "d"]);
        references.set("b", OperationState::Failed);
        references.set("c", OperationState::Deleted);
        references.set("d", OperationState::InCycle(1));
        for (id, status, excerpt) in [
            ("a", 409, "comes later"),
            ("b", 409, "failed"),
            ("c", 409, "deleted"),
            ("d", 409, "failed"),
            ("", 400, "no"),
        ] {
            let (code, detail) = resolve_value(&references, &format!("bulkId:{id}")).unwrap_err();
            assert!(code == status && detail.contains(excerpt), "{id}: {code} {detail}");
        }
        let (_, detail) = resolve_value(&references.within(Some(1)), "bulkId:d").unwrap_err();
        assert!(detail.contains("circle"), "{detail}");
    }
}
