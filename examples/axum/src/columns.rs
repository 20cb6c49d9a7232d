//! Fields of a struct that are columns of the same name.
//!
//! One list makes the SQL, the binding of values, and the reading of rows, so that they cannot disagree. The SQL is made
//! of names in this crate alone, and every value is bound: that is what `AssertSqlSafe` asserts here.

use scim_core::text;
use sqlx::{Sqlite, query::Query, sqlite::SqliteRow};

/// A statement with some of its values.
pub(crate) type Statement<'q> = Query<'q, Sqlite, <Sqlite as sqlx::Database>::Arguments>;

/// A struct whose fields are columns. See [`columns!`].
pub(crate) trait Columns: Default {
    /// The columns that are fields.
    const FIELDS: &'static [&'static str];
    /// The columns that follow from fields: what values are compared by.
    const KEYS: &'static [&'static str];

    /// Binds the fields, then the keys.
    fn bind<'q>(&self, statement: Statement<'q>) -> Statement<'q>;

    /// Reads the fields.
    fn read(row: &SqliteRow) -> Result<Self, sqlx::Error>;
}

/// `SELECT` of these columns and a struct's own, up to `FROM table`.
pub(crate) fn select<T: Columns>(own: &str, table: &str) -> String {
    format!("SELECT {own}, {} FROM {table}", quoted(T::FIELDS).join(", "))
}

/// `INSERT` of these columns and a struct's own, in this order.
pub(crate) fn insert<T: Columns>(own: &[&str], table: &str) -> String {
    let columns = [quoted(own), quoted(T::FIELDS), quoted(T::KEYS)].concat();
    let values = vec!["?"; columns.len()];
    format!("INSERT INTO {table} ({}) VALUES ({})", columns.join(", "), values.join(", "))
}

/// `UPDATE` of a struct's columns that makes a new version, if the old one is still there. To be bound: when, the
/// struct, tenant, id and the old version.
pub(crate) fn update<T: Columns>(table: &str) -> String {
    let columns = [quoted(T::FIELDS), quoted(T::KEYS)].concat();
    format!(
        "UPDATE {table} SET version = version + 1, updated_at = ?, {} = ? WHERE tenant = ? AND id = ? AND version = ?",
        columns.join(" = ?, ")
    )
}

fn quoted(columns: &[&str]) -> Vec<String> {
    columns.iter().map(|column| format!("\"{column}\"")).collect()
}

/// The key of a text whose letter case does not count. An empty text is no value, in SCIM, so nothing finds it.
pub(crate) fn fold<'a>(text: impl Into<Option<&'a String>>) -> Option<String> {
    text.into().filter(|text| !text.is_empty()).map(|text| text::fold(text).into_owned())
}

/// The key of a text whose letter case counts.
pub(crate) fn exact<'a>(text: impl Into<Option<&'a String>>) -> Option<String> {
    text.into().filter(|text| !text.is_empty()).map(|text| text::exact(text).into_owned())
}

/// `columns! { Struct { field, .. } key_column = fold(field), .. }` implements [`Columns`].
macro_rules! columns {
    ($type:ident { $($field:ident),+ $(,)? } $($key:ident = $rule:ident($of:ident),)*) => {
        impl $crate::columns::Columns for $type {
            const FIELDS: &'static [&'static str] = &[$(stringify!($field)),+];
            const KEYS: &'static [&'static str] = &[$(stringify!($key)),*];

            fn bind<'q>(&self, statement: $crate::columns::Statement<'q>) -> $crate::columns::Statement<'q> {
                statement$(.bind(&self.$field))+$(.bind($crate::columns::$rule(&self.$of)))*
            }

            fn read(row: &sqlx::sqlite::SqliteRow) -> Result<Self, sqlx::Error> {
                let mut new = Self::default();
                $(new.$field = sqlx::Row::try_get(row, stringify!($field))?;)+
                Ok(new)
            }
        }
    };
}

pub(crate) use columns;
