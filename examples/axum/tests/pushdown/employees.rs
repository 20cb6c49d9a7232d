//! A flat struct, whose columns are those that the derive macro knows.

use std::fmt::Write as _;

use scim_core::{
    ScimComplex, ScimResource, ScimValue,
    access::{DateTime, Scalar},
    schema::{Path, path},
    store::sql::{self, Column, Dialect, Element},
};
use uuid::Uuid;

use crate::{
    random::Random,
    sample::{folded, literal, text},
};

#[derive(Clone, Debug, Default, ScimResource)]
#[scim(schema = "urn:example:Employee", name = "Employee", endpoint = "/Employees", description = "An employee")]
#[scim(fixed(path = "company", value = "Example"))]
#[expect(clippy::struct_excessive_bools, reason = "a row has the columns that it has")]
pub(crate) struct Employee {
    pub(crate) id: Uuid,
    #[scim(path = "meta.version")]
    pub(crate) version: i64,
    #[scim(path = "meta.created")]
    pub(crate) created_at: Option<DateTime>,
    pub(crate) external_id: Option<String>,
    #[scim(path = "userName", required)]
    pub(crate) login: String,
    #[scim(path = "name.givenName")]
    pub(crate) first_name: Option<String>,
    #[scim(path = "name.familyName")]
    pub(crate) last_name: String,
    #[scim(path = "position", case_exact)]
    pub(crate) r#order: Option<String>,
    pub(crate) nick: String,
    pub(crate) badge: Option<Badge>,
    pub(crate) mood: Option<Mood>,
    #[scim(path = "active", required)]
    pub(crate) enabled: bool,
    pub(crate) leads: Option<bool>,
    pub(crate) level: Option<i32>,
    pub(crate) score: Option<f64>,
    pub(crate) boss: Option<Uuid>,
    #[scim(path = r#"emails[type eq "work"].value"#)]
    pub(crate) work_email: Option<String>,
    #[scim(path = r#"emails[type eq "work"].display"#)]
    pub(crate) work_email_label: Option<String>,
    #[scim(path = r#"emails[type eq "work"].primary"#)]
    pub(crate) work_email_first: bool,
    #[scim(path = r#"emails[type eq "home"].value"#)]
    pub(crate) home_email: String,
    #[scim(path = r#"emails[type eq "home"].primary"#)]
    pub(crate) home_email_first: bool,
    #[scim(path = "emails", overflow)]
    pub(crate) other_emails: Vec<Email>,
    #[scim(path = r#"phones[type eq "work"].value"#, primary)]
    pub(crate) office: Option<String>,
    #[scim(path = r#"phones[type eq "mobile" and country eq "NO"].value"#)]
    pub(crate) mobile: Option<String>,
    #[scim(path = r#"faxes[type eq "work"].value"#)]
    pub(crate) work_fax: Option<String>,
    #[scim(path = r#"faxes[type eq "work"].primary"#)]
    pub(crate) work_fax_first: bool,
    #[scim(path = r#"faxes[type eq "home"].value"#)]
    pub(crate) home_fax: Option<String>,
    #[scim(path = r#"faxes[type eq "home"].primary"#)]
    pub(crate) home_fax_first: bool,
    #[scim(path = r#"ims[type eq "xmpp"].value"#)]
    pub(crate) xmpp: Option<String>,
    #[scim(path = "ims", overflow)]
    pub(crate) other_ims: Vec<Im>,
    #[scim(path = "urn:example:Extra:department")]
    pub(crate) department: Option<String>,
    #[scim(path = "urn:example:Extra:manager.value", case_exact)]
    pub(crate) manager: Option<String>,
}

#[derive(Clone, Debug, Default, ScimValue)]
pub(crate) struct Badge(pub(crate) String);

#[derive(Clone, Copy, Debug, ScimValue)]
pub(crate) enum Mood {
    Merry,
    Sad,
}

