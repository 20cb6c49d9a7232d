//! The table of groups and the table of their members.

use scim_core::{
    ScimComplex, ScimResource,
    sql::{Column, Dialect, ListTable, Record, Table},
};
use sqlx::{FromRow, sqlite::SqliteRow};

use crate::{sqlite::Sqlite, user::Millis};

/// Group
#[derive(Clone, Debug, Default, FromRow, ScimResource)]
#[scim(schema = "urn:ietf:params:scim:schemas:core:2.0:Group", name = "Group", endpoint = "/Groups")]
pub(crate) struct Group {
    id: String,
    #[scim(path = "meta.version")]
    version: i64,
    #[scim(path = "meta.created", with = Millis)]
    created_at: i64,
    #[scim(path = "meta.lastModified", with = Millis)]
    updated_at: i64,
    external_id: Option<String>,
    // Entra finds a group by its name, so two groups must not have the same name.
    #[scim(path = "displayName", required, uniqueness = server)]
    name: String,
    #[sqlx(skip)]
    members: Vec<Member>,
}

#[derive(Clone, Debug, Default, FromRow, ScimComplex)]
pub(crate) struct Member {
    /// The `id` of a user.
    #[scim(name = "value", required, case_exact, mutability = immutable)]
    user_id: String,
    #[scim(mutability = immutable)]
    display: Option<String>,
}

impl Record<Sqlite> for Group {
    fn table(dialect: Dialect) -> Table<Self> {
        let members = ListTable::new::<Member>("group_members", "group_id", |field| match field.name() {
            "user_id" => Column::ascii(field.sql()),
            _ => field.column(),
        });
        let groups = Table::new(dialect, "groups", &["tenant"], |field| match field.name() {
            "id" => Column::ascii(field.sql()),
            "created_at" | "updated_at" => Column::unix_millis(field.sql()),
            "external_id" | "name" => field.key("_key"),
            _ => field.column(),
        });
        // Members are added and removed one by one, by their `user_id`, without reading the others.
        groups.list("members", members.keyed_by("user_id"))
    }

    fn read(row: &SqliteRow) -> sqlx::Result<Self> {
        Self::from_row(row)
    }

    fn add(&mut self, _list: &str, row: &SqliteRow) -> sqlx::Result<()> {
        self.members.push(Member::from_row(row)?);
        Ok(())
    }
}
