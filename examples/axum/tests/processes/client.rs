//! A client that loses connections and does not give up.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use bytes::Bytes;
use http::{Method, Request, StatusCode};
use scim_conformance::{Client as _, UrlClient};
use serde_json::{Value, json};

use crate::{
    random::Random,
    server::{Server, TOKEN},
};

/// How long one request is tried.
const PATIENCE: Duration = Duration::from_mins(1);

/// What happened to all clients together.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) answers: AtomicUsize,
    pub(crate) lost: AtomicUsize,
    pub(crate) busy: AtomicUsize,
}

/// What came of a request in the end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Value,
    /// Whether an earlier try was lost on the way, so that the server may have done it then.
    pub(crate) is_repeated: bool,
}

/// Sends each request to any of several servers, and again until one of them answers.
pub(crate) struct Client {
    servers: Vec<UrlClient>,
    pub(crate) random: Random,
    /// One connection in so many is cut while a request is under way; 0 for none.
    cuts: u64,
    tally: Arc<Tally>,
}

impl Client {
    pub(crate) fn new(servers: &[Server], seed: u64, cuts: u64, tally: &Arc<Tally>) -> Self {
        Self {
            servers: servers.iter().map(|server| UrlClient::new(&server.url).unwrap()).collect(),
            random: Random::new(seed),
            cuts,
            tally: Arc::clone(tally),
        }
    }

    /// Tries until there is an answer that says what became of the request. The only failure of a server that counts as
    /// none is 503 with a time to wait.
    pub(crate) async fn send(&mut self, method: &Method, path: &str, body: Option<&Value>) -> Answer {
        let start = Instant::now();
        let mut is_repeated = false;
        while start.elapsed() < PATIENCE {
            match self.attempt(method, path, body).await {
                Some((StatusCode::SERVICE_UNAVAILABLE, error)) => {
                    assert_eq!(error["status"], "503", "{error}");
                    self.tally.busy.fetch_add(1, Ordering::Relaxed);
                    is_repeated = true;
                }
                Some((status, body)) => {
                    assert!(!status.is_server_error(), "{method} {path}: {status} {body}");
                    self.tally.answers.fetch_add(1, Ordering::Relaxed);
                    return Answer { status, body, is_repeated };
                }
                None => {
                    self.tally.lost.fetch_add(1, Ordering::Relaxed);
                    is_repeated = true;
                }
            }
            // Entra waits for minutes; the test has no time for that.
            tokio::time::sleep(Duration::from_millis(5 + self.random.below(20))).await;
        }
        panic!("{method} {path}: no answer for {PATIENCE:?}");
    }

    /// One try at one server: the answer, if the connection lasts.
    pub(crate) async fn attempt(
        &mut self,
        method: &Method,
        path: &str,
        body: Option<&Value>,
    ) -> Option<(StatusCode, Value)> {
        let count = u64::try_from(self.servers.len()).unwrap();
        let server = &self.servers[usize::try_from(self.random.below(count)).unwrap()];
        let request = Request::builder().method(method).uri(path).header("authorization", format!("Bearer {TOKEN}"));
        let request = request.header("content-type", "application/scim+json");
        let request = request.body(body.map(|body| Bytes::from(body.to_string())).unwrap_or_default()).unwrap();
        let answer = if self.cuts > 0 && self.random.once_in(self.cuts) {
            // Who stops waiting closes the connection, in the middle of whatever the server does.
            let patience = Duration::from_micros(self.random.below(20_000));
            tokio::time::timeout(patience, server.send(request)).await.ok()?
        } else {
            server.send(request).await
        };
        let answer = answer.ok()?;
        if answer.status() == StatusCode::SERVICE_UNAVAILABLE {
            assert!(answer.headers().contains_key("retry-after"), "{answer:?}");
        }
        Some((answer.status(), serde_json::from_slice(answer.body()).unwrap_or_default()))
    }

    pub(crate) async fn get(&mut self, path: &str) -> Value {
        let answer = self.send(&Method::GET, path, None).await;
        assert_eq!(answer.status, StatusCode::OK, "GET {path}: {}", answer.body);
        answer.body
    }

    /// The first resource that a filter finds.
    pub(crate) async fn find(&mut self, endpoint: &str, filter: &str) -> Option<Value> {
        let filter: String = form_urlencoded::byte_serialize(filter.as_bytes()).collect();
        let list = self.get(&format!("{endpoint}?filter={filter}")).await;
        list["Resources"].get(0).cloned()
    }

    /// Looks for a resource by its name and creates it if it is not there, as Entra does; answers its id.
    pub(crate) async fn ensure(&mut self, endpoint: &str, attribute: &str, name: &str, new: &Value) -> String {
        let filter = format!("{attribute} eq \"{name}\"");
        if let Some(found) = self.find(endpoint, &filter).await {
            return id(&found);
        }
        let answer = self.send(&Method::POST, endpoint, Some(new)).await;
        match answer.status {
            StatusCode::CREATED => id(&answer.body),
            // It was created by a request whose answer was lost, or by another client.
            StatusCode::CONFLICT => {
                assert_eq!(answer.body["scimType"], "uniqueness", "{}", answer.body);
                id(&self.find(endpoint, &filter).await.unwrap_or_else(|| panic!("{name} is taken and not there")))
            }
            status => panic!("POST {name}: {status} {}", answer.body),
        }
    }

    pub(crate) async fn patch(&mut self, path: &str, operations: Value) -> Value {
        let body = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations});
        let answer = self.send(&Method::PATCH, path, Some(&body)).await;
        assert!(answer.status.is_success(), "PATCH {path} {body}: {} {}", answer.status, answer.body);
        answer.body
    }

    /// Deletes a resource that is there.
    pub(crate) async fn delete(&mut self, path: &str) {
        let answer = self.send(&Method::DELETE, path, None).await;
        let was_gone = answer.is_repeated && answer.status == StatusCode::NOT_FOUND;
        assert!(was_gone || answer.status == StatusCode::NO_CONTENT, "DELETE {path}: {answer:?}");
    }

    /// All resources of an endpoint, by pages.
    pub(crate) async fn all(&mut self, endpoint: &str) -> Vec<Value> {
        let mut all = Vec::new();
        loop {
            let page = self.get(&format!("{endpoint}?startIndex={}&count=100", all.len() + 1)).await;
            let Some(resources) = page["Resources"].as_array().filter(|page| !page.is_empty()) else { return all };
            all.extend(resources.iter().cloned());
        }
    }
}

pub(crate) fn id(resource: &Value) -> String {
    resource["id"].as_str().unwrap().to_owned()
}

pub(crate) fn user(login: &str) -> Value {
    json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": login})
}
