//! Tests that an index serves comparison keys and ids in MariaDB.

use scim_core::{
    ScimResource,
    filter::Filter,
    reflect::Scalar,
    sql::{Bind, Where},
    store::Query,
};
use scim_test_support::MariaDb;

use super::{MODES, by_columns, script::Script};
use crate::{people::Person, random::Random, sample::Sample};

#[test]
fn an_index_serves_a_key_in_mariadb() {
    let Some(server) = MariaDb::find() else { return };
    let (mut script, mut expected) = (Script::new("indexes", MODES[0]), Vec::new());
    let mut people = Person::population(&mut Random::new(5), 200);
    people[7].id = "007f".to_owned();
    script.fill(&people);
    script.ask("ANALYZE TABLE people", &[]);
    // The index, and how much of it is used: the tenant, and the full length of the key.
    for (filter, plan) in [
        (r#"userName eq "Kim""#, ["ref", "people_login", "1044"]),
        (r#"userName eq "Kim" and notes pr"#, ["ref", "people_login", "1044"]),
        (r#"userName sw "Kim""#, ["range", "people_login", "1044"]),
        (r#"userName gt "zzzz""#, ["range", "people_login", "1044"]),
        // No index orders this column by bytes, but texts with equal bytes are equal in every collation.
        (r#"displayName eq "Kim""#, ["ref", "people_display", "1023"]),
        (r#"id eq "007f""#, ["const", "PRIMARY", "258"]),
    ] {
        let part = by_columns().filter(&Filter::parse(Person::TYPE, filter).unwrap());
        explain(&mut script, &part, "");
        expected.push((filter, plan));
    }
    // Pages ordered by id are read in the order of the index.
    let order = format!(" ORDER BY {} LIMIT 9", by_columns().order(None).unwrap());
    explain(&mut script, &by_columns().select(&Query::all(Person::TYPE)).filter, &order);
    expected.push(("the first page", ["ref", "people_id", "22"]));
    let following = by_columns().following(None, &Scalar::Absent, "7").unwrap();
    explain(&mut script, &following, &order);
    expected.push(("the next page", ["range", "people_id", "280"]));
    for (rows, (what, plan)) in script.run(server).into_iter().skip(1).zip(expected) {
        let columns: Vec<&str> = rows[0].split('\t').collect();
        assert_eq!([columns[3], columns[5], columns[6]], plan, "{what}: {rows:?}");
        assert!(!columns[9].contains("filesort"), "{what}: {rows:?}");
    }
}

fn explain(script: &mut Script, part: &Where, rest: &str) {
    let binds: Vec<Bind> = std::iter::once(Bind::Text("t".to_owned())).chain(part.binds.iter().cloned()).collect();
    let sql = format!("EXPLAIN SELECT p.id FROM people AS p WHERE p.tenant = ? AND {}{rest}", part.sql);
    script.ask(&sql, &binds);
}
