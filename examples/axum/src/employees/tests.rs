//! Tests which requests the database answers alone, and by which index.

use scim_core::{
    Context, Identity, ScimResource,
    compat::Compat,
    filter::Filter,
    path,
    schema::{Attribute, Path},
    sql::Rows,
    store::{Query, Sort, Store},
};
use scim_test_support::Postgres;
use sqlx::Row;

use super::*;
use crate::team::Team;

const USER_TYPE: Path = path::<Employee>("userType");
const EMAIL: Path = path::<Employee>("emails.value");

/// Returns the plan by which the database answers a filter.
async fn plan(database: &Database, explain: &str, rows: &Rows) -> String {
    let mut connection = database.acquire().await.unwrap();
    let mut select = rows.select("*");
    select.sql = format!("{explain} {}", select.sql).into();
    let rows = crate::columns::query(&select).fetch_all(&mut connection).await.unwrap();
    rows.iter().map(|row| row.get::<String, _>(row.len() - 1)).collect::<Vec<_>>().join("\n")
}

/// Fills the tables: without rows, the database has no reason to use an index.
async fn fill(database: &Database) {
    let employees = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) \
        INSERT INTO employees (tenant, id, version, created_at, updated_at, login, login_key, external_id_key, \
            work_email_key, private_email_key, employee_number_key, enabled, work_email_first, private_email_first, \
            work_phone_first, mobile_first, fax_first, work_address_first) \
        SELECT 't', 'i' || i, 1, 0, 0, 'l' || i, 'l' || i, 'x' || i, 'w' || i, 'p' || i, 'n' || i, \
            TRUE, FALSE, FALSE, FALSE, FALSE, FALSE, FALSE FROM n";
    let emails = "INSERT INTO employee_emails (tenant, employee_id, position, value_key) \
        SELECT tenant, id, 0, 'e' || id FROM employees";
    let teams = "INSERT INTO teams (tenant, id, version, created_at, updated_at, name, name_key) \
        SELECT tenant, id, 1, 0, 0, login, login FROM employees";
    let members = "INSERT INTO team_members (tenant, team_id, member_id, member_key) \
        SELECT tenant, id, id, id FROM employees";
    for statement in [employees, emails, teams, members] {
        sqlx::query(statement).execute(&mut database.acquire().await.unwrap()).await.unwrap();
    }
    if database.dialect == Dialect::Postgres {
        sqlx::query("ANALYZE").execute(&mut database.acquire().await.unwrap()).await.unwrap();
    }
}

