//! Columns named after the fields of a struct.

mod staff;

use staff::Staff;

use super::{Bind, Column, Dialect, Element, Translator, Where, text};
use crate::{
    ScimResource,
    filter::Filter,
    model::{Name, User},
    reflect::path,
    schema::Path,
    sql::{Field, columns},
    store::Sort,
};

fn filter<R: crate::ScimResource>(dialect: Dialect, column: &dyn Fn(Path) -> Column, filter: &str) -> Where {
    let parsed = Filter::parse(R::TYPE, filter).unwrap_or_else(|error| panic!("{filter}: {error:?}"));
    Translator::new(dialect, R::TYPE, column).filter(&parsed)
}

/// Checks rows of a filter, whether it is exact, and its SQL.
fn staff(dialect: Dialect, rows: &[(&str, bool, &str)]) {
    let columns = columns::<Staff>(dialect, "s", |field| match field.name() {
        "others" => Column::absent(),
        _ => field.column(),
    });
    for (text, is_exact, sql) in rows {
        let found = filter::<Staff>(dialect, &columns, text);
        assert_eq!((found.sql.as_str(), found.is_exact), (*sql, *is_exact), "{text}");
    }
}

const BOSS: Path = path::<Staff>("boss");
const EMAIL: Path = path::<Staff>("emails.value");
const EMAILS: Path = path::<Staff>("emails");
const UNSUPPORTED: &str = "TRUE";

