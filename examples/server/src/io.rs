//! A connection that records when the client receives data, and that lets the client read the response before it
//! closes.

use std::{
    io::{self, IoSlice},
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep},
};

use crate::activity::Activity;

/// How long a client may be silent after the server has sent everything, before the connection is closed.
const SILENCE: Duration = Duration::from_secs(1);

/// The maximum number of the client's bytes that are discarded during that time.
const DISCARD: usize = 64 * 1024 * 1024;

/// A connection that does not lose its last response.
///
/// If a socket is closed while bytes of the client are unread, the connection is reset, and the client loses the
/// response that it has not read yet. This can happen to a client that sends a large body and gets 401 immediately. So
/// the server first closes its own direction. Then it discards what the client still sends, until the client closes its
/// direction or falls silent.
pub(crate) struct Watched<S> {
    stream: S,
    activity: Activity,
    /// Set once the server's direction is closed.
    ending: Option<Pin<Box<Sleep>>>,
    discarded: usize,
}

impl<S> Watched<S> {
    pub(crate) fn new(stream: S, activity: Activity) -> Self {
        Self { stream, activity, ending: None, discarded: 0 }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.stream).poll_write(cx, buf));
        self.activity.touch();
        Poll::Ready(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.stream).poll_write_vectored(cx, bufs));
        self.activity.touch();
        Poll::Ready(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if this.ending.is_none() {
            ready!(Pin::new(&mut this.stream).poll_shutdown(cx))?;
            this.ending = Some(Box::pin(tokio::time::sleep(SILENCE)));
        }
        let Some(ending) = &mut this.ending else { return Poll::Ready(Ok(())) };
        let mut space = [0; 16 * 1024];
        loop {
            let mut buf = ReadBuf::new(&mut space);
            match Pin::new(&mut this.stream).poll_read(cx, &mut buf) {
                Poll::Ready(Ok(())) if !buf.filled().is_empty() && this.discarded < DISCARD => {
                    this.discarded += buf.filled().len();
                    ending.as_mut().reset(Instant::now() + SILENCE);
                }
                // The client has closed its direction, the connection is broken, or the client has sent too much.
                Poll::Ready(_) => return Poll::Ready(Ok(())),
                Poll::Pending => return ending.as_mut().poll(cx).map(Ok),
            }
        }
    }
}
