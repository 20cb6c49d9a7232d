//! The service as an HTTP server sees it.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a helper of a test fails the test")]

mod client;

use std::convert::Infallible;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use scim_core::{
    Context, Error, Identity, Scim,
    json::Projection,
    model::{Group, User},
    store::{Change, Creation, MemoryStore, Page, Query, Removal, Store, StoreError, Stored},
};
use scim_tower::{BearerAuth, ScimService, StaticTokens, TokenDigest, Tokens};
use tower::Layer;

use client::{open, post, send};

const TOKEN: &str = "a-token-of-some-length";

fn scim() -> Scim {
    let builder = Scim::builder().resource(MemoryStore::<User>::new()).resource(MemoryStore::<Group>::new());
    builder.base_url("https://example.com/scim/v2").build().unwrap()
}

fn with_token() -> ScimService {
    let tokens = StaticTokens::new()
        .with(TOKEN, Identity::new("contoso", "entra"))
        .with("other", Identity::new("fabrikam", "okta"))
        .with("", Identity::new("nobody", "nobody"));
    ScimService::new(scim(), BearerAuth::new(tokens))
}

fn get(uri: &str, headers: &[(&str, &[u8])]) -> Request<Full<Bytes>> {
    let mut request = Request::get(uri).body(Full::default()).unwrap();
    for (name, value) in headers {
        let name: http::HeaderName = name.parse().unwrap();
        request.headers_mut().append(name, http::HeaderValue::from_bytes(value).unwrap());
    }
    request
}

#[tokio::test]
async fn only_the_holder_of_a_token_has_access() {
    let service = with_token();
    for header in
        [&b"Bearer a-token-of-some-length"[..], b"bearer a-token-of-some-length", b"BEARER  a-token-of-some-length "]
    {
        assert_eq!(send(service.clone(), get("/Users", &[("authorization", header)])).await.status, 200);
    }
    for (header, challenge) in [
        (&b""[..], "Bearer"),
        (b"Bearer", "Bearer"),
        (b"Bearer ", "Bearer"),
        (b"Bearer \t ", "Bearer"),
        (b"Basic YTpi", "Bearer"),
        (b"a-token-of-some-length", "Bearer"),
        (b"Bearer\xff a-token-of-some-length", "Bearer"),
        (b"Bearer a-token-of-some-lengt", "Bearer error=\"invalid_token\""),
        (b"Bearer a-token-of-some-lengthh", "Bearer error=\"invalid_token\""),
        (b"Bearer A-token-of-some-length", "Bearer error=\"invalid_token\""),
        (b"Bearer a-token-of-some-length, Bearer x", "Bearer error=\"invalid_token\""),
    ] {
        let reply = send(service.clone(), get("/Users", &[("authorization", header)])).await;
        assert_eq!(reply.fault(), 401, "{}", String::from_utf8_lossy(header));
        assert_eq!(reply.headers["www-authenticate"], challenge, "{}", String::from_utf8_lossy(header));
        assert!(!String::from_utf8_lossy(&reply.body).contains("a-token"));
    }
    let none = send(service.clone(), get("/Users", &[])).await;
    assert_eq!((none.fault(), &none.headers["www-authenticate"]), (401, &"Bearer".parse().unwrap()));
    let good: (&str, &[u8]) = ("authorization", b"Bearer a-token-of-some-length");
    assert_eq!(send(service.clone(), get("/Users", &[good, good])).await.fault(), 401);
    // The spelling of the path does not matter.
    for uri in [
        "/users",
        "/Users/",
        "/%55sers",
        "/scim/v2/Users",
        "//Users",
        "/Schemas/../Users",
        "/Schemas%2F..%2FUsers",
        "/Users?x=/Schemas",
        "/Schemas",
        "/nothing",
    ] {
        assert_eq!(send(with_token().public_discovery(uri != "/Schemas"), get(uri, &[])).await.fault(), 401, "{uri}");
    }
}

#[tokio::test]
async fn the_store_receives_the_tenant_of_the_token() {
    let service = with_token();
    let as_client = async |token: &str, mut request: Request<Full<Bytes>>| {
        request.headers_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
        send(service.clone(), request).await
    };
    for token in [TOKEN, "other"] {
        assert_eq!(as_client(token, post("{\"userName\":\"bjensen\"}")).await.status, 201);
        assert_eq!(as_client(token, post("{\"userName\":\"bjensen\"}")).await.fault(), 409);
        assert_eq!(as_client(token, get("/Users", &[])).await.json()["totalResults"], 1);
    }
    // A client cannot choose its own identity.
    let mut forged = get("/Users", &[("authorization", b"Bearer other")]);
    forged.extensions_mut().insert(Identity::new("contoso", "entra"));
    let theirs = send(service.clone(), forged).await.json()["Resources"][0]["id"].clone();
    let reply = as_client(TOKEN, get(&format!("/Users/{}", theirs.as_str().unwrap()), &[])).await;
    assert_eq!(reply.fault(), 404);
}

