//! The store of teams. Members are rows: one that joins is one row, however large the team is. What a PATCH does to them
//! stands in `team_patch.rs`.

use std::collections::{HashMap, HashSet};

use async_trait::async_trait;
use scim_core::{
    access::DateTime,
    json::Projection,
    schema::{Path, path},
    server::Context,
    store::{Change, Delta, DeltaAnswer, Page, Precondition, Query, Store, StoreError},
};
use sqlx::{AssertSqlSafe, Row, SqliteConnection, SqlitePool, sqlite::SqliteRow};

use crate::{
    columns::{self, Columns},
    database::{WRITE, version},
    error::{failed, write_failed},
    filter::Selection,
    team::{Member, Team},
    team_patch,
};

pub(crate) const NAME: Path = path::<Team>("displayName");
pub(crate) const MEMBERS: Path = path::<Team>("members");

/// Which attribute a unique index is about.
const UNIQUE: &[(&str, Path)] = &[("teams.name_key", NAME), ("teams.id", Path::ID)];

/// What can be looked up in SQL.
fn lookup(path: Path) -> Option<&'static str> {
    match path {
        Path::ID => Some("id = :key"),
        Path::EXTERNAL_ID => Some("external_key = :key"),
        NAME => Some("name_key = :key"),
        _ => None,
    }
}

/// The teams in the database.
#[derive(Clone, Debug)]
pub struct Teams {
    pool: SqlitePool,
}

impl Teams {
    /// The teams in a database that was opened by [`open`](crate::database::open).
    #[must_use]
    pub fn new(pool: SqlitePool) -> Self {
        Self { pool }
    }
}

#[async_trait]
impl Store<Team> for Teams {
    async fn get(&self, cx: &Context, id: &str, wanted: &Projection) -> Result<Option<Team>, StoreError> {
        let mut reading = self.pool.begin().await.map_err(failed)?;
        let selection = Selection::id(cx.tenant(), id);
        let found = select(&mut reading, &selection, wanted.includes(MEMBERS)).await.map_err(failed)?;
        Ok(found.into_iter().next())
    }

    async fn search(&self, cx: &Context, query: &Query<'_>) -> Result<Page<Team>, StoreError> {
        let mut selection = Selection::query(cx.tenant(), query, lookup);
        let mut reading = self.pool.begin().await.map_err(failed)?;
        if !selection.is_exact {
            selection.page(query);
            // The framework looks at the candidates, maybe at their members.
            return select(&mut reading, &selection, true).await.map(Page::candidates).map_err(failed);
        }
        let total = selection.count(&mut reading, "teams").await.map_err(failed)?;
        selection.page(query);
        // Entra asks for teams without their members, of which there may be many thousands.
        let page = select(&mut reading, &selection, query.projection.includes(MEMBERS)).await.map_err(failed)?;
        Ok(Page::exact(page, total))
    }

    async fn create(&self, cx: &Context, new: Team) -> Result<Team, StoreError> {
        let mut writing = self.pool.begin_with(WRITE).await.map_err(failed)?;
        let created = insert(&mut writing, cx.tenant(), new).await.map_err(|error| write_failed(error, UNIQUE))?;
        writing.commit().await.map_err(failed)?;
        Ok(created)
    }

    async fn replace(&self, cx: &Context, change: Change<'_, Team>) -> Result<Team, StoreError> {
        let mut writing = self.pool.begin_with(WRITE).await.map_err(failed)?;
        let old = change.old();
        let (id, mut new) = (change.id(), change.into_new());
        let statement = sqlx::query(AssertSqlSafe(columns::update::<Team>("teams")));
        let statement = new.bind(statement.bind(new.updated_at.map(DateTime::unix_millis)));
        let statement = statement.bind(cx.tenant()).bind(id).bind(old.version);
        let updated = statement.execute(&mut *writing).await.map_err(|error| write_failed(error, UNIQUE))?;
        if updated.rows_affected() == 0 {
            let stored = version(&mut writing, "teams", cx.tenant(), id).await.map_err(failed)?;
            return Err(if stored.is_some() { StoreError::Version } else { StoreError::NotFound });
        }
        change_members(&mut writing, cx.tenant(), id, &old.members, &mut new.members).await.map_err(failed)?;
        writing.commit().await.map_err(failed)?;
        new.version = old.version + 1;
        Ok(new)
    }

    async fn delete(&self, cx: &Context, id: &str, expected: Precondition<'_>) -> Result<(), StoreError> {
        let mut writing = self.pool.begin_with(WRITE).await.map_err(failed)?;
        let stored = version(&mut writing, "teams", cx.tenant(), id).await.map_err(failed)?;
        let stored = stored.ok_or(StoreError::NotFound)?;
        if !expected.admits(&stored.to_string()) {
            return Err(StoreError::Version);
        }
        // Its members' rows go with the team.
        let delete = sqlx::query("DELETE FROM teams WHERE tenant = ? AND id = ?").bind(cx.tenant()).bind(id);
        delete.execute(&mut *writing).await.map_err(failed)?;
        // A team may be a member, too.
        forget_member(&mut writing, cx.tenant(), id).await.map_err(failed)?;
        writing.commit().await.map_err(failed)
    }

    fn takes_deltas(&self) -> bool {
        true
    }

