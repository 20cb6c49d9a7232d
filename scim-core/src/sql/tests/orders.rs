//! Order and pages.

use super::*;
use crate::{
    reflect::Scalar,
    store::{Query, Sort},
};

fn order(dialect: Dialect, path: Path, descending: bool) -> Option<String> {
    let sort = Sort::new(User::TYPE, path, descending).unwrap();
    Translator::new(dialect, User::TYPE, &column).order(Some(sort))
}

#[test]
fn orders() {
    for (path, descending, postgres, sqlite) in [
        (
            EXTERNAL_ID,
            false,
            r#"external_key COLLATE "C" ASC NULLS LAST, id"#,
            "external_key COLLATE BINARY ASC NULLS LAST, id COLLATE BINARY",
        ),
        (
            USER_NAME,
            true,
            r#"NULLIF(login_key, '') COLLATE "C" DESC NULLS FIRST, id"#,
            "NULLIF(login_key, '') COLLATE BINARY DESC NULLS FIRST, id COLLATE BINARY",
        ),
        (CREATED, false, "created ASC NULLS LAST, id", "created ASC NULLS LAST, id COLLATE BINARY"),
        // All resources have the same value.
        (USER_TYPE, true, "id", "id COLLATE BINARY"),
        (
            EMAILS,
            false,
            "(SELECT e.value COLLATE \"C\" FROM emails AS e WHERE e.u = id \
             ORDER BY e.is_primary IS TRUE DESC, e.position LIMIT 1) COLLATE \"C\" ASC NULLS LAST, id",
            "(SELECT e.value COLLATE BINARY FROM emails AS e WHERE e.u = id \
             ORDER BY e.is_primary IS TRUE DESC, e.position LIMIT 1) COLLATE BINARY ASC NULLS LAST, id COLLATE BINARY",
        ),
    ] {
        assert_eq!(order(Dialect::Postgres, path, descending).as_deref(), Some(postgres));
        assert_eq!(order(Dialect::Sqlite, path, descending).as_deref(), Some(sqlite));
    }
    // The title may not be ASCII, the primary phone is unknown, and SQLite has no such type.
    assert_eq!(order(Dialect::Sqlite, TITLE, false), None);
    assert_eq!(order(Dialect::Sqlite, PHONES, false), None);
    assert_eq!(order(Dialect::Sqlite, MODIFIED, false), None);
    assert!(order(Dialect::Postgres, MODIFIED, false).is_some());
}

#[test]
fn an_order_needs_the_id() {
    let nothing = |_| Column::unsupported();
    assert_eq!(Translator::new(Dialect::Sqlite, User::TYPE, &nothing).order(None), None);
}

#[test]
fn rows_after_a_position() {
    let id = "c0ffee00-0000-4000-8000-000000000001";
    let translator = Translator::new(Dialect::Postgres, User::TYPE, &column);
    let following = |descending, value| {
        let sort = Sort::new(User::TYPE, EXTERNAL_ID, descending).unwrap();
        translator.following(Some(sort), &value, id).unwrap().sql
    };
    let key = r#"external_key COLLATE "C""#;
    let later = |number| format!("id > CAST(CAST(${number} AS text) AS uuid)");
    assert_eq!(
        following(false, Scalar::Str("A".into())),
        format!("({key} > $1 OR {key} IS NULL OR ({key} = $2 AND {}))", later(3))
    );
    assert_eq!(following(true, Scalar::Str("A".into())), format!("({key} < $1 OR ({key} = $2 AND {}))", later(3)));
    assert_eq!(following(false, Scalar::Absent), format!("({key} IS NULL AND {})", later(1)));
    assert_eq!(following(true, Scalar::Absent), format!("({key} IS NOT NULL OR {})", later(1)));
    assert_eq!(translator.following(None, &Scalar::Absent, id).unwrap().sql, later(1));
    // No row has this id.
    assert_eq!(translator.following(None, &Scalar::Absent, "7"), None);
}

#[test]
fn a_page_requires_an_exact_filter_and_order() {
    let select = |filter: &str, sort: Option<Path>| {
        let filter = Filter::parse(User::TYPE, filter).unwrap();
        let mut query = Query::all(User::TYPE);
        query.filter = Some(&filter);
        query.sort = sort.map(|path| Sort::new(User::TYPE, path, false).unwrap());
        let found = Translator::new(Dialect::Sqlite, User::TYPE, &column).after(1).select(&query);
        (found.filter.sql.clone(), found.page.clone(), found.is_page, found.binds().count())
    };
    let page = " ORDER BY id COLLATE BINARY LIMIT ?2 OFFSET ?3";
    assert_eq!(select("active pr", None), ("active IS NOT NULL".into(), page.into(), true, 2));
    assert_eq!(select("active pr", Some(TITLE)), ("active IS NOT NULL".into(), String::new(), false, 0));
    assert_eq!(select("active pr and displayName pr", None), ("active IS NOT NULL".into(), String::new(), false, 0));
}

#[test]
fn candidates_are_limited_to_one_more_than_the_framework_accepts() {
    let filter = Filter::parse(User::TYPE, r#"nickName eq "a""#).unwrap();
    let mut query = Query::all(User::TYPE);
    query.filter = Some(&filter);
    let column = |_| Column::text("t.nick");
    let translator = Translator::new(Dialect::Postgres, User::TYPE, &column).after(1);
    assert_eq!((translator.select(&query).page, translator.select(&query).page_binds), (String::new(), Vec::new()));
    query.candidates = 10;
    let found = translator.select(&query);
    assert_eq!((found.is_page, &*found.page, &*found.page_binds), (false, " LIMIT $3::bigint", &[Bind::Int(11)][..]));
}
