//! The same against PostgreSQL, where one is at hand.

use std::{collections::BTreeSet, fmt::Write as _, io::Write as _, process::Stdio};

use scim_core::{
    access::{DateTime, ScimResource},
    filter::Filter,
    schema::Path,
    store::{
        Query,
        sql::{self, Bind, Column, Dialect, Translator},
    },
    text::{exact, fold},
};
use scim_test_postgres::Postgres;

use crate::{
    ask::Ask,
    oracle::matches,
    people::{Person, population},
    random::Random,
    tables::{self, document},
};

/// As in SQLite, with the types that PostgreSQL has besides.
fn column(path: Path) -> Column {
    if path == tables::CREATED { Column::timestamptz("p.created") } else { tables::column(path) }
}

const SCHEMA: &str = "
SET client_min_messages = warning; SET standard_conforming_strings = on;
CREATE TEMP TABLE people (id text PRIMARY KEY, external_key text, created timestamptz, modified bigint,
    login_key varchar(100) NOT NULL, display_key text, nick text, title text, code text, badge text, active boolean,
    level bigint, score float8, grade bigint, hired bigint, family_key text, given_key text, work_phone text,
    mobile text, department_key text, manager text, document jsonb NOT NULL);
CREATE TEMP TABLE emails (person text, position integer, value_key text, kind_key text, display text, is_primary boolean);
CREATE TEMP TABLE sites (person text, position integer, site_key text);
CREATE TEMP TABLE desks (person text, floor integer);
";

#[test]
fn random_filters_find_the_same_in_postgres() {
    let Some(server) = Postgres::find() else { return };
    let mut random = Random::without_nul(crate::number("SCIM_SEED", 5));
    let rounds = crate::number("SCIM_ROUNDS", 2_000);
    let (mut tried, mut exact) = (0u64, 0u64);
    let json = sql::json(Dialect::Postgres, Person::TYPE, "p.document");
    let by_columns = Translator::new(Dialect::Postgres, Person::TYPE, &column);
    let by_lookup = by_columns.lookup("p.id", "people AS p WHERE TRUE");
    let by_document = Translator::new(Dialect::Postgres, Person::TYPE, &json);
    while tried < rounds {
        let people = population(&mut random, 60);
        let (mut script, mut expected) = (SCHEMA.to_owned(), Vec::new());
        for person in &people {
            insert(&mut script, person);
        }
        for _ in 0..crate::OF_ONE_POPULATION.min(rounds - tried) {
            let ask = Ask::random(&mut random);
            let filter = Filter::parse(Person::TYPE, &ask.to_string()).unwrap();
            let book: BTreeSet<String> = crate::ids(&people, |person| matches(person, &ask));
            for translator in [by_columns, by_lookup, by_document] {
                let part = translator.filter(&filter);
                statement(&mut script, &part.sql, &part.binds);
                exact += u64::from(part.is_exact);
                expected.push((ask.to_string(), part, book.clone()));
            }
            tried += 1;
        }
        let lines = run(&server, &script);
        assert_eq!(lines.len(), expected.len());
        for (line, (ask, part, book)) in lines.iter().zip(expected) {
            let rows: BTreeSet<String> = line.split_whitespace().map(str::to_owned).collect();
            if part.is_exact {
                assert_eq!(rows, book, "{ask}\n{part:?}");
            } else {
                assert!(rows.is_superset(&book), "{ask}\n{part:?}\n{:?}", book.difference(&rows));
            }
        }
    }
    println!("{tried} filters over columns and documents, {exact} exact");
}

