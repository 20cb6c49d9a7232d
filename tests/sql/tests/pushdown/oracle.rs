//! The meaning of a filter by RFC 7644 §3.4.2.2, written as naively as possible. Shares no code with the library except
//! the types of the data.

use std::cmp::Ordering;

use caseless::Caseless as _;
use scim_core::reflect::DateTime;
use unicode_normalization::UnicodeNormalization;

use crate::ask::{Ask, Literal};

/// A value of an attribute.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Val {
    /// Text, and whether the attribute is `caseExact`.
    Text(String, bool),
    /// An entity tag as in responses. Tags are equal if their opaque parts are equal.
    Tag(String),
    Bool(bool),
    Number(f64),
    Whole(i64),
    /// Nanoseconds since 1970.
    Time(i128),
    /// An object.
    Object,
}

/// A resource or an element: its attributes by name. A name may contain dots. An object is a list of one element, or of
/// none if it has no sub-attributes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tree {
    values: Vec<(&'static str, Val)>,
    lists: Vec<(&'static str, Vec<Tree>)>,
}

impl Tree {
    pub(crate) fn with(mut self, name: &'static str, value: Option<Val>) -> Self {
        self.values.extend(value.map(|value| (name, value)));
        self
    }

    /// Adds a text attribute that is not `caseExact`.
    pub(crate) fn text(self, name: &'static str, text: Option<&str>) -> Self {
        self.with(name, text.map(|text| Val::Text(text.to_owned(), false)))
    }

    /// Adds a text attribute that is `caseExact`.
    pub(crate) fn exact(self, name: &'static str, text: Option<&str>) -> Self {
        self.with(name, text.map(|text| Val::Text(text.to_owned(), true)))
    }

    pub(crate) fn flag(self, name: &'static str, flag: Option<bool>) -> Self {
        self.with(name, flag.map(Val::Bool))
    }

    pub(crate) fn time(self, name: &'static str, time: Option<DateTime>) -> Self {
        self.with(name, time.map(|time| Val::Time(nanos(time))))
    }

    pub(crate) fn list(mut self, name: &'static str, elements: impl IntoIterator<Item = Tree>) -> Self {
        self.lists.push((name, elements.into_iter().collect()));
        self
    }

    pub(crate) fn object(self, name: &'static str, object: Tree) -> Self {
        let is_there = !object.values.is_empty() || object.lists.iter().any(|(_, elements)| !elements.is_empty());
        self.list(name, is_there.then_some(object))
    }

    pub(crate) fn elements(&self, name: &str) -> &[Tree] {
        self.lists.iter().find(|(list, _)| *list == name).map(|(_, elements)| elements.as_slice()).unwrap_or_default()
    }

    /// Returns all values of an attribute: "if any value matches, the attribute matches".
    pub(crate) fn values(&self, name: &str) -> Vec<Val> {
        let values: Vec<Val> =
            self.values.iter().filter(|(value, _)| *value == name).map(|(_, value)| value.clone()).collect();
        if !values.is_empty() {
            return values;
        }
        match name.rsplit_once('.') {
            Some((list, part)) => self.elements(list).iter().flat_map(|element| element.values(part)).collect(),
            None => self.elements(name).iter().map(|_| Val::Object).collect(),
        }
    }

    /// Returns the values that are compared. "If not specified, the value of "primary" SHALL be assumed to be "false"."
    fn compared(&self, name: &str) -> Vec<Val> {
        match name.rsplit_once('.') {
            Some((list, "primary")) => {
                self.elements(list).iter().flat_map(|element| element.compared("primary")).collect()
            }
            None if name == "primary" && self.values(name).is_empty() => vec![Val::Bool(false)],
            _ => self.values(name),
        }
    }

    pub(crate) fn matches(&self, ask: &Ask) -> bool {
        match ask {
            Ask::And(asks) => asks.iter().all(|ask| self.matches(ask)),
            Ask::Or(asks) => asks.iter().any(|ask| self.matches(ask)),
            Ask::Not(ask) => !self.matches(ask),
            Ask::Present(name) => present(&self.values(name)),
            Ask::Compare(name, "ne", literal) => !self.matches(&Ask::Compare(name, "eq", literal.clone())),
            // "The attribute and operator values are identical": null is no value.
            Ask::Compare(name, _, Literal::Null) => !present(&self.values(name)),
            Ask::Compare(name, operator, literal) => {
                let name = if *name == "emails" { "emails.value" } else { name };
                self.compared(name).iter().any(|value| compare(value, operator, literal))
            }
            Ask::ValuePath(name, ask) => self.elements(name).iter().any(|element| element.matches(ask)),
        }
    }
}

/// "Has a non-empty or non-null value, or contains a non-empty node for complex attributes."
fn present(values: &[Val]) -> bool {
    values.iter().any(|value| match value {
        Val::Text(text, _) => !text.is_empty(),
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
        (Val::Tag(value), Literal::Text(operand)) if operator == "eq" => opaque(value).cmp(opaque(operand)),
        (Val::Tag(value), Literal::Text(_)) => return compare(&Val::Text(value.clone(), true), operator, literal),
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

/// Returns the text in a form for comparisons: texts are equal under Unicode composition, and under full case folding
/// unless the attribute is `caseExact`.
pub(crate) fn normal(text: &str, case_exact: bool) -> String {
    if case_exact {
        return text.nfc().collect();
    }
    text.nfd().default_case_fold().nfc().collect()
}

fn opaque(tag: &str) -> &str {
    let tag = tag.strip_prefix("W/").unwrap_or(tag);
    tag.strip_prefix('"').and_then(|tag| tag.strip_suffix('"')).unwrap_or(tag)
}

fn nanos(time: DateTime) -> i128 {
    i128::from(time.unix_seconds()) * 1_000_000_000 + i128::from(time.subsec_nanos())
}
