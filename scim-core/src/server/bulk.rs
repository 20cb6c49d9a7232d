//! Bulk requests, RFC 7644 §3.7: many operations in one request, each answered by itself.

use std::{borrow::Cow, collections::HashMap};

use bytes::Bytes;
use http::{Method, Request, StatusCode, header};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{
    Context, Inner,
    respond::Answer,
    route::{self, Route},
};
use crate::{
    error::{Error, excerpt},
    json::{entries, message, write_text},
};

const BULK_REQUEST: &str = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
const BULK_RESPONSE: &str = "urn:ietf:params:scim:api:messages:2.0:BulkResponse";
/// How a value names what an operation of the same request makes.
const REFERENCE: &str = "bulkId:";

/// One operation as it was sent.
#[derive(Default)]
struct Operation<'a> {
    method: Cow<'a, str>,
    path: Cow<'a, str>,
    bulk_id: Option<Cow<'a, str>>,
    version: Option<Cow<'a, str>>,
    data: Option<&'a RawValue>,
}

/// What became of an operation that makes a resource.
enum Made {
    /// Not run yet.
    Waits,
    Id(String),
    Failed,
}

impl Inner {
    /// Runs the operations of a bulk request. Each is a request of its own: one that fails undoes no other.
    ///
    /// An operation waits for those that make what it refers to, also where they come later. Operations that wait for each
    /// other fail with 409, as RFC 7644 §3.7.1 allows.
    pub(super) async fn bulk(&self, cx: &Context, body: &[u8]) -> Result<Answer, Error> {
        let limit = self.settings.bulk_payload;
        if body.len() > limit {
            let detail = format!("the body is larger than {limit} bytes, the `maxPayloadSize` of bulk requests");
            return Err(Error::new(StatusCode::PAYLOAD_TOO_LARGE, detail));
        }
        let (operations, fail_on_errors) = read(body)?;
        let limit = self.settings.bulk_operations;
        if operations.len() > limit {
            let detail = format!("there are more than {limit} operations, the `maxOperations` of bulk requests");
            return Err(Error::new(StatusCode::PAYLOAD_TOO_LARGE, detail));
        }
        let mut made = HashMap::new();
        for bulk_id in operations.iter().filter_map(|operation| operation.bulk_id.as_deref()) {
            if made.insert(bulk_id.to_owned(), Made::Waits).is_some() {
                return Err(Error::invalid_syntax(format!("the bulkId `{}` is given twice", excerpt(bulk_id))));
            }
        }
        let references: Vec<Vec<String>> = operations.iter().map(references).collect();
        let mut results: Vec<Option<Vec<u8>>> = operations.iter().map(|_| None).collect();
        let mut errors = 0;
        // In the order of the request, again and again, until nothing moves: then all that is left waits in a circle.
        let mut moved = true;
        while moved && errors < fail_on_errors {
            moved = false;
            for ((operation, references), result) in operations.iter().zip(&references).zip(&mut results) {
                let waits = |reference: &String| matches!(made.get(reference), Some(Made::Waits));
                if result.is_some() || errors >= fail_on_errors || references.iter().any(waits) {
                    continue;
                }
                moved = true;
                let outcome = self.run(cx, operation, references, &made).await;
                errors += usize::from(outcome.is_err());
                *result = Some(Self::tell(cx, operation, outcome, &mut made));
            }
        }
        for (operation, result) in operations.iter().zip(&mut results) {
            if result.is_none() && errors < fail_on_errors {
                errors += 1;
                let error = Error::new(StatusCode::CONFLICT, "the operations refer to each other in a circle");
                *result = Some(Self::tell(cx, operation, Err(error), &mut made));
            }
        }
        let mut out = Vec::with_capacity(256 + 256 * operations.len());
        out.extend_from_slice(b"{\"schemas\":[");
        write_text(&mut out, BULK_RESPONSE);
        out.extend_from_slice(b"],\"Operations\":[");
        let results: Vec<Vec<u8>> = results.into_iter().flatten().collect();
        out.extend(results.join(&b','));
        out.extend_from_slice(b"]}");
        Ok(Answer::json(out))
    }

