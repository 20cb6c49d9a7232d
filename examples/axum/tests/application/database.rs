//! A database for one test.

use std::path::PathBuf;

use axum_example::database;
use sqlx::SqlitePool;
use uuid::Uuid;

/// A database in a file that is gone after the test.
pub(crate) struct Database {
    pub(crate) pool: SqlitePool,
    path: PathBuf,
}

impl Database {
    pub(crate) async fn new() -> Self {
        let path = std::env::temp_dir().join(format!("axum-example-{}.db", Uuid::new_v4()));
        let pool = database::open(&format!("sqlite://{}", path.display())).await.unwrap();
        Self { pool, path }
    }

    /// How many rows of a table are written from now on: changed, added or removed.
    pub(crate) async fn watch(&self, table: &'static str) -> Watch<'_> {
        let trigger = |event| {
            format!(
                "CREATE TRIGGER {table}_{event} AFTER {event} ON {table} \
                 BEGIN INSERT INTO writes VALUES ('{table}'); END;"
            )
        };
        let triggers = ["INSERT", "UPDATE", "DELETE"].map(trigger).concat();
        let sql = format!("CREATE TABLE IF NOT EXISTS writes (name TEXT); {triggers}");
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&self.pool).await.unwrap();
        Watch { database: self, table }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        for suffix in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{suffix}", self.path.display()));
        }
    }
}

/// See [`Database::watch`].
pub(crate) struct Watch<'d> {
    database: &'d Database,
    table: &'static str,
}

impl Watch<'_> {
    pub(crate) async fn rows(&self) -> i64 {
        let count = sqlx::query_scalar("SELECT count(*) FROM writes WHERE name = ?").bind(self.table);
        count.fetch_one(&self.database.pool).await.unwrap()
    }
}
