//! What must hold for every answer of a SCIM server, whatever was asked.

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, LOCATION, WWW_AUTHENTICATE};
use http::{Request, Response, StatusCode};
use serde_json::Value;

const ERROR_SCHEMA: &str = "urn:ietf:params:scim:api:messages:2.0:Error";

/// The values of `scimType` in RFC 7644, table 9.
const SCIM_TYPES: [&str; 10] = [
    "invalidFilter",
    "tooMany",
    "uniqueness",
    "mutability",
    "invalidSyntax",
    "invalidPath",
    "noTarget",
    "invalidValue",
    "invalidVers",
    "sensitive",
];

/// Says everything that is wrong with an answer by the general rules of RFC 7643 and RFC 7644, one sentence each.
///
/// - An answer with a body is `application/scim+json`, or `application/json` for a client that accepts only that.
/// - An error is told by a complete SCIM `Error` whose `status` is the HTTP status as a string.
/// - A 401 names a way to authenticate (RFC 9110, section 11.6.1).
/// - A success holds no `null` and no empty array but `Resources`: attributes without a value are left out.
/// - The header `ETag` is `meta.version` and the header `Location` is `meta.location`, where both are present.
///
/// [`Kit::run`](crate::Kit::run) applies this to every answer. It is public for tests that have their own requests.
#[must_use]
pub fn observe(request: &Request<Bytes>, answer: &Response<Bytes>) -> Vec<String> {
    let mut problems = Vec::new();
    let failed = answer.status().as_u16() >= 400;
    if answer.status() == StatusCode::UNAUTHORIZED && !answer.headers().contains_key(WWW_AUTHENTICATE) {
        problems.push("an answer 401 must have the header `WWW-Authenticate`".to_owned());
    }
    if answer.body().is_empty() {
        if failed {
            problems.push("an error must have a body: a SCIM `Error`".to_owned());
        }
        return problems;
    }
    content_type(request, answer, &mut problems);
    match serde_json::from_slice(answer.body()) {
        Err(error) => problems.push(format!("the body is not JSON: {error}")),
        Ok(body) if failed => error_body(answer.status(), &body, &mut problems),
        Ok(body) => {
            unassigned("$", &body, &mut problems);
            same_in_meta(answer.headers(), &ETAG, &body, "version", &mut problems);
            same_in_meta(answer.headers(), &LOCATION, &body, "location", &mut problems);
        }
    }
    problems
}

fn content_type(request: &Request<Bytes>, answer: &Response<Bytes>, problems: &mut Vec<String>) {
    let is_json = |media_type: &str| media_type.eq_ignore_ascii_case("application/json");
    let found = media_type(answer.headers(), &CONTENT_TYPE).unwrap_or_default();
    let asked_for_json = media_type(request.headers(), &ACCEPT).is_some_and(is_json);
    if !(found.eq_ignore_ascii_case("application/scim+json") || asked_for_json && is_json(found)) {
        problems.push(format!("the header `Content-Type` must be `application/scim+json`, but it is `{found}`"));
    }
}

/// The header without its parameters.
fn media_type<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()?.split(';').next().map(str::trim)
}

fn error_body(status: StatusCode, body: &Value, problems: &mut Vec<String>) {
    let member = |name| body.get(name).unwrap_or(&Value::Null);
    let schemas = member("schemas").as_array();
    if !schemas.is_some_and(|schemas| schemas.contains(&ERROR_SCHEMA.into())) {
        problems.push(format!("the `schemas` of an error must contain `{ERROR_SCHEMA}`"));
    }
    let found = member("status");
    if found.as_str() != Some(status.as_str()) {
        problems.push(format!(
            "the `status` of this error must be the string `\"{}\"`, but it is `{found}`",
            status.as_str()
        ));
    }
    let scim_type = member("scimType");
    if !(scim_type.is_null() || scim_type.as_str().is_some_and(|word| SCIM_TYPES.contains(&word))) {
        problems
            .push(format!("the `scimType` of an error must be a word of RFC 7644, table 9, but it is `{scim_type}`"));
    }
    let detail = member("detail");
    if !(detail.is_null() || detail.is_string()) {
        problems.push(format!("the `detail` of an error must be a string, but it is `{detail}`"));
    }
    if let Some(members) = body.as_object() {
        problems.extend(
            members
                .iter()
                .filter(|(_, value)| value.is_null())
                .map(|(name, _)| format!("`$.{name}` is null, it must be left out")),
        );
    }
}

