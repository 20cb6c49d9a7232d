//! Sends requests to a service and reads the responses.

use std::convert::Infallible;

use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode};
use http_body::Body;
use http_body_util::{BodyExt, Full};
use scim_core::{Identity, Scim};
use scim_tower::{Anonymous, ScimService};
use serde_json::{Value as Json, json};
use tower::{Service, ServiceExt};

pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Reply {
    pub(crate) fn json(&self) -> Json {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// Returns the status of an error, and checks that its body is a SCIM error.
    pub(crate) fn fault(&self) -> u16 {
        let body = self.json();
        assert_eq!(self.headers["content-type"], "application/scim+json");
        assert_eq!(body["schemas"], json!(["urn:ietf:params:scim:api:messages:2.0:Error"]), "{body}");
        assert_eq!(body["status"], self.status.as_str(), "{body}");
        assert!(!body["detail"].as_str().unwrap().is_empty());
        self.status.as_u16()
    }
}

pub(crate) async fn send<S, B, R>(service: S, request: Request<B>) -> Reply
where
    S: Service<Request<B>, Response = Response<R>, Error = Infallible>,
    R: Body<Error: std::fmt::Debug>,
{
    let (parts, body) = service.oneshot(request).await.unwrap().into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    Reply { status: parts.status, headers: parts.headers, body }
}

pub(crate) fn post(body: impl Into<Bytes>) -> Request<Full<Bytes>> {
    Request::post("/Users").body(Full::new(body.into())).unwrap()
}

/// Returns a service that is open to everybody.
pub(crate) fn open(scim: Scim) -> ScimService {
    ScimService::new(scim, Anonymous(Identity::new("contoso", "tests")))
}
