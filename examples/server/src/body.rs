//! The body of a request, which records whether the request is waiting for the client.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;

use crate::activity::Wait;

/// The body of a request.
///
/// While the service waits for bytes that the client has not sent, the connection counts as silent. The server may
/// close it if a new client needs its slot.
#[derive(Debug)]
pub struct RequestBody {
    body: Incoming,
    wait: Wait,
}

impl RequestBody {
    pub(crate) fn new(body: Incoming, wait: Wait) -> Self {
        Self { body, wait }
    }
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(cx);
        if frame.is_pending() {
            self.wait.begin();
        } else {
            self.wait.arrive();
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
