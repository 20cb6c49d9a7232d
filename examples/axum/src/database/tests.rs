//! Tests of lost races, full disks, and databases in which another process writes.

use std::path::PathBuf;

use axum::{Router, body::Body};
use http::{HeaderMap, Request};
use scim_test_support::Postgres;
use sqlx::{AssertSqlSafe, Row};
use tower::ServiceExt;

use super::*;

/// Runs a transaction that loses against another one as often as `failures` says before it succeeds. Returns how often
/// it ran.
async fn run(database: &Database, failures: i64) -> Result<i64, StoreError> {
    let before = count(database).await;
    let made = database.write(|mut writing| async move {
        sqlx::query("SELECT fail($1)").bind(before + failures).execute(&mut *writing).await?;
        sqlx::query("INSERT INTO made VALUES (TRUE)").execute(&mut *writing).await?;
        Ok((writing, ()))
    });
    made.await?;
    Ok(count(database).await - before)
}

async fn count(database: &Database) -> i64 {
    sqlx::query("SELECT last_value AS n FROM tries")
        .fetch_one(&mut database.acquire().await.unwrap())
        .await
        .unwrap()
        .get("n")
}

#[tokio::test]
async fn who_lost_tries_again_for_a_while() {
    let Some(server) = Postgres::find() else { return };
    let database = Database::open(server.url(), 2).await.unwrap();
    let setup = "CREATE TABLE made (is_made boolean); CREATE SEQUENCE tries MINVALUE 0; \
        CREATE FUNCTION fail(until bigint) RETURNS void LANGUAGE plpgsql AS $$ BEGIN \
        IF nextval('tries') <= until THEN RAISE 'lost' USING ERRCODE = '40001'; END IF; END $$; \
        SELECT nextval('tries')";
    sqlx::raw_sql(setup).execute(&mut database.acquire().await.unwrap()).await.unwrap();
    assert_eq!(run(&database, 0).await.unwrap(), 1);
    assert_eq!(run(&database, i64::from(RETRIES)).await.unwrap(), i64::from(RETRIES) + 1);
    let lost = run(&database, i64::MAX / 2).await;
    assert!(matches!(lost, Err(StoreError::Transient { .. })), "{lost:?}");
    let made: i64 = sqlx::query_scalar("SELECT count(*) FROM made")
        .fetch_one(&mut database.acquire().await.unwrap())
        .await
        .unwrap();
    assert_eq!(made, 2);
}

/// A database file that is removed after the test.
struct File(PathBuf);

impl File {
    fn new() -> Self {
        Self(std::env::temp_dir().join(format!("axum-example-{}.db", Uuid::new_v4())))
    }

    fn url(&self) -> String {
        format!("sqlite://{}", self.0.display())
    }

    async fn open(&self) -> Database {
        Database::open(&self.url(), 4).await.unwrap()
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
            sqlx::query(sql).execute(&mut database.writers.acquire(Duration::MAX).await.unwrap()).await.unwrap();
        }
    };
    // The number of pages that the database has now.
    let pages: i64 = sqlx::query("PRAGMA page_count")
        .fetch_one(&mut database.writers.acquire(Duration::MAX).await.unwrap())
        .await
        .unwrap()
        .get(0);
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
    let held = other.writers.begin("BEGIN IMMEDIATE", Duration::MAX).await.unwrap();
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
    drop(held);
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
    sqlx::query("PRAGMA query_only = TRUE")
        .execute(&mut database.writers.acquire(Duration::MAX).await.unwrap())
        .await
        .unwrap();
    assert_eq!(App::new(&database).get("/scim/v2/Users").await, 200);
    assert_eq!(App::new(&database).get("/healthz").await, 503);
    sqlx::query("PRAGMA query_only = FALSE")
        .execute(&mut database.writers.acquire(Duration::MAX).await.unwrap())
        .await
        .unwrap();
    assert_eq!(App::new(&database).get("/healthz").await, 200);
    database.close().await;
    assert_eq!(App::new(&database).get("/healthz").await, 503);
}

/// A statement that does not end by itself.
const ENDLESS: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 - 1 FROM n) SELECT count(*) AS n FROM n";

const WRITE: &str = "UPDATE health SET checked_at = 7";
const ENDLESS_WRITE: &str = "UPDATE health SET checked_at = (WITH RECURSIVE n(i) AS \
    (SELECT 1 UNION ALL SELECT i + 1 - 1 FROM n) SELECT count(*) FROM n)";

/// Longer than any of these statements takes.
const LONG: Duration = Duration::from_secs(20);

const PATIENCE: Duration = Duration::from_millis(300);

/// Opens a database with few connections, whose statements take no longer than [`PATIENCE`] where `is_limited` says so.
async fn few(url: &str, is_limited: bool) -> Database {
    Database::open_with(url, 1, if is_limited { PATIENCE } else { Duration::MAX }).await.unwrap()
}

async fn read(database: &Database, sql: &'static str) -> Result<(), StoreError> {
    let read = database.read(|mut reading| async move {
        sqlx::query(sql).fetch_all(&mut *reading).await?;
        Ok((reading, ()))
    });
    tokio::time::timeout(LONG, read).await.unwrap()
}

