//! Tests of clients that hold resources which others need, and of clients that do not wait for their answers.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

use http::{Method, StatusCode};
use serde_json::json;

use crate::{
    client::{Client, Tally, user},
    server::{File, Server, TOKEN},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn silent_connections_shut_nobody_out() {
    let file = File::new();
    let servers = vec![Server::start_with_files(&file.url(), 200)];
    let mut silent = Vec::new();
    for number in 0..300 {
        let mut stream = TcpStream::connect(servers[0].address()).unwrap();
        // Some clients send nothing, some send half of a head, and some send the start of a body without a token.
        let start: &[u8] = match number % 3 {
            0 => b"",
            1 => b"POST /scim/v2/Users HTTP/1.1\r\nHost:",
            _ => b"POST /scim/v2/Users HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{",
        };
        let _ = stream.write_all(start);
        silent.push(stream);
    }
    let mut client = Client::new(&servers, 1, 0, &Tally::default().into());
    for number in 0..20 {
        // One attempt, on its own connection.
        let body = user(&format!("user{number}"));
        let answer = client.attempt(&Method::POST, "/Users", Some(&body)).await;
        assert_eq!(answer.unwrap().0, StatusCode::CREATED, "{number}");
    }
}

const OPERATIONS: usize = 300;

fn bulk(server: &Server) -> TcpStream {
    let operations: Vec<_> = (0..OPERATIONS)
        .map(|number| {
            json!({"method": "POST", "path": "/Users", "bulkId": number.to_string(),
                   "data": user(&format!("user{number}"))})
        })
        .collect();
    let body = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": operations});
    let body = body.to_string();
    let mut stream = TcpStream::connect(server.address()).unwrap();
    let head = format!("POST /scim/v2/Bulk HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\n");
    let head = format!("{head}Content-Type: application/scim+json\r\nContent-Length: {}\r\n\r\n", body.len());
    stream.write_all((head + &body).as_bytes()).unwrap();
    stream
}

async fn count(client: &mut Client) -> u64 {
    client.get("/Users?count=0").await["totalResults"].as_u64().unwrap()
}

/// A client hangs up after its bulk request has begun. The server still completes the request.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bulk_request_without_a_client_is_done() {
    let file = File::new();
    let servers = vec![Server::start(&file.url())];
    let mut client = Client::new(&servers, 1, 0, &Tally::default().into());
    let stream = bulk(&servers[0]);
    while count(&mut client).await == 0 {}
    drop(stream);
    for _ in 0..600 {
        if count(&mut client).await == OPERATIONS as u64 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{} of {OPERATIONS} are there", count(&mut client).await);
}

/// The process is asked to stop during a bulk request. It completes the request first, whether the client waits or not.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_ends_what_it_has_begun() {
    for waits in [false, true] {
        let file = File::new();
        let servers = vec![Server::start(&file.url())];
        let mut client = Client::new(&servers, 1, 0, &Tally::default().into());
        let mut stream = Some(bulk(&servers[0]));
        while count(&mut client).await == 0 {}
        if !waits {
            stream = None;
        }
        drop(client);
        servers[0].stop();
        if let Some(stream) = &mut stream {
            let mut answer = String::new();
            stream.read_to_string(&mut answer).unwrap();
            assert_eq!(answer.matches("\"status\":\"201\"").count(), OPERATIONS);
        }
        let servers = vec![Server::start(&file.url())];
        let mut client = Client::new(&servers, 1, 0, &Tally::default().into());
        assert_eq!(count(&mut client).await, OPERATIONS as u64, "the client waits: {waits}");
    }
}
