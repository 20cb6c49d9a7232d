//! The database: SQLite or PostgreSQL, with the same statements.

use std::{future::Future, time::Duration};

use scim_core::store::{StoreError, sql::Dialect};
use sqlx::{
    Any, AnyPool,
    any::{AnyPoolOptions, install_default_drivers},
    migrate::Migrator,
};
use uuid::Uuid;

use crate::error::{Failure, Unique};

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
    pool: AnyPool,
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
        let pool = AnyPoolOptions::new().acquire_timeout(ACQUIRE_TIMEOUT);
        let pool = if url.contains(":memory:") {
            // Each connection would have a database of its own, and lose it when it is closed.
            pool.max_connections(1).idle_timeout(None).max_lifetime(None)
        } else {
            pool.max_connections(connections)
        };
        let pool = if dialect == Dialect::Sqlite && !url.contains(":memory:") && !url.contains("mode=") {
            pool.connect(&format!("{url}{}mode=rwc", if url.contains('?') { '&' } else { '?' })).await?
        } else {
            pool.connect(url).await?
        };
        let database = Self { pool, dialect };
        database.migrate().await?;
        Ok(database)
    }

    /// The connections, for statements of the application's own.
    #[must_use]
    pub fn pool(&self) -> &AnyPool {
        &self.pool
    }

    /// Several processes may start at the same time. PostgreSQL lets them in one by one; in SQLite the second one may
    /// meet tables that the first one is making, and tries again.
    async fn migrate(&self) -> Result<(), sqlx::Error> {
        if self.dialect == Dialect::Postgres {
            return Ok(POSTGRES.run(&self.pool).await?);
        }
        let mut retries = 0;
        loop {
            // With a log of its own, readers and the one writer do not wait for each other.
            let log = sqlx::raw_sql("PRAGMA journal_mode = WAL").execute(&self.pool).await;
            let error = match log {
                Ok(_) => match SQLITE.run(&self.pool).await {
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
        self.run(begin, &[], work).await
    }

    /// Writes in one transaction, which is made anew if it lost against another one. `unique` tells which attribute is
    /// taken if an index says so.
    pub(crate) async fn write<T, F>(&self, unique: &[Unique], work: impl Fn(Transaction) -> F) -> Result<T, StoreError>
    where
        F: Future<Output = Done<T>>,
    {
        let begin = match self.dialect {
            // Writers wait for each other at the rows that they both change.
            Dialect::Postgres => "BEGIN ISOLATION LEVEL READ COMMITTED",
            // SQLite has one writer. A transaction that begins by reading cannot wait for its turn to write.
            _ => "BEGIN IMMEDIATE",
        };
        self.run(begin, unique, work).await
    }

    async fn run<T, F>(
        &self,
        begin: &'static str,
        unique: &[Unique],
        work: impl Fn(Transaction) -> F,
    ) -> Result<T, StoreError>
    where
        F: Future<Output = Done<T>>,
    {
        let mut retries = 0;
        loop {
            let made = async {
                let (transaction, answer) = work(self.pool.begin_with(begin).await?).await?;
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
                Err(failure) => return Err(failure.told(unique)),
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
mod tests {
    use scim_test_postgres::Postgres;
    use sqlx::Row;

    use super::*;

    /// Fails so often before it works, as a transaction does that lost against another one; answers how often it ran.
    async fn run(database: &Database, failures: i64) -> Result<i64, StoreError> {
        let before = count(database).await;
        let made = database.write(&[], |mut writing| async move {
            sqlx::query("SELECT fail($1)").bind(before + failures).execute(&mut *writing).await?;
            sqlx::query("INSERT INTO made VALUES (TRUE)").execute(&mut *writing).await?;
            Ok((writing, ()))
        });
        made.await?;
        Ok(count(database).await - before)
    }

    async fn count(database: &Database) -> i64 {
        sqlx::query("SELECT last_value AS n FROM tries").fetch_one(database.pool()).await.unwrap().get("n")
    }

    #[tokio::test]
    async fn who_lost_tries_again_for_a_while() {
        let Some(server) = Postgres::find() else { return };
        let database = Database::open(server.url(), 2).await.unwrap();
        let setup = "CREATE TABLE made (is_made boolean); CREATE SEQUENCE tries MINVALUE 0; \
            CREATE FUNCTION fail(until bigint) RETURNS void LANGUAGE plpgsql AS $$ BEGIN \
            IF nextval('tries') <= until THEN RAISE 'lost' USING ERRCODE = '40001'; END IF; END $$; \
            SELECT nextval('tries')";
        sqlx::raw_sql(setup).execute(database.pool()).await.unwrap();
        assert_eq!(run(&database, 0).await.unwrap(), 1);
        assert_eq!(run(&database, i64::from(RETRIES)).await.unwrap(), i64::from(RETRIES) + 1);
        let lost = run(&database, i64::MAX / 2).await;
        assert!(matches!(lost, Err(StoreError::Transient { .. })), "{lost:?}");
        let made: i64 = sqlx::query_scalar("SELECT count(*) FROM made").fetch_one(database.pool()).await.unwrap();
        assert_eq!(made, 2);
    }
}
