//! The subject of the tests: a resource, its tables, and its attributes for the oracle.

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

    /// Returns the attributes as a client sees them.
    fn tree(&self) -> Tree;

    /// Returns the statements that create the tables and their rows. The table of the resources is `people AS p`, with
    /// a `tenant` and an `id`.
    fn script(dialect: Dialect, all: &[Self]) -> String;

    /// Returns the value that a list is sorted by, as the resource holds it.
    fn place(&self, name: &str) -> Scalar<'static> {
        scalar(value(&self.tree(), name))
    }
}

pub(crate) fn sort<S: Sample>(name: &str, descending: bool) -> Sort {
    let found = scim_core::resolve_name(S::TYPE, name, &scim_core::compat::Tolerance::default());
    Sort::new(S::TYPE, found.unwrap().0, descending).unwrap()
}

/// Returns a value as a literal in a statement.
pub(crate) fn literal(dialect: Dialect, value: &Scalar<'_>) -> String {
    match (value, dialect) {
        (Scalar::Absent, _) => "NULL".to_owned(),
        (Scalar::Bool(value), _) => value.to_string(),
        (Scalar::Int(number), Dialect::MariaDb) => number.to_string(),
        (Scalar::Int(number), _) => format!("'{number}'"),
        // An exponent makes it a double.
        (Scalar::Dec(number), Dialect::Sqlite | Dialect::MariaDb) => format!("{number:e}"),
        (Scalar::Dec(number), _) => format!("'{number:e}'"),
        (Scalar::DateTime(time), Dialect::Sqlite) => {
            (time.unix_seconds() * 1_000_000 + i64::from(time.subsec_nanos()) / 1_000).to_string()
        }
        (Scalar::DateTime(time), Dialect::MariaDb) => format!("'{}'", time.to_string().replace('Z', "")),
        (Scalar::DateTime(time), _) => format!("'{time}'"),
        // Hexadecimal digits can express any character, which a literal cannot, and do not depend on the mode for
        // quotes and escapes.
        (Scalar::Str(text), Dialect::Sqlite) => format!("CAST(X'{}' AS TEXT)", hex(text)),
        (Scalar::Str(text), Dialect::MariaDb) => format!("_utf8mb4 X'{}'", hex(text)),
        (Scalar::Str(text), _) => format!("E'{}'", text.replace('\\', "\\\\").replace('\'', "''")),
    }
}

fn hex(text: &str) -> String {
    text.bytes().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}

/// Returns the value of a placeholder as a literal in a statement.
pub(crate) fn bound(dialect: Dialect, bind: &Bind) -> String {
    literal(
        dialect,
        &match bind {
            Bind::Text(text) => Scalar::Str(text.into()),
            Bind::Int(number) => Scalar::Int(*number),
            Bind::Float(number) => Scalar::Dec(*number),
            Bind::Bool(flag) => Scalar::Bool(*flag),
            Bind::Null(_) => Scalar::Absent,
        },
    )
}

/// Returns a text as a value.
pub(crate) fn text<'t>(text: impl Into<Option<&'t String>>) -> Scalar<'t> {
    text.into().map_or(Scalar::Absent, |text| Scalar::Str(text.as_str().into()))
}

/// Returns the comparison key of a text.
pub(crate) fn folded<'t>(text: impl Into<Option<&'t String>>) -> Scalar<'t> {
    text.into().map_or(Scalar::Absent, |text| Scalar::Str(scim_core::collation::case_fold(text)))
}
