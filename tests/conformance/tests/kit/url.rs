//! The kit over a network connection, as a library and from the command line.

use std::net::SocketAddr;
use std::process::{Command, Output};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::fake::{Answer, Service, TOKEN, fake, kit};
use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use scim_conformance::{Client, Outcome, ProblemKind, UrlClient};
use serde_json::json;
use tokio::net::TcpListener;
use tower::ServiceExt;

/// Serves on a free port; gives its address and how many connections were made.
pub(crate) async fn serve(service: Service, keep_alive: bool) -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let connections = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&connections);
    tokio::spawn(async move {
        // A service that may move to other tasks, made from one that may not be shared.
        let service = std::sync::Mutex::new(service);
        while let Ok((stream, _)) = listener.accept().await {
            counter.fetch_add(1, Ordering::Relaxed);
            let service = service.lock().unwrap().clone();
            let answer = hyper::service::service_fn(move |request: Request<Incoming>| {
                let service = service.clone();
                async move {
                    let (parts, body) = request.into_parts();
                    let body = body.collect().await?.to_bytes();
                    let Ok(response) = service.oneshot(Request::from_parts(parts, Full::new(body))).await;
                    Ok::<_, hyper::Error>(response)
                }
            });
            let mut http = hyper::server::conn::http1::Builder::new();
            tokio::spawn(http.keep_alive(keep_alive).serve_connection(TokioIo::new(stream), answer));
        }
    });
    (address, connections)
}

fn client(address: SocketAddr) -> UrlClient {
    UrlClient::new(&format!("http://{address}/scim/v2/")).unwrap()
}

#[tokio::test]
async fn one_connection_is_used_again() {
    let (address, connections) = serve(fake(|_: &str, _: &mut Answer| {}).0, true).await;
    let client = client(address);
    client.connect().await.unwrap();
    kit().run(&client).await.assert_passed();
    // One to find out whether there is a server, and one for all requests.
    assert_eq!(connections.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn a_closed_connection_is_opened_again() {
    let (address, connections) = serve(fake(|_: &str, _: &mut Answer| {}).0, false).await;
    kit().run(&client(address)).await.assert_passed();
    // One of them for the question for `/Schemas`.
    assert_eq!(connections.load(Ordering::Relaxed), 5);
}

#[tokio::test]
async fn a_wrong_answer_is_reported() {
    let (service, _) = fake(|name: &str, answer: &mut Answer| {
        if name == "GET 404" {
            answer.status = 410;
        }
    });
    let (address, _) = serve(service, true).await;
    let report = kit().run(&client(address)).await;
    let Outcome::Failed(steps) = &report.results()[0].outcome else { panic!("{report}") };
    assert_eq!((steps[0].step, steps[0].problems[0].kind), (3, ProblemKind::Status));
}

#[tokio::test]
async fn no_server_is_reported() {
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let client = client(free);
    assert!(client.connect().await.is_err());
    let report = kit().run(&client).await;
    let Outcome::Failed(steps) = &report.results()[0].outcome else { panic!("{report}") };
    assert_eq!(steps[0].problems[0].kind, ProblemKind::Transport);
    assert!(steps[0].answer.is_none());
}

#[tokio::test]
async fn a_silent_server_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = client(listener.local_addr().unwrap()).timeout(std::time::Duration::from_millis(50));
    let request = Request::get("/Users").body(Bytes::new()).unwrap();
    assert_eq!(client.send(request).await.unwrap_err().to_string(), "no answer within 50 ms");
}

/// Runs the program; blocks the thread, so the server must have another.
fn program(arguments: &[&str]) -> (Option<i32>, String) {
    let Output { status, stdout, stderr } =
        Command::new(env!("CARGO_BIN_EXE_scim-conformance")).args(arguments).env_remove("SCIM_TOKEN").output().unwrap();
    (status.code(), String::from_utf8(stdout).unwrap() + &String::from_utf8(stderr).unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exit_codes() {
    // Says to everybody that there are no users.
    let (service, _) = fake(|_: &str, answer: &mut Answer| {
        answer.status = 200;
        answer.body = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"], "totalResults": 0});
    });
    let (address, _) = serve(service, true).await;
    let url = format!("http://{address}/scim/v2");
    let server = ["--url", &url, "--token", TOKEN];

    let (code, text) = program(&[&server[..], &["--only", "random guid as username"]].concat());
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("\ntotal                   1       0       0        0\n"), "{text}");

    let (code, text) = program(&[&server[..], &["--suite", "1-test-connection"]].concat());
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("FAILED: 1-test-connection / Bad bearer token is 401"), "{text}");
    assert!(text.contains("the status must be 401, but it is 200"), "{text}");
    assert!(!text.contains(TOKEN), "{text}");

    for (arguments, message) in [
        (&["--url", "http://127.0.0.1:1/scim"][..], "cannot connect to `127.0.0.1:1`"),
        (&["--url", "ftp://localhost/scim"], "not a base URL of the form `http[s]://host[:port][/path]`"),
        (&["--url", &url, "--suite", "nonsense"], "no sequence matches"),
        (&["--nonsense"], "unexpected argument '--nonsense'"),
        (&[], "--url <URL>"),
    ] {
        let (code, text) = program(arguments);
        assert_eq!(code, Some(2), "{text}");
        assert!(text.contains(message), "{text}");
    }

    let (code, text) = program(&["--list", "--suite", "6-groups"]);
    assert_eq!((code, text.lines().all(|line| line.starts_with("6-groups\t"))), (Some(0), true), "{text}");
}
