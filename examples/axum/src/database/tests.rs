//! Tests of lost races, full disks, and databases in which another process writes.

use std::path::PathBuf;

use axum::{Router, body::Body};
use http::{HeaderMap, Request};
use scim_test_postgres::Postgres;
use sqlx::{AssertSqlSafe, Row};
use tower::ServiceExt;

use super::*;

/// Runs a transaction that loses against another one as often as `failures` says before it succeeds. Returns how often
/// it ran.
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

/// A database file that is removed after the test.
struct File(PathBuf);

impl File {
    fn new() -> Self {
        Self(std::env::temp_dir().join(format!("axum-example-{}.db", Uuid::new_v4())))
    }

    async fn open(&self) -> Database {
        Database::open(&format!("sqlite://{}", self.0.display()), 4).await.unwrap()
    }
}

impl Drop for File {
    fn drop(&mut self) {
        for suffix in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{suffix}", self.0.display()));
        }
    }
}

/// The application, called with HTTP requests.
struct App(Router);

impl App {
    fn new(database: &Database) -> Self {
        Self(crate::app(database.clone(), "secret", "https://app.example.com/scim/v2").unwrap())
    }

    async fn ask(&self, method: &str, path: &str, body: String) -> (u16, HeaderMap, String) {
        let request = Request::builder().method(method).uri(path).header("authorization", "Bearer secret");
        let answer = self.0.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
        let (parts, body) = answer.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        (parts.status.as_u16(), parts.headers, String::from_utf8(body.to_vec()).unwrap())
    }

    async fn get(&self, path: &str) -> u16 {
        self.ask("GET", path, String::new()).await.0
    }

    async fn post(&self, login: &str) -> (u16, HeaderMap) {
        let title = "x".repeat(3000);
        let body = format!(r#"{{"userName": "{login}", "title": "{title}"}}"#);
        let (status, headers, body) = self.ask("POST", "/scim/v2/Users", body).await;
        assert!(status < 300 || body.contains(&format!("\"status\":\"{status}\"")), "{body}");
        (status, headers)
    }
}

/// SQLite ends the transaction by itself when the disk is full. The connection must then not be used as if it were
/// still within a transaction.
#[tokio::test]
async fn a_full_disk_is_over_when_there_is_room_again() {
    let file = File::new();
    let database = file.open().await;
    let app = App::new(&database);
    assert_eq!(app.post("first").await.0, 201);
    let limit = |pages: i64| {
        let database = database.clone();
        async move {
            let sql = AssertSqlSafe(format!("PRAGMA max_page_count = {pages}"));
            sqlx::query(sql).execute(&database.writers).await.unwrap();
        }
    };
    // The number of pages that the database has now.
    let pages: i64 = sqlx::query("PRAGMA page_count").fetch_one(&database.writers).await.unwrap().get(0);
    let mut refused = 0;
    for number in 0..40 {
        limit(pages + 2).await;
        let (status, headers) = app.post(&format!("user{number}")).await;
        assert!(matches!(status, 201 | 503), "{status}");
        if status == 503 {
            refused += 1;
            assert!(headers.contains_key("retry-after"));
        }
        // Reads are still served.
        assert_eq!(app.get("/scim/v2/Users").await, 200);
    }
    assert!(refused > 20, "{refused}");
    limit(1_000_000).await;
    for number in 0..5 {
        assert_eq!(app.post(&format!("later{number}")).await.0, 201);
    }
    assert_eq!(app.get("/scim/v2/Users").await, 200);
    assert_eq!(app.ask("GET", "/healthz", String::new()).await.2, "ok");
    database.close().await;
}

/// The connection is not used again, whatever ended its transaction.
#[tokio::test]
async fn a_connection_whose_transaction_ended_by_itself_is_not_used_again() {
    let file = File::new();
    let database = file.open().await;
    for _ in 0..3 {
        let ended = database.try_write(|mut writing| async move {
            // Ends the transaction without the driver noticing, as SQLite does.
            sqlx::query("ROLLBACK").execute(&mut *writing).await?;
            sqlx::query("SELECT nothing").execute(&mut *writing).await?;
            Ok((writing, ()))
        });
        assert!(ended.await.is_err());
        App::new(&database).post("ada").await;
    }
    assert_eq!(App::new(&database).post("bob").await.0, 201);
    database.close().await;
}

/// Another process holds the write lock and does not release it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lock_keeps_nobody_from_reading() {
    let file = File::new();
    let (database, other) = (file.open().await, file.open().await);
    let app = App::new(&database);
    assert_eq!(app.post("ada").await.0, 201);
    let held = other.writers.begin_with("BEGIN IMMEDIATE").await.unwrap();
    let mut writers = tokio::task::JoinSet::new();
    for number in 0..20 {
        let app = App(app.0.clone());
        writers.spawn(async move { app.post(&format!("user{number}")).await });
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    let mut answers = Vec::new();
    for _ in 0..20 {
        answers.push(app.get("/scim/v2/Users").await);
        answers.push(app.get("/healthz").await);
    }
    assert_eq!(answers, [200; 40]);
    assert!(writers.try_join_next().is_none(), "the writers still wait");
    for (status, headers) in writers.join_all().await {
        assert_eq!((status, headers.contains_key("retry-after")), (503, true));
    }
    held.rollback().await.unwrap();
    assert_eq!(app.post("bob").await.0, 201);
    database.close().await;
    other.close().await;
}

/// A database that can be read but not written is not healthy.
#[tokio::test]
async fn the_health_check_writes() {
    let file = File::new();
    let database = file.open().await;
    assert_eq!(App::new(&database).get("/healthz").await, 200);
    sqlx::query("PRAGMA query_only = TRUE").execute(&database.writers).await.unwrap();
    assert_eq!(App::new(&database).get("/scim/v2/Users").await, 200);
    assert_eq!(App::new(&database).get("/healthz").await, 503);
    sqlx::query("PRAGMA query_only = FALSE").execute(&database.writers).await.unwrap();
    assert_eq!(App::new(&database).get("/healthz").await, 200);
    database.close().await;
    assert_eq!(App::new(&database).get("/healthz").await, 503);
}
