//! The kit against a server that speaks TLS.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::Arc;

use crate::fake::{Answer, SEQUENCES, TOKEN, fake};
use http::Request;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::{ServerConfig, crypto::ring, pki_types::PrivateKeyDer};
use tower::ServiceExt;

/// Serves on a free port with a certificate of its own; gives its address and the certificate as PEM.
async fn serve() -> (SocketAddr, String) {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let service = std::sync::Mutex::new(fake(|_: &str, _: &mut Answer| {}).0);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, service) = (acceptor.clone(), service.lock().unwrap().clone());
            tokio::spawn(async move {
                // A client that does not trust the certificate hangs up.
                let Ok(stream) = acceptor.accept(stream).await else { return };
                let answer = hyper::service::service_fn(move |request: Request<Incoming>| {
                    let service = service.clone();
                    async move {
                        let (parts, body) = request.into_parts();
                        let body = body.collect().await?.to_bytes();
                        let Ok(response) = service.oneshot(Request::from_parts(parts, Full::new(body))).await;
                        Ok::<_, hyper::Error>(response)
                    }
                });
                let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), answer).await;
            });
        }
    });
    (address, cert.pem())
}

/// Runs the program with these certificates trusted; blocks the thread, so the server must have another.
fn program(url: &str, directory: &std::path::Path, trusted: &str) -> (Option<i32>, String) {
    let (sequences, certificates) = (directory.join("own.json"), directory.join("trusted.pem"));
    std::fs::write(&sequences, SEQUENCES).unwrap();
    std::fs::write(&certificates, trusted).unwrap();
    let Output { status, stdout, stderr } = Command::new(env!("CARGO_BIN_EXE_scim-conformance"))
        .args(["--url", url, "--token", TOKEN, "--suite", "fake", "--sequences"])
        .arg(sequences)
        .env("SSL_CERT_FILE", certificates)
        .env_remove("SSL_CERT_DIR")
        .output()
        .unwrap();
    (status.code(), String::from_utf8(stdout).unwrap() + &String::from_utf8(stderr).unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_with_a_trusted_certificate_is_tested() {
    let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("tls");
    std::fs::create_dir_all(&directory).unwrap();
    let (address, certificate) = serve().await;
    let url = format!("https://localhost:{}/scim/v2", address.port());

    let (code, text) = program(&url, &directory, &certificate);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("\ntotal       1       0       0        0\n"), "{text}");

    let (_, another) = serve().await;
    let (code, text) = program(&url, &directory, &another);
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains("cannot connect to `localhost:") && text.contains("certificate"), "{text}");
    // The certificate is for a name.
    let (code, text) = program(&url.replace("localhost", "127.0.0.1"), &directory, &certificate);
    assert_eq!(code, Some(2), "{text}");
}
