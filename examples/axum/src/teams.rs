//! The store of teams. Their members are rows: adding a member writes one row, however large the team is.

use async_trait::async_trait;
use scim_core::sql::{Column, Dialect, ListTable, Record, SqlStore, Table};
use sqlx::any::AnyRow;

use crate::{
    columns::Columns,
    database::{Database, Transaction},
    employees::LONGEST,
    members,
    team::{Member, Team},
};

/// The teams in the database.
pub type Teams = SqlStore<Team, Database>;

#[async_trait]
impl Record<Database> for Team {
    fn table(dialect: Dialect) -> Table<Self> {
        let members = ListTable::new::<Member>("team_members", "team_id", |field| match field.name() {
            "member_id" => field.key_in("member_key").at_most(LONGEST),
            _ => field.column(),
        });
        let teams = Table::new(dialect, "teams", &["tenant"], |field| match field.name() {
            "id" => Column::ascii(field.sql()),
            "created_at" | "updated_at" => Column::unix_millis(field.sql()),
            "name" | "external_id" => field.key("_key").at_most(LONGEST),
            _ => field.column(),
        });
        // A member that joined later has a higher position. Adding an existing member again does not change its
        // description: only the ids distinguish members.
        teams.list("members", members.keyed_by("member_id").ordered_by("position"))
    }

    fn read(row: &AnyRow) -> sqlx::Result<Self> {
        Columns::read(row)
    }

    fn add(&mut self, _list: &str, row: &AnyRow) -> sqlx::Result<()> {
        self.members.push(Columns::read(row)?);
        Ok(())
    }

    async fn unlink(writing: &mut Transaction, tenant: &str, id: &str) -> sqlx::Result<()> {
        // A team may also be a member.
        members::forget(writing, tenant, id).await
    }
}
