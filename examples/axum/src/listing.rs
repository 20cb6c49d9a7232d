//! Which rows answer a request, as SQL.

use scim_core::{
    schema::Path,
    sql::{Bind, Column, Dialect, Translator},
    store::{Page, Precondition, Query, StoreError},
};
use sqlx::{AssertSqlSafe, Row};

use crate::{columns::Statement, database::Connection, error::Failure};

/// Which rows of a table a request may see: those whose columns have these values.
pub(crate) struct Scope<'s> {
    pub(crate) table: &'static str,
    pub(crate) columns: &'static [&'static str],
    pub(crate) values: &'s [&'s str],
}

impl Scope<'_> {
    /// What follows `FROM`.
    fn rows(&self) -> String {
        let table = self.table;
        let tests = (1..).zip(self.columns).map(|(number, column)| format!("{table}.{column} = ${number}"));
        format!("{table} WHERE {}", tests.collect::<Vec<_>>().join(" AND "))
    }

    fn values(&self) -> Vec<Bind> {
        self.values.iter().map(|value| Bind::Text((*value).to_owned())).collect()
    }
}

/// Rows of a table.
pub(crate) struct Listing {
    /// What follows `FROM`. `$1` is the tenant.
    from: String,
    /// The order, and the limits of the page.
    page: String,
    binds: Vec<Bind>,
    page_binds: Vec<Bind>,
    /// Whether the rows are the page that was asked for; otherwise they are candidates for it.
    pub(crate) is_page: bool,
}

impl Listing {
    /// The row of an id.
    pub(crate) fn id(scope: &Scope<'_>, id: &str) -> Self {
        // No text in PostgreSQL holds a NUL, so that none is asked for.
        let ids: &[&str] = if id.contains('\0') { &[] } else { &[id] };
        Self::ids(scope, ids, ids.len())
    }

    /// The rows of ids that were found, if these are few: the database need not look for the rows again.
    pub(crate) fn few<'i>(scope: &Scope<'_>, ids: impl Iterator<Item = &'i str>) -> Option<Self> {
        let ids: Vec<&str> = ids.collect();
        let room = [1, 10, 100].into_iter().find(|room| ids.len() <= *room)?;
        Some(Self::ids(scope, &ids, room))
    }

    /// So many ids, of which the last one stands for all that are missing: of few texts statements are kept prepared.
    fn ids(scope: &Scope<'_>, ids: &[&str], room: usize) -> Self {
        let mut binds = scope.values();
        let first = binds.len() + 1;
        let ids = ids.iter().chain(ids.last().into_iter().cycle()).take(room);
        binds.extend(ids.map(|id| Bind::Text((*id).to_owned())));
        let names: Vec<String> = (first..=binds.len()).map(|number| format!("${number}")).collect();
        let test = match names.as_slice() {
            [] => "FALSE".to_owned(),
            names => format!("{}.id IN ({})", scope.table, names.join(", ")),
        };
        let from = format!("{} AND {test}", scope.rows());
        Self { from, page: String::new(), binds, page_binds: Vec::new(), is_page: true }
    }

    /// What answers a query; `column` tells what is where in the table.
    pub(crate) fn query(
        scope: &Scope<'_>,
        dialect: Dialect,
        query: &Query<'_>,
        column: &dyn Fn(Path) -> Column,
    ) -> Self {
        let (id, rows) = (format!("{}.id", scope.table), scope.rows());
        let translator = Translator::new(dialect, query.resource_type, column).after(scope.values.len());
        let found = translator.lookup(&id, &rows).select(query);
        Self {
            from: format!("{rows} AND {}", found.filter.sql),
            page: found.page,
            binds: [scope.values(), found.filter.binds].concat(),
            page_binds: found.page_binds,
            is_page: found.is_page,
        }
    }

    /// What follows `FROM`.
    pub(crate) fn rows(&self) -> String {
        format!("{}{}", self.from, self.page)
    }

    /// Binds the values of [`rows`](Self::rows).
    pub(crate) fn bind<'q>(&self, statement: Statement<'q>) -> Statement<'q> {
        bind(self.binds.iter().chain(&self.page_binds), statement)
    }

    /// The version of the row, if it is there. Until the transaction ends nobody else changes it.
    pub(crate) async fn lock(&self, connection: &mut Connection) -> Result<Option<i64>, sqlx::Error> {
        // Whoever writes in SQLite is alone.
        let lock = if connection.locks_rows() { " FOR UPDATE" } else { "" };
        let statement = sqlx::query(AssertSqlSafe(format!("SELECT version FROM {}{lock}", self.rows())));
        let row = self.bind(statement).fetch_optional(connection).await?;
        row.map(|row| row.try_get("version")).transpose()
    }

    /// As [`lock`](Self::lock), of a row that must be there and meet a precondition.
    pub(crate) async fn lock_as(
        &self,
        connection: &mut Connection,
        expected: Precondition<'_>,
    ) -> Result<i64, Failure> {
        let version = self.lock(connection).await?.ok_or(StoreError::NotFound)?;
        if expected.admits(&version.to_string()) { Ok(version) } else { Err(StoreError::VersionMismatch.into()) }
    }

    /// What was found, as the answer to the query.
    pub(crate) async fn page<R>(&self, connection: &mut Connection, found: Vec<R>) -> Result<Page<R>, sqlx::Error> {
        Ok(if self.is_page { Page::exact(found, self.count(connection).await?) } else { Page::candidates(found) })
    }

    /// How many rows there are on all pages.
    async fn count(&self, connection: &mut Connection) -> Result<usize, sqlx::Error> {
        let sql = format!("SELECT count(*) AS count FROM {}", self.from);
        let count: i64 =
            bind(&self.binds, sqlx::query(AssertSqlSafe(sql))).fetch_one(connection).await?.try_get("count")?;
        Ok(usize::try_from(count).unwrap_or_default())
    }
}

fn bind<'q, 'b>(binds: impl IntoIterator<Item = &'b Bind>, statement: Statement<'q>) -> Statement<'q> {
    binds.into_iter().fold(statement, |statement, value| match value {
        Bind::Text(text) => statement.bind(text.clone()),
        Bind::Int(number) => statement.bind(*number),
        Bind::Float(number) => statement.bind(*number),
    })
}

#[cfg(test)]
mod tests;
