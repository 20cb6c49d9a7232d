//! How requests reach the server under test.

mod service;
mod url;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};

pub use service::ServiceClient;
pub use url::UrlClient;

/// Any error, ready to cross threads.
pub(crate) type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// A way to send a request to a SCIM server and to get its answer.
///
/// [`ServiceClient`] and [`UrlClient`] are the two that come with this crate; implement the trait for other transports,
/// or to wrap one of them, for example to record the traffic.
#[async_trait]
pub trait Client: Send + Sync {
    /// Sends one request.
    ///
    /// The request's URI is path and query *below* the base of the SCIM server, such as `/Users?count=1`; the client
    /// puts the base in front of it.
    ///
    /// # Errors
    ///
    /// When there is no answer. An answer with an error status is no error.
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, ClientError>;
}

/// A request that got no answer, and why.
#[derive(Debug, thiserror::Error)]
#[error("{message}{}", .source.as_ref().map(|source| format!(": {source}")).unwrap_or_default())]
pub struct ClientError {
    message: String,
    source: Option<BoxError>,
}

impl ClientError {
    /// An error that says what could not be done, in lower case and without a full stop.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), source: None }
    }

    /// The same error with its cause.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<BoxError>) -> Self {
        self.source = Some(source.into());
        self
    }
}

/// The request with the base path in front of its own, addressed to `host`.
fn rebase(request: Request<Bytes>, base: &str, host: &str) -> Result<Request<Bytes>, ClientError> {
    let (mut parts, body) = request.into_parts();
    let target = format!("{base}{}", parts.uri);
    parts.uri = target.parse().map_err(|error: http::uri::InvalidUri| {
        ClientError::new(format!("`{target}` is not a path")).caused_by(error)
    })?;
    if !parts.headers.contains_key(http::header::HOST) {
        let host = host.parse().map_err(|error: http::header::InvalidHeaderValue| {
            ClientError::new(format!("`{host}` is not a host")).caused_by(error)
        })?;
        parts.headers.insert(http::header::HOST, host);
    }
    Ok(Request::from_parts(parts, body))
}
