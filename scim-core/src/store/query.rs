//! List requests and their results.

use std::{borrow::Cow, cmp::Ordering, fmt};

use crate::{
    collation,
    error::Error,
    filter::Filter,
    json::Projection,
    lookup::is_computed,
    meter::{Meter, Unmetered},
    reflect::{Reflect, Scalar, ValueRef, version_tag},
    schema::{Attribute, DataType, Path, ResourceType, at},
};

use super::stored::Stored;

/// A list request, RFC 7644 §3.4.2.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Query<'a> {
    /// The resource type that is listed.
    pub resource_type: &'a ResourceType,
    /// The filter. Without one, all resources match.
    pub filter: Option<&'a Filter>,
    /// The order. Without one, the resources are sorted by id.
    pub sort: Option<Sort>,
    /// The number of results before the page, from 0.
    pub offset: usize,
    /// The maximum number of resources on the page.
    pub count: usize,
    /// The attributes in the response.
    pub projection: &'a Projection,
    /// The maximum number of [candidates](Page::candidates) that the framework accepts:
    /// [`Limits::candidates`](crate::Limits::candidates). A store stops at one more, so that it never loads all
    /// resources for one request. The framework then detects the surplus candidate and responds with 400 `tooMany`.
    pub candidates: usize,
    /// The maximum number of values of one resource that the filter may visit.
    pub(crate) visits: u64,
    /// The work limit for copying the resources of a page; see [`Limits::page`](crate::Limits::page).
    pub(crate) copies: usize,
}

/// The order of a list, RFC 7644 §3.4.2.3.
///
/// The framework sorts text by its first 1,024 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sort {
    /// The attribute to sort by. For a multi-valued attribute, the primary value is used, or else the first one.
    pub path: Path,
    /// Whether the greatest value comes first. Resources without a value then come first, too.
    pub descending: bool,
    /// Whether text is compared case-sensitively.
    pub case_exact: bool,
    /// The type of the values.
    data_type: DataType,
    /// The sub-attribute that marks the primary value of a multi-valued attribute.
    primary: Option<u32>,
}

impl Sort {
    /// The number of bytes of a text that are compared.
    const TEXT: usize = 1024;

    /// Creates an order by a simple attribute, or by the `value` of a complex one.
    ///
    /// # Errors
    ///
    /// 400 `invalidPath` if the attribute is complex without a `value`, or is never returned, because the order would
    /// reveal its values.
    pub fn new(resource_type: &ResourceType, path: Path, descending: bool) -> Result<Self, Error> {
        let refused = |why: &str| Err(Error::invalid_path(format!("`{}` {why}", resource_type.name_of(path))));
        let attribute =
            resource_type.attribute(path).ok_or_else(|| Error::invalid_path("`sortBy` names no attribute"))?;
        let path = match attribute.sub_attribute("value") {
            Some((index, _)) => path.child(index).unwrap_or(path),
            None if attribute.data_type == DataType::Complex => {
                return refused("is complex; sort by one of its sub-attributes");
            }
            None => path,
        };
        let chain = chain(resource_type, path);
        if is_computed(path) || !chain.iter().all(|attribute| attribute.is_readable()) {
            return refused("cannot be sorted by");
        }
        let (case_exact, data_type) =
            chain.last().map_or((false, DataType::String), |attribute| (attribute.case_exact, attribute.data_type));
        let mut lists = chain.iter().filter(|attribute| attribute.multi_valued);
        let primary = lists.find_map(|list| list.sub_attribute("primary")).map(|(index, _)| index);
        Ok(Self { path, descending, case_exact, data_type, primary })
    }

