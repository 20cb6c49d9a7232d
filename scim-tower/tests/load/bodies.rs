//! Tests of the size limit of a body, and of the handling of a rejected one.

use std::sync::atomic::Ordering;

use http::{HeaderValue, Method, Request};
use http_body_util::Full;
use scim_core::{Limits, Scim, model::User, store::MemoryStore};

use crate::{
    limited, open,
    pieces::{Pieces, Then},
    post, send, user, with_token,
};

const MIB: usize = 1024 * 1024;

#[tokio::test]
async fn the_limit_of_the_engine_applies() {
    let service = limited(1000);
    assert_eq!(send(&service, post(user(1000))).await.status, 201);
    assert_eq!(send(&service, post(user(1001))).await.fault(), 413);
    let text = user(990);
    let (exact, _) = Pieces::new(vec![b' '; 1], 10, Then::End).post();
    assert_eq!(send(&service, exact).await.fault(), 400, "blanks are read, and are no JSON");
    assert_eq!(send(&service, post(text)).await.status, 201);
    // Without a setting, the limit is the engine's default.
    let service = open(Scim::builder().resource(MemoryStore::<User>::new()).build().unwrap());
    assert_eq!(send(&service, post(user(Limits::default().body))).await.status, 201);
    assert_eq!(send(&service, post(user(Limits::default().body + 1))).await.fault(), 413);
}

/// The client has sent the whole body when it gets the response, so it does not lose the response.
#[tokio::test]
async fn the_rest_of_a_rejected_body_is_read() {
    let service = limited(1000);
    // The length is not announced, so the bytes are counted. The last of the 41 reads reports the end of the body.
    let (request, polls) = Pieces::new(vec![b' '; MIB], 40, Then::End).post();
    assert_eq!(send(&service, request).await.fault(), 413);
    assert_eq!(polls.load(Ordering::SeqCst), 41);
    // The length is announced by the body, or by the header if a layer in between has hidden the length of the body.
    let (request, polls) = Pieces::new(vec![b' '; 100], 20, Then::End).announcing(2000).post();
    assert_eq!(send(&service, request).await.fault(), 413);
    assert_eq!(polls.load(Ordering::SeqCst), 21);
    let (mut request, polls) = Pieces::new(vec![b' '; 100], 20, Then::End).post();
    request.headers_mut().insert("content-length", HeaderValue::from_static("2000"));
    assert_eq!(send(&service, request).await.fault(), 413);
    assert_eq!(polls.load(Ordering::SeqCst), 21);
    // The body is rejected for another reason.
    let (mut request, polls) = Pieces::new(vec![b' '; 100], 5, Then::End).post();
    request.headers_mut().insert("content-encoding", HeaderValue::from_static("gzip"));
    assert_eq!(send(&service, request).await.fault(), 415);
    assert_eq!(polls.load(Ordering::SeqCst), 6);
}

#[tokio::test]
async fn no_more_is_read_than_necessary() {
    let service = limited(1000);
    let (request, polls) = Pieces::new(vec![b' '; MIB], 1_000_000, Then::End).post();
    assert_eq!(send(&service, request).await.fault(), 413);
    assert_eq!(polls.load(Ordering::SeqCst), 1 + 65);
    // A body whose announced length is far too large is not read at all.
    let (mut request, polls) = Pieces::new(vec![b' '; MIB], 10, Then::End).post();
    request.headers_mut().insert("content-length", HeaderValue::from_static("34359738368"));
    assert_eq!(send(&service, request).await.fault(), 413);
    assert_eq!(polls.load(Ordering::SeqCst), 0);
    // A client that waits for `100 Continue` gets 413 at once, and its body is not read.
    let (mut request, polls) = Pieces::new(vec![b' '; 100], 20, Then::End).announcing(2000).post();
    request.headers_mut().insert("expect", HeaderValue::from_static("100-continue"));
    assert_eq!(send(&service, request).await.fault(), 413);
    assert_eq!(polls.load(Ordering::SeqCst), 0);
    // The connection breaks: first while the body is read, then while the rest is discarded.
    let (request, _) = Pieces::new(vec![b' '; 10], 1, Then::Reset).post();
    assert_eq!(send(&service, request).await.fault(), 400);
    let (request, _) = Pieces::new(vec![b' '; 600], 3, Then::Reset).post();
    assert_eq!(send(&service, request).await.fault(), 413);
}

