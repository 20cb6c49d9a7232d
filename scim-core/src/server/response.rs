//! Answers: status, headers, body.

use std::io::Write as _;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header, request::Parts};

use super::rejection::{self, Rejection};
use crate::{error::Error, json::write_text};

/// The media type of every body (RFC 7644 §3.1), but for clients that ask for `application/json` alone.
pub const CONTENT_TYPE: &str = "application/scim+json";

/// What a handler answers.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Vec<u8>,
    /// The resource's URL: `Location` and `Content-Location`.
    pub(crate) location: Option<String>,
    pub(crate) version: Option<String>,
    /// The resource's id, for other operations of a bulk request.
    pub(crate) id: Option<String>,
}

impl Answer {
    pub(crate) fn json(body: Vec<u8>) -> Self {
        Self { status: StatusCode::OK, body, location: None, version: None, id: None }
    }

    pub(crate) fn empty(status: StatusCode) -> Self {
        Self { status, body: Vec::new(), location: None, version: None, id: None }
    }

    pub(crate) fn into_response(self) -> Response<Bytes> {
        let has_body = !self.body.is_empty();
        let is_unmodified = self.status == StatusCode::NOT_MODIFIED;
        let mut response = Response::new(Bytes::from(self.body));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        if has_body {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(CONTENT_TYPE));
        }
        // A stored version or a base URL that cannot stand in a header is left out rather than failing the request.
        if let Some(location) = self.location.and_then(|location| HeaderValue::try_from(location).ok()) {
            // 304 has the headers that tell what 200 would show (RFC 9110 §15.4.5).
            if has_body || is_unmodified {
                headers.insert(header::CONTENT_LOCATION, location.clone());
            }
            if !is_unmodified {
                headers.insert(header::LOCATION, location);
            }
        }
        if let Some(version) = self.version.and_then(|version| HeaderValue::try_from(version).ok()) {
            headers.insert(header::ETAG, version);
        }
        response
    }
}

/// The response in the form that the request asks for: of the media type that it accepts, without a body for HEAD. That
/// the former depends on `Accept` is said to caches (RFC 9110 §12.5.5).
pub(super) fn negotiated(mut response: Response<Bytes>, parts: &Parts) -> Response<Bytes> {
    let is_unmodified = response.status() == StatusCode::NOT_MODIFIED;
    let headers = response.headers_mut();
    if let Some(media_type) = headers.get_mut(header::CONTENT_TYPE) {
        if wants_plain_json(&parts.headers) {
            *media_type = HeaderValue::from_static("application/json");
        }
        headers.insert(header::VARY, HeaderValue::from_static("Accept"));
    } else if is_unmodified {
        headers.insert(header::VARY, HeaderValue::from_static("Accept"));
    }
    if parts.method == Method::HEAD {
        // What GET would answer, without the body (RFC 9110 §9.3.2).
        return response.map(|_| Bytes::new());
    }
    response
}

/// Whether a client asks for `application/json` and for nothing better. Anything else gets SCIM's own type, also a
/// client whose `Accept` makes no sense: it is served better by an answer than by a refusal.
fn wants_plain_json(headers: &HeaderMap) -> bool {
    let accepts = |media_type: &str| {
        let values = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
        values.flat_map(|value| value.split(',')).any(|range| {
            let mut parts = range.split(';').map(str::trim);
            parts.next().unwrap_or_default().eq_ignore_ascii_case(media_type) && !parts.any(is_weight_of_zero)
        })
    };
    accepts("application/json") && !accepts(CONTENT_TYPE) && !accepts("*/*") && !accepts("application/*")
}

/// Whether a parameter of a media range says that the client does not take the media type (RFC 9110 §12.4.2).
fn is_weight_of_zero(parameter: &str) -> bool {
    parameter.split_once('=').is_some_and(|(name, weight)| {
        name.trim().eq_ignore_ascii_case("q") && weight.trim().parse::<f32>().is_ok_and(|weight| weight <= 0.0)
    })
}

/// The answer to a request that failed, for errors that arise where there is no [`Scim`](crate::Scim) and no request:
/// [`Scim::refuse`](crate::Scim::refuse) is the same with both. The refusal is recorded with what the error tells.
///
/// 401 carries a challenge, 405 the methods that are allowed, 503 when to try again.
#[must_use]
pub fn error_response(error: &Error) -> Response<Bytes> {
    rejection::log(error, &Rejection::default(), &|_| false);
    self::error(error)
}

/// The answer to a request that failed, which is recorded by whoever knows the request.
pub(super) fn error(error: &Error) -> Response<Bytes> {
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
        let seconds = wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0));
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)));
    }
    response
}

/// A list of nothing.
pub(super) fn empty_list() -> Answer {
    Answer::json(ListWriter::new(0, 1, 0).finish())
}

/// Writes a list (RFC 7644 §3.4.2): always with all five members, which more than one client needs.
pub(super) struct ListWriter {
    out: Vec<u8>,
    count: usize,
}

impl ListWriter {
    /// Begins a list of which the page begins at an index.
    pub(super) fn new(total: usize, start_index: usize, resources: usize) -> Self {
        let mut out = Vec::with_capacity(256 + 1024 * resources);
        out.extend_from_slice(b"{\"schemas\":[");
        write_text(&mut out, "urn:ietf:params:scim:api:messages:2.0:ListResponse");
        // Writing to a vector cannot fail.
        let _ = write!(out, "],\"totalResults\":{total},\"startIndex\":{start_index},\"Resources\":[");
        Self { out, count: 0 }
    }

    /// Adds a resource, unless the list would be longer than `most` bytes. Returns whether it was added.
    ///
    /// A list holds one resource at least, or a client would never get on.
    pub(super) fn push(&mut self, most: usize, resource: impl FnOnce(&mut Vec<u8>)) -> bool {
        let end = self.out.len();
        if self.count > 0 {
            self.out.push(b',');
        }
        resource(&mut self.out);
        if self.count > 0 && self.out.len() > most {
            self.out.truncate(end);
            return false;
        }
        self.count += 1;
        true
    }

    /// Ends the list.
    pub(super) fn finish(mut self) -> Vec<u8> {
        let _ = write!(self.out, "],\"itemsPerPage\":{}}}", self.count);
        self.out
    }
}
