//! The store of employees: the application's own tables, and what each column holds.

use async_trait::async_trait;
use scim_core::{
    model::{Address, Email, Role},
    sql::{Column, Dialect, Field, ListTable, Record, SqlStore, Table},
};
use sqlx::any::AnyRow;

use crate::{
    columns::Columns,
    database::{Database, Transaction},
    employee::{Employee, Phone},
    members,
};

/// The employees in the database.
pub type Employees = SqlStore<Employee, Database>;

/// The maximum length of a key in an index, in bytes. PostgreSQL has room for 2704, including the tenant.
pub(crate) const LONGEST: usize = 2048;

#[async_trait]
impl Record<Database> for Employee {
    /// With key columns, the database compares as SCIM does and returns only the page. For other text it finds the rows
    /// that may match, and the framework checks them.
    fn table(dialect: Dialect) -> Table<Self> {
        Table::new(dialect, "employees", &["tenant"], |field| match field.name() {
            "id" => Column::ascii(field.sql()),
            "created_at" | "updated_at" => Column::unix_millis(field.sql()),
            // These have an index.
            "login" | "external_id" | "work_email" | "private_email" | "employee_number" => {
                field.key("_key").at_most(LONGEST)
            }
            "display_name" | "full_name" | "first_name" | "middle_name" | "last_name" | "name_prefix"
            | "name_suffix" | "nick_name" | "title" | "user_type" | "profile_url" | "preferred_language" | "locale"
            | "time_zone" | "cost_center" | "organization" | "division" | "department" | "manager" => field.key("_key"),
            _ => field.column(),
        })
        .list("other_emails", details::<Email>("employee_emails"))
        .list("other_phones", details::<Phone>("employee_phones"))
        .list("other_addresses", details::<Address>("employee_addresses"))
        .list("roles", details::<Role>("employee_roles"))
    }

    fn read(row: &AnyRow) -> sqlx::Result<Self> {
        Columns::read(row)
    }

    fn add(&mut self, list: &str, row: &AnyRow) -> sqlx::Result<()> {
        match list {
            "other_emails" => self.other_emails.push(Columns::read(row)?),
            "other_phones" => self.other_phones.push(Columns::read(row)?),
            "other_addresses" => self.other_addresses.push(Columns::read(row)?),
            _ => self.roles.push(Columns::read(row)?),
        }
        Ok(())
    }

    async fn unlink(writing: &mut Transaction, tenant: &str, id: &str) -> sqlx::Result<()> {
        members::forget(writing, tenant, id).await
    }
}

/// Returns a list of which an employee may have any number of elements: rows of a child table, ordered by position.
fn details<E: scim_core::ScimComplex>(table: &'static str) -> ListTable {
    let column = move |field: &Field<'_>| match (table, field.name()) {
        ("employee_emails", "value") => field.key("_key").at_most(LONGEST),
        ("employee_emails", "kind") => field.key("_key"),
        _ => field.column(),
    };
    ListTable::new::<E>(table, "employee_id", column).positioned_by("position")
}

#[cfg(test)]
mod tests;
