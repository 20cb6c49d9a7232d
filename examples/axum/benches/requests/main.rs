//! How many requests the application answers, by kind of request, database, and how much is in the database:
//!
//! ```text
//! cargo bench -p axum-example --bench requests
//! ```
//!
//! What is measured is the application as a function, without HTTP: sixteen requests at a time. A size is the number of
//! employees and also the number of members of the team that is changed. `SCIM_SIZES` (`100,100000`) and `SCIM_SECONDS` (2, for
//! each figure) set other sizes and times.

#![expect(clippy::unwrap_used, reason = "a benchmark fails by panicking")]

mod databases;
mod kinds;
mod statements;

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{Router, body::Body};
use axum_example::app;
use http::Request;
use http_body_util::BodyExt;
use tower::ServiceExt;

use crate::{
    databases::Database,
    kinds::{KINDS, Kind, TOKEN},
    statements::Statements,
};

/// How many requests are under way at any time.
const CLIENTS: usize = 16;

/// One line of the table.
struct Figure {
    per_second: f64,
    median: Duration,
    statements: usize,
    rows: u64,
}

fn main() {
    // Cargo calls benchmarks as tests, too: there is nothing to test here.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(run());
}

async fn run() {
    let sizes = std::env::var("SCIM_SIZES").unwrap_or_else(|_| "100,100000".to_owned());
    let sizes: Vec<usize> = sizes.split(',').map(|size| size.parse().unwrap()).collect();
    let seconds = std::env::var("SCIM_SECONDS").map_or(2.0, |seconds| seconds.parse().unwrap());
    let statements = Statements::start();
    println!("| database | size | request | per second | median | statements | rows read and written |");
    println!("|---|---|---|---|---|---|---|");
    for name in databases::NAMES {
        for &size in &sizes {
            let Some(database) = Database::open(name).await else { continue };
            database.fill(size).await;
            let app = app(database.database.clone(), TOKEN, "http://localhost/scim/v2").unwrap();
            for kind in KINDS {
                let figure = measure(&app, *kind, size, Duration::from_secs_f64(seconds), &statements).await;
                let Figure { per_second, median, statements, rows } = figure;
                println!("| {name} | {size} | {kind:?} | {per_second:.0} | {median:.1?} | {statements} | {rows} |");
            }
        }
    }
}

async fn measure(app: &Router, kind: Kind, size: usize, time: Duration, statements: &Statements) -> Figure {
    let next = Arc::new(AtomicUsize::new(0));
    // The first ones fill caches and prepare statements.
    for _ in 0..CLIENTS {
        answer(app, kind.request(size, next.fetch_add(1, Ordering::Relaxed))).await;
    }
    statements.count();
    answer(app, kind.request(size, next.fetch_add(1, Ordering::Relaxed))).await;
    let (statements, rows) = statements.counted();

    let start = Instant::now();
    let clients: Vec<_> = (0..CLIENTS)
        .map(|_| {
            let (app, next) = (app.clone(), Arc::clone(&next));
            tokio::spawn(async move {
                let mut times = Vec::new();
                while start.elapsed() < time {
                    let request = kind.request(size, next.fetch_add(1, Ordering::Relaxed));
                    let start = Instant::now();
                    answer(&app, request).await;
                    times.push(start.elapsed());
                }
                times
            })
        })
        .collect();
    let mut times = Vec::new();
    for client in clients {
        times.extend(client.await.unwrap());
    }
    let took = start.elapsed();
    times.sort_unstable();
    #[expect(clippy::cast_precision_loss, reason = "there are not that many")]
    let per_second = times.len() as f64 / took.as_secs_f64();
    Figure { per_second, median: times.get(times.len() / 2).copied().unwrap_or_default(), statements, rows }
}

/// Sends a request, which must succeed.
async fn answer(app: &Router, request: Request<Body>) {
    let what = format!("{} {}", request.method(), request.uri());
    let answer = app.clone().oneshot(request).await.unwrap();
    let status = answer.status();
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    assert!(status.is_success(), "{what}: {status} {}", String::from_utf8_lossy(&body));
}
