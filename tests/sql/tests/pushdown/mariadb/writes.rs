//! The statements that a table writes with, in MariaDB.

use scim_core::{
    ScimComplex, ScimResource,
    patch::{Effect, Effects},
    path,
    reflect::{DateTime, Scalar, Value},
    schema::Path,
    sql::{Column, Dialect, Field, ListTable, Statement, Table},
    store::{Delta, Precondition},
};
use scim_test_support::MariaDb;
use uuid::Uuid;

use super::{MODES, script::Script};

#[derive(Clone, Debug, Default, ScimResource)]
#[scim(schema = "urn:ietf:params:scim:schemas:core:2.0:Group", name = "Group", endpoint = "/Groups")]
struct Team {
    id: Uuid,
    #[scim(path = "meta.version")]
    version: i64,
    #[scim(path = "meta.created")]
    created_at: Option<DateTime>,
    #[scim(path = "displayName", required, uniqueness = server)]
    name: String,
    external_id: Option<String>,
    members: Vec<Member>,
}

#[derive(Clone, Debug, Default, ScimComplex)]
struct Member {
    #[scim(name = "value", required, case_exact, mutability = immutable)]
    user_id: String,
    display: Option<String>,
}

const NAME: Path = path::<Team>("displayName");
const EXTERNAL_ID: Path = path::<Team>("externalId");
const MEMBERS: Path = path::<Team>("members");

const TABLES: &str = "CREATE TABLE teams (tenant VARCHAR(40), id UUID, version BIGINT, created_at DATETIME(6), \
    name VARCHAR(255), name_key VARCHAR(255), external_id VARCHAR(255), PRIMARY KEY (tenant, id), \
    UNIQUE KEY teams_name_key (tenant, name_key)); \
    CREATE TABLE members (tenant VARCHAR(40), team UUID, user_id VARCHAR(40), display VARCHAR(255), \
    PRIMARY KEY (tenant, team, user_id), \
    FOREIGN KEY (tenant, team) REFERENCES teams (tenant, id) ON DELETE CASCADE)";

fn by_type(field: &Field<'_>) -> Column {
    field.column()
}

fn member(id: &str, display: &str) -> Member {
    Member { user_id: id.to_owned(), display: Some(display.to_owned()) }
}

#[test]
fn what_is_written_is_there_in_mariadb() {
    let Some(server) = MariaDb::find() else { return };
    let members = ListTable::new::<Member>("members", "team", by_type).keyed_by("user_id");
    let table = Table::<Team>::new(Dialect::MariaDb, "teams", &["tenant"], |field| match field.name() {
        "id" => Column::uuid(field.sql()),
        "created_at" => Column::timestamptz(field.sql()),
        "name" => field.key("_key"),
        _ => field.column(),
    });
    let table = table.list("members", members.clone());
    let mut old = Team { id: Uuid::from_u128(7), name: "Ärzte".to_owned(), ..Team::default() };
    old.created_at = Some(DateTime::from_unix_millis(1_500));
    old.members = vec![member("a", "A"), member("b", "B")];
    let id = old.id.to_string();
    let mut expected: Vec<Vec<String>> = Vec::new();
    let mut script = Script::new("writes", MODES[1]);
    script.statement(TABLES);
    let mut ask = |statement: &Statement, rows: &[&str]| {
        script.ask(&statement.sql, &statement.binds);
        expected.push(rows.iter().map(|row| (*row).to_owned()).collect());
    };
    for statement in table.insert(&["t"], &mut old).unwrap() {
        ask(&statement, &[]);
    }
    let row = table.row(&["t"], &id);
    ask(
        &row.select("concat_ws(' ', id, version, created_at, name_key)"),
        &[&format!("{id} 1 1970-01-01 00:00:01.500000 ärzte")],
    );
    let mut new = Team { members: vec![member("b", "Bo"), member("c", "C")], ..old.clone() };
    for statement in table.update(&["t"], &old, &mut new).unwrap() {
        ask(&statement, &[]);
    }
    // The version is another one now.
    new.name = "Others".to_owned();
    ask(&table.update(&["t"], &old, &mut new).unwrap().row, &[]);
    ask(&table.lock(&["t"], &id), &["2"]);
    let list = |statement: &Statement| {
        let rows = format!("SELECT concat_ws(' ', user_id, display, name) FROM ({}) AS list", statement.sql);
        let rows = rows.replace(" FROM members", ", (SELECT name FROM teams) AS name FROM members");
        Statement::new(format!("{rows} ORDER BY user_id"), statement.binds.clone())
    };
    let mut select = members.select(&row);
    ask(&list(&select), &["b Bo Ärzte", "c C Ärzte"]);

    let added = |id: &str| Value::Complex(vec![(0, Value::Scalar(Scalar::Str(id.to_owned().into())))]);
    let effects = Effects::from_iter([
        Effect::Set(NAME, Scalar::Str("Weavers".into())),
        Effect::Set(EXTERNAL_ID, Scalar::Str("x".into())),
        Effect::Clear(EXTERNAL_ID),
        Effect::Add(MEMBERS, vec![added("b"), added("d")]),
        Effect::Remove(MEMBERS, vec![Scalar::Str("c".into())]),
    ]);
    let delta = Delta::new(&id, &effects, Precondition::None, DateTime::UNIX_EPOCH);
    for statement in table.delta(&["t"], &delta).unwrap().unwrap() {
        ask(&statement, &[]);
    }
    ask(&table.touch(&["t"], &id, DateTime::UNIX_EPOCH).unwrap(), &[]);
    ask(&list(&select), &["b Bo Weavers", "d Weavers"]);
    // The elements of a page.
    let mut query = scim_core::store::Query::all(Team::TYPE);
    query.count = 10;
    select = members.select(&table.search(&["t"], &query));
    ask(&list(&select), &["b Bo Weavers", "d Weavers"]);
    ask(&row.select("concat_ws(' ', version, external_id)"), &["3"]);
    ask(&table.row(&["other"], &id).delete(), &[]);
    ask(&row.delete(), &[]);
    ask(&list(&select), &[]);
    assert_eq!(script.run(server), expected);
}
