//! A server at the other end of a network connection.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response, Uri};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::Mutex;

use super::{Client, ClientError, rebase};

type Connection = SendRequest<Full<Bytes>>;

/// Sends requests to a server at a URL, over HTTP/1.1 without TLS.
///
/// Only `http://` URLs are accepted: the kit is made to run beside the server, in development and in continuous
/// integration. For an `https://` server, run it behind a local proxy that speaks TLS, or implement [`Client`].
///
/// One connection is kept and used again; when the server has closed it, the next request opens another. The client must
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
    authority: http::uri::Authority,
    base: String,
    timeout: Duration,
    connection: Mutex<Option<Connection>>,
}

impl UrlClient {
    /// A client of the SCIM server with this base URL. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// When the URL is not of the form `http://host[:port][/path]`.
    pub fn new(url: &str) -> Result<Self, ClientError> {
        let invalid = || ClientError::new(format!("`{url}` is not a base URL of the form `http://host[:port][/path]`"));
        let uri: Uri = url.parse().map_err(|error: http::uri::InvalidUri| invalid().caused_by(error))?;
        match (uri.scheme_str(), uri.authority(), uri.query()) {
            (Some("http"), Some(authority), None) => Ok(Self {
                authority: authority.clone(),
                base: uri.path().trim_end_matches('/').to_owned(),
                timeout: Duration::from_secs(30),
                connection: Mutex::new(None),
            }),
            (Some("https"), ..) => Err(invalid().caused_by("TLS is not supported")),
            _ => Err(invalid()),
        }
    }

    /// Sets how long to wait for the whole answer to one request; 30 seconds unless set.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Opens the connection if it is not open, to find out early whether there is a server at all.
    ///
    /// # Errors
    ///
    /// When nobody accepts connections there.
    pub async fn connect(&self) -> Result<(), ClientError> {
        let mut kept = self.connection.lock().await;
        let connection = self.within_timeout(self.connection(&mut kept)).await?;
        *kept = Some(connection);
        Ok(())
    }

    /// The kept connection if it still works, otherwise a new one.
    async fn connection(&self, kept: &mut Option<Connection>) -> Result<Connection, ClientError> {
        if let Some(mut connection) = kept.take()
            && connection.ready().await.is_ok()
        {
            return Ok(connection);
        }
        self.open().await
    }

    async fn open(&self) -> Result<Connection, ClientError> {
        let failed = || ClientError::new(format!("cannot connect to `{}`", self.authority));
        let host = self.authority.host().trim_start_matches('[').trim_end_matches(']');
        let stream = TcpStream::connect((host, self.authority.port_u16().unwrap_or(80)))
            .await
            .map_err(|error| failed().caused_by(error))?;
        // Without this, a small request can wait for the acknowledgment of the one before it.
        stream.set_nodelay(true).map_err(|error| failed().caused_by(error))?;
        let (connection, driver) = handshake(TokioIo::new(stream)).await.map_err(|error| failed().caused_by(error))?;
        // It ends with the connection; an error reaches whoever waits for an answer.
        tokio::spawn(driver);
        Ok(connection)
    }

    async fn exchange(&self, request: Request<Full<Bytes>>) -> Result<Response<Bytes>, ClientError> {
        let broken = |error| ClientError::new("the connection broke").caused_by(error);
        let mut kept = self.connection.lock().await;
        let mut connection = self.connection(&mut kept).await?;
        let response = match connection.try_send_request(request).await {
            Ok(response) => response,
            Err(mut error) => match error.take_message() {
                // The server closed the connection before any of the request was sent: it is safe to send it again.
                Some(request) => {
                    connection = self.open().await?;
                    connection.send_request(request).await.map_err(broken)?
                }
                None => return Err(broken(error.into_error())),
            },
        };
        let (parts, body) = response.into_parts();
        let body = body.collect().await.map_err(broken)?.to_bytes();
        *kept = Some(connection);
        Ok(Response::from_parts(parts, body))
    }

    async fn within_timeout<T>(&self, work: impl Future<Output = Result<T, ClientError>>) -> Result<T, ClientError> {
        tokio::time::timeout(self.timeout, work)
            .await
            .unwrap_or_else(|_| Err(ClientError::new(format!("no answer within {:?}", self.timeout))))
    }
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
    fn accepts_plain_http_only() {
        for (url, base) in [
            ("http://127.0.0.1:8080/scim/v2", "/scim/v2"),
            ("http://localhost/scim/v2/", "/scim/v2"),
            ("http://[::1]:8080", ""),
        ] {
            assert_eq!(UrlClient::new(url).unwrap().base, base);
        }
        for url in ["", "/scim/v2", "localhost", "https://localhost/scim", "ftp://localhost", "http://localhost/?a=b"] {
            assert!(UrlClient::new(url).is_err(), "{url}");
        }
        let error = UrlClient::new("https://localhost").unwrap_err().to_string();
        assert!(error.ends_with("TLS is not supported"), "{error}");
    }
}
