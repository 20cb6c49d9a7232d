//! Tests each limit of the server with a client that exceeds it.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::{
    convert::Infallible,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use example_server::{RequestBody, Settings, serve};
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::{Semaphore, oneshot},
    task::{JoinHandle, JoinSet},
};

/// Longer than any of these tests takes.
const LONG: Duration = Duration::from_secs(600);
const SHORT: Duration = Duration::from_millis(200);
const GET: &[u8] = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n";

fn settings(connections: usize) -> Settings {
    Settings { connections, head_timeout: LONG, idle_timeout: LONG, grace: Duration::from_secs(20) }
}

/// A running server, and the state of its service.
struct Server {
    address: SocketAddr,
    /// Each request to `/wait` takes one permit.
    gate: Arc<Semaphore>,
    answered: Arc<AtomicUsize>,
    stop: Option<oneshot::Sender<()>>,
    running: JoinHandle<usize>,
}

impl Server {
    async fn start(settings: Settings) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (gate, answered) = (Arc::new(Semaphore::new(0)), Arc::new(AtomicUsize::new(0)));
        let (permits, count) = (Arc::clone(&gate), Arc::clone(&answered));
        let service = tower::service_fn(move |request: Request<RequestBody>| {
            let (gate, count) = (Arc::clone(&permits), Arc::clone(&count));
            async move {
                let (status, body) = match request.uri().path() {
                    "/wait" => {
                        gate.acquire().await.unwrap().forget();
                        (StatusCode::OK, Bytes::from_static(b"waited"))
                    }
                    "/read" => match request.into_body().collect().await {
                        Ok(body) => (StatusCode::OK, body.to_bytes()),
                        Err(_) => (StatusCode::BAD_REQUEST, Bytes::new()),
                    },
                    // Waits for something else after it has read the body.
                    "/read-and-wait" => {
                        let _ = request.into_body().collect().await;
                        gate.acquire().await.unwrap().forget();
                        (StatusCode::OK, Bytes::from_static(b"waited"))
                    }
                    "/large" => (StatusCode::OK, Bytes::from(vec![b'x'; 50_000_000])),
                    "/refused" => (StatusCode::UNAUTHORIZED, Bytes::from_static(b"refused")),
                    _ => (StatusCode::OK, Bytes::from_static(b"answer")),
                };
                count.fetch_add(1, Ordering::SeqCst);
                let mut response = Response::new(Full::new(body));
                *response.status_mut() = status;
                Ok::<_, Infallible>(response)
            }
        });
        let (stop, stopped) = oneshot::channel();
        let running = tokio::spawn(serve(listener, service, settings, async {
            let _ = stopped.await;
        }));
        Self { address, gate, answered, stop: Some(stop), running }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Sends a request on its own connection. Returns the response up to and including the text `until`.
    async fn ask(&self, request: &[u8], until: &str) -> String {
        let mut stream = self.connect().await;
        stream.write_all(request).await.unwrap();
        read_until(&mut stream, until).await
    }

    fn stop(&mut self) {
        self.stop.take().unwrap().send(()).unwrap();
    }
}

async fn read_until(stream: &mut TcpStream, end: &str) -> String {
    let mut answer = Vec::new();
    let mut piece = [0; 4096];
    while !answer.ends_with(end.as_bytes()) {
        // A client that has no response by now will not get one.
        match tokio::time::timeout(Duration::from_secs(20), stream.read(&mut piece)).await {
            Ok(Ok(len)) if len > 0 => answer.extend_from_slice(&piece[..len]),
            _ => break,
        }
    }
    String::from_utf8(answer).unwrap()
}

/// Returns whether the server closes the connection.
async fn is_closed(stream: &mut TcpStream) -> bool {
    let end = tokio::time::timeout(Duration::from_secs(10), stream.read(&mut [0; 10])).await;
    matches!(end, Ok(Ok(0) | Err(_)))
}

#[tokio::test]
async fn silent_connections_lock_nobody_out() {
    let server = Server::start(settings(10)).await;
    let mut silent = Vec::new();
    for number in 0..100 {
        let mut stream = server.connect().await;
        if number % 2 == 0 {
            stream.write_all(b"GET / HTTP/1.1\r\nHo").await.unwrap();
        }
        silent.push(stream);
    }
    for _ in 0..20 {
        assert!(server.ask(GET, "answer").await.starts_with("HTTP/1.1 200"));
    }
    // The server has closed the oldest connections.
    assert!(is_closed(&mut silent[0]).await);
}