#[tokio::test]
async fn discovery_can_be_public() {
    for uri in ["/Schemas", "/ResourceTypes/User", "/scim/v2/ServiceProviderConfig"] {
        assert_eq!(send(with_token(), get(uri, &[])).await.fault(), 401);
        for header in [&[][..], &[("authorization", &b"Bearer wrong"[..])]] {
            assert_eq!(send(with_token().public_discovery(true), get(uri, header)).await.status, 200, "{uri}");
        }
    }
    let write = Request::post("/Schemas").body(Full::<Bytes>::default()).unwrap();
    assert_eq!(send(with_token().public_discovery(true), write).await.fault(), 405);
}

#[tokio::test]
async fn an_error_while_reading_tokens_becomes_the_response() {
    struct Broken;
    #[async_trait]
    impl Tokens for Broken {
        async fn holder(&self, _digest: &TokenDigest) -> Result<Option<Identity>, Error> {
            Err(Error::unavailable("the database is gone", std::time::Duration::from_secs(7)))
        }
    }
    let reply =
        send(ScimService::new(scim(), BearerAuth::new(Broken)), get("/Users", &[("authorization", b"Bearer x")])).await;
    assert_eq!((reply.fault(), &reply.headers["retry-after"]), (503, &"7".parse().unwrap()));
    assert!(!String::from_utf8_lossy(&reply.body).contains("database"));
}

#[tokio::test]
async fn compressed_bodies_are_rejected() {
    for (encoding, status) in [("gzip", 415), ("deflate, gzip", 415), ("", 415), ("identity", 201), ("Identity", 201)] {
        let mut request = post("{\"userName\":\"a\"}");
        request.headers_mut().insert("content-encoding", encoding.parse().unwrap());
        assert_eq!(send(open(scim()), request).await.status, status, "{encoding}");
    }
}

/// A store that panics when one id is requested.
#[derive(Default)]
struct Panicking(MemoryStore<User>);

#[async_trait]
impl Store<User> for Panicking {
    async fn get(&self, cx: &Context, id: &str, wanted: &Projection) -> Result<Option<Stored<User>>, StoreError> {
        tokio::task::yield_now().await;
        assert_ne!(id, "bad", "secret of the store");
        self.0.get(cx, id, wanted).await
    }
    async fn search(&self, cx: &Context, query: &Query<'_>) -> Result<Page<User>, StoreError> {
        self.0.search(cx, query).await
    }
    async fn create(&self, cx: &Context, creation: Creation<'_, User>) -> Result<Stored<User>, StoreError> {
        self.0.create(cx, creation).await
    }
    async fn replace(&self, cx: &Context, change: Change<'_, User>) -> Result<Stored<User>, StoreError> {
        self.0.replace(cx, change).await
    }
    async fn delete(&self, cx: &Context, removal: Removal<'_>) -> Result<Option<Stored<User>>, StoreError> {
        self.0.delete(cx, removal).await
    }
}

#[tokio::test]
async fn a_panic_fails_only_its_request() {
    let service = open(Scim::builder().resource(Panicking::default()).build().unwrap());
    for _ in 0..2 {
        let reply = send(service.clone(), get("/Users/bad", &[])).await;
        assert_eq!(reply.fault(), 500);
        assert!(!String::from_utf8_lossy(&reply.body).contains("secret"));
        assert_eq!(send(service.clone(), get("/Users", &[])).await.status, 200);
        assert_eq!(send(service.clone(), get("/Users/good", &[])).await.fault(), 404);
    }
}

#[tokio::test]
async fn a_layer_handles_its_prefix_and_passes_on_the_rest() {
    let inner = tower::service_fn(async |request: Request<Full<Bytes>>| {
        Ok::<_, Infallible>(Response::new(Full::new(Bytes::from(format!("inner {}", request.uri().path())))))
    });
    let service = with_token().into_layer().layer(inner);
    let own: (&str, &[u8]) = ("authorization", b"Bearer a-token-of-some-length");
    for uri in ["/scim/v2/Users", "/scim/v2/Schemas", "/scim/v2/ServiceProviderConfig"] {
        assert_eq!(send(service.clone(), get(uri, &[own])).await.status, 200, "{uri}");
        assert_eq!(send(service.clone(), get(uri, &[])).await.fault(), 401, "{uri}");
    }
    assert_eq!(send(service.clone(), get("/scim/v2", &[own])).await.fault(), 501);
    for uri in ["/", "/Users", "/scim", "/scim/v2x/Users", "/scim/v1/Users"] {
        let reply = send(service.clone(), get(uri, &[])).await;
        assert_eq!(reply.body, format!("inner {uri}"));
    }
}
