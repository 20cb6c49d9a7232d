//! A layer for a path prefix.

use std::{
    future::{Future, poll_fn},
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use http_body_util::{Either, Full};
use tower_layer::Layer;
use tower_service::Service;

use crate::ScimService;

/// Puts a [`ScimService`] in front of another service: it handles requests below its base path and passes on all
/// others.
///
/// Use it in stacks without a router. With axum, `nest_service` does the same.
///
/// The two services are independent. A SCIM request is served even while the other service is not ready. A request for
/// the other service waits until that service is ready. The layer clones the other service for each of its requests.
#[derive(Clone, Debug)]
pub struct ScimLayer {
    scim: ScimService,
}

impl ScimLayer {
    /// Creates a layer for the base path that the service provider was built with. Without one, it handles every
    /// request.
    #[must_use]
    pub fn new(scim: ScimService) -> Self {
        Self { scim }
    }
}

impl ScimService {
    /// Returns a layer that handles requests below the base path of the service provider, and passes on all others.
    #[must_use]
    pub fn into_layer(self) -> ScimLayer {
        ScimLayer::new(self)
    }
}

impl<S> Layer<S> for ScimLayer {
    type Service = ScimMiddleware<S>;

    fn layer(&self, inner: S) -> Self::Service {
        ScimMiddleware { scim: self.scim.clone(), inner }
    }
}

/// The service that [`ScimLayer`] creates from another service.
#[derive(Clone, Debug)]
pub struct ScimMiddleware<S> {
    scim: ScimService,
    inner: S,
}

impl<S, B, R> Service<Request<B>> for ScimMiddleware<S>
where
    S: Service<Request<B>, Response = Response<R>> + Clone + Send + 'static,
    S::Future: Send,
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: std::fmt::Display + Send,
    R: Body<Data = Bytes>,
{
    type Response = Response<Either<Full<Bytes>, R>>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        // The path of the request decides which service must be ready, but it is not known yet.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let rest = request.uri().path().strip_prefix(self.scim.base_path());
        if rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/')) {
            let answer = self.scim.call(request);
            return Box::pin(async move {
                let Ok(response) = answer.await;
                Ok(response.map(Either::Left))
            });
        }
        let mut inner = self.inner.clone();
        Box::pin(async move {
            poll_fn(|cx| inner.poll_ready(cx)).await?;
            inner.call(request).await.map(|response| response.map(Either::Right))
        })
    }
}
