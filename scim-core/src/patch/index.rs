//! An index over one list, for the time of one request.
//!
//! A request may hold thousands of operations on a list of thousands of elements. Each looks its elements up here, so
//! that the request costs operations plus elements and not their product.

use std::collections::{HashMap, HashSet, hash_map::Entry};

use crate::access::compare::Identity;

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

/// The numbers of elements, ascending; mostly one.
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

    /// Adds an element. Returns the work of it.
    fn insert(&mut self, element: u32) -> usize {
        if let Self::One(first) = self {
            *self = Self::Many(vec![*first]);
        }
        let Self::Many(elements) = self else { return 0 };
        let Err(at) = elements.binary_search(&element) else { return 0 };
        elements.insert(at, element);
        elements.len().saturating_sub(at) / MOVED
    }

    /// Takes the elements of some hashes out, which are ascending. Returns the work of it.
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

    /// Gives those behind elements that left the list, which are ascending, the numbers that they have now.
    fn move_up(&mut self, gone: &[u32]) {
        match self {
            Self::One(element) => *element = moved_up(*element, gone),
            Self::Many(elements) => elements.iter_mut().for_each(|element| *element = moved_up(*element, gone)),
        }
    }
}

/// How many numbers of elements that are moved in memory cost as much as a look at a value.
const MOVED: usize = 256;
/// How many numbers of elements that are looked for among some others cost as much as a look at a value.
const SEEN: usize = 8;

/// The number of an element after others, which are ascending, left the list.
fn moved_up(element: u32, gone: &[u32]) -> u32 {
    let before = match gone {
        [gone] => usize::from(*gone < element),
        _ => gone.partition_point(|gone| *gone < element),
    };
    element.saturating_sub(u32::try_from(before).unwrap_or(u32::MAX))
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

    /// Notes a new hash of an element. Returns the work of it.
    pub(super) fn add(&mut self, facet: Facet, hash: u64, element: u32) -> usize {
        match self.facets.iter_mut().find(|(of, _)| *of == facet) {
            Some((_, Some(table))) => add(table, hash, element),
            _ => 0,
        }
    }

    /// Forgets elements, each with its hash. Returns the work of it.
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

    /// Forgets by what the elements are looked up, so that many of them can change.
    pub(super) fn forget_tables(&mut self) {
        self.facets.clear();
    }

    /// Follows elements, which are ascending, that left the list: those behind them have other numbers.
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

    /// Forgets how many elements are there.
    pub(super) fn forget_count(&mut self) {
        self.count = None;
    }

    /// Notes that so many elements came and so many went.
    pub(super) fn change_count(&mut self, came: usize, went: usize) {
        self.count = self.count.map(|count| count.saturating_add(came).saturating_sub(went));
    }

    /// The elements that are to be taken out of the list, ascending.
    pub(super) fn removed(&self) -> Vec<u32> {
        let mut removed: Vec<u32> = self.removed.iter().copied().collect();
        removed.sort_unstable();
        removed
    }

    /// The elements that are primary, if that is known. May hold some that no longer are.
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
