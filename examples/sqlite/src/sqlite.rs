//! The driver: connects a store to sqlx and SQLite.

use std::{sync::Arc, time::Duration};

use scim_core::{
    Error, async_trait,
    sql::{self, Bind, Dialect, Failure, Purpose, Statement},
    store::StoreError,
};
use sqlx::{
    AssertSqlSafe, Connection as _, Row as _, SqlitePool,
    query::Query,
    sqlite::{SqliteArguments, SqliteConnectOptions, SqlitePoolOptions, SqliteRow},
};

#[derive(Clone, Debug)]
pub(crate) struct Sqlite(pub(crate) SqlitePool);

impl Sqlite {
    /// Opens a database file and creates the tables that are missing.
    pub(crate) async fn open(file: &str) -> sqlx::Result<Self> {
        let options = SqliteConnectOptions::new().filename(file).create_if_missing(true).foreign_keys(true);
        // When the disk is full, SQLite ends the transaction on its own, and the driver does not notice.
        let pool = SqlitePoolOptions::new().before_acquire(|connection, _| {
            let is_fit = !connection.is_in_transaction();
            Box::pin(async move { Ok(is_fit) })
        });
        let pool = pool.connect_with(options).await?;
        // With a write-ahead log, readers do not wait for the writer.
        sqlx::raw_sql("PRAGMA journal_mode = WAL").execute(&pool).await?;
        sqlx::raw_sql(include_str!("schema.sql")).execute(&pool).await?;
        Ok(Self(pool))
    }
}

#[async_trait]
impl sql::Database for Sqlite {
    type Transaction = Transaction;

    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    async fn begin(&self, purpose: Purpose<'_>) -> sqlx::Result<Transaction> {
        // A transaction that starts with a read cannot wait for its turn to write.
        let begin = if matches!(purpose, Purpose::Write) { "BEGIN IMMEDIATE" } else { "BEGIN" };
        Ok(Transaction(self.0.begin_with(begin).await?))
    }

    fn failure(&self, error: sqlx::Error, _: Purpose<'_>) -> Failure {
        let busy = Duration::from_secs(1);
        let Some(database) = error.as_database_error() else {
            return Failure::Store(StoreError::transient(error, busy)); // no connection
        };
        if database.is_unique_violation() {
            return Failure::Unique(database.message().to_owned(), StoreError::fatal(error));
        }
        if database.is_foreign_key_violation() {
            return Failure::Store(
                Error::invalid_value("invalid value for `members.value`: expected the `id` of a user").into(),
            );
        }
        // An extended code contains the primary code in its last byte.
        let code = database.code().and_then(|code| code.parse::<u32>().ok()).unwrap_or_default();
        Failure::Store(match code & 0xff {
            // Busy, locked, interrupted, I/O error, full.
            5 | 6 | 9 | 10 | 13 => StoreError::transient(error, busy),
            _ => StoreError::fatal(error),
        })
    }
}

/// A transaction. sqlx rolls it back when it is dropped.
#[derive(Debug)]
pub(crate) struct Transaction(pub(crate) sqlx::Transaction<'static, sqlx::Sqlite>);

#[async_trait]
impl sql::Transaction for Transaction {
    type Row = SqliteRow;
    type Error = sqlx::Error;

    async fn fetch(&mut self, statement: &Statement) -> sqlx::Result<Vec<SqliteRow>> {
        query(statement).fetch_all(&mut *self.0).await
    }

    async fn execute(&mut self, statement: &Statement) -> sqlx::Result<u64> {
        Ok(query(statement).execute(&mut *self.0).await?.rows_affected())
    }

    async fn commit(self) -> sqlx::Result<()> {
        self.0.commit().await
    }

    fn number(row: &SqliteRow) -> sqlx::Result<i64> {
        row.try_get(0)
    }

    fn text(row: &SqliteRow) -> sqlx::Result<String> {
        row.try_get(0)
    }
}

/// Binds the values of a statement. Its text consists only of names from this crate.
fn query(statement: &Statement) -> Query<'static, sqlx::Sqlite, SqliteArguments> {
    let query = sqlx::query(AssertSqlSafe(Arc::clone(&statement.sql)));
    statement.binds.iter().fold(query, |query, bind| match bind {
        Bind::Text(text) => query.bind(text.clone()),
        Bind::Int(number) => query.bind(*number),
        Bind::Float(number) => query.bind(*number),
        Bind::Bool(flag) => query.bind(*flag),
        Bind::Null(_) => query.bind(None::<String>),
    })
}
