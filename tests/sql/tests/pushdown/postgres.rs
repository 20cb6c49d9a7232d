//! The same tests against PostgreSQL, if it is available.

use std::{collections::BTreeSet, fmt::Write as _, io::Write as _, process::Stdio};

use scim_core::{
    ScimResource,
    filter::Filter,
    schema::Path,
    sql::{self, Bind, Column, Dialect, Translator},
    store::Query,
};
use scim_test_support::Postgres;

use crate::{
    ask::Ask,
    employees::{self, Employee},
    oracle::Tree,
    people::Person,
    random::Random,
    sample::{Sample, bound, sort},
    tables,
};

/// Returns the columns of SQLite, with PostgreSQL's own type for times.
fn column(path: Path) -> Column {
    if path == tables::CREATED { Column::timestamptz("p.created") } else { tables::column(path) }
}

const SETTINGS: &str = "SET client_min_messages = warning; SET standard_conforming_strings = on;\n";

#[test]
fn random_filters_find_the_same_in_postgres() {
    let json = sql::json(Dialect::Postgres, Person::TYPE, "p.document");
    let by_columns = Translator::new(Dialect::Postgres, Person::TYPE, &column);
    let by_lookup = by_columns.lookup("p.id", "people AS p WHERE TRUE");
    filters::<Person>(&[by_columns, by_lookup, Translator::new(Dialect::Postgres, Person::TYPE, &json)]);
}

#[test]
fn random_filters_find_the_same_in_postgres_columns_of_a_flat_struct() {
    let columns = employees::columns(Dialect::Postgres);
    filters::<Employee>(&[Translator::new(Dialect::Postgres, Employee::TYPE, &columns)]);
}

fn filters<S: Sample>(translators: &[Translator<'_>]) {
    let Some(server) = Postgres::find() else { return };
    let mut random = Random::without_nul(crate::number("SCIM_SEED", 5));
    let rounds = crate::number("SCIM_ROUNDS", 2_000);
    let (mut tried, mut exact) = (0u64, 0u64);
    while tried < rounds {
        let people = S::population(&mut random, 60);
        let trees: Vec<(String, Tree)> = people.iter().map(|person| (person.id(), person.tree())).collect();
        let (mut script, mut expected) = (SETTINGS.to_owned() + &S::script(Dialect::Postgres, &people), Vec::new());
        for _ in 0..crate::OF_ONE_POPULATION.min(rounds - tried) {
            let ask = Ask::random(&mut random, S::VOCABULARY);
            let filter = Filter::parse(S::TYPE, &ask.to_string()).unwrap();
            let book: BTreeSet<String> =
                trees.iter().filter(|(_, tree)| tree.matches(&ask)).map(|(id, _)| id.clone()).collect();
            for translator in translators {
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
    println!("{}: {tried} filters in {} ways, {exact} exact", S::TYPE.name, translators.len());
}

#[test]
fn lists_are_in_the_same_order_in_postgres() {
    lists::<Person>(&column);
}

#[test]
fn lists_of_a_flat_struct_are_in_the_same_order_in_postgres() {
    lists::<Employee>(&employees::columns(Dialect::Postgres));
}

fn lists<S: Sample>(columns: &dyn Fn(Path) -> Column) {
    let Some(server) = Postgres::find() else { return };
    let mut random = Random::without_nul(crate::number("SCIM_SEED", 6));
    let people = S::population(&mut random, 200);
    let (mut script, mut expected) = (SETTINGS.to_owned() + &S::script(Dialect::Postgres, &people), Vec::new());
    for name in S::SORTED_BY {
        for descending in [false, true] {
            let mut query = Query::all(S::TYPE);
            (query.sort, query.count, query.offset) = (Some(sort::<S>(name, descending)), 150, 20);
            let found = Translator::new(Dialect::Postgres, S::TYPE, columns).select(&query);
            assert!(found.is_page, "{name}");
            let sql = format!("{}{}", found.filter.sql, found.page);
            statement(&mut script, &sql, &found.binds().cloned().collect::<Vec<_>>());
            let page = query.select(&people).into_resources();
            expected.push((*name, page.iter().map(|resource| S::id(resource)).collect::<Vec<_>>().join(" ")));
        }
    }
    let lines = run(&server, &script);
    assert_eq!(lines.len(), expected.len());
    for (line, (name, page)) in lines.iter().zip(expected) {
        assert_eq!(*line, page, "{name}");
    }
}

pub(crate) fn statement(script: &mut String, sql: &str, binds: &[Bind]) {
    let values: Vec<String> = binds.iter().map(|bind| bound(Dialect::Postgres, bind)).collect();
    let values = if values.is_empty() { String::new() } else { format!("({})", values.join(", ")) };
    let _ = writeln!(
        script,
        "PREPARE q AS SELECT array_to_string(ARRAY(SELECT p.id FROM people AS p WHERE {sql}), ' ');
         EXECUTE q{values}; DEALLOCATE q;"
    );
}

/// Returns the lines that the script selects.
pub(crate) fn run(server: &Postgres, script: &str) -> Vec<String> {
    let mut child = server.psql().stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let script = script.to_owned();
    let writer = std::thread::spawn(move || stdin.write_all(script.as_bytes()));
    let output = child.wait_with_output().unwrap();
    let _ = writer.join();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}
