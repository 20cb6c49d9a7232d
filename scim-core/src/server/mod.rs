//! The protocol engine, RFC 7644: requests in, answers out, over the types of the `http` crate.
//!
//! [`Scim::handle`] takes a request whose body was read and answers it. It knows no runtime and no HTTP server;
//! `scim-tower` wraps it as a tower service.

mod builder;
mod bulk;
mod discovery;
mod endpoint;
mod etag;
mod host;
mod identifiers;
mod mount;
mod params;
mod refusal;
mod respond;
mod route;
mod warning;
mod write;

pub use builder::{BuildError, PatchAnswer, ScimBuilder};
pub use discovery::AuthenticationScheme;
pub use identifiers::{Clock, IdGenerator, RandomIds, SystemClock};
pub use respond::{CONTENT_TYPE, error_response};
pub use warning::Warning;

use std::{
    fmt,
    pin::Pin,
    sync::{Arc, OnceLock},
    time::Instant,
};

use bytes::Bytes;
use http::{Extensions, Method, Request, Response, StatusCode, header, request::Parts};
use tracing::{Instrument as _, Span, field::Empty};

use crate::{
    compat::{Compat, Quirk, Tolerance},
    context::{Context, Identity},
    error::Error,
    json,
    limits::Limits,
    path::find_name,
    schema::{ResourceType, Schema},
    turn,
};
use endpoint::Endpoint;
use etag::Conditions;
use host::{Host, Origin};
use mount::Mount;
use params::ListParams;
use refusal::Refused;
use respond::Answer;
use route::Route;

/// A SCIM service provider: resource types, the stores behind them, and what it accepts.
///
/// Cheap to clone. Built by [`Scim::builder`].
///
/// ```
/// use bytes::Bytes;
/// use http::Request;
/// use scim_core::{Scim, model::User, Identity, store::MemoryStore};
///
/// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
/// let scim = Scim::builder().resource(MemoryStore::<User>::new()).build()?;
/// let mut request = Request::get("/Users").body(Bytes::new())?;
/// // Whoever authenticates the request says who sent it; without that every answer is 401.
/// request.extensions_mut().insert(Identity::new("tenant", "client"));
/// let response = scim.handle(request).await;
/// assert_eq!(response.status(), 200);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Scim(Arc<Inner>);

pub(crate) struct Inner {
    endpoints: Vec<Box<dyn Endpoint>>,
    /// What `/Schemas` shows, once somebody has asked.
    schemas: OnceLock<Vec<Schema>>,
    settings: Settings,
    warnings: Vec<Warning>,
    mount: Mount,
}

/// What the handlers of all endpoints share.
pub(crate) struct Settings {
    pub(crate) base_url: Option<String>,
    pub(crate) base_path: String,
    /// Whether a router has taken the base path off.
    pub(crate) is_nested: bool,
    trusted_origins: Vec<Origin>,
    /// The path that clients see: that of the base URL, else the base path.
    public_path: String,
    pub(crate) compat: Compat,
    pub(crate) limits: Limits,
    pub(crate) default_count: usize,
    pub(crate) max_results: usize,
    pub(crate) bulk_operations: usize,
    pub(crate) bulk_payload: usize,
    pub(crate) authentication_schemes: Vec<AuthenticationScheme>,
    pub(crate) clock: Box<dyn Clock>,
    pub(crate) ids: Box<dyn IdGenerator>,
    pub(crate) on_ignored: Option<IgnoredHook>,
}

impl Settings {
    /// Reads a message, and records what was tolerated.
    fn tolerated<T>(&self, cx: &Context, read: impl FnOnce(&Tolerance) -> Result<T, Error>) -> Result<T, Error> {
        let tolerance = self.tolerance(cx);
        let message = read(&tolerance)?;
        let quirks = tolerance.met();
        if !quirks.is_empty() {
            tracing::debug!(%quirks, "tolerated");
        }
        Ok(message)
    }

    /// The most bytes of a bulk request: no body is longer than any may be.
    pub(crate) fn bulk_payload(&self) -> usize {
        self.bulk_payload.min(self.limits.body)
    }

