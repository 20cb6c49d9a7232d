//! What an error of the database means to a client.

use std::time::Duration;

use scim_core::{schema::Path, store::StoreError};

/// When to try again if the database is busy.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// Result codes of SQLite that another try may not meet: `SQLITE_BUSY` and `SQLITE_LOCKED`.
const BUSY: [i32; 2] = [5, 6];

/// A failed statement as the framework sees it: to be tried again, or not.
pub(crate) fn failed(error: sqlx::Error) -> StoreError {
    let is_transient = match &error {
        sqlx::Error::PoolTimedOut => true,
        sqlx::Error::Database(error) => {
            let code = error.code().and_then(|code| code.parse::<i32>().ok());
            // Extended codes have the plain one in their last byte.
            code.is_some_and(|code| BUSY.contains(&(code & 0xff)))
        }
        _ => false,
    };
    if is_transient { StoreError::transient(error, RETRY_AFTER) } else { StoreError::fatal(error) }
}

/// The same for a statement that may violate a unique index: tells the attribute whose column is in the index.
pub(crate) fn write_failed(error: sqlx::Error, unique: &[(&str, Path)]) -> StoreError {
    let violation = error.as_database_error().filter(|error| error.is_unique_violation());
    // SQLite tells the columns: "UNIQUE constraint failed: employees.tenant, employees.login_key".
    let attribute = violation.and_then(|error| unique.iter().find(|(column, _)| error.message().ends_with(column)));
    attribute.map_or_else(|| failed(error), |(_, path)| StoreError::conflict(*path))
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
        let error = failed(second.begin_with("BEGIN IMMEDIATE").await.map(drop).unwrap_err());
        assert!(matches!(error, StoreError::Transient { .. }), "{error:?}");
        writing.rollback().await.unwrap();
        let error = failed(sqlx::query("SELECT x").execute(&mut second).await.unwrap_err());
        assert!(matches!(error, StoreError::Fatal(_)), "{error:?}");
        first.close().await.unwrap();
        second.close().await.unwrap();
        std::fs::remove_file(path).unwrap();
    }
}
