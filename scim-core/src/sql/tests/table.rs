//! The statements of tables and lists.

use super::super::{Bind, BindType, Column, Dialect, Field, ListTable, Statement, Table};
use crate::{
    ScimComplex, ScimResource,
    patch::{Effect, Effects},
    reflect::{DateTime, Scalar, Value, path},
    schema::Path,
    store::{Delta, Precondition, Query, StoreError},
};

#[derive(Clone, Debug, Default, ScimResource)]
#[scim(schema = "urn:ietf:params:scim:schemas:core:2.0:Group", name = "Group", endpoint = "/Groups", crate = "crate")]
struct Team {
    id: String,
    #[scim(path = "meta.version")]
    version: i64,
    #[scim(path = "meta.created")]
    created_at: Option<DateTime>,
    #[scim(path = "meta.lastModified")]
    updated_at: Option<DateTime>,
    external_id: Option<String>,
    #[scim(path = "displayName", required, uniqueness = server)]
    name: String,
    members: Vec<Member>,
}

#[derive(Clone, Debug, Default, PartialEq, ScimComplex)]
#[scim(crate = "crate")]
struct Member {
    #[scim(name = "value", required, case_exact, mutability = immutable)]
    user_id: String,
    #[scim(mutability = immutable)]
    display: Option<String>,
}

const NAME: Path = path::<Team>("displayName");
const MEMBERS: Path = path::<Team>("members");

fn teams(dialect: Dialect) -> Table<Team> {
    let members = ListTable::new::<Member>("members", "team", by_type).keyed_by("user_id");
    bare(dialect).list("members", members)
}

/// Without the table of members.
fn bare(dialect: Dialect) -> Table<Team> {
    Table::new(dialect, "teams", &["tenant"], |field| match field.name() {
        "id" => Column::ascii(field.sql()),
        "created_at" => Column::unix_millis(field.sql()),
        "name" => field.key("_key").at_most(20),
        "external_id" => field.key_in("foreign_key"),
        _ => field.column(),
    })
}

fn by_type(field: &Field<'_>) -> Column {
    field.column()
}

fn member(id: &str) -> Member {
    Member { user_id: id.to_owned(), display: None }
}

fn team(members: &[&str]) -> Team {
    let members = members.iter().map(|id| member(id)).collect();
    Team { id: "7".to_owned(), version: 3, name: "Ärzte".to_owned(), members, ..Team::default() }
}

fn sql(statement: &Statement) -> &str {
    &statement.sql
}

fn text(value: &str) -> Bind {
    Bind::Text(value.to_owned())
}

#[test]
fn a_resource_is_inserted_with_its_keys() {
    let mut new = team(&[]);
    new.created_at = Some(DateTime::from_unix_millis(1500));
    let write = teams(Dialect::Postgres).insert(&["t"], &mut new).unwrap();
    assert_eq!(
        sql(&write.row),
        "INSERT INTO teams (tenant, \"id\", \"version\", \"created_at\", \"updated_at\", \"external_id\", \"name\", \
         \"foreign_key\", \"name_key\") \
         VALUES ($1, $2, $3::bigint, $4::bigint, CAST(CAST($5 AS text) AS timestamptz), $6, $7, $8, $9)"
    );
    let none = || Bind::Null(BindType::Text);
    let first = [text("t"), text("7"), Bind::Int(1), Bind::Int(1500)];
    assert_eq!(write.row.binds[..4], first);
    assert_eq!(write.row.binds[4..], [none(), none(), text("Ärzte"), none(), text("ärzte")]);
    assert_eq!((write.elements.len(), new.version), (0, 1));
    assert_eq!(format!("{:?}", write.row.binds[5]), "Null");
}

