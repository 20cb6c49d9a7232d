//! An index over one list, for the time of one request.
//!
//! A request may hold thousands of operations on a list of thousands of elements. Each looks its elements up here, so
//! that the request costs operations plus elements and not their product.

use std::collections::{HashMap, HashSet};

use super::compare::Identity;

/// By what an element is looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Facet {
    /// By what tells it apart from the other elements.
    Identity(Identity),
    /// By the value of one sub-attribute.
    Sub(u32),
}

/// What is known of the elements of one list.
#[derive(Debug, Default)]
pub(super) struct ListIndex {
    facets: Vec<(Facet, Table)>,
    /// Elements that are removed but still stand in the list, so that the others keep their numbers until the end.
    removed: HashSet<u32>,
    /// The elements that are primary, once somebody asked.
    primaries: Option<Vec<u32>>,
    /// How many elements are there, once somebody asked.
    count: Option<usize>,
}

/// The elements of each hash; `None` as long as the facet was asked for once only.
type Table = Option<HashMap<u64, Elements>>;

/// The numbers of elements; mostly one.
#[derive(Debug)]
enum Elements {
    One(u32),
    Many(Vec<u32>),
}

impl Elements {
    fn as_slice(&self) -> &[u32] {
        match self {
            Self::One(element) => std::slice::from_ref(element),
            Self::Many(elements) => elements,
        }
    }

    fn push(&mut self, element: u32) {
        match self {
            Self::One(first) => *self = Self::Many(vec![*first, element]),
            Self::Many(elements) => elements.push(element),
        }
    }
}

impl ListIndex {
    /// The elements of a hash, or `None` where the facet has no table yet.
    pub(super) fn get(&self, facet: Facet, hash: u64) -> Option<&[u32]> {
        let table = self.table(facet)?;
        Some(table.get(&hash).map(Elements::as_slice).unwrap_or_default())
    }

    fn table(&self, facet: Facet) -> Option<&HashMap<u64, Elements>> {
        self.facets.iter().find(|(of, _)| *of == facet)?.1.as_ref()
    }

    /// Notes that a facet is asked for, and returns whether that is the first time. One look-up alone is cheaper as a
    /// walk over the list.
    pub(super) fn is_first_use(&mut self, facet: Facet) -> bool {
        let is_first = !self.facets.iter().any(|(of, _)| *of == facet);
        if is_first {
            self.facets.push((facet, None));
        }
        is_first
    }

    /// Sets the table of a facet.
    pub(super) fn build(&mut self, facet: Facet, elements: impl Iterator<Item = (u64, u32)>) {
        let mut table = HashMap::with_capacity(elements.size_hint().0);
        for (hash, element) in elements {
            add(&mut table, hash, element);
        }
        self.facets.retain(|(of, _)| *of != facet);
        self.facets.push((facet, Some(table)));
    }

    /// The facets that have a table.
    pub(super) fn built(&self) -> impl Iterator<Item = Facet> {
        self.facets.iter().filter(|(_, table)| table.is_some()).map(|(facet, _)| *facet)
    }

    /// Notes a new hash of an element.
    pub(super) fn add(&mut self, facet: Facet, hash: u64, element: u32) {
        if let Some((_, Some(table))) = self.facets.iter_mut().find(|(of, _)| *of == facet) {
            add(table, hash, element);
        }
    }

    /// Forgets the elements of a hash for which `is_gone` holds. Returns how many were looked at.
    pub(super) fn forget(&mut self, facet: Facet, hash: u64, is_gone: impl Fn(u32) -> bool) -> usize {
        let Some((_, Some(table))) = self.facets.iter_mut().find(|(of, _)| *of == facet) else { return 0 };
        let Some(elements) = table.get_mut(&hash) else { return 0 };
        let seen = elements.as_slice().len();
        match elements {
            Elements::Many(many) => many.retain(|element| !is_gone(*element)),
            Elements::One(one) if is_gone(*one) => *elements = Elements::Many(Vec::new()),
            Elements::One(_) => {}
        }
        if elements.as_slice().is_empty() {
            table.remove(&hash);
        }
        seen
    }

    /// Whether an element is removed although it still stands in the list.
    pub(super) fn is_removed(&self, element: u32) -> bool {
        self.removed.contains(&element)
    }

    /// Marks elements as removed.
    pub(super) fn mark_removed(&mut self, elements: impl IntoIterator<Item = u32>) {
        self.removed.extend(elements);
    }

    /// How many elements are there, if that is known.
    pub(super) fn count(&self) -> Option<usize> {
        self.count
    }

    /// Notes how many elements are there.
    pub(super) fn set_count(&mut self, count: usize) {
        self.count = Some(count);
    }

    /// Notes that so many elements came and so many went.
    pub(super) fn change_count(&mut self, came: usize, went: usize) {
        self.count = self.count.map(|count| count.saturating_add(came).saturating_sub(went));
    }

    /// The elements that are to be taken out of the list, ascending.
    pub(super) fn into_removed(self) -> Vec<u32> {
        let mut removed: Vec<u32> = self.removed.into_iter().collect();
        removed.sort_unstable();
        removed
    }

    /// The elements that are primary, if that is known. May hold some that no longer are.
    pub(super) fn primaries(&mut self) -> &mut Option<Vec<u32>> {
        &mut self.primaries
    }
}

fn add(table: &mut HashMap<u64, Elements>, hash: u64, element: u32) {
    table.entry(hash).and_modify(|elements| elements.push(element)).or_insert(Elements::One(element));
}
