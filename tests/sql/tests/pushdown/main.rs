//! Filters, order and pages as SQL, against SQLite. The database finds the same as the evaluator in memory, and both
//! find the same as an oracle that follows the text of RFC 7644 and shares no code with them. The columns of a nested
//! struct are handwritten, those of a flat one come from the derive macro.
//!
//! `SCIM_ROUNDS` sets the number of filters; `SCIM_SEED` repeats a run.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod ask;
mod employees;
mod indexes;
mod lists;
mod mariadb;
mod oracle;
mod people;
mod postgres;
mod random;
mod sample;
mod schemas;
mod semantics;
mod tables;

use std::collections::BTreeSet;

use scim_core::{
    ScimResource,
    filter::Filter,
    sql::{self, Column, Dialect, Translator},
};

use crate::{
    ask::Ask, employees::Employee, oracle::Tree, people::Person, random::Random, sample::Sample, tables::Tables,
};

/// The number of filters for each population.
const OF_ONE_POPULATION: u64 = 250;

fn number(variable: &str, default: u64) -> u64 {
    std::env::var(variable).ok().map_or(default, |text| text.parse().unwrap())
}

#[tokio::test]
async fn random_filters_find_the_same_in_sql_in_memory_and_in_the_oracle() {
    let document = sql::json(Dialect::Sqlite, Person::TYPE, "p.document");
    let by_columns = Translator::new(Dialect::Sqlite, Person::TYPE, &tables::column).after(1);
    // Alternatives that are looked up one by one find the same rows.
    let by_lookup = by_columns.lookup("p.id", "people AS p WHERE p.tenant = ?1");
    let by_document = Translator::new(Dialect::Sqlite, Person::TYPE, &document).after(1);
    filters::<Person>(&[by_columns, by_lookup, by_document]).await;
}

#[tokio::test]
async fn random_filters_find_the_same_in_the_columns_of_a_flat_struct() {
    let columns = employees::columns(Dialect::Sqlite);
    filters::<Employee>(&[Translator::new(Dialect::Sqlite, Employee::TYPE, &columns).after(1)]).await;
}

async fn filters<S: Sample>(translators: &[Translator<'_>]) {
    let seed = number("SCIM_SEED", 0x5c1_3a11);
    let mut random = Random::new(seed);
    let (mut tried, mut exact, mut lookups, mut found, mut extra) = (0u64, 0u64, 0u64, 0usize, 0usize);
    let rounds = number("SCIM_ROUNDS", 2_000);
    while tried < rounds {
        let people = S::population(&mut random, 60);
        let trees: Vec<Tree> = people.iter().map(S::tree).collect();
        let tables = Tables::fill(&people).await;
        for _ in 0..OF_ONE_POPULATION.min(rounds - tried) {
            let ask = Ask::random(&mut random, S::VOCABULARY);
            let text = ask.to_string();
            let filter = Filter::parse(S::TYPE, &text).unwrap_or_else(|error| panic!("{text}: {error:?}"));
            let book: BTreeSet<String> = people
                .iter()
                .zip(&trees)
                .filter(|(_, tree)| tree.matches(&ask))
                .map(|(person, _)| person.id())
                .collect();
            let memory = ids(&people, |person| filter.matches(person));
            assert_eq!(memory, book, "seed {seed}, in memory and by the book: {text}");

            for (number, translator) in translators.iter().enumerate() {
                let part = translator.filter(&filter);
                let rows = tables.ids(&part).await;
                let context = format!("seed {seed}: {text}\n{}\n{:?}", part.sql, part.binds);
                assert!(rows.is_superset(&book), "{context}\n{:?}", book.difference(&rows));
                assert!(!part.is_exact || rows == book, "{context}\n{:?}", rows.difference(&book));
                lookups += u64::from(part.sql.contains(" UNION ALL "));
                if number == 0 {
                    exact += u64::from(part.is_exact);
                    extra += rows.len() - book.len();
                }
            }
            tried += 1;
            found += book.len();
        }
    }
    let name = &S::TYPE.name;
    println!(
        "{name}: {tried} filters, {exact} exact, {lookups} looked up; {found} rows matched, {extra} candidates beyond them"
    );
    // The generator is useless if hardly anything matches, or nothing is exact.
    assert!(exact * 3 > tried && u64::try_from(found).unwrap() > tried * 5);
    assert!(translators.len() == 1 || lookups * 50 > tried);
}

fn ids<S: Sample>(people: &[S], test: impl Fn(&S) -> bool) -> BTreeSet<String> {
    people.iter().filter(|person| test(person)).map(S::id).collect()
}

#[tokio::test]
async fn a_filter_of_the_maximum_size_works() {
    let people = Person::population(&mut Random::new(7), 20);
    let tables = Tables::fill(&people).await;
    let leaf = r#"emails.value sw "a""#;
    let deep = format!("{}{leaf}{}", "not (title pr or ".repeat(32), ")".repeat(32));
    let side = format!("{}{leaf}{}", "(".repeat(32), " or code eq \"a\" or code eq \"b\" or code eq \"c\")".repeat(32));
    for text in [vec![leaf; 600].join(" or "), vec!["active pr"; 1000].join(" and "), deep, side] {
        let filter = Filter::parse(Person::TYPE, &text).unwrap();
        let part = Translator::new(Dialect::Sqlite, Person::TYPE, &tables::column).after(1).filter(&filter);
        assert_eq!(tables.ids(&part).await, ids(&people, |person| filter.matches(person)));
        assert!(part.sql.len() < 200 * 1000 && part.binds.len() <= 2000);
    }
}

#[tokio::test]
async fn a_filter_cannot_leave_the_scope_of_a_store() {
    let people = Person::population(&mut Random::new(11), 20);
    let tables = Tables::fill(&people).await;
    for hostile in ["x' OR '1'='1", "') OR TRUE --", "x\" OR 1=1 --", "%", "_", "\\", "?1", "$1", "x\0' OR 1 --"] {
        for operator in ["eq", "co", "sw", "ew", "gt"] {
            let text = format!("userName {operator} {} or id pr", serde_json::to_string(hostile).unwrap());
            let filter = Filter::parse(Person::TYPE, &text).unwrap();
            let part = Translator::new(Dialect::Sqlite, Person::TYPE, &tables::column).after(1).filter(&filter);
            assert!(!part.sql.contains(hostile) || hostile.len() < 3, "{}", part.sql);
            assert_eq!(tables.ids(&part).await.len(), people.len(), "{text}");
            assert_eq!(tables.ids_of("another", &part).await.len(), 0, "{text}");
        }
    }
    let nothing = |_| Column::unsupported();
    let filter = Filter::parse(Person::TYPE, "title pr").unwrap();
    let part = Translator::new(Dialect::Sqlite, Person::TYPE, &nothing).filter(&filter);
    assert_eq!((part.sql.as_str(), part.is_exact), ("TRUE", false));
}
