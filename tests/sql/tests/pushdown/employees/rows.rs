//! The tables of employees, and random rows.

use std::fmt::Write as _;

use scim_core::{reflect::Scalar, sql::Dialect};
use uuid::Uuid;

use super::{Badge, Email, Employee, Im, Mood};
use crate::{
    random::Random,
    sample::{folded, literal, text},
};

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
        Dialect::MariaDb => format!("CREATE TABLE people ({TABLE}); CREATE TABLE emails ({EMAILS});")
            .replace(" timestamptz", " datetime(6)")
            .replace('"', "`"),
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
            // The application's own spelling.
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

/// Ids of employees and others, one of which belongs to nobody.
pub(super) const IDS: &[&str] = &[
    "00000000-0000-0000-0000-000000000000",
    "00000000-0000-0000-0000-000000000001",
    "6f2d1e0c-0000-4000-8000-00000000000a",
    "ffffffff-ffff-ffff-ffff-ffffffffffff",
];

pub(super) fn random(random: &mut Random, number: usize) -> Employee {
    // MariaDB's type rejects some UUIDs of version 8 and later.
    let id = if number < 3 { IDS[number + 1].parse().unwrap() } else { Uuid::from_u128(random.wide() & !(1 << 79)) };
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
