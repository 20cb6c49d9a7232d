//! Measures the cost of evaluating a condition.

use std::cell::Cell;

use crate::limits::Limits;

/// Counts the work of an evaluation, and limits it.
///
/// The work of a filter depends on the resource: on the number of elements in its lists, the length of its texts, and
/// where the evaluation can stop. So the work is counted while it is done.
pub(crate) trait Meter {
    /// Counts work.
    fn spend(&self, work: u64);

    /// Returns whether more work was spent than allowed. The result of the evaluation is then meaningless.
    fn is_used_up(&self) -> bool;

    /// Counts a visit of a value, which may be a text. Returns whether the evaluation may continue.
    fn look_at(&self, text: Option<&str>) -> bool {
        let work = text.map_or(0, |text| bytes_work(text.as_bytes()));
        self.spend(u64::try_from(work).unwrap_or(u64::MAX).saturating_add(1));
        !self.is_used_up()
    }
}

/// Returns the work of comparing a text, in addition to the visit. A text that is not ASCII must be folded and composed
/// character by character.
pub(crate) fn bytes_work(text: &[u8]) -> usize {
    text.len() / if text.is_ascii() { Limits::TEXT } else { Limits::FOLDED_TEXT }
}

/// Returns the work of copying a text.
pub(crate) fn copy_work(text: &[u8]) -> usize {
    text.len() / Limits::TEXT
}

/// A meter that counts nothing.
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

/// A meter that allows a fixed amount of work.
pub(crate) struct Bounded {
    spent: Cell<u64>,
    most: u64,
}

impl Bounded {
    /// Returns an unused meter.
    pub(crate) fn new(most: u64) -> Self {
        Self { spent: Cell::new(0), most }
    }

    /// Returns how much work was spent.
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
