//! Filters, order and pages as SQL: text and typed values, for whatever driver the application uses.
//!
//! A store says what each attribute is in its tables, a [`Column`]. A [`Translator`] then makes of a query what follows
//! `WHERE`, and says whether that is the whole answer or a set of candidates among which the framework looks further:
//!
//! ```
//! use scim_core::{access::ScimResource, filter::Filter, model::User, path, schema::Path};
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
//!         USER_NAME => Column::key("u.login_key"), // holds `text::fold(login)`
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
//! Three ways lead to the function from paths to columns, and each hands over to the next: a `match`, as here; the
//! [`columns`] that are named as a struct's fields, which the derive macros know; and a [`json`] document.
//!
//! # What the result promises
//!
//! - **Exact**: the rows are those for which [`Filter::matches`](crate::filter::Filter::matches) is true.
//! - **Not exact**: they are among the rows found. Of an `and` the parts that SQL can tell still narrow the query, below
//!   an `or` and a `not` too. The store answers [`Page::candidates`](crate::store::Page::candidates).
//! - No value of a client becomes part of the text; all of them are bound: for each comparison at most two in each place
//!   where the attribute may be (the row, and each [`Element`] of a list), of `meta.version` three. There are never more than
//!   [`MOST_BINDS`]: of a filter that would need more, parts are left out, so that it is not exact.
//! - The text can stand in any `AND`; it is one term. Where negated, a comparison with `NULL` is false, not unknown.
//!
//! Text is compared as [`crate::text`] does it, by its key. No database has that rule, so a store that wants its filters
//! answered by the database keeps the key in a column of its own ([`Column::key`]); an index over it serves `eq`, `sw`
//! and the comparisons of order. (PostgreSQL uses an index for the latter two if the column's collation is `"C"`.)
//!
//! # MariaDB
//!
//! - Placeholders have no numbers: values are bound in the order in which they stand in the text. Those of the store that
//!   come first are written first; [`Translator::after`] says nothing.
//! - Text is compared by its bytes, whatever collation and character set a column has: letter case counts, and so does a
//!   blank at the end (which `CHAR` forgets). For an index, declare keys and ids as
//!   `VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin`: it serves `eq`, `sw` and the comparisons of order. With
//!   another collation of `utf8mb4` it serves `eq`; with another character set, and as `VARBINARY`, nothing.
//! - Lists are sorted without an index, but by the id, where it is said to be [`bytewise`](Column::bytewise). Of a text the
//!   first `max_sort_length` bytes count, which are 1024 unless the server says otherwise.
//! - A [`Column::uuid`] may be `UUID`, `BINARY(16)` or text; an index serves `eq`, if the column is `UUID`. Times are
//!   numbers, or a `DATETIME` in UTC.
//! - The connection's character set is `utf8mb4`; over any other a statement with a text to bind is an error. The time zone
//!   of a session changes nothing, nor does a `sql_mode` that says how quotes and operators are read.

mod column;
mod compare;
mod element;
mod fields;
mod json;
mod order;
mod render;
mod select;
mod term;
mod text;
mod time;
mod translate;

#[cfg(test)]
#[cfg(feature = "derive")]
mod tests;

use std::fmt;

pub use column::Column;
pub use element::Element;
pub use fields::{Field, columns};
pub use json::json;
pub use select::Selection;
pub use translate::Translator;

/// The language that is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Dialect {
    /// PostgreSQL 13 or later, with the encoding UTF8 and columns of deterministic collations (as they are unless one asks
    /// for another); also what speaks its language. Placeholders are `$1`.
    Postgres,
    /// SQLite 3.30 or later, with the encoding UTF-8. Placeholders are `?1`.
    Sqlite,
    /// MariaDB 10.11, with which it is tested, or later, over a connection in `utf8mb4`; see [what it asks of
    /// tables](self#mariadb). MySQL has another language. Placeholders are `?`.
    MariaDb,
}

/// How many values a filter binds at most. A statement of SQLite takes 32,766, those of PostgreSQL and MariaDB 65,535; the
/// rest is for what the store binds itself.
pub const MOST_BINDS: usize = 32_000;

/// A value for a placeholder. `Debug` shows its kind and not the value, which a client wrote.
#[derive(Clone, PartialEq)]
pub enum Bind {
    /// Text.
    Text(String),
    /// A whole number: `bigint` in PostgreSQL and MariaDB, `INTEGER` in SQLite.
    Int(i64),
    /// A number with a fraction: `double precision` in PostgreSQL, `REAL` in SQLite, `DOUBLE` in MariaDB.
    Float(f64),
}

impl fmt::Debug for Bind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "Text({} bytes)", text.len()),
            Self::Int(_) => f.write_str("Int(..)"),
            Self::Float(_) => f.write_str("Float(..)"),
        }
    }
}

/// A condition, to stand behind `WHERE` or in an `AND`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Where {
    /// The text; `TRUE` if there is nothing to ask. One term, that needs no parentheses in an `AND`.
    pub sql: String,
    /// The values of its placeholders, in the order of their numbers, from the first one on.
    pub binds: Vec<Bind>,
    /// Whether the rows are the answer; otherwise they hold it, and possibly others.
    pub is_exact: bool,
}
