//! The future of a response.

use std::{
    convert::Infallible,
    fmt,
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use http::Response;
use http_body_util::Full;
use scim_core::{Error, server::error_response};

/// The future of a response of a [`ScimService`](crate::ScimService).
///
/// A panic in a store ends only one request, with 500.
pub struct ScimFuture {
    answer: Pin<Box<dyn Future<Output = Response<Bytes>> + Send>>,
}

impl ScimFuture {
    pub(crate) fn new(answer: impl Future<Output = Response<Bytes>> + Send + 'static) -> Self {
        Self { answer: Box::pin(answer) }
    }
}

impl fmt::Debug for ScimFuture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ScimFuture")
    }
}

impl Future for ScimFuture {
    type Output = Result<Response<Full<Bytes>>, Infallible>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        // The future is dropped after a panic, so its broken state is never observed.
        let response = match catch_unwind(AssertUnwindSafe(|| self.answer.as_mut().poll(cx))) {
            Ok(Poll::Pending) => return Poll::Pending,
            Ok(Poll::Ready(response)) => response,
            Err(_) => {
                self.answer = Box::pin(std::future::pending());
                error_response(&Error::internal("a handler panicked"))
            }
        };
        Poll::Ready(Ok(response.map(Full::new)))
    }
}
