//! The members of teams: rows. One that joins is one row, however large the team is.

use std::collections::HashMap;

use scim_core::reflect::DateTime;
use sqlx::{AssertSqlSafe, Row};

use crate::{
    columns::{self, Columns},
    database::Connection,
    error::Failure,
    listing::Listing,
    team::{Member, Team},
    teams::scope,
};

/// Reads the members of the listed teams.
pub(crate) async fn load(
    connection: &mut Connection,
    tenant: &str,
    listing: &Listing,
    teams: &mut [Team],
) -> Result<(), sqlx::Error> {
    let few = Listing::few(&scope(&[tenant]), teams.iter().map(|team| &*team.id));
    let listing = few.as_ref().unwrap_or(listing);
    let select = columns::select::<Member>("team_id");
    let sql = format!(
        "{select} FROM team_members WHERE tenant = $1 AND team_id IN (SELECT id FROM {}) ORDER BY position",
        listing.rows()
    );
    let mut members: HashMap<String, Vec<Member>> = HashMap::new();
    for row in listing.bind(sqlx::query(AssertSqlSafe(sql))).fetch_all(connection).await? {
        members.entry(row.try_get("team_id")?).or_default().push(Member::read(&row)?);
    }
    for team in teams {
        team.members = members.remove(&team.id).unwrap_or_default();
    }
    Ok(())
}

/// Writes who left and who joined, or is described otherwise; all other rows stay as they are.
pub(crate) async fn change(
    connection: &mut Connection,
    tenant: &str,
    team: &str,
    old: &[Member],
    new: &[Member],
) -> Result<(), Failure> {
    let mut left: HashMap<&str, &Member> = old.iter().map(|member| (member.member_id.as_str(), member)).collect();
    let upsert = columns::insert::<Member>(&["tenant", "team_id"], "team_members")
        + " ON CONFLICT (tenant, team_id, member_id) DO UPDATE SET display = excluded.display, kind = excluded.kind";
    for member in new {
        if left.remove(member.member_id.as_str()) != Some(member) {
            let statement = sqlx::query(AssertSqlSafe(upsert.as_str())).bind(tenant).bind(team);
            member.bind(statement)?.execute(&mut *connection).await?;
        }
    }
    for member in left.into_keys() {
        let leave = sqlx::query("DELETE FROM team_members WHERE tenant = $1 AND team_id = $2 AND member_id = $3");
        leave.bind(tenant).bind(team).bind(member).execute(&mut *connection).await?;
    }
    Ok(())
}

/// Makes a new version of a team whose members change.
pub(crate) async fn touch(
    connection: &mut Connection,
    tenant: &str,
    id: &str,
    now: DateTime,
) -> Result<(), sqlx::Error> {
    let sql = "UPDATE teams SET version = version + 1, updated_at = $3 WHERE tenant = $1 AND id = $2";
    sqlx::query(sql).bind(tenant).bind(id).bind(now.unix_millis()).execute(connection).await?;
    Ok(())
}

/// Takes somebody who is gone out of all teams. The teams change by that: one after the other in the order of their ids,
/// so that two who do this do not wait for each other.
pub(crate) async fn forget(connection: &mut Connection, tenant: &str, member: &str) -> Result<(), sqlx::Error> {
    // What has an id from here is found by it: a UUID is its own key.
    let teams = "SELECT team_id FROM team_members WHERE tenant = $1 AND member_key = $2 ORDER BY team_id";
    let teams = sqlx::query(teams).bind(tenant).bind(member).fetch_all(&mut *connection).await?;
    let now = DateTime::now();
    for team in teams {
        let team: String = team.try_get("team_id")?;
        if Listing::id(&scope(&[tenant]), &team).lock(connection).await?.is_none() {
            continue;
        }
        let leave = "DELETE FROM team_members WHERE tenant = $1 AND team_id = $2 AND member_id = $3";
        let leave = sqlx::query(leave).bind(tenant).bind(&team).bind(member).execute(&mut *connection).await?;
        // Somebody else may have done it before the team was locked.
        if leave.rows_affected() > 0 {
            touch(connection, tenant, &team, now).await?;
        }
    }
    Ok(())
}
