//! The tables of a store, what they are in SCIM, and their rows.

use std::collections::BTreeSet;

use scim_core::{
    access::{DateTime, ScimResource},
    json::Projection,
    schema::{Path, path},
    store::{
        Sort,
        sql::{Bind, Column, Element, Where},
    },
    text::{exact, fold},
};
use sqlx::{AssertSqlSafe, Row, SqlitePool, sqlite::SqlitePoolOptions};

use crate::people::Person;

const fn at(name: &str) -> Path {
    path::<Person>(name)
}

const EXTERNAL_ID: Path = at("externalId");
pub(crate) const CREATED: Path = at("meta.created");
const MODIFIED: Path = at("meta.lastModified");
const USER_NAME: Path = at("userName");
const DISPLAY_NAME: Path = at("displayName");
const NICK_NAME: Path = at("nickName");
const TITLE: Path = at("title");
const CODE: Path = at("code");
const BADGE: Path = at("badge");
const ACTIVE: Path = at("active");
const LEVEL: Path = at("level");
const SCORE: Path = at("score");
const GRADE: Path = at("grade");
const HIRED: Path = at("hired");
const FAMILY_NAME: Path = at("name.familyName");
const GIVEN_NAME: Path = at("name.givenName");
const EMAILS: Path = at("emails");
const EMAIL: Path = at("emails.value");
const EMAIL_TYPE: Path = at("emails.type");
const EMAIL_DISPLAY: Path = at("emails.display");
const EMAIL_PRIMARY: Path = at("emails.primary");
const PHONES: Path = at("phones");
const PHONE: Path = at("phones.value");
const PHONE_TYPE: Path = at("phones.type");
const PHONE_PRIMARY: Path = at("phones.primary");
const SITES: Path = at("sites");
const DEPARTMENT: Path = at("urn:example:Work:department");
const MANAGER: Path = at("urn:example:Work:manager.value");
const DESKS: Path = at("urn:example:Work:desks");
const FLOOR: Path = at("urn:example:Work:desks.floor");

/// `notes` is the attribute that SQL does not know.
pub(crate) fn column(path: Path) -> Column {
    match path {
        Path::ID => Column::ascii("p.id"),
        EXTERNAL_ID => Column::key("p.external_key"),
        CREATED => Column::unix_micros("p.created"),
        MODIFIED => Column::unix_seconds("p.modified"),
        USER_NAME => Column::key("p.login_key").empty_is_absent(),
        DISPLAY_NAME => Column::key("p.display_key"),
        NICK_NAME => Column::text("p.nick"),
        TITLE => Column::text("p.title"),
        CODE => Column::ascii("p.code"),
        BADGE => Column::ascii("p.badge"),
        ACTIVE => Column::boolean("p.active"),
        LEVEL => Column::integer("p.level"),
        SCORE => Column::decimal("p.score"),
        GRADE => Column::integer("p.grade"),
        HIRED => Column::unix_millis("p.hired"),
        FAMILY_NAME => Column::key("p.family_key"),
        GIVEN_NAME => Column::key("p.given_key"),
        EMAILS => Column::list([Element::rows("emails AS e", "e.person = p.id")
            .with(EMAIL, Column::key("e.value_key"))
            .with(EMAIL_TYPE, Column::key("e.kind_key"))
            .with(EMAIL_DISPLAY, Column::text("e.display"))
            .with(EMAIL_PRIMARY, Column::boolean("e.is_primary"))
            .ordered_by("e.position")
            .lookup("e.person", "TRUE")]),
        PHONES => Column::list([
            Element::columns()
                .selected(PHONE_TYPE, "work")
                .flagged(PHONE_PRIMARY, true)
                .with(PHONE, Column::ascii("p.work_phone")),
            Element::columns()
                .selected(PHONE_TYPE, "mobile")
                .flagged(PHONE_PRIMARY, false)
                .with(PHONE, Column::ascii("p.mobile")),
        ]),
        SITES => Column::list([Element::rows("sites AS s", "s.person = p.id")
            .with(SITES, Column::key("s.site_key"))
            .ordered_by("s.position")
            .lookup("s.person", "TRUE")]),
        DEPARTMENT => Column::key("p.department_key"),
        MANAGER => Column::ascii("p.manager"),
        DESKS => Column::list([Element::rows("desks AS d", "d.person = p.id").with(FLOOR, Column::integer("d.floor"))]),
        _ => Column::unsupported(),
    }
}

pub(crate) fn sort(name: &str, descending: bool) -> Sort {
    let filter = scim_core::resolve_name(Person::TYPE, name, &scim_core::compat::Tolerance::default());
    Sort::new(Person::TYPE, filter.unwrap().0, descending).unwrap()
}

pub(crate) struct Tables {
    pool: SqlitePool,
}

const SCHEMA: &str = "
CREATE TABLE people (tenant TEXT NOT NULL, id TEXT NOT NULL PRIMARY KEY, external_key TEXT, created INTEGER,
    modified INTEGER, login_key TEXT NOT NULL, display_key TEXT, nick TEXT, title TEXT, code TEXT, badge TEXT,
    active INTEGER, level INTEGER, score REAL, grade INTEGER, hired INTEGER, family_key TEXT, given_key TEXT,
    work_phone TEXT, mobile TEXT, department_key TEXT, manager TEXT, document TEXT NOT NULL);
