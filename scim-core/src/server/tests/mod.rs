//! The engine as a client sees it: requests through [`Scim::handle`], with stores in memory.

mod bulk;
mod discovery;
mod events;
mod http;
mod ignored;
mod lists;
mod preconditions;
mod rejections;
mod secrets;
mod settings;
mod stores;
mod tenants;
mod warnings;
mod writes;

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use ::http::{HeaderMap, Method, Request, StatusCode};
use bytes::Bytes;
use serde_json::{Value as Json, json};

use super::{Clock, IdGenerator, Scim, ScimBuilder};
use crate::{
    context::Identity,
    model::{Group, User},
    reflect::DateTime,
    schema::{ResourceType, Schema},
    store::MemoryStore,
};

const BASE: &str = "https://example.com/scim/v2";
const ERROR: &str = "urn:ietf:params:scim:api:messages:2.0:Error";
const LIST: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
const SEARCH: &str = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";
const PATCH_OP: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
/// No response may contain it.
const PASSWORD: &str = "correct-horse-battery";

/// A clock that advances by one second each time it is read.
#[derive(Clone, Default)]
struct Seconds(Arc<AtomicI64>);

impl Clock for Seconds {
    fn now(&self) -> DateTime {
        DateTime::from_unix(1_700_000_000 + self.0.fetch_add(1, Ordering::Relaxed), 0)
    }
}

/// `id-1`, `id-2`, ..
#[derive(Clone, Default)]
struct Numbered(Arc<AtomicI64>);

impl IdGenerator for Numbered {
    fn next_id(&self) -> String {
        format!("id-{}", self.0.fetch_add(1, Ordering::Relaxed) + 1)
    }
}

/// A type that is known only at run time, with an attribute for everything that users and groups do not have.
fn device() -> ResourceType {
    let schema: Schema = serde_json::from_value(json!({
        "id": "urn:example:schemas:Device",
        "name": "Device",
        "attributes": [
            {"name": "serial", "type": "string", "required": true, "caseExact": true, "uniqueness": "server"},
            {"name": "slot", "type": "integer", "uniqueness": "server"},
            {"name": "codes", "type": "string", "multiValued": true, "uniqueness": "global"},
            {"name": "weight", "type": "decimal"},
            {"name": "bought", "type": "dateTime"},
            {"name": "site", "type": "string", "mutability": "immutable"},
            {"name": "notes", "type": "string", "returned": "request"},
            {"name": "pin", "type": "complex", "mutability": "writeOnly", "returned": "never", "subAttributes": [
                {"name": "value", "type": "string"},
                {"name": "hint", "type": "string"}
            ]},
            {"name": "key", "type": "complex", "subAttributes": [
                {"name": "value", "type": "string", "mutability": "writeOnly", "returned": "never"},
                {"name": "kind", "type": "string"}
            ]},
            {"name": "owner", "type": "complex", "subAttributes": [
                {"name": "value", "type": "string", "required": true},
                {"name": "badge", "type": "string", "uniqueness": "server"}
            ]}
        ]
    }))
    .unwrap();
    ResourceType::new("Device".into(), "/Devices".into(), "A device.".into(), schema, Vec::new())
}

fn builder() -> ScimBuilder {
    Scim::builder().clock(Seconds::default()).ids(Numbered::default()).base_url(BASE)
}

fn everything() -> ScimBuilder {
    builder()
        .resource(MemoryStore::<User>::new())
        .resource(MemoryStore::<Group>::new())
        .dynamic(device(), MemoryStore::of(device()))
}

/// A client that acts for one tenant.
#[derive(Clone)]
struct Client {
    scim: Scim,
    tenant: &'static str,
}

/// A response. [`Client::send`] has already checked what holds for every response.
#[derive(Debug)]
struct Reply {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Client {
    fn new(scim: Scim) -> Self {
        Self { scim, tenant: "contoso" }
    }

