//! A server at the other end of a network connection.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::uri::{Authority, Scheme};
use http::{Request, Response, Uri};
use http_body_util::{BodyExt, Full};
use hyper_rustls::{ConfigBuilderExt, HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::{self, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use tower::ServiceExt;

use super::{BoxError, Client, ClientError, rebase};

type Connector = HttpsConnector<HttpConnector>;
type HttpClient = legacy::Client<Connector, Full<Bytes>>;

/// Sends requests to a server at a URL, over HTTP/1.1.
///
/// For an `https://` URL, the certificates that the operating system trusts are trusted; the environment variable
/// `SSL_CERT_FILE` names a PEM file with others, such as a test authority of your own.
///
/// A connection is kept and used again; when the server has closed it, the next request opens another. The client must
/// be used inside a tokio runtime.
///
/// # Examples
///
/// ```no_run
/// # async fn example() -> Result<(), scim_conformance::ClientError> {
/// use scim_conformance::{Kit, UrlClient};
///
/// let client = UrlClient::new("http://127.0.0.1:8080/scim/v2")?;
/// let report = Kit::standard().token("secret").run(&client).await;
/// println!("{report}");
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct UrlClient {
    scheme: Scheme,
    authority: Authority,
    base: String,
    timeout: Duration,
    connector: Connector,
    client: HttpClient,
}

impl UrlClient {
    /// Creates a client of the SCIM server with this base URL. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// Fails if the URL is not of the form `http[s]://host[:port][/path]`, or if it is an `https` URL and no trusted
    /// certificate can be read.
    pub fn new(url: &str) -> Result<Self, ClientError> {
        let invalid =
            || ClientError::new(format!("`{url}` is not a base URL of the form `http[s]://host[:port][/path]`"));
        let uri: Uri = url.parse().map_err(|error: http::uri::InvalidUri| invalid().caused_by(error))?;
        let (Some(scheme), Some(authority), None) = (uri.scheme(), uri.authority(), uri.query()) else {
            return Err(invalid());
        };
        if *scheme != Scheme::HTTP && *scheme != Scheme::HTTPS {
            return Err(invalid());
        }
        let connector = connector(*scheme == Scheme::HTTPS)?;
        Ok(Self {
            scheme: scheme.clone(),
            authority: authority.clone(),
            base: uri.path().trim_end_matches('/').to_owned(),
            timeout: Duration::from_secs(30),
            client: legacy::Client::builder(TokioExecutor::new()).build(connector.clone()),
            connector,
        })
    }

    /// Sets how long to wait for the whole answer to one request; 30 seconds unless set.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Opens a connection and closes it again, to find out early whether there is a server at all.
    ///
    /// # Errors
    ///
    /// Fails if nobody accepts connections there, or if the server's certificate is not trusted.
    pub async fn connect(&self) -> Result<(), ClientError> {
        let connection = async {
            let uri = self.at("/".parse().unwrap_or_default())?;
            self.connector.clone().oneshot(uri).await.map_err(|error| self.unreachable(&*error))
        };
        self.within_timeout(connection).await.map(drop)
    }

    /// Returns the absolute form of a URI that is a path.
    fn at(&self, path: Uri) -> Result<Uri, ClientError> {
        let mut parts = path.into_parts();
        parts.scheme = Some(self.scheme.clone());
        parts.authority = Some(self.authority.clone());
        Uri::from_parts(parts).map_err(|error| ClientError::new("the path is not one of a URL").caused_by(error))
    }

    async fn exchange(&self, mut request: Request<Full<Bytes>>) -> Result<Response<Bytes>, ClientError> {
        *request.uri_mut() = self.at(request.uri().clone())?;
        let response = self
            .client
            .request(request)
            .await
            .map_err(|error| if error.is_connect() { self.unreachable(&error) } else { broken(&error) })?;
        let (parts, body) = response.into_parts();
        let body = body.collect().await.map_err(|error| broken(&error))?.to_bytes();
        Ok(Response::from_parts(parts, body))
    }

    fn unreachable(&self, error: &(dyn std::error::Error + 'static)) -> ClientError {
        ClientError::new(format!("cannot connect to `{}`", self.authority)).caused_by(root(error))
    }

    async fn within_timeout<T>(&self, work: impl Future<Output = Result<T, ClientError>>) -> Result<T, ClientError> {
        tokio::time::timeout(self.timeout, work)
            .await
            .unwrap_or_else(|_| Err(ClientError::new(format!("no answer within {} ms", self.timeout.as_millis()))))
    }
}

/// Trusts what the operating system does. Where TLS is not needed, a system without certificates is no reason to fail.
fn connector(is_tls: bool) -> Result<Connector, ClientError> {
    let unusable = |error: BoxError| ClientError::new("no trusted certificates can be read").caused_by(error);
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let builder = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| unusable(error.into()))?;
    let config = if is_tls {
        builder.with_native_roots().map_err(|error| unusable(error.into()))?.with_no_client_auth()
    } else {
        builder.with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth()
    };
    let mut http = HttpConnector::new();
    http.enforce_http(false);
    // Without this, a small request can wait for the acknowledgment of the one before it.
    http.set_nodelay(true);
    Ok(HttpsConnectorBuilder::new().with_tls_config(config).https_or_http().enable_http1().wrap_connector(http))
}

fn broken(error: &(dyn std::error::Error + 'static)) -> ClientError {
    ClientError::new("the connection broke").caused_by(root(error))
}

/// Returns the text of the innermost cause: those around it only say that a request failed.
fn root(error: &(dyn std::error::Error + 'static)) -> String {
    std::iter::successors(Some(error), |error| error.source()).last().map(ToString::to_string).unwrap_or_default()
}

#[async_trait]
impl Client for UrlClient {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, ClientError> {
        let request = rebase(request, &self.base, self.authority.as_str())?.map(Full::new);
        self.within_timeout(self.exchange(request)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_base_urls() {
        for (url, base) in [
            ("http://127.0.0.1:8080/scim/v2", "/scim/v2"),
            ("http://localhost/scim/v2/", "/scim/v2"),
            ("http://[::1]:8080", ""),
        ] {
            assert_eq!(UrlClient::new(url).unwrap().base, base);
        }
        for url in ["", "/scim/v2", "localhost", "ftp://localhost", "http://localhost/?a=b", "https://localhost/?a=b"] {
            let error = UrlClient::new(url).unwrap_err().to_string();
            assert!(error.contains("`http[s]://host[:port][/path]`"), "{error}");
        }
    }
}
