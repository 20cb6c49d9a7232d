//! What an employee may have any number of: rows of child tables, in the order of their position.

use std::collections::HashMap;

use scim_core::model::{Address, Email, Role};
use sqlx::{AssertSqlSafe, Row};

use crate::{
    columns::{self, Columns},
    database::Connection,
    employee::{Employee, Phone},
    error::Failure,
    listing::Listing,
};

/// A row of a child table.
pub(crate) trait Detail: Columns + PartialEq {
    const TABLE: &'static str;

    /// The rows of an employee.
    fn of(employee: &mut Employee) -> &mut Vec<Self>;
}

impl Detail for Email {
    const TABLE: &'static str = "employee_emails";

    fn of(employee: &mut Employee) -> &mut Vec<Self> {
        &mut employee.other_emails
    }
}

impl Detail for Phone {
    const TABLE: &'static str = "employee_phones";

    fn of(employee: &mut Employee) -> &mut Vec<Self> {
        &mut employee.other_phones
    }
}

impl Detail for Address {
    const TABLE: &'static str = "employee_addresses";

    fn of(employee: &mut Employee) -> &mut Vec<Self> {
        &mut employee.other_addresses
    }
}

impl Detail for Role {
    const TABLE: &'static str = "employee_roles";

    fn of(employee: &mut Employee) -> &mut Vec<Self> {
        &mut employee.roles
    }
}

/// Reads the rows of the listed employees.
pub(crate) async fn load<D: Detail>(
    connection: &mut Connection,
    listing: &Listing,
    employees: &mut [Employee],
) -> Result<(), sqlx::Error> {
    let select = columns::select::<D>("employee_id");
    let sql = format!(
        "{select} FROM {} WHERE tenant = $1 AND employee_id IN (SELECT id FROM {}) ORDER BY employee_id, position",
        D::TABLE,
        listing.rows()
    );
    let mut rows: HashMap<String, Vec<D>> = HashMap::new();
    for row in listing.bind(sqlx::query(AssertSqlSafe(sql))).fetch_all(connection).await? {
        rows.entry(row.try_get("employee_id")?).or_default().push(D::read(&row)?);
    }
    for employee in employees {
        if let Some(rows) = rows.remove(&employee.id) {
            *D::of(employee) = rows;
        }
    }
    Ok(())
}

/// Writes the rows of an employee anew, if they are not those that are stored.
pub(crate) async fn save<D: Detail>(
    connection: &mut Connection,
    tenant: &str,
    id: &str,
    stored: &[D],
    new: &[D],
) -> Result<(), Failure> {
    if stored == new {
        return Ok(());
    }
    if !stored.is_empty() {
        let sql = format!("DELETE FROM {} WHERE tenant = $1 AND employee_id = $2", D::TABLE);
        sqlx::query(AssertSqlSafe(sql)).bind(tenant).bind(id).execute(&mut *connection).await?;
    }
    let sql = columns::insert::<D>(&["tenant", "employee_id", "position"], D::TABLE);
    for (position, row) in (0i64..).zip(new) {
        let statement = sqlx::query(AssertSqlSafe(sql.as_str())).bind(tenant).bind(id).bind(position);
        row.bind(statement)?.execute(&mut *connection).await?;
    }
    Ok(())
}
