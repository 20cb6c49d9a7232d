//! A server in the same process.

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use tower::{Service, ServiceExt};

use super::{BoxError, Client, ClientError, rebase};

/// Sends requests to a tower service in the same process, without a network.
///
/// Requests look as they do behind an HTTP/1.1 server: the URI is the path alone and there is a `Host`.
///
/// # Examples
///
/// ```
/// # async fn example(app: tower::util::BoxCloneService<
/// #     http::Request<http_body_util::Full<bytes::Bytes>>,
/// #     http::Response<http_body_util::Full<bytes::Bytes>>,
/// #     std::convert::Infallible,
/// # >) {
/// use scim_conformance::{Kit, ServiceClient};
///
/// let client = ServiceClient::new(app).base("/scim/v2");
/// Kit::standard().run(&client).await.assert_passed();
/// # }
/// ```
#[derive(Debug)]
pub struct ServiceClient<S> {
    // Locked only to clone: a service need not be `Sync`.
    service: Mutex<S>,
    base: String,
}

impl<S> ServiceClient<S> {
    /// A client of this service, with the base path `/scim/v2`.
    #[must_use]
    pub fn new(service: S) -> Self {
        Self { service: Mutex::new(service), base: "/scim/v2".to_owned() }
    }

    /// Sets the path where SCIM is mounted in the service; `/` when it is not below any path.
    #[must_use]
    pub fn base(mut self, path: impl Into<String>) -> Self {
        let path: String = path.into();
        path.trim_end_matches('/').clone_into(&mut self.base);
        self
    }
}

#[async_trait]
impl<S, B> Client for ServiceClient<S>
where
    S: Service<Request<Full<Bytes>>, Response = Response<B>> + Clone + Send,
    S::Future: Send,
    S::Error: Into<BoxError>,
    B: http_body::Body + Send,
    B::Data: Send,
    B::Error: Into<BoxError>,
{
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, ClientError> {
        let request = rebase(request, &self.base, "localhost")?.map(Full::new);
        let service = self.service.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let response =
            service.oneshot(request).await.map_err(|error| ClientError::new("the service failed").caused_by(error))?;
        let (parts, body) = response.into_parts();
        let body = body
            .collect()
            .await
            .map_err(|error| ClientError::new("the body of the answer broke off").caused_by(error))?;
        Ok(Response::from_parts(parts, body.to_bytes()))
    }
}
