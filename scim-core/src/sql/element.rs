//! The elements of a multi-valued attribute.

use std::borrow::Cow;

use super::{Column, column::Kind, term::Lookup};
use crate::{access::Scalar, schema::Path};

/// Where elements of a multi-valued attribute are: the rows of another table, or columns of the row itself.
///
/// ```
/// use scim_core::{model::User, path, schema::Path};
/// use scim_core::sql::{Column, Element};
///
/// const EMAIL: Path = path::<User>("emails.value");
/// const EMAIL_TYPE: Path = path::<User>("emails.type");
///
/// // The address at work is a column of the person, the others are rows of another table.
/// let emails = Column::list([
///     Element::columns().selected(EMAIL_TYPE, "work").with(EMAIL, Column::key("work_email_key")),
///     Element::rows("more_emails AS e", "e.person = people.id")
///         .with(EMAIL_TYPE, Column::key("e.kind"))
///         .with(EMAIL, Column::key("e.address_key")),
/// ]);
/// ```
#[derive(Clone, Debug)]
pub struct Element {
    /// `None` if the element is made of columns of the row.
    pub(super) rows: Option<Rows>,
    parts: Vec<(Path, Column)>,
}

#[derive(Clone, Debug)]
pub(super) struct Rows {
    pub(super) from: Cow<'static, str>,
    pub(super) on: Cow<'static, str>,
    pub(super) order: Option<Cow<'static, str>>,
    pub(super) lookup: Option<Lookup>,
}

impl Element {
    /// Each row of another table is an element: what follows `FROM`, and the condition that ties the row to that of the
    /// resource.
    ///
    /// Every row counts as an element that has a value; keep no rows of `NULL` alone.
    #[must_use]
    pub fn rows(from: impl Into<Cow<'static, str>>, on: impl Into<Cow<'static, str>>) -> Self {
        Self { rows: Some(Rows { from: from.into(), on: on.into(), order: None, lookup: None }), parts: Vec::new() }
    }

    /// One element, made of columns of the resource's own row. It is there if one of them has a value; what is
    /// [`selected`](Self::selected), or constant in another way, is shown with it but does not make it.
    #[must_use]
    pub fn columns() -> Self {
        Self { rows: None, parts: Vec::new() }
    }

    /// The column of a sub-attribute, whose path starts at the resource. Where elements are simple values, the column of
    /// the attribute itself. Sub-attributes that are not named are unsupported.
    #[must_use]
    pub fn with(mut self, path: Path, column: Column) -> Self {
        self.parts.push((path, column));
        self
    }

    /// A text that this element always has, such as the type `work`.
    #[must_use]
    pub fn selected(self, path: Path, value: impl Into<Cow<'static, str>>) -> Self {
        self.with(path, Column::constant(Scalar::Str(value.into())))
    }

    /// A flag that this element always has, such as `primary`.
    #[must_use]
    pub fn flagged(self, path: Path, value: bool) -> Self {
        self.with(path, Column::constant(Scalar::Bool(value)))
    }

    /// In which order the rows are elements, as it stands behind `ORDER BY`. A list can be sorted by only if this is known,
    /// for its first element counts if none is primary.
    #[must_use]
    pub fn ordered_by(mut self, order: impl Into<Cow<'static, str>>) -> Self {
        if let Some(rows) = &mut self.rows {
            rows.order = Some(order.into());
        }
        self
    }

    /// How the rows are found by themselves: the column that holds the id of the resource, never `NULL`, and which rows
    /// there are, such as those of the tenant. See [`Translator::lookup`](super::Translator::lookup), without which, and in
    /// MariaDB, this says nothing.
    #[must_use]
    pub fn lookup(mut self, id: impl Into<Cow<'static, str>>, on: impl Into<Cow<'static, str>>) -> Self {
        if let Some(rows) = &mut self.rows {
            rows.lookup = Some(Lookup { id: id.into(), on: on.into() });
        }
        self
    }

    pub(super) fn part(&self, path: Path) -> Option<&Column> {
        self.parts.iter().find(|(at, _)| *at == path).map(|(_, column)| column)
    }

    /// The parts that make an element of columns.
    pub(super) fn own(&self) -> impl Iterator<Item = Path> {
        let is_own = |column: &Column| !matches!(column.0, Kind::Constant(_) | Kind::Absent);
        self.parts.iter().filter(move |(_, column)| is_own(column)).map(|(path, _)| *path)
    }
}