#[test]
fn an_update_is_guarded_by_the_version() {
    for (dialect, expected) in [
        (
            Dialect::Sqlite,
            "UPDATE teams SET \"version\" = ?1, \"updated_at\" = ?2, \"external_id\" = ?3, \"name\" = ?4, \
             \"foreign_key\" = ?5, \"name_key\" = ?6 WHERE tenant = ?7 AND \"id\" = ?8 AND \"version\" = ?9",
        ),
        (
            Dialect::MariaDb,
            "UPDATE teams SET `version` = ?, `updated_at` = ?, `external_id` = ?, `name` = ?, `foreign_key` = ?, \
             `name_key` = ? WHERE tenant = ? COLLATE utf8mb4_nopad_bin AND `id` = ? COLLATE utf8mb4_nopad_bin \
             AND `version` = ?",
        ),
    ] {
        let (old, mut new) = (team(&[]), team(&[]));
        // Whatever version the new state has.
        new.version = 77;
        let write = teams(dialect).update(&["t"], &old, &mut new).unwrap();
        assert_eq!(sql(&write.row), expected);
        assert_eq!(write.row.binds.first(), Some(&Bind::Int(4)));
        assert_eq!((write.row.binds.last(), new.version), (Some(&Bind::Int(3)), 4));
    }
}

#[test]
fn only_members_that_change_are_written() {
    let old = team(&["a", "b", "c"]);
    let mut new = team(&["a", "c", "d", "d"]);
    new.members[1].display = Some("Cy".to_owned());
    let write = teams(Dialect::Sqlite).update(&["t"], &old, &mut new).unwrap();
    // What has one row is there once.
    assert_eq!(new.members.len(), 3);
    let upsert = "INSERT INTO members (tenant, team, \"user_id\", \"display\") VALUES (?1, ?2, ?3, ?4) \
                  ON CONFLICT (tenant, team, \"user_id\") DO UPDATE SET \"display\" = excluded.\"display\"";
    let delete = "DELETE FROM members WHERE tenant = ?1 AND team = ?2 AND \"user_id\" = ?3";
    assert_eq!(write.elements.iter().map(sql).collect::<Vec<_>>(), [upsert, upsert, delete]);
    assert_eq!(write.elements[0].binds, [text("t"), text("7"), text("c"), text("Cy")]);
    assert_eq!(write.elements[2].binds, [text("t"), text("7"), text("b")]);
    assert_eq!(write.into_iter().count(), 4);
}

#[test]
fn a_list_without_a_key_is_written_again() {
    let table = |dialect| {
        let members = ListTable::new::<Member>("members", "team", by_type).positioned_by("position");
        bare(dialect).list("members", members)
    };
    let write = table(Dialect::Sqlite).update(&["t"], &team(&["a"]), &mut team(&["a"])).unwrap();
    assert_eq!(write.elements, []);
    let write = table(Dialect::Sqlite).update(&["t"], &team(&["a", "b"]), &mut team(&["b"])).unwrap();
    let insert = "INSERT INTO members (tenant, team, position, \"user_id\", \"display\") VALUES (?1, ?2, ?3, ?4, ?5)";
    let delete = "DELETE FROM members WHERE tenant = ?1 AND team = ?2";
    assert_eq!(write.elements.iter().map(sql).collect::<Vec<_>>(), [delete, insert]);
    assert_eq!(write.elements[1].binds[2], Bind::Int(0));
    // Its PATCH cannot be made without reading it.
    let effects = Effects::from_iter([Effect::Clear(MEMBERS)]);
    assert_eq!(delta(&table(Dialect::Sqlite), &effects), None);
}

fn delta(table: &Table<Team>, effects: &Effects<'_>) -> Option<Vec<Statement>> {
    let delta = Delta::new("7", effects, Precondition::None, DateTime::UNIX_EPOCH);
    table.delta(&["t"], &delta).unwrap()
}

