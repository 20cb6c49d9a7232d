//! Tests that a write that has begun always completes.

use std::{sync::atomic::Ordering, time::Duration};

use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use scim_core::Scim;
use scim_tower::ScimService;
use serde_json::json;
use tower::Service;

use crate::{get, open, post, send, store::Gated};

const OPERATIONS: usize = 20;

fn gated() -> (Gated, ScimService) {
    let store = Gated::new();
    let service = open(Scim::builder().resource(store.clone()).build().unwrap());
    (store, service)
}

fn bulk() -> Request<Full<Bytes>> {
    let operations: Vec<_> = (0..OPERATIONS)
        .map(|number| {
            json!({"method": "POST", "path": "/Users", "bulkId": number.to_string(),
                   "data": {"userName": format!("user{number}")}})
        })
        .collect();
    let body = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": operations});
    Request::post("/Bulk").body(Full::new(Bytes::from(body.to_string()))).unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_disconnect_does_not_stop_a_bulk_request() {
    for passed in [0, 1, OPERATIONS / 2] {
        let (store, mut service) = gated();
        store.gate.add_permits(passed);
        let response = service.call(bulk());
        // A server drops the response when the connection has closed.
        assert!(tokio::time::timeout(Duration::from_secs(1), response).await.is_err());
        assert_eq!(store.ended.load(Ordering::SeqCst), passed);
        let finished = tokio::time::timeout(Duration::from_secs(1), service.finished()).await;
        assert!(finished.is_err(), "a write is still under way");
        store.gate.add_permits(OPERATIONS - passed);
        service.finished().await;
        assert_eq!(store.ended.load(Ordering::SeqCst), OPERATIONS);
        store.gate.add_permits(1);
        assert_eq!(send(&service, get("/Users?count=0")).await.json()["totalResults"], OPERATIONS);
        assert_eq!(store.dropped.load(Ordering::SeqCst), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn a_disconnect_stops_a_read() {
    let (store, mut service) = gated();
    let response = service.call(get("/Users"));
    assert!(tokio::time::timeout(Duration::from_secs(1), response).await.is_err());
    assert_eq!(store.dropped.load(Ordering::SeqCst), 1);
    service.finished().await;
}

#[tokio::test(start_paused = true)]
async fn a_write_that_panics_is_500() {
    let (store, service) = gated();
    store.gate.add_permits(10);
    let reply = send(&service, post("{\"userName\":\"bad\"}")).await;
    assert_eq!(reply.fault(), 500);
    assert!(!String::from_utf8_lossy(&reply.body).contains("secret"));
    // The failed write is no longer in progress.
    service.finished().await;
    assert_eq!(send(&service, post("{\"userName\":\"good\"}")).await.status, 201);
}

/// Writes of disconnected clients count too, so a limit on connections would not be enough.
#[tokio::test(start_paused = true)]
async fn concurrent_writes_are_limited() {
    let (store, service) = gated();
    let mut service = service.writes(4);
    let user = |number: usize| post(format!("{{\"userName\":\"user{number}\"}}"));
    for number in 0..10 {
        let gone = service.call(user(number));
        assert!(tokio::time::timeout(Duration::from_secs(1), gone).await.is_err());
    }
    assert_eq!(store.begun.load(Ordering::SeqCst), 4);
    // One more write waits, and then gets 503 with `Retry-After`.
    let reply = send(&service, user(10)).await;
    assert_eq!((reply.fault(), reply.headers.contains_key("retry-after")), (503, true));
    // Reads do not count as writes.
    let read = tokio::spawn({
        let service = service.clone();
        async move { send(&service, get("/Users")).await.status }
    });
    store.gate.add_permits(100);
    assert_eq!(read.await.unwrap(), 200);
    assert_eq!(send(&service, user(11)).await.status, 201);
    service.finished().await;
    // The writes that had to wait, and whose clients had disconnected, never began.
    assert_eq!(send(&service, get("/Users?count=0")).await.json()["totalResults"], 5);
}
