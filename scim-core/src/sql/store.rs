//! The store over a table, for any driver.

use std::{collections::HashMap, fmt, future::Future};

use async_trait::async_trait;

use super::{Dialect, Rows, Statement, Table, Write};
use crate::{
    ScimResource,
    context::Context,
    json::Projection,
    reflect::Scalar,
    schema::Path,
    store::{Change, Creation, Delta, DeltaOutcome, Page, Query, Removal, Store, StoreError, Stored},
};

/// A database, as a [`SqlStore`] uses it: it begins transactions. An application implements this trait once, for its
/// driver; `examples/sqlite` has an implementation for sqlx that you can copy.
#[async_trait]
pub trait Database: Send + Sync + 'static {
    /// A transaction.
    type Transaction: Transaction;

    /// Returns the dialect.
    fn dialect(&self) -> Dialect;

    /// Begins a transaction for a purpose.
    ///
    /// All statements of a reading transaction must see the same snapshot; those of a writing transaction must see what
    /// other transactions have committed. In SQLite, begin a writing transaction with `BEGIN IMMEDIATE`. In PostgreSQL,
    /// use `READ COMMITTED` for a writing transaction and `REPEATABLE READ` for a reading one.
    ///
    /// # Errors
    ///
    /// Fails with the error of the driver.
    async fn begin(&self, purpose: Purpose<'_>) -> Result<Self::Transaction, ErrorOf<Self>>;

    /// Classifies an error. The store turns the violation of a unique index into 409 `uniqueness`.
    fn failure(&self, error: ErrorOf<Self>, purpose: Purpose<'_>) -> Failure;

    /// Returns whether to repeat a failed transaction, for example one that lost a conflict with another one. Waits
    /// first if necessary. `tries` counts from 1. Do not repeat a transaction if only the response to its commit was
    /// lost.
    async fn tries_again(&self, _error: &ErrorOf<Self>, _tries: u32) -> bool {
        false
    }
}

/// A transaction. If it is dropped before it is [committed](Self::commit), it has no effect.
#[async_trait]
pub trait Transaction: Send + Sized {
    /// A row that was read.
    type Row: Send + Sync;
    /// The error of the driver.
    type Error: Send + Sync;

    /// Runs a statement that reads rows.
    ///
    /// # Errors
    ///
    /// Fails with the error of the driver.
    async fn fetch(&mut self, statement: &Statement) -> Result<Vec<Self::Row>, Self::Error>;

    /// Runs a statement that writes. Returns the number of rows that it inserted, changed or deleted.
    ///
    /// # Errors
    ///
    /// Fails with the error of the driver.
    async fn execute(&mut self, statement: &Statement) -> Result<u64, Self::Error>;

    /// Commits the transaction.
    ///
    /// # Errors
    ///
    /// Fails with the error of the driver.
    async fn commit(self) -> Result<(), Self::Error>;

    /// Reads the first column of a row as an integer.
    ///
    /// # Errors
    ///
    /// Fails with the error of the driver.
    fn number(row: &Self::Row) -> Result<i64, Self::Error>;

    /// Reads the first column of a row as text.
    ///
    /// # Errors
    ///
    /// Fails with the error of the driver.
    fn text(row: &Self::Row) -> Result<String, Self::Error>;
}

/// The row type of a database.
pub type RowOf<D> = <<D as Database>::Transaction as Transaction>::Row;

/// The error type of a database.
pub type ErrorOf<D> = <<D as Database>::Transaction as Transaction>::Error;

/// The purpose of a transaction.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Purpose<'q> {
    /// Reads one resource.
    Read,
    /// Runs a query, which may take a long time.
    List(&'q Query<'q>),
    /// Writes.
    Write,
}

/// The meaning of a database error.
#[derive(Debug)]
pub enum Failure {
    /// A unique index was violated. The text is for [`Table::conflict`]: the name of the constraint, or the message of
    /// the error.
    Unique(String, StoreError),
    /// Any other error.
    Store(StoreError),
}

/// A struct that is the row of a table in a database.
///
/// ```text
/// #[derive(Clone, Debug, Default, sqlx::FromRow, ScimResource)]
/// struct Group {
///     id: String,
///     ..
///     #[sqlx(skip)]
///     members: Vec<Member>,
/// }
///
/// impl Record<Sqlite> for Group {
///     fn table(dialect: Dialect) -> Table<Self> {
///         Table::new(dialect, "groups", &["tenant"], |field| ..).list("members", ListTable::new::<Member>(..))
///     }
///     fn read(row: &SqliteRow) -> sqlx::Result<Self> {
///         Self::from_row(row)
///     }
///     fn add(&mut self, _list: &str, row: &SqliteRow) -> sqlx::Result<()> {
///         self.members.push(Member::from_row(row)?);
///         Ok(())
///     }
/// }
/// ```
#[async_trait]
pub trait Record<D: Database>: ScimResource {
    /// Returns the description of the table. Its scope is one column, which holds the tenant.
    fn table(dialect: Dialect) -> Table<Self>;