async fn are_found(database: &Database, explain: &str) {
    fill(database).await;
    let logins = ["employees_login_key"];
    let emails = ["employees_work_email_key", "employees_private_email_key", "employee_emails_value_key"];
    for (filter, is_page, indexes) in [
        (r#"userName eq "Ada""#, true, &logins[..]),
        (r#"userName sw "Ada" and title co "w""#, true, &logins),
        (r#"externalId eq "a" and active eq true"#, true, &["employees_external_id_key"]),
        (r#"emails.value eq "ada@x""#, true, &emails),
        (r#"emails[type eq "work"].value eq "ada@x""#, true, &[emails[0], emails[2]]),
        (r#"emails[value eq "ada@x" and primary eq true]"#, true, &emails),
        (r#"userName eq "ada" or emails eq "ada@x""#, true, &[logins[0], emails[1], emails[2]]),
        (
            r#"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber eq "7" and userType eq "x""#,
            true,
            &["employees_employee_number_key"],
        ),
    ] {
        let parsed = Filter::parse(Employee::TYPE, filter).unwrap();
        let mut query = Query::all(Employee::TYPE);
        query.filter = Some(&parsed);
        let rows = Employee::table(database.dialect).search(&["t"], &query);
        let plan = plan(database, explain, &rows).await;
        assert!(indexes.iter().all(|index| plan.contains(index)), "{filter}: {plan}");
        assert_eq!(rows.is_page(), is_page, "{filter}");
    }
    let filter = Filter::parse(Team::TYPE, r#"members.value eq "Ada""#).unwrap();
    let mut query = Query::all(Team::TYPE);
    query.filter = Some(&filter);
    let rows = Team::table(database.dialect).search(&["t"], &query);
    let plan = plan(database, explain, &rows).await;
    assert!(plan.contains("team_members_member_key"), "{plan}");
}

#[tokio::test]
async fn indexes_serve_what_clients_look_up() {
    are_found(&Database::open("sqlite::memory:", 1).await.unwrap(), "EXPLAIN QUERY PLAN").await;
}

#[tokio::test]
async fn indexes_serve_what_clients_look_up_in_postgres() {
    let Some(server) = Postgres::find() else { return };
    are_found(&Database::open(server.url(), 1).await.unwrap(), "EXPLAIN").await;
}

/// Collects the paths of the attributes that have one value.
fn simple(path: Path, attribute: &Attribute, found: &mut Vec<Path>) {
    if attribute.multi_valued {
        return;
    }
    if attribute.sub_attributes.is_empty() {
        found.push(path);
    }
    for (index, part) in (0..).zip(&*attribute.sub_attributes) {
        simple(path.child(index).unwrap(), part, found);
    }
}

/// The database sorts by every attribute that has one value. The framework sorts by an attribute that has many values:
/// it uses one of the values, and does not sort too many resources.
#[tokio::test]
async fn lists_are_sorted_by_the_database() {
    let database = Database::open("sqlite::memory:", 1).await.unwrap();
    let mut paths =
        vec![path::<Employee>("meta.created"), path::<Employee>("meta.lastModified"), Path::ID, Path::EXTERNAL_ID];
    let extensions = u32::try_from(Employee::TYPE.first_extension()).unwrap();
    for (index, attribute) in (extensions..).zip(Employee::TYPE.extension_attributes()) {
        simple(Path::of(index), attribute, &mut paths);
    }
    // The attributes that all types have come first. Of these, only the times, the id and the client's id have columns.
    let common = extensions - u32::try_from(Employee::TYPE.core_attributes().len()).unwrap();
    for (index, attribute) in (common..).zip(Employee::TYPE.core_attributes()) {
        simple(Path::of(index), attribute, &mut paths);
    }
    assert!(paths.len() >= 25, "{paths:?}");
    for path in paths {
        let mut query = Query::all(Employee::TYPE);
        query.sort = Some(Sort::new(Employee::TYPE, path, false).unwrap());
        let rows = Employee::table(database.dialect).search(&["t"], &query);
        assert!(rows.is_page(), "{}", Employee::TYPE.name_of(path));
    }
}

/// The framework sorts by attributes that have no column, up to a limit. So no request loads all rows.
#[tokio::test]
async fn what_cannot_be_sorted_is_refused_where_there_is_too_much() {
    let database = Database::open("sqlite::memory:", 1).await.unwrap();
    fill(&database).await;
    let search = |sort: Path, filter: &'static str, most: usize| {
        let store = Employees::new(database.clone());
        async move {
            let filter = Filter::parse(Employee::TYPE, filter).unwrap();
            let mut query = Query::all(Employee::TYPE);
            (query.count, query.candidates, query.filter) = (10, most, Some(&filter));
            query.sort = Some(Sort::new(Employee::TYPE, sort, false).unwrap());
            let cx = Context::new(Identity::new("t", "tests"), "", Compat::default(), http::Extensions::new());
            let page = store.search(&cx, &query).await.unwrap();
            (page.total(), page.resources().len())
        }
    };
    assert_eq!(search(USER_TYPE, "userName pr", 100).await, (Some(3000), 10));
    // The store returns one more than the limit, so that the framework sees that there are too many.
    assert_eq!(search(EMAIL, "userName pr", 100).await, (None, 101));
    assert_eq!(search(EMAIL, r#"userName sw "l77""#, 100).await, (None, 11));
    assert_eq!(search(EMAIL, r#"userName eq "l77""#, 100).await, (None, 1));
}

#[tokio::test]
async fn keys_that_lack_are_computed_at_the_start() {
    let file = std::env::temp_dir().join(format!("axum-example-{}.db", uuid::Uuid::new_v4()));
    let url = format!("sqlite://{}", file.display());
    let database = Database::open(&url, 1).await.unwrap();
    fill(&database).await;
    for statement in [
        "UPDATE employees SET user_type = 'ÄRZTIN ' || id, user_type_key = NULL",
        "UPDATE employees SET user_type_key = 'kept' WHERE id = 'i7'",
    ] {
        sqlx::query(statement).execute(&mut database.acquire().await.unwrap()).await.unwrap();
    }
    database.close().await;
    let database = Database::open(&url, 1).await.unwrap();
    let keys = "SELECT count(*) FROM employees WHERE version = 1 AND user_type_key = 'ärztin ' || id";
    let keys: i64 = sqlx::query_scalar(keys).fetch_one(&mut database.acquire().await.unwrap()).await.unwrap();
    assert_eq!(keys, 2999);
    database.close().await;
    for suffix in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{suffix}", file.display()));
    }
}
