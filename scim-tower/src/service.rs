//! The tower service.

use std::{
    convert::Infallible,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderName, Method, Request, Response, StatusCode, header, request::Parts};
use http_body::Body;
use http_body_util::Full;
use scim_core::{Error, Identity, Scim};
use tokio::time::timeout;
use tower_service::Service;
use tracing::Instrument;

use crate::{
    Authenticate, ScimFuture,
    body::{self, Whole},
    budget::{Budget, Writes},
};

/// When a client should retry if its request took too long.
const RETRY_AFTER: Duration = Duration::from_secs(5);

/// How many bytes of each response the budget does not count, so that long responses to other clients cannot block a
/// request of the usual size. The number of connections limits the memory of these bytes.
const FREE: usize = 64 * 1024;

/// A SCIM service provider as a tower service, for any request body.
///
/// Cheap to clone. It never fails: every error is returned as a SCIM error response.
///
/// A router may strip the base path or leave it in place. Set the path with `base_url` or `base_path` of the builder of
/// [`Scim`]: locations start with it, and the service cannot see a path that a router has stripped.
///
/// # Limits
///
/// All clones share the limits. Beyond a limit, the client gets an error with the status in the table.
///
/// | what | default | status | set by |
/// |---|---|---|---|
/// | bytes of a body | 2 MiB | 413 | [`Limits::body`](scim_core::Limits::body) of [`Scim`] |
/// | time until the whole body has arrived | 30 seconds | 408 | [`body_timeout`](Self::body_timeout) |
/// | time until the response | 60 seconds | 503 | [`request_timeout`](Self::request_timeout) |
/// | bytes of all bodies together | 64 MiB | 503 | [`body_memory`](Self::body_memory) |
/// | bytes of all responses together | 64 MiB | 503 | [`answer_memory`](Self::answer_memory) |
/// | writes at once | 256 | waits, then 503 | [`writes`](Self::writes) |
///
/// 503 is sent with `Retry-After`. The service authenticates the sender before it reads any of the body. It never reads
/// the body of a sender without access. If it rejects the body of a known sender, it reads and discards the rest, up to
/// 64 MiB. So a client that writes everything before it reads still gets the response.
///
/// # Writes complete
///
/// `POST`, `PUT`, `PATCH` and `DELETE` run in a separate task once the body has arrived. So a client that disconnects,
/// or a timeout, does not stop a bulk request between two of its operations. A read stops when its client disconnects.
/// [`finished`](Self::finished) waits for the writes: call it when the server shuts down.
///
/// # Runtime
///
/// The service needs a tokio runtime with time enabled, as `#[tokio::main]` creates it. Without one, every response is
/// 500.
#[derive(Clone)]
pub struct ScimService {
    inner: Arc<Inner>,
}

#[derive(Clone)]
struct Inner {
    scim: Scim,
    authenticate: Arc<dyn Authenticate>,
    public_discovery: bool,
    body_timeout: Duration,
    request_timeout: Duration,
    bodies: Budget,
    answers: Budget,
    writes: Writes,
}

impl std::fmt::Debug for ScimService {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("ScimService").field(&self.inner.scim).finish()
    }
}

impl ScimService {
    /// The default time limit for the arrival of a body: 30 seconds.
    pub const BODY_TIMEOUT: Duration = Duration::from_secs(30);

    /// The default time limit for a request: 60 seconds.
    pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(60);

    /// The default maximum number of bytes of all bodies together: 64 MiB.
    pub const BODY_MEMORY: usize = 64 * 1024 * 1024;

    /// The default maximum number of bytes of all responses together: 64 MiB.
    pub const ANSWER_MEMORY: usize = 64 * 1024 * 1024;

    /// The default maximum number of concurrent writes.
    pub const WRITES: u32 = 256;

    /// Creates a service with this authentication.
    #[must_use]
    pub fn new(scim: Scim, authenticate: impl Authenticate) -> Self {
        let inner = Inner {
            scim,
            authenticate: Arc::new(authenticate),
            public_discovery: false,
            body_timeout: Self::BODY_TIMEOUT,
            request_timeout: Self::REQUEST_TIMEOUT,
            bodies: Budget::new(Self::BODY_MEMORY),
            answers: Budget::new(Self::ANSWER_MEMORY),
            writes: Writes::new(Self::WRITES),
        };
        Self { inner: Arc::new(inner) }
    }

