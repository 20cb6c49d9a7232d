//! What is known of a flat struct between the edits of one request.

use std::collections::BTreeSet;

use super::Elements;

/// What a caller that makes many edits of one resource keeps between them, so that nothing is looked for twice; see
/// [`Access::edit_tracked`](crate::access::Access::edit_tracked).
///
/// While an element with a fixed flag exists, no other element carries the flag. When such an element comes into being,
/// the others lose the flag, and have to be found. The first time costs a walk over all elements. From then on the
/// tracker knows which elements got the flag since.
#[derive(Debug, Default)]
pub struct Tracker {
    /// Of each attribute whose elements were looked at, the elements that may carry a flag. The key is the address of
    /// the attribute's table.
    carriers: Vec<(usize, BTreeSet<u32>)>,
}

impl Tracker {
    /// The elements that may carry a flag; `None` if nobody has looked yet.
    pub(super) fn carriers(&mut self, elements: &'static Elements) -> Option<&mut BTreeSet<u32>> {
        let key = key(elements);
        self.carriers.iter_mut().find(|(known, _)| *known == key).map(|(_, carriers)| carriers)
    }

    /// No element carries a flag but the one for which the mapping fixes it.
    pub(super) fn none_carries(&mut self, elements: &'static Elements) {
        match self.carriers(elements) {
            Some(carriers) => carriers.clear(),
            None => self.carriers.push((key(elements), BTreeSet::new())),
        }
    }

    /// Elements are gone, and those behind them have other numbers. The numbers of bound elements never change.
    pub(super) fn removed(&mut self, elements: &'static Elements, indices: &[u32]) {
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

fn key(elements: &'static Elements) -> usize {
    std::ptr::from_ref(elements).addr()
}
