//! The HTTP server of the axum and hyper examples: hyper, with the limits that a server on an open network needs.
//!
//! `scim-tower` limits what happens within a request. The server must limit what happens before the head of a request
//! has arrived, and between requests. This one
//!
//! - closes a connection if the head of its first request does not arrive in time, if it is no longer used, or if its
//!   client does not send the rest of a body or does not receive its response;
//! - limits the number of connections, and closes the one that has been silent the longest if a new client needs its
//!   slot, so that silent connections lock nobody out. A connection also counts as silent while its requests only wait
//!   for the rest of their bodies;
//! - lets a client read the response to a request even if the service has not read the body;
//! - stops only after it has responded to every request that has reached it.
//!
//! `axum::serve` does none of the first three.

mod activity;
mod body;
mod io;
mod log;

use std::{
    convert::Infallible, error::Error, future::Future, io::ErrorKind, net::SocketAddr, sync::Arc, time::Duration,
};

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
pub use crate::{body::RequestBody, log::start_log};

/// Limits on the number of connections and on their silence.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// The maximum number of concurrent connections. The default is half the number of files that the process may open,
    /// and at most 1000. The other half is for the database.
    pub connections: usize,
    /// How long a new connection may take to send the head of its first request: 10 seconds by default.
    pub head_timeout: Duration,
    /// How long a connection may have no request, and how long a client may send no byte of a body that the service
    /// waits for, or receive no byte of its response: 60 seconds by default.
    pub idle_timeout: Duration,
    /// How long requests in progress may take after the server is asked to stop: 30 seconds by default.
    pub grace: Duration,
}

/// How long the server waits for requests that clients sent before they could know that it is stopping.
const LAST_CALL: Duration = Duration::from_millis(500);

/// The maximum size of the head of a request. A percent-encoded filter of 16 KiB fits into it.
const HEAD: usize = 64 * 1024;

impl Default for Settings {
    fn default() -> Self {
        Self {
            connections: (files() / 2).clamp(1, 1000),
            head_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(60),
            grace: Duration::from_secs(30),
        }
    }
}

/// Returns the URL of a path on the server that listens on an address.
#[must_use]
pub fn url(address: SocketAddr, path: &str) -> String {
    // An unspecified address such as `0.0.0.0` is useless to clients.
    if address.ip().is_unspecified() {
        return format!("http://localhost:{}{path}", address.port());
    }
    format!("http://{address}{path}")
}

/// Returns how many files the process may open, as Linux reports it, or 256 if that is not known.
fn files() -> usize {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let files = limits.lines().find_map(|line| line.strip_prefix("Max open files")?.split_whitespace().next());
    match files {
        Some("unlimited") => usize::MAX,
        Some(number) => number.parse().unwrap_or(256),
        None => 256,
    }
}

/// Serves connections until `stop` completes. Then accepts no more connections, and responds to the requests that have
/// arrived.
///
/// Returns the number of connections that were cut off because they did not end within the
/// [grace period](Settings::grace).
pub async fn serve<S, B>(listener: TcpListener, service: S, settings: Settings, stop: impl Future<Output = ()>) -> usize
where
    S: Service<Request<RequestBody>, Response = Response<B>, Error = Infallible> + Clone + Send + Sync + 'static,
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
                // The client has already disconnected, or no file handle is left. Neither stops the server.
                Err(error) => {
                    if !matches!(error.kind(), ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset) {
                        tracing::warn!(%error, "a connection was not accepted");
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
    // A client in the accept queue already sees its connection as established.
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
    // Each connection holds a receiver until it ends. The channel closes with the last of them.
    let ended = server.stopping.closed();
    if tokio::time::timeout(settings.grace, ended).await.is_ok() { 0 } else { server.connections.close_all() }
}

fn builder(settings: &Settings) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    // Without a timer, hyper has no timeouts.
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
    S: Service<Request<RequestBody>, Response = Response<B>, Error = Infallible> + Clone + Send + Sync + 'static,
    S::Future: Send,
    B: http_body::Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    /// Waits for a slot for one more connection. If there is none, the connection that has been silent the longest
    /// loses its slot. If all connections are busy, waits until one of them ends or becomes silent.
    async fn slot(&self, slots: &Arc<Semaphore>) -> Option<OwnedSemaphorePermit> {
        loop {
            if slots.available_permits() == 0 {
                self.connections.evict();
            }
            let slot = Arc::clone(slots).acquire_owned();
            // A connection that is busy now may be silent soon, so try again.
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
            let request = request.map(|body| RequestBody::new(body, calls.body()));
            let answer = service.clone().oneshot(request);
            async move {
                let mut response = answer.await?;
                // Keeps the client from sending another request on this connection.
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
                // An error would mean that the server is gone.
                let _ = stopping.wait_for(|is_stopping| *is_stopping).await;
                tokio::time::sleep(LAST_CALL).await;
            });
            let mut is_last = false;
            loop {
                tokio::select! {
                    // A client that disconnects is not an error of the server.
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
