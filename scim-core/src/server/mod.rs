//! The protocol engine, RFC 7644: requests in, answers out, over the types of the `http` crate.
//!
//! [`Scim::handle`] takes a request whose body was read and answers it. It knows no runtime and no HTTP server;
//! `scim-tower` wraps it as a tower service.

mod builder;
mod bulk;
mod context;
mod discovery;
mod endpoint;
mod etag;
mod identifiers;
mod params;
mod respond;
mod route;
mod write;

pub use builder::{BuildError, PatchAnswer, ScimBuilder};
pub use context::{Context, Identity};
pub use discovery::AuthenticationScheme;
pub use identifiers::{Clock, IdGenerator, RandomIds, SystemClock};
pub use respond::{CONTENT_TYPE, error_response};

use std::{
    fmt,
    sync::{Arc, OnceLock},
};

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};

use crate::{
    compat::{Compat, Quirk, Tolerance},
    error::Error,
    limits::Limits,
    schema::{ResourceType, Schema},
};
use endpoint::Endpoint;
use params::ListParams;
use respond::Answer;
use route::Route;

/// A SCIM service provider: resource types, the stores behind them, and what it accepts.
///
/// Cheap to clone. Built by [`Scim::builder`].
///
/// ```
/// use bytes::Bytes;
/// use http::Request;
/// use scim_core::{Scim, model::User, server::Identity, store::MemoryStore};
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
}

/// What the handlers of all endpoints share.
pub(crate) struct Settings {
    pub(crate) base_url: Option<String>,
    pub(crate) base_path: String,
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

    /// Answers a request. Every failure is an answer too, with a SCIM error as its body (RFC 7644 §3.12).
    ///
    /// The request carries who sent it as an [`Identity`] in its extensions. Its path may start with the base path of
    /// the service, or have lost that to a router.
    pub async fn handle(&self, request: Request<Bytes>) -> Response<Bytes> {
        let is_head = request.method() == Method::HEAD;
        let wants_json = respond::wants_plain_json(request.headers());
        let mut response = match self.0.answer(request).await {
            Ok(answer) => answer.into_response(),
            Err(error) => error_response(&error),
        };
        if let Some(media_type) = response.headers_mut().get_mut(header::CONTENT_TYPE).filter(|_| wants_json) {
            *media_type = HeaderValue::from_static("application/json");
        }
        if is_head {
            // What GET would answer, without the body (RFC 9110 §9.3.2).
            return response.map(|_| Bytes::new());
        }
        response
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

impl Inner {
    /// The path without the base path, if it still has it.
    fn below_base<'p>(&self, path: &'p str) -> &'p str {
        let rest = path.strip_prefix(&*self.settings.base_path);
        rest.filter(|rest| rest.is_empty() || rest.starts_with('/')).unwrap_or(path)
    }

    async fn answer(&self, request: Request<Bytes>) -> Result<Answer, Error> {
        let (mut parts, body) = request.into_parts();
        let identity = parts
            .extensions
            .remove::<Identity>()
            .ok_or_else(|| Error::new(StatusCode::UNAUTHORIZED, "the request is not authenticated"))?;
        let segments = route::segments(self.below_base(parts.uri.path()))?;
        let route = Route::of(&segments, &self.endpoints)?;
        route.check_method(&parts.method)?;
        check_media_type(&parts, &body)?;
        let base_url = self.settings.base_url_of(&parts);
        let extensions = std::mem::take(&mut parts.extensions);
        let cx = Context::new(identity, base_url, self.settings.compat, extensions);
        self.dispatch(&cx, route, &parts, &body).await
    }

    /// Answers a request whose route and sender are known.
    async fn dispatch(
        &self,
        cx: &Context,
        route: Route<'_>,
        parts: &http::request::Parts,
        body: &Bytes,
    ) -> Result<Answer, Error> {
        route.check_method(&parts.method)?;
        let query = parts.uri.query().unwrap_or_default();
        match route {
            Route::Bulk => self.bulk(cx, body).await,
            Route::Discovery(discovery) => self.discover(cx, &discovery, query),
            Route::Collection(endpoint) if parts.method == Method::POST => {
                let params = params::answer_params(query)?;
                endpoint.create(&self.settings, cx, &params, body).await
            }
            Route::Collection(endpoint) => {
                let params = ListParams::from_query(query)?;
                endpoint.list(&self.settings, cx, params).await
            }
            Route::Search(endpoint) => {
                let params = ListParams::from_body(body)?;
                endpoint.list(&self.settings, cx, params).await
            }
            Route::Resource(endpoint, id) => {
                let params = params::answer_params(query)?;
                let conditions = etag::Conditions::of(&parts.headers);
                let target = endpoint::Target { id, params, conditions };
                match parts.method {
                    Method::PUT => endpoint.replace(&self.settings, cx, &target, body).await,
                    Method::PATCH => endpoint.patch(&self.settings, cx, &target, body).await,
                    Method::DELETE => endpoint.delete(cx, &target).await,
                    _ => endpoint.get(cx, &target).await,
                }
            }
            // A client that probes for users or groups must not take "no such endpoint" for a broken server.
            Route::MissingStandard if is_read(&parts.method) && cx.compat().accepts(Quirk::MissingEndpoint) => {
                ListParams::from_query(query)?;
                Ok(respond::empty_list())
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

/// A body must be JSON (RFC 7644 §3.8). A body without a type is taken as JSON. A type without a body means nothing, as
/// does the body of a request that has no use for one.
fn check_media_type(parts: &http::request::Parts, body: &Bytes) -> Result<(), Error> {
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
