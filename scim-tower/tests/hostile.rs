//! Requests that try to overflow the stack or to waste time. Each runs on a thread with the small stack of a runtime's
//! thread.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a helper of a test fails the test")]

use std::{
    fmt::Write as _,
    time::{Duration, Instant},
};

use bytes::Bytes;
use http::{Method, Request};
use http_body_util::{BodyExt, Full};
use scim_core::{Identity, Limits, Scim, model::User, store::MemoryStore};
use scim_tower::{Anonymous, ScimService};
use serde_json::{Value as Json, json};
use tower::ServiceExt;

const STACK: usize = 2 * 1024 * 1024;
/// The time limit of a request. A request takes much less, even without optimization. Where the system reports CPU
/// time, the tests measure that, so that other programs do not count.
const PATIENCE: Duration = Duration::from_millis(300);

/// Returns the CPU time of this thread, as Linux reports it. Elsewhere returns the time that has passed since `since`.
fn spent(since: Instant) -> Duration {
    let stats = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos = stats.split_whitespace().next().and_then(|nanos| nanos.parse().ok());
    nanos.map_or_else(|| since.elapsed(), Duration::from_nanos)
}

/// Sends a request and returns the status, the `scimType` and the time it took.
fn send(method: &Method, uri: &str, body: String) -> (u16, String, Duration) {
    let run = async move || {
        let mut limits = Limits::default();
        limits.body = 16 * 1024 * 1024;
        let scim = Scim::builder().resource(MemoryStore::<User>::new()).limits(limits).build().unwrap();
        let service = ScimService::new(scim, Anonymous(Identity::new("t", "tests")));
        let create = Request::post("/Users").body(Full::new(Bytes::from_static(b"{\"userName\":\"a\"}"))).unwrap();
        let created = service.clone().oneshot(create).await.unwrap();
        let location = created.headers()["location"].to_str().unwrap().to_owned();
        let uri = uri.replace("ID", location.rsplit('/').next().unwrap());
        let request = Request::builder().method(method).uri(uri).body(Full::new(Bytes::from(body))).unwrap();
        let since = Instant::now();
        let before = spent(since);
        let response = service.oneshot(request).await.unwrap();
        let took = spent(since).saturating_sub(before);
        let status = response.status().as_u16();
        let body: Json = serde_json::from_slice(&response.into_body().collect().await.unwrap().to_bytes()).unwrap();
        (status, body["scimType"].as_str().unwrap_or_default().to_owned(), took)
    };
    std::thread::scope(|scope| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let thread = std::thread::Builder::new().stack_size(STACK);
        thread.spawn_scoped(scope, move || runtime.block_on(run())).unwrap().join().unwrap()
    })
}

fn assert_rejected(method: &Method, uri: &str, body: String, scim_type: &str, what: &str) {
    let (status, found, took) = send(method, uri, body);
    assert_eq!((status, &*found), (400, scim_type), "{what}");
    assert!(took < PATIENCE, "{what} took {took:?}");
}

#[test]
fn nested_and_endless_filters_are_rejected() {
    let filters = [
        ("2 000 (", "(".repeat(2_000)),
        ("200 000 (", "(".repeat(200_000)),
        ("closed (", format!("{}userName pr{}", "(".repeat(100_000), ")".repeat(100_000))),
        ("not (", "not (".repeat(100_000)),
        ("[", "emails[".repeat(100_000)),
        ("or", format!("{}userName pr", "userName eq \"a\" or ".repeat(50_000))),
        ("and", format!("{}userName pr", "userName pr and ".repeat(50_000))),
        ("long value", format!("userName eq \"{}\"", "x".repeat(1_000_000))),
        ("long name", "a.".repeat(500_000)),
        ("dashes", "-".repeat(1_000_000)),
    ];
    for (what, filter) in filters {
        let search = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], "filter": filter});
        assert_rejected(&Method::POST, "/Users/.search", search.to_string(), "invalidFilter", what);
        let path = json!({"Operations": [{"op": "remove", "path": format!("emails[{filter}]")}]}).to_string();
        let (status, _, took) = send(&Method::PATCH, "/Users/ID", path);
        assert_eq!(status, 400, "{what}");
        assert!(took < PATIENCE, "{what} took {took:?}");
        // A URI contains at most 64 KiB.
        let query: String =
            filter.replace(' ', "+").replace('"', "%22").replace('[', "%5B").chars().take(60_000).collect();
        assert_rejected(&Method::GET, &format!("/Users?filter={query}"), String::new(), "invalidFilter", what);
    }
}

