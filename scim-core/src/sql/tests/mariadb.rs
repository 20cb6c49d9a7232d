//! SQL for MariaDB.

use super::*;
use crate::{
    reflect::Scalar,
    sql::json,
    store::{Query, Sort},
};

const UTF8: &str = "COLLATE utf8mb4_nopad_bin";

fn filters(rows: &[(&str, bool, &str, &[Bind])]) {
    for (filter, is_exact, sql, binds) in rows {
        let found = translate(Dialect::MariaDb, filter);
        assert_eq!((found.sql.replace(UTF8, "@").as_str(), found.is_exact), (*sql, *is_exact), "{filter}");
        assert_eq!(found.binds, *binds, "{filter}");
    }
}

#[test]
fn text_is_compared_by_its_bytes_regardless_of_the_collation() {
    filters(&[
        (r#"externalId eq "A""#, true, "external_key = ? @", &[text("A")]),
        (r#"externalId ne "A""#, true, "NOT COALESCE(external_key = ? @, FALSE)", &[text("A")]),
        (r#"externalId co "a%""#, true, "instr(external_key, ? @) > 0", &[text("a%")]),
        (r#"externalId sw "ab""#, true, "(external_key >= ? @ AND external_key < ? @)", &[text("ab"), text("ac")]),
        (r#"externalId ew "é%""#, true, "right(CONVERT(external_key USING utf8mb4), 2) = ? @", &[text("é%")]),
        (r#"externalId lt "x\u0000""#, true, "external_key < ? @", &[text("x\0")]),
        // A blank is not an empty text.
        (r#"externalId eq """#, true, "octet_length(external_key) = 0", &[]),
        (r#"externalId gt """#, true, "octet_length(external_key) <> 0", &[]),
        ("externalId pr", true, "octet_length(external_key) <> 0", &[]),
        (r#"userName le "X""#, true, "(login_key <= ? @ AND octet_length(login_key) <> 0)", &[text("x")]),
        (r#"nickName eq "Al""#, true, "lower(CONVERT(nick USING utf8mb4) @) = ? @", &[text("al")]),
        (
            r#"title eq "Al""#,
            false,
            "(lower(CONVERT(title USING utf8mb4) @) = ? @ OR \
             octet_length(CONVERT(title USING utf8mb4)) <> char_length(CONVERT(title USING utf8mb4)))",
            &[text("al")],
        ),
    ]);
}

#[test]
fn types_of_mariadb() {
    let manager = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value";
    let uuid = "c0ffee00-0000-4000-8000-000000000001";
    filters(&[
        ("active eq true", true, "active IS TRUE", &[]),
        (&format!("{manager} eq \"42\""), true, "boss = ?", &[Bind::Int(42)]),
        (
            &format!("{manager} co \"4\""),
            true,
            "instr(CAST(boss AS CHAR CHARACTER SET utf8mb4), ? @) > 0",
            &[text("4")],
        ),
        (&format!("id eq \"{uuid}\""), true, "id = CAST(? @ AS UUID)", &[text(uuid)]),
        (r#"id eq "C0FFEE""#, true, "FALSE", &[]),
        (
            r#"id sw "c""#,
            true,
            "(CAST(CAST(id AS UUID) AS CHAR CHARACTER SET utf8mb4) >= ? @ AND \
             CAST(CAST(id AS UUID) AS CHAR CHARACTER SET utf8mb4) < ? @)",
            &[text("c"), text("d")],
        ),
        (r#"meta.created gt "1970-01-01T00:00:01Z""#, true, "created > ?", &[Bind::Int(1000)]),
        (
            r#"meta.lastModified lt "2020-01-01T01:00:00.1234567+01:00""#,
            true,
            "modified <= CAST(? @ AS DATETIME(6))",
            &[text("2020-01-01T00:00:00.123456")],
        ),
    ]);
}

#[test]
fn unnumbered_placeholders_follow_the_order_of_the_values() {
    // A look-up would repeat the store's placeholder.
    let column = |path| match path {
        EMAILS => Column::list([
            Element::columns().with(EMAIL, Column::key("u.email_key")),
            Element::rows("emails AS e", "e.tenant = u.tenant AND e.user_id = u.id")
                .with(EMAIL, Column::key("e.address_key"))
                .lookup("e.user_id", "e.tenant = ?"),
        ]),
        path => super::column(path),
    };
    let translator = Translator::new(Dialect::MariaDb, User::TYPE, &column).after(1);
    let filter = Filter::parse(User::TYPE, r#"emails.value eq "a" or externalId eq "B""#).unwrap();
    let found = translator.lookup("u.id", "users AS u WHERE u.tenant = ?").filter(&filter);
    assert_eq!(
        found.sql.replace(UTF8, "@"),
        "((u.email_key = ? @ OR EXISTS (SELECT 1 FROM emails AS e WHERE e.tenant = u.tenant AND e.user_id = u.id AND \
         e.address_key = ? @)) OR external_key = ? @)"
    );
    assert_eq!(found.binds, [text("a"), text("a"), text("B")]);
    assert_eq!(found, translator.filter(&filter));
}

#[test]
fn orders_of_mariadb() {
    let order = |column: &dyn Fn(Path) -> Column, path, descending| {
        let sort = Sort::new(User::TYPE, path, descending).unwrap();
        Translator::new(Dialect::MariaDb, User::TYPE, column).order(Some(sort))
    };
    let id = "CAST(CONVERT(CAST(id AS UUID) USING utf8mb4) AS BINARY)";
    let key = "CAST(CONVERT(external_key USING utf8mb4) AS BINARY)";
    for (path, descending, sql) in [
        (EXTERNAL_ID, false, format!("{key} IS NULL ASC, {key} ASC, {id}")),
        (EXTERNAL_ID, true, format!("{key} IS NULL DESC, {key} DESC, {id}")),
        (CREATED, false, format!("created IS NULL ASC, created ASC, {id}")),
        (USER_TYPE, true, id.to_owned()),
    ] {
        assert_eq!(order(&column, path, descending), Some(sql));
    }
    // An index may serve this order.
    let bytewise = |path| if path == Path::ID { Column::ascii("id").bytewise() } else { Column::absent() };
    assert_eq!(order(&bytewise, TITLE, false).as_deref(), Some("id"));
    let translator = Translator::new(Dialect::MariaDb, User::TYPE, &bytewise);
    assert_eq!(translator.following(None, &Scalar::Absent, "7").unwrap().sql, format!("id > ? {UTF8}"));
    let found = translator.after(3).select(&Query::all(User::TYPE));
    assert_eq!((found.filter.sql.as_str(), found.page.as_str()), ("TRUE", " ORDER BY id LIMIT ? OFFSET ?"));
    assert_eq!(found.page_binds, [Bind::Int(i64::MAX), Bind::Int(0)]);
}

#[test]
fn documents_of_mariadb() {
    let document = json(Dialect::MariaDb, User::TYPE, "d");
    let translator = Translator::new(Dialect::MariaDb, User::TYPE, &document);
    let filter = Filter::parse(User::TYPE, "active eq true or emails[value pr and not (primary eq true)]").unwrap();
    assert_eq!(
        translator.filter(&filter).sql,
        r#"((CASE JSON_EXTRACT(d, '$."active"') WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE END) IS TRUE OR "#
            .to_owned()
            + r#"EXISTS (SELECT 1 FROM JSON_TABLE(d, '$."emails"[*]' COLUMNS (`key` FOR ORDINALITY, value JSON PATH '$')) AS e "#
            + r#"WHERE TRUE AND (octet_length((JSON_VALUE(JSON_EXTRACT(e.value, '$."value"'), '$'))) <> 0 AND "#
            + r#"NOT ((CASE JSON_EXTRACT(e.value, '$."primary"') WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE END) IS TRUE))))"#
    );
}
