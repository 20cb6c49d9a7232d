//! The same tests against MariaDB, if it is installed; if `SCIM_TEST_MARIADB_REQUIRED` is set, it must be.

mod columns;
mod indexes;
pub(crate) mod script;
mod uuids;
mod writes;

use std::collections::BTreeSet;

use scim_core::{
    ScimResource,
    filter::Filter,
    schema::Path,
    sql::{self, Bind, Column, Dialect, Selection, Translator, Where},
    store::Query,
    store::Stored,
};
use scim_test_support::MariaDb;

use self::script::Script;
use crate::{
    ask::Ask,
    employees::{self, Employee},
    lists::exact_filter,
    oracle::Tree,
    people::Person,
    random::Random,
    sample::{Sample, sort},
    tables,
};

/// Modes in which a server may parse the text.
const MODES: [&str; 2] =
    ["STRICT_TRANS_TABLES", "STRICT_TRANS_TABLES,ANSI_QUOTES,PIPES_AS_CONCAT,NO_BACKSLASH_ESCAPES,HIGH_NOT_PRECEDENCE"];

/// Returns the columns of SQLite, with MariaDB's own type for times, and an index for sorting by id.
fn column(path: Path) -> Column {
    match path {
        tables::CREATED => Column::timestamptz("p.created"),
        Path::ID => Column::ascii("p.id").bytewise(),
        path => tables::column(path),
    }
}

fn by_columns() -> Translator<'static> {
    // MariaDB ignores the look-ups of the other databases.
    Translator::new(Dialect::MariaDb, Person::TYPE, &column).after(1).lookup("p.id", "people AS p WHERE p.tenant = ?")
}

pub(crate) fn ask(script: &mut Script, part: &Where, rest: &str, more: &[Bind]) {
    let tenant = Bind::Text("t".to_owned());
    let binds: Vec<Bind> = std::iter::once(&tenant).chain(&part.binds).chain(more).cloned().collect();
    script.ask(&format!("SELECT p.id FROM people AS p WHERE p.tenant = ? AND {}{rest}", part.sql), &binds);
}

#[test]
fn random_filters_find_the_same_in_mariadb() {
    let json = sql::json(Dialect::MariaDb, Person::TYPE, "p.document");
    filters::<Person>(&[by_columns(), Translator::new(Dialect::MariaDb, Person::TYPE, &json).after(1)]);
}

#[test]
fn random_filters_find_the_same_in_mariadb_columns_of_a_flat_struct() {
    let columns = employees::columns(Dialect::MariaDb);
    filters::<Employee>(&[Translator::new(Dialect::MariaDb, Employee::TYPE, &columns).after(1)]);
}

