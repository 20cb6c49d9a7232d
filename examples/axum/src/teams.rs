//! The store of teams. Their members are rows of another table (`members.rs`); what a PATCH does to them stands in
//! `team_patch.rs`.

use std::collections::HashSet;

use async_trait::async_trait;
use scim_core::{
    Context,
    json::Projection,
    path,
    reflect::DateTime,
    schema::Path,
    sql::{Column, Element},
    store::{Change, Creation, Delta, DeltaOutcome, Page, Precondition, Query, Removal, Store, StoreError, Stored},
};
use sqlx::{AssertSqlSafe, Row, any::AnyRow};

use crate::{
    columns::{self, Columns},
    database::{Connection, Database},
    error::{Failure, Unique},
    listing::{Listing, Scope},
    members,
    team::{Member, Team},
    team_patch,
};

pub(crate) const NAME: Path = path::<Team>("displayName");
pub(crate) const MEMBERS: Path = path::<Team>("members");
const MEMBER: Path = path::<Team>("members.value");
const CREATED: Path = path::<Team>("meta.created");
const MODIFIED: Path = path::<Team>("meta.lastModified");

const TABLE: &str = "teams";

/// The rows of a tenant.
pub(crate) fn scope<'s>(tenant: &'s [&'s str]) -> Scope<'s> {
    Scope { table: TABLE, columns: &["tenant"], values: tenant }
}

/// Which attribute a unique index is about.
const UNIQUE: &[Unique] = &[("teams.name_key", NAME), ("teams.id", Path::ID)];

/// Where the attributes of a team are in SQL, for filters and order.
pub(crate) fn column(path: Path) -> Column {
    match path {
        Path::ID => Column::ascii("teams.id"),
        Path::EXTERNAL_ID => Column::key("teams.external_id_key"),
        CREATED => Column::unix_millis("teams.created_at"),
        MODIFIED => Column::unix_millis("teams.updated_at"),
        NAME => Column::key("teams.name_key").empty_is_absent(),
        MEMBERS => {
            let rows = Element::rows("team_members AS m", "m.tenant = teams.tenant AND m.team_id = teams.id");
            let rows = rows.ordered_by("m.position").lookup("m.team_id", "m.tenant = $1");
            Column::list([rows.with(MEMBER, Column::key("m.member_key").empty_is_absent())])
        }
        _ => Column::unsupported(),
    }
}

/// The teams in the database.
#[derive(Clone, Debug)]
pub struct Teams {
    database: Database,
}

impl Teams {
    /// The teams in a database.
    #[must_use]
    pub fn new(database: Database) -> Self {
        Self { database }
    }
}

#[async_trait]
impl Store<Team> for Teams {
    async fn get(&self, cx: &Context, id: &str, wanted: &Projection) -> Result<Option<Stored<Team>>, StoreError> {
        let (listing, with_members) = (&Listing::id(&scope(&[cx.tenant()]), id), wanted.includes(MEMBERS));
        let found = self.database.read(|mut reading| async move {
            let found = select(&mut reading, cx.tenant(), listing, with_members).await?;
            Ok((reading, found))
        });
        Ok(found.await?.into_iter().next().map(Stored::from))
    }

    async fn search(&self, cx: &Context, query: &Query<'_>) -> Result<Page<Team>, StoreError> {
        let listing = &Listing::query(&scope(&[cx.tenant()]), self.database.dialect, query, &column);
        // Entra asks for teams without their members, of which there may be many thousands. But where the framework looks
        // at candidates, it may look at their members.
        let with_members = !listing.is_page || query.projection.includes(MEMBERS);
        let page = self.database.list(query, |mut reading| async move {
            let found = select(&mut reading, cx.tenant(), listing, with_members).await?;
            let page = listing.page(&mut reading, found).await?;
            Ok((reading, page))
        });
        page.await
    }

    async fn create(&self, cx: &Context, creation: Creation<'_, Team>) -> Result<Stored<Team>, StoreError> {
        let mut new = creation.into_state();
        new.version = 1;
        keep_first(&mut new.members);
        let state = &new;
        let created = self.database.write(UNIQUE, |mut writing| async move {
            insert(&mut writing, cx.tenant(), state).await?;
            Ok((writing, ()))
        });
        created.await?;
        Ok(new.into())
    }

    async fn replace(&self, cx: &Context, change: Change<'_, Team>) -> Result<Stored<Team>, StoreError> {
        let (id, old, tenant) = (change.id(), change.old(), cx.tenant());
        let mut new = change.into_state();
        keep_first(&mut new.members);
        let state = &new;
        let replaced = self.database.write(UNIQUE, |mut writing| async move {
            let statement = sqlx::query(AssertSqlSafe(columns::update::<Team>(TABLE)));
            let statement = statement.bind(tenant).bind(id).bind(old.version);
            let statement = state.bind(statement.bind(state.updated_at.map(DateTime::unix_millis)))?;
            if statement.execute(&mut *writing).await?.rows_affected() == 0 {
                // It is gone, or has another version.
                Listing::id(&scope(&[tenant]), id).lock_as(&mut writing, Precondition::None).await?;
                return Err(Failure::Store(StoreError::VersionMismatch));
            }
            members::change(&mut writing, tenant, id, &old.members, &state.members).await?;
            Ok((writing, ()))
        });
        replaced.await?;
        new.version = old.version + 1;
        Ok(new.into())
    }

    async fn delete(&self, cx: &Context, removal: Removal<'_>) -> Result<Option<Stored<Team>>, StoreError> {
        let (id, tenant) = (removal.id(), cx.tenant());
        let deleted = self.database.write(UNIQUE, |mut writing| async move {
            let listing = Listing::id(&scope(&[tenant]), id);
            listing.lock_as(&mut writing, removal.expected()).await?;
            let old =
                if removal.returns_old() { select(&mut writing, tenant, &listing, true).await? } else { Vec::new() };
            // Its members' rows go with the team.
            let delete = sqlx::query("DELETE FROM teams WHERE tenant = $1 AND id = $2").bind(tenant).bind(id);
            delete.execute(&mut *writing).await?;
            // A team may be a member, too.
            members::forget(&mut writing, tenant, id).await?;
            Ok((writing, old))
        });
        Ok(deleted.await?.into_iter().next().map(Stored::from))
    }

    fn supports_deltas(&self) -> bool {
        true
    }

    async fn apply_delta(&self, cx: &Context, delta: Delta<'_>) -> Result<DeltaOutcome, StoreError> {
        let Some(steps) = team_patch::steps(delta.effects()) else { return Ok(DeltaOutcome::Unsupported) };
        let (tenant, steps, delta) = (cx.tenant(), &steps, &delta);
        let version = self.database.write(UNIQUE, |mut writing| async move {
            // Whoever changes the team waits here, before a row of a member is touched: nobody holds what another waits for.
            let team = Listing::id(&scope(&[tenant]), delta.id());
            let mut version = team.lock_as(&mut writing, delta.expected()).await?;
            let mut changed = 0;
            for step in steps {
                changed += step.run(&mut writing, tenant, delta.id()).await?;
            }
            // Who is a member already and is added again changes nothing, so the team keeps its version.
            if changed > 0 {
                version += 1;
                members::touch(&mut writing, tenant, delta.id(), delta.now()).await?;
            }
            Ok((writing, version))
        });
        Ok(DeltaOutcome::Applied { version: Some(version.await?.to_string()) })
    }
}

/// The listed teams, with their members or without.
async fn select(
    connection: &mut Connection,
    tenant: &str,
    listing: &Listing,
    with_members: bool,
) -> Result<Vec<Team>, sqlx::Error> {
    let select = columns::select::<Team>("id, version, created_at, updated_at");
    let statement = sqlx::query(AssertSqlSafe(format!("{select} FROM {}", listing.rows())));
    let rows = listing.bind(statement).fetch_all(&mut *connection).await?;
    let mut teams = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    if !with_members || teams.is_empty() {
        return Ok(teams);
    }
    members::load(connection, tenant, listing, &mut teams).await?;
    Ok(teams)
}

fn read(row: &AnyRow) -> Result<Team, sqlx::Error> {
    Ok(Team {
        id: row.try_get("id")?,
        version: row.try_get("version")?,
        created_at: Some(DateTime::from_unix_millis(row.try_get("created_at")?)),
        updated_at: Some(DateTime::from_unix_millis(row.try_get("updated_at")?)),
        ..Team::read(row)?
    })
}

async fn insert(connection: &mut Connection, tenant: &str, new: &Team) -> Result<(), Failure> {
    let own = ["tenant", "id", "version", "created_at", "updated_at"];
    let statement = sqlx::query(AssertSqlSafe(columns::insert::<Team>(&own, TABLE)));
    let statement = statement.bind(tenant).bind(&new.id).bind(new.version);
    let statement =
        statement.bind(new.created_at.map(DateTime::unix_millis)).bind(new.updated_at.map(DateTime::unix_millis));
    new.bind(statement)?.execute(&mut *connection).await?;
    members::change(connection, tenant, &new.id, &[], &new.members).await
}

/// Nobody is a member twice.
fn keep_first(members: &mut Vec<Member>) {
    let mut known = HashSet::new();
    members.retain(|member| known.insert(member.member_id.clone()));
}