#[tokio::test]
async fn busy_connections_keep_their_slots() {
    let server = Server::start(settings(4)).await;
    let mut busy = Vec::new();
    for _ in 0..4 {
        let mut stream = server.connect().await;
        stream.write_all(b"GET /wait HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        busy.push(stream);
    }
    let mut fifth = server.connect().await;
    fifth.write_all(GET).await.unwrap();
    let answer = tokio::time::timeout(SHORT, read_until(&mut fifth, "answer")).await;
    assert!(answer.is_err(), "{answer:?}");
    assert_eq!(server.answered.load(Ordering::SeqCst), 0);
    // As soon as one of them has ended, the next one is served.
    server.gate.add_permits(4);
    assert!(read_until(&mut fifth, "answer").await.ends_with("answer"));
    for mut stream in busy {
        assert!(read_until(&mut stream, "waited").await.ends_with("waited"));
    }
}

/// The service reads the bodies, and the clients do not send the rest of them.
#[tokio::test]
async fn stalled_bodies_lock_nobody_out() {
    let server = Server::start(settings(10)).await;
    let mut stalled = Vec::new();
    for number in 0..30 {
        let mut stream = server.connect().await;
        let part = ["", "x"][number % 2];
        let request = format!("POST /read HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\n{part}");
        stream.write_all(request.as_bytes()).await.unwrap();
        stalled.push(stream);
    }
    for _ in 0..20 {
        let answer = server.ask(GET, "answer").await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
    assert!(is_closed(&mut stalled[0]).await);
}

/// A client that has sent a byte recently keeps its slot. One that has not loses it.
#[tokio::test]
async fn a_slow_body_outlasts_a_stalled_one() {
    let server = Server::start(settings(2)).await;
    let (mut slow, mut stalled) = (server.connect().await, server.connect().await);
    let head = b"POST /read HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\n";
    for stream in [&mut slow, &mut stalled] {
        stream.write_all(head).await.unwrap();
    }
    for part in [b"a", b"n", b"s", b"w"] {
        tokio::time::sleep(SHORT).await;
        slow.write_all(part).await.unwrap();
    }
    tokio::time::sleep(SHORT).await;
    assert!(server.ask(GET, "answer").await.ends_with("answer"));
    assert!(is_closed(&mut stalled).await);
    slow.write_all(b"er").await.unwrap();
    assert!(read_until(&mut slow, "answer").await.ends_with("answer"));
}

#[tokio::test]
async fn a_request_whose_body_has_arrived_keeps_its_slot() {
    let server = Server::start(settings(1)).await;
    let mut busy = server.connect().await;
    let head = b"POST /read-and-wait HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\nbo";
    busy.write_all(head).await.unwrap();
    tokio::time::sleep(SHORT / 4).await;
    busy.write_all(b"dies").await.unwrap();
    tokio::time::sleep(SHORT / 4).await;
    let mut second = server.connect().await;
    second.write_all(GET).await.unwrap();
    let answer = tokio::time::timeout(SHORT, read_until(&mut second, "answer")).await;
    assert!(answer.is_err(), "{answer:?}");
    server.gate.add_permits(1);
    assert!(read_until(&mut busy, "waited").await.ends_with("waited"));
    assert!(read_until(&mut second, "answer").await.ends_with("answer"));
}

#[tokio::test]
async fn unread_responses_lock_nobody_out() {
    let server = Server::start(settings(4)).await;
    let mut unread = Vec::new();
    for _ in 0..12 {
        let mut stream = server.connect().await;
        stream.write_all(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        unread.push(stream);
    }
    for _ in 0..8 {
        let answer = server.ask(GET, "answer").await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
}

#[tokio::test]
async fn a_connection_without_a_head_is_closed() {
    let server = Server::start(Settings { head_timeout: SHORT, ..settings(10) }).await;
    let (mut silent, mut half, mut trickling) =
        (server.connect().await, server.connect().await, server.connect().await);
    half.write_all(b"GET / HTTP/1.1\r\nHost:").await.unwrap();
    assert!(is_closed(&mut silent).await && is_closed(&mut half).await);
    trickling.write_all(b"GET / HTTP/1.1\r\nx: ").await.unwrap_or_default();
    let rejection = async {
        while trickling.write_all(b"x").await.is_ok() {
            tokio::time::sleep(SHORT / 10).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), rejection).await.unwrap();
    // A connection that has been served may be silent for longer.
    let mut kept = server.connect().await;
    for _ in 0..2 {
        kept.write_all(GET).await.unwrap();
        assert!(read_until(&mut kept, "answer").await.ends_with("answer"));
        tokio::time::sleep(SHORT * 2).await;
    }
}

#[tokio::test]
async fn an_idle_connection_is_closed() {
    let server = Server::start(Settings { idle_timeout: SHORT, ..settings(10) }).await;
    let mut kept = server.connect().await;
    kept.write_all(GET).await.unwrap();
    assert!(read_until(&mut kept, "answer").await.ends_with("answer"));
    assert!(is_closed(&mut kept).await);
    // So is one that does not send the rest of a body.
    let mut stalled = server.connect().await;
    stalled.write_all(b"POST /read HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\nan").await.unwrap();
    assert!(is_closed(&mut stalled).await);
    // A request may take longer than the idle timeout.
    let mut waiting = server.connect().await;
    waiting.write_all(b"GET /wait HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    tokio::time::sleep(SHORT * 3).await;
    server.gate.add_permits(1);
    assert!(read_until(&mut waiting, "waited").await.ends_with("waited"));
}

#[tokio::test]
async fn a_client_that_does_not_read_loses_the_connection() {
    let mut server = Server::start(Settings { idle_timeout: SHORT, ..settings(10) }).await;
    let mut streams = Vec::new();
    for _ in 0..4 {
        let mut stream = server.connect().await;
        stream.write_all(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        streams.push(stream);
    }
    tokio::time::sleep(SHORT * 4).await;
    server.stop();
    // There is no connection left to cut off.
    assert_eq!((&mut server.running).await.unwrap(), 0);
    // A client that reads slowly gets the whole response.
    let server = Server::start(Settings { idle_timeout: SHORT, ..settings(10) }).await;
    let mut stream = server.connect().await;
    stream.write_all(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    let (mut read, mut piece) = (0, vec![0; 5_000_000]);
    while read < 50_000_000 {
        tokio::time::sleep(SHORT / 8).await;
        let len = stream.read(&mut piece).await.unwrap();
        assert!(len > 0, "cut off after {read} bytes");
        read += len;
    }
}

/// The service does not read the body; the client sends all of it before it reads.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_early_response_is_not_lost() {
    let server = Server::start(settings(100)).await;
    for len in [1000, 100_000, 3_000_000, 20_000_000] {
        for _ in 0..5 {
            let head = format!("POST /refused HTTP/1.1\r\nHost: x\r\nContent-Length: {len}\r\n\r\n");
            let mut stream = server.connect().await;
            stream.write_all(head.as_bytes()).await.unwrap();
            stream.write_all(&vec![b' '; len]).await.unwrap();
            tokio::time::sleep(Duration::from_millis(20)).await;
            let answer = read_until(&mut stream, "refused").await;
            assert!(answer.starts_with("HTTP/1.1 401"), "{len}: {answer}");
        }
    }
}

/// Some clients connect for each request, and others keep their connection. The server responds to every request that
/// has reached it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_stops_responds_to_every_connected_client() {
    for _ in 0..5 {
        let mut server = Server::start(settings(100)).await;
        let mut clients = JoinSet::new();
        for number in 0..16 {
            let address = server.address;
            clients.spawn(async move {
                let mut answers = 0;
                // Stops when the server accepts no more connections.
                while let Ok(mut stream) = TcpStream::connect(address).await {
                    loop {
                        if stream.write_all(GET).await.is_err() {
                            break;
                        }
                        let answer = read_until(&mut stream, "answer").await;
                        assert!(answer.ends_with("answer"), "client {number} was cut off after {answers}: {answer:?}");
                        answers += 1;
                        if number % 2 == 0 || answer.contains("connection: close") {
                            break;
                        }
                    }
                }
                answers
            });
        }
        while server.answered.load(Ordering::SeqCst) < 500 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        server.stop();
        let answers: usize = clients.join_all().await.into_iter().sum();
        assert_eq!(server.running.await.unwrap(), 0);
        assert!(answers >= 500, "{answers}");
    }
}

#[tokio::test]
async fn connections_that_do_not_end_are_cut_off() {
    let mut server = Server::start(Settings { grace: SHORT, ..settings(10) }).await;
    let mut streams = Vec::new();
    for _ in 0..3 {
        let mut stream = server.connect().await;
        stream.write_all(b"GET /wait HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        streams.push(stream);
    }
    tokio::time::sleep(SHORT).await;
    server.stop();
    assert_eq!((&mut server.running).await.unwrap(), 3);
    for stream in &mut streams {
        assert!(is_closed(stream).await);
    }
}
