//! Limits over all requests: the memory of bodies, and the number of writes.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How many bytes of bodies may be in memory at once, over all requests.
#[derive(Clone, Debug)]
pub(crate) struct Budget {
    left: Arc<AtomicUsize>,
}

/// The bytes that one body has taken from a [`Budget`]. Dropping the share gives them back.
#[derive(Debug)]
pub(crate) struct Share {
    budget: Budget,
    held: usize,
}

impl Budget {
    pub(crate) fn new(bytes: usize) -> Self {
        Self { left: Arc::new(AtomicUsize::new(bytes)) }
    }

    /// Returns an empty share for one body.
    pub(crate) fn share(&self) -> Share {
        Share { budget: self.clone(), held: 0 }
    }
}

impl Share {
    /// Takes this many more bytes. If fewer are left, takes nothing and returns `false`.
    pub(crate) fn take(&mut self, bytes: usize) -> bool {
        let rest = |left: usize| left.checked_sub(bytes);
        let taken = self.budget.left.fetch_update(Ordering::AcqRel, Ordering::Acquire, rest).is_ok();
        if taken {
            self.held += bytes;
        }
        taken
    }

    /// Gives all bytes back.
    pub(crate) fn clear(&mut self) {
        self.budget.left.fetch_add(std::mem::take(&mut self.held), Ordering::AcqRel);
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.clear();
    }
}

/// The writes that may be under way at once. A write can outlive the connection that asked for it, so a limit on
/// connections does not limit the writes.
#[derive(Clone, Debug)]
pub(crate) struct Writes {
    slots: Arc<Semaphore>,
    most: u32,
}

impl Writes {
    pub(crate) fn new(most: u32) -> Self {
        let most = most.max(1);
        // On 32-bit machines a semaphore holds fewer permits than `u32::MAX`.
        let most = most.min(u32::try_from(Semaphore::MAX_PERMITS).unwrap_or(u32::MAX));
        Self { slots: Arc::new(Semaphore::new(most as usize)), most }
    }

    /// Waits until one more write may begin. The write is under way until the result is dropped.
    pub(crate) async fn begin(&self) -> Option<OwnedSemaphorePermit> {
        // The semaphore is never closed.
        Arc::clone(&self.slots).acquire_owned().await.ok()
    }

    /// Waits until no write is under way.
    pub(crate) async fn finished(&self) {
        drop(self.slots.acquire_many(self.most).await);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_is_given_back() {
        let budget = Budget::new(100);
        let (mut one, mut two) = (budget.share(), budget.share());
        assert!(one.take(60) && !two.take(41) && two.take(40) && !one.take(1));
        drop(one);
        assert!(two.take(60));
        two.clear();
        assert!(budget.share().take(100));
        assert!(budget.share().take(100));
    }

    #[tokio::test]
    async fn the_end_of_writes_is_waited_for() {
        let writes = Writes::new(0);
        let one = writes.begin().await;
        assert!(futures_are_pending(writes.finished()).await);
        assert!(futures_are_pending(async { drop(writes.begin().await) }).await);
        drop(one);
        writes.finished().await;
        Writes::new(u32::MAX).finished().await;
    }

    async fn futures_are_pending(future: impl Future<Output = ()>) -> bool {
        tokio::time::timeout(std::time::Duration::from_millis(10), future).await.is_err()
    }
}