    async fn patch(&self, cx: &Context, delta: Delta<'_>) -> Result<DeltaAnswer, StoreError> {
        let Some(steps) = team_patch::steps(delta.effects) else { return Ok(DeltaAnswer::NotTaken) };
        let (tenant, id) = (cx.tenant(), delta.id);
        let mut writing = self.pool.begin_with(WRITE).await.map_err(failed)?;
        let stored = version(&mut writing, "teams", tenant, id).await.map_err(failed)?;
        let mut stored = stored.ok_or(StoreError::NotFound)?;
        if !delta.expected.admits(&stored.to_string()) {
            return Err(StoreError::Version);
        }
        let mut changed = 0;
        for step in &steps {
            let run = step.run(&mut writing, tenant, id).await;
            changed += run.map_err(|error| write_failed(error, UNIQUE))?;
        }
        // Who is a member already and is added again changes nothing, so the team keeps its version.
        if changed > 0 {
            stored += 1;
            let touch = sqlx::query("UPDATE teams SET version = ?, updated_at = ? WHERE tenant = ? AND id = ?");
            let touch = touch.bind(stored).bind(delta.now.unix_millis()).bind(tenant).bind(id);
            touch.execute(&mut *writing).await.map_err(failed)?;
        }
        writing.commit().await.map_err(failed)?;
        Ok(DeltaAnswer::Made { version: Some(stored.to_string()) })
    }
}

/// Takes somebody who is gone out of all teams. The teams change by that.
pub(crate) async fn forget_member(
    connection: &mut SqliteConnection,
    tenant: &str,
    member: &str,
) -> Result<(), sqlx::Error> {
    let touch = "UPDATE teams SET version = version + 1, updated_at = ? WHERE tenant = ? AND id IN \
                 (SELECT team_id FROM team_members WHERE tenant = ? AND member_id = ?)";
    let now = DateTime::now().unix_millis();
    let touch = sqlx::query(touch).bind(now).bind(tenant).bind(tenant).bind(member);
    touch.execute(&mut *connection).await?;
    let leave = sqlx::query("DELETE FROM team_members WHERE tenant = ? AND member_id = ?").bind(tenant).bind(member);
    leave.execute(connection).await?;
    Ok(())
}

/// The selected teams, with their members or without.
async fn select(
    connection: &mut SqliteConnection,
    selection: &Selection,
    with_members: bool,
) -> Result<Vec<Team>, sqlx::Error> {
    let select = columns::select::<Team>("id, version, created_at, updated_at", "teams");
    let statement = sqlx::query(AssertSqlSafe(format!("{select}{}", selection.sql())));
    let rows = selection.bind(statement).fetch_all(&mut *connection).await?;
    let mut teams = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    if !with_members {
        return Ok(teams);
    }
    let select = columns::select::<Member>("team_id", "team_members");
    let sql =
        format!("{select} WHERE tenant = ?1 AND team_id IN (SELECT id FROM teams{}) ORDER BY rowid", selection.sql());
    let mut members: HashMap<String, Vec<Member>> = HashMap::new();
    for row in selection.bind(sqlx::query(AssertSqlSafe(sql))).fetch_all(connection).await? {
        members.entry(row.try_get("team_id")?).or_default().push(Member::read(&row)?);
    }
    for team in &mut teams {
        team.members = members.remove(&team.id).unwrap_or_default();
    }
    Ok(teams)
}

fn read(row: &SqliteRow) -> Result<Team, sqlx::Error> {
    Ok(Team {
        id: row.try_get("id")?,
        version: row.try_get("version")?,
        created_at: Some(DateTime::from_unix_millis(row.try_get("created_at")?)),
        updated_at: Some(DateTime::from_unix_millis(row.try_get("updated_at")?)),
        ..Team::read(row)?
    })
}

async fn insert(connection: &mut SqliteConnection, tenant: &str, mut new: Team) -> Result<Team, sqlx::Error> {
    new.version = 1;
    let own = ["tenant", "id", "version", "created_at", "updated_at"];
    let statement = sqlx::query(AssertSqlSafe(columns::insert::<Team>(&own, "teams")));
    let statement = statement.bind(tenant).bind(&new.id).bind(new.version);
    let statement =
        statement.bind(new.created_at.map(DateTime::unix_millis)).bind(new.updated_at.map(DateTime::unix_millis));
    new.bind(statement).execute(&mut *connection).await?;
    change_members(connection, tenant, &new.id, &[], &mut new.members).await?;
    Ok(new)
}

/// Writes who left and who joined, or is described otherwise; all other rows stay as they are.
async fn change_members(
    connection: &mut SqliteConnection,
    tenant: &str,
    team: &str,
    old: &[Member],
    new: &mut Vec<Member>,
) -> Result<(), sqlx::Error> {
    let mut left: HashMap<&str, &Member> = old.iter().map(|member| (member.member_id.as_str(), member)).collect();
    let upsert = columns::insert::<Member>(&["tenant", "team_id"], "team_members")
        + " ON CONFLICT (tenant, team_id, member_id) DO UPDATE SET display = excluded.display, kind = excluded.kind";
    // Nobody is a member twice.
    let mut known = HashSet::new();
    new.retain(|member| known.insert(member.member_id.clone()));
    for member in new.iter() {
        if left.remove(member.member_id.as_str()) != Some(member) {
            let statement = sqlx::query(AssertSqlSafe(upsert.as_str())).bind(tenant).bind(team);
            member.bind(statement).execute(&mut *connection).await?;
        }
    }
    for member in left.into_keys() {
        let leave = sqlx::query("DELETE FROM team_members WHERE tenant = ? AND team_id = ? AND member_id = ?");
        leave.bind(tenant).bind(team).bind(member).execute(&mut *connection).await?;
    }
    Ok(())
}