    /// Runs one operation as the request that it is.
    async fn run(
        &self,
        cx: &Context,
        operation: &Operation<'_>,
        references: &[String],
        made: &HashMap<String, Made>,
    ) -> Result<Answer, Error> {
        let method = operation.method.to_ascii_uppercase();
        let method = match method.as_str() {
            "POST" => Method::POST,
            "PUT" => Method::PUT,
            "PATCH" => Method::PATCH,
            "DELETE" => Method::DELETE,
            _ => {
                let detail =
                    format!("`method` is `{}`; expected POST, PUT, PATCH or DELETE", excerpt(&operation.method));
                return Err(Error::invalid_value(detail));
            }
        };
        if method == Method::POST && operation.bulk_id.is_none() {
            return Err(Error::invalid_value("an operation with POST needs a `bulkId`"));
        }
        if method != Method::DELETE && operation.data.is_none() {
            return Err(Error::invalid_value("the operation has no `data`"));
        }
        let (mut path, mut data) = (operation.path.to_string(), operation.data.map_or("", RawValue::get).to_owned());
        for reference in references {
            let id = match made.get(reference) {
                Some(Made::Id(id)) => id,
                Some(Made::Failed | Made::Waits) => {
                    let detail = format!("the operation `{}`, which this one refers to, failed", excerpt(reference));
                    return Err(Error::new(StatusCode::CONFLICT, detail));
                }
                None => {
                    return Err(Error::invalid_value(format!("no operation has the bulkId `{}`", excerpt(reference))));
                }
            };
            path = replace(&path, reference, &super::endpoint::encoded(id));
            data = replace(&data, reference, id);
        }
        let path = if path.starts_with('/') { path } else { format!("/{path}") };
        let mut request = Request::builder().method(method).uri(path);
        if let Some(version) = &operation.version {
            request = request.header(header::IF_MATCH, &**version);
        }
        let request = request.body(Bytes::from(data)).map_err(|_| malformed_path(&operation.path))?;
        let (parts, body) = request.into_parts();
        // The handlers of resources run within the handler of bulk requests, so their future is boxed.
        let segments = route::segments(self.below_base(parts.uri.path()))?;
        match Route::of(&segments, &self.endpoints)? {
            route @ (Route::Collection(_) | Route::Resource(..)) => {
                Box::pin(self.dispatch(cx, route, &parts, &body)).await
            }
            _ => Err(malformed_path(&operation.path)),
        }
    }

    /// The result of an operation (RFC 7644 §3.7.3).
    fn tell(
        cx: &Context,
        operation: &Operation<'_>,
        outcome: Result<Answer, Error>,
        made: &mut HashMap<String, Made>,
    ) -> Vec<u8> {
        let mut out = b"{\"method\":".to_vec();
        write_text(&mut out, &operation.method.to_ascii_uppercase());
        let member = |out: &mut Vec<u8>, name: &str, value: &str| {
            out.push(b',');
            write_text(out, name);
            out.push(b':');
            write_text(out, value);
        };
        if let Some(bulk_id) = &operation.bulk_id {
            member(&mut out, "bulkId", bulk_id);
        }
        // What a POST would have made has no URL if it failed; all else is where the path says.
        let is_post = operation.method.eq_ignore_ascii_case("POST");
        let elsewhere = || (!is_post).then(|| format!("{}/{}", cx.base_url(), operation.path.trim_start_matches('/')));
        match outcome {
            Ok(answer) => {
                if let Some(location) = answer.location.clone().or_else(elsewhere) {
                    member(&mut out, "location", &location);
                }
                if let Some(version) = &answer.version {
                    member(&mut out, "version", version);
                }
                member(&mut out, "status", answer.status.as_str());
                if let Some(bulk_id) = &operation.bulk_id {
                    let id = answer.location.as_deref().and_then(|location| location.rsplit('/').next());
                    let id = id.map(|id| percent_encoding::percent_decode_str(id).decode_utf8_lossy().into_owned());
                    made.insert(bulk_id.to_string(), id.map_or(Made::Failed, Made::Id));
                }
            }
            Err(error) => {
                if let Some(location) = elsewhere() {
                    member(&mut out, "location", &location);
                }
                if let Some(source) = std::error::Error::source(&error) {
                    tracing::error!(
                        status = error.status().as_u16(),
                        error = source,
                        "an operation of a bulk request failed"
                    );
                }
                member(&mut out, "status", error.status().as_str());
                out.extend_from_slice(b",\"response\":");
                // Writing to a vector cannot fail.
                let _ = serde_json::to_writer(&mut out, &error);
                if let Some(bulk_id) = &operation.bulk_id {
                    made.insert(bulk_id.to_string(), Made::Failed);
                }
            }
        }
        out.push(b'}');
        out
    }
}