    /// Reads a resource from a row with the [columns](Table::select) of the table.
    ///
    /// # Errors
    ///
    /// Fails with the error of the driver.
    fn read(row: &RowOf<D>) -> Result<Self, ErrorOf<D>>;

    /// Reads an element from a row of a list with a [separate table](Table::list), and adds it to the field with this
    /// name.
    ///
    /// # Errors
    ///
    /// Fails with the error of the driver.
    fn add(&mut self, _list: &str, _row: &RowOf<D>) -> Result<(), ErrorOf<D>> {
        Ok(())
    }

    /// Updates what refers to a resource that is about to be deleted, such as the groups that it is a member of.
    ///
    /// # Errors
    ///
    /// Fails with the error of the driver.
    async fn unlink(_transaction: &mut D::Transaction, _tenant: &str, _id: &str) -> Result<(), ErrorOf<D>> {
        Ok(())
    }
}

/// A [`Store`] of the resources in a [`Table`].
///
/// It pushes filters, sorting and pages down to the database, checks versions in the `UPDATE`, returns 409 `uniqueness`
/// for the violation of a unique index, reads lists only if they are needed, and applies the PATCH of a
/// [keyed](super::ListTable::keyed_by) list without reading the list.
pub struct SqlStore<R, D> {
    database: D,
    table: Table<R>,
}

impl<R: ScimResource, D: Clone> Clone for SqlStore<R, D> {
    fn clone(&self) -> Self {
        Self { database: self.database.clone(), table: self.table.clone() }
    }
}

impl<R, D: fmt::Debug> fmt::Debug for SqlStore<R, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqlStore").field("database", &self.database).field("table", &self.table).finish()
    }
}

/// The reason why a transaction failed.
enum Trouble<E> {
    Store(StoreError),
    Database(E),
}

impl<E> From<StoreError> for Trouble<E> {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// The transaction, returned so that it can be committed, and the result.
type Done<D, T> = Result<(<D as Database>::Transaction, T), Trouble<ErrorOf<D>>>;

impl<R: Record<D>, D: Database> SqlStore<R, D> {
    /// Returns the store of the resources in a database.
    #[must_use]
    pub fn new(database: D) -> Self {
        let table = R::table(database.dialect());
        Self { database, table }
    }

    /// Runs `work` in a transaction.
    async fn run<T: Send, F>(
        &self,
        purpose: Purpose<'_>,
        work: impl Fn(D::Transaction) -> F + Send + Sync,
    ) -> Result<T, StoreError>
    where
        F: Future<Output = Done<D, T>> + Send,
    {
        let mut tries = 0;
        loop {
            tries += 1;
            let error = match self.database.begin(purpose).await {
                Ok(transaction) => match work(transaction).await {
                    Ok((transaction, answer)) => match transaction.commit().await {
                        Ok(()) => return Ok(answer),
                        Err(error) => error,
                    },
                    Err(Trouble::Store(error)) => return Err(error),
                    Err(Trouble::Database(error)) => error,
                },
                Err(error) => error,
            };
            if self.database.tries_again(&error, tries).await {
                continue;
            }
            return Err(match self.database.failure(error, purpose) {
                Failure::Unique(violated, other) => self.table.conflict(&violated).unwrap_or(other),
                Failure::Store(error) => error,
            });
        }
    }

    /// Reads resources, with the lists that the projection includes.
    async fn select(&self, tx: &mut D::Transaction, rows: &Rows, wanted: &Projection) -> Result<Vec<R>, ErrorOf<D>> {
        let found = tx.fetch(&self.table.select(rows)).await?;
        let mut found = found.iter().map(R::read).collect::<Result<Vec<R>, _>>()?;
        // The framework may need any attribute of a candidate.
        let lists: Vec<_> = self.table.lists(rows.is_page().then_some(wanted)).collect();
        if found.is_empty() || lists.is_empty() {
            return Ok(found);
        }
        let ids: HashMap<String, usize> = found.iter().map(id_of).zip(0..).collect();
        let few = rows.narrowed(ids.keys().map(String::as_str));
        for (field, list) in lists {
            for row in tx.fetch(&list.select(&few)).await? {
                let resource = ids.get(&D::Transaction::text(&row)?).and_then(|index| found.get_mut(*index));
                if let Some(resource) = resource {
                    resource.add(field, &row)?;
                }
            }
        }
        Ok(found)
    }

