//! What the examples log while every client that the kit knows sends its requests: no secret, at any level.

use std::{
    io::Write,
    sync::{Arc, Mutex, PoisonError},
};

use scim_conformance::{Kit, ServiceClient};
use tracing_subscriber::{filter::LevelFilter, fmt::format::FmtSpan};

const TOKEN: &str = "the-secret-token-of-the-test";

/// All passwords that the sequences send start with one of these; `the_sequences_send_these_passwords` holds that.
const PASSWORDS: [&str; 3] = ["1mz050nq", "n3w-", "s3cret-"];

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// This is a test by itself because a process has one subscriber.
#[tokio::test]
async fn no_secret_is_logged() {
    let log = Log::default();
    let writer = log.clone();
    tracing_subscriber::fmt()
        .with_max_level(LevelFilter::TRACE)
        .with_span_events(FmtSpan::FULL)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .init();
    let kit = Kit::standard().token(TOKEN);

    let service = hyper_example::service(TOKEN, "http://localhost/scim/v2").unwrap();
    kit.run(&ServiceClient::new(service)).await.assert_passed();
    let database = axum_example::database::Database::open("sqlite::memory:", 1).await.unwrap();
    let service = axum_example::service(&database, TOKEN, "http://localhost/scim/v2").unwrap();
    kit.run(&ServiceClient::new(service)).await.assert_passed();
    let wrong = Kit::standard().token("another-secret-token");
    let service = hyper_example::service(TOKEN, "http://localhost/scim/v2").unwrap();
    assert!(wrong.run(&ServiceClient::new(service)).await.counts().failed > 0);

    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    let mut lines = log.lines();
    let has = |part: &str| log.contains(part);
    assert!(has("scim_request") && has("status=201") && has("status=401") && has("request refused"), "{log}");
    let secrets = [TOKEN, "another-secret-token"].into_iter().chain(PASSWORDS);
    let secrets: Vec<&str> = secrets.collect();
    let leak = lines.find(|line| secrets.iter().any(|secret| line.contains(secret)));
    assert_eq!(leak, None);
}

#[test]
fn the_sequences_send_these_passwords() {
    let data = concat!(
        include_str!("../data/sequences.json"),
        include_str!("../data/okta.json"),
        include_str!("../data/google.json"),
        include_str!("../data/interop.json"),
        include_str!("../data/others.json"),
    );
    let passwords: Vec<&str> = data.split("\"password\": \"").skip(1).collect();
    assert!(passwords.len() > 10);
    for password in passwords {
        assert!(PASSWORDS.iter().any(|start| password.starts_with(start)), "{password:.40}");
    }
}
