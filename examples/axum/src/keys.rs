//! Computes keys for rows that are older than the columns of these keys.

use sqlx::{AssertSqlSafe, Row};

use crate::{
    columns::{self, Columns},
    database::Database,
    employee::Employee,
    employees::{self, TABLE},
    error::Failure,
};

/// How many rows one transaction changes.
const ROWS: usize = 500;

/// Computes the missing keys of employees, because SQL cannot fold letter case as SCIM does. If no key is missing,
/// nothing is written.
pub(crate) async fn complete(database: &Database) -> Result<(), Failure> {
    while complete_some(database).await? == ROWS {}
    Ok(())
}

/// Computes the missing keys of some rows. Returns how many rows it found.
async fn complete_some(database: &Database) -> Result<usize, Failure> {
    let completed = database.try_write(|mut writing| async move {
        let select = columns::select::<Employee>("tenant, id, version, created_at, updated_at");
        let sql = format!("{select} FROM {TABLE} WHERE {} LIMIT {ROWS}", columns::lacks_keys::<Employee>());
        let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(&mut *writing).await?;
        for row in &rows {
            let (tenant, employee) = (row.try_get::<String, _>("tenant")?, employees::read(row)?);
            let update = sqlx::query(AssertSqlSafe(columns::rewrite::<Employee>(TABLE)));
            let update = employee.bind(update.bind(tenant).bind(&employee.id).bind(employee.version))?;
            // This changes no row of another version: a request that changed the row meanwhile has written its keys.
            update.execute(&mut *writing).await?;
        }
        Ok((writing, rows.len()))
    });
    completed.await
}
