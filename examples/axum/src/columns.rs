//! Fields of a struct that are columns of the same name.
//!
//! One list makes the SQL, the binding of values, and the reading of rows, so that they cannot disagree. The SQL is made
//! of names in this crate alone, and every value is bound: that is what `AssertSqlSafe` asserts here.

use scim_core::collation;
use sqlx::{Any, Row, any::AnyRow, query::Query};

use crate::error::Failure;

/// A statement with some of its values.
pub(crate) type Statement<'q> = Query<'q, Any, <Any as sqlx::Database>::Arguments>;

/// A struct whose fields are columns. See [`columns!`].
pub(crate) trait Columns: Default {
    /// The columns that are fields.
    const FIELDS: &'static [&'static str];
    /// The columns that follow from fields: what values are compared by.
    const KEYS: &'static [&'static str];

    /// Binds the fields, then the keys.
    fn bind<'q>(&self, statement: Statement<'q>) -> Result<Statement<'q>, Failure>;

    /// Reads the fields.
    fn read(row: &AnyRow) -> Result<Self, sqlx::Error>;
}

/// The type of a field that is a column.
pub(crate) trait Field: Sized {
    fn bind<'q>(&self, statement: Statement<'q>) -> Result<Statement<'q>, Failure>;

    fn read(row: &AnyRow, column: &str) -> Result<Self, sqlx::Error>;
}

impl Field for Option<String> {
    fn bind<'q>(&self, statement: Statement<'q>) -> Result<Statement<'q>, Failure> {
        // PostgreSQL stores no NUL. SQLite would: but what one takes the other should take, too.
        if self.as_ref().is_some_and(|text| text.contains('\0')) {
            return Err(Failure::nul());
        }
        Ok(statement.bind(self.clone()))
    }

    fn read(row: &AnyRow, column: &str) -> Result<Self, sqlx::Error> {
        row.try_get(column)
    }
}

impl Field for String {
    fn bind<'q>(&self, statement: Statement<'q>) -> Result<Statement<'q>, Failure> {
        Some(self.clone()).bind(statement)
    }

    fn read(row: &AnyRow, column: &str) -> Result<Self, sqlx::Error> {
        row.try_get(column)
    }
}

impl Field for Option<bool> {
    fn bind<'q>(&self, statement: Statement<'q>) -> Result<Statement<'q>, Failure> {
        Ok(statement.bind(*self))
    }

    fn read(row: &AnyRow, column: &str) -> Result<Self, sqlx::Error> {
        // In SQLite a boolean is 0 or 1.
        let number = row.try_get::<Option<i64>, _>(column);
        number.map_or_else(|_| row.try_get(column), |number| Ok(number.map(|number| number != 0)))
    }
}

impl Field for bool {
    fn bind<'q>(&self, statement: Statement<'q>) -> Result<Statement<'q>, Failure> {
        Some(*self).bind(statement)
    }

    fn read(row: &AnyRow, column: &str) -> Result<Self, sqlx::Error> {
        Ok(Option::read(row, column)?.unwrap_or_default())
    }
}

/// `SELECT` of these columns and a struct's own, up to `FROM`.
pub(crate) fn select<T: Columns>(own: &str) -> String {
    format!("SELECT {own}, {}", quoted(T::FIELDS).join(", "))
}

/// `INSERT` of these columns and a struct's own, in this order.
pub(crate) fn insert<T: Columns>(own: &[&str], table: &str) -> String {
    let columns = [quoted(own), quoted(T::FIELDS), quoted(T::KEYS)].concat();
    let values: Vec<String> = (1..=columns.len()).map(|number| format!("${number}")).collect();
    format!("INSERT INTO {table} ({}) VALUES ({})", columns.join(", "), values.join(", "))
}

