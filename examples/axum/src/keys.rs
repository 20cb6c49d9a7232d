//! Computes keys for rows that are older than the columns of these keys.

use scim_core::sql::Record;
use sqlx::Row;

use crate::{
    columns::{Columns, query},
    database::Database,
    employee::Employee,
    error::Failure,
};

/// The maximum number of rows that one transaction changes.
const ROWS: usize = 500;

/// Computes the missing keys of employees, because SQL cannot fold letter case as SCIM does. If no key is missing,
/// nothing is written.
pub(crate) async fn complete(database: &Database) -> Result<(), Failure> {
    let table = Employee::table(database.dialect);
    let Some(select) = &table.without_keys(ROWS) else { return Ok(()) };
    let table = &table;
    loop {
        let found = database.try_write(|mut writing| async move {
            let rows = query(select).fetch_all(&mut *writing).await?;
            for row in &rows {
                let (tenant, employee): (String, Employee) = (row.try_get("tenant")?, Columns::read(row)?);
                // This does not change a row with another version: a request that changed it in the meantime has
                // written its keys.
                query(&table.keys(&[&tenant], &employee)?).execute(&mut *writing).await?;
            }
            Ok((writing, rows.len()))
        });
        if found.await? < ROWS {
            return Ok(());
        }
    }
}
