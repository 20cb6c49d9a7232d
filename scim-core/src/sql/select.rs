//! A whole list request as SQL.

use super::{Bind, Translator, Where, render::Writer, term::Part};
use crate::store::Query;

/// The SQL for a [`Query`].
///
/// ```
/// use scim_core::{ScimResource, filter::Filter, model::User, path, schema::Path, store::Query};
/// use scim_core::sql::{Bind, Column, Dialect, Translator};
///
/// const ACTIVE: Path = path::<User>("active");
/// let column = |path| match path {
///     Path::ID => Column::ascii("id"),
///     ACTIVE => Column::boolean("enabled"),
///     _ => Column::unsupported(),
/// };
/// let filter = Filter::parse(User::TYPE, "active eq true")?;
/// let mut query = Query::all(User::TYPE);
/// (query.filter, query.offset, query.count) = (Some(&filter), 100, 50);
///
/// let found = Translator::new(Dialect::Sqlite, User::TYPE, &column).after(1).select(&query);
/// let rows = format!("SELECT * FROM users WHERE tenant = ?1 AND {}{}", found.filter.sql, found.page);
/// assert_eq!(
///     rows,
///     "SELECT * FROM users WHERE tenant = ?1 AND enabled IS TRUE ORDER BY id COLLATE BINARY LIMIT ?2 OFFSET ?3"
/// );
/// assert!(found.is_page);
/// assert_eq!(found.page_binds, [Bind::Int(50), Bind::Int(100)]);
/// # Ok::<(), scim_core::Error>(())
/// ```
///
/// If [`is_page`](Self::is_page), the store returns [`Page::exact`](crate::store::Page::exact) of these rows and of
/// `SELECT count(*)` with [`filter`](Self::filter) alone. Otherwise it returns
/// [`Page::candidates`](crate::store::Page::candidates) of the rows, at most one more than [`Query::candidates`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Selection {
    /// The condition that selects the rows.
    pub filter: Where,
    /// The text after the condition: order and limits, with a leading blank. Candidates have no order, and their limit
    /// is one more than [`Query::candidates`], if that is bounded at all.
    pub page: String,
    /// The values of its placeholders, bound after those of the filter.
    pub page_binds: Vec<Bind>,
    /// Whether the rows are the page; otherwise they are candidates for it.
    pub is_page: bool,
}

impl Selection {
    /// Returns all values, in the order of their placeholders.
    pub fn binds(&self) -> impl Iterator<Item = &Bind> {
        self.filter.binds.iter().chain(&self.page_binds)
    }
}

impl Translator<'_> {
    /// Translates a query.
    #[must_use]
    pub fn select(&self, query: &Query<'_>) -> Selection {
        let filter = query.filter.map_or_else(|| self.render(&Part::TRUE), |filter| self.filter(filter));
        let order = if filter.is_exact { self.order(query.sort) } else { None };
        let mut writer = Writer::new(self.dialect, self.before.saturating_add(filter.binds.len()));
        let Some(order) = order else {
            if query.candidates < usize::MAX {
                writer.sql.push_str(" LIMIT ");
                writer.bind(Bind::Int(limit(query.candidates.saturating_add(1))));
            }
            return Selection { filter, page: writer.sql, page_binds: writer.binds, is_page: false };
        };
        writer.sql = format!(" ORDER BY {order} LIMIT ");
        writer.bind(Bind::Int(limit(query.count)));
        writer.sql.push_str(" OFFSET ");
        writer.bind(Bind::Int(limit(query.offset)));
        Selection { filter, page: writer.sql, page_binds: writer.binds, is_page: true }
    }
}

fn limit(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