    fn standard() -> Self {
        Self::new(everything().build().unwrap())
    }

    async fn send(&self, method: &str, uri: &str, headers: &[(&str, &str)], body: impl Into<Bytes>) -> Reply {
        let mut request = Request::builder().method(method).uri(uri).body(body.into()).unwrap();
        for (name, value) in headers {
            let name: ::http::HeaderName = name.parse().unwrap();
            request.headers_mut().append(name, ::http::HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        request.extensions_mut().insert(Identity::new(self.tenant, "tests"));
        let (parts, body) = self.scim.handle(request).await.into_parts();
        let reply = Reply { status: parts.status, headers: parts.headers, body };
        reply.check(method == Method::HEAD.as_str());
        reply
    }

    async fn get(&self, uri: &str) -> Reply {
        self.send("GET", uri, &[], "").await
    }

    async fn write(&self, method: &str, uri: &str, body: &Json) -> Reply {
        self.send(method, uri, &[("content-type", "application/scim+json")], body.to_string()).await
    }

    async fn post(&self, uri: &str, body: Json) -> Reply {
        self.write("POST", uri, &body).await
    }

    async fn patch(&self, uri: &str, operations: Json) -> Reply {
        self.write("PATCH", uri, &json!({"schemas": [PATCH_OP], "Operations": operations})).await
    }

    async fn delete(&self, uri: &str) -> Reply {
        self.send("DELETE", uri, &[], "").await
    }

    /// Adds a user, which must succeed.
    async fn user(&self, mut attributes: Json) -> Json {
        attributes["schemas"] = json!([USER]);
        let reply = self.post("/Users", attributes).await;
        assert_eq!(reply.status, 201, "{reply:?}");
        reply.json()
    }

    /// Adds a device, which must succeed.
    async fn device(&self, attributes: Json) -> Json {
        let reply = self.post("/Devices", attributes).await;
        assert_eq!(reply.status, 201, "{reply:?}");
        reply.json()
    }

    /// Returns the `userName`s of a list, in order.
    async fn user_names(&self, query: &str) -> Vec<String> {
        let list = self.get(&format!("/Users?{query}")).await.json();
        assert_eq!(list["schemas"], json!([LIST]), "{query}: {list}");
        list["Resources"].as_array().unwrap().iter().map(|user| user["userName"].as_str().unwrap().to_owned()).collect()
    }
}

impl Reply {
    fn check(&self, is_head: bool) {
        assert!(!String::from_utf8_lossy(&self.body).contains(PASSWORD), "{self:?}");
        assert!(self.headers.values().all(|value| !String::from_utf8_lossy(value.as_bytes()).contains(PASSWORD)));
        let media_type = self.headers.get("content-type").map(|value| value.to_str().unwrap());
        if is_head {
            assert!(self.body.is_empty(), "{self:?}");
        } else {
            assert_eq!(media_type.is_some(), !self.body.is_empty(), "{self:?}");
        }
        assert!(matches!(media_type, None | Some("application/scim+json" | "application/json")));
        assert_eq!(self.status == 401, self.headers.contains_key("www-authenticate"));
        assert_eq!(self.status == 405, self.headers.contains_key("allow"));
        if self.status.as_u16() >= 400 && !is_head {
            let body = self.json();
            assert_eq!(body["schemas"], json!([ERROR]), "{self:?}");
            assert_eq!(body["status"], self.status.as_str(), "{self:?}");
            assert!(body["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{self:?}");
        }
    }

    fn json(&self) -> Json {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Returns the status and `scimType` of an error.
    fn fault(&self) -> (u16, String) {
        assert!(self.status.as_u16() >= 400, "{self:?}");
        (self.status.as_u16(), self.json()["scimType"].as_str().unwrap_or_default().to_owned())
    }
}

/// Encodes a text as the value of a query parameter.
fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

fn fault(status: u16, scim_type: &str) -> (u16, String) {
    (status, scim_type.to_owned())
}
