//! Comparisons of one column.

use super::{Bind, Column, Dialect, Translator, table, text, translate};
use crate::{
    ScimResource,
    filter::{Compare, Filter, Operator},
    model::User,
    reflect::Scalar,
    schema::{DataType, Path},
    sql::term::Bound,
};

#[test]
fn text_with_a_comparison_key() {
    table(&[
        (r#"userName eq "ÅSA""#, true, "login_key = $1", "login_key COLLATE BINARY = ?1", &[text("åsa")]),
        (r#"externalId eq "A""#, true, "external_key = $1", "external_key COLLATE BINARY = ?1", &[text("A")]),
        (
            r#"externalId co "A%_\\'b""#,
            true,
            "strpos(external_key, $1) > 0",
            "instr(external_key, ?1) > 0",
            &[text(r"A%_\'b")],
        ),
        (
            r#"externalId sw "ab""#,
            true,
            r#"(external_key COLLATE "C" >= $1 AND external_key COLLATE "C" < $2)"#,
            "(external_key COLLATE BINARY >= ?1 AND external_key COLLATE BINARY < ?2)",
            &[text("ab"), text("ac")],
        ),
        (
            r#"externalId ew "é%""#,
            true,
            "right(external_key, 2) = $1",
            "substr(CAST(external_key AS BLOB), -3) = CAST(?1 AS BLOB)",
            &[text("é%")],
        ),
        (
            r#"externalId ge "x""#,
            true,
            r#"external_key COLLATE "C" >= $1"#,
            "external_key COLLATE BINARY >= ?1",
            &[text("x")],
        ),
        // In a field that is never absent, an empty text is no value.
        (
            r#"userName le "X""#,
            true,
            r#"(login_key COLLATE "C" <= $1 AND login_key <> '')"#,
            "(login_key COLLATE BINARY <= ?1 AND login_key <> '')",
            &[text("x")],
        ),
        (r#"timezone eq "x""#, true, "(a || b) = $1", "(a || b) COLLATE BINARY = ?1", &[text("x")]),
    ]);
}

#[test]
fn empty_text() {
    table(&[
        (r#"externalId eq """#, true, "external_key = ''", "external_key = ''", &[]),
        (r#"externalId co """#, true, "external_key IS NOT NULL", "external_key IS NOT NULL", &[]),
        (r#"externalId gt """#, true, "external_key <> ''", "external_key <> ''", &[]),
        (r#"externalId lt """#, true, "FALSE", "FALSE", &[]),
        (r#"userName eq """#, true, "FALSE", "FALSE", &[]),
        (r#"userName sw """#, true, "login_key <> ''", "login_key <> ''", &[]),
        (r#"title sw """#, true, "title IS NOT NULL", "title IS NOT NULL", &[]),
        ("externalId pr", true, "external_key <> ''", "external_key <> ''", &[]),
        (
            "externalId eq null",
            true,
            "NOT COALESCE(external_key <> '', FALSE)",
            "NOT COALESCE(external_key <> '', FALSE)",
            &[],
        ),
    ]);
}

#[test]
fn text_with_and_without_known_ascii() {
    table(&[
        (
            r#"nickName eq "Al""#,
            true,
            r#"lower(nick COLLATE "C") = $1"#,
            "lower(nick) COLLATE BINARY = ?1",
            &[text("al")],
        ),
        (r#"nickName eq "Ål""#, true, "FALSE", "FALSE", &[]),
        (
            r#"nickName lt "Ål""#,
            true,
            r#"lower(nick COLLATE "C") COLLATE "C" < $1"#,
            "lower(nick) COLLATE BINARY < ?1",
            &[text("ål")],
        ),
        (
            r#"title eq "Al""#,
            false,
            r#"(lower(title COLLATE "C") = $1 OR octet_length(title) <> char_length(title))"#,
            "(lower(title) COLLATE BINARY = ?1 OR length(CAST(title AS BLOB)) <> length(title))",
            &[text("al")],
        ),
        (
            r#"title co "Å""#,
            false,
            "octet_length(title) <> char_length(title)",
            "length(CAST(title AS BLOB)) <> length(title)",
            &[],
        ),
    ]);
}

#[test]
fn other_types() {
    table(&[
        ("active eq true", true, "active IS TRUE", "active IS TRUE", &[]),
        ("active ne true", true, "NOT (active IS TRUE)", "NOT (active IS TRUE)", &[]),
        ("active pr", true, "active IS NOT NULL", "active IS NOT NULL", &[]),
        (r#"userType eq "employee""#, true, "TRUE", "TRUE", &[]),
        (r#"userType eq "x""#, true, "FALSE", "FALSE", &[]),
        (r#"locale ne "x""#, true, "TRUE", "TRUE", &[]),
        (
            r#"meta.created gt "1970-01-01T01:00:01+01:00""#,
            true,
            "created > $1::bigint",
            "created > ?1",
            &[Bind::Int(1000)],
        ),
        // Between two milliseconds.
        (
            r#"meta.created ge "1970-01-01T00:00:01.0005Z""#,
            true,
            "created > $1::bigint",
            "created > ?1",
            &[Bind::Int(1000)],
        ),
        (r#"meta.created eq "1970-01-01T00:00:01.0005Z""#, true, "FALSE", "FALSE", &[]),
        (
            r#"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value eq "42""#,
            true,
            "boss = $1::bigint",
            "boss = ?1",
            &[Bind::Int(42)],
        ),
        (
            r#"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value eq "042""#,
            true,
            "FALSE",
            "FALSE",
            &[],
        ),
        (
            r#"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value co "4""#,
            true,
            "strpos(CAST(boss AS text), $1) > 0",
            "instr(CAST(boss AS text), ?1) > 0",
            &[text("4")],
        ),
        (
            r#"id eq "c0ffee00-0000-4000-8000-000000000001""#,
            true,
            "id = CAST(CAST($1 AS text) AS uuid)",
            "id COLLATE BINARY = ?1",
            &[text("c0ffee00-0000-4000-8000-000000000001")],
        ),
    ]);
    // Ids are compared exactly, and only a UUID reaches the cast.
    for other in ["C0FFEE00-0000-4000-8000-000000000001", "7"] {
        assert_eq!(translate(Dialect::Postgres, &format!("id eq \"{other}\"")).sql, "FALSE");
    }
}

#[test]
fn timestamps_of_postgres() {
    for (filter, sql, binds) in [
        (
            r#"meta.lastModified lt "2020-01-01T00:00:00.1234567Z""#,
            "modified <= CAST(CAST($1 AS text) AS timestamptz)",
            vec![text("2020-01-01T00:00:00.123456Z")],
        ),
        (r#"meta.lastModified eq "2020-01-01T00:00:00.1234567Z""#, "FALSE", vec![]),
        (r#"meta.lastModified gt "12020-01-01T00:00:00Z""#, "TRUE", vec![]),
    ] {
        let found = translate(Dialect::Postgres, filter);
        assert_eq!((found.sql.as_str(), found.binds, found.is_exact), (sql, binds, sql != "TRUE"), "{filter}");
    }
    assert!(!translate(Dialect::Sqlite, "meta.lastModified gt \"2020-01-01T00:00:00Z\"").is_exact);
}

#[test]
fn values_never_become_part_of_the_text() {
    for hostile in ["x' OR '1'='1", "'); DROP TABLE users; --", "a%", "b_", r"c\", "$1", "?1", "\u{0}x"] {
        for operator in ["eq", "co", "sw", "ew", "lt", "ge"] {
            let filter = format!("userName {operator} {0} or title {operator} {0}", serde_json::Value::from(hostile));
            for dialect in [Dialect::Postgres, Dialect::Sqlite, Dialect::MariaDb] {
                let found = translate(dialect, &filter);
                let harmless = translate(
                    dialect,
                    &format!("userName {operator} \"{0}\" or title {operator} \"{0}\"", "z".repeat(hostile.len())),
                );
                if hostile.contains('\0') && dialect == Dialect::Postgres {
                    // PostgreSQL cannot bind a NUL.
                    assert!(found.binds.iter().all(|bind| !matches!(bind, Bind::Text(text) if text.contains('\0'))));
                } else {
                    assert_eq!(found.sql, harmless.sql, "{filter}");
                }
            }
        }
    }
}

/// Returns the SQL of one negated comparison, and whether it is exact.
fn negated(column: &Column, operator: Operator, operand: Scalar<'static>) -> (String, bool) {
    let compare = Compare {
        path: Path::ROOT,
        operator,
        operand,
        key: String::new(),
        case_exact: false,
        data_type: DataType::String,
        or_absent: false,
    };
    let part = super::super::compare::compare(Dialect::Sqlite, column, &compare, Bound::Lower).negate();
    let found = Translator::new(Dialect::Sqlite, User::TYPE, &|_| Column::unsupported()).render(&part);
    (found.sql, found.is_exact)
}

#[test]
fn numbers() {
    for (column, operand, sql) in [
        (Column::integer("n"), Scalar::Int(2), "NOT COALESCE(n > ?1, FALSE)"),
        // In memory both become doubles.
        (Column::integer("n"), Scalar::Dec(0.5), "NOT COALESCE(CAST(n AS REAL) > ?1, FALSE)"),
        (Column::decimal("n"), Scalar::Dec(0.5), "NOT COALESCE(n > ?1, FALSE)"),
        (Column::decimal("n"), Scalar::Int(2), "NOT COALESCE(n > ?1, FALSE)"),
    ] {
        assert_eq!(negated(&column, Operator::Gt, operand), (sql.to_owned(), true));
    }
    // Columns of this type do not support this comparison.
    assert_eq!(negated(&Column::boolean("n"), Operator::Gt, Scalar::Int(1)), ("TRUE".to_owned(), false));
    assert_eq!(negated(&Column::integer("n"), Operator::Co, Scalar::Int(1)), ("TRUE".to_owned(), false));
}

#[test]
fn times_out_of_the_range_of_a_column() {
    let far = |sign: &str| Scalar::DateTime(format!("{sign}999999-01-01T00:00:00Z").parse().unwrap());
    let column = Column::unix_micros("t");
    for (operator, later, earlier) in [
        (Operator::Lt, "NOT (t IS NOT NULL)", "TRUE"),
        (Operator::Le, "NOT (t IS NOT NULL)", "TRUE"),
        (Operator::Gt, "TRUE", "NOT (t IS NOT NULL)"),
        (Operator::Ge, "TRUE", "NOT (t IS NOT NULL)"),
        (Operator::Eq, "TRUE", "TRUE"),
    ] {
        assert_eq!(negated(&column, operator, far("")), (later.to_owned(), true), "{operator}");
        assert_eq!(negated(&column, operator, far("-")), (earlier.to_owned(), true), "{operator}");
    }
}

/// A version is returned as an entity tag. Columns hold it as it is, or as a tag.
#[test]
fn versions_are_filtered_as_entity_tags() {
    const VERSION: Path = crate::reflect::path::<User>("meta.version");
    let found = |column: fn() -> Column, filter: &str| {
        let columns = move |path| if path == VERSION { column() } else { Column::unsupported() };
        let filter = Filter::parse(User::TYPE, filter).unwrap();
        let found = Translator::new(Dialect::Sqlite, User::TYPE, &columns).filter(&filter);
        (found.sql, found.binds, found.is_exact)
    };
    let forms = || vec![text("7"), text("W/\"7\""), text("\"7\"")];
    for filter in [r#"meta.version eq "W/\"7\"""#, r#"meta.version eq "\"7\"""#, r#"meta.version eq "7""#] {
        assert_eq!(found(|| Column::integer("v"), filter), ("v = ?1".to_owned(), vec![Bind::Int(7)], true), "{filter}");
        let any = "(v COLLATE BINARY = ?1 OR v COLLATE BINARY = ?2 OR v COLLATE BINARY = ?3)".to_owned();
        assert_eq!(found(|| Column::ascii("v"), filter), (any, forms(), true), "{filter}");
        assert!(found(|| Column::constant(Scalar::Int(7)), filter).2);
    }
    // SQL cannot evaluate prefixes, substrings and the order of tags.
    for filter in [r#"meta.version sw "W/""#, r#"meta.version gt "W/\"7\"""#, r#"not (meta.version co "7")"#] {
        assert_eq!(found(|| Column::integer("v"), filter), ("TRUE".to_owned(), Vec::new(), false), "{filter}");
    }
}
