//! The HTTP server of both examples: hyper, and the bounds that a server on an open network needs.
//!
//! `scim-tower` bounds what happens within a request. What happens before a request has a head, and between requests, is
//! the server's business. This one
//!
//! - closes a connection that does not send the head of its first request in time, that is not used any more, or that
//!   does not take its answer;
//! - has so many connections at most, and gives the place of the one that has done nothing for longest to a new client,
//!   so that silent connections shut nobody out;
//! - lets a client read the answer to a request whose body nobody has read;
//! - answers, when it is to stop, every request that has reached it.
//!
//! `axum::serve` does none of the first three.

mod activity;
mod io;

use std::{convert::Infallible, error::Error, future::Future, io::ErrorKind, sync::Arc, time::Duration};

use http::{HeaderValue, Request, Response, Version, header};
use hyper::body::Incoming;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto::Builder,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore, watch},
};
use tower::{Service, ServiceExt};

use crate::{activity::Connections, io::Watched};

/// How long connections may be silent, and how many there may be.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// The most connections at once. By default half of the files that the process may open, and at most 1000: the other
    /// half is for the database.
    pub connections: usize,
    /// How long a new connection may take until the head of its first request is there: 10 seconds by default.
    pub head_timeout: Duration,
    /// How long a connection may be without a request, or a client without taking a byte of its answer: 60 seconds by
    /// default.
    pub idle_timeout: Duration,
    /// How long requests that are under way may take once the server is to stop: 30 seconds by default.
    pub grace: Duration,
}

/// How long requests are waited for that were sent before the client could know that the server stops.
const LAST_CALL: Duration = Duration::from_millis(500);

/// The longest head of a request. A filter of 16 KiB has room in it, percent-encoded.
const HEAD: usize = 64 * 1024;

impl Default for Settings {
    fn default() -> Self {
        Self {
            connections: (files() / 2).clamp(1, 1000),
            head_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_mins(1),
            grace: Duration::from_secs(30),
        }
    }
}

/// How many files the process may open, as Linux tells it.
fn files() -> usize {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let files = limits.lines().find_map(|line| line.strip_prefix("Max open files")?.split_whitespace().next());
    match files {
        Some("unlimited") => usize::MAX,
        Some(number) => number.parse().unwrap_or(256),
        None => 256,
    }
}

/// Serves connections until `stop` is done. Then it takes no more, and answers the requests that have reached it.
///
/// Returns how many connections had to be cut off when the [grace](Settings::grace) was over.
pub async fn serve<S, B>(listener: TcpListener, service: S, settings: Settings, stop: impl Future<Output = ()>) -> usize
where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible> + Clone + Send + Sync + 'static,
    S::Future: Send,
    B: http_body::Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let (stopping, _) = watch::channel(false);
    let server =
        Server { service, settings, stopping, connections: Connections::default(), builder: builder(&settings) };
    let most = settings.connections.clamp(1, Semaphore::MAX_PERMITS);
    let slots = Arc::new(Semaphore::new(most));
    let mut stop = std::pin::pin!(stop);
    loop {
        let stream = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                // The client is gone already, or there are no more file handles: neither ends the server.
                Err(error) => {
                    if !matches!(error.kind(), ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset) {
                        eprintln!("a connection was not accepted: {error}");
                        server.connections.evict();
                        tokio::time::sleep(Duration::from_millis(20)).await;
                    }
                    continue;
                }
            },
            () = &mut stop => break,
        };
        tokio::select! {
            slot = server.slot(&slots) => server.start(stream, slot),
            () = &mut stop => {
                server.start(stream, None);
                break;
            }
        }
    }
    // Whoever is in the queue has been told that it is connected.
    if let Ok(listener) = listener.into_std() {
        while let Ok((stream, _)) = listener.accept() {
            if stream.set_nonblocking(true).is_ok()
                && let Ok(stream) = TcpStream::from_std(stream)
            {
                server.start(stream, None);
            }
        }
    }
    server.stopping.send_replace(true);
    // Every connection listens until it ends.
    let ended = server.stopping.closed();
    if tokio::time::timeout(settings.grace, ended).await.is_ok() { 0 } else { server.connections.close_all() }
}

fn builder(settings: &Settings) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    // Without a timer hyper has no time-outs.
    builder.http1().timer(TokioTimer::new()).header_read_timeout(settings.idle_timeout).max_buf_size(HEAD);
    builder.http2().timer(TokioTimer::new());
    builder
}

struct Server<S> {
    service: S,
    settings: Settings,
    stopping: watch::Sender<bool>,
    connections: Connections,
    builder: Builder<TokioExecutor>,
}

impl<S, B> Server<S>
where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible> + Clone + Send + Sync + 'static,
    S::Future: Send,
    B: http_body::Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    /// A place for one more connection. If there is none, the connection that has done nothing for longest loses its own;
    /// if all are busy, one of them has to end.
    async fn slot(&self, slots: &Arc<Semaphore>) -> Option<OwnedSemaphorePermit> {
        loop {
            if slots.available_permits() == 0 {
                self.connections.evict();
            }
            let slot = Arc::clone(slots).acquire_owned();
            // One that is busy now may be idle soon.
            if let Ok(slot) = tokio::time::timeout(Duration::from_millis(100), slot).await {
                return slot.ok();
            }
        }
    }

    fn start(&self, stream: TcpStream, slot: Option<OwnedSemaphorePermit>) {
        let activity = self.connections.add();
        let io = TokioIo::new(Watched::new(stream, activity.clone()));
        let mut stopping = self.stopping.subscribe();
        let (service, calls, is_stopping) = (self.service.clone(), activity.clone(), stopping.clone());
        let service = hyper::service::service_fn(move |request: Request<Incoming>| {
            let (call, version, is_stopping) = (calls.begin(), request.version(), is_stopping.clone());
            let answer = service.clone().oneshot(request);
            async move {
                let mut response = answer.await?;
                // So that the client does not send another request on this connection.
                if *is_stopping.borrow() && version <= Version::HTTP_11 {
                    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
                }
                drop(call);
                Ok::<_, Infallible>(response)
            }
        });
        let (builder, settings) = (self.builder.clone(), self.settings);
        tokio::spawn(async move {
            let mut connection = std::pin::pin!(builder.serve_connection(io, service));
            let mut last_call = std::pin::pin!(async {
                // An error would say that the server is gone.
                let _ = stopping.wait_for(|is_stopping| *is_stopping).await;
                tokio::time::sleep(LAST_CALL).await;
            });
            let mut is_last = false;
            loop {
                tokio::select! {
                    // A client that goes away is no fault of the server.
                    _ = connection.as_mut() => break,
                    () = activity.is_over(settings.head_timeout, settings.idle_timeout) => break,
                    () = last_call.as_mut(), if !is_last => {
                        is_last = true;
                        connection.as_mut().graceful_shutdown();
                    }
                }
            }
            drop(slot);
        });
    }
}
