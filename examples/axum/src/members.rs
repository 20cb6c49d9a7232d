//! The removal of deleted members from teams.

use scim_core::{
    reflect::DateTime,
    sql::{Record, Transaction as _},
};
use sqlx::Row;

use crate::{database::Transaction, team::Team};

/// Removes a deleted member from all teams. This changes the teams, one after the other in the order of their ids, so
/// that two such removals cannot deadlock.
pub(crate) async fn forget(writing: &mut Transaction, tenant: &str, member: &str) -> sqlx::Result<()> {
    let table = Team::table(writing.dialect());
    // A member with an id from this application is found by it: a UUID is its own key.
    let teams = "SELECT team_id FROM team_members WHERE tenant = $1 AND member_key = $2 ORDER BY team_id";
    let teams = sqlx::query(teams).bind(tenant).bind(member).fetch_all(&mut **writing).await?;
    let now = DateTime::now();
    for team in teams {
        let team: String = team.try_get("team_id")?;
        if writing.fetch(&table.lock(&[tenant], &team)).await?.is_empty() {
            continue;
        }
        let leave = "DELETE FROM team_members WHERE tenant = $1 AND team_id = $2 AND member_id = $3";
        let leave = sqlx::query(leave).bind(tenant).bind(&team).bind(member).execute(&mut **writing).await?;
        // Another transaction may have removed the member before the team was locked.
        if leave.rows_affected() > 0 {
            let touch = table.touch(&[tenant], &team, now).map_err(|error| sqlx::Error::Encode(error.into()))?;
            writing.execute(&touch).await?;
        }
    }
    Ok(())
}
