//! Where the events of the server and of the libraries go.

use std::io::stderr;

use tracing_subscriber::{EnvFilter, filter::LevelFilter, fmt::format::FmtSpan};

/// Writes events to the standard error stream, and one line for each request that was answered, with its status and how
/// long it took.
///
/// The environment variable `RUST_LOG` says which events: by default those of the level INFO and above. See
/// [`EnvFilter`] for its syntax.
///
/// # Panics
///
/// Panics if the process has a subscriber already.
pub fn start_log() {
    let filter = EnvFilter::builder().with_default_directive(LevelFilter::INFO.into()).from_env_lossy();
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_span_events(FmtSpan::CLOSE)
        .with_ansi(false)
        .with_writer(stderr)
        .init();
}
