//! What a future needs that knows no runtime.

use std::{
    future::{Future, poll_fn},
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    task::Poll,
};

use crate::error::Error;

/// Gives other tasks a turn.
pub(super) async fn yield_now() {
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

/// The outcome of a future, or 500 if it panics: a panic ends what panicked and nothing else.
pub(super) async fn caught<T>(
    mut future: Pin<&mut (dyn Future<Output = Result<T, Error>> + Send)>,
) -> Result<T, Error> {
    poll_fn(|cx| {
        // The future is not polled again after a panic, so nobody sees what it left behind.
        let polled = catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx)));
        polled.unwrap_or_else(|_| Poll::Ready(Err(Error::internal("a handler panicked"))))
    })
    .await
}
