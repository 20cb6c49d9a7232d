//! What a filter means by RFC 7644 §3.4.2.2, as naively as it can be said. Shares no code with the library but the types
//! that hold the data.

use std::cmp::Ordering;

use scim_core::access::DateTime;
use unicode_normalization::UnicodeNormalization;

use crate::{
    ask::{Ask, Literal},
    people::{Desk, Email, Name, Person, Phone, Work},
};

/// A value of an attribute.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Val {
    /// Text, and whether the attribute is `caseExact`.
    Text(String, bool),
    Bool(bool),
    Number(f64),
    Whole(i64),
    /// Nanoseconds since 1970.
    Time(i128),
    /// An object, and whether any of its parts has a value.
    Object(bool),
}

/// What the names of a filter are looked up in.
#[derive(Clone, Copy)]
pub(crate) enum Thing<'a> {
    Person(&'a Person),
    Name(&'a Name),
    Email(&'a Email),
    Phone(&'a Phone),
    Site(&'a str),
    Desk(&'a Desk),
}

pub(crate) fn matches(person: &Person, ask: &Ask) -> bool {
    holds(Thing::Person(person), ask)
}

fn holds(thing: Thing<'_>, ask: &Ask) -> bool {
    match ask {
        Ask::And(asks) => asks.iter().all(|ask| holds(thing, ask)),
        Ask::Or(asks) => asks.iter().any(|ask| holds(thing, ask)),
        Ask::Not(ask) => !holds(thing, ask),
        Ask::Present(name) => present(&values(thing, name)),
        Ask::Compare(name, "ne", literal) => !holds(thing, &Ask::Compare(name, "eq", literal.clone())),
        // "The attribute and operator values are identical": null is no value.
        Ask::Compare(name, _, Literal::Null) => !present(&values(thing, name)),
        Ask::Compare(name, operator, literal) => {
            let name = if *name == "emails" { "emails.value" } else { name };
            values(thing, name).iter().any(|value| compare(value, operator, literal))
        }
        Ask::ValuePath(name, ask) => elements(thing, name).iter().any(|element| holds(*element, ask)),
    }
}

/// "Has a non-empty or non-null value, or contains a non-empty node for complex attributes."
fn present(values: &[Val]) -> bool {
    values.iter().any(|value| match value {
        Val::Text(text, _) => !text.is_empty(),
        Val::Object(has_parts) => *has_parts,
        _ => true,
    })
}

fn compare(value: &Val, operator: &str, literal: &Literal) -> bool {
    let ordering = match (value, literal) {
        (Val::Text(value, case_exact), Literal::Text(operand)) => {
            let (value, operand) = (normal(value, *case_exact), normal(operand, *case_exact));
            match operator {
                "co" => return value.contains(&operand),
                "sw" => return value.starts_with(&operand),
                "ew" => return value.ends_with(&operand),
                _ => value.chars().cmp(operand.chars()),
            }
        }
        (Val::Bool(value), Literal::Bool(operand)) => value.cmp(operand),
        (Val::Whole(value), Literal::Whole(operand)) => value.cmp(operand),
        #[expect(clippy::cast_precision_loss, reason = "a JSON number is a double")]
        (Val::Number(value), Literal::Whole(operand)) => value.partial_cmp(&(*operand as f64)).unwrap(),
        (Val::Number(value), Literal::Number(operand)) => value.partial_cmp(operand).unwrap(),
        (Val::Time(value), Literal::Time(operand, _)) => value.cmp(operand),
        other => panic!("{other:?}"),
    };
    match operator {
        "eq" => ordering == Ordering::Equal,
        "gt" => ordering == Ordering::Greater,
        "ge" => ordering != Ordering::Less,
        "lt" => ordering == Ordering::Less,
        "le" => ordering != Ordering::Greater,
        _ => panic!("{operator}"),
    }
}

/// Texts are equal under Unicode composition, and under letter case where the attribute is not `caseExact`.
pub(crate) fn normal(text: &str, case_exact: bool) -> String {
    let composed: String = text.nfc().collect();
    if case_exact {
        return composed;
    }
    let lower: String = composed.chars().flat_map(char::to_lowercase).collect();
    lower.nfc().collect()
}

fn elements<'a>(thing: Thing<'a>, name: &str) -> Vec<Thing<'a>> {
    let Thing::Person(person) = thing else { panic!("{name} within brackets") };
    match name {
        "emails" => person.emails.iter().map(Thing::Email).collect(),
        "phones" => person.phones.iter().map(Thing::Phone).collect(),
        "sites" => person.sites.iter().map(|site| Thing::Site(site)).collect(),
        "urn:example:Work:desks" => person.work.iter().flat_map(|work| &work.desks).map(Thing::Desk).collect(),
        // An object is a list of one, if it has any part.
        "name" => person.name.iter().filter(|name| has_name(name)).map(Thing::Name).collect(),
        _ => panic!("{name}"),
    }
}

fn has_name(name: &Name) -> bool {
    name.family_name.is_some() || name.given_name.is_some()
}

fn has_work(work: &Work) -> bool {
    work.department.is_some() || work.manager.as_ref().is_some_and(|it| it.value.is_some()) || !work.desks.is_empty()
}

/// All values of an attribute: "if any value matches, the attribute matches".
pub(crate) fn values(thing: Thing<'_>, name: &str) -> Vec<Val> {
    let text = |text: &Option<String>| text.iter().map(|text| Val::Text(text.clone(), false)).collect();
    let exact = |text: &Option<String>| text.iter().map(|text| Val::Text(text.clone(), true)).collect();
    let flag = |flag: Option<bool>| flag.into_iter().map(Val::Bool).collect();
    let decimal = |number: Option<f64>| number.into_iter().map(Val::Number).collect();
    let time = |time: Option<DateTime>| time.into_iter().map(|time| Val::Time(nanos(time))).collect();
    if let (Thing::Person(person), Some((list, sub))) = (thing, name.split_once('.')) {
        if list == "urn:example:Work:manager" {
            return person
                .work
                .iter()
                .flat_map(|work| &work.manager)
                .flat_map(|it| exact(&it.value))
                .collect::<Vec<_>>();
        }
        if list == "meta" {
            return time(if sub == "created" { person.meta.created } else { person.meta.last_modified });
        }
        return elements(thing, list).iter().flat_map(|element| values(*element, sub)).collect();
    }
    match (thing, name) {
        (Thing::Person(person), "id") => vec![Val::Text(person.id.clone(), true)],
        (Thing::Person(person), "externalId") => exact(&person.external_id),
        (Thing::Person(person), "userName") => text(&Some(person.user_name.clone()).filter(|name| !name.is_empty())),
        (Thing::Person(person), "displayName") => text(&person.display_name),
        (Thing::Person(person), "nickName") => text(&person.nick_name),
        (Thing::Person(person), "title") => exact(&person.title),
        (Thing::Person(person), "code") => text(&person.code),
        (Thing::Person(person), "badge") => exact(&person.badge),
        (Thing::Person(person), "active") => flag(person.active),
        (Thing::Person(person), "level") => person.level.into_iter().map(Val::Whole).collect(),
        (Thing::Person(person), "score") => decimal(person.score),
        (Thing::Person(person), "grade") => decimal(person.grade),
        (Thing::Person(person), "hired") => time(person.hired),
        (Thing::Person(person), "notes") => text(&person.notes),
        (Thing::Person(person), "name") => person.name.iter().map(|name| Val::Object(has_name(name))).collect(),
        (Thing::Person(person), "emails") => person.emails.iter().map(|_| Val::Object(true)).collect(),
        (Thing::Person(person), "phones") => person.phones.iter().map(|_| Val::Object(true)).collect(),
        (Thing::Person(person), "sites") => person.sites.iter().map(|it| Val::Text(it.clone(), false)).collect(),
        (Thing::Person(person), "urn:example:Work") => person.work.iter().map(|it| Val::Object(has_work(it))).collect(),
        (Thing::Person(person), "urn:example:Work:department") => {
            person.work.iter().flat_map(|work| text(&work.department)).collect::<Vec<_>>()
        }
        (Thing::Name(name), "familyName") => text(&name.family_name),
        (Thing::Name(name), "givenName") => text(&name.given_name),
        (Thing::Email(email), "value") => text(&email.value),
        (Thing::Email(email), "type") => text(&email.kind),
        (Thing::Email(email), "display") => text(&email.display),
        (Thing::Email(email), "primary") => flag(email.primary),
        (Thing::Phone(phone), "value") => text(&phone.value),
        (Thing::Phone(phone), "type") => text(&phone.kind),
        (Thing::Phone(phone), "primary") => flag(phone.primary),
        (Thing::Site(site), "value") => vec![Val::Text(site.to_owned(), false)],
        (Thing::Desk(desk), "floor") => desk.floor.into_iter().map(Val::Whole).collect(),
        _ => panic!("{name}"),
    }
}

fn nanos(time: DateTime) -> i128 {
    i128::from(time.unix_seconds()) * 1_000_000_000 + i128::from(time.subsec_nanos())
}