    /// Returns the form in which a value is sorted: its comparison key. A number that is stored for a text attribute,
    /// such as an id, is sorted numerically, as in a database.
    fn key<'v>(&self, value: Scalar<'v>) -> Scalar<'v> {
        match value {
            Scalar::Int(number) if self.is_text() => Scalar::Int(number),
            // In the form that clients see.
            Scalar::Str(version) if self.path == Path::META_VERSION => {
                version_tag(Scalar::Str(version)).map_or(Scalar::Absent, |tag| Scalar::Str(tag.into()))
            }
            Scalar::Str(Cow::Borrowed(text)) if self.is_text() => {
                Scalar::Str(collation::comparison_key(text, self.case_exact))
            }
            value => value.canonical(self.data_type, self.case_exact).into_owned(),
        }
    }

    fn is_text(&self) -> bool {
        matches!(self.data_type, DataType::String | DataType::Reference)
    }

    /// Returns the value that a resource is sorted by.
    fn value<'v>(&self, value: ValueRef<'v>, steps: &[u32], meter: &impl Meter) -> Scalar<'v> {
        match (value, steps.split_first()) {
            (ValueRef::List(list), _) => {
                let elements = || list.iter().map(|(_, element)| element);
                let primary = self.primary.and_then(|primary| {
                    meter.spend(list.len().into());
                    let is_true = |flag| matches!(flag, ValueRef::Scalar(Scalar::Bool(true)));
                    elements().find(|element| is_true(element.clone().at(&[primary])))
                });
                let chosen = primary.or_else(|| elements().next());
                chosen.map_or(Scalar::Absent, |element| self.value(element, steps, meter))
            }
            (ValueRef::Complex(object), Some((step, rest))) => self.value(object.get(*step), rest, meter),
            // Longer texts with the same start are ordered by id, so that neither memory nor time depends on the rest
            // of the text.
            (ValueRef::Scalar(Scalar::Str(Cow::Borrowed(text))), None) if self.is_text() => {
                Scalar::Str(collation::start(text, Sort::TEXT).into())
            }
            (ValueRef::Scalar(scalar), None) => scalar,
            _ => Scalar::Absent,
        }
    }
}

/// Returns the attributes from the root to a path, ending with the attribute of the path.
fn chain(resource_type: &ResourceType, path: Path) -> Vec<&Attribute> {
    let mut attributes: &[Attribute] = &resource_type.attributes;
    let step = |step: &u32| {
        let attribute = at(attributes, *step)?;
        attributes = &attribute.sub_attributes;
        Some(attribute)
    };
    path.steps().iter().map_while(step).collect()
}

/// The result of a query. `Debug` shows counts but no resources, because they may hold secrets.
pub struct Page<R> {
    pub(crate) resources: Vec<Stored<R>>,
    /// The total number of results; `None` if the resources are candidates.
    pub(crate) total: Option<usize>,
}

impl<R> fmt::Debug for Page<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Page")
            .field("resources", &self.resources.len())
            .field("total", &self.total)
            .finish_non_exhaustive()
    }
}

impl<R> Page<R> {
    /// Creates the final page: the store applied filter, order, offset and count. `total` is the number of all
    /// resources that match the filter.
    #[must_use]
    pub fn exact<T: Into<Stored<R>>>(resources: impl IntoIterator<Item = T>, total: usize) -> Self {
        Self { resources: resources.into_iter().map(Into::into).collect(), total: Some(total) }
    }

    /// Creates a page of candidates in any order: the framework filters, sorts and cuts the page.
    ///
    /// A store may apply the part of a filter that it understands, as long as it omits no matching resource. It stops
    /// at one more than [`Query::candidates`]. The framework then rejects the request with 400 `tooMany` (RFC 7644
    /// §3.4.2).
    #[must_use]
    pub fn candidates<T: Into<Stored<R>>>(resources: impl IntoIterator<Item = T>) -> Self {
        Self { resources: resources.into_iter().map(Into::into).collect(), total: None }
    }

    /// Returns the resources of the page, or the candidates.
    #[must_use]
    pub fn resources(&self) -> &[Stored<R>] {
        &self.resources
    }

    /// Returns the resources of the page, or the candidates.
    #[must_use]
    pub fn into_resources(self) -> Vec<Stored<R>> {
        self.resources
    }

    /// Returns the total number of matching resources; `None` for candidates.
    #[must_use]
    pub fn total(&self) -> Option<usize> {
        self.total
    }

    /// Converts each resource and keeps the total, for stores that wrap other stores.
    ///
    /// ```
    /// use scim_core::{model::User, store::Page};
    ///
    /// let page = Page::exact([User::default()], 12);
    /// let page = page.map(|user| User { active: Some(true), ..user.into_owned() });
    /// assert_eq!(page.resources()[0].active, Some(true));
    /// assert_eq!(page.total(), Some(12));
    /// ```
    #[must_use]
    pub fn map<T, S: Into<Stored<T>>>(self, change: impl FnMut(Stored<R>) -> S) -> Page<T> {
        Page { resources: self.resources.into_iter().map(change).map(Into::into).collect(), total: self.total }
    }
}