#[derive(Clone, Debug, Default, ScimComplex)]
pub(crate) struct Email {
    pub(crate) value: Option<String>,
    #[scim(name = "type")]
    pub(crate) kind: Option<String>,
    pub(crate) display: Option<String>,
    pub(crate) primary: Option<bool>,
}

#[derive(Clone, Debug, Default, ScimComplex)]
pub(crate) struct Im {
    pub(crate) value: Option<String>,
    #[scim(name = "type")]
    pub(crate) kind: Option<String>,
}

const EMAIL: Path = path::<Employee>("emails.value");
const EMAIL_TYPE: Path = path::<Employee>("emails.type");
const EMAIL_DISPLAY: Path = path::<Employee>("emails.display");
const EMAIL_PRIMARY: Path = path::<Employee>("emails.primary");

/// The half of the texts has keys; `mood` and `ims` are not known to SQL.
pub(crate) fn columns(dialect: Dialect) -> impl Fn(Path) -> Column {
    sql::columns::<Employee>(dialect, "p", move |field| match (field.name(), dialect) {
        (
            "login" | "first_name" | "last_name" | "work_email" | "home_email" | "office" | "mobile" | "department",
            _,
        ) => field.key("_key"),
        ("id" | "boss", Dialect::Sqlite) => Column::uuid(field.sql()),
        ("created_at", Dialect::Sqlite) => Column::unix_micros(field.sql()),
        ("manager" | "work_fax" | "home_fax", _) => Column::ascii(field.sql()),
        ("other_emails", _) => Column::list([Element::rows("emails AS e", "e.employee = p.id")
            .with(EMAIL, Column::key("e.value_key"))
            .with(EMAIL_TYPE, Column::ascii("e.kind"))
            .with(EMAIL_DISPLAY, Column::text("e.display"))
            .with(EMAIL_PRIMARY, Column::boolean("e.is_primary"))]),
        _ => field.column(),
    })
}

const TABLE: &str = "tenant text, id uuid PRIMARY KEY, version bigint, created_at timestamptz, external_id text,
    login_key text, first_name_key text, last_name_key text, \"order\" text, nick text, badge text, mood text,
    enabled boolean, leads boolean, level integer, score float8, boss uuid,
    work_email_key text, work_email_label text, work_email_first boolean, home_email_key text,
    home_email_first boolean, office_key text, mobile_key text, work_fax text, work_fax_first boolean, home_fax text,
    home_fax_first boolean, xmpp text, department_key text, manager text";
const EMAILS: &str = "employee uuid, value_key text, kind text, display text, is_primary boolean";

pub(super) fn script(dialect: Dialect, all: &[Employee]) -> String {
    let mut script = match dialect {
        Dialect::Sqlite => format!("CREATE TABLE people ({TABLE}); CREATE TABLE emails ({EMAILS});")
            .replace(" uuid", " text")
            .replace(" timestamptz", " integer"),
        _ => format!("CREATE TEMP TABLE people ({TABLE}); CREATE TEMP TABLE emails ({EMAILS});"),
    };
    for one in all {
        insert(&mut script, dialect, one);
    }
    script
}

