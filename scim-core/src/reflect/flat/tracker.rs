//! What is known of a flat struct between the edits of one request.

use std::collections::BTreeSet;

use super::ListBinding;

/// What a caller that makes many edits of one resource keeps between them, so that nothing is looked for twice; see
/// [`Reflect::edit_tracked`](crate::reflect::Reflect::edit_tracked).
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
    pub(super) fn carriers(&mut self, elements: &'static ListBinding) -> Option<&mut BTreeSet<u32>> {
        let key = key(elements);
        self.carriers.iter_mut().find(|(known, _)| *known == key).map(|(_, carriers)| carriers)
    }

    /// Notes that only the element for which the mapping fixes a flag has it.
    pub(super) fn none_carries(&mut self, elements: &'static ListBinding) {
        match self.carriers(elements) {
            Some(carriers) => carriers.clear(),
            None => self.carriers.push((key(elements), BTreeSet::new())),
        }
    }

    /// Notes that elements were removed, so that the elements behind them have other indices. The indices of bound elements
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
