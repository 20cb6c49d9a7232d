//! The rows of a table that a request reads or writes.

use std::fmt::Write as _;

use super::{Bind, Column, Dialect, Statement, Translator, render::Writer, stored::Slot};
use crate::{
    schema::Path,
    store::{Page, Query, Stored},
};

/// Rows of a table: all that a request may see, or those of them that it asks for.
///
/// For a flat struct, a [`Table`](super::Table) returns them. Use this directly for other tables, whose ids are text in
/// the column `id`:
///
/// ```
/// use scim_core::{ScimResource, filter::Filter, model::User, path, schema::Path, store::Query};
/// use scim_core::sql::{Bind, Column, Dialect, Rows};
///
/// const ACTIVE: Path = path::<User>("active");
/// let column = |path| match path {
///     Path::ID => Column::ascii("users.id"),
///     ACTIVE => Column::boolean("users.enabled"),
///     _ => Column::unsupported(),
/// };
/// let filter = Filter::parse(User::TYPE, "active eq true")?;
/// let mut query = Query::all(User::TYPE);
/// (query.filter, query.count) = (Some(&filter), 50);
///
/// let rows = Rows::new(Dialect::Sqlite, "users", &[("tenant", "contoso")]).query(&query, &column);
/// let select = rows.select("name");
/// assert_eq!(
///     &*select.sql,
///     "SELECT name FROM users WHERE users.tenant = ?1 AND users.enabled IS TRUE \
///      ORDER BY users.id COLLATE BINARY LIMIT ?2 OFFSET ?3"
/// );
/// assert_eq!(select.binds, [Bind::Text("contoso".into()), Bind::Int(50), Bind::Int(0)]);
/// let count = rows.count().expect("the rows are the page");
/// assert_eq!(&*count.sql, "SELECT count(*) FROM users WHERE users.tenant = ?1 AND users.enabled IS TRUE");
/// # Ok::<(), scim_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Rows {
    pub(super) dialect: Dialect,
    pub(super) table: String,
    /// The columns whose values are the same in all rows of a tenant.
    pub(super) scope: Vec<String>,
    pub(super) id: Id,
    /// The text after `FROM`.
    from: String,
    binds: Vec<Bind>,
    /// Order and limits.
    page: String,
    page_binds: Vec<Bind>,
    is_page: bool,
}

/// The column with the id of a resource.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Id {
    /// The name, with quotes if it needs them.
    pub(super) name: String,
    pub(super) form: IdForm,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum IdForm {
    Text,
    Int,
    Uuid,
}

impl Id {
    /// Converts an id from a client; returns `None` if the column cannot hold it.
    pub(super) fn bind(&self, id: &str) -> Option<Bind> {
        match self.form {
            // PostgreSQL cannot store text with a NUL, and rejects comparisons with it.
            IdForm::Text => (!id.contains('\0')).then(|| Bind::Text(id.to_owned())),
            IdForm::Uuid => {
                Some(Bind::Text(id.parse::<uuid::Uuid>().ok().filter(|uuid| uuid.to_string() == id)?.into()))
            }
            IdForm::Int => Some(Bind::Int(id.parse::<i64>().ok().filter(|number| number.to_string() == id)?)),
        }
    }
}

/// The possible numbers of ids in a statement. There are few, so that the driver can keep each statement prepared.
const ROOMS: [usize; 3] = [1, 10, 100];

impl Rows {
    /// Creates the rows with these values in these columns: all rows of the tenant. Their placeholders come first.
    #[must_use]
    pub fn new(dialect: Dialect, table: &str, scope: &[(&str, &str)]) -> Self {
        let (columns, values): (Vec<&str>, Vec<&str>) = scope.iter().copied().unzip();
        Self::with_id(dialect, table, &columns, &values, Id { name: "id".to_owned(), form: IdForm::Text })
    }

    pub(super) fn with_id(dialect: Dialect, table: &str, columns: &[&str], values: &[&str], id: Id) -> Self {
        let mut writer = Writer::new(dialect, 0);
        writer.sql = format!("{table} WHERE ");
        if columns.is_empty() {
            writer.sql.push_str("TRUE");
        }
        for (index, column) in columns.iter().enumerate() {
            writer.sql.push_str(if index == 0 { "" } else { " AND " });
            let _ = write!(writer.sql, "{table}.{column} = ");
            // A missing value becomes an empty text, a tenant that does not exist.
            writer.bind(Bind::Text(values.get(index).copied().unwrap_or_default().to_owned()));
        }
        Self {
            dialect,
            table: table.to_owned(),
            scope: columns.iter().map(|column| (*column).to_owned()).collect(),
            id,
            from: writer.sql,
            binds: writer.binds,
            page: String::new(),
            page_binds: Vec::new(),
            is_page: true,
        }
    }

    /// Returns the row with this id.
    #[must_use]
    pub fn id(self, id: &str) -> Self {
        let ids = self.id.bind(id).into_iter().collect();
        self.ids(ids, 1)
    }

    /// Returns the rows with these ids. The last id is repeated until there are `room` ids.
    fn ids(mut self, ids: Vec<Bind>, room: usize) -> Self {
        let Some(last) = ids.last().cloned() else {
            self.from.push_str(" AND FALSE");
            return self;
        };
        let mut writer = Writer::new(self.dialect, self.binds.len());
        for (index, id) in ids.into_iter().chain(std::iter::repeat(last)).take(room).enumerate() {
            writer.sql.push_str(if index == 0 { "" } else { ", " });
            Slot::Id(self.id.form).operand(&mut writer, self.dialect, id);
        }
        let _ = write!(self.from, " AND {}.{} IN ({})", self.table, self.id.name, writer.sql);
        self.binds.extend(writer.binds);
        self
    }

