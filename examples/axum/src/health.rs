//! Whether the process can do its work.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{extract::State, http::StatusCode};
use tokio::sync::Mutex;

use crate::database::Database;

/// How long it holds that a write was made. Anybody may ask, so that there is one write a second at most.
const FRESH: Duration = Duration::from_secs(1);

/// How long a write is waited for. A database in which somebody else writes for longer is busy, and well.
const PATIENCE: Duration = Duration::from_secs(1);

/// How many bytes the check writes.
const FILLER: usize = 32 * 1024;

/// What the database can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Condition {
    Well,
    /// It reads; writes wait for another one.
    Busy,
    /// It reads, and cannot write: the disk may be full.
    ReadOnly,
    Silent,
}

/// Checks the database by the way that requests take.
#[derive(Clone, Debug)]
pub(crate) struct Health {
    database: Database,
    last: Arc<Mutex<Option<(Instant, Condition)>>>,
}

impl Health {
    pub(crate) fn new(database: Database) -> Self {
        Self { database, last: Arc::default() }
    }

    async fn condition(&self) -> Condition {
        let read = self.database.read(|mut reading| async move {
            sqlx::query("SELECT checked_at FROM health").fetch_optional(&mut *reading).await?;
            Ok((reading, ()))
        });
        if read.await.is_err() {
            return Condition::Silent;
        }
        // Whoever asks at the same time waits for the same write.
        let mut last = self.last.lock().await;
        match *last {
            Some((when, condition)) if when.elapsed() < FRESH => condition,
            _ => {
                let condition = self.write().await;
                *last = Some((Instant::now(), condition));
                condition
            }
        }
    }

    async fn write(&self) -> Condition {
        let write = self.database.try_write(|mut writing| async move {
            let now = scim_core::access::DateTime::now().unix_millis();
            // As much as a usual request writes, and something else each time: a disk may have room for less.
            let filler = format!("{now:016}").repeat(FILLER / 16);
            let write = sqlx::query("UPDATE health SET checked_at = $1, filler = $2").bind(now).bind(filler);
            write.execute(&mut *writing).await?;
            Ok((writing, ()))
        });
        match tokio::time::timeout(PATIENCE, write).await {
            Ok(Ok(())) => Condition::Well,
            Ok(Err(failure)) if !failure.is_busy() => Condition::ReadOnly,
            Ok(Err(_)) | Err(_) => Condition::Busy,
        }
    }
}

/// Answers 200 if requests can be served, 503 if not.
pub(crate) async fn answer(State(health): State<Health>) -> (StatusCode, &'static str) {
    match health.condition().await {
        Condition::Well => (StatusCode::OK, "ok"),
        Condition::Busy => (StatusCode::OK, "ok; somebody else is writing"),
        Condition::ReadOnly => (StatusCode::SERVICE_UNAVAILABLE, "the database cannot be written"),
        Condition::Silent => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer"),
    }
}
