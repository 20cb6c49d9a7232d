//! Lists, negation, and the remainder of a filter that SQL can evaluate only in part.

use super::{Dialect, EMAIL, EMAILS, USER_NAME, table, text, translate};
use crate::{
    ScimResource,
    filter::Filter,
    model::User,
    sql::{Column, Element, Translator},
};

#[test]
fn lists() {
    table(&[
        (
            r#"emails[type eq "work" and value co "x"]"#,
            true,
            "EXISTS (SELECT 1 FROM emails AS e WHERE e.u = id AND (e.kind = $1 AND strpos(e.value, $2) > 0))",
            "+EXISTS (SELECT 1 FROM emails AS e WHERE e.u = id AND \
             (e.kind COLLATE BINARY = ?1 AND instr(e.value, ?2) > 0))",
            &[text("work"), text("x")],
        ),
        (
            r#"emails.type eq "work" and emails co "x""#,
            true,
            "(EXISTS (SELECT 1 FROM emails AS e WHERE e.u = id AND e.kind = $1) AND \
             EXISTS (SELECT 1 FROM emails AS e WHERE e.u = id AND strpos(e.value, $2) > 0))",
            "(+EXISTS (SELECT 1 FROM emails AS e WHERE e.u = id AND e.kind COLLATE BINARY = ?1) AND \
             +EXISTS (SELECT 1 FROM emails AS e WHERE e.u = id AND instr(e.value, ?2) > 0))",
            &[text("work"), text("x")],
        ),
        (
            "emails pr",
            true,
            "EXISTS (SELECT 1 FROM emails AS e WHERE e.u = id)",
            "+EXISTS (SELECT 1 FROM emails AS e WHERE e.u = id)",
            &[],
        ),
        // An element is left out if the result for it is unknown.
        (
            r#"not (emails[type eq "work"])"#,
            true,
            "NOT EXISTS (SELECT 1 FROM emails AS e WHERE e.u = id AND e.kind = $1)",
            "NOT +EXISTS (SELECT 1 FROM emails AS e WHERE e.u = id AND e.kind COLLATE BINARY = ?1)",
            &[text("work")],
        ),
        (
            r#"emails[not (type eq "work")]"#,
            true,
            "EXISTS (SELECT 1 FROM emails AS e WHERE e.u = id AND NOT COALESCE(e.kind = $1, FALSE))",
            "+EXISTS (SELECT 1 FROM emails AS e WHERE e.u = id AND NOT COALESCE(e.kind COLLATE BINARY = ?1, FALSE))",
            &[text("work")],
        ),
        (
            r#"phoneNumbers[type eq "Mobile" and value eq "1"]"#,
            true,
            "mobile = $1",
            "mobile COLLATE BINARY = ?1",
            &[text("1")],
        ),
        (
            r#"phoneNumbers.value eq "1""#,
            true,
            "(phone = $1 OR mobile = $2)",
            "(phone COLLATE BINARY = ?1 OR mobile COLLATE BINARY = ?2)",
            &[text("1"), text("1")],
        ),
        (r#"phoneNumbers.type eq "work""#, true, "phone IS NOT NULL", "phone IS NOT NULL", &[]),
        // `name` may have sub-attributes without a column.
        ("name pr", false, "TRUE", "TRUE", &[]),
        (
            r#"name[familyName eq "a" and not (givenName pr)]"#,
            true,
            "(family = $1 AND NOT COALESCE(given <> '', FALSE))",
            "(family COLLATE BINARY = ?1 AND NOT COALESCE(given <> '', FALSE))",
            &[text("a")],
        ),
    ]);
}

#[test]
fn untranslatable_operands_are_left_out() {
    table(&[
        (r#"displayName eq "x""#, false, "TRUE", "TRUE", &[]),
        (r#"displayName eq "x" and active eq true"#, false, "active IS TRUE", "active IS TRUE", &[]),
        (r#"displayName eq "x" or active eq true"#, false, "TRUE", "TRUE", &[]),
        (r#"not (displayName eq "x")"#, false, "TRUE", "TRUE", &[]),
        (r#"not (displayName eq "x" or active eq true)"#, false, "NOT (active IS TRUE)", "NOT (active IS TRUE)", &[]),
        (r#"not (displayName eq "x" and active eq true)"#, false, "TRUE", "TRUE", &[]),
        // Nothing matches, regardless of the display name.
        (r#"displayName eq "x" and locale pr"#, true, "FALSE", "FALSE", &[]),
        (r#"displayName eq "x" or userType pr"#, true, "TRUE", "TRUE", &[]),
        (
            "(displayName pr and active eq true) or (displayName pr and active eq false)",
            false,
            "(active IS TRUE OR active IS FALSE)",
            "(active IS TRUE OR active IS FALSE)",
            &[],
        ),
        (
            r#"emails[display eq "x" and primary eq true]"#,
            false,
            "EXISTS (SELECT 1 FROM emails AS e WHERE e.u = id AND e.is_primary IS TRUE)",
            "+EXISTS (SELECT 1 FROM emails AS e WHERE e.u = id AND e.is_primary IS TRUE)",
            &[],
        ),
        (r#"not (emails[display eq "x"])"#, false, "TRUE", "TRUE", &[]),
    ]);
}

#[test]
fn a_superset_is_not_negated() {
    // Rows that may or may not be equal are candidates for both.
    table(&[(
        r#"title ne "a""#,
        false,
        r#"NOT (COALESCE(lower(title COLLATE "C") = $1, FALSE) AND COALESCE(octet_length(title) = char_length(title), FALSE))"#,
        "NOT (COALESCE(lower(title) COLLATE BINARY = ?1, FALSE) AND \
         COALESCE(length(CAST(title AS BLOB)) = length(title), FALSE))",
        &[text("a")],
    )]);
}

#[test]
fn null_is_replaced_before_a_negation() {
    table(&[
        (
            r#"not (externalId eq "a" and active eq true)"#,
            true,
            "NOT (COALESCE(external_key = $1, FALSE) AND active IS TRUE)",
            "NOT (COALESCE(external_key COLLATE BINARY = ?1, FALSE) AND active IS TRUE)",
            &[text("a")],
        ),
        (
            r#"not (not (externalId eq "a"))"#,
            true,
            "external_key = $1",
            "external_key COLLATE BINARY = ?1",
            &[text("a")],
        ),
    ]);
}

#[test]
fn a_nul_in_postgres() {
    for (operator, sql) in [
        ("eq", "FALSE"),
        ("co", "FALSE"),
        ("sw", "FALSE"),
        ("ew", "FALSE"),
        ("gt", r#"external_key COLLATE "C" > $1"#),
        ("ge", r#"external_key COLLATE "C" > $1"#),
        ("lt", r#"external_key COLLATE "C" <= $1"#),
        ("le", r#"external_key COLLATE "C" <= $1"#),
    ] {
        let found = translate(Dialect::Postgres, &format!(r#"externalId {operator} "a\u0000b""#));
        assert_eq!((found.sql.as_str(), found.is_exact), (sql, true), "{operator}");
        assert_eq!(found.binds.len(), usize::from(sql != "FALSE"));
    }
}

#[test]
fn long_chains_are_written_as_shallow_trees() {
    let filter = ["active eq true"; 9].join(" or ");
    let leaf = "active IS TRUE";
    let two = format!("({leaf} OR {leaf})");
    let three = format!("({leaf} OR {leaf} OR {leaf})");
    let four = format!("({leaf} OR {leaf} OR {leaf} OR {leaf})");
    assert_eq!(translate(Dialect::Sqlite, &filter).sql, format!("({four} OR ({two} OR {three}))"));
}

#[test]
fn placeholders_follow_those_of_the_store() {
    let filter = Filter::parse(User::TYPE, r#"externalId eq "a" or externalId eq "b""#).unwrap();
    let column = |_| Column::key("k");
    let translator = Translator::new(Dialect::Postgres, User::TYPE, &column).after(3);
    assert_eq!(translator.filter(&filter).sql, "(k = $4 OR k = $5)");
}

#[test]
fn a_statement_can_bind_all_values_of_a_filter() {
    let elements = || (0..40).map(|number| Element::columns().with(EMAIL, Column::key(format!("u.email{number}"))));
    let column = |path| match path {
        EMAILS => Column::list(elements()),
        USER_NAME => Column::key("u.login"),
        _ => Column::unsupported(),
    };
    let translator = Translator::new(Dialect::Sqlite, User::TYPE, &column);
    let many = |count: usize| {
        let terms: Vec<String> = (0..count).map(|number| format!(r#"emails.value sw "{number}""#)).collect();
        terms.join(" or ")
    };
    for (filter, binds, is_exact) in [
        (many(400), 32_000, true),
        (many(401), 0, false),
        (format!(r#"userName eq "a" and ({})"#, many(475)), 1, false),
        (format!(r#"({}) and userName eq "a""#, many(399)), 31_921, true),
        (format!("not ({})", many(475)), 0, false),
    ] {
        let found = translator.filter(&Filter::parse(User::TYPE, &filter).unwrap());
        assert_eq!((found.binds.len(), found.is_exact), (binds, is_exact));
    }
}