    /// The URL that locations start with: that of the request's host if it is trusted, else as configured, else only the
    /// path. The request's own text never is part of it.
    fn base_url_for(&self, host: Option<&Host>) -> String {
        let origin = host.and_then(|host| self.trusted_origins.iter().find(|origin| origin.is_named_by(host)));
        match (origin, &self.base_url) {
            (Some(origin), _) => format!("{}{}", origin.as_str(), self.public_path),
            (None, Some(url)) => url.clone(),
            (None, None) => self.public_path.clone(),
        }
    }

    /// What is accepted from a client, at the start of a request.
    pub(crate) fn tolerance(&self, cx: &Context) -> Tolerance {
        Tolerance::new(cx.compat()).with_limits(self.limits).with_references(cx.references().clone())
    }
}

/// Called with what a request held that the application does not know.
pub(crate) type IgnoredHook = Box<dyn Fn(&Context, &ResourceType, &[String]) + Send + Sync>;

impl fmt::Debug for Scim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let endpoints = self.0.endpoints.iter().map(|endpoint| &*endpoint.resource_type().endpoint);
        f.debug_tuple("Scim").field(&endpoints.collect::<Vec<_>>()).finish()
    }
}

impl Scim {
    /// Starts to build a service provider.
    pub fn builder() -> ScimBuilder {
        ScimBuilder::default()
    }

    /// Returns what many clients need and this service provider lacks. [`ScimBuilder::build`] has logged it.
    ///
    /// ```
    /// use scim_core::{Scim, model::{Group, User}, store::MemoryStore};
    ///
    /// let scim = Scim::builder()
    ///     .resource(MemoryStore::<User>::new())
    ///     .resource(MemoryStore::<Group>::new())
    ///     .base_url("https://app.example.com/scim/v2")
    ///     .build()?;
    /// assert_eq!(scim.warnings(), []);
    /// # Ok::<(), scim_core::server::BuildError>(())
    /// ```
    #[must_use]
    pub fn warnings(&self) -> &[Warning] {
        &self.0.warnings
    }

    /// Answers a request. Every failure is an answer too, with a SCIM error as its body (RFC 7644 §3.12): also a panic in
    /// a store, which is answered with 500. Each refusal is recorded as one event of `tracing`, with its status,
    /// `scimType`, detail (without values), tenant, method, route, path and, if the request has one, `X-Request-Id`; at
    /// the level ERROR if the service failed, else at INFO.
    ///
    /// All events of a request, including those of the store, are within a span `scim_request` at the level INFO. Its
    /// fields are `tenant`, `method`, `route`, `request_id` and, once the request is answered, `status` and `duration`.
    ///
    /// The request carries who sent it as an [`Identity`] in its extensions. Its path may start with the base path of
    /// the service, or have lost that to a router.
    pub async fn handle(&self, request: Request<Bytes>) -> Response<Bytes> {
        let (mut parts, body) = request.into_parts();
        let identity = parts.extensions.remove::<Identity>();
        let extensions = std::mem::take(&mut parts.extensions);
        let span = self.span(&parts, identity.as_ref());
        let started = Instant::now();
        let answer = std::pin::pin!(self.0.answer(&parts, identity.as_ref(), extensions, &body));
        let answer = caught(answer).instrument(span.clone()).await;
        let response = span.in_scope(|| match answer {
            Ok(answer) => respond::negotiated(answer.into_response(), &parts),
            Err(error) => self.refused(&parts, identity.as_ref(), &error),
        });
        end_span(&span, &response, started);
        response
    }

    /// The answer to a request that failed before it reached [`handle`](Self::handle): its sender is not known, or its
    /// body cannot be read. It is recorded as the refusals of `handle` are, with the tenant of the [`Identity`] if the
    /// request has one.
    #[must_use]
    pub fn refuse(&self, parts: &Parts, error: &Error) -> Response<Bytes> {
        let identity = parts.extensions.get();
        let span = self.span(parts, identity);
        let started = Instant::now();
        let response = span.in_scope(|| self.refused(parts, identity, error));
        end_span(&span, &response, started);
        response
    }

