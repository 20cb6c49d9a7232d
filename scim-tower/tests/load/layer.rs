//! Tests of the layer in front of a service that is not ready.

use std::{
    convert::Infallible,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use scim_core::{Scim, model::User, store::MemoryStore};
use tower::{Layer, Service, ServiceExt};

use crate::{get, open};

/// A service that becomes ready when the test sets `may_be`. It panics if it is called before that, as services may.
#[derive(Clone, Default)]
struct Slow {
    may_be: Arc<AtomicBool>,
    is_ready: bool,
}

impl Service<Request<Full<Bytes>>> for Slow {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = std::future::Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.is_ready = self.may_be.load(Ordering::SeqCst);
        if self.is_ready { Poll::Ready(Ok(())) } else { Poll::Pending }
    }

    fn call(&mut self, _request: Request<Full<Bytes>>) -> Self::Future {
        assert!(self.is_ready, "called before it was ready");
        std::future::ready(Ok(Response::new(Full::new(Bytes::from_static(b"inner")))))
    }
}

#[tokio::test(start_paused = true)]
async fn scim_does_not_wait_for_the_other_service() {
    let scim = Scim::builder().resource(MemoryStore::<User>::new()).base_path("/scim/v2").build().unwrap();
    let slow = Slow::default();
    let mut service = open(scim).into_layer().layer(slow.clone());
    for _ in 0..3 {
        let response = service.ready().await.unwrap().call(get("/scim/v2/Users")).await.unwrap();
        assert_eq!(response.status(), 200);
    }
    let other = service.ready().await.unwrap().call(get("/other"));
    assert!(tokio::time::timeout(Duration::from_secs(60), other).await.is_err());
    slow.may_be.store(true, Ordering::SeqCst);
    for _ in 0..3 {
        assert_eq!(service.ready().await.unwrap().call(get("/other")).await.unwrap().status(), 200);
    }
}
