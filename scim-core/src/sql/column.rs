//! What an attribute is in the tables of a store.

use std::borrow::Cow;

use super::Element;
use crate::access::Scalar;

/// What an attribute is in the tables of a store: a column, or any other expression of SQL.
///
/// The text of an expression comes from the application, never from a client, and is written as it is: names that need
/// quotes come with their quotes.
///
/// `NULL` is no value. An empty text is a text, which `title eq ""` finds and `title pr` does not, as with a field of
/// type `Option<String>`; for a field of type `String`, whose empty text is no value, say
/// [`empty_is_absent`](Self::empty_is_absent).
///
/// ```
/// use scim_core::sql::Column;
///
/// let login = Column::key("login_key").empty_is_absent();
/// let full_name = Column::text("first_name || ' ' || last_name");
/// let hired = Column::unix_millis("hired_at");
/// ```
#[derive(Clone, Debug)]
pub struct Column(pub(super) Kind);

#[derive(Clone, Debug)]
pub(super) enum Kind {
    Unsupported,
    Absent,
    Constant(Scalar<'static>),
    Text(Text),
    Uuid(Uuid),
    Bool(Expr),
    Int(Expr),
    Float(Expr),
    Instant(Expr, Unit),
    List(Vec<Element>),
}

pub(super) type Expr = Cow<'static, str>;

#[derive(Clone, Debug)]
pub(super) struct Text {
    pub(super) expr: Expr,
    pub(super) form: Form,
    pub(super) empty_is_absent: bool,
    pub(super) bytewise: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Uuid {
    pub(super) expr: Expr,
    pub(super) nil_is_absent: bool,
}

/// What is known of the text in a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// It is the comparison key.
    Key,
    /// It is ASCII.
    Ascii,
    /// Nothing.
    Raw,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    Seconds,
    Millis,
    Micros,
    /// `timestamptz` of PostgreSQL, `DATETIME` of MariaDB: microseconds.
    Native,
}

impl Column {
    /// Not known to SQL. Resources are then not narrowed by this attribute; the framework looks at it.
    ///
    /// For a complex attribute this is the right answer too, where its parts have columns: it has a value if one of its
    /// parts has.
    #[must_use]
    pub fn unsupported() -> Self {
        Self(Kind::Unsupported)
    }

    /// An attribute that never has a value.
    #[must_use]
    pub fn absent() -> Self {
        Self(Kind::Absent)
    }

    /// An attribute that always has the same value.
    #[must_use]
    pub fn constant(value: Scalar<'static>) -> Self {
        Self(if value.is_absent() { Kind::Absent } else { Kind::Constant(value) })
    }

    /// Text by its comparison key: the expression holds [`text::key`](crate::text::key) of the value, that is
    /// [`text::exact`](crate::text::exact) if the attribute is `caseExact`, else [`text::fold`](crate::text::fold).
    ///
    /// Every comparison is exact, and an index over the column serves `eq`, `sw` and order.
    #[must_use]
    pub fn key(expr: impl Into<Cow<'static, str>>) -> Self {
        Self::of_text(expr, Form::Key)
    }

    /// Text that is known to be ASCII without NUL, such as codes and identifiers. Every comparison is exact. The index
    /// that serves it is over the expression itself if the attribute is `caseExact`, else over `lower(..)` of it; MariaDB
    /// has no indexes over expressions.
    #[must_use]
    pub fn ascii(expr: impl Into<Cow<'static, str>>) -> Self {
        Self::of_text(expr, Form::Ascii)
    }

    /// Text as clients sent it. Rows whose text is ASCII are compared in SQL, all others are candidates, so that the
    /// result is not exact (but for `pr` and comparisons with an empty text), and no index serves it.
    #[must_use]
    pub fn text(expr: impl Into<Cow<'static, str>>) -> Self {
        Self::of_text(expr, Form::Raw)
    }

    /// A UUID, which reads as text in lower case with hyphens: the type `uuid` of PostgreSQL and MariaDB; in SQLite
    /// the text itself.
    ///
    /// In MariaDB its 16 bytes in a `BINARY(16)` will do too, and text, if the type would take all of them: it does those of
    /// the versions 1 to 7, and refuses some of version 8, which are then not found. An index serves `eq` alone, and only
    /// over the type itself, which has an order of its own.
    #[must_use]
    pub fn uuid(expr: impl Into<Cow<'static, str>>) -> Self {
        Self(Kind::Uuid(Uuid { expr: enclosed(expr), nil_is_absent: false }))
    }

