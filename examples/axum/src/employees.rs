//! The store of employees: SQL over the application's own tables.

use async_trait::async_trait;
use scim_core::{
    access::DateTime,
    json::Projection,
    model::{Address, Email, Role},
    schema::{Path, path},
    server::Context,
    store::{Change, Page, Precondition, Query, Store, StoreError},
};
use sqlx::{AssertSqlSafe, Row, SqliteConnection, SqlitePool, sqlite::SqliteRow};

use crate::{
    columns::{self, Columns},
    database::{WRITE, version},
    details::{load, save},
    employee::{Employee, Phone},
    error::{failed, write_failed},
    filter::Selection,
    teams,
};

// A name that the resource does not have is a compile error here.
const LOGIN: Path = path::<Employee>("userName");
const ENABLED: Path = path::<Employee>("active");
const EMAIL: Path = path::<Employee>("emails.value");
const NUMBER: Path = path::<Employee>("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber");

/// Which attribute a unique index is about.
const UNIQUE: &[(&str, Path)] = &[("employees.login_key", LOGIN), ("employees.id", Path::ID)];

/// What can be looked up in SQL: what Entra may be told to match people by.
pub(crate) fn lookup(path: Path) -> Option<&'static str> {
    match path {
        Path::ID => Some("id = :key"),
        Path::EXTERNAL_ID => Some("external_key = :key"),
        LOGIN => Some("login_key = :key"),
        ENABLED => Some("enabled = :key"),
        NUMBER => Some("number_key = :key"),
        // A union, because of an OR over three indexes SQLite makes a walk through the table.
        EMAIL => Some(
            "id IN (SELECT id FROM employees WHERE tenant = ?1 AND work_email_key = :key \
             UNION ALL SELECT id FROM employees WHERE tenant = ?1 AND private_email_key = :key \
             UNION ALL SELECT employee_id FROM employee_emails WHERE tenant = ?1 AND value_key = :key)",
        ),
        _ => None,
    }
}

/// The employees in the database.
#[derive(Clone, Debug)]
pub struct Employees {
    pool: SqlitePool,
}

impl Employees {
    /// The employees in a database that was opened by [`open`](crate::database::open).
    #[must_use]
    pub fn new(pool: SqlitePool) -> Self {
        Self { pool }
    }
}

#[async_trait]
impl Store<Employee> for Employees {
    async fn get(&self, cx: &Context, id: &str, _wanted: &Projection) -> Result<Option<Employee>, StoreError> {
        // One transaction, so that rows and child rows are of the same moment.
        let mut reading = self.pool.begin().await.map_err(failed)?;
        let found = select(&mut reading, &Selection::id(cx.tenant(), id)).await.map_err(failed)?;
        Ok(found.into_iter().next())
    }

    async fn search(&self, cx: &Context, query: &Query<'_>) -> Result<Page<Employee>, StoreError> {
        let mut selection = Selection::query(cx.tenant(), query, lookup);
        let mut reading = self.pool.begin().await.map_err(failed)?;
        if !selection.is_exact {
            selection.page(query);
            return select(&mut reading, &selection).await.map(Page::candidates).map_err(failed);
        }
        let total = selection.count(&mut reading, "employees").await.map_err(failed)?;
        selection.page(query);
        let page = select(&mut reading, &selection).await.map_err(failed)?;
        Ok(Page::exact(page, total))
    }

    async fn create(&self, cx: &Context, new: Employee) -> Result<Employee, StoreError> {
        let mut writing = self.pool.begin_with(WRITE).await.map_err(failed)?;
        let created = insert(&mut writing, cx.tenant(), new).await.map_err(|error| write_failed(error, UNIQUE))?;
        writing.commit().await.map_err(failed)?;
        Ok(created)
    }