#[test]
fn deeply_nested_json_is_rejected() {
    const DEEP: usize = 100_000;
    for (open, close) in
        [("[", "]"), ("{\"a\":", "}"), ("{\"name\":", "}"), ("{\"value\":", "}"), ("{\"value\":[", "]}")]
    {
        for closed in [true, false] {
            let mut deep = open.repeat(DEEP);
            if closed {
                deep.push('1');
                deep.push_str(&close.repeat(DEEP));
            }
            let bodies = [
                (&Method::POST, "/Users", deep.clone()),
                (&Method::POST, "/Users", format!("{{\"userName\":\"b\",\"emails\":{deep}}}")),
                (&Method::POST, "/Users", format!("{{\"userName\":\"b\",\"name\":{deep}}}")),
                (&Method::PUT, "/Users/ID", format!("{{\"userName\":\"b\",\"title\":{deep}}}")),
                (&Method::PATCH, "/Users/ID", deep.clone()),
                (&Method::PATCH, "/Users/ID", format!("{{\"Operations\":{deep}}}")),
                (&Method::PATCH, "/Users/ID", format!("{{\"Operations\":[{{\"op\":\"add\",\"value\":{deep}}}]}}")),
                (
                    &Method::PATCH,
                    "/Users/ID",
                    format!("{{\"Operations\":[{{\"op\":\"add\",\"path\":\"emails\",\"value\":{deep}}}]}}"),
                ),
                (&Method::POST, "/Users/.search", deep.clone()),
                (&Method::POST, "/Users/.search", format!("{{\"filter\":{deep}}}")),
            ];
            for (method, uri, body) in bodies {
                let start: String = body.chars().take(60).collect();
                let (status, _, took) = send(method, uri, body);
                // Unknown values are skipped without recursion.
                let is_passed_over = method == Method::PATCH && closed && status == 200;
                assert!(status == 400 || is_passed_over, "{status} {method} {uri} {start} closed: {closed}");
                assert!(took < PATIENCE, "{method} {uri} {start} took {took:?}");
            }
        }
    }
}

#[test]
fn bodies_with_very_many_values() {
    let mut keys = String::from("{\"userName\":\"b\"");
    for number in 0..50_000 {
        let _ = write!(keys, ",\"unknown{number}\":1");
    }
    keys.push('}');
    let schemas: Vec<String> = (0..10_000).map(|number| format!("urn:example:{number}")).collect();
    let emails: Vec<Json> = (0..20_000).map(|number| json!({"value": format!("{number}@example.com")})).collect();
    let add: Vec<Json> = (0..5_000)
        .map(|number| json!({"op": "add", "path": "emails", "value": [{"value": number.to_string()}]}))
        .collect();
    let edit: Vec<Json> = (0..1_000)
        .map(|number| json!({"op": "replace", "path": format!("emails[value eq \"{number}\"].display"), "value": "x"}))
        .collect();
    let search = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], "attributes": schemas});
    for (what, method, uri, body) in [
        ("keys", Method::POST, "/Users", keys),
        ("schemas", Method::POST, "/Users", json!({"userName": "b", "schemas": schemas}).to_string()),
        ("emails", Method::POST, "/Users", json!({"userName": "b", "emails": emails}).to_string()),
        ("add", Method::PATCH, "/Users/ID", json!({"Operations": add}).to_string()),
        ("edit", Method::PATCH, "/Users/ID", json!({"Operations": edit}).to_string()),
        ("attributes", Method::POST, "/Users/.search", search.to_string()),
    ] {
        let (status, _, took) = send(&method, uri, body);
        assert!(status < 500, "{what}: {status}");
        assert!(took < Duration::from_secs(2), "{what} took {took:?}");
        println!("{what}: {status} in {took:?}");
    }
}
