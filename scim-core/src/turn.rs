//! Helpers for futures that do not depend on a runtime.

use std::{
    any::Any,
    future::{Future, poll_fn},
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    task::Poll,
};

/// Yields to other tasks once.
pub(crate) async fn yield_now() {
    let mut waited = false;
    poll_fn(|cx| {
        if std::mem::replace(&mut waited, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// Counts the work of a task, and yields to other tasks from time to time.
#[derive(Default)]
pub(crate) struct Pace {
    spent: u64,
}

impl Pace {
    /// How much work is done before yielding: some tens of microseconds. A unit is about one comparison.
    const TURN: u64 = 4096;

    /// Counts work that was done. Yields to other tasks after enough of it.
    pub(crate) async fn spend(&mut self, work: u64) {
        self.spent = self.spent.saturating_add(work.max(1));
        if self.spent >= Self::TURN {
            self.spent = 0;
            yield_now().await;
        }
    }
}

/// Returns the output of a future, or the payload if it panicked, so that a panic ends nothing but this future.
pub(crate) async fn catch<T>(
    mut future: Pin<&mut (impl Future<Output = T> + ?Sized)>,
) -> Result<T, Box<dyn Any + Send>> {
    poll_fn(|cx| {
        // The future is not polled again after a panic, so its broken state is never observed.
        match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx))) {
            Ok(polled) => polled.map(Ok),
            Err(panic) => Poll::Ready(Err(panic)),
        }
    })
    .await
}
