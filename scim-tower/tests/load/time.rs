//! Tests of bodies, responses and authentications that take too long.

use std::{sync::atomic::Ordering, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderValue, Request, request::Parts};
use http_body_util::Full;
use scim_core::{Error, Identity, Scim};
use scim_tower::{Authenticate, ScimService};
use tokio::time::Instant;

use crate::{
    get, limited, open,
    pieces::{Pieces, Then},
    post, send,
    store::Gated,
    user,
};

#[tokio::test(start_paused = true)]
async fn a_body_that_stops_arriving_is_408() {
    let service = limited(1_000_000);
    for (what, body) in [
        ("nothing", Pieces::new("", 0, Then::Silence)),
        ("a part", Pieces::new(vec![b' '; 100], 10, Then::Silence)),
        ("a drop now and then", Pieces::new(" ", 1_000_000, Then::End).every(Duration::from_secs(1))),
    ] {
        let start = Instant::now();
        let reply = send(&service, body.post().0).await;
        assert_eq!((reply.fault(), start.elapsed()), (408, ScimService::BODY_TIMEOUT), "{what}");
        assert!(reply.json()["detail"].as_str().unwrap().contains("30s"), "{what}");
    }
    // A slow body that ends in time is accepted.
    let (slow, _) = Pieces::new(user(100), 1, Then::End).every(Duration::from_secs(14)).post();
    assert_eq!(send(&service, slow).await.status, 201);
    // The rest of a rejected body is not read for longer either. The response still gives the reason for the rejection.
    let start = Instant::now();
    let (large, _) = Pieces::new(vec![b' '; 900_000], 2, Then::Silence).post();
    assert_eq!((send(&service, large).await.fault(), start.elapsed()), (413, ScimService::BODY_TIMEOUT));
}

#[tokio::test(start_paused = true)]
async fn the_time_limit_of_a_body_can_be_set() {
    for limit in [Duration::from_millis(20), Duration::from_secs(300)] {
        let start = Instant::now();
        let (stalled, _) = Pieces::new(" ", 1, Then::Silence).post();
        let reply = send(&limited(1000).body_timeout(limit), stalled).await;
        assert_eq!((reply.fault(), start.elapsed()), (408, limit));
    }
    // There is no limit at all.
    let service = limited(1000).body_timeout(Duration::MAX).request_timeout(Duration::MAX);
    assert_eq!(send(&service, post(user(100))).await.status, 201);
    let (stalled, _) = Pieces::new(" ", 1, Then::Silence).post();
    let week = Duration::from_secs(7 * 24 * 60 * 60);
    assert!(tokio::time::timeout(week, send(&service, stalled)).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_response_that_takes_too_long_is_503() {
    let store = Gated::new();
    let service = open(Scim::builder().resource(store.clone()).build().unwrap());
    let message = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"]}"#;
    let search = || Request::post("/Users/.search").body(Full::new(Bytes::from_static(message.as_bytes()))).unwrap();
    for (dropped, request) in [(1, get("/Users")), (2, get("/Users/1")), (3, search()), (3, post(user(100)))] {
        let start = Instant::now();
        let reply = send(&service, request).await;
        assert_eq!((reply.fault(), start.elapsed()), (503, ScimService::REQUEST_TIMEOUT));
        assert_eq!(reply.headers["retry-after"], HeaderValue::from_static("5"));
        // A read is canceled. The write continues to wait.
        assert_eq!(store.dropped.load(Ordering::SeqCst), dropped);
    }
    store.gate.add_permits(1);
    service.finished().await;
    store.gate.add_permits(1);
    assert_eq!(send(&service, get("/Users")).await.json()["totalResults"], 1);

    let start = Instant::now();
    let service = service.request_timeout(Duration::from_secs(3));
    assert_eq!((send(&service, get("/Users")).await.fault(), start.elapsed()), (503, Duration::from_secs(3)));
}

#[tokio::test(start_paused = true)]
async fn an_authentication_that_takes_too_long_is_503() {
    struct Never;
    #[async_trait]
    impl Authenticate for Never {
        async fn authenticate(&self, _parts: &Parts) -> Result<Identity, Error> {
            std::future::pending().await
        }
    }
    let scim = Scim::builder().resource(Gated::new()).build().unwrap();
    let start = Instant::now();
    let reply = send(&ScimService::new(scim, Never), get("/Users")).await;
    assert_eq!((reply.fault(), start.elapsed()), (503, ScimService::REQUEST_TIMEOUT));
}
