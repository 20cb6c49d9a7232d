//! The same against MariaDB, where one is installed; with `SCIM_TEST_MARIADB_REQUIRED` set, it must be.

use std::collections::BTreeSet;

use scim_core::{
    access::{Scalar, ScimResource},
    filter::Filter,
    schema::Path,
    store::{
        Query,
        sql::{self, Bind, Column, Dialect, Selection, Translator, Where},
    },
};

use crate::{
    ask::Ask,
    lists, mariadb_server,
    mariadb_tables::{Script, column},
    oracle::matches,
    people::{Person, population},
    random::Random,
    tables,
};

/// Modes in which a server may read the text.
const MODES: [&str; 2] =
    ["STRICT_TRANS_TABLES", "STRICT_TRANS_TABLES,ANSI_QUOTES,PIPES_AS_CONCAT,NO_BACKSLASH_ESCAPES,HIGH_NOT_PRECEDENCE"];

fn by_columns() -> Translator<'static> {
    Translator::new(Dialect::MariaDb, Person::TYPE, &column).after(1)
}

fn ask(script: &mut Script, part: &Where, rest: &str, more: &[Bind]) {
    let tenant = Bind::Text("t".to_owned());
    let binds: Vec<Bind> = std::iter::once(&tenant).chain(&part.binds).chain(more).cloned().collect();
    script.ask(&format!("SELECT p.id FROM people AS p WHERE p.tenant = ? AND {}{rest}", part.sql), &binds);
}

#[test]
fn random_filters_find_the_same_in_mariadb() {
    let Some(server) = mariadb_server::find() else { return };
    let seed = crate::number("SCIM_SEED", 8);
    let mut random = Random::new(seed);
    let rounds = crate::number("SCIM_ROUNDS", 2_000);
    let (mut tried, mut exact, mut exact_documents, mut extra) = (0u64, 0u64, 0u64, 0usize);
    let json = sql::json(Dialect::MariaDb, Person::TYPE, "p.document");
    let by_document = Translator::new(Dialect::MariaDb, Person::TYPE, &json).after(1);
    while tried < rounds {
        let people = population(&mut random, 60);
        let (mut script, mut expected) = (Script::new("filters", random.of(&MODES)), Vec::new());
        script.fill(&people);
        for _ in 0..crate::OF_ONE_POPULATION.min(rounds - tried) {
            let wish = Ask::random(&mut random);
            let text = wish.to_string();
            let filter = Filter::parse(Person::TYPE, &text).unwrap();
            let book = crate::ids(&people, |person| matches(person, &wish));
            assert_eq!(crate::ids(&people, |person| filter.matches(person)), book, "seed {seed}: {text}");
            let (columns, documents) = (by_columns().filter(&filter), by_document.filter(&filter));
            exact += u64::from(columns.is_exact);
            exact_documents += u64::from(documents.is_exact);
            for part in [columns, documents] {
                ask(&mut script, &part, "", &[]);
                expected.push((text.clone(), part, book.clone()));
            }
            tried += 1;
        }
        for (rows, (text, part, book)) in script.run(server).into_iter().zip(expected) {
            let rows: BTreeSet<String> = rows.into_iter().collect();
            if part.is_exact {
                assert_eq!(rows, book, "seed {seed}: {text}\n{part:?}");
            } else {
                assert!(rows.is_superset(&book), "seed {seed}: {text}\n{part:?}\n{:?}", book.difference(&rows));
            }
            extra += rows.len() - book.len();
        }
    }
    println!(
        "{tried} filters, {exact} exact over columns and {exact_documents} over documents; {extra} candidates more"
    );
    assert!(exact * 3 > tried && exact_documents * 10 > tried);
}

