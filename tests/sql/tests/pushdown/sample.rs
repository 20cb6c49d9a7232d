//! What filters and lists are tried with: a resource, the tables that hold it, and what it means.

use std::fmt::Debug;

use scim_core::{
    ScimResource,
    reflect::Scalar,
    sql::{Bind, Dialect},
    store::Sort,
};

use crate::{
    ask::Vocabulary,
    lists::{scalar, value},
    oracle::Tree,
    random::Random,
};

pub(crate) trait Sample: ScimResource + Debug {
    const VOCABULARY: Vocabulary;
    /// The attributes that SQL can sort by.
    const SORTED_BY: &'static [&'static str];

    fn population(random: &mut Random, size: usize) -> Vec<Self>;

    fn id(&self) -> String;

    /// The attributes as a client knows them.
    fn tree(&self) -> Tree;

    /// The tables and their rows: statements. The resources' own table is `people AS p`, with a `tenant` and an `id`.
    fn script(dialect: Dialect, all: &[Self]) -> String;

    /// The value by which a list is sorted, as the resource holds it.
    fn place(&self, name: &str) -> Scalar<'static> {
        scalar(value(&self.tree(), name))
    }
}

pub(crate) fn sort<S: Sample>(name: &str, descending: bool) -> Sort {
    let found = scim_core::resolve_name(S::TYPE, name, &scim_core::compat::Tolerance::default());
    Sort::new(S::TYPE, found.unwrap().0, descending).unwrap()
}

/// A value as it is written in a statement.
pub(crate) fn literal(dialect: Dialect, value: &Scalar<'_>) -> String {
    match (value, dialect) {
        (Scalar::Absent, _) => "NULL".to_owned(),
        (Scalar::Bool(value), _) => value.to_string(),
        (Scalar::Int(number), Dialect::MariaDb) => number.to_string(),
        (Scalar::Int(number), _) => format!("'{number}'"),
        // With an exponent it is a double.
        (Scalar::Dec(number), Dialect::Sqlite | Dialect::MariaDb) => format!("{number:e}"),
        (Scalar::Dec(number), _) => format!("'{number:e}'"),
        (Scalar::DateTime(time), Dialect::Sqlite) => {
            (time.unix_seconds() * 1_000_000 + i64::from(time.subsec_nanos()) / 1_000).to_string()
        }
        (Scalar::DateTime(time), Dialect::MariaDb) => format!("'{}'", time.to_string().replace('Z', "")),
        (Scalar::DateTime(time), _) => format!("'{time}'"),
        // It may hold any character, which a literal may not; nor does it depend on how quotes and escapes are read.
        (Scalar::Str(text), Dialect::Sqlite) => format!("CAST(X'{}' AS TEXT)", hex(text)),
        (Scalar::Str(text), Dialect::MariaDb) => format!("_utf8mb4 X'{}'", hex(text)),
        (Scalar::Str(text), _) => format!("E'{}'", text.replace('\\', "\\\\").replace('\'', "''")),
    }
}

fn hex(text: &str) -> String {
    text.bytes().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}

/// The value of a placeholder as it is written in a statement.
pub(crate) fn bound(dialect: Dialect, bind: &Bind) -> String {
    literal(
        dialect,
        &match bind {
            Bind::Text(text) => Scalar::Str(text.into()),
            Bind::Int(number) => Scalar::Int(*number),
            Bind::Float(number) => Scalar::Dec(*number),
        },
    )
}

/// Text as a value.
pub(crate) fn text<'t>(text: impl Into<Option<&'t String>>) -> Scalar<'t> {
    text.into().map_or(Scalar::Absent, |text| Scalar::Str(text.as_str().into()))
}

/// The comparison key of a text.
pub(crate) fn folded<'t>(text: impl Into<Option<&'t String>>) -> Scalar<'t> {
    text.into().map_or(Scalar::Absent, |text| Scalar::Str(scim_core::collation::case_fold(text)))
}