impl<'a> Query<'a> {
    /// Creates a query for all resources of a type.
    #[must_use]
    pub fn all(resource_type: &'a ResourceType) -> Self {
        const EVERYTHING: &Projection = &Projection::DEFAULT;
        Self {
            resource_type,
            filter: None,
            sort: None,
            offset: 0,
            count: usize::MAX,
            projection: EVERYTHING,
            candidates: usize::MAX,
            visits: u64::MAX,
            copies: usize::MAX,
        }
    }

    /// Returns whether a resource matches the filter.
    #[must_use]
    pub fn matches(&self, resource: &dyn Reflect) -> bool {
        self.filter.is_none_or(|filter| filter.matches(resource))
    }

    /// Selects the page from candidates, for a store that keeps its resources in memory. Applies filter, order, offset
    /// and count. Only the resources of the page are copied.
    pub fn select<'r, R: Reflect + Clone + 'r>(&self, candidates: impl IntoIterator<Item = &'r R>) -> Page<R> {
        let matcher = self.filter.map(Filter::matcher);
        let is_match = |candidate: &&'r R| matcher.as_ref().is_none_or(|matcher| matcher.matches_resource(*candidate));
        let matching = candidates.into_iter().filter(is_match);
        let (page, total) = self.cut(matching.map(|resource| (self.key(resource, &Unmetered), resource)).collect());
        Page::exact(self.copy(page), total)
    }

    /// Cuts the page from the matching resources and counts them. Only the page is sorted.
    pub(super) fn cut<T>(&self, mut matching: Vec<(SortKey<'_>, T)>) -> (Vec<T>, usize) {
        let descending = self.sort.is_some_and(|sort| sort.descending);
        let by_key = |(left, _): &(SortKey<'_>, T), (right, _): &(SortKey<'_>, T)| {
            let order = compare(&left.value, &right.value);
            let order = if descending { order.reverse() } else { order };
            order.then_with(|| compare(&left.id, &right.id))
        };
        let total = matching.len();
        let start = self.offset.min(total);
        let end = self.offset.saturating_add(self.count).min(total);
        if end < total {
            matching.select_nth_unstable_by(end, by_key);
            matching.truncate(end);
        }
        if 0 < start && start < end {
            matching.select_nth_unstable_by(start, by_key);
        }
        let mut page = matching.split_off(start.min(matching.len()));
        page.sort_by(by_key);
        (page.into_iter().map(|(_, resource)| resource).collect(), total)
    }

    /// Copies the resources of a page up to the size limit. The first one is always included.
    fn copy<R: Reflect + Clone>(&self, page: Vec<&R>) -> Vec<R> {
        let mut left = self.copies;
        let mut copies = Vec::new();
        for resource in page {
            if self.copies < usize::MAX {
                let work = resource.view().copy_work();
                if work > left && !copies.is_empty() {
                    break;
                }
                left = left.saturating_sub(work);
            }
            copies.push(resource.clone());
        }
        copies
    }

    /// Returns the sort key of a resource.
    pub(super) fn key<'r>(&self, resource: &'r dyn Reflect, meter: &impl Meter) -> SortKey<'r> {
        let view = resource.view();
        let value = self.sort.map_or(Scalar::Absent, |sort| {
            let value = sort.value(view.clone(), sort.path.steps(), meter);
            if meter.look_at(value.as_str()) { sort.key(value) } else { Scalar::Absent }
        });
        SortKey { value, id: view.at(Path::ID.steps()).scalar() }
    }
}

/// The sort key of a resource. The id makes the order total.
pub(super) struct SortKey<'r> {
    value: Scalar<'r>,
    id: Scalar<'r>,
}

/// Compares two sort values. Absent values come last (RFC 7644 §3.4.2.3).
fn compare(left: &Scalar<'_>, right: &Scalar<'_>) -> Ordering {
    match (left, right) {
        (Scalar::Absent, Scalar::Absent) => Ordering::Equal,
        (Scalar::Absent, _) => Ordering::Greater,
        (_, Scalar::Absent) => Ordering::Less,
        // All values of an attribute have the same type.
        (left, right) => left.order(right).unwrap_or(Ordering::Equal),
    }
}
