//! The store of employees: SQL over the application's own tables.

use async_trait::async_trait;
use scim_core::{
    Context,
    json::Projection,
    model::{Address, Email, Role},
    path,
    reflect::DateTime,
    schema::Path,
    store::{Change, Creation, Page, Precondition, Query, Removal, Store, StoreError, Stored},
};
use sqlx::{AssertSqlSafe, Row, any::AnyRow};

use crate::{
    columns::{self, Columns},
    database::{Connection, Database},
    details::{load, save},
    employee::{Employee, Phone},
    employee_columns,
    error::{Failure, Unique},
    listing::{Listing, Scope},
    members,
};

// A name that the resource does not have is a compile error here.
const LOGIN: Path = path::<Employee>("userName");

pub(crate) const TABLE: &str = "employees";

/// The rows of a tenant.
pub(crate) fn scope<'s>(tenant: &'s [&'s str]) -> Scope<'s> {
    Scope { table: TABLE, columns: &["tenant"], values: tenant }
}

/// Which attribute a unique index is about.
const UNIQUE: &[Unique] = &[("employees.login_key", LOGIN), ("employees.id", Path::ID)];

/// The employees in the database.
#[derive(Clone, Debug)]
pub struct Employees {
    database: Database,
}

impl Employees {
    /// The employees in a database.
    #[must_use]
    pub fn new(database: Database) -> Self {
        Self { database }
    }
}

#[async_trait]
impl Store<Employee> for Employees {
    async fn get(&self, cx: &Context, id: &str, _wanted: &Projection) -> Result<Option<Stored<Employee>>, StoreError> {
        let listing = &Listing::id(&scope(&[cx.tenant()]), id);
        let found = self.database.read(|mut reading| async move {
            let found = select(&mut reading, cx.tenant(), listing).await?;
            Ok((reading, found))
        });
        Ok(found.await?.into_iter().next().map(Stored::from))
    }

    async fn search(&self, cx: &Context, query: &Query<'_>) -> Result<Page<Employee>, StoreError> {
        let columns = employee_columns::columns(self.database.dialect);
        let listing = &Listing::query(&scope(&[cx.tenant()]), self.database.dialect, query, &columns);
        let page = self.database.list(query, |mut reading| async move {
            let found = select(&mut reading, cx.tenant(), listing).await?;
            let page = listing.page(&mut reading, found).await?;
            Ok((reading, page))
        });
        page.await
    }

    async fn create(&self, cx: &Context, creation: Creation<'_, Employee>) -> Result<Stored<Employee>, StoreError> {
        let mut new = creation.into_state();
        new.version = 1;
        let state = &new;
        let created = self.database.write(UNIQUE, |mut writing| async move {
            insert(&mut writing, cx.tenant(), state).await?;
            Ok((writing, ()))
        });
        created.await?;
        Ok(new.into())
    }

    async fn replace(&self, cx: &Context, change: Change<'_, Employee>) -> Result<Stored<Employee>, StoreError> {
        let (id, old, tenant) = (change.id(), change.old(), cx.tenant());
        let mut new = change.into_state();
        let state = &new;
        let replaced = self.database.write(UNIQUE, |mut writing| async move {
            let statement = sqlx::query(AssertSqlSafe(columns::update::<Employee>(TABLE)));
            let statement = statement.bind(tenant).bind(id).bind(old.version);
            let statement = state.bind(statement.bind(state.updated_at.map(DateTime::unix_millis)))?;
            if statement.execute(&mut *writing).await?.rows_affected() == 0 {
                // It is gone, or has another version.
                Listing::id(&scope(&[tenant]), id).lock_as(&mut writing, Precondition::None).await?;
                return Err(Failure::Store(StoreError::VersionMismatch));
            }
            save_details(&mut writing, tenant, old, state).await?;
            Ok((writing, ()))
        });
        replaced.await?;
        new.version = old.version + 1;
        Ok(new.into())
    }

    async fn delete(&self, cx: &Context, removal: Removal<'_>) -> Result<Option<Stored<Employee>>, StoreError> {
        let (id, tenant) = (removal.id(), cx.tenant());
        let deleted = self.database.write(UNIQUE, |mut writing| async move {
            let listing = Listing::id(&scope(&[tenant]), id);
            listing.lock_as(&mut writing, removal.expected()).await?;
            let old = if removal.returns_old() { select(&mut writing, tenant, &listing).await? } else { Vec::new() };
            // The child rows go with the row.
            let delete = sqlx::query("DELETE FROM employees WHERE tenant = $1 AND id = $2").bind(tenant).bind(id);
            delete.execute(&mut *writing).await?;
            members::forget(&mut writing, tenant, id).await?;
            Ok((writing, old))
        });
        Ok(deleted.await?.into_iter().next().map(Stored::from))
    }
}

/// The rows with their child rows.
async fn select(connection: &mut Connection, tenant: &str, listing: &Listing) -> Result<Vec<Employee>, sqlx::Error> {
    let select = columns::select::<Employee>("id, version, created_at, updated_at");
    let statement = sqlx::query(AssertSqlSafe(format!("{select} FROM {}", listing.rows())));
    let rows = listing.bind(statement).fetch_all(&mut *connection).await?;
    let mut employees = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    if !employees.is_empty() {
        let few = Listing::few(&scope(&[tenant]), employees.iter().map(|employee| &*employee.id));
        let listing = few.as_ref().unwrap_or(listing);
        load::<Email>(connection, listing, &mut employees).await?;
        load::<Phone>(connection, listing, &mut employees).await?;
        load::<Address>(connection, listing, &mut employees).await?;
        load::<Role>(connection, listing, &mut employees).await?;
    }
    Ok(employees)
}

pub(crate) fn read(row: &AnyRow) -> Result<Employee, sqlx::Error> {
    Ok(Employee {
        id: row.try_get("id")?,
        version: row.try_get("version")?,
        created_at: Some(DateTime::from_unix_millis(row.try_get("created_at")?)),
        updated_at: Some(DateTime::from_unix_millis(row.try_get("updated_at")?)),
        ..Employee::read(row)?
    })
}

async fn insert(connection: &mut Connection, tenant: &str, new: &Employee) -> Result<(), Failure> {
    let own = ["tenant", "id", "version", "created_at", "updated_at"];
    let statement = sqlx::query(AssertSqlSafe(columns::insert::<Employee>(&own, TABLE)));
    let statement = statement.bind(tenant).bind(&new.id).bind(new.version);
    let statement =
        statement.bind(new.created_at.map(DateTime::unix_millis)).bind(new.updated_at.map(DateTime::unix_millis));
    new.bind(statement)?.execute(&mut *connection).await?;
    save_details(connection, tenant, &Employee::default(), new).await
}

/// Writes those child rows that are not as they were.
async fn save_details(
    connection: &mut Connection,
    tenant: &str,
    old: &Employee,
    new: &Employee,
) -> Result<(), Failure> {
    save(connection, tenant, &new.id, &old.other_emails, &new.other_emails).await?;
    save(connection, tenant, &new.id, &old.other_phones, &new.other_phones).await?;
    save(connection, tenant, &new.id, &old.other_addresses, &new.other_addresses).await?;
    save(connection, tenant, &new.id, &old.roles, &new.roles).await
}
