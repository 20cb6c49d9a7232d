//! The meaning of a database error for a client.

use std::time::Duration;

use scim_core::{Error, schema::Path, sql, store::StoreError};
use sqlx::{error::DatabaseError, postgres::PgDatabaseError, sqlite::SqliteError};

/// How long a client should wait before it tries again if the database is busy.
const RETRY_AFTER: Duration = Duration::from_secs(1);

// Error codes of SQLite.
const BUSY: i32 = 5;
const LOCKED: i32 = 6;
const INTERRUPT: i32 = 9;
const IO_ERROR: i32 = 10;
const FULL: i32 = 13;
const CANNOT_OPEN: i32 = 14;

/// The reason why a transaction failed.
#[derive(Debug)]
pub(crate) enum Failure {
    Store(StoreError),
    Database(sqlx::Error),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

impl Failure {
    pub(crate) fn nul() -> Self {
        StoreError::from(Error::invalid_value("a text holds U+0000, which cannot be stored")).into()
    }

    pub(crate) fn too_long(longest: usize) -> Self {
        let detail = format!("a text is too long to be looked up: more than {longest} bytes");
        StoreError::from(Error::invalid_value(detail)).into()
    }

    /// Returns the error for a list that takes longer than `most`.
    pub(crate) fn too_expensive(most: Duration) -> StoreError {
        let detail = format!(
            "the database could not evaluate the list within {most:?}: use fewer comparisons in the filter, and an equality \
             of an attribute that is indexed"
        );
        Error::too_many(detail).into()
    }

    /// Converts the error of a statement that can violate only the uniqueness of this attribute.
    pub(crate) fn taken(error: sqlx::Error, path: Path) -> Self {
        let is_taken = error.as_database_error().is_some_and(DatabaseError::is_unique_violation);
        if is_taken { StoreError::conflict(path).into() } else { error.into() }
    }

    /// Returns whether a transaction lost a conflict with another one and certainly had no effect:
    /// `serialization_failure` and `deadlock_detected`.
    pub(crate) fn lost_race(error: &sqlx::Error) -> bool {
        let code = postgres(error).map(PgDatabaseError::code);
        matches!(code, Some("40001" | "40P01"))
    }

    /// Converts the failure to a database error.
    pub(crate) fn into_database(self) -> sqlx::Error {
        match self {
            Self::Store(error) => sqlx::Error::Encode(error.into()),
            Self::Database(error) => error,
        }
    }

    /// Returns whether the transaction waited in vain for another one or for a connection.
    pub(crate) fn is_busy(&self) -> bool {
        match self {
            Self::Store(_) => false,
            Self::Database(sqlx::Error::PoolTimedOut) => true,
            Self::Database(error) => Self::lost_race(error) || matches!(sqlite(error), Some(BUSY | LOCKED)),
        }
    }

    /// Returns whether a statement took too long.
    pub(crate) fn is_interrupted(error: &sqlx::Error) -> bool {
        sqlite(error) == Some(INTERRUPT) || postgres(error).is_some_and(|error| error.code() == "57014")
    }

    /// Converts the failure to the framework's error: a request that cannot be stored, an operation that may succeed
    /// later, or one that cannot succeed.
    pub(crate) fn told(self) -> StoreError {
        match self {
            Self::Store(error) => error,
            Self::Database(error) => match meaning(error) {
                sql::Failure::Unique(_, error) | sql::Failure::Store(error) => error,
            },
        }
    }
}

/// Classifies a database error. For a violated unique index, PostgreSQL reports the name and SQLite the columns:
/// `UNIQUE constraint failed: employees.tenant, employees.login_key`.
pub(crate) fn meaning(error: sqlx::Error) -> sql::Failure {
    let violation = error.as_database_error().filter(|error| error.is_unique_violation());
    if let Some(violation) = violation {
        let violated = violation.constraint().unwrap_or_else(|| violation.message()).to_owned();
        return sql::Failure::Unique(violated, StoreError::fatal(error));
    }
    sql::Failure::Store(if is_refused(&error) {
        Error::invalid_value("a text holds U+0000, or is longer than the database can look up").into()
    } else if is_transient(&error) {
        StoreError::transient(error, RETRY_AFTER)
    } else {
        StoreError::fatal(error)
    })
}

/// Returns whether the value is at fault: `character_not_in_repertoire`, `untranslatable_character`,
/// `program_limit_exceeded`.
fn is_refused(error: &sqlx::Error) -> bool {
    postgres(error).is_some_and(|error| matches!(error.code(), "22021" | "22P05" | "54000"))
}

/// Returns whether another attempt may succeed.
fn is_transient(error: &sqlx::Error) -> bool {
    if let Some(error) = postgres(error) {
        // Lost connections, lost conflicts, a server that lacks resources, is shutting down or has just started; a lock
        // or a statement that took too long; a primary that has become a standby.
        return ["08", "40", "53", "57P0", "55P03", "57014", "25006"]
            .iter()
            .any(|class| error.code().starts_with(class));
    }
    match error {
        // A lock; a statement that took too long; a full or failing disk; no more file handles.
        sqlx::Error::Database(_) => {
            matches!(sqlite(error), Some(BUSY | LOCKED | INTERRUPT | IO_ERROR | FULL | CANNOT_OPEN))
        }
        sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::WorkerCrashed => true,
        _ => false,
    }
}

/// Returns the code of an SQLite error. An extended code contains the primary code in its last byte.
fn sqlite(error: &sqlx::Error) -> Option<i32> {
    let error = error.as_database_error()?.try_downcast_ref::<SqliteError>()?;
    Some(error.code()?.parse::<i32>().ok()? & 0xff)
}

fn postgres(error: &sqlx::Error) -> Option<&PgDatabaseError> {
    error.as_database_error()?.try_downcast_ref()
}

#[cfg(test)]
mod tests {
    use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};
    use uuid::Uuid;

    use super::*;

    #[tokio::test]
    async fn a_busy_database_may_work_later() {
        let path = std::env::temp_dir().join(format!("axum-example-{}.db", Uuid::new_v4()));
        let options = SqliteConnectOptions::new().filename(&path).create_if_missing(true).busy_timeout(Duration::ZERO);
        let mut first = SqliteConnection::connect_with(&options).await.unwrap();
        let mut second = SqliteConnection::connect_with(&options).await.unwrap();
        let writing = first.begin_with("BEGIN IMMEDIATE").await.unwrap();
        let error = Failure::from(second.begin_with("BEGIN IMMEDIATE").await.map(drop).unwrap_err()).told();
        assert!(matches!(error, StoreError::Transient { .. }), "{error:?}");
        writing.rollback().await.unwrap();
        let error = Failure::from(sqlx::query("SELECT x").execute(&mut second).await.unwrap_err()).told();
        assert!(matches!(error, StoreError::Fatal(_)), "{error:?}");
        first.close().await.unwrap();
        second.close().await.unwrap();
        std::fs::remove_file(path).unwrap();
    }
}
