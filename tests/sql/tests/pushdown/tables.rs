//! The tables of a store, their mapping to SCIM, and their rows.

use std::{collections::BTreeSet, fmt::Write as _};

use scim_core::{
    ScimResource,
    collation::normalize,
    json::Projection,
    path,
    reflect::{DateTime, Scalar},
    schema::Path,
    sql::{Bind, Column, Dialect, Element, Where},
};
use sqlx::{AssertSqlSafe, Row, SqlitePool, sqlite::SqlitePoolOptions};

use crate::{
    people::Person,
    sample::{Sample, folded, literal, text},
    schemas,
};

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

/// Returns the column of an attribute. SQL cannot evaluate `notes`.
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

pub(crate) struct Tables {
    pool: SqlitePool,
}

impl Tables {
    pub(crate) async fn fill<S: Sample>(all: &[S]) -> Self {
        Self::of(S::script(Dialect::Sqlite, all)).await
    }

    pub(crate) async fn of(script: String) -> Self {
        let pool = SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await.unwrap();
        let script = format!("BEGIN; {script} COMMIT;");
        sqlx::raw_sql(AssertSqlSafe(script)).execute(&pool).await.unwrap();
        Self { pool }
    }

    pub(crate) async fn ids(&self, part: &Where) -> BTreeSet<String> {
        self.ids_of("t", part).await
    }

    pub(crate) async fn ids_of(&self, tenant: &str, part: &Where) -> BTreeSet<String> {
        let sql = format!("SELECT p.id FROM people AS p WHERE p.tenant = ?1 AND {}", part.sql);
        self.query(&sql, tenant, &part.binds).await.into_iter().collect()
    }

    /// Returns the first column of the rows.
    pub(crate) async fn query(&self, sql: &str, tenant: &str, binds: &[Bind]) -> Vec<String> {
        let mut query = sqlx::query(AssertSqlSafe(sql.to_owned())).bind(tenant);
        for bind in binds {
            query = match bind {
                Bind::Text(text) => query.bind(text.clone()),
                Bind::Int(number) => query.bind(*number),
                Bind::Float(number) => query.bind(*number),
                Bind::Bool(flag) => query.bind(*flag),
                Bind::Null(_) => query.bind(None::<String>),
            };
        }
        let rows = query.persistent(false).fetch_all(&self.pool).await;
        let rows = rows.unwrap_or_else(|error| panic!("{error}\n{sql}\n{binds:?}"));
        rows.iter().map(|row| row.get::<String, _>(row.len() - 1)).collect()
    }
}

pub(crate) fn script(dialect: Dialect, people: &[Person]) -> String {
    people.iter().fold(schemas::of(dialect).to_owned(), |mut script, person| {
        insert(&mut script, dialect, person);
        script
    })
}

fn insert(script: &mut String, dialect: Dialect, person: &Person) {
    let mut row = |table: &str, values: &[Scalar<'_>]| {
        let values: Vec<String> = values.iter().map(|value| literal(dialect, value)).collect();
        let _ = writeln!(script, "INSERT INTO {table} VALUES ({});", values.join(", "));
    };
    let exact = |text: &Option<String>| {
        text.as_ref().map_or(Scalar::Absent, |text| Scalar::Str(normalize(text).into_owned().into()))
    };
    let seconds = |time: Option<DateTime>| time.map_or(Scalar::Absent, |time| Scalar::Int(time.unix_seconds()));
    let millis = |time: Option<DateTime>| time.map_or(Scalar::Absent, |time| Scalar::Int(time.unix_millis()));
    let flag = |flag: Option<bool>| flag.map_or(Scalar::Absent, Scalar::Bool);
    let phone = |kind: &str| {
        person.phones.iter().find(|phone| phone.kind.as_deref() == Some(kind)).and_then(|phone| phone.value.as_ref())
    };
    let name = person.name.clone().unwrap_or_default();
    let work = person.work.clone().unwrap_or_default();
    let manager = work.manager.clone().unwrap_or_default();
    let document = document(person);
    #[expect(clippy::cast_possible_truncation, reason = "these are whole")]
    let grade = person.grade.map(|grade| grade as i64);
    row(
        "people",
        &[
            Scalar::Str("t".into()),
            text(&person.id),
            exact(&person.external_id),
            person.meta.created.map_or(Scalar::Absent, Scalar::DateTime),
            seconds(person.meta.last_modified),
            folded(&person.user_name),
            folded(&person.display_name),
            text(&person.nick_name),
            text(&person.title),
            text(&person.code),
            text(&person.badge),
            flag(person.active),
            person.level.map_or(Scalar::Absent, Scalar::Int),
            person.score.map_or(Scalar::Absent, Scalar::Dec),
            grade.map_or(Scalar::Absent, Scalar::Int),
            millis(person.hired),
            folded(&name.family_name),
            folded(&name.given_name),
            text(phone("work")),
            text(phone("mobile")),
            folded(&work.department),
            text(&manager.value),
            text(&document),
        ],
    );
    for (position, email) in (0..).zip(&person.emails) {
        let (value, kind) = (folded(&email.value), folded(&email.kind));
        row(
            "emails",
            &[text(&person.id), Scalar::Int(position), value, kind, text(&email.display), flag(email.primary)],
        );
    }
    for (position, site) in (0..).zip(&person.sites) {
        row("sites", &[text(&person.id), Scalar::Int(position), folded(site)]);
    }
    for desk in &work.desks {
        row("desks", &[text(&person.id), desk.floor.map_or(Scalar::Absent, Scalar::Int)]);
    }
}

/// Returns the whole person as JSON.
pub(crate) fn document(person: &Person) -> String {
    let mut json = Vec::new();
    scim_core::json::write(&mut json, Person::TYPE, person, &Projection::DEFAULT, "http://localhost/People/1");
    String::from_utf8(json).unwrap()
}
