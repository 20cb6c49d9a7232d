//! The log of the server and of the libraries.

use std::io::stderr;

use tracing_subscriber::{EnvFilter, filter::LevelFilter, fmt::format::FmtSpan};

/// Writes events to the standard error stream, and one line for each completed request, with its status and duration.
///
/// The environment variable `RUST_LOG` selects the events. By default, these are the events at the level INFO and
/// above. See [`EnvFilter`] for the syntax.
///
/// # Panics
///
/// Panics if the process already has a subscriber.
pub fn start_log() {
    let filter = EnvFilter::builder().with_default_directive(LevelFilter::INFO.into()).from_env_lossy();
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_span_events(FmtSpan::CLOSE)
        .with_ansi(false)
        .with_writer(stderr)
        .init();
}
