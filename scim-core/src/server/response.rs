//! Responses: status, headers, body.

use std::io::Write as _;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header, request::Parts};

use super::rejection::{self, Rejection};
use crate::{error::Error, json::write_text};

/// The media type of every body (RFC 7644 §3.1), except for clients that accept only `application/json`.
pub const CONTENT_TYPE: &str = "application/scim+json";

/// The response of a handler.
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
        // A stored version or a base URL that is not valid in a header is left out rather than failing the request.
        if let Some(location) = self.location.and_then(|location| HeaderValue::try_from(location).ok()) {
            // 304 has the headers that identify what 200 would return (RFC 9110 §15.4.5).
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

/// Returns the response in the form that the request asks for: with the accepted media type, and without a body for
/// HEAD. `Vary` announces to caches that the media type depends on `Accept` (RFC 9110 §12.5.5).
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
        // The response to GET, without its body (RFC 9110 §9.3.2).
        return response.map(|_| Bytes::new());
    }
    response
}

/// Returns whether a client accepts `application/json` and nothing better. All others get SCIM's own type, even if
/// their `Accept` excludes it: a response serves them better than a rejection.
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

/// Returns whether a parameter of a media range excludes the media type (RFC 9110 §12.4.2).
fn is_weight_of_zero(parameter: &str) -> bool {
    parameter.split_once('=').is_some_and(|(name, weight)| {
        name.trim().eq_ignore_ascii_case("q") && weight.trim().parse::<f32>().is_ok_and(|weight| weight <= 0.0)
    })
}

/// Returns the response to a failed request, for errors that occur without a [`Scim`](crate::Scim) and a request. With
/// both, use [`Scim::refuse`](crate::Scim::refuse). The rejection is logged with the details of the error.
///
/// 401 has a challenge, 405 the allowed methods, 503 the time to retry after.
#[must_use]
pub fn error_response(error: &Error) -> Response<Bytes> {
    rejection::log(error, &Rejection::default(), &|_| false);
    self::error(error)
}

/// Returns the response to a failed request. Callers that know the request log it.
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
        // Whole seconds, never less than the store asked for.
        let seconds = wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0));
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)));
    }
    response
}

/// Returns an empty list.
pub(super) fn empty_list() -> Answer {
    Answer::json(ListWriter::new(0, 1, 0).finish())
}

/// Writes a list (RFC 7644 §3.4.2), always with all five members, which several clients need.
pub(super) struct ListWriter {
    out: Vec<u8>,
    count: usize,
}

impl ListWriter {
    /// Begins a list whose page starts at an index.
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
    /// The first resource is always added; otherwise a client could never proceed.
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
