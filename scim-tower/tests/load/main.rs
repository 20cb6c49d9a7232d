//! Tests of what clients can make the service hold, wait for or leave half done.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a helper of a test fails the test")]

mod bodies;
mod layer;
mod pieces;
mod socket;
mod store;
mod time;
mod writes;

use bytes::Bytes;
use http::{HeaderMap, Request};
use http_body::Body;
use http_body_util::{BodyExt, Full};
use scim_core::{
    Limits, Scim,
    model::{Group, User},
    server::Identity,
    store::MemoryStore,
};
use scim_tower::{Anonymous, BearerAuth, ScimService, StaticTokens};
use serde_json::Value as Json;
use tower::ServiceExt;

struct Reply {
    status: u16,
    headers: HeaderMap,
    body: Bytes,
}

impl Reply {
    fn json(&self) -> Json {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// Returns the status of an error, and checks that its body is a SCIM error.
    fn fault(&self) -> u16 {
        let body = self.json();
        assert_eq!(self.headers["content-type"], "application/scim+json");
        assert_eq!(body["schemas"][0], "urn:ietf:params:scim:api:messages:2.0:Error", "{body}");
        assert_eq!(body["status"], self.status.to_string(), "{body}");
        assert!(!body["detail"].as_str().unwrap().is_empty());
        self.status
    }
}

async fn send<B>(service: &ScimService, request: Request<B>) -> Reply
where
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: std::fmt::Display + Send,
{
    let response = service.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    Reply { status: parts.status.as_u16(), headers: parts.headers, body: body.collect().await.unwrap().to_bytes() }
}

fn post(body: impl Into<Bytes>) -> Request<Full<Bytes>> {
    Request::post("/Users").body(Full::new(body.into())).unwrap()
}

fn get(uri: &str) -> Request<Full<Bytes>> {
    Request::get(uri).body(Full::default()).unwrap()
}

/// Returns a user whose JSON has this many bytes.
fn user(len: usize) -> Bytes {
    format!("{{\"userName\":\"{}\"}}", "x".repeat(len - 15)).into()
}

/// Returns a service in memory that is open to everybody and limits bodies to this many bytes.
fn limited(bytes: usize) -> ScimService {
    let mut limits = Limits::default();
    limits.body = bytes;
    let scim = Scim::builder().resource(MemoryStore::<User>::new()).limits(limits).build().unwrap();
    open(scim)
}

fn open(scim: Scim) -> ScimService {
    ScimService::new(scim, Anonymous(Identity::new("contoso", "tests")))
}

/// Returns a service that accepts one token.
fn with_token() -> ScimService {
    let scim = Scim::builder().resource(MemoryStore::<User>::new()).resource(MemoryStore::<Group>::new());
    let tokens = StaticTokens::new().with("token", Identity::new("contoso", "tests"));
    ScimService::new(scim.build().unwrap(), BearerAuth::new(tokens))
}
