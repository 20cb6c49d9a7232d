//! The elements of a multi-valued attribute.

use std::borrow::Cow;

use super::{Column, column::Kind, term::Lookup};
use crate::{reflect::Scalar, schema::Path};

/// The location of elements of a multi-valued attribute: the rows of another table, or columns of the row itself.
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
    /// `None` if the element consists of columns of the row.
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
    /// Each row of another table is an element. Takes the text after `FROM`, and the condition that joins the row with
    /// the resource's row.
    ///
    /// Every row counts as an element with a value; do not keep rows that are all `NULL`.
    #[must_use]
    pub fn rows(from: impl Into<Cow<'static, str>>, on: impl Into<Cow<'static, str>>) -> Self {
        Self { rows: Some(Rows { from: from.into(), on: on.into(), order: None, lookup: None }), parts: Vec::new() }
    }

    /// A single element that consists of columns of the resource's own row. It exists if one of them has a value;
    /// [`selected`](Self::selected) and other constant sub-attributes are shown with it but do not make it exist.
    #[must_use]
    pub fn columns() -> Self {
        Self { rows: None, parts: Vec::new() }
    }

    /// Sets the column of a sub-attribute, whose path starts at the resource. If elements are simple values, use the
    /// path of the attribute itself. Sub-attributes without a column are unsupported.
    #[must_use]
    pub fn with(mut self, path: Path, column: Column) -> Self {
        self.parts.push((path, column));
        self
    }

    /// Sets a text that this element always has, such as the type `work`.
    #[must_use]
    pub fn selected(self, path: Path, value: impl Into<Cow<'static, str>>) -> Self {
        self.with(path, Column::constant(Scalar::Str(value.into())))
    }

    /// Sets a flag that this element always has, such as `primary`.
    #[must_use]
    pub fn flagged(self, path: Path, value: bool) -> Self {
        self.with(path, Column::constant(Scalar::Bool(value)))
    }

    /// Sets the order of the rows, in the form used after `ORDER BY`. Sorting by a list requires it, because the first
    /// element is used if none is primary.
    #[must_use]
    pub fn ordered_by(mut self, order: impl Into<Cow<'static, str>>) -> Self {
        if let Some(rows) = &mut self.rows {
            rows.order = Some(order.into());
        }
        self
    }

    /// Sets how to find the rows on their own: the column that holds the id of the resource, never `NULL`, and the
    /// condition that selects the rows, such as those of the tenant. See
    /// [`Translator::lookup`](super::Translator::lookup); without that, and in MariaDB, this has no effect.
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

    /// Returns the sub-attributes that make an element of columns exist.
    pub(super) fn own(&self) -> impl Iterator<Item = Path> {
        let is_own = |column: &Column| !matches!(column.0, Kind::Constant(_) | Kind::Absent);
        self.parts.iter().filter(move |(_, column)| is_own(column)).map(|(path, _)| *path)
    }
}