#[test]
fn the_type_of_a_field_determines_its_column() {
    staff(
        Dialect::Postgres,
        &[
            ("login pr", true, r#"s."login" <> ''"#),
            (r#"login le """#, true, "FALSE"),
            (r#"order le """#, true, r#"s."order" = ''"#),
            (r#"type ge """#, true, r#"s."type" IS NOT NULL"#),
            ("active eq true", true, r#"s."active" IS TRUE"#),
            ("leads pr", true, r#"s."leads" IS NOT NULL"#),
            ("level gt 3", true, r#"s."level" > $1::bigint"#),
            ("score gt 3", true, r#"s."score" > $1::float8"#),
            (r#"meta.version eq "7""#, true, r#"s."version" = $1::bigint"#),
            ("meta.created pr", true, r#"s."created" IS NOT NULL"#),
            ("validated pr", true, r#"s."validated" <> ''"#),
            (r#"number co """#, true, r#"s."number" IS NOT NULL"#),
            ("name.given pr", true, r#"s."given" <> ''"#),
            ("name pr", true, r#"s."given" IS NOT NULL"#),
            ("urn:example:Extra:department pr", true, r#"s."department" <> ''"#),
            ("urn:example:Extra pr", true, r#"s."department" IS NOT NULL"#),
            (r#"kind eq "employee""#, true, "TRUE"),
            ("at.floor gt 3", true, "FALSE"),
            ("meta.lastModified pr", true, "FALSE"),
        ],
    );
    staff(
        Dialect::Sqlite,
        &[("active eq true", true, r#"s."active" IS TRUE"#), ("login pr", true, r#"s."login" <> ''"#)],
    );
    // In double quotes the name would be a text.
    staff(
        Dialect::MariaDb,
        &[
            ("login pr", true, "octet_length(s.`login`) <> 0"),
            (r#"order le """#, true, "octet_length(s.`order`) = 0"),
            (r#"type ge """#, true, "s.`type` IS NOT NULL"),
            ("active eq true", true, "s.`active` IS TRUE"),
            ("level gt 3", true, "s.`level` > ?"),
            ("score gt 3", true, "s.`score` > ?"),
            ("boss pr", true, "CAST(s.`boss` AS UUID) <> '00000000-0000-0000-0000-000000000000'"),
            (r#"emails[type eq "work" and primary eq true]"#, true, "(NULLIF(s.`work_first`, FALSE)) IS TRUE"),
        ],
    );
}

#[test]
fn columns_with_an_ambiguous_type_are_unsupported() {
    let unknown = [
        "size gt 3",
        "ratio gt 3",
        "tag pr",
        "host pr",
        "converted pr",
        "secret pr",
        "picture pr",
        "groups pr",
        "whole pr",
        "whole.part pr",
    ];
    for dialect in [Dialect::Postgres, Dialect::Sqlite, Dialect::MariaDb] {
        staff(dialect, &unknown.map(|text| (text, false, UNSUPPORTED)));
    }
    // The columns may have several types.
    for text in ["boss pr", "meta.created pr", r#"meta.created gt "2020-01-01T00:00:00Z""#] {
        staff(Dialect::Sqlite, &[(text, false, UNSUPPORTED)]);
    }
    // The columns may hold local time or UTC.
    for text in ["meta.created pr", r#"meta.created gt "2020-01-01T00:00:00Z""#] {
        staff(Dialect::MariaDb, &[(text, false, UNSUPPORTED)]);
    }
}

#[test]
fn the_nil_uuid_is_no_value() {
    const NIL: &str = "'00000000-0000-0000-0000-000000000000'";
    let nil = NIL.replace('\'', "\"");
    let uuid = "6f2d1e0c-0000-4000-8000-000000000001";
    staff(
        Dialect::Postgres,
        &[
            ("boss pr", true, &format!(r#"s."boss" <> {NIL}"#)),
            (&format!(r#"boss eq "{uuid}""#), true, r#"s."boss" = CAST(CAST($1 AS text) AS uuid)"#),
            (
                &format!("boss eq {nil}"),
                true,
                &format!(r#"(s."boss" = CAST(CAST($1 AS text) AS uuid) AND s."boss" <> {NIL})"#),
            ),
            (r#"boss lt "1""#, true, &format!(r#"(CAST(s."boss" AS text) COLLATE "C" < $1 AND s."boss" <> {NIL})"#)),
        ],
    );
    let columns = columns::<Staff>(Dialect::Sqlite, "s", |field| match field.name() {
        "id" => Column::ascii(field.sql()),
        "boss" => Column::uuid(field.sql()),
        _ => field.column(),
    });
    let found = filter::<Staff>(Dialect::Sqlite, &columns, r#"boss sw "0""#);
    assert!(found.sql.ends_with(&format!(r#" AND s."boss" <> {NIL})"#)), "{}", found.sql);
    let order = Translator::new(Dialect::Sqlite, Staff::TYPE, &columns).order(Sort::new(Staff::TYPE, BOSS, false).ok());
    assert_eq!(
        order.as_deref(),
        Some(&*format!(r#"NULLIF(s."boss", {NIL}) COLLATE BINARY ASC NULLS LAST, s."id" COLLATE BINARY"#))
    );
    nil_in_mariadb(NIL);
}

fn nil_in_mariadb(nil: &str) {
    const UTF8: &str = "COLLATE utf8mb4_nopad_bin";
    let boss = "CAST(s.`boss` AS UUID)";
    let equal = format!("s.`boss` = CAST(? {UTF8} AS UUID)");
    staff(
        Dialect::MariaDb,
        &[
            (r#"boss eq "6f2d1e0c-0000-4000-8000-000000000001""#, true, &equal),
            (&format!("boss eq {}", nil.replace('\'', "\"")), true, &format!("({equal} AND {boss} <> {nil})")),
            (
                r#"boss lt "1""#,
                true,
                &format!("(CAST({boss} AS CHAR CHARACTER SET utf8mb4) < ? {UTF8} AND {boss} <> {nil})"),
            ),
        ],
    );
    let columns = columns::<Staff>(Dialect::MariaDb, "s", |field| match field.name() {
        "id" => Column::ascii(field.sql()).bytewise(),
        _ => field.column(),
    });
    let by_boss = Sort::new(Staff::TYPE, BOSS, true).ok();
    let key = format!("CAST(CONVERT(NULLIF({boss}, {nil}) USING utf8mb4) AS BINARY)");
    assert_eq!(
        Translator::new(Dialect::MariaDb, Staff::TYPE, &columns).order(by_boss),
        Some(format!("{key} IS NULL DESC, {key} DESC, s.`id`"))
    );
}

#[test]
fn fields_of_an_element_form_an_element() {
    staff(
        Dialect::Sqlite,
        &[
            (
                "emails pr",
                true,
                r#"((s."work" IS NOT NULL OR (NULLIF(s."work_first", FALSE)) IS NOT NULL) OR s."home" <> '')"#,
            ),
            // An element without a primary flag is not primary (RFC 7643 §2.4).
            (
                "emails.primary eq false",
                true,
                r#"(((s."work" IS NOT NULL OR (NULLIF(s."work_first", FALSE)) IS NOT NULL) AND (NULLIF(s."work_first", FALSE)) IS NOT TRUE) OR s."home" <> '')"#,
            ),
            (r#"emails[type eq "home" and primary eq false]"#, true, r#"s."home" <> ''"#),
            ("emails.primary eq true", true, r#"(NULLIF(s."work_first", FALSE)) IS TRUE"#),
            (r#"emails[type eq "home" and value pr]"#, true, r#"s."home" <> ''"#),
            ("emails.display pr", true, "FALSE"),
            ("phones.primary eq true", true, r#"s."mobile" IS NOT NULL"#),
            (r#"phones[number eq 5 and type eq "fax"]"#, true, r#"s."fax" = ?1"#),
        ],
    );
    // By default, nothing is known about the other elements.
    let columns = columns::<Staff>(Dialect::Sqlite, "s", Field::column);
    let found = filter::<Staff>(Dialect::Sqlite, &columns, r#"emails[type eq "home" and value pr]"#);
    assert_eq!((found.sql.as_str(), found.is_exact), (UNSUPPORTED, false));
}

#[test]
fn a_store_overrides_columns() {
    let columns = columns::<Staff>(Dialect::Sqlite, "s", |field| match field.name() {
        "login" | "home" => field.key("_key"),
        "work_first" => Column::boolean("s.first = 'work'"),
        "others" => Column::list([Element::rows("emails AS e", "e.s = s.id").with(EMAIL, Column::key("e.value_key"))]),
        "order" | "whole" => Column::absent(),
        "level" => Column::unsupported(),
        _ => field.column(),
    });
    for (text, sql) in [
        (r#"login eq "A""#, r#"s."login_key" COLLATE BINARY = ?1"#),
        ("login pr", r#"s."login_key" <> ''"#),
        (
            "emails.primary eq true",
            "((NULLIF((s.first = 'work'), FALSE)) IS TRUE OR +EXISTS (SELECT 1 FROM emails AS e WHERE e.s = s.id))",
        ),
        ("order pr", "FALSE"),
        ("whole pr or whole.part pr", "FALSE"),
        ("level pr", UNSUPPORTED),
    ] {
        assert_eq!(filter::<Staff>(Dialect::Sqlite, &columns, text).sql, sql, "{text}");
    }
    let found = filter::<Staff>(Dialect::Sqlite, &columns, r#"emails.value eq "A""#);
    assert!(
        found
            .sql
            .ends_with("OR +EXISTS (SELECT 1 FROM emails AS e WHERE e.s = s.id AND e.value_key COLLATE BINARY = ?3))")
    );
    assert_eq!(found.binds.last(), Some(&text("a")));
    // A list is requested as a whole.
    let is_unsupported = |at: Path| matches!(columns(at).0, crate::sql::column::Kind::Unsupported);
    assert!(!is_unsupported(EMAILS) && is_unsupported(EMAIL) && is_unsupported(Path::ROOT));
}

#[test]
fn an_id_serves_its_index() {
    fn of(id: impl Fn(&Field<'static>) -> Column + 'static) -> Option<String> {
        let columns = columns::<Staff>(Dialect::Postgres, "s", move |field| match field.name() {
            "id" => id(field),
            _ => field.column(),
        });
        Translator::new(Dialect::Postgres, Staff::TYPE, &columns).order(None)
    }
    assert_eq!(of(Field::column), None);
    assert_eq!(of(|field| Column::ascii(field.sql())).as_deref(), Some(r#"s."id" COLLATE "C""#));
    assert_eq!(of(|field| Column::uuid(field.sql())).as_deref(), Some(r#"s."id""#));
}

#[test]
fn nested_structs_have_columns_too() {
    const GIVEN_NAME: Path = path::<User>("name.givenName");
    let columns = columns::<User>(Dialect::Sqlite, "u", Field::column);
    let by_path = |at| if at == GIVEN_NAME { Column::key("u.given_key") } else { columns(at) };
    for (text, is_exact, sql) in [
        ("userName pr", true, r#"u."user_name" <> ''"#),
        ("active eq true", true, r#"u."active" IS TRUE"#),
        ("name.familyName pr", false, UNSUPPORTED),
        (r#"name.givenName eq "a""#, true, "u.given_key COLLATE BINARY = ?1"),
        ("emails.value pr", false, UNSUPPORTED),
    ] {
        let found = filter::<User>(Dialect::Sqlite, &by_path, text);
        assert_eq!((found.sql.as_str(), found.is_exact), (sql, is_exact), "{text}");
    }
}

#[test]
fn attributes_without_a_field_have_no_value() {
    #[derive(Clone, Debug, Default, ScimResource)]
    #[scim(schema = "urn:example:Thing", name = "Thing", endpoint = "/Things", crate = "crate")]
    struct Thing {
        id: i64,
        name: Option<Name>,
    }
    let columns = columns::<Thing>(Dialect::Postgres, "t", Field::column);
    let found = filter::<Thing>(Dialect::Postgres, &columns, r#"externalId pr or id eq "5""#);
    assert_eq!((found.sql.as_str(), found.is_exact), (r#"t."id" = $1::bigint"#, true));
    assert_eq!(found.binds, [Bind::Int(5)]);
}