#[test]
fn effects_are_statements_that_change_no_row_in_vain() {
    let joins = || Value::Complex(vec![(0, Value::Scalar(Scalar::Str("x".into())))]);
    let effects = || {
        Effects::from_iter([
            Effect::Set(NAME, Scalar::Str("Weavers".into())),
            Effect::Add(MEMBERS, vec![joins()]),
            Effect::Remove(MEMBERS, vec![Scalar::Str("y".into()), Scalar::Str("a\0b".into())]),
            Effect::Clear(MEMBERS),
        ])
    };
    let found = delta(&teams(Dialect::Postgres), &effects()).unwrap();
    assert_eq!(
        found.iter().map(sql).collect::<Vec<_>>(),
        [
            "UPDATE teams SET \"name\" = $1, \"name_key\" = $2 WHERE tenant = $3 AND \"id\" = $4 \
             AND \"name\" IS DISTINCT FROM $5",
            "INSERT INTO members (tenant, team, \"user_id\", \"display\") VALUES ($1, $2, $3, $4) \
             ON CONFLICT DO NOTHING",
            "DELETE FROM members WHERE tenant = $1 AND team = $2 AND \"user_id\" = $3",
            "DELETE FROM members WHERE tenant = $1 AND team = $2",
        ]
    );
    let found = delta(&teams(Dialect::MariaDb), &effects()).unwrap();
    assert!(sql(&found[0]).ends_with(" AND NOT (`name` <=> ? COLLATE utf8mb4_nopad_bin)"));
    assert_eq!(
        sql(&found[1]),
        "INSERT INTO members (tenant, team, `user_id`, `display`) SELECT ?, ?, ?, ? FROM DUAL WHERE NOT EXISTS \
         (SELECT 1 FROM members WHERE tenant = ? COLLATE utf8mb4_nopad_bin AND team = ? COLLATE utf8mb4_nopad_bin \
         AND `user_id` = ? COLLATE utf8mb4_nopad_bin)"
    );
    assert_eq!(found[1].binds.len(), 7);
}

#[test]
fn what_a_delta_does_not_know_is_left_to_the_framework() {
    for effect in [
        // A member without a value.
        Effect::Add(MEMBERS, vec![Value::Complex(vec![(1, Value::Scalar(Scalar::Str("Cy".into())))])]),
        Effect::Replace(MEMBERS, Vec::new()),
        Effect::Set(Path::ID, Scalar::Str("8".into())),
        // Not what the field takes.
        Effect::Set(NAME, Scalar::Bool(true)),
    ] {
        let effects = Effects::from_iter([effect.clone()]);
        assert_eq!(delta(&teams(Dialect::Sqlite), &effects), None, "{effect:?}");
    }
}

#[test]
fn what_cannot_be_stored_is_refused() {
    let rejected = |new: Team| {
        let error = teams(Dialect::Sqlite).insert(&["t"], &mut new.clone()).unwrap_err();
        let StoreError::Rejected(error) = error else { panic!("{error:?}") };
        error.to_string()
    };
    assert!(rejected(Team { external_id: Some("a\0b".to_owned()), ..team(&[]) }).contains("U+0000"));
    assert!(rejected(Team { name: "x".repeat(21), ..team(&[]) }).contains("more than 20 bytes"));
    assert!(rejected(team(&["a\0b"])).contains("U+0000"));
    let nameless = vec![Member { user_id: String::new(), display: Some("Cy".to_owned()) }; 2];
    assert!(rejected(Team { members: nameless, ..team(&[]) }).contains("lacks the value"));
}

#[test]
fn nothing_is_lost_without_a_word() {
    let fatal = |table: Table<Team>, members: &[&str]| match table.insert(&["t"], &mut team(members)) {
        Err(StoreError::Fatal(error)) => Some(error.to_string()),
        _ => None,
    };
    let lost = "the field `members` has a value but no column";
    assert_eq!(fatal(bare(Dialect::Sqlite), &["a"]).as_deref(), Some(lost));
    assert_eq!(fatal(bare(Dialect::Sqlite), &[]), None);
    let table = bare(Dialect::Sqlite).list("membres", ListTable::new::<Member>("members", "team", by_type));
    assert_eq!(fatal(table, &[]).as_deref(), Some("the struct has no list `membres`"));
    let members = ListTable::new::<Member>("members", "team", by_type).keyed_by("id");
    let error = fatal(bare(Dialect::Sqlite).list("members", members), &[]);
    assert_eq!(error.as_deref(), Some("the elements of `members` have no field `id`"));
    let hidden = Table::<Team>::new(Dialect::Sqlite, "teams", &[], |field| match field.name() {
        "name" => Column::absent(),
        _ => field.column(),
    });
    assert_eq!(fatal(hidden, &[]).as_deref(), Some("the field `name` has a value but no column"));
}