#[test]
fn all_pages_together_are_the_whole_list_in_order_in_mariadb() {
    let Some(server) = mariadb_server::find() else { return };
    let seed = crate::number("SCIM_SEED", 9);
    let mut random = Random::new(seed);
    let (mut lists, mut pages) = (0, 0);
    for _ in 0..crate::number("SCIM_ROUNDS", 2_000).div_ceil(400) {
        let people = population(&mut random, 60);
        let (mut script, mut expected) = (Script::new("lists", random.of(&MODES)), Vec::new());
        script.fill(&people);
        for name in lists::SORTED_BY {
            for descending in [false, true] {
                let (text, filter) = exact_filter(&mut random);
                let mut query = Query::all(Person::TYPE);
                (query.filter, query.sort) = (Some(&filter), Some(tables::sort(name, descending)));
                let book = query.select(&people).into_resources();
                query.count = 1 + random.below(20);
                let order = by_columns().order(query.sort).unwrap();
                let mut last: Option<&Person> = None;
                for page in book.chunks(query.count).chain([&[][..]]) {
                    let found: Selection = by_columns().select(&query);
                    assert!(found.is_page, "{name}");
                    ask(&mut script, &found.filter, &found.page, &found.page_binds);
                    let ids: Vec<String> = page.iter().map(|person| person.id.clone()).collect();
                    let context = format!("seed {seed}: {name} {descending} {text}\n{found:?}");
                    expected.push((ids.clone(), context.clone()));
                    // The same page as that behind the last row of the one before.
                    if let Some(last) = last {
                        let following = by_columns().following(query.sort, &place(last, name), &last.id);
                        let following = following.unwrap_or_else(|| panic!("{context}"));
                        let rest = format!(" AND {} ORDER BY {order} LIMIT {}", following.sql, query.count);
                        ask(&mut script, &found.filter, &rest, &following.binds);
                        expected.push((ids, context));
                    }
                    last = page.last();
                    query.offset += query.count;
                    pages += 1;
                }
                // As many rows as can be said.
                (query.offset, query.count) = (0, usize::MAX);
                let found = by_columns().select(&query);
                ask(&mut script, &found.filter, &found.page, &found.page_binds);
                expected.push((book.iter().map(|person| person.id.clone()).collect(), name.to_string()));
                lists += 1;
            }
        }
        for (rows, (ids, context)) in script.run(server).into_iter().zip(expected) {
            assert_eq!(rows, ids, "{context}");
        }
    }
    println!("{lists} lists, {pages} pages");
}

/// MariaDB does not tell apart texts that differ in a NUL at the end, where it sorts them by other collations than `binary`.
#[test]
fn a_nul_at_the_end_counts_in_the_order_of_mariadb() {
    let Some(server) = mariadb_server::find() else { return };
    let mut people = population(&mut Random::new(31), 60);
    for (person, name) in people.iter_mut().zip(["a", "a\0", "a ", "a\0\0", "", " ", "\0"].into_iter().cycle()) {
        person.display_name = Some(name.to_owned());
    }
    let (mut script, mut expected) = (Script::new("ends", MODES[0]), Vec::new());
    script.fill(&people);
    for descending in [false, true] {
        let mut query = Query::all(Person::TYPE);
        (query.sort, query.count) = (Some(tables::sort("displayName", descending)), 40);
        let found = by_columns().select(&query);
        ask(&mut script, &found.filter, &found.page, &found.page_binds);
        let page = query.select(&people).into_resources();
        expected.push(page.into_iter().map(|person| person.id).collect::<Vec<_>>());
    }
    assert_eq!(script.run(server), expected);
}

fn exact_filter(random: &mut Random) -> (String, Filter) {
    loop {
        let text = Ask::random(random).to_string();
        let filter = Filter::parse(Person::TYPE, &text).unwrap();
        if by_columns().filter(&filter).is_exact {
            return (text, filter);
        }
    }
}

/// The value as a store keeps it with a place in a list.
fn place(person: &Person, name: &str) -> Scalar<'static> {
    match name {
        "grade" => person.grade.map_or(Scalar::Absent, Scalar::Dec),
        _ => lists::scalar(lists::value(person, name)),
    }
}