/// `UPDATE` of a struct's columns that makes a new version, if the old one is still there. To be bound: tenant, id, the
/// old version, when, and the struct.
pub(crate) fn update<T: Columns>(table: &str) -> String {
    let columns = [quoted(T::FIELDS), quoted(T::KEYS)].concat();
    let set: Vec<String> = columns.iter().zip(5..).map(|(column, number)| format!("{column} = ${number}")).collect();
    format!(
        "UPDATE {table} SET version = version + 1, updated_at = $4, {} WHERE tenant = $1 AND id = $2 AND version = $3",
        set.join(", ")
    )
}

/// Returns an `UPDATE` of a struct's columns that keeps the version, because nothing changes for clients. Bind the
/// tenant, the id, the current version, and the struct.
pub(crate) fn rewrite<T: Columns>(table: &str) -> String {
    let columns = [quoted(T::FIELDS), quoted(T::KEYS)].concat();
    let set: Vec<String> = columns.iter().zip(4..).map(|(column, number)| format!("{column} = ${number}")).collect();
    format!("UPDATE {table} SET {} WHERE tenant = $1 AND id = $2 AND version = $3", set.join(", "))
}

/// Returns the SQL condition for rows in which a key is missing although its field has a value. Keys are named after
/// their fields.
pub(crate) fn lacks_keys<T: Columns>() -> String {
    let fields = T::KEYS.iter().map(|key| (key, key.trim_end_matches("_key")));
    let tests = fields.map(|(key, field)| format!("({key} IS NULL AND {field} IS NOT NULL)"));
    tests.collect::<Vec<_>>().join(" OR ")
}

fn quoted(columns: &[&str]) -> Vec<String> {
    columns.iter().map(|column| format!("\"{column}\"")).collect()
}

/// How long a key in an index may be, in bytes. PostgreSQL has room for 2704, together with the tenant.
const LONGEST: usize = 2048;

/// The key of a text whose letter case does not count.
#[expect(clippy::unnecessary_wraps, reason = "one of the rules, of which the others may fail")]
pub(crate) fn fold<'a>(text: impl Into<Option<&'a String>>) -> Result<Option<String>, Failure> {
    Ok(text.into().map(|text| collation::case_fold(text).into_owned()))
}

/// The key of a text whose letter case does not count, for an index.
pub(crate) fn indexed<'a>(text: impl Into<Option<&'a String>>) -> Result<Option<String>, Failure> {
    limited(fold(text)?)
}

/// The key of a text whose letter case counts, for an index.
pub(crate) fn exact<'a>(text: impl Into<Option<&'a String>>) -> Result<Option<String>, Failure> {
    limited(text.into().map(|text| collation::normalize(text).into_owned()))
}

/// A key that has room in an index.
pub(crate) fn limited(key: Option<String>) -> Result<Option<String>, Failure> {
    let is_long = key.as_ref().is_some_and(|key| key.len() > LONGEST);
    if is_long { Err(Failure::too_long(LONGEST)) } else { Ok(key) }
}

/// `columns! { Struct { field, .. } key_column = fold(field), .. }` implements [`Columns`].
macro_rules! columns {
    ($type:ident { $($field:ident),+ $(,)? } $($key:ident = $rule:ident($of:ident),)*) => {
        impl $crate::columns::Columns for $type {
            const FIELDS: &'static [&'static str] = &[$(stringify!($field)),+];
            const KEYS: &'static [&'static str] = &[$(stringify!($key)),*];

            fn bind<'q>(
                &self,
                statement: $crate::columns::Statement<'q>,
            ) -> Result<$crate::columns::Statement<'q>, $crate::error::Failure> {
                $(let statement = $crate::columns::Field::bind(&self.$field, statement)?;)+
                $(let statement = $crate::columns::Field::bind(&$crate::columns::$rule(&self.$of)?, statement)?;)*
                Ok(statement)
            }

            fn read(row: &sqlx::any::AnyRow) -> Result<Self, sqlx::Error> {
                let mut new = Self::default();
                $(new.$field = $crate::columns::Field::read(row, stringify!($field))?;)+
                Ok(new)
            }
        }
    };
}

pub(crate) use columns;