fn filters<S: Sample>(translators: &[Translator<'_>]) {
    let Some(server) = MariaDb::find() else { return };
    let seed = crate::number("SCIM_SEED", 8);
    let mut random = Random::new(seed);
    let rounds = crate::number("SCIM_ROUNDS", 2_000);
    let (mut tried, mut exact, mut extra) = (0u64, vec![0u64; translators.len()], 0usize);
    while tried < rounds {
        let people = S::population(&mut random, 60);
        let trees: Vec<(String, Tree)> = people.iter().map(|person| (person.id(), person.tree())).collect();
        let database = format!("filters_of_{}", S::TYPE.name);
        let (mut script, mut expected) = (Script::new(&database, random.of(&MODES)), Vec::new());
        script.fill(&people);
        for _ in 0..crate::OF_ONE_POPULATION.min(rounds - tried) {
            let wish = Ask::random(&mut random, S::VOCABULARY);
            let filter = Filter::parse(S::TYPE, &wish.to_string()).unwrap();
            let book: BTreeSet<String> =
                trees.iter().filter(|(_, tree)| tree.matches(&wish)).map(|(id, _)| id.clone()).collect();
            for (translator, exact) in translators.iter().zip(&mut exact) {
                let part = translator.filter(&filter);
                ask(&mut script, &part, "", &[]);
                *exact += u64::from(part.is_exact);
                expected.push((wish.to_string(), part, book.clone()));
            }
            tried += 1;
        }
        for (rows, (text, part, book)) in script.run(server).into_iter().zip(expected) {
            let rows: BTreeSet<String> = rows.into_iter().collect();
            assert!(rows.is_superset(&book), "seed {seed}: {text}\n{part:?}\n{:?}", book.difference(&rows));
            assert!(!part.is_exact || rows == book, "seed {seed}: {text}\n{part:?}\n{:?}", rows.difference(&book));
            extra += rows.len() - book.len();
        }
    }
    println!("{} in MariaDB: {tried} filters, {exact:?} exact; {extra} candidates beyond them", S::TYPE.name);
    assert!(exact[0] * 3 > tried && exact.iter().all(|exact| exact * 10 > tried));
}

#[test]
fn all_pages_together_form_the_ordered_list_in_mariadb() {
    pages::<Person>(by_columns());
}

#[test]
fn all_pages_of_a_flat_struct_form_the_ordered_list_in_mariadb() {
    let columns = employees::columns(Dialect::MariaDb);
    pages::<Employee>(Translator::new(Dialect::MariaDb, Employee::TYPE, &columns).after(1));
}

fn pages<S: Sample>(translator: Translator<'_>) {
    let Some(server) = MariaDb::find() else { return };
    let seed = crate::number("SCIM_SEED", 9);
    let mut random = Random::new(seed);
    let (mut lists, mut pages) = (0, 0);
    for _ in 0..crate::number("SCIM_ROUNDS", 2_000).div_ceil(400) {
        let people = S::population(&mut random, 60);
        let database = format!("lists_of_{}", S::TYPE.name);
        let (mut script, mut expected) = (Script::new(&database, random.of(&MODES)), Vec::new());
        script.fill(&people);
        for name in S::SORTED_BY {
            for descending in [false, true] {
                let (wish, filter) = exact_filter::<S>(&mut random, &translator);
                let mut query = Query::all(S::TYPE);
                (query.filter, query.sort) = (Some(&filter), Some(sort::<S>(name, descending)));
                let book = query.select(&people).into_resources();
                query.count = 1 + random.below(20);
                let order = translator.order(query.sort).unwrap();
                let mut last: Option<&Stored<S>> = None;
                for page in book.chunks(query.count).chain([&[][..]]) {
                    let found: Selection = translator.select(&query);
                    assert!(found.is_page, "{name}");
                    ask(&mut script, &found.filter, &found.page, &found.page_binds);
                    let context = format!("seed {seed}: {name} {descending} {wish}\n{found:?}");
                    expected.push((ids(page), context.clone()));
                    // The page after the last row of the previous page is the same.
                    if let Some(last) = last {
                        let following = translator.following(query.sort, &last.place(name), &last.id());
                        let following = following.unwrap_or_else(|| panic!("{context}"));
                        let rest = format!(" AND {} ORDER BY {order} LIMIT {}", following.sql, query.count);
                        ask(&mut script, &found.filter, &rest, &following.binds);
                        expected.push((ids(page), context));
                    }
                    last = page.last();
                    query.offset += query.count;
                    pages += 1;
                }
                // The largest possible number of rows.
                (query.offset, query.count) = (0, usize::MAX);
                let found = translator.select(&query);
                ask(&mut script, &found.filter, &found.page, &found.page_binds);
                expected.push((ids(&book), (*name).to_owned()));
                lists += 1;
            }
        }
        for (rows, (ids, context)) in script.run(server).into_iter().zip(expected) {
            assert_eq!(rows, ids, "{context}");
        }
    }
    println!("{} in MariaDB: {lists} lists, {pages} pages", S::TYPE.name);
}

fn ids<S: Sample>(page: &[Stored<S>]) -> Vec<String> {
    page.iter().map(|resource| resource.id()).collect()
}

/// MariaDB ignores a NUL at the end of texts when it sorts them by collations other than `binary`.
#[test]
fn a_nul_at_the_end_affects_the_order_in_mariadb() {
    let Some(server) = MariaDb::find() else { return };
    let mut people = Person::population(&mut Random::new(31), 60);
    for (person, name) in people.iter_mut().zip(["a", "a\0", "a ", "a\0\0", "", " ", "\0"].into_iter().cycle()) {
        person.display_name = Some(name.to_owned());
    }
    let (mut script, mut expected) = (Script::new("ends", MODES[0]), Vec::new());
    script.fill(&people);
    for descending in [false, true] {
        let mut query = Query::all(Person::TYPE);
        (query.sort, query.count) = (Some(sort::<Person>("displayName", descending)), 40);
        let found = by_columns().select(&query);
        ask(&mut script, &found.filter, &found.page, &found.page_binds);
        expected.push(ids(&query.select(&people).into_resources()));
    }
    assert_eq!(script.run(server), expected);
}

#[test]
fn a_filter_of_the_maximum_size_works_in_mariadb() {
    let Some(server) = MariaDb::find() else { return };
    let people = Person::population(&mut Random::new(7), 20);
    let (mut script, mut expected) = (Script::new("large", MODES[0]), Vec::new());
    script.fill(&people);
    let leaf = r#"emails.value sw "a""#;
    let deep = format!("{}{leaf}{}", "not (title pr or ".repeat(32), ")".repeat(32));
    for text in [vec![leaf; 600].join(" or "), vec!["active pr"; 1000].join(" and "), deep] {
        let filter = Filter::parse(Person::TYPE, &text).unwrap();
        ask(&mut script, &by_columns().filter(&filter), "", &[]);
        expected.push(crate::ids(&people, |person| filter.matches(person)));
    }
    for (rows, expected) in script.run(server).into_iter().zip(expected) {
        assert_eq!(rows.into_iter().collect::<BTreeSet<_>>(), expected);
    }
}