    /// Locks the row of a resource and returns its version.
    async fn lock(&self, tx: &mut D::Transaction, tenant: &str, id: &str) -> Result<Option<i64>, Trouble<ErrorOf<D>>> {
        number(tx, &self.table.lock(&[tenant], id)).await
    }
}

/// Returns the number that a statement selects.
async fn number<T: Transaction>(tx: &mut T, statement: &Statement) -> Result<Option<i64>, Trouble<T::Error>> {
    let rows = tx.fetch(statement).await.map_err(Trouble::Database)?;
    rows.first().map(T::number).transpose().map_err(Trouble::Database)
}

/// Runs statements and returns the number of rows that they affect.
async fn execute<T: Transaction>(tx: &mut T, statements: &[Statement]) -> Result<u64, Trouble<T::Error>> {
    let mut affected = 0u64;
    for statement in statements {
        let rows = tx.execute(statement).await.map_err(Trouble::Database)?;
        affected = affected.saturating_add(rows);
    }
    Ok(affected)
}

fn id_of(resource: &impl ScimResource) -> String {
    match resource.view().at(Path::ID.steps()).scalar() {
        Scalar::Str(id) => id.into_owned(),
        Scalar::Int(id) => id.to_string(),
        _ => String::new(),
    }
}

#[async_trait]
impl<R: Record<D>, D: Database> Store<R> for SqlStore<R, D> {
    async fn get(&self, cx: &Context, id: &str, wanted: &Projection) -> Result<Option<Stored<R>>, StoreError> {
        let rows = &self.table.row(&[cx.tenant()], id);
        let found = self.run(Purpose::Read, |mut tx| async move {
            let found = self.select(&mut tx, rows, wanted).await.map_err(Trouble::Database)?;
            Ok((tx, found))
        });
        Ok(found.await?.into_iter().next().map(Stored::from))
    }

    async fn search(&self, cx: &Context, query: &Query<'_>) -> Result<Page<R>, StoreError> {
        let rows = &self.table.search(&[cx.tenant()], query);
        let page = self.run(Purpose::List(query), |mut tx| async move {
            let found = self.select(&mut tx, rows, query.projection).await.map_err(Trouble::Database)?;
            let total = match rows.count() {
                Some(count) => number(&mut tx, &count).await?,
                None => None,
            };
            Ok((tx, rows.page(found, total)))
        });
        page.await
    }

    async fn create(&self, cx: &Context, creation: Creation<'_, R>) -> Result<Stored<R>, StoreError> {
        let mut new = creation.into_state();
        let Write { row, elements } = &self.table.insert(&[cx.tenant()], &mut new)?;
        let created = self.run(Purpose::Write, |mut tx| async move {
            execute(&mut tx, std::slice::from_ref(row)).await?;
            execute(&mut tx, elements).await?;
            Ok((tx, ()))
        });
        created.await?;
        Ok(new.into())
    }

    async fn replace(&self, cx: &Context, change: Change<'_, R>) -> Result<Stored<R>, StoreError> {
        let (tenant, id, old) = (cx.tenant(), change.id(), change.old());
        let mut new = change.into_state();
        let Write { row, elements } = &self.table.update(&[tenant], old, &mut new)?;
        let replaced = self.run(Purpose::Write, |mut tx| async move {
            if execute(&mut tx, std::slice::from_ref(row)).await? == 0 {
                return Err(StoreError::missed(self.lock(&mut tx, tenant, id).await?).into());
            }
            execute(&mut tx, elements).await?;
            Ok((tx, ()))
        });
        replaced.await?;
        Ok(new.into())
    }

    async fn delete(&self, cx: &Context, removal: Removal<'_>) -> Result<Option<Stored<R>>, StoreError> {
        let (tenant, id) = (cx.tenant(), removal.id());
        let rows = &self.table.row(&[tenant], id);
        let deleted = self.run(Purpose::Write, |mut tx| async move {
            removal.expected().check(self.lock(&mut tx, tenant, id).await?)?;
            let old = if removal.returns_old() {
                self.select(&mut tx, rows, &Projection::DEFAULT).await.map_err(Trouble::Database)?
            } else {
                Vec::new()
            };
            R::unlink(&mut tx, tenant, id).await.map_err(Trouble::Database)?;
            execute(&mut tx, &[rows.delete()]).await?;
            Ok((tx, old))
        });
        Ok(deleted.await?.into_iter().next().map(Stored::from))
    }

    fn supports_deltas(&self) -> bool {
        self.table.has_deltas()
    }

    async fn apply_delta(&self, cx: &Context, delta: Delta<'_>) -> Result<DeltaOutcome, StoreError> {
        let (tenant, id) = (cx.tenant(), delta.id());
        let Some(statements) = &self.table.delta(&[tenant], &delta)? else { return Ok(DeltaOutcome::Unsupported) };
        let touch = &self.table.touch(&[tenant], id, delta.now())?;
        let version = self.run(Purpose::Write, |mut tx| async move {
            // Concurrent changes of the resource wait here, before any of them touches the row of an element, so that
            // they cannot deadlock.
            let mut version = delta.expected().check(self.lock(&mut tx, tenant, id).await?)?;
            if execute(&mut tx, statements).await? > 0 {
                version = version.saturating_add(1);
                execute(&mut tx, std::slice::from_ref(touch)).await?;
            }
            Ok((tx, version))
        });
        Ok(DeltaOutcome::Applied { version: Some(version.await?.to_string()) })
    }
}
