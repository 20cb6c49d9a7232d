//! A database for one test.

use std::path::PathBuf;

use scim_test_support::Postgres;
use uuid::Uuid;

/// What the stores run on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    /// SQLite, and PostgreSQL where there is one.
    pub(crate) fn all() -> Vec<Self> {
        let postgres = Postgres::is_found().then_some(Self::Postgres);
        std::iter::once(Self::Sqlite).chain(postgres).collect()
    }
}

/// A database that is gone after the test.
pub(crate) struct Database {
    pub(crate) open: axum_example::database::Database,
    pub(crate) engine: Engine,
    pub(crate) url: String,
    _place: Place,
}

/// Where the database is.
pub(crate) enum Place {
    File(PathBuf),
    Server(#[expect(dead_code, reason = "it drops the database")] Postgres),
}

impl Database {
    pub(crate) async fn new(engine: Engine) -> Self {
        let (place, url) = Self::place(engine);
        let open = axum_example::database::Database::open(&url, 8).await.unwrap();
        Self { open, engine, url, _place: place }
    }

    /// A new database without tables.
    pub(crate) fn place(engine: Engine) -> (Place, String) {
        // Shown when the test fails.
        println!("{engine:?}");
        match engine {
            Engine::Sqlite => {
                let path = std::env::temp_dir().join(format!("axum-example-{}.db", Uuid::new_v4()));
                let url = format!("sqlite://{}", path.display());
                (Place::File(path), url)
            }
            Engine::Postgres => {
                let server = Postgres::find().unwrap();
                let url = server.url().to_owned();
                (Place::Server(server), url)
            }
        }
    }

    /// How many rows of a table are written from now on: changed, added or removed.
    pub(crate) async fn watch(&self, table: &'static str) -> Watch<'_> {
        let triggers = match self.engine {
            Engine::Sqlite => ["INSERT", "UPDATE", "DELETE"]
                .map(|event| {
                    format!(
                        "CREATE TRIGGER {table}_{event} AFTER {event} ON {table} \
                         BEGIN INSERT INTO writes VALUES ('{table}'); END;"
                    )
                })
                .concat(),
            Engine::Postgres => format!(
                "CREATE OR REPLACE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS \
                 $$ BEGIN INSERT INTO writes VALUES (TG_TABLE_NAME); RETURN NULL; END $$; \
                 CREATE TRIGGER note AFTER INSERT OR UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION note();"
            ),
        };
        let sql = format!("CREATE TABLE IF NOT EXISTS writes (name TEXT); {triggers}");
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut self.open.acquire().await.unwrap()).await.unwrap();
        Watch { database: self, table }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Self::File(path) = self {
            for suffix in ["", "-wal", "-shm"] {
                let _ = std::fs::remove_file(format!("{}{suffix}", path.display()));
            }
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
        let count = sqlx::query_scalar("SELECT count(*) FROM writes WHERE name = $1").bind(self.table);
        count.fetch_one(&mut self.database.open.acquire().await.unwrap()).await.unwrap()
    }
}
