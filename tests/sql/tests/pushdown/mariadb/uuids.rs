//! Tests that UUIDs in MariaDB are compared and sorted as text regardless of their column's declaration.

use scim_core::{
    ScimResource,
    filter::Filter,
    reflect::Scalar,
    sql::{self, Dialect, Field, Translator},
    store::Query,
};
use scim_test_support::MariaDb;
use uuid::Uuid;

use super::{MODES, ids, script::Script};
use crate::{
    employees::Employee,
    random::Random,
    sample::{Sample, sort},
};

type Spelling = fn(Uuid) -> String;

/// Types, and how they spell a UUID. Many drivers write the bytes.
const TYPES: [(&str, Spelling); 3] = [
    ("UUID", |uuid| format!("'{uuid}'")),
    ("BINARY(16)", |uuid| format!("X'{}'", uuid.simple())),
    ("CHAR(36)", |uuid| format!("'{}'", uuid.to_string().to_uppercase())),
];

/// Returns a UUID of any version, because the order of the type depends on the version.
fn uuid(random: &mut Random) -> Uuid {
    let mut digits: Vec<char> = (0..32).map(|_| random.of(&['0', '1', '4', '7', '9', 'a', 'f'])).collect();
    digits[12] = random.of(&['1', '4', '6', '7']);
    digits[16] = random.of(&['8', 'b']);
    Uuid::parse_str(&digits.iter().collect::<String>()).unwrap()
}

fn employees(random: &mut Random) -> Vec<Employee> {
    let mut all = Employee::population(random, 60);
    for employee in &mut all {
        employee.id = uuid(random);
        employee.boss = random.maybe(|random| if random.one_in(4) { Uuid::nil() } else { uuid(random) });
    }
    all
}

#[test]
fn uuids_are_compared_and_sorted_as_text_in_mariadb() {
    let Some(server) = MariaDb::find() else { return };
    let all = employees(&mut Random::new(21));
    let columns = sql::columns::<Employee>(Dialect::MariaDb, "u", Field::column);
    let translator = Translator::new(Dialect::MariaDb, Employee::TYPE, &columns);
    for (declaration, spelled) in TYPES {
        let (mut script, mut expected) = (Script::new("uuids", MODES[0]), Vec::new());
        script.statement(&format!("CREATE TABLE u (id {declaration} PRIMARY KEY, boss {declaration}, name CHAR(36))"));
        for one in &all {
            let boss = one.boss.map_or("NULL".to_owned(), spelled);
            script.statement(&format!("INSERT INTO u VALUES ({}, {boss}, '{}')", spelled(one.id), one.id));
        }
        script.statement("COMMIT");
        for (name, known) in [("id", all[7].id), ("boss", all.iter().find_map(|one| one.boss).unwrap())] {
            let (known, nil) = (known.to_string(), Uuid::nil().to_string());
            let (start, end) = known.split_at(9);
            for operand in [&*known, &known.to_uppercase(), start, end, &nil, "0", "7", "x", "", "a\0"] {
                for operator in ["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le", "pr"] {
                    let operand =
                        if operator == "pr" { String::new() } else { serde_json::to_string(operand).unwrap() };
                    let text = format!("{name} {operator} {operand}");
                    let filter = Filter::parse(Employee::TYPE, &text).unwrap();
                    let mut query = Query::all(Employee::TYPE);
                    query.filter = Some(&filter);
                    query.sort = Some(sort::<Employee>("boss", operator == "ne"));
                    let found = translator.select(&query);
                    assert!(found.is_page, "{text}");
                    let sql = format!("SELECT u.name FROM u WHERE {}{}", found.filter.sql, found.page);
                    script.ask(&sql, &found.binds().cloned().collect::<Vec<_>>());
                    expected.push((ids(&query.select(&all).into_resources()), text));
                }
            }
        }
        let known = all[7].id.to_string();
        let following = translator.following(None, &Scalar::Absent, &known).unwrap();
        script.ask(&format!("SELECT count(*) FROM u WHERE {}", following.sql), &following.binds);
        expected.push((vec![all.iter().filter(|one| one.id() > known).count().to_string()], "following".into()));
        for (rows, (ids, text)) in script.run(server).into_iter().zip(expected) {
            assert_eq!(rows, ids, "{declaration}: {text}");
        }
    }
}

#[test]
fn an_index_serves_a_uuid_in_mariadb() {
    let Some(server) = MariaDb::find() else { return };
    let all = employees(&mut Random::new(22));
    let columns = sql::columns::<Employee>(Dialect::MariaDb, "u", Field::column);
    let filter = Filter::parse(Employee::TYPE, &format!("id eq \"{}\"", all[7].id)).unwrap();
    let part = Translator::new(Dialect::MariaDb, Employee::TYPE, &columns).filter(&filter);
    let mut script = Script::new("uuid_indexes", MODES[0]);
    script.statement("CREATE TABLE u (id UUID PRIMARY KEY)");
    for one in &all {
        script.statement(&format!("INSERT INTO u VALUES ('{}')", one.id));
    }
    script.ask(&format!("EXPLAIN SELECT u.id FROM u WHERE {}", part.sql), &part.binds);
    let plan = script.run(server).remove(0).remove(0);
    assert!(plan.contains("\tconst\tPRIMARY\tPRIMARY\t16\t"), "{plan}");
}
