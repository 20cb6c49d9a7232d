//! Headers, and what of them the body repeats.

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, LOCATION, WWW_AUTHENTICATE};
use http::{Method, Request, Response, StatusCode};
use serde_json::Value;

use super::{Findings, Rule, shown};

pub(super) fn challenge(answer: &Response<Bytes>, findings: &mut Findings) {
    if answer.status() == StatusCode::UNAUTHORIZED && !answer.headers().contains_key(WWW_AUTHENTICATE) {
        findings.add(Rule::Challenge, "an answer 401 must have the header `WWW-Authenticate`");
    }
}

pub(super) fn created(request: &Request<Bytes>, answer: &Response<Bytes>, findings: &mut Findings) {
    let created = request.method() == Method::POST && answer.status() == StatusCode::CREATED;
    if created && !answer.headers().contains_key(LOCATION) {
        findings.add(Rule::Location, "an answer 201 must have the header `Location`");
    }
}

pub(super) fn content_type(request: &Request<Bytes>, answer: &Response<Bytes>, findings: &mut Findings) {
    let is_json = |media_type: &str| media_type.eq_ignore_ascii_case("application/json");
    let found = media_type(answer.headers(), &CONTENT_TYPE).unwrap_or_default();
    let asked_for_json = media_type(request.headers(), &ACCEPT).is_some_and(is_json);
    if !(found.eq_ignore_ascii_case("application/scim+json") || (asked_for_json && is_json(found))) {
        let text = format!("the header `Content-Type` must be `application/scim+json`, but it is `{found}`");
        findings.add(Rule::ContentType, text);
    }
}

/// `ETag` and `Location` beside `meta.version` and `meta.location`.
pub(super) fn same_in_meta(headers: &HeaderMap, body: &Value, findings: &mut Findings) {
    let meta = |member| body.get("meta").and_then(|meta| meta.get(member));
    if let Some(version) = meta("version") {
        match headers.get(ETAG) {
            Some(_) => same(headers, &ETAG, "version", version, Rule::Etag, findings),
            None => findings.add(Rule::Etag, format!("`$.meta.version` is {}, but there is no `ETag`", shown(version))),
        }
    }
    if let Some(location) = meta("location") {
        same(headers, &LOCATION, "location", location, Rule::Location, findings);
    }
}

fn same(headers: &HeaderMap, name: &HeaderName, member: &str, value: &Value, rule: Rule, findings: &mut Findings) {
    let Some(header) = headers.get(name) else { return };
    if value.as_str().map(str::as_bytes) != Some(header.as_bytes()) {
        let header = String::from_utf8_lossy(header.as_bytes());
        let text = format!("the header `{name}` is `{header}`, but `$.meta.{member}` is {}", shown(value));
        findings.add(rule, text);
    }
}

/// The header without its parameters.
fn media_type<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()?.split(';').next().map(str::trim)
}
