//! References to what another operation of the same bulk request makes (RFC 7644 §3.7.2).

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

use crate::{
    error::{Error, excerpt},
    schema::{Attribute, DataType},
};

/// What a text starts with that names the resource of another operation.
pub(crate) const PREFIX: &str = "bulkId:";

/// What became of an operation that has a bulkId.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Made {
    /// It was not run yet.
    Waits,
    /// It failed, or was not run yet, as it is part of the circle of references with this number.
    InCircle(usize),
    /// It was run; the resource has this id.
    Id(Arc<str>),
    /// The resource was deleted, by it or by another operation.
    Deleted,
    /// It failed.
    Failed,
}

/// The bulkIds of one bulk request. Outside of bulk requests this is empty and no text is a reference.
///
/// A reference is a whole text, in a value or in a literal of a filter. Text that merely contains one, and the names of
/// attributes, are left as they are.
#[derive(Clone, Default)]
pub(crate) struct References {
    bulk: Option<Arc<Bulk>>,
    /// The circle that the operation which refers is part of.
    circle: Option<usize>,
}

/// What the operations of a bulk request share.
struct Bulk {
    ids: Mutex<HashMap<String, Made>>,
    spent: Spent,
}

/// What the operations of a bulk request have cost so far, together.
#[derive(Debug, Default)]
pub(crate) struct Spent {
    /// How many elements were visited.
    pub(crate) visits: AtomicU64,
    /// How many bytes of text were written more than once.
    pub(crate) growth: AtomicU64,
}

impl Spent {
    /// Adds to what was spent, and returns the sum.
    pub(crate) fn add(spent: &AtomicU64, more: u64) -> u64 {
        let add = |spent: u64| Some(spent.saturating_add(more));
        spent.fetch_update(Ordering::Relaxed, Ordering::Relaxed, add).unwrap_or(u64::MAX).saturating_add(more)
    }
}

impl References {
    /// Starts with these bulkIds, none of which was run yet.
    pub(crate) fn new<'i>(ids: impl Iterator<Item = &'i str>) -> Self {
        let ids = ids.map(|id| (id.to_owned(), Made::Waits)).collect();
        let bulk = Bulk { ids: Mutex::new(ids), spent: Spent::default() };
        Self { bulk: Some(Arc::new(bulk)), circle: None }
    }

    /// What the operations of the bulk request have cost so far.
    pub(crate) fn spent(&self) -> Option<&Spent> {
        self.bulk.as_ref().map(|bulk| &bulk.spent)
    }

    /// Adds work that cannot be refused any more to what the bulk request has cost, if it is one. The next operation is
    /// refused once it was too much.
    pub(crate) fn note_work(&self, visits: u64) {
        if let Some(spent) = self.spent() {
            Spent::add(&spent.visits, visits);
        }
    }

    /// Whether these are the references of a bulk request.
    pub(crate) fn is_bulk(&self) -> bool {
        self.bulk.is_some()
    }

    /// The same bulkIds, for an operation that is part of a circle.
    pub(crate) fn within(&self, circle: Option<usize>) -> Self {
        Self { circle, ..self.clone() }
    }

    /// Records what became of an operation.
    pub(crate) fn set(&self, bulk_id: &str, made: Made) {
        if let Some(bulk) = &self.bulk {
            bulk.ids.lock().unwrap_or_else(PoisonError::into_inner).insert(bulk_id.to_owned(), made);
        }
    }

    /// What became of an operation; `None` if no operation has the bulkId.
    pub(crate) fn get(&self, bulk_id: &str) -> Option<Made> {
        self.bulk.as_ref()?.ids.lock().unwrap_or_else(PoisonError::into_inner).get(bulk_id).cloned()
    }

    /// Returns the text, or the id that it refers to, as a value of an attribute. What is never returned is no reference. An
    /// attribute that holds no ids may hold any text, including one that only looks like a reference. An attribute that holds
    /// URLs of resources may hold one that ends with a reference, such as `/Users/bulkId:a`.
    ///
    /// # Errors
    ///
    /// 400 `invalidValue` for a bulkId that no operation has; 409 for one whose resource does not exist.
    #[inline]
    pub(crate) fn resolve<'v>(&self, attribute: &Attribute, text: Cow<'v, str>) -> Result<Cow<'v, str>, Error> {
        if self.bulk.is_none() || !attribute.is_readable() {
            return Ok(text);
        }
        if may_hold_url(attribute)
            && let Some((endpoint, segment)) = last_segment(&text)
            && let Some(bulk_id) = segment.strip_prefix(PREFIX)
        {
            return Ok(Cow::Owned(format!("{endpoint}/{}", self.id(bulk_id)?)));
        }
        match text.strip_prefix(PREFIX) {
            Some(bulk_id) if !may_hold_id(attribute) && self.get(bulk_id).is_none() => Ok(text),
            Some(bulk_id) => Ok(Cow::Owned(self.id(bulk_id)?.as_ref().to_owned())),
            None => Ok(text),
        }
    }

    /// The id of the resource that the operation with a bulkId made or changed.
    ///
    /// # Errors
    ///
    /// As [`resolve`](Self::resolve).
    pub(crate) fn id(&self, bulk_id: &str) -> Result<Arc<str>, Error> {
        let name = excerpt(bulk_id);
        let conflict = |detail: String| Err(Error::new(StatusCode::CONFLICT, detail));
        match self.get(bulk_id) {
            Some(Made::Id(id)) => Ok(id),
            None => Err(Error::invalid_value(format!("no operation has the bulkId `{name}`"))),
            Some(Made::Deleted) => {
                conflict(format!("the resource of the operation `{name}`, which this one refers to, was deleted"))
            }
            Some(Made::InCircle(circle)) if self.circle == Some(circle) => conflict(format!(
                "this operation and the operation `{name}` refer to each other in a circle; create one of them without \
                 the reference and add it in a later operation"
            )),
            Some(Made::Failed | Made::InCircle(_)) => {
                conflict(format!("the operation `{name}`, which this one refers to, failed"))
            }
            Some(Made::Waits) => conflict(format!(
                "the operation `{name}`, which this one refers to, comes later, and only a POST is run before its turn"
            )),
        }
    }
}

