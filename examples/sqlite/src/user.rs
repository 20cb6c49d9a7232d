//! The table of users: one struct is both the row for sqlx and the resource for SCIM.

use std::convert::Infallible;

use scim_core::{
    ScimResource, async_trait,
    reflect::{Convert, DateTime},
    sql::{Column, Dialect, Record, Table},
};
use sqlx::{FromRow, sqlite::SqliteRow};

use crate::sqlite::{Sqlite, Transaction};

/// User Account
#[derive(Clone, Debug, Default, FromRow, ScimResource)]
#[scim(schema = "urn:ietf:params:scim:schemas:core:2.0:User", name = "User", endpoint = "/Users")]
pub(crate) struct User {
    id: String,
    #[scim(path = "meta.version")]
    version: i64,
    #[scim(path = "meta.created", with = Millis)]
    created_at: i64,
    #[scim(path = "meta.lastModified", with = Millis)]
    updated_at: i64,
    external_id: Option<String>,
    #[scim(path = "userName", required, uniqueness = server)]
    login: String,
    #[scim(path = "active", default = true)]
    enabled: bool,
    display_name: Option<String>,
    #[scim(path = "name.givenName")]
    first_name: Option<String>,
    #[scim(path = "name.familyName")]
    last_name: Option<String>,
    #[scim(path = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department")]
    department: Option<String>,
    #[scim(path = r#"emails[type eq "work"].value"#)]
    email: Option<String>,
}

#[async_trait]
impl Record<Sqlite> for User {
    fn table(dialect: Dialect) -> Table<Self> {
        Table::new(dialect, "users", &["tenant"], |field| match field.name() {
            "id" => Column::ascii(field.sql()),
            "created_at" | "updated_at" => Column::unix_millis(field.sql()),
            // The database compares these by their keys. For other text it finds candidates, and the framework compares
            // them.
            "external_id" | "login" | "display_name" | "email" => field.key("_key"),
            _ => field.column(),
        })
    }

    fn read(row: &SqliteRow) -> sqlx::Result<Self> {
        Self::from_row(row)
    }

    async fn unlink(transaction: &mut Transaction, tenant: &str, id: &str) -> sqlx::Result<()> {
        // The foreign key removes the user from groups, which changes them.
        let touch = "UPDATE groups SET version = version + 1, updated_at = ?3 WHERE tenant = ?1 \
                     AND id IN (SELECT group_id FROM group_members WHERE tenant = ?1 AND user_id = ?2)";
        let touch = sqlx::query(touch).bind(tenant).bind(id).bind(DateTime::now().unix_millis());
        touch.execute(&mut *transaction.0).await.map(drop)
    }
}

/// A time as milliseconds since 1970.
pub(crate) struct Millis;

impl Convert<i64> for Millis {
    type Scim = DateTime;
    type Error = Infallible;

    fn to_scim(millis: &i64) -> DateTime {
        DateTime::from_unix_millis(*millis)
    }

    fn from_scim(time: DateTime) -> Result<i64, Infallible> {
        Ok(time.unix_millis())
    }
}
