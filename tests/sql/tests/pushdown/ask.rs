//! Random filters: the query, and its text.

use std::fmt;

use crate::{people::date, random::Random};

#[derive(Clone, Debug)]
pub(crate) enum Ask {
    And(Vec<Ask>),
    Or(Vec<Ask>),
    Not(Box<Ask>),
    Present(&'static str),
    Compare(&'static str, &'static str, Literal),
    ValuePath(&'static str, Box<Ask>),
}

#[derive(Clone, Debug)]
pub(crate) enum Literal {
    Null,
    Text(String),
    Bool(bool),
    Whole(i64),
    Number(f64),
    /// Nanoseconds since 1970, and the offset in minutes that the time is written with.
    Time(i128, i64),
}

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Type {
    Text,
    /// One of these texts.
    One(&'static [&'static str]),
    Bool,
    Whole,
    Number,
    Time,
    Object,
}

/// Attributes, and the types that they are compared with.
pub(crate) type Names = &'static [(&'static str, Type)];

/// The attributes of a resource that a filter can use.
#[derive(Clone, Copy)]
pub(crate) struct Vocabulary {
    pub(crate) names: Names,
    /// The lists and objects, with their sub-attributes.
    pub(crate) lists: &'static [(&'static str, Names)],
}

const ORDERED: &[&str] = &["eq", "ne", "gt", "ge", "lt", "le"];
const OF_TEXT: &[&str] = &["eq", "eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"];

impl Ask {
    pub(crate) fn random(random: &mut Random, vocabulary: Vocabulary) -> Self {
        let depth = random.below(4);
        Self::of(random, vocabulary.names, vocabulary.lists, depth)
    }

    /// Creates a filter on `names`. There are no `lists` within brackets.
    fn of(random: &mut Random, names: Names, lists: &[(&'static str, Names)], depth: usize) -> Self {
        if depth > 0 && !random.one_in(4) {
            let many = |random: &mut Random| {
                (0..2 + random.below(2)).map(|_| Self::of(random, names, lists, depth - 1)).collect()
            };
            return match random.below(3) {
                0 => Self::And(many(random)),
                1 => Self::Or(many(random)),
                _ => Self::Not(Box::new(Self::of(random, names, lists, depth - 1))),
            };
        }
        if !lists.is_empty() && random.one_in(4) {
            let (list, names) = random.of(lists);
            let depth = random.below(3);
            return Self::ValuePath(list, Box::new(Self::of(random, names, &[], depth)));
        }
        let (name, of_type) = random.of(names);
        let (operators, literal) = match of_type {
            Type::Object => return Self::Present(name),
            _ if random.one_in(6) => return Self::Present(name),
            _ if random.one_in(20) => (&["eq", "ne"][..], Literal::Null),
            Type::Text if name.ends_with("type") => {
                (OF_TEXT, Literal::Text(random.of(&["work", "home", "WORK", "mobile", "o", ""]).to_owned()))
            }
            Type::Text => (OF_TEXT, Literal::Text(random.operand())),
            Type::One(texts) => (OF_TEXT, Literal::Text(random.of(texts).to_owned())),
            Type::Bool => (&["eq", "ne"][..], Literal::Bool(random.one_in(2))),
            Type::Whole => (ORDERED, Literal::Whole(random.of(&[-1, 0, 1, 2, 3, i64::MAX, i64::MIN]))),
            Type::Number if random.one_in(2) => (ORDERED, Literal::Whole(random.of(&[-1, 0, 1, 2, i64::MAX]))),
            Type::Number => (ORDERED, Literal::Number(random.of(&[-0.5, 0.1, 0.5, 1.5, 1e300]))),
            Type::Time if random.one_in(10) => {
                (ORDERED, Literal::Time(random.of(&[-1, 1]) * 60_000_000_000_000_000_000, 0))
            }
            Type::Time => (ORDERED, Literal::Time(random.instant().into(), random.of(&[0, 60, -90]))),
        };
        Self::Compare(name, random.of(operators), literal)
    }
}

impl fmt::Display for Ask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let many = |f: &mut fmt::Formatter<'_>, asks: &[Self], operator: &str| {
            let terms: Vec<String> = asks.iter().map(ToString::to_string).collect();
            write!(f, "({})", terms.join(operator))
        };
        match self {
            Self::And(asks) => many(f, asks, " and "),
            Self::Or(asks) => many(f, asks, " or "),
            Self::Not(ask) => write!(f, "not ({ask})"),
            Self::Present(name) => write!(f, "{name} pr"),
            Self::Compare(name, operator, literal) => write!(f, "{name} {operator} {literal}"),
            Self::ValuePath(name, ask) => write!(f, "{name}[{ask}]"),
        }
    }
}

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Text(text) => f.write_str(&serde_json::to_string(text).unwrap()),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Whole(number) => write!(f, "{number}"),
            Self::Number(number) => write!(f, "{number:?}"),
            Self::Time(nanos, offset) => match i64::try_from(*nanos) {
                Ok(nanos) => {
                    let local = date(nanos + offset * 60_000_000_000).to_string();
                    let sign = if *offset < 0 { '-' } else { '+' };
                    let (hours, minutes) = (offset.abs() / 60, offset.abs() % 60);
                    write!(f, "\"{}{sign}{hours:02}:{minutes:02}\"", local.trim_end_matches('Z'))
                }
                // The years of the farthest seconds.
                Err(_) if *nanos > 0 => f.write_str("\"3871-04-29T10:40:00Z\""),
                Err(_) => f.write_str("\"0068-09-03T13:20:00Z\""),
            },
        }
    }
}