    /// The span of a request.
    fn span(&self, parts: &Parts, identity: Option<&Identity>) -> Span {
        let span = tracing::info_span!(
            "scim_request",
            tenant = identity.map(Identity::tenant),
            method = parts.method.as_str(),
            route = Empty,
            status = Empty,
            duration = Empty,
            request_id = refusal::request_id(&parts.headers),
        );
        if !span.is_disabled()
            && let Ok(segments) = route::segments(self.0.below_base(parts.uri.path()))
            && let Ok(route) = Route::of(&segments, &self.0.endpoints)
        {
            span.record("route", &*route.pattern());
        }
        span
    }

    fn refused(&self, parts: &Parts, identity: Option<&Identity>, error: &Error) -> Response<Bytes> {
        let segments = route::segments(self.0.below_base(parts.uri.path())).unwrap_or_default();
        let route = Route::of(&segments, &self.0.endpoints).ok();
        let pattern = route.as_ref().map(Route::pattern);
        let refused = Refused {
            tenant: identity.map(Identity::tenant),
            method: Some(parts.method.as_str()),
            route: pattern.as_deref(),
            path: Some(parts.uri.path()),
            request_id: refusal::request_id(&parts.headers),
            resource_type: route.as_ref().and_then(Route::resource_type).map(|resource_type| &*resource_type.name),
            operation: None,
        };
        refusal::tell(error, &refused, &|name| self.0.is_name(name));
        respond::negotiated(respond::error(error), parts)
    }

    /// Whether requests to a path, below the base path, can be answered without knowing who sent them: RFC 7644 §4
    /// recommends that for discovery.
    #[must_use]
    pub fn is_discovery(&self, path: &str) -> bool {
        let segments = route::segments(self.0.below_base(path));
        segments.is_ok_and(|segments| matches!(Route::of(&segments, &self.0.endpoints), Ok(Route::Discovery(_))))
    }

    /// What one request may cost. Whoever reads the body for [`handle`](Self::handle) stops at
    /// [`Limits::body`].
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.0.settings.limits
    }

    /// The path that every URL starts with, such as `/scim/v2`; empty if there is none.
    #[must_use]
    pub fn base_path(&self) -> &str {
        &self.0.settings.base_path
    }
}

/// Records how a request ended.
fn end_span(span: &Span, response: &Response<Bytes>, started: Instant) {
    span.record("status", response.status().as_u16());
    span.record("duration", tracing::field::debug(started.elapsed()));
}

/// The outcome of a request, or 500 if it panics.
async fn caught<T>(request: Pin<&mut (dyn Future<Output = Result<T, Error>> + Send)>) -> Result<T, Error> {
    turn::catch(request).await.unwrap_or_else(|_| Err(Error::internal("a handler panicked")))
}

/// What a request asks of a route.
struct Call<'r> {
    method: &'r Method,
    query: &'r str,
    conditions: Conditions,
    body: &'r [u8],
}

