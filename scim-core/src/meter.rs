//! What it costs to evaluate a condition.

use std::cell::Cell;

use crate::limits::Limits;

/// Counts the work of an evaluation, and limits it.
///
/// The work of a filter depends on the resource: on how many elements its lists have, how long its texts are, and where
/// the evaluation can stop. So it is counted as it is done.
pub(crate) trait Meter {
    /// Counts work.
    fn spend(&self, work: u64);

    /// Returns whether more was spent than is allowed, so that an answer means nothing.
    fn is_used_up(&self) -> bool;

    /// Counts the look at a value, which may be a text. Returns whether the evaluation may go on.
    fn look_at(&self, text: Option<&str>) -> bool {
        let work = text.map_or(0, |text| bytes_work(text.as_bytes()));
        self.spend(u64::try_from(work).unwrap_or(u64::MAX).saturating_add(1));
        !self.is_used_up()
    }
}

/// The work of comparing a text, beside the look at it. A text that is not ASCII has to be folded and composed character
/// by character.
pub(crate) fn bytes_work(text: &[u8]) -> usize {
    text.len() / if text.is_ascii() { Limits::TEXT } else { Limits::FOLDED_TEXT }
}

/// The work of copying a text.
pub(crate) fn copy_work(text: &[u8]) -> usize {
    text.len() / Limits::TEXT
}

/// Counts nothing.
pub(crate) struct Unmetered;

impl Meter for Unmetered {
    fn spend(&self, _: u64) {}

    fn is_used_up(&self) -> bool {
        false
    }

    fn look_at(&self, _: Option<&str>) -> bool {
        true
    }
}

/// Allows a certain amount of work.
pub(crate) struct Bounded {
    spent: Cell<u64>,
    most: u64,
}

impl Bounded {
    /// Returns a meter that nothing was spent of.
    pub(crate) fn new(most: u64) -> Self {
        Self { spent: Cell::new(0), most }
    }

    /// Returns how much was spent.
    pub(crate) fn spent(&self) -> u64 {
        self.spent.get()
    }
}

impl Meter for Bounded {
    fn spend(&self, work: u64) {
        self.spent.set(self.spent.get().saturating_add(work));
    }

    fn is_used_up(&self) -> bool {
        self.spent.get() > self.most
    }
}