async fn write(database: &Database, statements: &'static [&'static str]) -> Result<(), StoreError> {
    let write = database.write(|mut writing| async move {
        for sql in statements {
            sqlx::query(*sql).execute(&mut *writing).await?;
        }
        Ok((writing, ()))
    });
    tokio::time::timeout(LONG, write).await.unwrap()
}

async fn endless_statements_are_interrupted(database: Database) {
    for _ in 0..3 {
        let read_in_vain = read(&database, ENDLESS).await;
        assert!(matches!(read_in_vain, Err(StoreError::Transient { .. })), "{read_in_vain:?}");
        // The connection is used again.
        read(&database, "SELECT 1").await.unwrap();
    }
    for statements in [&[WRITE, ENDLESS][..], &[WRITE, ENDLESS_WRITE]] {
        let written_in_vain = write(&database, statements).await;
        assert!(matches!(written_in_vain, Err(StoreError::Transient { .. })), "{written_in_vain:?}");
        // Nothing is written, and the next transaction begins anew.
        let mut connection = database.acquire().await.unwrap();
        let checked_at: i64 =
            sqlx::query_scalar("SELECT checked_at FROM health").fetch_one(&mut connection).await.unwrap();
        assert_ne!(checked_at, 7);
        drop(connection);
        write(&database, &["UPDATE health SET checked_at = 8"]).await.unwrap();
    }
    database.close().await;
}

#[tokio::test]
async fn endless_statements_are_interrupted_in_sqlite() {
    let file = File::new();
    endless_statements_are_interrupted(few(&file.url(), true).await).await;
    endless_statements_are_interrupted(few("sqlite::memory:", true).await).await;
}

#[tokio::test]
async fn endless_statements_are_interrupted_in_postgres() {
    let Some(server) = Postgres::find() else { return };
    endless_statements_are_interrupted(few(server.url(), true).await).await;
}

/// Many short statements may take longer than one may.
#[tokio::test]
async fn the_limit_is_one_of_statements() {
    let file = File::new();
    let database = few(&file.url(), true).await;
    let write = database.write(|mut writing| async move {
        for _ in 0..8 {
            let count =
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) SELECT i FROM n";
            sqlx::query(count).fetch_all(&mut *writing).await?;
            tokio::time::sleep(PATIENCE / 4).await;
        }
        Ok((writing, ()))
    });
    write.await.unwrap();
    database.close().await;
}

/// Nobody waits for the statement any more, and others need the only connection.
#[tokio::test]
async fn a_statement_ends_with_its_request() {
    let file = File::new();
    let database = few(&file.url(), false).await;
    for _ in 0..3 {
        assert!(tokio::time::timeout(PATIENCE, read(&database, ENDLESS)).await.is_err());
        read(&database, "SELECT 1").await.unwrap();
        assert!(tokio::time::timeout(PATIENCE, write(&database, &[ENDLESS])).await.is_err());
        write(&database, &["UPDATE health SET checked_at = 8"]).await.unwrap();
    }
    database.close().await;
}

/// A filter of many comparisons that no index serves, of somebody with many e-mail addresses.
fn expensive() -> String {
    let terms: Vec<String> = (0..500).map(|number| format!("emails.value%20co%20%22x{number}%22")).collect();
    format!("/scim/v2/Users?filter={}", terms.join("%20or%20"))
}

async fn expensive_lists_shut_nobody_out(database: Database) {
    let app = App::new(&database);
    assert_eq!(app.post("ada").await.0, 201);
    let (_, _, body) = app.ask("GET", "/scim/v2/Users", String::new()).await;
    let (_, rest) = body.split_once("\"id\":\"").unwrap();
    let one = format!("/scim/v2/Users/{}", rest.split_once('"').unwrap().0);
    let mut connection = database.acquire().await.unwrap();
    let emails = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) \
        INSERT INTO employee_emails (tenant, employee_id, position, value, value_key, display) \
        SELECT e.tenant, e.id, i, 'a' || i, 'a' || i, 'a' || i FROM employees AS e, n";
    sqlx::query(emails).execute(&mut connection).await.unwrap();
    drop(connection);
    let mut lists = tokio::task::JoinSet::new();
    for _ in 0..10 {
        let app = App(app.0.clone());
        lists.spawn(async move { app.ask("GET", &expensive(), String::new()).await });
    }
    let mut answers = Vec::new();
    while !lists.is_empty() {
        // What many e-mail addresses cost is not tested here.
        let missing = app.get(&format!("{one}x")).await;
        answers.push((missing, app.get("/healthz").await));
        while let Some(list) = lists.try_join_next() {
            let (status, headers, body) = list.unwrap();
            match status {
                400 => assert!(body.contains("tooMany") && body.contains("within 1s"), "{body}"),
                503 => assert!(headers.contains_key("retry-after")),
                _ => unreachable!("{status}: {body}"),
            }
            answers.push((status, 0));
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(answers.contains(&(400, 0)), "{answers:?}");
    assert!(answers.iter().all(|answer| matches!(answer, (404, 200) | (400 | 503, 0))), "{answers:?}");
    database.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn expensive_lists_shut_nobody_out_in_sqlite() {
    let file = File::new();
    expensive_lists_shut_nobody_out(Database::open_with(&file.url(), 4, Duration::from_secs(1)).await.unwrap()).await;
}
