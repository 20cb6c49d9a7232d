//! The database: SQLite or PostgreSQL, with the same statements.

use std::{future::Future, sync::Arc, time::Duration};

use async_trait::async_trait;
use scim_core::{
    sql::{self, Database as _, Dialect, Purpose, Transaction as _},
    store::{Query, StoreError},
};
use sqlx::{Sqlite, SqlitePool, migrate::Migrator};
use tokio::sync::Semaphore;
use uuid::Uuid;

pub use crate::connections::{Connection, Transaction};
use crate::{
    connections::{ACQUIRE_TIMEOUT, Pool, options, repair},
    error::{Failure, meaning},
    keys,
};

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// The default time limit for a statement.
pub const STATEMENT_TIMEOUT: Duration = Duration::from_secs(5);

/// How often a transaction that lost a conflict with another one is repeated.
const RETRIES: u32 = 5;

/// The outcome of the work in a transaction: the transaction, returned so that it can be committed, and the result.
pub(crate) type Done<T> = Result<(Transaction, T), Failure>;

/// The database and the connections to it.
#[derive(Clone, Debug)]
pub struct Database {
    readers: Pool,
    /// In SQLite this is a separate pool with one connection, because SQLite has one writer at a time. So requests that
    /// wait to write do not hold connections that readers need.
    writers: Pool,
    /// Lists use at most half of the readers. So a request for one resource finds a connection even while lists take a
    /// long time.
    lists: Arc<Semaphore>,
    statement_timeout: Duration,
    pub(crate) dialect: Dialect,
}

impl Database {
    /// Opens the database at a URL, `sqlite://employees.db` or `postgres://user:password@host/database`, with at most
    /// this number of connections, and brings its tables up to date. A missing file is created. `sqlite::memory:` is a
    /// database that exists only as long as its single connection.
    ///
    /// # Errors
    ///
    /// Fails with the error of the database.
    pub async fn open(url: &str, connections: u32) -> Result<Self, sqlx::Error> {
        Self::open_with(url, connections, STATEMENT_TIMEOUT).await
    }

    /// Like [`open`](Self::open), with another time limit for statements of requests. A statement that runs longer is
    /// interrupted. [`Duration::MAX`] means no limit.
    ///
    /// # Errors
    ///
    /// Fails with the error of the database.
    pub async fn open_with(url: &str, connections: u32, statement_timeout: Duration) -> Result<Self, sqlx::Error> {
        let (dialect, readers, writers) = if url.starts_with("sqlite:") {
            let (readers, writers) = sqlite(url, connections).await?;
            (Dialect::Sqlite, Pool::Sqlite(readers), Pool::Sqlite(writers))
        } else {
            // Writers wait only for the rows that they change.
            let pool = Pool::Postgres(options().max_connections(connections).connect(url).await?);
            (Dialect::Postgres, pool.clone(), pool)
        };
        let lists = usize::try_from(connections / 2).unwrap_or_default().clamp(1, Semaphore::MAX_PERMITS);
        let lists = Arc::new(Semaphore::new(lists));
        // Bringing the tables up to date may take a long time.
        let mut database = Self { readers, writers, lists, statement_timeout: Duration::MAX, dialect };
        database.migrate().await?;
        keys::complete(&database).await.map_err(Failure::into_database)?;
        database.statement_timeout = statement_timeout;
        Ok(database)
    }

    /// Returns a connection for the application's own statements. They have no time limit.
    ///
    /// # Errors
    ///
    /// Fails with the error of the database.
    pub async fn acquire(&self) -> Result<Connection, sqlx::Error> {
        self.readers.acquire(Duration::MAX).await
    }

    /// Closes the connections as soon as they are no longer in use.
    pub async fn close(&self) {
        self.writers.close().await;
        self.readers.close().await;
    }

    /// Brings the tables up to date. Several processes may start at the same time: PostgreSQL lets them in one by one;
    /// in SQLite the second one may find tables that the first one is still creating, and tries again.
    async fn migrate(&self) -> Result<(), sqlx::Error> {
        let pool = match &self.readers {
            Pool::Sqlite(pool) => pool,
            Pool::Postgres(pool) => return Ok(POSTGRES.run(pool).await?),
        };
        let mut retries = 0;
        loop {
            // With a write-ahead log, readers and the single writer do not wait for each other.
            let log = sqlx::raw_sql("PRAGMA journal_mode = WAL").execute(pool).await;
            let error = match log {
                Ok(_) => match SQLITE.run(pool).await {
                    Ok(()) => return Ok(()),
                    Err(error) => error.into(),
                },
                Err(error) => error,
            };
            if retries == RETRIES {
                return Err(error);
            }
            retries += 1;
            tokio::time::sleep(pause(retries)).await;
        }
    }

    /// Reads in one transaction: all its statements see the same snapshot.
    pub(crate) async fn read<T, F>(&self, work: impl Fn(Transaction) -> F) -> Result<T, StoreError>
    where
        F: Future<Output = Done<T>>,
    {
        self.run(Purpose::Read, work).await.map_err(Failure::told)
    }