fn malformed_path(path: &str) -> Error {
    Error::invalid_value(format!("`path` is `{}`; expected one such as `/Users` or `/Users/26`", excerpt(path)))
}

/// The operations of a body, and how many errors end it.
fn read(body: &[u8]) -> Result<(Vec<Operation<'_>>, usize), Error> {
    let members = message(body, "a bulk request")?;
    let (mut has_schema, mut operations, mut fail_on_errors) = (false, None, usize::MAX);
    for (name, json) in members {
        if name.eq_ignore_ascii_case("schemas") {
            let uris: Vec<Cow<'_, str>> = value("schemas", json)?;
            has_schema = uris.iter().any(|uri| uri.eq_ignore_ascii_case(BULK_REQUEST));
        } else if name.eq_ignore_ascii_case("failOnErrors") {
            fail_on_errors = value::<Option<usize>>("failOnErrors", json)?.unwrap_or(usize::MAX);
        } else if name.eq_ignore_ascii_case("Operations") {
            operations = Some(value::<Vec<&RawValue>>("Operations", json)?);
        }
    }
    if !has_schema {
        return Err(Error::invalid_syntax(format!("`schemas` of a bulk request must be [\"{BULK_REQUEST}\"]")));
    }
    if fail_on_errors == 0 {
        return Err(Error::invalid_value("`failOnErrors` is 0; expected at least 1"));
    }
    let operations = operations.ok_or_else(|| Error::invalid_syntax("the bulk request has no `Operations`"))?;
    let operations = operations.into_iter().map(operation).collect::<Result<_, _>>()?;
    Ok((operations, fail_on_errors))
}

fn operation(json: &RawValue) -> Result<Operation<'_>, Error> {
    let members =
        entries(json).ok_or_else(|| Error::invalid_syntax("an operation of a bulk request is a JSON object"))?;
    let mut operation = Operation::default();
    for (name, json) in members {
        match name.to_ascii_lowercase().as_str() {
            "method" => operation.method = value("method", json)?,
            "path" => operation.path = value("path", json)?,
            "bulkid" => operation.bulk_id = value("bulkId", json)?,
            "version" => operation.version = value("version", json)?,
            "data" => operation.data = Some(json).filter(|json| json.get() != "null"),
            _ => {}
        }
    }
    Ok(operation)
}

fn value<'j, T: Deserialize<'j>>(name: &str, json: &'j RawValue) -> Result<T, Error> {
    serde_json::from_str(json.get())
        .map_err(|_| Error::invalid_syntax(format!("`{name}` of the bulk request has the wrong type")))
}

/// The bulkIds that an operation refers to, in its path and in any text of its data.
fn references(operation: &Operation<'_>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for text in [&*operation.path, operation.data.map_or("", RawValue::get)] {
        for (at, _) in text.match_indices(REFERENCE) {
            // A reference is a whole text or segment; within other text it is only text.
            if !matches!(text.as_bytes().get(at.wrapping_sub(1)), None | Some(b'"' | b'/')) {
                continue;
            }
            let rest = text.get(at + REFERENCE.len()..).unwrap_or_default();
            let id = rest.get(..end_of_id(rest)).unwrap_or_default();
            if !id.is_empty() && !found.iter().any(|known| known == id) {
                found.push(id.to_owned());
            }
        }
    }
    found
}

/// Puts an id in the place of every reference to a bulkId.
fn replace(text: &str, bulk_id: &str, id: &str) -> String {
    let reference = format!("{REFERENCE}{bulk_id}");
    let mut replaced = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(&reference) {
        replaced.push_str(before);
        // `bulkId:12` is not a reference to 1.
        replaced.push_str(if end_of_id(after) == 0 { id } else { &reference });
        rest = after;
    }
    replaced.push_str(rest);
    replaced
}

/// Where a bulkId ends: at what cannot stand in one.
fn end_of_id(text: &str) -> usize {
    text.find(|character: char| !(character.is_alphanumeric() || "-_.~".contains(character))).unwrap_or(text.len())
}