#[test]
fn lists_are_in_the_same_order_in_postgres() {
    let Some(server) = Postgres::find() else { return };
    let mut random = Random::without_nul(crate::number("SCIM_SEED", 6));
    let people = population(&mut random, 200);
    let (mut script, mut expected) = (SCHEMA.to_owned(), Vec::new());
    for person in &people {
        insert(&mut script, person);
    }
    for name in crate::lists::SORTED_BY {
        for descending in [false, true] {
            let mut query = Query::all(Person::TYPE);
            (query.sort, query.count, query.offset) = (Some(tables::sort(name, descending)), 150, 20);
            let found = Translator::new(Dialect::Postgres, Person::TYPE, &column).select(&query);
            let sql = format!("{}{}", found.filter.sql, found.page);
            statement(&mut script, &sql, &found.binds().cloned().collect::<Vec<_>>());
            let page = query.select(&people).into_resources();
            expected.push((*name, page.into_iter().map(|person| person.id).collect::<Vec<_>>().join(" ")));
        }
    }
    let lines = run(&server, &script);
    assert_eq!(lines.len(), expected.len());
    for (line, (name, page)) in lines.iter().zip(expected) {
        assert_eq!(*line, page, "{name}");
    }
}

fn statement(script: &mut String, sql: &str, binds: &[Bind]) {
    let values: Vec<String> = binds
        .iter()
        .map(|bind| match bind {
            Bind::Text(text) => quoted(text),
            Bind::Int(number) => format!("'{number}'"),
            Bind::Float(number) => format!("'{number:e}'"),
        })
        .collect();
    let values = if values.is_empty() { String::new() } else { format!("({})", values.join(", ")) };
    let _ = writeln!(
        script,
        "PREPARE q AS SELECT array_to_string(ARRAY(SELECT p.id FROM people AS p WHERE {sql}), ' ');
         EXECUTE q{values}; DEALLOCATE q;"
    );
}

/// The lines that the script selects.
fn run(server: &Postgres, script: &str) -> Vec<String> {
    let mut child = server.psql().stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let script = script.to_owned();
    let writer = std::thread::spawn(move || stdin.write_all(script.as_bytes()));
    let output = child.wait_with_output().unwrap();
    let _ = writer.join();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

fn quoted(text: &str) -> String {
    format!("E'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}

fn insert(script: &mut String, person: &Person) {
    fn literal<T: ToString>(value: Option<T>) -> String {
        value.map_or_else(|| "NULL".to_owned(), |value| quoted(&value.to_string()))
    }
    let fold = |text: &Option<String>| literal(text.as_ref().map(|text| fold(text)));
    let exact = |text: &Option<String>| literal(text.as_ref().map(|text| exact(text)));
    let phone = |kind: &str| {
        person.phones.iter().find(|phone| phone.kind.as_deref() == Some(kind)).and_then(|phone| phone.value.clone())
    };
    let name = person.name.clone().unwrap_or_default();
    let work = person.work.clone().unwrap_or_default();
    let id = quoted(&person.id);
    let values = [
        id.clone(),
        exact(&person.external_id),
        literal(person.meta.created),
        literal(person.meta.last_modified.map(DateTime::unix_seconds)),
        fold(&Some(person.user_name.clone())),
        fold(&person.display_name),
        literal(person.nick_name.clone()),
        literal(person.title.clone()),
        literal(person.code.clone()),
        literal(person.badge.clone()),
        literal(person.active),
        literal(person.level),
        literal(person.score.map(|score| format!("{score:e}"))),
        literal(person.grade),
        literal(person.hired.map(DateTime::unix_millis)),
        fold(&name.family_name),
        fold(&name.given_name),
        literal(phone("work")),
        literal(phone("mobile")),
        fold(&work.department),
        literal(work.manager.and_then(|manager| manager.value)),
        quoted(&document(person)),
    ];
    let _ = writeln!(script, "INSERT INTO people VALUES ({});", values.join(", "));
    for (position, email) in (0..).zip(&person.emails) {
        let (value, kind) = (fold(&email.value), fold(&email.kind));
        let (display, primary) = (literal(email.display.clone()), literal(email.primary));
        let _ =
            writeln!(script, "INSERT INTO emails VALUES ({id}, {position}, {value}, {kind}, {display}, {primary});");
    }
    for (position, site) in (0..).zip(&person.sites) {
        let site = fold(&Some(site.clone()));
        let _ = writeln!(script, "INSERT INTO sites VALUES ({id}, {position}, {site});");
    }
    for desk in &work.desks {
        let _ = writeln!(script, "INSERT INTO desks VALUES ({id}, {});", literal(desk.floor));
    }
}