    /// Returns the rows for a query; `column` returns the column of each attribute.
    #[must_use]
    pub fn query(mut self, query: &Query<'_>, column: &dyn Fn(Path) -> Column) -> Self {
        let id = format!("{}.{}", self.table, self.id.name);
        let translator = Translator::new(self.dialect, query.resource_type, column).after(self.binds.len());
        let found = translator.lookup(&id, &self.from).select(query);
        self.from.push_str(" AND ");
        self.from.push_str(&found.filter.sql);
        self.binds.extend(found.filter.binds);
        (self.page, self.page_binds, self.is_page) = (found.page, found.page_binds, found.is_page);
        self
    }

    /// Returns these rows by their ids if there are few of them, so that the database need not evaluate the query again
    /// to find related rows. Otherwise returns the rows unchanged.
    #[must_use]
    pub fn narrowed<'i>(&self, ids: impl IntoIterator<Item = &'i str>) -> Self {
        let ids: Vec<Bind> = ids.into_iter().filter_map(|id| self.id.bind(id)).collect();
        let Some(room) = ROOMS.into_iter().find(|room| ids.len() <= *room) else { return self.clone() };
        let scope: Vec<&str> = self.scope.iter().map(String::as_str).collect();
        let values = self.scope_binds().iter().map(|bind| if let Bind::Text(text) = bind { text.as_str() } else { "" });
        let values: Vec<&str> = values.collect();
        Self::with_id(self.dialect, &self.table, &scope, &values, self.id.clone()).ids(ids, room)
    }

    /// Returns whether the rows are the page that a query asks for. Otherwise they are candidates: the framework needs
    /// all their attributes, regardless of the query's projection.
    #[must_use]
    pub fn is_page(&self) -> bool {
        self.is_page
    }

    /// Returns the statement that selects these columns of the rows.
    #[must_use]
    pub fn select(&self, columns: &str) -> Statement {
        Statement { sql: format!("SELECT {columns} FROM {}{}", self.from, self.page).into(), binds: self.all_binds() }
    }

    /// Returns the statement that counts the rows of all pages, or `None` if the rows are candidates, which the
    /// framework counts.
    #[must_use]
    pub fn count(&self) -> Option<Statement> {
        let sql = format!("SELECT count(*) FROM {}", self.from);
        self.is_page.then(|| Statement { sql: sql.into(), binds: self.binds.clone() })
    }

    /// Returns the statement that selects these columns and locks the rows until the transaction ends. In SQLite it
    /// locks nothing: a transaction that begins with `BEGIN IMMEDIATE` is the only writer.
    #[must_use]
    pub fn lock(&self, columns: &str) -> Statement {
        let lock = if self.dialect == Dialect::Sqlite { "" } else { " FOR UPDATE" };
        let sql = format!("SELECT {columns} FROM {}{}{lock}", self.from, self.page);
        Statement { sql: sql.into(), binds: self.all_binds() }
    }

    /// Returns the statement that deletes the rows of all pages.
    #[must_use]
    pub fn delete(&self) -> Statement {
        Statement { sql: format!("DELETE FROM {}", self.from).into(), binds: self.binds.clone() }
    }

    /// Returns the page with the resources found and the total that [`count`](Self::count) selects.
    #[must_use]
    pub fn page<R, T: Into<Stored<R>>>(&self, found: impl IntoIterator<Item = T>, total: Option<i64>) -> Page<R> {
        match total.filter(|_| self.is_page) {
            Some(total) => Page::exact(found, usize::try_from(total).unwrap_or_default()),
            None => Page::candidates(found),
        }
    }

    /// Returns the values of the scope's columns.
    pub(super) fn scope_binds(&self) -> &[Bind] {
        self.binds.get(..self.scope.len()).unwrap_or_default()
    }

    fn all_binds(&self) -> Vec<Bind> {
        [self.binds.as_slice(), &self.page_binds].concat()
    }

    /// Returns the statement that selects the rows of another table that belong to these rows. The columns of its scope
    /// have the same names, and the column `owner` holds the id.
    pub(super) fn related(&self, table: &str, owner: &str, columns: &str, order: &str) -> Statement {
        let mut sql = format!("SELECT {columns} FROM {table} WHERE ");
        for (index, column) in (1..).zip(&self.scope) {
            let _ = write!(sql, "{table}.{column} = {} AND ", self.dialect.placeholder(index));
        }
        let ids = format!("SELECT {}.{} FROM {}{}", self.table, self.id.name, self.from, self.page);
        // MariaDB rejects a limit directly in a subquery of `IN`, but accepts it in a derived table.
        let ids = match self.dialect {
            Dialect::MariaDb => format!("SELECT {} FROM ({ids}) AS page", self.id.name),
            Dialect::Postgres | Dialect::Sqlite => ids,
        };
        let _ = write!(sql, "{table}.{owner} IN ({ids}){order}");
        // Placeholders without numbers cannot be repeated.
        let repeated = if self.dialect == Dialect::MariaDb { self.scope_binds() } else { &[] };
        Statement { sql: sql.into(), binds: [repeated, &self.all_binds()].concat() }
    }
}