    async fn replace(&self, cx: &Context, change: Change<'_, Employee>) -> Result<Employee, StoreError> {
        let mut writing = self.pool.begin_with(WRITE).await.map_err(failed)?;
        let old = change.old();
        let (id, mut new) = (change.id(), change.into_new());
        let statement = sqlx::query(AssertSqlSafe(columns::update::<Employee>("employees")));
        let statement = new.bind(statement.bind(new.updated_at.map(DateTime::unix_millis)));
        let statement = statement.bind(cx.tenant()).bind(id).bind(old.version);
        let updated = statement.execute(&mut *writing).await.map_err(|error| write_failed(error, UNIQUE))?;
        if updated.rows_affected() == 0 {
            let stored = version(&mut writing, "employees", cx.tenant(), id).await.map_err(failed)?;
            return Err(if stored.is_some() { StoreError::Version } else { StoreError::NotFound });
        }
        save_details(&mut writing, cx.tenant(), old, &new).await.map_err(failed)?;
        writing.commit().await.map_err(failed)?;
        new.version = old.version + 1;
        Ok(new)
    }

    async fn delete(&self, cx: &Context, id: &str, expected: Precondition<'_>) -> Result<(), StoreError> {
        let mut writing = self.pool.begin_with(WRITE).await.map_err(failed)?;
        let stored = version(&mut writing, "employees", cx.tenant(), id).await.map_err(failed)?;
        let stored = stored.ok_or(StoreError::NotFound)?;
        if !expected.admits(&stored.to_string()) {
            return Err(StoreError::Version);
        }
        // The child rows go with the row.
        let delete = sqlx::query("DELETE FROM employees WHERE tenant = ? AND id = ?").bind(cx.tenant()).bind(id);
        delete.execute(&mut *writing).await.map_err(failed)?;
        teams::forget_member(&mut writing, cx.tenant(), id).await.map_err(failed)?;
        writing.commit().await.map_err(failed)
    }
}

/// The selected employees with their child rows.
async fn select(connection: &mut SqliteConnection, selection: &Selection) -> Result<Vec<Employee>, sqlx::Error> {
    let select = columns::select::<Employee>("id, version, created_at, updated_at", "employees");
    let statement = sqlx::query(AssertSqlSafe(format!("{select}{}", selection.sql())));
    let rows = selection.bind(statement).fetch_all(&mut *connection).await?;
    let mut employees = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    load::<Email>(connection, selection, &mut employees).await?;
    load::<Phone>(connection, selection, &mut employees).await?;
    load::<Address>(connection, selection, &mut employees).await?;
    load::<Role>(connection, selection, &mut employees).await?;
    Ok(employees)
}

fn read(row: &SqliteRow) -> Result<Employee, sqlx::Error> {
    Ok(Employee {
        id: row.try_get("id")?,
        version: row.try_get("version")?,
        created_at: Some(DateTime::from_unix_millis(row.try_get("created_at")?)),
        updated_at: Some(DateTime::from_unix_millis(row.try_get("updated_at")?)),
        ..Employee::read(row)?
    })
}

async fn insert(connection: &mut SqliteConnection, tenant: &str, mut new: Employee) -> Result<Employee, sqlx::Error> {
    new.version = 1;
    let own = ["tenant", "id", "version", "created_at", "updated_at"];
    let statement = sqlx::query(AssertSqlSafe(columns::insert::<Employee>(&own, "employees")));
    let statement = statement.bind(tenant).bind(&new.id).bind(new.version);
    let statement =
        statement.bind(new.created_at.map(DateTime::unix_millis)).bind(new.updated_at.map(DateTime::unix_millis));
    new.bind(statement).execute(&mut *connection).await?;
    save_details(connection, tenant, &Employee::default(), &new).await?;
    Ok(new)
}

/// Writes those child rows that are not as they were.
async fn save_details(
    connection: &mut SqliteConnection,
    tenant: &str,
    old: &Employee,
    new: &Employee,
) -> Result<(), sqlx::Error> {
    save(connection, tenant, &new.id, &old.other_emails, &new.other_emails).await?;
    save(connection, tenant, &new.id, &old.other_phones, &new.other_phones).await?;
    save(connection, tenant, &new.id, &old.other_addresses, &new.other_addresses).await?;
    save(connection, tenant, &new.id, &old.roles, &new.roles).await
}
