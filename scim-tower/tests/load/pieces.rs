//! Bodies that arrive piece by piece, or stop arriving.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use http::Request;
use http_body::{Body, Frame, SizeHint};
use tokio::time::Sleep;

/// What comes after the last piece.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Then {
    /// The end.
    End,
    /// Nothing more, ever.
    Silence,
    /// The connection breaks.
    Reset,
}

/// A body of equal pieces that counts how often it is polled.
pub(crate) struct Pieces {
    piece: Bytes,
    left: usize,
    then: Then,
    announced: u64,
    /// How long each piece takes.
    pause: Option<(Duration, Pin<Box<Sleep>>)>,
    pub(crate) polls: Arc<AtomicUsize>,
}

impl Pieces {
    pub(crate) fn new(piece: impl Into<Bytes>, count: usize, then: Then) -> Self {
        let piece = piece.into();
        Self { piece, left: count, then, announced: 0, pause: None, polls: Arc::default() }
    }

    /// Announces this length, like a body that knows its length.
    pub(crate) fn announcing(self, announced: u64) -> Self {
        Self { announced, ..self }
    }

    pub(crate) fn every(self, pause: Duration) -> Self {
        Self { pause: Some((pause, Box::pin(tokio::time::sleep(pause)))), ..self }
    }

    /// Returns the request, and the number of times that its body was polled.
    pub(crate) fn post(self) -> (Request<Self>, Arc<AtomicUsize>) {
        let polls = Arc::clone(&self.polls);
        (Request::post("/Users").body(self).unwrap(), polls)
    }
}

impl Body for Pieces {
    type Data = Bytes;
    type Error = &'static str;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, &'static str>>> {
        self.polls.fetch_add(1, Ordering::SeqCst);
        if let Some((pause, sleep)) = &mut self.pause {
            std::task::ready!(sleep.as_mut().poll(cx));
            let next = tokio::time::Instant::now() + *pause;
            sleep.as_mut().reset(next);
        }
        if self.left > 0 {
            self.left -= 1;
            return Poll::Ready(Some(Ok(Frame::data(self.piece.clone()))));
        }
        match self.then {
            Then::End => Poll::Ready(None),
            Then::Silence => Poll::Pending,
            Then::Reset => Poll::Ready(Some(Err("reset"))),
        }
    }

    fn size_hint(&self) -> SizeHint {
        let mut hint = SizeHint::new();
        hint.set_lower(self.announced);
        hint
    }
}
