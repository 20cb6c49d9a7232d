//! Tests that text in MariaDB is compared and sorted in the same way regardless of its column's declaration.

use std::collections::BTreeSet;

use scim_core::{
    ScimResource,
    collation::case_fold,
    filter::Filter,
    path,
    schema::Path,
    sql::{Bind, Column, Dialect, Translator},
    store::Query,
};
use scim_test_support::MariaDb;

use super::script::Script;
use crate::{
    people::Person,
    sample::{bound, sort},
};

const USER_NAME: Path = path::<Person>("userName");
const NICK_NAME: Path = path::<Person>("nickName");
const TITLE: Path = path::<Person>("title");

const DECLARATIONS: [&str; 9] = [
    "VARCHAR(255) COLLATE utf8mb4_nopad_bin",
    "VARCHAR(255) COLLATE utf8mb4_bin",
    "VARCHAR(255) COLLATE utf8mb4_general_ci",
    "VARCHAR(255) COLLATE utf8mb4_unicode_520_nopad_ci",
    "VARCHAR(255) COLLATE utf8mb4_turkish_ci",
    "TEXT COLLATE utf8mb4_unicode_ci",
    "VARBINARY(1020)",
    "VARCHAR(255) CHARACTER SET utf16",
    LATIN,
];

const LATIN: &str = "VARCHAR(255) CHARACTER SET latin1";

const TEXTS: [&str; 20] = [
    "",
    " ",
    "\0",
    "a",
    "A",
    "a ",
    "a\0",
    "ab",
    "a%",
    "I",
    "i",
    "\u{131}",
    "\u{130}",
    "Äpfel",
    "äpfel",
    "ß",
    "é",
    "e",
    "\u{ffff}",
    "\u{1f600}",
];

/// The key of a text is in one column, the text itself in another.
fn column(path: Path) -> Column {
    match path {
        Path::ID => Column::ascii("t.id"),
        USER_NAME => Column::key("t.folded").empty_is_absent(),
        NICK_NAME | TITLE => Column::text("t.raw"),
        _ => Column::unsupported(),
    }
}

fn person((id, text): (i32, &str)) -> Person {
    let text = text.to_owned();
    Person {
        id: id.to_string(),
        user_name: text.clone(),
        nick_name: Some(text.clone()),
        title: Some(text),
        ..Person::default()
    }
}

#[test]
fn text_is_compared_and_sorted_regardless_of_its_columns_declaration_in_mariadb() {
    let Some(server) = MariaDb::find() else { return };
    let translator = Translator::new(Dialect::MariaDb, Person::TYPE, &column);
    for declaration in DECLARATIONS {
        let texts = TEXTS.into_iter().filter(|text| declaration != LATIN || text.chars().all(|char| char <= '\u{ff}'));
        let people: Vec<Person> = (10..).zip(texts).map(person).collect();
        let (mut script, mut expected) = (Script::new("columns", ""), Vec::new());
        script.statement(&format!("CREATE TABLE t (id TEXT, folded {declaration}, raw {declaration})"));
        for person in &people {
            let raw = person.user_name.clone();
            let values = [person.id.clone(), case_fold(&raw).into_owned(), raw]
                .map(|text| bound(Dialect::MariaDb, &Bind::Text(text)));
            script.statement(&format!("INSERT INTO t VALUES ({})", values.join(", ")));
        }
        for name in ["userName", "nickName", "title"] {
            for operator in ["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"] {
                for operand in TEXTS {
                    let text = format!("{name} {operator} {}", serde_json::to_string(operand).unwrap());
                    let filter = Filter::parse(Person::TYPE, &text).unwrap();
                    let part = translator.filter(&filter);
                    script.ask(&format!("SELECT t.id FROM t WHERE {}", part.sql), &part.binds);
                    expected.push((text, filter, part.is_exact));
                }
            }
        }
        let mut query = Query::all(Person::TYPE);
        let mut lists = Vec::new();
        for descending in [false, true] {
            query.sort = Some(sort::<Person>("userName", descending));
            let found = translator.select(&query);
            script.ask(&format!("SELECT t.id FROM t WHERE TRUE{}", found.page), &found.page_binds);
            lists.push(
                query.select(&people).into_resources().into_iter().map(|person| person.id.clone()).collect::<Vec<_>>(),
            );
        }
        let mut rows = script.run(server);
        assert_eq!(rows.split_off(rows.len() - 2), lists, "{declaration}");
        for (rows, (text, filter, is_exact)) in rows.into_iter().zip(expected) {
            let rows: BTreeSet<String> = rows.into_iter().collect();
            for person in &people {
                let is_candidate = !is_exact && !person.user_name.is_ascii();
                let is_found = rows.contains(&person.id);
                assert!(
                    is_found == filter.matches(person) || (is_candidate && is_found),
                    "{declaration}: {text} {person:?}"
                );
            }
        }
    }
}
