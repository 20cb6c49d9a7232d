//! The database.

use std::{str::FromStr, time::Duration};

use sqlx::{
    AssertSqlSafe, Row, SqliteConnection, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions},
};

const SCHEMA: &str = include_str!("../schema.sql");

/// Opens the database at a URL such as `sqlite://employees.db`, and makes it and its tables if they are not there.
/// `sqlite::memory:` is a database that ends with the pool.
///
/// # Errors
///
/// What SQLite says.
pub async fn open(url: &str) -> Result<SqlitePool, sqlx::Error> {
    let options = SqliteConnectOptions::from_str(url)?
        .create_if_missing(true)
        .foreign_keys(true)
        // Readers and the one writer do not wait for each other.
        .journal_mode(SqliteJournalMode::Wal)
        .busy_timeout(Duration::from_secs(5));
    let pool = SqlitePoolOptions::new().acquire_timeout(Duration::from_secs(2));
    let pool = if url.contains(":memory:") {
        // Each connection would have a database of its own, and lose it when it is closed.
        pool.max_connections(1).idle_timeout(None).max_lifetime(None)
    } else {
        pool.max_connections(8)
    };
    let pool = pool.connect_with(options).await?;
    sqlx::raw_sql(SCHEMA).execute(&pool).await?;
    Ok(pool)
}

/// How a transaction begins that writes. One that begins by reading cannot wait for its turn to write: SQLite fails it.
pub(crate) const WRITE: &str = "BEGIN IMMEDIATE";

/// The version of a row, if it is there.
pub(crate) async fn version(
    connection: &mut SqliteConnection,
    table: &str,
    tenant: &str,
    id: &str,
) -> Result<Option<i64>, sqlx::Error> {
    let sql = format!("SELECT version FROM {table} WHERE tenant = ? AND id = ?");
    let row = sqlx::query(AssertSqlSafe(sql)).bind(tenant).bind(id).fetch_optional(connection).await?;
    row.map(|row| row.try_get("version")).transpose()
}