CREATE INDEX people_login ON people (tenant, login_key);
CREATE TABLE emails (person TEXT NOT NULL, position INTEGER NOT NULL, value_key TEXT, kind_key TEXT, display TEXT,
    is_primary INTEGER, PRIMARY KEY (person, position));
CREATE INDEX emails_value ON emails (value_key);
CREATE TABLE sites (person TEXT NOT NULL, position INTEGER NOT NULL, site_key TEXT, PRIMARY KEY (person, position));
CREATE TABLE desks (person TEXT NOT NULL, floor INTEGER);
";

impl Tables {
    pub(crate) async fn fill(people: &[Person]) -> Self {
        let pool = SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await.unwrap();
        sqlx::raw_sql(SCHEMA).execute(&pool).await.unwrap();
        let mut connection = pool.acquire().await.unwrap();
        sqlx::query("BEGIN").execute(&mut *connection).await.unwrap();
        for person in people {
            insert(&mut connection, person).await;
        }
        sqlx::query("COMMIT").execute(&mut *connection).await.unwrap();
        drop(connection);
        Self { pool }
    }

    pub(crate) async fn ids(&self, part: &Where) -> BTreeSet<String> {
        self.ids_of("t", part).await
    }

    pub(crate) async fn ids_of(&self, tenant: &str, part: &Where) -> BTreeSet<String> {
        let sql = format!("SELECT p.id FROM people AS p WHERE p.tenant = ?1 AND {}", part.sql);
        self.query(&sql, tenant, &part.binds).await.into_iter().collect()
    }

    /// The first column of the rows.
    pub(crate) async fn query(&self, sql: &str, tenant: &str, binds: &[Bind]) -> Vec<String> {
        let mut query = sqlx::query(AssertSqlSafe(sql.to_owned())).bind(tenant);
        for bind in binds {
            query = match bind {
                Bind::Text(text) => query.bind(text.clone()),
                Bind::Int(number) => query.bind(*number),
                Bind::Float(number) => query.bind(*number),
            };
        }
        let rows = query.persistent(false).fetch_all(&self.pool).await;
        let rows = rows.unwrap_or_else(|error| panic!("{error}\n{sql}\n{binds:?}"));
        rows.iter().map(|row| row.get::<String, _>(row.len() - 1)).collect()
    }
}

async fn insert(connection: &mut sqlx::SqliteConnection, person: &Person) {
    let fold = |text: &Option<String>| text.as_ref().map(|text| fold(text).into_owned());
    let exact = |text: &Option<String>| text.as_ref().map(|text| exact(text).into_owned());
    let nanos =
        |time: Option<DateTime>| time.map(|time| time.unix_seconds() * 1_000_000_000 + i64::from(time.subsec_nanos()));
    let phone = |kind: &str| {
        person.phones.iter().find(|phone| phone.kind.as_deref() == Some(kind)).and_then(|phone| phone.value.clone())
    };
    let name = person.name.clone().unwrap_or_default();
    let work = person.work.clone().unwrap_or_default();
    #[expect(clippy::cast_possible_truncation, reason = "these are whole")]
    let grade = person.grade.map(|grade| grade as i64);
    let marks = vec!["?"; 23].join(", ");
    sqlx::query(AssertSqlSafe(format!("INSERT INTO people VALUES ({marks})")))
        .bind("t")
        .bind(&person.id)
        .bind(exact(&person.external_id))
        .bind(nanos(person.meta.created).map(|nanos| nanos.div_euclid(1_000)))
        .bind(nanos(person.meta.last_modified).map(|nanos| nanos.div_euclid(1_000_000_000)))
        .bind(scim_core::text::fold(&person.user_name).into_owned())
        .bind(fold(&person.display_name))
        .bind(&person.nick_name)
        .bind(&person.title)
        .bind(&person.code)
        .bind(&person.badge)
        .bind(person.active)
        .bind(person.level)
        .bind(person.score)
        .bind(grade)
        .bind(nanos(person.hired).map(|nanos| nanos.div_euclid(1_000_000)))
        .bind(fold(&name.family_name))
        .bind(fold(&name.given_name))
        .bind(phone("work"))
        .bind(phone("mobile"))
        .bind(fold(&work.department))
        .bind(work.manager.and_then(|manager| manager.value))
        .bind(document(person))
        .execute(&mut *connection)
        .await
        .unwrap();
    for (position, email) in (0i64..).zip(&person.emails) {
        let insert = sqlx::query("INSERT INTO emails VALUES (?, ?, ?, ?, ?, ?)").bind(&person.id).bind(position);
        let insert = insert.bind(fold(&email.value)).bind(fold(&email.kind)).bind(&email.display).bind(email.primary);
        insert.execute(&mut *connection).await.unwrap();
    }
    for (position, site) in (0i64..).zip(&person.sites) {
        let insert = sqlx::query("INSERT INTO sites VALUES (?, ?, ?)").bind(&person.id).bind(position);
        insert.bind(scim_core::text::fold(site).into_owned()).execute(&mut *connection).await.unwrap();
    }
    for desk in &work.desks {
        let insert = sqlx::query("INSERT INTO desks VALUES (?, ?)").bind(&person.id).bind(desk.floor);
        insert.execute(&mut *connection).await.unwrap();
    }
}

/// The whole person as JSON.
pub(crate) fn document(person: &Person) -> String {
    let mut json = Vec::new();
    scim_core::json::write(&mut json, Person::TYPE, person, &Projection::DEFAULT, "http://localhost/People/1");
    String::from_utf8(json).unwrap()
}
