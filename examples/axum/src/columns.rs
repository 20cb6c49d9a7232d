//! Statements with their values, and rows that are structs.

use std::sync::Arc;

use scim_core::{
    reflect::DateTime,
    sql::{Bind, BindType, Statement},
};
use sqlx::{
    Any, AssertSqlSafe, Row,
    any::{AnyArguments, AnyRow},
    query::Query,
};

/// Binds the values of a statement. The text consists only of names from this crate, as `AssertSqlSafe` asserts.
pub(crate) fn query(statement: &Statement) -> Query<'static, Any, AnyArguments> {
    let query = sqlx::query(AssertSqlSafe(Arc::clone(&statement.sql)));
    statement.binds.iter().fold(query, |query, bind| match bind {
        Bind::Text(text) => query.bind(text.clone()),
        Bind::Int(number) => query.bind(*number),
        Bind::Float(number) => query.bind(*number),
        Bind::Bool(flag) => query.bind(*flag),
        Bind::Null(BindType::Text) => query.bind(None::<String>),
        Bind::Null(BindType::Int) => query.bind(None::<i64>),
        Bind::Null(BindType::Float) => query.bind(None::<f64>),
        Bind::Null(BindType::Bool) => query.bind(None::<bool>),
    })
}

/// A struct whose fields are columns. See [`columns!`].
pub(crate) trait Columns: Default {
    fn read(row: &AnyRow) -> sqlx::Result<Self>;
}

/// The type of a field that is a column. (`sqlx::FromRow` would read all of these except booleans, which are numbers in
/// SQLite, and times.)
pub(crate) trait Field: Sized {
    fn read(row: &AnyRow, column: &str) -> sqlx::Result<Self>;
}

macro_rules! plain {
    ($($type:ty),*) => { $(
        impl Field for $type {
            fn read(row: &AnyRow, column: &str) -> sqlx::Result<Self> {
                row.try_get(column)
            }
        }
    )* };
}

plain!(String, Option<String>, i64);

impl Field for Option<DateTime> {
    fn read(row: &AnyRow, column: &str) -> sqlx::Result<Self> {
        Ok(Some(DateTime::from_unix_millis(row.try_get(column)?)))
    }
}

impl Field for Option<bool> {
    fn read(row: &AnyRow, column: &str) -> sqlx::Result<Self> {
        let number = row.try_get::<Option<i64>, _>(column);
        number.map_or_else(|_| row.try_get(column), |number| Ok(number.map(|number| number != 0)))
    }
}

impl Field for bool {
    fn read(row: &AnyRow, column: &str) -> sqlx::Result<Self> {
        Ok(Option::read(row, column)?.unwrap_or_default())
    }
}

/// `columns! { Struct { field, .. } }` implements [`Columns`].
macro_rules! columns {
    ($type:ident { $($field:ident),+ $(,)? }) => {
        impl $crate::columns::Columns for $type {
            fn read(row: &sqlx::any::AnyRow) -> sqlx::Result<Self> {
                let mut new = Self::default();
                $(new.$field = $crate::columns::Field::read(row, stringify!($field))?;)+
                Ok(new)
            }
        }
    };
}

pub(crate) use columns;
