//! Which statements run when somebody joins or leaves a team. Alone in its process: the statements of other tests would
//! be among them.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    fmt::Debug,
    sync::{Arc, Mutex},
};

use axum::body::Body;
use axum_example::{BASE_PATH, app, database::Database};
use http::{Request, StatusCode};
use tower::ServiceExt;
use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span,
};

/// What sqlx tells about the statements that it runs.
#[derive(Clone, Default)]
struct Statements(Arc<Mutex<Vec<Statement>>>);

/// The first words of a statement, and how many rows it read.
#[derive(Debug, Default, PartialEq)]
struct Statement {
    summary: String,
    rows: u64,
}

impl Visit for Statement {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "summary" {
            self.summary = format!("{value:?}");
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "summary" {
            value.clone_into(&mut self.summary);
        }
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        if field.name() == "rows_returned" {
            self.rows = value;
        }
    }
}

impl Subscriber for Statements {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "sqlx::query"
    }

    fn event(&self, event: &Event<'_>) {
        let mut statement = Statement::default();
        event.record(&mut statement);
        self.0.lock().unwrap().push(statement);
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

#[tokio::test]
async fn they_are_the_same_for_teams_of_any_size() {
    let statements = Statements::default();
    tracing::subscriber::set_global_default(statements.clone()).unwrap();
    let database = Database::open("sqlite::memory:", 1).await.unwrap();
    let app = app(database.clone(), "secret", "http://localhost/scim/v2").unwrap();
    let mut runs = Vec::new();
    for size in [10, 5000] {
        let team = "INSERT INTO teams (tenant, id, version, created_at, updated_at, name, name_key) \
                    VALUES ('contoso', ?1, 1, 0, 0, ?1, ?1)";
        sqlx::query(team).bind(size).execute(&mut database.acquire().await.unwrap()).await.unwrap();
        let members = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1) \
                       INSERT INTO team_members (tenant, team_id, member_id, member_key) \
                       SELECT 'contoso', ?1, 'm' || i, 'm' || i FROM n";
        sqlx::query(members).bind(size).execute(&mut database.acquire().await.unwrap()).await.unwrap();
        let mut run = Vec::new();
        for operation in [
            r#"{"op": "Add", "path": "members", "value": [{"value": "new"}]}"#,
            r#"{"op": "Remove", "path": "members", "value": [{"value": "m3"}]}"#,
            r#"{"op": "Remove", "path": "members[value eq \"m4\"]"}"#,
        ] {
            statements.0.lock().unwrap().clear();
            let request = Request::patch(format!("{BASE_PATH}/Groups/{size}")).header("authorization", "Bearer secret");
            let request = request.header("content-type", "application/scim+json");
            let body = Body::from(format!(r#"{{"Operations": [{operation}]}}"#));
            let answer = app.clone().oneshot(request.body(body).unwrap()).await.unwrap();
            assert_eq!(answer.status(), StatusCode::NO_CONTENT);
            run.push(std::mem::take(&mut *statements.0.lock().unwrap()));
        }
        runs.push(run);
    }
    let [small, large] = runs.try_into().unwrap();
    assert_eq!(small, large);
    for statements in large {
        // The version of the team is all that is read.
        assert_eq!(statements.iter().map(|statement| statement.rows).sum::<u64>(), 1, "{statements:?}");
        let count = |start: &str| statements.iter().filter(|statement| statement.summary.starts_with(start)).count();
        let writes = count("INSERT INTO team_members") + count("DELETE FROM team_members");
        assert_eq!(
            (count("SELECT \"version\" FROM teams"), writes, count("UPDATE teams SET")),
            (1, 1, 1),
            "{statements:?}"
        );
    }
}