    /// A boolean: `boolean` in PostgreSQL, 0 and 1 in SQLite and MariaDB.
    #[must_use]
    pub fn boolean(expr: impl Into<Cow<'static, str>>) -> Self {
        Self(Kind::Bool(enclosed(expr)))
    }

    /// A whole number. As the column of an attribute that is text, such as `id`, it is compared by its decimal digits.
    #[must_use]
    pub fn integer(expr: impl Into<Cow<'static, str>>) -> Self {
        Self(Kind::Int(enclosed(expr)))
    }

    /// A number with a fraction: `double precision` in PostgreSQL, `REAL` in SQLite, `DOUBLE` in MariaDB.
    #[must_use]
    pub fn decimal(expr: impl Into<Cow<'static, str>>) -> Self {
        Self(Kind::Float(enclosed(expr)))
    }

    /// A point in time as whole seconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn unix_seconds(expr: impl Into<Cow<'static, str>>) -> Self {
        Self(Kind::Instant(enclosed(expr), Unit::Seconds))
    }

    /// A point in time as milliseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn unix_millis(expr: impl Into<Cow<'static, str>>) -> Self {
        Self(Kind::Instant(enclosed(expr), Unit::Millis))
    }

    /// A point in time as microseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn unix_micros(expr: impl Into<Cow<'static, str>>) -> Self {
        Self(Kind::Instant(enclosed(expr), Unit::Micros))
    }

    /// A point in time as PostgreSQL's `timestamp with time zone`; in MariaDB as `DATETIME` that holds UTC (not `TIMESTAMP`,
    /// which reads as the session's local time); unsupported in SQLite.
    #[must_use]
    pub fn timestamptz(expr: impl Into<Cow<'static, str>>) -> Self {
        Self(Kind::Instant(enclosed(expr), Unit::Native))
    }

    /// A multi-valued attribute: where its elements are. Several sources make one list, in this order.
    #[must_use]
    pub fn list(elements: impl IntoIterator<Item = Element>) -> Self {
        Self(Kind::List(elements.into_iter().collect()))
    }

    /// An empty text is no value, as in a field of type `String`; nor is the nil UUID, as in a field of type `Uuid`. Says
    /// nothing of other types.
    #[must_use]
    pub fn empty_is_absent(mut self) -> Self {
        match &mut self.0 {
            Kind::Text(text) => text.empty_is_absent = true,
            Kind::Uuid(uuid) => uuid.nil_is_absent = true,
            _ => {}
        }
        self
    }

    /// The column, which is [`ascii`](Self::ascii), is declared in MariaDB with the collation `utf8mb4_nopad_bin`, so that it
    /// is sorted by its bytes. An index then serves the order by the id; otherwise that order is asked for, and no index
    /// of MariaDB serves it. If it is declared with another one, pages leave rows out. Says nothing in other dialects, nor
    /// of other columns.
    ///
    /// ```
    /// use scim_core::sql::Column;
    ///
    /// let id = Column::ascii("u.id").bytewise();
    /// ```
    #[must_use]
    pub fn bytewise(mut self) -> Self {
        if let Kind::Text(text) = &mut self.0 {
            text.bytewise = true;
        }
        self
    }

    /// Of a boolean, `false` is no value, as with the field that says which element is the primary one.
    pub(super) fn false_is_absent(self) -> Self {
        match self.0 {
            Kind::Bool(expr) => Self::boolean(format!("NULLIF({expr}, FALSE)")),
            other => Self(other),
        }
    }

    fn of_text(expr: impl Into<Cow<'static, str>>, form: Form) -> Self {
        Self(Kind::Text(Text { expr: enclosed(expr), form, empty_is_absent: false, bytewise: false }))
    }
}

/// The expression as an operand: in parentheses, unless it is a name.
fn enclosed(expr: impl Into<Cow<'static, str>>) -> Expr {
    let expr = expr.into();
    if expr.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.\"`".contains(&byte)) {
        return expr;
    }
    Cow::Owned(format!("({expr})"))
}
