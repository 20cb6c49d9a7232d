//! Connections to SQLite or PostgreSQL, whose statements run for a limited time.
//!
//! Only a progress handler can end a statement that SQLite is running, and sqlx's `AnyConnection` gives no access to
//! it. So each pool holds connections to a single kind of database. Every connection is an [`AnyConnectionBackend`],
//! the trait on which `AnyConnection` is built. It accepts statements and returns rows of the type `Any`, so each
//! statement is still written only once.

use std::{
    ops::{Deref, DerefMut},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use async_trait::async_trait;
use futures_util::{
    FutureExt, StreamExt,
    future::{self, BoxFuture},
    stream::{self, BoxStream},
};
use scim_core::sql::{self, Dialect, Statement};
use sqlx::{
    Any, AssertSqlSafe, Connection as _, Describe, Either, Error, Execute, Executor, PgPool, Postgres, Row as _,
    SqlSafeStr, SqlStr, Sqlite, SqliteConnection, SqlitePool,
    any::{AnyArguments, AnyQueryResult, AnyRow, AnyStatement, AnyTypeInfo},
    pool::{PoolConnection, PoolOptions},
};
use sqlx_core::any::AnyConnectionBackend;
use tokio::sync::OwnedSemaphorePermit;

use crate::columns::query;

/// How long a request waits for a connection before the client is asked to try again later.
pub(crate) const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(2);

/// The number of virtual machine instructions after which SQLite asks whether to continue: well under a millisecond.
/// The statements that begin and end a transaction have fewer, so nothing interrupts them.
const INSTRUCTIONS: i32 = 10_000;

/// Connections to one database.
#[derive(Clone, Debug)]
pub(crate) enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// Returns the options that all pools share.
pub(crate) fn options<D: sqlx::Database>() -> PoolOptions<D> {
    PoolOptions::new().acquire_timeout(ACQUIRE_TIMEOUT).before_acquire(|connection: &mut D::Connection, _| {
        // When the disk is full, SQLite ends the transaction on its own, as it does when a write is interrupted. The
        // driver does not notice: it fails to end the transaction and cannot begin another one on this connection. So
        // the pool closes the connection and opens a new one.
        let is_fit = !connection.is_in_transaction();
        Box::pin(async move { Ok(is_fit) })
    })
}

/// Ends a transaction that SQLite has ended on its own, because the driver does not know about it. Closing the
/// connection would destroy an in-memory database.
pub(crate) async fn repair(connection: &mut SqliteConnection) -> Result<bool, Error> {
    if sqlx::Connection::is_in_transaction(connection) {
        // The driver can only end a transaction that exists.
        connection.execute("BEGIN").await?;
        AnyConnectionBackend::rollback(connection).await?;
    }
    Ok(true)
}

impl Pool {
    /// Returns a connection. `most` limits the time of each of its statements, but only in SQLite.
    pub(crate) async fn acquire(&self, most: Duration) -> Result<Connection, Error> {
        let limit = Arc::new(Limit::new(most));
        let link = match self {
            Self::Sqlite(pool) => {
                let (mut connection, watched) = (pool.acquire().await?, Arc::clone(&limit));
                // This replaces the handler that the last request set on the connection.
                connection.lock_handle().await?.set_progress_handler(INSTRUCTIONS, move || !watched.is_over());
                Link::Sqlite(connection)
            }
            Self::Postgres(pool) => Link::Postgres(pool.acquire().await?),
        };
        Ok(Connection { link, limit })
    }

    /// Begins a transaction. `most` limits the time of each of its statements.
    pub(crate) async fn begin(&self, begin: &str, most: Duration) -> Result<Transaction, Error> {
        let begin = match self {
            Self::Sqlite(_) => begin.to_owned(),
            Self::Postgres(_) => format!("{begin}; SET LOCAL statement_timeout = {}", postgres_millis(most)),
        };
        let mut connection = self.acquire(most).await?;
        connection.backend().begin(Some(AssertSqlSafe(begin).into_sql_str())).await?;
        Ok(Transaction { connection, is_open: true, place: None })
    }

    /// Closes the connections as soon as they are no longer in use.
    pub(crate) async fn close(&self) {
        match self {
            Self::Sqlite(pool) => pool.close().await,
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

/// Returns a duration as PostgreSQL's `statement_timeout`, where 0 means no limit.
fn postgres_millis(most: Duration) -> i32 {
    i32::try_from(most.as_millis()).map_or(0, |millis| millis.max(1))
}

/// A connection from a pool, which accepts statements as sqlx's `AnyConnection` does.
#[derive(Debug)]
pub struct Connection {
    link: Link,
    limit: Arc<Limit>,
}

#[derive(Debug)]
enum Link {
    Sqlite(PoolConnection<Sqlite>),
    Postgres(PoolConnection<Postgres>),
}

impl Connection {
    pub(crate) fn dialect(&self) -> Dialect {
        match self.link {
            Link::Sqlite(_) => Dialect::Sqlite,
            Link::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Starts the timer of a statement. Returns whether the statement is kept prepared, and its arguments.
    fn start<'q>(&self, query: &mut impl Execute<'q, Any>) -> Result<(bool, Option<AnyArguments>), Error> {
        self.limit.restart();
        let arguments = query.take_arguments().map_err(Error::Encode)?;
        Ok((query.persistent(), arguments))
    }

    fn backend(&mut self) -> &mut dyn AnyConnectionBackend {
        match &mut self.link {
            Link::Sqlite(connection) => &mut **connection,
            Link::Postgres(connection) => &mut **connection,
        }
    }
}

impl<'c> Executor<'c> for &'c mut Connection {
    type Database = Any;

    fn fetch_many<'e, 'q: 'e, E>(self, mut query: E) -> BoxStream<'e, Result<Either<AnyQueryResult, AnyRow>, Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Any>,
    {
        match self.start(&mut query) {
            Ok((persistent, arguments)) => self.backend().fetch_many(query.sql(), persistent, arguments),
            Err(error) => stream::once(future::ready(Err(error))).boxed(),
        }
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, mut query: E) -> BoxFuture<'e, Result<Option<AnyRow>, Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Any>,
    {
        match self.start(&mut query) {
            Ok((persistent, arguments)) => self.backend().fetch_optional(query.sql(), persistent, arguments),
            Err(error) => future::ready(Err(error)).boxed(),
        }
    }

    fn prepare_with<'e>(self, sql: SqlStr, parameters: &'e [AnyTypeInfo]) -> BoxFuture<'e, Result<AnyStatement, Error>>
    where
        'c: 'e,
    {
        self.backend().prepare_with(sql, parameters)
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, Result<Describe<Any>, Error>>
    where
        'c: 'e,
    {
        self.backend().describe(sql)
    }
}

/// A connection within a transaction. If it is dropped, a running statement is interrupted and nothing is written.
#[derive(Debug)]
pub struct Transaction {
    connection: Connection,
    is_open: bool,
    /// The permit to read lists.
    pub(crate) place: Option<OwnedSemaphorePermit>,
}

#[async_trait]
impl sql::Transaction for Transaction {
    type Row = AnyRow;
    type Error = Error;

    async fn fetch(&mut self, statement: &Statement) -> Result<Vec<AnyRow>, Error> {
        query(statement).fetch_all(&mut self.connection).await
    }

    async fn execute(&mut self, statement: &Statement) -> Result<u64, Error> {
        Ok(query(statement).execute(&mut self.connection).await?.rows_affected())
    }

    async fn commit(mut self) -> Result<(), Error> {
        self.backend().commit().await?;
        self.is_open = false;
        Ok(())
    }

    fn number(row: &AnyRow) -> Result<i64, Error> {
        row.try_get(0)
    }

    fn text(row: &AnyRow) -> Result<String, Error> {
        row.try_get(0)
    }
}

impl Deref for Transaction {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.connection
    }
}

impl DerefMut for Transaction {
    fn deref_mut(&mut self) -> &mut Connection {
        &mut self.connection
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        if self.is_open {
            self.limit.end();
            // The connection rolls the transaction back before it does anything else.
            self.backend().start_rollback();
        }
    }
}

/// The time limit for a statement.
#[derive(Debug)]
struct Limit {
    most: Duration,
    /// The time at which the statement is interrupted, if it has a limit.
    until: Mutex<Option<Instant>>,
}

impl Limit {
    fn new(most: Duration) -> Self {
        Self { most, until: Mutex::new(Instant::now().checked_add(most)) }
    }

    fn until(&self) -> MutexGuard<'_, Option<Instant>> {
        self.until.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records that a statement begins.
    fn restart(&self) {
        *self.until() = Instant::now().checked_add(self.most);
    }

    /// Records that nothing waits for the statement any longer.
    fn end(&self) {
        *self.until() = Some(Instant::now());
    }

    fn is_over(&self) -> bool {
        self.until().is_some_and(|until| Instant::now() >= until)
    }
}
