//! Answers: status, headers, body.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};

use crate::error::Error;

/// The media type of every body (RFC 7644 §3.1), but for clients that ask for `application/json` alone.
pub const CONTENT_TYPE: &str = "application/scim+json";

/// What a handler answers.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Vec<u8>,
    /// The resource's URL: `Location` and `Content-Location`.
    pub(crate) location: Option<String>,
    pub(crate) version: Option<String>,
}

impl Answer {
    pub(crate) fn json(body: Vec<u8>) -> Self {
        Self { status: StatusCode::OK, body, location: None, version: None }
    }

    pub(crate) fn empty(status: StatusCode) -> Self {
        Self { status, body: Vec::new(), location: None, version: None }
    }

    pub(crate) fn into_response(self) -> Response<Bytes> {
        let has_body = !self.body.is_empty();
        let mut response = Response::new(Bytes::from(self.body));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        if has_body {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(CONTENT_TYPE));
        }
        // A stored version or a base URL that cannot stand in a header is left out rather than failing the request.
        if let Some(location) = self.location.and_then(|location| HeaderValue::try_from(location).ok()) {
            if has_body {
                headers.insert(header::CONTENT_LOCATION, location.clone());
            }
            headers.insert(header::LOCATION, location);
        }
        if let Some(version) = self.version.and_then(|version| HeaderValue::try_from(version).ok()) {
            headers.insert(header::ETAG, version);
        }
        response
    }
}

/// Whether a client asks for `application/json` and for nothing better. Anything else gets SCIM's own type, also a
/// client whose `Accept` makes no sense: it is served better by an answer than by a refusal.
pub(crate) fn wants_plain_json(headers: &HeaderMap) -> bool {
    let accepts = |media_type: &str| {
        let values = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
        values
            .flat_map(|value| value.split(','))
            .any(|range| range.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(media_type))
    };
    accepts("application/json") && !accepts(CONTENT_TYPE) && !accepts("*/*") && !accepts("application/*")
}

/// The answer to a request that failed; for errors that arise outside of the engine, such as a body that is too large.
///
/// 401 carries a challenge, 405 the methods that are allowed, 503 when to try again.
#[must_use]
pub fn error_response(error: &Error) -> Response<Bytes> {
    if let Some(source) = std::error::Error::source(error) {
        tracing::error!(status = error.status().as_u16(), error = source, "request failed");
    }
    let body = serde_json::to_vec(error).unwrap_or_default();
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = error.status();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(CONTENT_TYPE));
    if error.status() == StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(error.challenge()));
    }
    if let Some(allow) = error.allow().and_then(|allow| HeaderValue::from_str(allow).ok()) {
        headers.insert(header::ALLOW, allow);
    }
    if let Some(wait) = error.retry_after() {
        // Whole seconds; never earlier than the store asked for.
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)));
    }
    response
}

/// A list of nothing.
pub(super) fn empty_list() -> Answer {
    let mut body = Vec::new();
    super::write::list(&mut body, 0, 1, 0, |_| {});
    Answer::json(body)
}
