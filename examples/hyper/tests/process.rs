//! Tests the running program: with few file handles, and when the system asks it to stop.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

struct Server {
    process: Child,
    address: String,
}

impl Server {
    /// Starts a process that may open at most this many files.
    fn start(files: usize) -> Self {
        let mut process = Command::new("sh")
            .args(["-c", &format!("ulimit -n {files}; exec \"$0\" \"$@\""), env!("CARGO_BIN_EXE_hyper-example")])
            .args(["--listen", "127.0.0.1:0", "--token", "secret"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(process.stdout.take().unwrap());
        let mut line = String::new();
        output.read_line(&mut line).unwrap();
        // Reads the rest of the output, because the process would block if nobody did.
        std::thread::spawn(move || std::io::copy(&mut output, &mut std::io::sink()));
        let address = line.split("http://").nth(1).and_then(|url| url.split('/').next()).unwrap().to_owned();
        Self { process, address }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Sends a request. Returns everything that arrives until the connection ends.
fn ask(stream: &mut TcpStream, method: &str, path: &str, body: &str) -> std::io::Result<String> {
    ask_at(stream, method, &format!("/scim/v2/{path}"), body)
}

/// Like [`ask`], but with the whole path.
fn ask_at(stream: &mut TcpStream, method: &str, path: &str, body: &str) -> std::io::Result<String> {
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    let head = format!("{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n");
    let head = format!("{head}Authorization: Bearer secret\r\nContent-Length: {}\r\n\r\n", body.len());
    stream.write_all((head + body).as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

#[test]
fn silent_connections_lock_nobody_out() {
    let server = Server::start(200);
    let mut silent = Vec::new();
    for number in 0..300 {
        let mut stream = TcpStream::connect(&server.address).unwrap();
        // Some clients send nothing, some send half of a head, and some send the start of a body without a token.
        let start: &[u8] = match number % 3 {
            0 => b"",
            1 => b"POST /scim/v2/Users HTTP/1.1\r\nHost:",
            _ => b"POST /scim/v2/Users HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{",
        };
        let _ = stream.write_all(start);
        silent.push(stream);
    }
    for number in 0..20 {
        let mut stream = TcpStream::connect(&server.address).unwrap();
        let body = format!("{{\"userName\":\"user{number}\"}}");
        let answer = ask(&mut stream, "POST", "Users", &body).unwrap();
        assert!(answer.starts_with("HTTP/1.1 201"), "{number}: {answer}");
    }
}

/// A client that is connected when the process is asked to stop still gets its response. The process has completed
/// every request that it acknowledged.
#[test]
fn a_process_that_is_asked_to_stop_responds_first() {
    let mut server = Server::start(1000);
    let answered = Arc::new(AtomicUsize::new(0));
    let clients: Vec<_> = (0..16)
        .map(|client| {
            let (address, answered) = (server.address.clone(), Arc::clone(&answered));
            std::thread::spawn(move || {
                let mut cut_off = Vec::new();
                // Stops when the server accepts no more connections.
                for number in 0.. {
                    let Ok(mut stream) = TcpStream::connect(&address) else { break };
                    let body = format!("{{\"userName\":\"user{client}-{number}\"}}");
                    match ask(&mut stream, "POST", "Users", &body) {
                        Ok(answer) if answer.starts_with("HTTP/1.1 201") => _ = answered.fetch_add(1, Ordering::SeqCst),
                        other => cut_off.push(other),
                    }
                }
                cut_off
            })
        })
        .collect();
    while answered.load(Ordering::SeqCst) < 2000 {
        std::thread::sleep(Duration::from_millis(1));
    }
    assert!(Command::new("kill").arg(server.process.id().to_string()).status().unwrap().success());
    for client in clients {
        let cut_off = client.join().unwrap();
        assert!(cut_off.is_empty(), "of {} requests: {cut_off:?}", answered.load(Ordering::SeqCst));
    }
    assert!(server.process.wait().unwrap().success());
}

#[test]
fn only_paths_below_the_base_path_are_served() {
    let server = Server::start(1000);
    let ask = |method, path: &str, body| {
        let mut stream = TcpStream::connect(&server.address).unwrap();
        ask_at(&mut stream, method, path, body).unwrap()
    };
    for path in ["/", "/Users", "/Schemas", "/scim/v2Users", "/scim/v1/Users", "/scim"] {
        let answer = ask("GET", path, "");
        assert!(answer.starts_with("HTTP/1.1 404") && answer.contains(r#""status":"404""#), "{path}: {answer}");
    }
    let answer = ask("POST", "/Users", "{\"userName\":\"ada\"}");
    assert!(answer.starts_with("HTTP/1.1 404"), "{answer}");
    let answer = ask("GET", "/scim/v2/Users", "");
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains(r#""totalResults":0"#), "{answer}");
}

/// 60 clients with a token send the start of a body, then nothing.
#[test]
fn stalled_bodies_lock_nobody_out() {
    let server = Server::start(100);
    let head = "POST /scim/v2/Users HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer secret\r\nContent-Length: 9\r\n\r\n{";
    let stalled: Vec<_> = (0..60)
        .map(|_| {
            let mut stream = TcpStream::connect(&server.address).unwrap();
            stream.write_all(head.as_bytes()).unwrap();
            stream
        })
        .collect();
    let mut stream = TcpStream::connect(&server.address).unwrap();
    let answer = ask(&mut stream, "POST", "Users", "{\"userName\":\"ada\"}").unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    drop(stalled);
}

/// No response contains the host that a request names.
#[test]
fn the_host_of_a_request_is_not_trusted() {
    let server = Server::start(1000);
    let mut stream = TcpStream::connect(&server.address).unwrap();
    let request = "POST /scim/v2/Users HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: evil.example\r\n\
                   X-Forwarded-Proto: https\r\nConnection: close\r\nAuthorization: Bearer secret\r\n\
                   Content-Length: 18\r\n\r\n{\"userName\":\"ada\"}";
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 201") && !answer.contains("evil"), "{answer}");
    assert!(answer.contains(&format!("http://{}/scim/v2/Users/", server.address)), "{answer}");
}

/// 300 clients send almost all of a body, then nothing.
#[cfg(target_os = "linux")]
#[test]
fn stalled_bodies_occupy_little_memory() {
    let server = Server::start(1000);
    let status = format!("/proc/{}/status", server.process.id());
    let memory = || {
        let status = std::fs::read_to_string(&status).unwrap();
        let kib = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        kib.trim().trim_end_matches(" kB").parse::<usize>().unwrap() / 1024
    };
    let before = memory();
    let head =
        "POST /scim/v2/Users HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer secret\r\nContent-Length: 2000000\r\n\r\n";
    let request = [head.as_bytes(), &vec![b' '; 1_900_000]].concat();
    let stalled: Vec<_> = (0..300)
        .map(|_| {
            let mut stream = TcpStream::connect(&server.address).unwrap();
            stream.write_all(&request).unwrap();
            stream
        })
        .collect();
    let grown = memory() - before;
    // The clients have sent 570 MB. The budget is 64 MiB. Buffers may take twice as much, and each connection has its
    // own buffer.
    println!("{grown} MiB are held");
    assert!(grown < 250, "{grown} MiB are held");
    let mut stream = TcpStream::connect(&server.address).unwrap();
    let answer = ask(&mut stream, "POST", "Users", "{\"userName\":\"ada\"}").unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    drop(stalled);
}
