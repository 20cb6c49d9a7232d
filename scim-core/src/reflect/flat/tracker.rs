//! State of a flat struct that is kept between the edits of one request.

use std::collections::BTreeSet;

use super::ListBinding;

/// The state that a caller keeps between many edits of one resource, so that each search is done once; see
/// [`Reflect::edit_tracked`](crate::reflect::Reflect::edit_tracked).
///
/// While an element with a fixed flag exists, no other element carries the flag. When such an element is created, the
/// others lose the flag, so they must be found. The first search visits all elements. From then on the tracker knows
/// which elements got the flag since.
#[derive(Debug, Default)]
pub struct Tracker {
    /// For each attribute whose elements were visited, the elements that may carry a flag. The key is the address of
    /// the attribute's table.
    carriers: Vec<(usize, BTreeSet<u32>)>,
}

impl Tracker {
    /// Returns the elements that may carry a flag, or `None` if the elements were not visited yet.
    pub(super) fn carriers(&mut self, elements: &'static ListBinding) -> Option<&mut BTreeSet<u32>> {
        let key = key(elements);
        self.carriers.iter_mut().find(|(known, _)| *known == key).map(|(_, carriers)| carriers)
    }

    /// Records that only the element for which the mapping fixes a flag has it.
    pub(super) fn none_carries(&mut self, elements: &'static ListBinding) {
        match self.carriers(elements) {
            Some(carriers) => carriers.clear(),
            None => self.carriers.push((key(elements), BTreeSet::new())),
        }
    }

    /// Records that elements were removed, so that the indices of later elements change. The indices of bound elements
    /// never change.
    pub(super) fn removed(&mut self, elements: &'static ListBinding, indices: &[u32]) {
        let bound = elements.bound();
        let Some(carriers) = self.carriers(elements) else { return };
        let moved = indices.partition_point(|index| *index < bound);
        let moved = indices.get(moved..).unwrap_or_default();
        *carriers = std::mem::take(carriers)
            .into_iter()
            .filter(|carrier| indices.binary_search(carrier).is_err())
            .map(|carrier| {
                let before = moved.partition_point(|index| *index < carrier);
                carrier.saturating_sub(u32::try_from(before).unwrap_or(u32::MAX))
            })
            .collect();
    }
}

fn key(elements: &'static ListBinding) -> usize {
    std::ptr::from_ref(elements).addr()
}
