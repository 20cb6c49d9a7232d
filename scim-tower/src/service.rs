//! The service.

use std::{
    convert::Infallible,
    sync::Arc,
    task::{Context, Poll},
};

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use http_body_util::Full;
use scim_core::{Scim, server::error_response};
use tower_service::Service;

use crate::{Authenticate, ScimFuture, ScimLayer, body};

/// A SCIM service provider as a tower service, for any request body.
///
/// Cheap to clone. It never fails: whatever goes wrong is answered with a SCIM error.
///
/// A router may take the base path off or leave it in place; tell it to the builder of [`Scim`] so that locations
/// hold it.
#[derive(Clone)]
pub struct ScimService {
    inner: Arc<Inner>,
}

#[derive(Clone)]
struct Inner {
    scim: Scim,
    authenticate: Arc<dyn Authenticate>,
    body_limit: usize,
    public_discovery: bool,
}

impl std::fmt::Debug for ScimService {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("ScimService").field(&self.inner.scim).finish()
    }
}

impl ScimService {
    /// The most bytes of a body by default: 2 MiB.
    pub const BODY_LIMIT: usize = 2 * 1024 * 1024;

    /// Serves requests whose sender is known.
    #[must_use]
    pub fn new(scim: Scim, authenticate: impl Authenticate) -> Self {
        let inner =
            Inner { scim, authenticate: Arc::new(authenticate), body_limit: Self::BODY_LIMIT, public_discovery: false };
        Self { inner: Arc::new(inner) }
    }

    /// The most bytes of a body; a longer one is answered with 413, before it is read where its length is announced.
    #[must_use]
    pub fn body_limit(self, bytes: usize) -> Self {
        self.with(|inner| inner.body_limit = bytes)
    }

    /// Whether `/ServiceProviderConfig`, `/ResourceTypes` and `/Schemas` are shown to everybody, as RFC 7644 §4
    /// recommends. Not by default.
    #[must_use]
    pub fn public_discovery(self, public: bool) -> Self {
        self.with(|inner| inner.public_discovery = public)
    }

    /// A layer that serves requests below the base path of the service provider, and passes on all others.
    #[must_use]
    pub fn into_layer(self) -> ScimLayer {
        ScimLayer::new(self)
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
        let is_public = self.public_discovery && self.scim.is_discovery(parts.uri.path());
        let identity = match self.authenticate.authenticate(&parts).await {
            Ok(identity) => identity,
            // Discovery tells the same to everybody.
            Err(_) if is_public => scim_core::server::Identity::new("", ""),
            Err(error) => return error_response(&error),
        };
        let body = match body::read(body, &parts.headers, self.body_limit).await {
            Ok(body) => body,
            Err(error) => return error_response(&error),
        };
        parts.extensions.insert(identity);
        self.scim.handle(Request::from_parts(parts, body)).await
    }
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
