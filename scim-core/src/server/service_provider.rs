//! The service provider: from an HTTP request to an endpoint and back to a response.

use std::{fmt, pin::pin, sync::Arc, time::Instant};

use bytes::Bytes;
use http::{Extensions, Method, Request, Response, StatusCode, header, request::Parts};
use tracing::{Instrument as _, Span, field::Empty};

use super::{
    host::Host,
    params::ListParams,
    preconditions::Preconditions,
    rejection::{self, Rejection},
    response::{self, Answer},
    route::{self, Route},
    service::{Call, Service, catch_panic},
    warning::Warning,
};
use crate::{
    compat::Quirk,
    context::{Context, Identity},
    error::Error,
    json,
    limits::Limits,
};

/// A SCIM service provider: resource types, their stores, and settings.
///
/// Build one with [`Scim::builder`]. It is cheap to clone.
///
/// ```
/// use bytes::Bytes;
/// use http::Request;
/// use scim_core::{Identity, Scim, model::User, store::MemoryStore};
///
/// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
/// let scim = Scim::builder().resource(MemoryStore::<User>::new()).build()?;
/// let mut request = Request::get("/Users").body(Bytes::new())?;
/// // The application authenticates the sender. Without an identity, the response is 401.
/// request.extensions_mut().insert(Identity::new("tenant", "client"));
/// let response = scim.handle(request).await;
/// assert_eq!(response.status(), 200);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Scim(pub(super) Arc<Service>);

impl fmt::Debug for Scim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let endpoints = self.0.endpoints.iter().map(|endpoint| &*endpoint.resource_type().endpoint);
        f.debug_tuple("Scim").field(&endpoints.collect::<Vec<_>>()).finish()
    }
}

impl Scim {
    /// Returns what many clients need and this service provider lacks. [`ScimBuilder::build`] has logged each of them.
    ///
    /// [`ScimBuilder::build`]: super::ScimBuilder::build
    ///
    /// ```
    /// use scim_core::{
    ///     Scim,
    ///     model::{Group, User},
    ///     store::MemoryStore,
    /// };
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

    /// Handles a request and returns the response.
    ///
    /// The extensions of the request must contain the sender as an [`Identity`]; otherwise the response is 401. The path
    /// of the request may start with the base path, or a router may have stripped it.
    ///
    /// Every error is returned as a response with a SCIM error as its body (RFC 7644 §3.12). A panic in a store gives 500.
    ///
    /// # Events
    ///
    /// All events of a request, including those of the store, are in a span `scim_request` at the level INFO. Its fields
    /// are `tenant`, `method`, `route`, `request_id`, and at the end `status` and `duration`.
    ///
    /// Each rejected request is logged as one event with its status, `scimType`, detail (without values), tenant, method,
    /// route, path and `X-Request-Id`. The level is ERROR if the service failed, otherwise INFO.
    pub async fn handle(&self, request: Request<Bytes>) -> Response<Bytes> {
        let (mut parts, body) = request.into_parts();
        let identity = parts.extensions.remove::<Identity>();
        let extensions = std::mem::take(&mut parts.extensions);
        let span = self.span(&parts, identity.as_ref());
        let started = Instant::now();
        let answer = pin!(self.0.answer(&parts, identity.as_ref(), extensions, &body));
        let answer = catch_panic(answer).instrument(span.clone()).await;
        let response = span.in_scope(|| match answer {
            Ok(answer) => response::negotiated(answer.into_response(), &parts),
            Err(error) => self.rejected(&parts, identity.as_ref(), &error),
        });
        end_span(&span, &response, started);
        response
    }

    /// Returns the response to a request that failed before [`handle`](Self::handle), because its sender is unknown or its
    /// body cannot be read. It is logged like the errors of `handle`, with the tenant of the [`Identity`] if the request has
    /// one.
    #[must_use]
    pub fn refuse(&self, parts: &Parts, error: &Error) -> Response<Bytes> {
        let identity = parts.extensions.get();
        let span = self.span(parts, identity);
        let started = Instant::now();
        let response = span.in_scope(|| self.rejected(parts, identity, error));
        end_span(&span, &response, started);
        response
    }

    /// Returns whether requests to a path below the base path can be handled without knowing the sender. RFC 7644 §4
    /// recommends this for discovery.
    #[must_use]
    pub fn is_discovery(&self, path: &str) -> bool {
        let segments = route::segments(self.0.below_base(path));
        segments.is_ok_and(|segments| matches!(Route::of(&segments, &self.0.endpoints), Ok(Route::Discovery(_))))
    }

    /// Returns the limits of one request. Code that reads the body for [`handle`](Self::handle) must stop at
    /// [`Limits::body`].
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.0.settings.limits
    }

    /// Returns the path that every URL starts with, such as `/scim/v2`, or an empty string.
    #[must_use]
    pub fn base_path(&self) -> &str {
        &self.0.settings.base_path
    }

    /// Returns the span of a request.
    fn span(&self, parts: &Parts, identity: Option<&Identity>) -> Span {
        let span = tracing::info_span!(
            "scim_request",
            tenant = identity.map(Identity::tenant),
            method = parts.method.as_str(),
            route = Empty,
            status = Empty,
            duration = Empty,
            request_id = rejection::request_id(&parts.headers),
        );
        if !span.is_disabled()
            && let Ok(segments) = route::segments(self.0.below_base(parts.uri.path()))
            && let Ok(route) = Route::of(&segments, &self.0.endpoints)
        {
            span.record("route", &*route.pattern());
        }
        span
    }

    /// Logs a rejected request and returns the response.
    fn rejected(&self, parts: &Parts, identity: Option<&Identity>, error: &Error) -> Response<Bytes> {
        let segments = route::segments(self.0.below_base(parts.uri.path())).unwrap_or_default();
        let route = Route::of(&segments, &self.0.endpoints).ok();
        let pattern = route.as_ref().map(Route::pattern);
        let rejection = Rejection {
            tenant: identity.map(Identity::tenant),
            method: Some(parts.method.as_str()),
            route: pattern.as_deref(),
            path: Some(parts.uri.path()),
            request_id: rejection::request_id(&parts.headers),
            resource_type: route.as_ref().and_then(Route::resource_type).map(|resource_type| &*resource_type.name),
            operation: None,
        };
        rejection::log(error, &rejection, &|name| self.0.is_name(name));
        response::negotiated(response::error(error), parts)
    }
}

/// Records the result of a request in its span.
fn end_span(span: &Span, response: &Response<Bytes>, started: Instant) {
    span.record("status", response.status().as_u16());
    span.record("duration", tracing::field::debug(started.elapsed()));
}

impl Service {
    /// Handles a request.
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
            .with_request_id(rejection::request_id(&parts.headers));
        let query = parts.uri.query().unwrap_or_default();
        let call = Call { method: &parts.method, query, preconditions: Preconditions::of(&parts.headers), body };
        self.dispatch(&cx, &route, call).await
    }

    /// Handles a request whose route and sender are known.
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
                Ok(response::empty_list())
            }
            Route::MissingStandard => Err(route::not_found()),
            Route::Unsupported(what) => {
                Err(Error::new(StatusCode::NOT_IMPLEMENTED, format!("this service provider does not support {what}")))
            }
        }
    }
}

fn is_read(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

/// Checks that a body is JSON (RFC 7644 §3.8). A body without a media type counts as JSON. A media type without a body,
/// and the body of a request that needs none, are ignored.
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
