//! Checks whether the process can do its work.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{extract::State, http::StatusCode};
use tokio::sync::Mutex;

use crate::database::Database;

/// How long the result of a write is reused. Anyone may request the health check, so this limits it to one write per
/// second.
const FRESH: Duration = Duration::from_secs(1);

/// How long the check waits for its write. If another writer takes longer than that, the database is busy but healthy.
const PATIENCE: Duration = Duration::from_secs(1);

/// The number of bytes that the check writes.
const FILLER: usize = 32 * 1024;

/// The condition of the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Condition {
    Well,
    /// Reads work. Writes wait for another writer.
    Busy,
    /// Reads work. Writes fail: the disk may be full.
    ReadOnly,
    Silent,
}

/// Checks the database in the way that requests use it.
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
        // Checks that run at the same time wait for the same write.
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
            let now = scim_core::reflect::DateTime::now().unix_millis();
            // Writes as much as a typical request does, because the disk may have room for less. The text differs each
            // time.
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

/// Responds with 200 if requests can be served, otherwise with 503.
pub(crate) async fn answer(State(health): State<Health>) -> (StatusCode, &'static str) {
    match health.condition().await {
        Condition::Well => (StatusCode::OK, "ok"),
        Condition::Busy => (StatusCode::OK, "ok; somebody else is writing"),
        Condition::ReadOnly => (StatusCode::SERVICE_UNAVAILABLE, "the database cannot be written"),
        Condition::Silent => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer"),
    }
}
