//! The requests that are measured: what Entra sends all day.

use axum::body::Body;
use axum_example::BASE_PATH;
use http::{Method, Request};

pub(crate) const TOKEN: &str = "secret";

/// A kind of request.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    FindByUserName,
    FindByEmail,
    Get,
    PageOf100,
    Create,
    Patch,
    AddMember,
    RemoveMember,
}

pub(crate) const KINDS: &[Kind] = &[
    Kind::FindByUserName,
    Kind::FindByEmail,
    Kind::Get,
    Kind::PageOf100,
    Kind::Create,
    Kind::Patch,
    Kind::AddMember,
    Kind::RemoveMember,
];

impl Kind {
    /// A request about one of the first `size` employees, or about the team of all of them. Each number is another one.
    pub(crate) fn request(self, size: usize, number: usize) -> Request<Body> {
        // A prime step, so that neighbors in time are not neighbors in the table.
        let one = number * 7919 % size + 1;
        match self {
            Self::FindByUserName => get(&format!("/Users?filter=userName+eq+%22User{one}@Example.com%22")),
            Self::FindByEmail => {
                get(&format!("/Users?filter=emails%5Btype+eq+%22work%22%5D.value+eq+%22user{one}@example.com%22"))
            }
            Self::Get => get(&format!("/Users/u{one}")),
            Self::PageOf100 => get("/Users?startIndex=1&count=100"),
            Self::Create => send(
                Method::POST,
                "/Users",
                format!(
                    r#"{{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "new{number}@example.com",
                        "externalId": "n{number}", "active": true, "displayName": "New {number}",
                        "name": {{"givenName": "New", "familyName": "{number}"}},
                        "emails": [{{"type": "work", "value": "new{number}@example.com", "primary": true}}]}}"#
                ),
            ),
            Self::Patch => patch(
                &format!("/Users/u{one}"),
                &format!(r#"{{"op": "Replace", "path": "displayName", "value": "Changed {number}"}}"#),
            ),
            Self::AddMember => patch(
                "/Groups/team",
                &format!(r#"{{"op": "Add", "path": "members", "value": [{{"value": "added{number}"}}]}}"#),
            ),
            Self::RemoveMember => patch(
                "/Groups/team",
                &format!(r#"{{"op": "Remove", "path": "members", "value": [{{"value": "added{number}"}}]}}"#),
            ),
        }
    }
}

fn get(path: &str) -> Request<Body> {
    send(Method::GET, path, String::new())
}

fn patch(path: &str, operation: &str) -> Request<Body> {
    let body =
        format!(r#"{{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [{operation}]}}"#);
    send(Method::PATCH, path, body)
}

fn send(method: Method, path: &str, body: String) -> Request<Body> {
    let request = Request::builder().method(method).uri(format!("{BASE_PATH}{path}"));
    let request = request.header("authorization", format!("Bearer {TOKEN}"));
    let request = request.header("content-type", "application/scim+json");
    // All parts are texts without special characters.
    request.body(Body::from(body)).unwrap_or_default()
}
