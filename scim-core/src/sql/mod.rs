//! Filters, sorting and pages as SQL: text and typed values, for any driver.
//!
//! A store maps each attribute to a [`Column`] of its tables. A [`Translator`] then turns a query into the text after
//! `WHERE`, and reports whether that is the whole result or a set of candidates that the framework filters further:
//!
//! ```
//! use scim_core::{ScimResource, filter::Filter, model::User, path, schema::Path};
//! use scim_core::sql::{Bind, Column, Dialect, Element, Translator};
//!
//! const USER_NAME: Path = path::<User>("userName");
//! const ACTIVE: Path = path::<User>("active");
//! const EMAILS: Path = path::<User>("emails");
//! const EMAIL: Path = path::<User>("emails.value");
//! const EMAIL_TYPE: Path = path::<User>("emails.type");
//!
//! fn column(path: Path) -> Column {
//!     match path {
//!         Path::ID => Column::ascii("u.id"),
//!         USER_NAME => Column::key("u.login_key"), // holds `collation::case_fold(login)`
//!         ACTIVE => Column::boolean("u.enabled"),
//!         EMAILS => Column::list([Element::rows("emails AS e", "e.user_id = u.id")
//!             .with(EMAIL, Column::key("e.address_key"))
//!             .with(EMAIL_TYPE, Column::key("e.kind"))]),
//!         _ => Column::unsupported(),
//!     }
//! }
//!
//! let filter = Filter::parse(User::TYPE, r#"userName sw "B" and emails[type eq "work" and value ew "@x.org"]"#)?;
//! let found = Translator::new(Dialect::Postgres, User::TYPE, &column).after(1).filter(&filter);
//! assert_eq!(
//!     format!("SELECT * FROM users AS u WHERE u.tenant = $1 AND {}", found.sql),
//!     "SELECT * FROM users AS u WHERE u.tenant = $1 AND \
//!      ((u.login_key COLLATE \"C\" >= $2 AND u.login_key COLLATE \"C\" < $3) AND \
//!      EXISTS (SELECT 1 FROM emails AS e WHERE e.user_id = u.id AND \
//!      (e.kind = $4 AND right(e.address_key, 6) = $5)))"
//! );
//! assert_eq!(found.binds[0], Bind::Text("b".into()));
//! assert!(found.is_exact);
//! # Ok::<(), scim_core::Error>(())
//! ```
//!
//! A [`Table`] does more for a flat struct: from the same description of its columns it generates all statements of a
//! store, including those for writes and deltas. A [`SqlStore`] runs them with any driver.
//!
//! There are three ways to get the function from paths to columns, and each can fall back to the next: a `match`, as
//! here; [`columns`] named after a struct's fields, which the derive macros know; and a [`json`] document.
//!
//! # What the result promises
//!
//! - **Exact**: the result is the rows for which [`Filter::matches`](crate::filter::Filter::matches) is true.
//! - **Not exact**: the matching rows are among the rows found. Translatable operands of an `and` still narrow the
//!   result, even under `or` and `not`. The store returns [`Page::candidates`](crate::store::Page::candidates).
//! - No value from a client becomes part of the text; all of them are bound. Each comparison binds at most two values
//!   for each location of the attribute (the row, and each [`Element`] of a list), and three for `meta.version`. A
//!   filter never binds more than [`MOST_BINDS`] values: parts of a filter that would need more are omitted, so that it
//!   is not exact.
//! - The text is a single term and can be used in any `AND`. Under negation, a comparison with `NULL` is false, not
//!   unknown.
//!
//! Text is compared by its key, as in [`crate::collation`]. No database has that rule, so a store that wants the
//! database to evaluate its filters keeps the key in a separate column ([`Column::key`]). An index over it serves `eq`,
//! `sw` and the ordering comparisons. (PostgreSQL uses an index for the latter two if the column's collation is `"C"`.)
//!
//! # MariaDB
//!
//! - Placeholders have no numbers: values are bound in the order in which they appear in the text. The store writes its
//!   own leading placeholders first; [`Translator::after`] has no effect.
//! - Text is compared by its bytes, regardless of the collation and character set of a column: case is significant, and
//!   so is a trailing blank (which `CHAR` drops). For an index, declare keys and ids as `VARCHAR(255) CHARACTER SET
//!   utf8mb4 COLLATE utf8mb4_nopad_bin`: it serves `eq`, `sw` and the ordering comparisons. With another collation of
//!   `utf8mb4` it serves `eq` only; with another character set, or as `VARBINARY`, it serves nothing.
//! - Lists are sorted without an index, except by an id that is declared [`bytewise`](Column::bytewise). Text is sorted
//!   by its first `max_sort_length` bytes, 1024 by default.
//! - A [`Column::uuid`] may be `UUID`, `BINARY(16)` or text; an index serves `eq` if the column is `UUID`. Times are
//!   numbers, or a `DATETIME` in UTC.
//! - The connection's character set must be `utf8mb4`; with any other, a statement that binds text fails. The session's
//!   time zone has no effect, nor does a `sql_mode` that changes how quotes and operators are read.