#[test]
fn a_filter_as_large_as_the_limits_allow_is_no_error_in_mariadb() {
    let Some(server) = mariadb_server::find() else { return };
    let people = population(&mut Random::new(7), 20);
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

#[test]
fn the_type_uuid_of_mariadb_is_compared_and_sorted_as_text() {
    let Some(server) = mariadb_server::find() else { return };
    let mut random = Random::new(21);
    let mut people = population(&mut random, 60);
    for person in &mut people {
        // All versions, for the order of the type depends on them.
        let mut digits: Vec<char> = (0..32).map(|_| random.of(&['0', '1', '4', '7', '9', 'a', 'f'])).collect();
        digits[12] = random.of(&['1', '4', '6', '7']);
        digits[16] = random.of(&['8', 'b']);
        person.id = uuid::Uuid::parse_str(&digits.iter().collect::<String>()).unwrap().to_string();
    }
    let column = |path| if path == Path::ID { Column::uuid("u.id") } else { Column::unsupported() };
    let translator = Translator::new(Dialect::MariaDb, Person::TYPE, &column);
    let (mut script, mut expected) = (Script::new("uuids", MODES[0]), Vec::new());
    script.statement("CREATE TABLE u (id UUID PRIMARY KEY)");
    for person in &people {
        script.statement(&format!("INSERT INTO u VALUES ('{}')", person.id));
    }
    script.statement("COMMIT");
    let known = people[7].id.clone();
    let (start, end) = known.split_at(9);
    for operand in [&*known, &known.to_uppercase(), start, end, "7", "x", "", "a\0"] {
        for operator in ["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"] {
            let text = format!("id {operator} {}", serde_json::to_string(operand).unwrap());
            let filter = Filter::parse(Person::TYPE, &text).unwrap();
            let mut query = Query::all(Person::TYPE);
            query.filter = Some(&filter);
            let found = translator.select(&query);
            let sql = format!("SELECT u.id FROM u WHERE {}{}", found.filter.sql, found.page);
            script.ask(&sql, &found.binds().cloned().collect::<Vec<_>>());
            let ids = query.select(&people).into_resources().into_iter().map(|person| person.id);
            expected.push((ids.collect::<Vec<_>>(), text));
        }
    }
    let following = translator.following(None, &Scalar::Absent, &known).unwrap();
    script.ask(&format!("SELECT count(*) FROM u WHERE {}", following.sql), &following.binds);
    expected.push((vec![people.iter().filter(|person| person.id > known).count().to_string()], "following".into()));
    for (rows, (ids, text)) in script.run(server).into_iter().zip(expected) {
        assert_eq!(rows, ids, "{text}");
    }
}

#[test]
fn a_key_is_found_through_its_index_in_mariadb() {
    let Some(server) = mariadb_server::find() else { return };
    let (mut script, mut expected) = (Script::new("indexes", MODES[0]), Vec::new());
    let mut people = population(&mut Random::new(5), 200);
    people[7].id = "007f".to_owned();
    script.fill(&people);
    script.ask("ANALYZE TABLE people", &[]);
    // Which index, and how much of it: the key in all its length, and the tenant before it.
    for (filter, plan) in [
        (r#"userName eq "Kim""#, ["ref", "people_login", "1044"]),
        (r#"userName eq "Kim" and notes pr"#, ["ref", "people_login", "1044"]),
        (r#"userName sw "Kim""#, ["range", "people_login", "1044"]),
        (r#"userName gt "zzzz""#, ["range", "people_login", "1044"]),
        // No index orders it by bytes, but what is equal by bytes is equal in every collation.
        (r#"displayName eq "Kim""#, ["ref", "people_display", "1023"]),
        (r#"id eq "007f""#, ["const", "PRIMARY", "258"]),
    ] {
        let part = by_columns().filter(&Filter::parse(Person::TYPE, filter).unwrap());
        explain(&mut script, &part, "");
        expected.push((filter, plan));
    }
    // Pages by the id are read in the order of the index.
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
