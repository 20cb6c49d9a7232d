//! Tests of the memory that unread responses hold.

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use scim_core::{Identity, Scim, model::User, store::MemoryStore};
use scim_tower::{BearerAuth, ScimService, StaticTokens};
use tower::ServiceExt as _;

use crate::{send, user};

const MIB: usize = 1024 * 1024;

fn request(method: &str, tenant: &str, uri: &str, body: Bytes) -> Request<Full<Bytes>> {
    let request = Request::builder().method(method).uri(uri).header("authorization", format!("Bearer {tenant}"));
    request.body(Full::new(body)).unwrap()
}

fn list(tenant: &str, count: usize) -> Request<Full<Bytes>> {
    request("GET", tenant, &format!("/Users?count={count}"), Bytes::new())
}

/// Returns a service with three tenants, each of which has ten users of 100 kB.
async fn service() -> ScimService {
    let tenants = ["contoso", "fabrikam", "northwind"];
    let tokens =
        tenants.iter().fold(StaticTokens::new(), |tokens, tenant| tokens.with(tenant, Identity::new(*tenant, "tests")));
    let scim = Scim::builder().resource(MemoryStore::<User>::new()).build().unwrap();
    let service = ScimService::new(scim, BearerAuth::new(tokens)).answer_memory(4 * MIB);
    for tenant in tenants {
        for number in 0..10 {
            assert_eq!(send(&service, request("POST", tenant, "/Users", user(100_000 + number))).await.status, 201);
        }
    }
    service
}

#[tokio::test]
async fn unread_responses_hold_no_more_than_their_share() {
    let service = service().await;
    let mut unread: Vec<Response<Full<Bytes>>> = Vec::new();
    let mut rejected = 0;
    for _ in 0..100 {
        let response = service.clone().oneshot(list("contoso", 10)).await.unwrap();
        if response.status() == 200 {
            unread.push(response);
        } else {
            assert_eq!(response.status(), 503);
            assert_eq!(response.headers()["retry-after"], "5");
            rejected += 1;
        }
    }
    // Half of 4 MiB has room for two responses of almost 1 MiB.
    assert_eq!((unread.len(), rejected), (2, 98));
    // Responses of the usual size are still sent, and other tenants can read lists.
    assert_eq!(send(&service, list("contoso", 0)).await.status, 200);
    for tenant in ["fabrikam", "northwind"] {
        assert_eq!(send(&service, list(tenant, 10)).await.status, 200);
    }
    // A tenant that reads some responses gets more.
    unread.pop();
    let response = service.clone().oneshot(list("contoso", 10)).await.unwrap();
    assert_eq!(response.status(), 200);
}

#[tokio::test]
async fn a_write_without_room_for_its_response_returns_no_resource() {
    let service = service().await;
    let mut unread = Vec::new();
    for number in 0..40 {
        let write = request("POST", "contoso", "/Users", user(600_000 + number));
        let response = service.clone().oneshot(write).await.unwrap();
        assert_eq!(response.status(), 201);
        assert!(response.headers().contains_key("location"));
        unread.push(response);
    }
    let whole = unread.iter().filter(|response| response.headers().contains_key("content-type")).count();
    assert_eq!(whole, 3);
    // Nothing was lost, and other tenants still read and write.
    assert_eq!(send(&service, list("contoso", 0)).await.json()["totalResults"], 50);
    for tenant in ["fabrikam", "northwind"] {
        assert_eq!(send(&service, list(tenant, 10)).await.status, 200);
        assert_eq!(send(&service, request("POST", tenant, "/Users", user(1_000))).await.status, 201);
    }
    let id = send(&service, list("contoso", 1)).await.json()["Resources"][0]["id"].as_str().unwrap().to_owned();
    let put = request("PUT", "contoso", &format!("/Users/{id}"), user(700_000));
    let reply = send(&service, put).await;
    assert_eq!((reply.status.as_u16(), reply.body.len()), (204, 0));
}