mod column;
mod compare;
mod delta;
mod element;
mod fields;
mod json;
mod list_table;
mod operator;
mod order;
mod render;
mod rows;
mod select;
mod store;
mod stored;
mod table;
mod term;
mod text;
mod time;
mod translate;

#[cfg(test)]
#[cfg(feature = "derive")]
mod tests;

use std::{fmt, sync::Arc};

pub use column::Column;
pub use element::Element;
pub use fields::{Field, columns};
pub use json::json;
pub use list_table::ListTable;
pub use rows::Rows;
pub use select::Selection;
pub use store::{Database, ErrorOf, Failure, Purpose, Record, RowOf, SqlStore, Transaction};
pub use table::{Table, Write};
pub use translate::Translator;

/// The SQL dialect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Dialect {
    /// PostgreSQL 13 or later, with the encoding UTF8 and deterministic collations (the default), and compatible
    /// databases. Placeholders are `$1`.
    Postgres,
    /// SQLite 3.30 or later, with the encoding UTF-8. Placeholders are `?1`.
    Sqlite,
    /// MariaDB 10.11 (tested) or later, over a connection in `utf8mb4`; see [the requirements for
    /// tables](self#mariadb). MySQL has a different dialect. Placeholders are `?`.
    MariaDb,
}

impl Dialect {
    /// Returns the placeholder with a number, counted from 1: `$1`, `?1`, or `?` in MariaDB.
    ///
    /// ```
    /// use scim_core::sql::Dialect;
    ///
    /// assert_eq!(Dialect::Postgres.placeholder(3), "$3");
    /// ```
    #[must_use]
    pub fn placeholder(self, number: usize) -> String {
        match self {
            Self::Postgres => format!("${number}"),
            Self::Sqlite => format!("?{number}"),
            Self::MariaDb => "?".to_owned(),
        }
    }
}

/// The maximum number of values that a filter binds. A statement accepts 32,766 in SQLite, and 65,535 in PostgreSQL and
/// MariaDB; the rest is for the store's own values.
pub const MOST_BINDS: usize = 32_000;

/// A value for a placeholder. `Debug` shows its kind but not the value, which comes from a client.
#[derive(Clone, PartialEq)]
pub enum Bind {
    /// Text.
    Text(String),
    /// An integer: `bigint` in PostgreSQL and MariaDB, `INTEGER` in SQLite.
    Int(i64),
    /// A number with a fraction: `double precision` in PostgreSQL, `REAL` in SQLite, `DOUBLE` in MariaDB.
    Float(f64),
    /// A boolean: `boolean` in PostgreSQL, 0 and 1 in SQLite and MariaDB. Filters bind none.
    Bool(bool),
    /// `NULL`, with the type that the value would have: PostgreSQL needs it. Filters bind none.
    Null(BindType),
}

/// The type of a [`Bind`] without a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BindType {
    /// The type of [`Bind::Text`].
    Text,
    /// The type of [`Bind::Int`].
    Int,
    /// The type of [`Bind::Float`].
    Float,
    /// The type of [`Bind::Bool`].
    Bool,
}

/// A statement: its text, and the values of its placeholders.
///
/// A store needs one function that passes a statement to its driver. With sqlx and SQLite:
///
/// ```text
/// fn query(statement: &Statement) -> Query<'static, Sqlite, SqliteArguments> {
///     let query = sqlx::query(AssertSqlSafe(Arc::clone(&statement.sql))); // it contains no value from a client
///     statement.binds.iter().fold(query, |query, bind| match bind {
///         Bind::Text(text) => query.bind(text.clone()),
///         Bind::Int(number) => query.bind(*number),
///         Bind::Float(number) => query.bind(*number),
///         Bind::Bool(flag) => query.bind(*flag),
///         Bind::Null(_) => query.bind(None::<String>),
///     })
/// }
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Statement {
    /// The text. Statements that differ only in their values have the same text, so a driver can keep them prepared.
    pub sql: Arc<str>,
    /// The values of its placeholders, in the order of their numbers.
    pub binds: Vec<Bind>,
}

impl Statement {
    /// Creates a statement of the application. The text must not contain values from clients.
    #[must_use]
    pub fn new(sql: impl Into<Arc<str>>, binds: impl IntoIterator<Item = Bind>) -> Self {
        Self { sql: sql.into(), binds: binds.into_iter().collect() }
    }
}

impl fmt::Debug for Bind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "Text({} bytes)", text.len()),
            Self::Int(_) => f.write_str("Int(..)"),
            Self::Float(_) => f.write_str("Float(..)"),
            Self::Bool(_) => f.write_str("Bool(..)"),
            Self::Null(_) => f.write_str("Null"),
        }
    }
}

/// A condition for use after `WHERE` or in an `AND`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Where {
    /// The text; `TRUE` if there is no condition. It is a single term that needs no parentheses in an `AND`.
    pub sql: String,
    /// The values of its placeholders, in the order of their numbers, from the first one on.
    pub binds: Vec<Bind>,
    /// Whether the rows are the exact result; otherwise they include it, and possibly others.
    pub is_exact: bool,
}
