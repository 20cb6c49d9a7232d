//! The table of filters for all representations, on the tables of a flat struct.

use std::{collections::BTreeSet, fmt::Write as _};

use scim_core::{
    ScimResource, collation,
    filter::Filter,
    path,
    reflect::{Reflect, Scalar},
    schema::Path,
    sql::{self, Column, Dialect, Element, Translator, Where},
};
use scim_test_support::{
    MariaDb, Postgres,
    semantics::{
        engine::{Engine, Kind},
        flat::Employee,
        table::{filters, texts, tolerance},
    },
};
use serde_json::Value as Json;

use crate::{
    mariadb::{self, script::Script},
    postgres,
    sample::literal,
    tables::Tables,
};

const ROLE: Path = path::<Employee>("roles.value");
const ROLE_TYPE: Path = path::<Employee>("roles.type");
const ROLE_PRIMARY: Path = path::<Employee>("roles.primary");
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// The columns: name, type, attribute, and the index of the element.
const COLUMNS: &[(&str, &str, &str, Option<u32>)] = &[
    ("key", "text", "id", None),
    ("external_id", "text", "externalId", None),
    ("created", "timestamptz", "meta.created", None),
    ("modified", "timestamptz", "meta.lastModified", None),
    ("version", "text", "meta.version", None),
    ("login", "text", "userName", None),
    ("full_name", "text", "name.formatted", None),
    ("given_name", "text", "name.givenName", None),
    ("family_name", "text", "name.familyName", None),
    ("display_name", "text", "displayName", None),
    ("nick_name", "text", "nickName", None),
    ("title", "text", "title", None),
    ("user_type", "text", "userType", None),
    ("preferred_language", "text", "preferredLanguage", None),
    ("active", "boolean", "active", None),
    ("work_email", "text", "emails.value", Some(0)),
    ("work_email_display", "text", "emails.display", Some(0)),
    ("work_email_primary", "boolean NOT NULL", "emails.primary", Some(0)),
    ("home_email", "text", "emails.value", Some(1)),
    ("home_email_primary", "boolean NOT NULL", "emails.primary", Some(1)),
    ("mobile", "text", "phoneNumbers.value", Some(0)),
    ("office", "text", "phoneNumbers.value", Some(1)),
    ("address", "text", "addresses.formatted", Some(0)),
    ("city", "text", "addresses.locality", Some(0)),
    ("postal_code", "text", "addresses.postalCode", Some(0)),
    ("country", "text", "addresses.country", Some(0)),
    ("number", "text", "<ENT>:employeeNumber", None),
    ("department", "text", "<ENT>:department", None),
    ("manager", "text", "<ENT>:manager.value", None),
];

/// Returns columns with a comparison key next to each text, so that every filter is exact.
fn keys(dialect: Dialect) -> impl Fn(Path) -> Column {
    sql::columns::<Employee>(dialect, "p", move |field| {
        let found = COLUMNS.iter().find(|(name, ..)| *name == field.name());
        match (field.name(), found.map(|(_, kind, ..)| *kind), dialect) {
            ("roles", ..) => roles(),
            (_, Some("text"), _) => field.key("_key"),
            (_, Some("timestamptz"), Dialect::Sqlite) => Column::unix_micros(field.sql()),
            (_, Some("timestamptz"), Dialect::MariaDb) => Column::timestamptz(field.sql()),
            _ => field.column(),
        }
    })
}

/// Returns the default columns.
fn plain(dialect: Dialect) -> impl Fn(Path) -> Column {
    sql::columns::<Employee>(dialect, "p", sql::Field::column)
}

fn roles() -> Column {
    Column::list([Element::rows("roles AS r", "r.person = p.id")
        .with(ROLE, Column::key("r.value_key"))
        .with(ROLE_TYPE, Column::key("r.kind_key"))
        .with(ROLE_PRIMARY, Column::boolean("r.is_primary"))])
}

fn script(dialect: Dialect, users: &[(&str, Box<dyn Reflect>)]) -> String {
    let (create, quote) = match dialect {
        Dialect::MariaDb => ("CREATE TABLE", "`"),
        _ => ("CREATE TEMP TABLE", ""),
    };
    let columns: Vec<String> = COLUMNS
        .iter()
        .map(|(name, kind, ..)| format!("{quote}{name}{quote} {kind}, {quote}{name}_key{quote} text"))
        .collect();
    let mut script = format!(
        "{create} people (tenant text, id text, {});
         {create} roles (person text, value_key text, kind_key text, is_primary boolean);\n",
        columns.join(", ")
    );
    for (name, user) in users {
        let mut values = vec!["'t'".to_owned(), format!("'{name}'")];
        for (_, kind, attribute, element) in COLUMNS {
            let at = scim_path(attribute);
            let value = match (value(&**user, at, *element), *kind) {
                (Scalar::Absent, "boolean NOT NULL") => Scalar::Bool(false),
                (value, _) => value,
            };
            values.push(literal(dialect, &value));
            values.push(literal(dialect, &key(at, value)));
        }
        let _ = writeln!(script, "INSERT INTO people VALUES ({});", values.join(", "));
        for role in 0..2 {
            let part = |at| value(&**user, at, Some(role));
            if !part(ROLE).is_absent() {
                let (value, kind) = (key(ROLE, part(ROLE)), key(ROLE_TYPE, part(ROLE_TYPE)));
                let values = [value, kind, part(ROLE_PRIMARY)].map(|value| literal(dialect, &value));
                let _ = writeln!(script, "INSERT INTO roles VALUES ('{name}', {});", values.join(", "));
            }
        }
    }
    script
}

