//! The database: SQLite or PostgreSQL, with the same statements.

use std::{future::Future, time::Duration};

use scim_core::store::{StoreError, sql::Dialect};
use sqlx::{
    Any, AnyPool, Connection,
    any::{AnyPoolOptions, install_default_drivers},
    migrate::Migrator,
};
use uuid::Uuid;

use crate::{
    error::{Failure, Unique},
    keys,
};

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// How long a request waits for a connection before the client is asked to come again.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(2);

/// How often a transaction is made anew that lost against another.
const RETRIES: u32 = 5;

/// A connection within a transaction.
pub(crate) type Transaction = sqlx::Transaction<'static, Any>;

/// What a transaction has done: it is given back to be committed, with the answer.
pub(crate) type Done<T> = Result<(Transaction, T), Failure>;

/// The database and the connections to it.
#[derive(Clone, Debug)]
pub struct Database {
    readers: AnyPool,
    /// In SQLite a separate pool with one connection, because SQLite has one writer at a time. So requests that wait to
    /// write do not hold connections that readers need.
    writers: AnyPool,
    pub(crate) dialect: Dialect,
}

impl Database {
    /// Opens the database at a URL, `sqlite://employees.db` or `postgres://user:password@host/database`, by so many
    /// connections at most, and brings its tables up to date. A file that is not there is made. `sqlite::memory:` is a
    /// database that ends with its one connection.
    ///
    /// # Errors
    ///
    /// What the database says.
    pub async fn open(url: &str, connections: u32) -> Result<Self, sqlx::Error> {
        install_default_drivers();
        let dialect = if url.starts_with("sqlite:") { Dialect::Sqlite } else { Dialect::Postgres };
        let is_memory = url.contains(":memory:");
        let pool = || {
            AnyPoolOptions::new().acquire_timeout(ACQUIRE_TIMEOUT).before_acquire(|connection, _| {
                // When the disk is full, SQLite ends the transaction by itself. The driver does not notice: it fails to
                // end the transaction and cannot begin another one on this connection. So the pool closes the
                // connection and opens a new one.
                let is_fit = !connection.is_in_transaction();
                Box::pin(async move { Ok(is_fit) })
            })
        };
        let url = if dialect == Dialect::Sqlite && !is_memory && !url.contains("mode=") {
            format!("{url}{}mode=rwc", if url.contains('?') { '&' } else { '?' })
        } else {
            url.to_owned()
        };
        let (readers, writers) = if is_memory {
            // Each connection has its own in-memory database, which ends with the connection.
            let one = pool().max_connections(1).idle_timeout(None).max_lifetime(None).connect(&url).await?;
            (one.clone(), one)
        } else {
            let readers = pool().max_connections(connections).connect(&url).await?;
            let writers = match dialect {
                Dialect::Sqlite => pool().max_connections(1).connect_lazy(&url)?,
                // Writers wait only for the rows that they change.
                _ => readers.clone(),
            };
            (readers, writers)
        };
        let database = Self { readers, writers, dialect };
        database.migrate().await?;
        keys::complete(&database).await.map_err(Failure::into_database)?;
        Ok(database)
    }

    /// The connections, for statements of the application's own.
    #[must_use]
    pub fn pool(&self) -> &AnyPool {
        &self.readers
    }

    /// Closes the connections as soon as they are no longer in use.
    pub async fn close(&self) {
        self.writers.close().await;
        self.readers.close().await;
    }

    /// Several processes may start at the same time. PostgreSQL lets them in one by one; in SQLite the second one may
    /// meet tables that the first one is making, and tries again.
    async fn migrate(&self) -> Result<(), sqlx::Error> {
        if self.dialect == Dialect::Postgres {
            return Ok(POSTGRES.run(&self.readers).await?);
        }
        let mut retries = 0;
        loop {
            // With a log of its own, readers and the one writer do not wait for each other.
            let log = sqlx::raw_sql("PRAGMA journal_mode = WAL").execute(&self.readers).await;
            let error = match log {
                Ok(_) => match SQLITE.run(&self.readers).await {
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

    /// Reads in one transaction: all its statements see the same moment.
    pub(crate) async fn read<T, F>(&self, work: impl Fn(Transaction) -> F) -> Result<T, StoreError>
    where
        F: Future<Output = Done<T>>,
    {
        let begin = match self.dialect {
            Dialect::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
            _ => "BEGIN",
        };
        self.run(&self.readers, begin, work).await.map_err(|failure| failure.told(&[]))
    }

    /// Writes in one transaction, which is made anew if it lost against another one. `unique` tells which attribute is
    /// taken if an index says so.
    pub(crate) async fn write<T, F>(&self, unique: &[Unique], work: impl Fn(Transaction) -> F) -> Result<T, StoreError>
    where
        F: Future<Output = Done<T>>,
    {
        self.try_write(work).await.map_err(|failure| failure.told(unique))
    }

    /// Like [`write`](Self::write), but returns the failure before it is turned into the error that clients see.
    pub(crate) async fn try_write<T, F>(&self, work: impl Fn(Transaction) -> F) -> Result<T, Failure>
    where
        F: Future<Output = Done<T>>,
    {
        let begin = match self.dialect {
            // Writers wait for each other at the rows that they both change.
            Dialect::Postgres => "BEGIN ISOLATION LEVEL READ COMMITTED",
            // SQLite has one writer. A transaction that begins by reading cannot wait for its turn to write.
            _ => "BEGIN IMMEDIATE",
        };
        self.run(&self.writers, begin, work).await
    }

    async fn run<T, F>(
        &self,
        pool: &AnyPool,
        begin: &'static str,
        work: impl Fn(Transaction) -> F,
    ) -> Result<T, Failure>
    where
        F: Future<Output = Done<T>>,
    {
        let mut retries = 0;
        loop {
            let made = async {
                let (transaction, answer) = work(pool.begin_with(begin).await?).await?;
                // Nothing is done again if the answer to a COMMIT is lost: nobody knows whether it was made.
                transaction.commit().await?;
                Ok(answer)
            };
            match made.await {
                Ok(answer) => return Ok(answer),
                Err(Failure::Database(error)) if Failure::lost_race(&error) && retries < RETRIES => {
                    retries += 1;
                    tokio::time::sleep(pause(retries)).await;
                }
                Err(failure) => return Err(failure),
            }
        }
    }
}

/// Longer with each try, and of a random length, so that those who met do not meet again.
fn pause(retries: u32) -> Duration {
    let random = u64::try_from(Uuid::new_v4().as_u128() % 10_000).unwrap_or_default();
    Duration::from_micros((random + 1_000) << retries)
}

#[cfg(test)]
mod tests;
