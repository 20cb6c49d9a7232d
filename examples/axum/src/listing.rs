//! Which rows answer a request, as SQL.

use scim_core::{
    schema::Path,
    store::{
        Query,
        sql::{Bind, Column, Dialect, Translator},
    },
};
use sqlx::{AnyConnection, AssertSqlSafe, Row};

use crate::columns::Statement;

/// Rows of a table.
pub(crate) struct Listing {
    table: &'static str,
    tenant: String,
    /// What follows `FROM table`. `$1` is the tenant.
    condition: String,
    /// The order, and the limits of the page.
    page: String,
    binds: Vec<Bind>,
    page_binds: Vec<Bind>,
    /// Whether the rows are the page that was asked for; otherwise they are candidates for it.
    pub(crate) is_page: bool,
}

impl Listing {
    /// The row of an id.
    pub(crate) fn id(table: &'static str, tenant: &str, id: &str) -> Self {
        // No text in PostgreSQL holds a NUL, so that none is asked for.
        let (test, binds) =
            if id.contains('\0') { ("FALSE", Vec::new()) } else { ("id = $2", vec![Bind::Text(id.to_owned())]) };
        Self {
            table,
            tenant: tenant.to_owned(),
            condition: format!(" WHERE tenant = $1 AND {test}"),
            page: String::new(),
            binds,
            page_binds: Vec::new(),
            is_page: true,
        }
    }

    /// What answers a query; `column` tells what is where in the table.
    pub(crate) fn query(
        table: &'static str,
        tenant: &str,
        dialect: Dialect,
        query: &Query<'_>,
        column: fn(Path) -> Column,
    ) -> Self {
        let translator = Translator::new(dialect, query.resource_type, &column).after(1);
        let found = translator.select(query);
        Self {
            table,
            tenant: tenant.to_owned(),
            condition: format!(" WHERE tenant = $1 AND {}", found.filter.sql),
            page: found.page,
            binds: found.filter.binds,
            page_binds: found.page_binds,
            is_page: found.is_page,
        }
    }

    /// What follows `FROM table`.
    pub(crate) fn rows(&self) -> String {
        format!("{}{}", self.condition, self.page)
    }

    /// Binds the values of [`rows`](Self::rows).
    pub(crate) fn bind<'q>(&self, statement: Statement<'q>) -> Statement<'q> {
        bind(&self.tenant, self.binds.iter().chain(&self.page_binds), statement)
    }

    /// How many rows there are on all pages.
    pub(crate) async fn count(&self, connection: &mut AnyConnection) -> Result<usize, sqlx::Error> {
        let sql = format!("SELECT count(*) AS count FROM {}{}", self.table, self.condition);
        let statement = bind(&self.tenant, &self.binds, sqlx::query(AssertSqlSafe(sql)));
        let count: i64 = statement.fetch_one(connection).await?.try_get("count")?;
        Ok(usize::try_from(count).unwrap_or_default())
    }
}

fn bind<'q, 'b>(tenant: &str, binds: impl IntoIterator<Item = &'b Bind>, statement: Statement<'q>) -> Statement<'q> {
    binds.into_iter().fold(statement.bind(tenant.to_owned()), |statement, value| match value {
        Bind::Text(text) => statement.bind(text.clone()),
        Bind::Int(number) => statement.bind(*number),
        Bind::Float(number) => statement.bind(*number),
    })
}
