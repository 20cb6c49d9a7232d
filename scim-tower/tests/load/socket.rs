//! Tests over a real connection, with a client that writes everything before it reads.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use hyper_util::{rt::TokioIo, service::TowerToHyperService};
use scim_core::Scim;
use scim_tower::ScimService;
use tokio::net::TcpListener;

use crate::{limited, open, store::Gated};

async fn serve(service: ScimService) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let service = TowerToHyperService::new(service.clone());
            let connection = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service);
            tokio::spawn(connection);
        }
    });
    address
}

/// Writes the whole request, waits, and only then reads. Returns the first line and the body of the response.
fn exchange(address: SocketAddr, head: &str, body: &[u8]) -> std::io::Result<(String, String)> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    stream.write_all(head.as_bytes())?;
    for piece in body.chunks(64 * 1024) {
        stream.write_all(piece)?;
    }
    std::thread::sleep(Duration::from_millis(50));
    let mut response = Vec::new();
    let mut piece = [0; 4096];
    // The connection stays open, so the end of the JSON is the end of the response.
    while !response.ends_with(b"}") {
        match stream.read(&mut piece)? {
            0 => break,
            len => response.extend_from_slice(&piece[..len]),
        }
    }
    let response = String::from_utf8(response).unwrap();
    let (head, body) = response.split_once("\r\n\r\n").unwrap_or_default();
    Ok((head.lines().next().unwrap_or_default().to_owned(), body.to_owned()))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_413_reaches_a_client_that_writes_first() {
    let address = serve(limited(100_000)).await;
    let clients = (0..60).map(|number: usize| {
        tokio::task::spawn_blocking(move || {
            // The body is just too large, or much too large.
            let len = [100_001, 1_000_000, 3_000_000, 8_000_000][number % 4];
            let is_announced = number.is_multiple_of(8);
            if is_announced {
                let head = format!("POST /Users HTTP/1.1\r\nHost: x\r\nContent-Length: {len}\r\n\r\n");
                return exchange(address, &head, &vec![b' '; len]);
            }
            let head = "POST /Users HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
            let chunk = [&b"400\r\n"[..], &[b' '; 1024], b"\r\n"].concat();
            exchange(address, head, &[chunk.repeat(len / 1024 + 1), b"0\r\n\r\n".to_vec()].concat())
        })
    });
    let clients: Vec<_> = clients.collect();
    for (number, client) in clients.into_iter().enumerate() {
        let (status, body) = client.await.unwrap().unwrap_or_else(|error| panic!("client {number}: {error}"));
        assert_eq!(status, "HTTP/1.1 413 Payload Too Large", "client {number}");
        assert!(body.contains("larger than 100000 bytes"), "{body}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_408_reaches_a_client_that_stalls() {
    let address = serve(limited(100_000).body_timeout(Duration::from_millis(200))).await;
    let response = tokio::task::spawn_blocking(move || {
        exchange(address, "POST /Users HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n", b"{")
    });
    let (status, body) = response.await.unwrap().unwrap();
    assert_eq!(status, "HTTP/1.1 408 Request Timeout");
    assert!(body.contains("\"status\":\"408\""), "{body}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_closed_connection_does_not_stop_a_write() {
    let store = Gated::new();
    let service = open(Scim::builder().resource(store.clone()).build().unwrap());
    let address = serve(service.clone()).await;
    let begun = std::sync::Arc::clone(&store.begun);
    tokio::task::spawn_blocking(move || {
        let operation = |number| {
            format!(r#"{{"method":"POST","path":"/Users","bulkId":"{number}","data":{{"userName":"u{number}"}}}}"#)
        };
        let operations: Vec<String> = (0..50).map(operation).collect();
        let body = format!(
            r#"{{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[{}]}}"#,
            operations.join(",")
        );
        let head = format!("POST /Bulk HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n", body.len());
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all((head + &body).as_bytes()).unwrap();
        while begun.load(std::sync::atomic::Ordering::SeqCst) == 0 {
            std::thread::sleep(Duration::from_millis(1));
        }
        // The connection closes during the first operation.
        drop(stream);
        std::thread::sleep(Duration::from_millis(100));
    })
    .await
    .unwrap();
    store.gate.add_permits(50);
    service.finished().await;
    assert_eq!(store.ended.load(std::sync::atomic::Ordering::SeqCst), 50);
    assert_eq!(store.dropped.load(std::sync::atomic::Ordering::SeqCst), 0);
}