    /// Like [`read`](Self::read), for a query. If there are many lists, they wait for each other. Fails with 400
    /// `tooMany` if the database cannot evaluate the query in time: it would not be faster the next time.
    pub(crate) async fn list<T, F>(&self, query: &Query<'_>, work: impl Fn(Transaction) -> F) -> Result<T, StoreError>
    where
        F: Future<Output = Done<T>>,
    {
        self.run(Purpose::List(query), work).await.map_err(|failure| match failure {
            Failure::Database(error) => match self.failure(error, Purpose::List(query)) {
                sql::Failure::Unique(_, error) | sql::Failure::Store(error) => error,
            },
            failure @ Failure::Store(_) => failure.told(),
        })
    }

    /// Writes in one transaction, which is repeated if it lost a conflict with another one.
    pub(crate) async fn write<T, F>(&self, work: impl Fn(Transaction) -> F) -> Result<T, StoreError>
    where
        F: Future<Output = Done<T>>,
    {
        self.try_write(work).await.map_err(Failure::told)
    }

    /// Like [`write`](Self::write), but returns the failure before it is converted to the error that clients see.
    pub(crate) async fn try_write<T, F>(&self, work: impl Fn(Transaction) -> F) -> Result<T, Failure>
    where
        F: Future<Output = Done<T>>,
    {
        self.run(Purpose::Write, work).await
    }

    async fn run<T, F>(&self, purpose: Purpose<'_>, work: impl Fn(Transaction) -> F) -> Result<T, Failure>
    where
        F: Future<Output = Done<T>>,
    {
        let mut tries = 0;
        loop {
            tries += 1;
            let made = async {
                let (transaction, answer) = work(self.begin(purpose).await?).await?;
                // Nothing is repeated if the response to a COMMIT is lost: it is unknown whether the transaction was
                // committed.
                transaction.commit().await?;
                Ok(answer)
            };
            match made.await {
                Err(Failure::Database(error)) if self.tries_again(&error, tries).await => {}
                made => return made,
            }
        }
    }
}

/// The interface that the stores of employees and teams use.
#[async_trait]
impl sql::Database for Database {
    type Transaction = Transaction;

    fn dialect(&self) -> Dialect {
        self.dialect
    }

    async fn begin(&self, purpose: Purpose<'_>) -> Result<Transaction, sqlx::Error> {
        let place = match purpose {
            Purpose::List(_) => {
                // The semaphore is never closed, so an error means that the time has run out.
                let place = tokio::time::timeout(ACQUIRE_TIMEOUT, Arc::clone(&self.lists).acquire_owned()).await;
                let Ok(Ok(place)) = place else { return Err(sqlx::Error::PoolTimedOut) };
                Some(place)
            }
            _ => None,
        };
        let (pool, begin) = match (purpose, self.dialect) {
            // Writers wait for each other only at rows that both of them change.
            (Purpose::Write, Dialect::Postgres) => (&self.writers, "BEGIN ISOLATION LEVEL READ COMMITTED"),
            // SQLite has one writer. A transaction that starts with a read cannot wait for its turn to write.
            (Purpose::Write, _) => (&self.writers, "BEGIN IMMEDIATE"),
            (_, Dialect::Postgres) => (&self.readers, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"),
            _ => (&self.readers, "BEGIN"),
        };
        let mut transaction = pool.begin(begin, self.statement_timeout).await?;
        transaction.place = place;
        Ok(transaction)
    }

    fn failure(&self, error: sqlx::Error, purpose: Purpose<'_>) -> sql::Failure {
        match purpose {
            Purpose::List(query)
                if (query.filter.is_some() || query.sort.is_some()) && Failure::is_interrupted(&error) =>
            {
                sql::Failure::Store(Failure::too_expensive(self.statement_timeout))
            }
            _ => meaning(error),
        }
    }

    async fn tries_again(&self, error: &sqlx::Error, tries: u32) -> bool {
        let is_again = Failure::lost_race(error) && tries <= RETRIES;
        if is_again {
            tokio::time::sleep(pause(tries)).await;
        }
        is_again
    }
}

/// Opens the readers and the writer of an SQLite database.
async fn sqlite(url: &str, connections: u32) -> Result<(SqlitePool, SqlitePool), sqlx::Error> {
    let pool = options::<Sqlite>;
    if url.contains(":memory:") {
        // Each connection has its own in-memory database, which ends with the connection.
        let one = pool().max_connections(1).idle_timeout(None).max_lifetime(None);
        let one = one.before_acquire(|connection, _| Box::pin(repair(connection))).connect(url).await?;
        return Ok((one.clone(), one));
    }
    let url = if url.contains("mode=") {
        url.to_owned()
    } else {
        format!("{url}{}mode=rwc", if url.contains('?') { '&' } else { '?' })
    };
    let readers = pool().max_connections(connections).connect(&url).await?;
    Ok((readers, pool().max_connections(1).connect_lazy(&url)?))
}

/// Returns a pause that grows with each retry and is random, so that transactions that conflicted do not conflict
/// again.
fn pause(retries: u32) -> Duration {
    let random = u64::try_from(Uuid::new_v4().as_u128() % 10_000).unwrap_or_default();
    Duration::from_micros((random + 1_000) << retries)
}

#[cfg(test)]
mod tests;