impl Inner {
    /// The path without the base path, if it still has it. What a router has taken off is not taken off again.
    fn below_base<'p>(&self, path: &'p str) -> &'p str {
        let rest = path.strip_prefix(&*self.settings.base_path).filter(|_| !self.settings.is_nested);
        rest.filter(|rest| rest.is_empty() || rest.starts_with('/')).unwrap_or(path)
    }

    /// Whether an attribute of some resource type has this name.
    fn is_name(&self, name: &str) -> bool {
        let tolerance = Tolerance::default();
        self.endpoints.iter().any(|endpoint| find_name(endpoint.resource_type(), name, &tolerance).is_some())
    }

    async fn answer(
        &self,
        parts: &Parts,
        identity: Option<&Identity>,
        extensions: Extensions,
        body: &Bytes,
    ) -> Result<Answer, Error> {
        let identity =
            identity.ok_or_else(|| Error::new(StatusCode::UNAUTHORIZED, "the request is not authenticated"))?;
        let host = Host::of(parts)?;
        let segments = route::segments(self.below_base(parts.uri.path()))?;
        let route = Route::of(&segments, &self.endpoints).inspect_err(|error| {
            if error.status() == StatusCode::NOT_FOUND {
                self.mount.notice(&segments, &self.endpoints);
            }
        })?;
        route.check_method(&parts.method)?;
        check_media_type(parts, body)?;
        json::check_depth(body)?;
        let base_url = self.settings.base_url_for(host.as_ref());
        let cx = Context::new(identity.clone(), base_url, self.settings.compat, extensions)
            .with_request_id(refusal::request_id(&parts.headers));
        let query = parts.uri.query().unwrap_or_default();
        let call = Call { method: &parts.method, query, conditions: Conditions::of(&parts.headers), body };
        self.dispatch(&cx, &route, call).await
    }

    /// Answers a request whose route and sender are known.
    async fn dispatch(&self, cx: &Context, route: &Route<'_>, call: Call<'_>) -> Result<Answer, Error> {
        match route {
            Route::Bulk => self.bulk(cx, call.body).await,
            Route::Discovery(discovery) => self.discover(cx, discovery, call.query),
            Route::Search(endpoint) => {
                let params = self.settings.tolerated(cx, |tolerance| ListParams::from_body(call.body, tolerance))?;
                endpoint.list(&self.settings, cx, params).await
            }
            Route::Collection(_) | Route::Resource(..) => self.resources(cx, route, call).await,
            // A client that probes for users or groups must not take "no such endpoint" for a broken server.
            Route::MissingStandard if is_read(call.method) && cx.compat().accepts(Quirk::MissingEndpoint) => {
                ListParams::from_query(call.query)?;
                Ok(respond::empty_list())
            }
            Route::MissingStandard => Err(route::not_found()),
            Route::Unsupported(what) => {
                Err(Error::new(StatusCode::NOT_IMPLEMENTED, format!("this service provider does not support {what}")))
            }
        }
    }
}

impl Inner {
    /// Answers a request about resources: one by itself, or an operation of a bulk request.
    async fn resources(&self, cx: &Context, route: &Route<'_>, call: Call<'_>) -> Result<Answer, Error> {
        let Call { method, query, conditions, body } = call;
        match route {
            Route::Collection(endpoint) if *method == Method::POST => {
                let params = params::answer_params(query)?;
                endpoint.create(&self.settings, cx, &params, body).await
            }
            Route::Collection(endpoint) => {
                let params = ListParams::from_query(query)?;
                endpoint.list(&self.settings, cx, params).await
            }
            Route::Resource(endpoint, id) => {
                let params = params::answer_params(query)?;
                let target = endpoint::Target { id, params, conditions };
                match *method {
                    Method::PUT => endpoint.replace(&self.settings, cx, &target, body).await,
                    Method::PATCH => endpoint.patch(&self.settings, cx, &target, body).await,
                    Method::DELETE => endpoint.delete(cx, &target).await,
                    _ => endpoint.get(cx, &target).await,
                }
            }
            _ => Err(route::not_found()),
        }
    }
}

fn is_read(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

/// A body must be JSON (RFC 7644 §3.8). A body without a type is taken as JSON. A type without a body means nothing, as
/// does the body of a request that has no use for one.
fn check_media_type(parts: &Parts, body: &Bytes) -> Result<(), Error> {
    let has_use = matches!(parts.method, Method::POST | Method::PUT | Method::PATCH) && !body.is_empty();
    let Some(value) = parts.headers.get(header::CONTENT_TYPE).filter(|_| has_use) else { return Ok(()) };
    let essence = value.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim();
    let is_json = ["application/scim+json", "application/json"].iter().any(|json| essence.eq_ignore_ascii_case(json));
    if is_json {
        return Ok(());
    }
    let detail = "the body must be of the media type application/scim+json or application/json";
    Err(Error::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail))
}

#[cfg(test)]
#[cfg(feature = "derive")]
mod tests;