fn insert(script: &mut String, dialect: Dialect, one: &Employee) {
    let mut row = |table: &str, values: &[Scalar<'_>]| {
        let values: Vec<String> = values.iter().map(|value| literal(dialect, value)).collect();
        let _ = writeln!(script, "INSERT INTO {table} VALUES ({});", values.join(", "));
    };
    let flag = |flag: Option<bool>| flag.map_or(Scalar::Absent, Scalar::Bool);
    let id = Scalar::Str(one.id.to_string().into());
    row(
        "people",
        &[
            Scalar::Str("t".into()),
            id.clone(),
            Scalar::Int(one.version),
            one.created_at.map_or(Scalar::Absent, Scalar::DateTime),
            text(&one.external_id),
            folded(&one.login),
            folded(&one.first_name),
            folded(&one.last_name),
            text(&one.r#order),
            text(&one.nick),
            text(one.badge.as_ref().map(|badge| &badge.0)),
            // As the application likes it.
            one.mood.map_or(Scalar::Absent, |mood| Scalar::Str(format!("mood {}", mood as i32).into())),
            Scalar::Bool(one.enabled),
            flag(one.leads),
            one.level.map_or(Scalar::Absent, |level| Scalar::Int(level.into())),
            one.score.map_or(Scalar::Absent, Scalar::Dec),
            one.boss.map_or(Scalar::Absent, |boss| Scalar::Str(boss.to_string().into())),
            folded(&one.work_email),
            text(&one.work_email_label),
            Scalar::Bool(one.work_email_first),
            folded(&one.home_email),
            Scalar::Bool(one.home_email_first),
            folded(&one.office),
            folded(&one.mobile),
            text(&one.work_fax),
            Scalar::Bool(one.work_fax_first),
            text(&one.home_fax),
            Scalar::Bool(one.home_fax_first),
            text(&one.xmpp),
            folded(&one.department),
            text(&one.manager),
        ],
    );
    for email in &one.other_emails {
        let (value, kind) = (folded(&email.value), text(&email.kind));
        row("emails", &[id.clone(), value, kind, text(&email.display), flag(email.primary)]);
    }
}

/// Ids of employees and of others, one of which is nobody's.
pub(crate) const IDS: &[&str] = &[
    "00000000-0000-0000-0000-000000000000",
    "00000000-0000-0000-0000-000000000001",
    "6f2d1e0c-0000-4000-8000-00000000000a",
    "ffffffff-ffff-ffff-ffff-ffffffffffff",
];

pub(super) fn employee(random: &mut Random, number: usize) -> Employee {
    let id = if number < 3 { IDS[number + 1].parse().unwrap() } else { Uuid::from_u128(random.wide()) };
    let date = |random: &mut Random| crate::people::date(random.instant().div_euclid(1_000) * 1_000);
    let email = |random: &mut Random| Email {
        value: random.maybe(Random::word).or(Some("x".to_owned())),
        kind: random.maybe(|random| random.of(&["work", "other", "Home", ""]).to_owned()),
        display: random.maybe(Random::word),
        primary: random.maybe(|random| random.one_in(3)),
    };
    let im = |random: &mut Random| Im { value: Some(random.word()), kind: random.maybe(Random::word) };
    Employee {
        id,
        version: random.of(&[-1, 0, 1, 7, 10, i64::MAX]),
        created_at: random.maybe(date),
        external_id: random.maybe(Random::word),
        login: random.word(),
        first_name: random.maybe(Random::word),
        last_name: random.word(),
        r#order: random.maybe(Random::word),
        nick: random.word(),
        badge: random.maybe(|random| Badge(random.word())),
        mood: random.maybe(|random| random.of(&[Mood::Merry, Mood::Sad])),
        enabled: random.one_in(2),
        leads: random.maybe(|random| random.one_in(2)),
        level: random.maybe(|random| random.of(&[-1, 0, 1, 2, i32::MAX])),
        score: random.maybe(|random| random.of(&[-0.5, 0.0, 0.1, 1.0, 2.0, 1e300])),
        boss: random.maybe(|random| random.of(IDS).parse().unwrap()),
        work_email: random.maybe(Random::word),
        work_email_label: random.maybe(Random::word),
        work_email_first: random.one_in(3),
        home_email: random.word(),
        home_email_first: random.one_in(3),
        other_emails: (0..random.below(3)).map(|_| email(random)).collect(),
        office: random.maybe(Random::word),
        mobile: random.maybe(Random::word),
        work_fax: random.maybe(Random::ascii),
        work_fax_first: random.one_in(4),
        home_fax: random.maybe(Random::ascii),
        home_fax_first: random.one_in(4),
        xmpp: random.maybe(Random::word),
        other_ims: (0..random.below(2)).map(|_| im(random)).collect(),
        department: random.maybe(Random::word),
        manager: random.maybe(Random::ascii),
    }
}