/// Splits a URL before its last segment.
pub(crate) fn last_segment(url: &str) -> Option<(&str, &str)> {
    url.rsplit_once('/')
}

/// Whether the values of an attribute are ids of other resources, as far as a schema says: `value` is one in `members`
/// and `manager`.
fn may_hold_id(attribute: &Attribute) -> bool {
    attribute.data_type == DataType::Reference || attribute.name.eq_ignore_ascii_case("value")
}

/// Whether the values of an attribute are URLs of resources, and not of something else.
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
    use crate::schema::{AttributeSpec, Mutability};

    fn told(references: &References, text: &str) -> Result<String, (u16, String)> {
        let value = AttributeSpec::new("value", DataType::String).build();
        let resolved = references.resolve(&value, Cow::Borrowed(text)).map(Cow::into_owned);
        resolved.map_err(|error| (error.status().as_u16(), error.detail().to_owned()))
    }

    #[test]
    fn a_whole_text_is_a_reference_whatever_the_characters() {
        let ids = ["u:1", "u 1", "x@y.z", "a/b+c=", "{1-2}", "\u{3b1}\""];
        let references = References::new(ids.into_iter());
        for (number, id) in ids.iter().enumerate() {
            references.set(id, Made::Id(number.to_string().into()));
            assert_eq!(told(&references, &format!("bulkId:{id}")), Ok(number.to_string()));
        }
        for text in ["", "u:1", "see bulkId:u:1", " bulkId:u:1", "BULKID:u:1"] {
            assert_eq!(told(&references, text), Ok(text.to_owned()));
        }
        assert_eq!(told(&References::default(), "bulkId:x"), Ok("bulkId:x".to_owned()));
    }

    #[test]
    fn an_attribute_that_holds_no_ids_takes_any_text() {
        let references = References::new(["a"].into_iter());
        references.set("a", Made::Id("1".into()));
        let title = AttributeSpec::new("title", DataType::String).build();
        let pin = AttributeSpec { mutability: Mutability::WriteOnly, ..AttributeSpec::new("value", DataType::String) };
        let pin = pin.build();
        for (attribute, text, meant) in [
            (&title, "bulkId:a", "1"),
            (&title, "bulkId: a note", "bulkId: a note"),
            (&pin, "bulkId:a", "bulkId:a"),
            (&pin, "bulkId:b", "bulkId:b"),
        ] {
            assert_eq!(references.resolve(attribute, Cow::Borrowed(text)).unwrap(), meant, "{}", attribute.name);
        }
    }

    #[test]
    fn a_url_may_end_with_a_reference() {
        let references = References::new(["a"].into_iter());
        references.set("a", Made::Id("1".into()));
        let mut url = AttributeSpec::new("$ref", DataType::Reference).build();
        url.reference_types = vec!["User".into()].into();
        let resolve = |text| references.resolve(&url, Cow::Borrowed(text)).map(Cow::into_owned);
        assert_eq!(resolve("/Users/bulkId:a").unwrap(), "/Users/1");
        assert_eq!(resolve("https://example.com/Users/bulkId:a").unwrap(), "https://example.com/Users/1");
        assert_eq!(resolve("bulkId:a").unwrap(), "1");
        assert_eq!(resolve("/Users/bulkId:a/x").unwrap(), "/Users/bulkId:a/x");
        assert_eq!(resolve("/Users/bulkId:b").unwrap_err().status(), 400);
        let mut page = AttributeSpec::new("profileUrl", DataType::Reference).build();
        page.reference_types = vec!["external".into()].into();
        for text in ["https://example.com/bulkId:a", "https://example.com/bulkId:b"] {
            assert_eq!(references.resolve(&page, Cow::Borrowed(text)).unwrap(), text);
        }
    }

    #[test]
    fn what_was_not_made_is_told() {
        let references = References::new(["a", "b", "c", "d"].into_iter());
        references.set("b", Made::Failed);
        references.set("c", Made::Deleted);
        references.set("d", Made::InCircle(1));
        for (id, status, part) in [
            ("a", 409, "comes later"),
            ("b", 409, "failed"),
            ("c", 409, "deleted"),
            ("d", 409, "failed"),
            ("", 400, "no"),
        ] {
            let (code, detail) = told(&references, &format!("bulkId:{id}")).unwrap_err();
            assert!(code == status && detail.contains(part), "{id}: {code} {detail}");
        }
        let (_, detail) = told(&references.within(Some(1)), "bulkId:d").unwrap_err();
        assert!(detail.contains("circle"), "{detail}");
    }
}