/// Reports each `null` and each empty array at or below this place.
fn unassigned(place: &str, value: &Value, problems: &mut Vec<String>) {
    match value {
        Value::Null => problems.push(format!("`{place}` is null, it must be left out")),
        Value::Array(values) if values.is_empty() => {
            problems.push(format!("`{place}` is an empty array, it must be left out"));
        }
        Value::Array(values) => {
            for (index, value) in values.iter().enumerate() {
                unassigned(&format!("{place}[{index}]"), value, problems);
            }
        }
        Value::Object(members) => {
            for (name, value) in members {
                // A list response without results may have it empty (RFC 7644, section 3.4.2).
                let no_results = place == "$" && name == "Resources" && *value == Value::Array(Vec::new());
                if !no_results {
                    let separated = name.contains(['.', '[']);
                    let place = if separated { format!("{place}['{name}']") } else { format!("{place}.{name}") };
                    unassigned(&place, value, problems);
                }
            }
        }
        Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn same_in_meta(headers: &HeaderMap, header: &HeaderName, body: &Value, member: &str, problems: &mut Vec<String>) {
    let (Some(header_value), Some(meta_value)) =
        (headers.get(header), body.get("meta").and_then(|meta| meta.get(member)))
    else {
        return;
    };
    if meta_value.as_str().map(str::as_bytes) != Some(header_value.as_bytes()) {
        let header_value = String::from_utf8_lossy(header_value.as_bytes());
        problems.push(format!("the header `{header}` is `{header_value}`, but `$.meta.{member}` is `{meta_value}`"));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Response<Bytes> {
        let mut answer = Response::builder().status(status);
        for (name, value) in headers {
            answer = answer.header(*name, *value);
        }
        answer.body(Bytes::copy_from_slice(body.as_bytes())).unwrap()
    }

    fn observed(status: u16, headers: &[(&str, &str)], body: &str) -> Vec<String> {
        observe(&Request::new(Bytes::new()), &answer(status, headers, body))
    }

    const SCIM: (&str, &str) = ("content-type", "application/scim+json; charset=utf-8");

    #[test]
    fn good_answers() {
        let none: [String; 0] = [];
        assert_eq!(observed(204, &[], ""), none);
        let user = json!({"id": "1", "meta": {"version": "W/\"1\"", "location": "/Users/1"}}).to_string();
        assert_eq!(observed(200, &[SCIM, ("etag", "W/\"1\""), ("location", "/Users/1")], &user), none);
        assert_eq!(observed(200, &[SCIM, ("etag", "W/\"2\"")], "{\"id\":\"1\"}"), none);
        assert_eq!(observed(200, &[SCIM], r#"{"totalResults":0,"Resources":[]}"#), none);
        let error = json!({"schemas": [ERROR_SCHEMA], "status": "404", "detail": "no such user"}).to_string();
        assert_eq!(observed(404, &[SCIM], &error), none);
    }

    #[test]
    fn content_types() {
        let wrong = |value| observed(200, &[("content-type", value)], "{}");
        assert_eq!(
            wrong("application/json"),
            ["the header `Content-Type` must be `application/scim+json`, but it is `application/json`"]
        );
        assert_eq!(wrong("application/scim+jsonx").len(), 1);
        assert_eq!(observed(200, &[], "{}").len(), 1);
        let request = Request::builder().header("accept", "application/json").body(Bytes::new()).unwrap();
        let json = answer(200, &[("content-type", "application/json")], "{}");
        assert!(observe(&request, &json).is_empty());
        let html = answer(200, &[("content-type", "text/html")], "{}");
        assert_eq!(observe(&request, &html).len(), 1);
    }

    #[test]
    fn errors() {
        assert_eq!(observed(404, &[], ""), ["an error must have a body: a SCIM `Error`"]);
        assert_eq!(
            observed(404, &[SCIM], "{}"),
            [
                "the `schemas` of an error must contain `urn:ietf:params:scim:api:messages:2.0:Error`",
                "the `status` of this error must be the string `\"404\"`, but it is `null`",
            ]
        );
        let with = |member: &str, value: Value| {
            let mut body = json!({"schemas": [ERROR_SCHEMA], "status": "400", "scimType": "invalidValue"});
            body[member] = value;
            observed(400, &[SCIM], &body.to_string())
        };
        assert_eq!(with("detail", json!("wrong")).len(), 0);
        assert_eq!(with("status", json!(400)).len(), 1);
        assert_eq!(with("status", json!("404")).len(), 1);
        assert_eq!(with("scimType", json!("invalid")).len(), 1);
        assert_eq!(with("detail", json!(["a"])).len(), 1);
        assert_eq!(with("detail", json!(null)), ["`$.detail` is null, it must be left out"]);
        let error = json!({"schemas": [ERROR_SCHEMA], "status": "401"}).to_string();
        assert_eq!(observed(401, &[SCIM], &error), ["an answer 401 must have the header `WWW-Authenticate`"]);
        assert_eq!(observed(401, &[SCIM, ("www-authenticate", "Bearer")], &error).len(), 0);
    }

    #[test]
    fn unassigned_values() {
        let body = json!({
            "Resources": [{"emails": [], "name": {"givenName": null}, "urn:x:2.0:User": null, "Resources": []}],
        });
        assert_eq!(
            observed(200, &[SCIM], &body.to_string()),
            [
                "`$.Resources[0].Resources` is an empty array, it must be left out",
                "`$.Resources[0].emails` is an empty array, it must be left out",
                "`$.Resources[0].name.givenName` is null, it must be left out",
                "`$.Resources[0]['urn:x:2.0:User']` is null, it must be left out",
            ]
        );
    }

    #[test]
    fn headers_and_meta() {
        let body = json!({"meta": {"version": "\"1\"", "location": "/Users/1"}}).to_string();
        assert_eq!(
            observed(200, &[SCIM, ("etag", "W/\"1\""), ("location", "/users/1")], &body),
            [
                r#"the header `etag` is `W/"1"`, but `$.meta.version` is `"\"1\""`"#,
                r#"the header `location` is `/users/1`, but `$.meta.location` is `"/Users/1"`"#,
            ]
        );
    }

    #[test]
    fn not_json() {
        let problems = observed(200, &[SCIM], "<html>");
        assert!(problems[0].starts_with("the body is not JSON: "), "{problems:?}");
    }
}