/// The body is not read, regardless of its content and path.
#[tokio::test]
async fn the_body_of_an_unknown_sender_is_not_read() {
    for (uri, public, status) in [
        ("/Users", false, 401),
        ("/Users/1", true, 401),
        ("/Bulk", true, 401),
        ("/nothing", true, 401),
        ("/Schemas", false, 401),
        ("/Schemas", true, 0),
        ("/ResourceTypes/User", true, 0),
        ("/ServiceProviderConfig", true, 0),
    ] {
        for method in [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            for announced in [0, 100, 10_000_000] {
                let (request, polls) = Pieces::new(vec![b' '; MIB], 10, Then::Silence).announcing(announced).post();
                let (mut parts, body) = request.into_parts();
                (parts.method, parts.uri) = (method.clone(), uri.parse().unwrap());
                let request = Request::from_parts(parts, body);
                let reply = send(&with_token().public_discovery(public), request).await;
                let is_read = matches!(method, Method::GET | Method::HEAD);
                let expected = if status != 0 {
                    status
                } else if is_read {
                    200
                } else {
                    405
                };
                assert_eq!(reply.status, expected, "{method} {uri}");
                assert_eq!(polls.load(Ordering::SeqCst), 0, "{method} {uri}");
            }
        }
    }
}

/// 300 clients send almost all of a body, and then nothing.
#[tokio::test(start_paused = true)]
async fn stalled_bodies_hold_no_more_than_their_share() {
    let service = limited(2 * MIB).body_memory(8 * MIB);
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..300 {
        let service = service.clone();
        let stalled = Pieces::new(vec![b' '; MIB - 1], 2, Then::Silence).post().0;
        tasks.spawn(async move { send(&service, stalled).await });
    }
    // A client for whose body there is no room is rejected after it has sent the rest. Here the clients send nothing
    // more.
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    // Meanwhile, requests of the usual size are served.
    for number in 0..10 {
        assert_eq!(send(&service, post(user(16 * 1024 - number))).await.status, 201);
    }
    let large = send(&service, post(user(1_500_000))).await;
    assert_eq!((large.fault(), &large.headers["retry-after"]), (503, &HeaderValue::from_static("1")));
    let replies = tasks.join_all().await;
    let count = |status| replies.iter().filter(|reply| reply.fault() == status).count();
    // One tenant has no more than half of the memory.
    assert_eq!((count(408), count(503)), (2, 298));
    // The memory of their bodies is free again.
    for number in 0..20 {
        assert_eq!(send(&service, post(user(1_500_000 + number))).await.status, 201);
    }
}

/// A body that is announced and does not arrive takes no memory.
#[tokio::test(start_paused = true)]
async fn an_announced_length_takes_no_memory() {
    let service = limited(2 * MIB).body_memory(4 * MIB);
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..300 {
        let service = service.clone();
        let mut stalled = Pieces::new(vec![b' '; 10], 1, Then::Silence).post().0;
        stalled.headers_mut().insert("content-length", HeaderValue::from_static("2000000"));
        tasks.spawn(async move { send(&service, stalled).await });
    }
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    assert_eq!(send(&service, post(user(2 * MIB))).await.status, 201);
    assert!(tasks.join_all().await.iter().all(|reply| reply.fault() == 408));
}

#[tokio::test]
async fn an_unneeded_body_is_ignored() {
    let request = Request::get("/Users").body(Full::new(user(100))).unwrap();
    assert_eq!(send(&limited(1000), request).await.status, 200);
}
