//! Tests that a request is logged if it is rejected before it reaches the engine, or abandoned after that.
#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test")]

use std::{
    fmt::Write,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, request::Parts};
use http_body_util::Full;
use scim_core::{Error, Identity, Limits, Scim, model::User, store::MemoryStore};
use scim_tower::{Authenticate, ScimService};
use tower::ServiceExt;
use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span,
};

/// Records the logged events as lines.
#[derive(Clone, Default)]
struct Recorder(Arc<Mutex<Vec<String>>>);

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        write!(self.0, " {field}={value:?}").unwrap();
    }
}

impl Subscriber for Recorder {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("scim")
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line(event.metadata().level().to_string());
        event.record(&mut line);
        self.0.lock().unwrap().push(line.0);
    }

    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

/// Accepts the token `friend`, never returns for the token `wait`, and rejects all others.
struct Words;

#[async_trait]
impl Authenticate for Words {
    async fn authenticate(&self, parts: &Parts) -> Result<Identity, Error> {
        match parts.headers.get("authorization").and_then(|word| word.to_str().ok()) {
            Some("friend") => Ok(Identity::new("contoso", "tests")),
            Some("wait") => std::future::pending().await,
            _ => Err(Error::invalid_token()),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn each_rejection_is_one_event() {
    let recorder = Recorder::default();
    let _guard = tracing::subscriber::set_default(recorder.clone());
    let mut limits = Limits::default();
    limits.body = 10;
    let scim =
        Scim::builder().base_path("/scim/v2").limits(limits).resource(MemoryStore::<User>::new()).build().unwrap();
    let service = ScimService::new(scim, Words).request_timeout(Duration::from_secs(1));
    for (word, body, parts) in [
        ("enemy", "", ["INFO ", "status=401", "route=\"/Users\"", "request_id=\"r-1\""]),
        ("wait", "", ["ERROR ", "status=503", "error=the authentication took too long", "resource_type=\"User\""]),
        ("friend", "more than ten bytes", ["INFO ", "status=413", "tenant=\"contoso\"", "method=\"POST\""]),
        ("friend", "{", ["INFO ", "status=400", "tenant=\"contoso\"", "path=\"/scim/v2/Users\""]),
    ] {
        let request = Request::post("/scim/v2/Users").header("authorization", word).header("x-request-id", "r-1");
        let request = request.body(Full::new(Bytes::from(body))).unwrap();
        assert!(service.clone().oneshot(request).await.unwrap().status().as_u16() >= 400);
        let lines = std::mem::take(&mut *recorder.0.lock().unwrap());
        assert_eq!(lines.len(), 1, "{lines:?}");
        for line in lines {
            assert!(parts.iter().all(|part| line.contains(part)), "{line}");
            assert!(!line.contains("enemy"), "{line}");
        }
    }
}