    /// Sets whether `/ServiceProviderConfig`, `/ResourceTypes` and `/Schemas` are shown to everybody, as RFC 7644 §4
    /// recommends. The default is no. Even there, the body of an unknown sender is not read.
    #[must_use]
    pub fn public_discovery(self, public: bool) -> Self {
        self.with(|inner| inner.public_discovery = public)
    }

    /// Sets how long the whole body of a request may take to arrive: 30 seconds by default. A slower one is rejected
    /// with 408.
    ///
    /// [`Duration::MAX`] sets no limit.
    #[must_use]
    pub fn body_timeout(self, limit: Duration) -> Self {
        self.with(|inner| inner.body_timeout = limit)
    }

    /// Sets how long the authentication of the sender may take, and how long the response may take once the body has
    /// arrived: 60 seconds each by default. After that the client gets 503 with `Retry-After`.
    ///
    /// A read is then canceled. A write continues and may still succeed; the client must read the resource to find out.
    ///
    /// [`Duration::MAX`] sets no limit.
    #[must_use]
    pub fn request_timeout(self, limit: Duration) -> Self {
        self.with(|inner| inner.request_timeout = limit)
    }

    /// Sets how many bytes the bodies of all requests may take together: 64 MiB by default. A body counts from when it
    /// is read until its request is answered. If there is no room for a body, the client gets 503 with `Retry-After`.
    ///
    /// A tenant with several requests gets at most half of what other tenants leave. The first 16 KiB of each body are
    /// not counted, so a request of the usual size is served even while others send large ones. Bytes are counted as
    /// they arrive, regardless of the announced length. Buffers may take twice as many bytes.
    #[must_use]
    pub fn body_memory(self, bytes: usize) -> Self {
        self.with(|inner| inner.bodies = Budget::new(bytes))
    }

    /// Sets how many bytes the responses to all requests may take together: 64 MiB by default. A response counts from
    /// when it is created until the client has received it, so that clients that send requests but do not read the
    /// responses cannot exhaust the memory.
    ///
    /// If there is no room, a read gets 503 with `Retry-After`. The response to a write omits the resource: 204, or 201
    /// with the location. A bulk request gets 503 before it begins.
    ///
    /// A tenant with several requests gets at most half of what other tenants leave. The first 64 KiB of each response
    /// are not counted, so a request of the usual size is served even while others read long lists.
    ///
    /// [`Limits::page`](scim_core::Limits::page) of [`Scim`] limits one page of a list. The HTTP server determines how
    /// long a client may take to read its response.
    #[must_use]
    pub fn answer_memory(self, bytes: usize) -> Self {
        self.with(|inner| inner.answers = Budget::new(bytes))
    }

    /// Sets how many writes may be in progress at once: 256 by default, and at least one. Further writes wait until one
    /// of these has ended, for as long as a [request may take](Self::request_timeout).
    #[must_use]
    pub fn writes(self, most: u32) -> Self {
        self.with(|inner| inner.writes = Writes::new(most))
    }

    /// Waits until no clone of this service has a write in progress. This includes writes whose clients have
    /// disconnected.
    ///
    /// Call this after the server has served its last request, before you close the database and end the process. The
    /// caller decides how long to wait.
    pub async fn finished(&self) {
        self.inner.writes.finished().await;
    }

    fn with(self, change: impl FnOnce(&mut Inner)) -> Self {
        let mut inner = Arc::unwrap_or_clone(self.inner);
        change(&mut inner);
        Self { inner: Arc::new(inner) }
    }

    pub(crate) fn base_path(&self) -> &str {
        self.inner.scim.base_path()
    }
}

impl Inner {
    async fn answer<B>(&self, request: Request<B>) -> Response<Bytes>
    where
        B: Body,
        B::Error: std::fmt::Display,
    {
        let (mut parts, body) = request.into_parts();
        let limits = body::Limits { bytes: self.scim.limits().body, time: self.body_timeout };
        let read = match self.sender(&parts).await {
            Ok(identity) => {
                let share = self.bodies.share(identity.tenant());
                parts.extensions.insert(identity);
                body::read(body, &parts.headers, &limits, share).await
            }
            // Discovery responses are the same for everybody, and need no body.
            Err(_) if self.public_discovery && self.scim.is_discovery(parts.uri.path()) => {
                parts.extensions.insert(Identity::new("", ""));
                Ok(Whole { bytes: Bytes::new(), share: self.bodies.share("") })
            }
            Err(error) => Err(error),
        };
        match read {
            Ok(body) => {
                let outline = outline(&parts);
                self.run(parts, body).await.unwrap_or_else(|error| self.scim.refuse(&outline, &error))
            }
            Err(error) => self.scim.refuse(&parts, &error),
        }
    }

