//! Tests of what clients can make the service hold, wait for or leave incomplete.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a helper of a test fails the test")]

mod bodies;
#[path = "../client/mod.rs"]
mod client;
mod layer;
mod pieces;
mod responses;
mod socket;
mod store;
mod time;
mod writes;

use bytes::Bytes;
use http::Request;
use http_body::Body;
use http_body_util::Full;
use scim_core::{
    Identity, Limits, Scim,
    model::{Group, User},
    store::MemoryStore,
};
use scim_tower::{BearerAuth, ScimService, StaticTokens};

use client::{Reply, open, post};

async fn send<B>(service: &ScimService, request: Request<B>) -> Reply
where
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: std::fmt::Display + Send,
{
    client::send(service.clone(), request).await
}

fn get(uri: &str) -> Request<Full<Bytes>> {
    Request::get(uri).body(Full::default()).unwrap()
}

/// Returns a user whose JSON has this many bytes.
fn user(len: usize) -> Bytes {
    format!("{{\"userName\":\"{}\"}}", "x".repeat(len - 15)).into()
}

/// Returns an in-memory service that is open to everybody and limits bodies to this many bytes.
fn limited(bytes: usize) -> ScimService {
    let mut limits = Limits::default();
    limits.body = bytes;
    let scim = Scim::builder().resource(MemoryStore::<User>::new()).limits(limits).build().unwrap();
    open(scim)
}

/// Returns a service that accepts one token.
fn with_token() -> ScimService {
    let scim = Scim::builder().resource(MemoryStore::<User>::new()).resource(MemoryStore::<Group>::new());
    let tokens = StaticTokens::new().with("token", Identity::new("contoso", "tests"));
    ScimService::new(scim.build().unwrap(), BearerAuth::new(tokens))
}