fn scim_path(attribute: &str) -> Path {
    path::<Employee>(&attribute.replace("<ENT>", ENTERPRISE))
}

/// Returns the value of an attribute, or that of one element of it.
fn value(user: &dyn Reflect, at: Path, element: Option<u32>) -> Scalar<'_> {
    let mut place = at.steps().to_vec();
    if let Some(element) = element {
        place.insert(1, element);
    }
    user.view().at(&place).scalar()
}

fn key(at: Path, value: Scalar<'_>) -> Scalar<'static> {
    match value {
        Scalar::Str(value) if Employee::TYPE.attribute(at).unwrap().case_exact => {
            Scalar::Str(collation::normalize(&value).into_owned().into())
        }
        Scalar::Str(value) => Scalar::Str(collation::case_fold(&value).into_owned().into()),
        _ => Scalar::Absent,
    }
}

/// A row of the table: its name, the filter, and the users that match.
type Case = (String, Filter, BTreeSet<String>);

fn cases(table: &Json) -> Vec<Case> {
    let rows = table["rows"].as_array().unwrap().iter();
    let cases = rows.filter(|row| row["error"].is_null() && !row["flat"].is_string()).map(|row| {
        let filter = row["filter"].as_str().unwrap();
        let filter = Filter::parse_with(Employee::TYPE, filter, &tolerance(row)).unwrap();
        let expected = texts(&row["matches"]).into_iter().map(str::to_owned).collect();
        (row["name"].as_str().unwrap().to_owned(), filter, expected)
    });
    cases.collect()
}

fn users(table: &Json) -> Vec<(&str, Box<dyn Reflect>)> {
    let users = table["users"].as_object().unwrap().iter();
    users.map(|(name, user)| (name.as_str(), Engine::Flat.stored(Kind::User, user).unwrap().1)).collect()
}

/// Checks that the result matches the table, either immediately or after the framework has filtered the candidates.
fn check(case: &Case, part: &Where, found: &BTreeSet<String>, users: &[(&str, Box<dyn Reflect>)]) {
    let (name, filter, expected) = case;
    assert!(found.is_superset(expected), "{name}: {found:?}\n{}", part.sql);
    let matching = users.iter().filter(|(name, user)| found.contains(*name) && filter.matches(&**user));
    let matching: BTreeSet<String> = matching.map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(matching, *expected, "{name}");
    assert!(!part.is_exact || found == expected, "{name}: {found:?}\n{}", part.sql);
}

#[tokio::test]
async fn the_table_of_filters_passes_in_sqlite() {
    let table = filters();
    let (users, cases) = (users(&table), cases(&table));
    let script = script(Dialect::Sqlite, &users).replace("timestamptz", "integer");
    let tables = Tables::of(script).await;
    let (keys, plain) = (keys(Dialect::Sqlite), plain(Dialect::Sqlite));
    let mut exact = 0;
    for case in &cases {
        let part = Translator::new(Dialect::Sqlite, Employee::TYPE, &keys).after(1).filter(&case.1);
        assert!(part.is_exact, "{}", case.0);
        check(case, &part, &tables.ids(&part).await, &users);
        let part = Translator::new(Dialect::Sqlite, Employee::TYPE, &plain).after(1).filter(&case.1);
        check(case, &part, &tables.ids(&part).await, &users);
        exact += usize::from(part.is_exact);
    }
    println!("{} filters, all exact by keys, {exact} without", cases.len());
}

#[test]
fn the_table_of_filters_passes_in_postgres() {
    let Some(server) = Postgres::find() else { return };
    let table = filters();
    let (users, cases) = (users(&table), cases(&table));
    let (keys, plain) = (keys(Dialect::Postgres), plain(Dialect::Postgres));
    let (mut script, mut parts) = (script(Dialect::Postgres, &users), Vec::new());
    for case in &cases {
        let exact = Translator::new(Dialect::Postgres, Employee::TYPE, &keys).filter(&case.1);
        assert!(exact.is_exact, "{}", case.0);
        for part in [exact, Translator::new(Dialect::Postgres, Employee::TYPE, &plain).filter(&case.1)] {
            postgres::statement(&mut script, &part.sql, &part.binds);
            parts.push((case, part));
        }
    }
    let lines = postgres::run(&server, &script);
    assert_eq!(lines.len(), parts.len());
    for (line, (case, part)) in lines.iter().zip(parts) {
        check(case, &part, &line.split_whitespace().map(str::to_owned).collect(), &users);
    }
}

#[test]
fn the_table_of_filters_passes_in_mariadb() {
    let Some(server) = MariaDb::find() else { return };
    let table = filters();
    let (users, cases) = (users(&table), cases(&table));
    let (keys, plain) = (keys(Dialect::MariaDb), plain(Dialect::MariaDb));
    let (mut statements, mut parts) = (Script::new("semantics", ""), Vec::new());
    statements.statement(&script(Dialect::MariaDb, &users).replace("timestamptz", "datetime(6)"));
    let mut without = 0;
    for case in &cases {
        let exact = Translator::new(Dialect::MariaDb, Employee::TYPE, &keys).filter(&case.1);
        assert!(exact.is_exact, "{}", case.0);
        let plain = Translator::new(Dialect::MariaDb, Employee::TYPE, &plain).filter(&case.1);
        without += usize::from(plain.is_exact);
        for part in [exact, plain] {
            mariadb::ask(&mut statements, &part, "", &[]);
            parts.push((case, part));
        }
    }
    for (found, (case, part)) in statements.run(server).into_iter().zip(parts) {
        check(case, &part, &found.into_iter().collect(), &users);
    }
    println!("{} filters in MariaDB, all exact by keys, {without} without", cases.len());
}