#[test]
fn rows_are_found_by_id_and_by_what_belongs_to_them() {
    let table = teams(Dialect::Postgres);
    let rows = table.row(&["t"], "7");
    assert_eq!(
        sql(&table.lock(&["t"], "7")),
        "SELECT \"version\" FROM teams WHERE teams.tenant = $1 AND teams.\"id\" IN ($2) FOR UPDATE"
    );
    assert!(sql(&table.row(&["t"], "a\0b").delete()).ends_with(" AND FALSE"));
    let members = ListTable::new::<Member>("members", "team", by_type).ordered_by("number");
    assert_eq!(
        sql(&members.select(&rows.narrowed(["7", "8"]))),
        "SELECT team, \"user_id\", \"display\" FROM members WHERE members.tenant = $1 AND members.team IN \
         (SELECT teams.\"id\" FROM teams WHERE teams.tenant = $1 \
         AND teams.\"id\" IN ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11)) ORDER BY team, number"
    );
    // More than a hundred are found as the query finds them.
    let mut query = Query::all(Team::TYPE);
    query.count = 500;
    let page = teams(Dialect::MariaDb).search(&["t"], &query);
    let many: Vec<String> = (0..101).map(|number| number.to_string()).collect();
    let members = members.select(&page.narrowed(many.iter().map(String::as_str)));
    assert!(sql(&members).contains("IN (SELECT `id` FROM (SELECT teams.`id` FROM teams WHERE teams.tenant = ?"));
    assert_eq!(members.binds, [text("t"), text("t"), Bind::Int(500), Bind::Int(0)]);
}

#[test]
fn a_list_is_searched_in_its_table() {
    let table = teams(Dialect::Sqlite);
    let filter = crate::filter::Filter::parse(Team::TYPE, r#"members.value eq "x""#).unwrap();
    let mut query = Query::all(Team::TYPE);
    query.filter = Some(&filter);
    let rows = table.search(&["t"], &query);
    // Nothing is known of the text in the column.
    assert!(!rows.is_page() && rows.count().is_none());
    assert!(sql(&rows.select("*")).contains("EXISTS (SELECT 1 FROM members WHERE members.tenant = teams.tenant"));
    assert_eq!(rows.page([team(&[])], Some(1)).total(), None);
}

#[test]
fn a_unique_index_names_the_attribute() {
    let conflict = |violated: &str| match teams(Dialect::Sqlite).conflict(violated) {
        Some(StoreError::Conflict(path)) => Some(path),
        _ => None,
    };
    for name in ["UNIQUE constraint failed: teams.tenant, teams.name_key", "teams_name_key", "teams_name"] {
        assert_eq!(conflict(name), Some(NAME), "{name}");
    }
    for key in ["teams_pkey", "teams_id", "Duplicate entry 't-7' for key 'PRIMARY'"] {
        assert_eq!(conflict(key), Some(Path::ID), "{key}");
    }
    assert_eq!(conflict("Duplicate entry 't-x' for key 'foreign_key'"), Some(Path::EXTERNAL_ID));
    for other in ["members_tenant_team_user_id_key", "UNIQUE constraint failed: members.name_key", "", "teams_other"] {
        assert_eq!(conflict(other), None, "{other}");
    }
}

#[test]
fn keys_of_older_rows_are_found_and_written() {
    let table = teams(Dialect::Sqlite);
    let select = table.without_keys(5).unwrap();
    assert!(sql(&select).ends_with(
        "WHERE (\"foreign_key\" IS NULL AND \"external_id\" IS NOT NULL) OR \
         (\"name_key\" IS NULL AND \"name\" IS NOT NULL) LIMIT 5"
    ));
    assert_eq!(
        sql(&table.keys(&["t"], &team(&[])).unwrap()),
        "UPDATE teams SET \"foreign_key\" = ?1, \"name_key\" = ?2 WHERE tenant = ?3 AND \"id\" = ?4 AND \"version\" = ?5"
    );
    assert_eq!(
        sql(&table.touch(&["t"], "7", DateTime::UNIX_EPOCH).unwrap()),
        "UPDATE teams SET \"version\" = \"version\" + 1, \"updated_at\" = ?1 WHERE tenant = ?2 AND \"id\" = ?3"
    );
}
