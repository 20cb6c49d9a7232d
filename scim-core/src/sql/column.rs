//! The columns of attributes.

use std::borrow::Cow;

use super::Element;
use crate::reflect::Scalar;

/// The representation of an attribute in the tables of a store: a column, or any other SQL expression.
///
/// The text of an expression comes from the application, never from a client, and is written unchanged: names that need
/// quotes must include them.
///
/// `NULL` is no value. An empty text is a value that `title eq ""` matches and `title pr` does not, as with a field of
/// type `Option<String>`. For a field of type `String`, whose empty text is no value, use
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
    /// The name of the column to which a [`Table`](super::Table) writes the key of its field, if it writes one.
    pub(super) key: Option<String>,
    /// The maximum length of a key that is written, in bytes.
    pub(super) limit: usize,
}

#[derive(Clone, Debug)]
pub(super) struct Uuid {
    pub(super) expr: Expr,
    pub(super) nil_is_absent: bool,
}

/// What is known about the text in a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// It is the comparison key.
    Key,
    /// It is ASCII.
    Ascii,
    /// Nothing is known.
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
    /// An attribute that SQL cannot evaluate. It does not narrow the query; the framework evaluates it.
    ///
    /// Use this also for a complex attribute whose sub-attributes have columns: it has a value if one of them has.
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

    /// Text by its comparison key: the expression holds the
    /// [`collation::comparison_key`](crate::collation::comparison_key) of the value. This is
    /// [`collation::normalize`](crate::collation::normalize) if the attribute is `caseExact`, otherwise
    /// [`collation::case_fold`](crate::collation::case_fold).
    ///
    /// Every comparison is exact, and an index over the column serves `eq`, `sw` and sorting.
    #[must_use]
    pub fn key(expr: impl Into<Cow<'static, str>>) -> Self {
        Self::of_text(expr, Form::Key)
    }

    /// Text that is known to be ASCII without NUL, such as codes and identifiers. Every comparison is exact. It needs
    /// an index over the expression itself if the attribute is `caseExact`, otherwise over `lower(..)` of it; MariaDB
    /// has no indexes over expressions.
    #[must_use]
    pub fn ascii(expr: impl Into<Cow<'static, str>>) -> Self {
        Self::of_text(expr, Form::Ascii)
    }

    /// Text as clients sent it. Rows with ASCII text are compared in SQL, all others are candidates. The result is
    /// therefore not exact (except for `pr` and comparisons with an empty text), and no index serves it.
    #[must_use]
    pub fn text(expr: impl Into<Cow<'static, str>>) -> Self {
        Self::of_text(expr, Form::Raw)
    }

    /// A UUID, which reads as lowercase text with hyphens: the type `uuid` of PostgreSQL and MariaDB; in SQLite the
    /// text itself.
    ///
    /// MariaDB also supports its 16 bytes in a `BINARY(16)`, and text if the type `uuid` accepts all the values: it
    /// accepts those of the versions 1 to 7 and rejects some of version 8, which are then not found. An index serves
    /// only `eq`, and only over the type itself, which has its own order.
    #[must_use]
    pub fn uuid(expr: impl Into<Cow<'static, str>>) -> Self {
        Self(Kind::Uuid(Uuid { expr: enclosed(expr), nil_is_absent: false }))
    }

    /// A boolean: `boolean` in PostgreSQL, 0 and 1 in SQLite and MariaDB.
    #[must_use]
    pub fn boolean(expr: impl Into<Cow<'static, str>>) -> Self {
        Self(Kind::Bool(enclosed(expr)))
    }

    /// An integer. For a text attribute, such as `id`, it is compared by its decimal digits.
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

    /// A point in time as PostgreSQL's `timestamp with time zone`; in MariaDB as `DATETIME` that holds UTC (not
    /// `TIMESTAMP`, which reads as the session's local time); unsupported in SQLite.
    #[must_use]
    pub fn timestamptz(expr: impl Into<Cow<'static, str>>) -> Self {
        Self(Kind::Instant(enclosed(expr), Unit::Native))
    }

    /// A multi-valued attribute, by the location of its elements. Several sources form one list, in this order.
    #[must_use]
    pub fn list(elements: impl IntoIterator<Item = Element>) -> Self {
        Self(Kind::List(elements.into_iter().collect()))
    }

    /// Treats an empty text as no value, as in a field of type `String`, and likewise the nil UUID, as in a field of
    /// type `Uuid`. Has no effect on other types.
    #[must_use]
    pub fn empty_is_absent(mut self) -> Self {
        match &mut self.0 {
            Kind::Text(text) => text.empty_is_absent = true,
            Kind::Uuid(uuid) => uuid.nil_is_absent = true,
            _ => {}
        }
        self
    }

    /// Declares that this [`ascii`](Self::ascii) column has the collation `utf8mb4_nopad_bin` in MariaDB, so that it is
    /// sorted by its bytes. An index then serves sorting by id; otherwise that order is requested explicitly, and no
    /// index of MariaDB serves it. If the column has another collation, pages omit rows. Has no effect in other
    /// dialects or on other columns.
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

    /// Limits the keys that a [`Table`](super::Table) writes to this number of bytes: a request with a longer key fails
    /// with 400 `invalidValue`. An index entry in PostgreSQL has room for 2704 bytes, for all columns together. Has no
    /// effect on columns other than those of [`Field::key`](super::Field::key) and
    /// [`Field::key_in`](super::Field::key_in).
    #[must_use]
    pub fn at_most(mut self, bytes: usize) -> Self {
        if let Kind::Text(text) = &mut self.0 {
            text.limit = bytes;
        }
        self
    }

    /// Treats `false` as no value, as in the field that marks the primary element.
    pub(super) fn false_is_absent(self) -> Self {
        match self.0 {
            Kind::Bool(expr) => Self::boolean(format!("NULLIF({expr}, FALSE)")),
            other => Self(other),
        }
    }

    /// Makes a [`Table`](super::Table) write the key of its field to the column with this name.
    pub(super) fn written(mut self, name: String) -> Self {
        if let Kind::Text(text) = &mut self.0 {
            text.key = Some(name);
        }
        self
    }

    fn of_text(expr: impl Into<Cow<'static, str>>, form: Form) -> Self {
        Self(Kind::Text(Text {
            expr: enclosed(expr),
            form,
            empty_is_absent: false,
            bytewise: false,
            key: None,
            limit: usize::MAX,
        }))
    }
}

/// Returns the expression as an operand: in parentheses, unless it is a name.
fn enclosed(expr: impl Into<Cow<'static, str>>) -> Expr {
    let expr = expr.into();
    if expr.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.\"`".contains(&byte)) {
        return expr;
    }
    Cow::Owned(format!("({expr})"))
}
