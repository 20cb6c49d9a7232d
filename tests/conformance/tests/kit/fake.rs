//! A tiny fake of a SCIM server with one user, and ways to break it.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use scim_conformance::Kit;
use serde_json::{Value, json};
use tower::util::BoxCloneService;

/// Creates a user, reads it, looks for one that is not there.
pub(crate) const SEQUENCES: &str = r#"[{
    "suite": "fake", "name": "create and read", "source": "made up", "level": "must", "quirk": false,
    "steps": [
        {
            "method": "POST", "path": "/Users", "body": {"userName": "ada.{{run}}", "active": "True"},
            "expect": {"status": 201, "assertions": [
                {"path": "$.userName", "equals": "ada.{{run}}"},
                {"path": "$.active", "equals": true}
            ]},
            "captures": {"id": "$.id"}
        },
        {
            "method": "GET", "path": "/Users/{{id}}", "headers": {"Accept": "application/scim+json"},
            "expect": {"status": 200, "assertions": [{"path": "$.id", "equals": "{{id}}"}]}
        },
        {"method": "GET", "path": "/Users/none", "expect": {"status": 404}},
        {
            "method": "PATCH", "path": "/Users/{{id}}", "body": {},
            "expect": {"status": [200, 204], "assertions": [{"path": "$.id", "equals": "{{id}}"}]}
        }
    ]
}]"#;

pub(crate) const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";

pub(crate) const TOKEN: &str = "s3cret-token";

/// The sequences above, with the token.
pub(crate) fn kit() -> Kit {
    Kit::from_json(SEQUENCES).unwrap().token(TOKEN)
}

/// An answer of the fake before it is sent: a test breaks it.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Value,
}

/// Changes an answer; told request and status, such as `POST 201`.
pub(crate) trait Flaw: Fn(&str, &mut Answer) + Send + Sync + 'static {}

impl<F: Fn(&str, &mut Answer) + Send + Sync + 'static> Flaw for F {}

pub(crate) type Service = BoxCloneService<Request<Full<Bytes>>, Response<Full<Bytes>>, Infallible>;

/// The fake below `/scim/v2`, with its answers changed by the flaw. It counts the requests that it gets. It announces
/// nothing: questions for that are answered with 404, and not counted.
pub(crate) fn fake(flaw: impl Flaw) -> (Service, Arc<AtomicUsize>) {
    announcing(Vec::new(), flaw)
}

/// The same fake with these schemas, two on a page.
pub(crate) fn announcing(schemas: Vec<Value>, flaw: impl Flaw) -> (Service, Arc<AtomicUsize>) {
    let schemas = Arc::new(schemas);
    let flaw = Arc::new(flaw);
    let requests = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&requests);
    let service = tower::service_fn(move |request: Request<Full<Bytes>>| {
        let discovery = discovery(request.uri(), &schemas);
        if discovery.is_none() {
            counter.fetch_add(1, Ordering::Relaxed);
        }
        let flaw = Arc::clone(&flaw);
        async move {
            if let Some(discovery) = discovery {
                return Ok(response(discovery));
            }
            let (parts, body) = request.into_parts();
            let body = http_body_util::BodyExt::collect(body).await.map(http_body_util::Collected::to_bytes);
            Ok(answer(&parts, &body.unwrap_or_default(), &*flaw))
        }
    });
    (BoxCloneService::new(service), requests)
}

/// What the fake says to one request.
fn answer(request: &http::request::Parts, body: &Bytes, flaw: &impl Flaw) -> Response<Full<Bytes>> {
    let header = |name: &str| request.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut answer = if header("authorization") == format!("Bearer {TOKEN}") && !header("host").is_empty() {
        let sent = serde_json::from_slice(body).unwrap_or(Value::Null);
        route(request.method.as_str(), request.uri.path(), header("content-type"), &sent)
    } else {
        error(401)
    };
    let name = format!("{} {}", request.method, answer.status);
    flaw(&name, &mut answer);
    response(answer)
}

fn response(answer: Answer) -> Response<Full<Bytes>> {
    let mut response = Response::builder().status(answer.status);
    for (name, value) in answer.headers {
        response = response.header(name, value);
    }
    let body = match answer.body {
        Value::Null => String::new(),
        // A text is sent as it is, which need not be JSON.
        Value::String(text) => text,
        body => body.to_string(),
    };
    response.body(Full::from(body)).unwrap_or_default()
}

/// What the fake says of itself.
fn discovery(uri: &http::Uri, schemas: &[Value]) -> Option<Answer> {
    let start = uri.query().and_then(|query| query.strip_prefix("startIndex="));
    let start = start.map_or(1, |start| start.split('&').next().unwrap_or(start).parse().unwrap_or(1));
    match uri.path() {
        "/scim/v2/Schemas" if !schemas.is_empty() => Some(Answer {
            status: 200,
            headers: Vec::new(),
            body: json!({
                "totalResults": schemas.len(),
                "Resources": schemas.iter().skip(start - 1).take(2).collect::<Vec<_>>(),
            }),
        }),
        "/scim/v2/Schemas" | "/scim/v2/ResourceTypes" | "/scim/v2/ServiceProviderConfig" => Some(error(404)),
        _ => None,
    }
}

fn route(method: &str, path: &str, content_type: &str, body: &Value) -> Answer {
    match (method, path) {
        ("GET", "/scim/v2/Users") => list(),
        ("POST", "/scim/v2/Users") if content_type == "application/scim+json; charset=utf-8" => {
            user(201, &body["userName"])
        }
        ("GET", "/scim/v2/Users/a%2Fb") => user(200, &json!("ada")),
        ("PATCH", "/scim/v2/Users/a%2Fb") => Answer { status: 204, headers: Vec::new(), body: Value::Null },
        _ => error(404),
    }
}

fn user(status: u16, user_name: &Value) -> Answer {
    let location = "http://localhost/scim/v2/Users/a%2Fb";
    let meta = json!({"resourceType": "User", "version": "W/\"1\"", "location": location});
    let headers = [("content-type", "application/scim+json"), ("etag", "W/\"1\""), ("location", location)];
    Answer {
        status,
        headers: headers.map(|(name, value)| (name, value.to_owned())).to_vec(),
        body: json!({"schemas": [USER], "id": "a/b", "userName": user_name, "active": true, "meta": meta}),
    }
}

fn list() -> Answer {
    let list = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
    Answer {
        status: 200,
        headers: vec![("content-type", "application/scim+json".to_owned())],
        body: json!({
            "schemas": [list], "totalResults": 1, "startIndex": 1, "itemsPerPage": 1,
            "Resources": [user(200, &json!("ada")).body],
        }),
    }
}

fn error(status: u16) -> Answer {
    Answer {
        status,
        headers: vec![("content-type", "application/scim+json".to_owned())],
        body: json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": status.to_string()}),
    }
}