    async fn sender(&self, parts: &Parts) -> Result<Identity, Error> {
        let sender = timeout(self.request_timeout, self.authenticate.authenticate(parts));
        sender.await.unwrap_or_else(|_| Err(Error::unavailable("the authentication took too long", RETRY_AFTER)))
    }

    /// Passes the request to the engine. Fails if that takes too long.
    async fn run(&self, parts: Parts, body: Whole) -> Result<Response<Bytes>, Error> {
        let writes = !changes_nothing(&parts);
        let tenant = parts.extensions.get().map_or("", Identity::tenant);
        let mut share = self.answers.share(tenant);
        let is_bulk = ends_with(&parts, "/Bulk");
        // Only the response to a bulk request reports the results of its operations, so there must be room for it.
        if is_bulk && share.is_refused() {
            return Err(too_many_answers());
        }
        let (scim, request) = (self.scim.clone(), Request::from_parts(parts, body.bytes));
        let answer = async move {
            // The body counts until the engine no longer holds it.
            let share = body.share;
            let response = scim.handle(request).await;
            drop(share);
            response
        };
        let outcome = if writes {
            timeout(self.request_timeout, self.to_its_end(answer)).await
        } else {
            timeout(self.request_timeout, async { Ok(answer.await) }).await
        };
        let too_long = |_| Err(Error::unavailable("the request took too long", RETRY_AFTER));
        let (head, bytes) = outcome.unwrap_or_else(too_long)?.into_parts();
        let counted = bytes.len().saturating_sub(FREE);
        if is_bulk {
            share.take_up_to(counted);
        } else if !share.take(counted) {
            return if writes { Ok(without_body(head)) } else { Err(too_many_answers()) };
        }
        Ok(Response::from_parts(head, if counted > 0 { share.hold(bytes) } else { bytes }))
    }

    /// Runs the work in a separate task, which completes it even if nobody waits for it any more.
    async fn to_its_end(
        &self,
        answer: impl Future<Output = Response<Bytes>> + Send + 'static,
    ) -> Result<Response<Bytes>, Error> {
        let slot = self.writes.begin().await;
        let task = async move {
            let response = answer.await;
            drop(slot);
            response
        };
        // The task panicked, or the runtime is shutting down.
        tokio::spawn(task.in_current_span()).await.map_err(|error| Error::internal(describe(&error)))
    }
}

/// Returns the response to a write without the resource, which a response may omit (RFC 7644 §3.3, §3.5.2).
fn without_body(mut head: http::response::Parts) -> Response<Bytes> {
    for name in [header::CONTENT_TYPE, header::CONTENT_LOCATION] {
        head.headers.remove(name);
    }
    if head.status == StatusCode::OK {
        head.status = StatusCode::NO_CONTENT;
    }
    Response::from_parts(head, Bytes::new())
}

fn too_many_answers() -> Error {
    Error::unavailable("the answers to all requests take too much memory", RETRY_AFTER)
}

/// Copies the parts of a request that a rejection needs, because the engine takes the request itself.
fn outline(parts: &Parts) -> Parts {
    let (mut outline, ()) = Request::new(()).into_parts();
    outline.method = parts.method.clone();
    outline.uri = parts.uri.clone();
    for name in [HeaderName::from_static("x-request-id"), header::ACCEPT] {
        if let Some(value) = parts.headers.get(&name) {
            outline.headers.insert(name, value.clone());
        }
    }
    if let Some(identity) = parts.extensions.get::<Identity>() {
        outline.extensions.insert(identity.clone());
    }
    outline
}

/// Describes why a task has no response. The message of a panic is omitted, because the panic hook has already logged
/// it.
fn describe(error: &tokio::task::JoinError) -> &'static str {
    if error.is_panic() { "a handler panicked" } else { "the runtime ended before the request" }
}

/// Returns whether a request only reads, so that no half-done work remains if it stops. A search by POST writes
/// nothing, even if it is not valid.
fn changes_nothing(parts: &Parts) -> bool {
    parts.method.is_safe() || (parts.method == Method::POST && ends_with(parts, "/.search"))
}

/// Returns whether a path ends with a segment, with or without a trailing slash.
fn ends_with(parts: &Parts, segment: &str) -> bool {
    parts.uri.path().trim_end_matches('/').ends_with(segment)
}

impl<B> Service<Request<B>> for ScimService
where
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: std::fmt::Display + Send,
{
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = ScimFuture;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let inner = Arc::clone(&self.inner);
        ScimFuture::new(async move { inner.answer(request).await })
    }
}
