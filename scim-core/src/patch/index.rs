//! An index over one list, for the duration of one request.
//!
//! A request may contain thousands of operations on a list of thousands of elements. Each operation looks up its
//! elements here, so that the cost of the request is the sum of operations and elements, not their product.

use std::collections::{HashMap, HashSet, hash_map::Entry};

use crate::reflect::compare::Identity;

/// The key by which elements are looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Facet {
    /// The identity of the element.
    Identity(Identity),
    /// The value of one sub-attribute.
    Sub(u32),
}

/// An index of the elements of one list.
#[derive(Debug, Default)]
pub(super) struct ListIndex {
    facets: Vec<(Facet, Table)>,
    /// Elements that are removed but remain in the list until the end, so that the others keep their indices.
    removed: HashSet<u32>,
    /// The elements that are primary, once requested.
    primaries: Option<Vec<u32>>,
    /// The number of elements, once requested.
    count: Option<usize>,
}

/// The elements with each hash. `None` while the facet has been used only once.
type Table = Option<HashMap<u64, Elements>>;

/// The indices of elements, in ascending order; usually one.
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

    /// Adds an element. Returns the cost.
    fn insert(&mut self, element: u32) -> usize {
        if let Self::One(first) = self {
            *self = Self::Many(vec![*first]);
        }
        let Self::Many(elements) = self else { return 0 };
        let Err(at) = elements.binary_search(&element) else { return 0 };
        elements.insert(at, element);
        elements.len().saturating_sub(at) / MOVED
    }

    /// Removes the elements with some hashes, given in ascending order. Returns the cost.
    fn remove(&mut self, gone: &[(u64, u32)]) -> usize {
        let is_gone = |element: &u32| gone.binary_search_by_key(element, |(_, gone)| *gone).is_ok();
        match (self, gone) {
            (Self::Many(elements), [(_, gone)]) => {
                let Ok(at) = elements.binary_search(gone) else { return 1 };
                elements.remove(at);
                1 + elements.len().saturating_sub(at) / MOVED
            }
            (Self::Many(elements), _) => {
                let seen = elements.len();
                elements.retain(|element| !is_gone(element));
                1 + seen / SEEN
            }
            (this @ Self::One(_), _) => {
                if this.as_slice().iter().any(is_gone) {
                    *this = Self::Many(Vec::new());
                }
                1
            }
        }
    }

    /// Updates indices after other elements, given in ascending order, left the list.
    fn move_up(&mut self, gone: &[u32]) {
        match self {
            Self::One(element) => *element = moved_up(*element, gone),
            Self::Many(elements) => elements.iter_mut().for_each(|element| *element = moved_up(*element, gone)),
        }
    }
}

/// How many indices can be moved in memory for the cost of one visit.
const MOVED: usize = 256;
/// How many indices can be searched for among others for the cost of one visit.
const SEEN: usize = 8;

/// Returns the index of an element after others, given in ascending order, left the list.
fn moved_up(element: u32, gone: &[u32]) -> u32 {
    let before = match gone {
        [gone] => usize::from(*gone < element),
        _ => gone.partition_point(|gone| *gone < element),
    };
    element.saturating_sub(u32::try_from(before).unwrap_or(u32::MAX))
}

impl ListIndex {
    /// Returns the elements with a hash, or `None` if the facet has no table yet.
    pub(super) fn get(&self, facet: Facet, hash: u64) -> Option<&[u32]> {
        let table = self.table(facet)?;
        Some(table.get(&hash).map(Elements::as_slice).unwrap_or_default())
    }

    fn table(&self, facet: Facet) -> Option<&HashMap<u64, Elements>> {
        self.facets.iter().find(|(of, _)| *of == facet)?.1.as_ref()
    }

    /// Records a use of a facet and returns whether it is the first one. For a single look-up, a walk over the list is
    /// cheaper than a table.
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

    /// Returns the facets that have a table.
    pub(super) fn built(&self) -> impl Iterator<Item = Facet> {
        self.facets.iter().filter(|(_, table)| table.is_some()).map(|(facet, _)| *facet)
    }

    /// Records a new hash of an element. Returns the cost.
    pub(super) fn add(&mut self, facet: Facet, hash: u64, element: u32) -> usize {
        match self.facets.iter_mut().find(|(of, _)| *of == facet) {
            Some((_, Some(table))) => add(table, hash, element),
            _ => 0,
        }
    }

    /// Removes elements, each with its hash, from the table of a facet. Returns the cost.
    pub(super) fn forget(&mut self, facet: Facet, gone: &mut [(u64, u32)]) -> usize {
        let Some((_, Some(table))) = self.facets.iter_mut().find(|(of, _)| *of == facet) else { return 0 };
        gone.sort_unstable();
        let mut work = 0;
        for same in gone.chunk_by(|(left, _), (right, _)| left == right) {
            let Some((hash, _)) = same.first() else { continue };
            let Some(elements) = table.get_mut(hash) else { continue };
            work += elements.remove(same);
            if elements.as_slice().is_empty() {
                table.remove(hash);
            }
        }
        work
    }

    /// Drops the look-up tables, so that many elements can change.
    pub(super) fn forget_tables(&mut self) {
        self.facets.clear();
    }

    /// Updates the index after elements, given in ascending order, left the list: those after them get new indices.
    pub(super) fn move_up(&mut self, gone: &[u32]) {
        let tables = self.facets.iter_mut().filter_map(|(_, table)| table.as_mut());
        tables.flat_map(HashMap::values_mut).for_each(|elements| elements.move_up(gone));
        let stays = |element: &u32| gone.binary_search(element).is_err();
        let removed = std::mem::take(&mut self.removed);
        self.removed = removed.into_iter().filter(stays).map(|element| moved_up(element, gone)).collect();
        if let Some(primaries) = &mut self.primaries {
            primaries.retain(stays);
            for element in primaries {
                *element = moved_up(*element, gone);
            }
        }
    }

    /// Returns whether an element is removed but still in the list.
    pub(super) fn is_removed(&self, element: u32) -> bool {
        self.removed.contains(&element)
    }

    /// Marks elements as removed.
    pub(super) fn mark_removed(&mut self, elements: impl IntoIterator<Item = u32>) {
        self.removed.extend(elements);
    }

    /// Returns the number of elements, if it is known.
    pub(super) fn count(&self) -> Option<usize> {
        self.count
    }

    /// Records the number of elements.
    pub(super) fn set_count(&mut self, count: usize) {
        self.count = Some(count);
    }

    /// Forgets the number of elements.
    pub(super) fn forget_count(&mut self) {
        self.count = None;
    }

    /// Records how many elements were added and removed.
    pub(super) fn change_count(&mut self, came: usize, went: usize) {
        self.count = self.count.map(|count| count.saturating_add(came).saturating_sub(went));
    }

    /// Returns the elements that must be removed from the list, in ascending order.
    pub(super) fn removed(&self) -> Vec<u32> {
        let mut removed: Vec<u32> = self.removed.iter().copied().collect();
        removed.sort_unstable();
        removed
    }

    /// Returns the primary elements, if they are known. May include some that are no longer primary.
    pub(super) fn primaries(&mut self) -> &mut Option<Vec<u32>> {
        &mut self.primaries
    }
}

fn add(table: &mut HashMap<u64, Elements>, hash: u64, element: u32) -> usize {
    match table.entry(hash) {
        Entry::Occupied(mut elements) => elements.get_mut().insert(element),
        Entry::Vacant(vacant) => {
            vacant.insert(Elements::One(element));
            0
        }
    }
}
