//! The PATCH of a team as SQL that reads no members: whoever joins is one row written, and the team's own is another.

use scim_core::{
    patch::{Effect, Effects},
    reflect::{Edit, Reflect, Scalar, Value},
    schema::Path,
};
use sqlx::AssertSqlSafe;

use crate::{
    columns::{self, Columns, Field, exact, indexed},
    database::Connection,
    error::Failure,
    team::Member,
    teams::{MEMBERS, NAME},
};

/// One step of a PATCH.
pub(crate) enum Step {
    Name(String),
    ExternalId(Option<String>),
    Join(Vec<Member>),
    Leave(Vec<String>),
    AllLeave,
}

/// The steps of a PATCH, or `None` if there is one among them that is not made here. Nothing is changed by that yet.
pub(crate) fn steps(effects: &Effects<'_>) -> Option<Vec<Step>> {
    effects.iter().map(step).collect()
}

fn step(effect: &Effect<'_>) -> Option<Step> {
    match effect {
        // An empty name is no name. The framework refuses that.
        Effect::Set(NAME, Scalar::Str(name)) if !name.is_empty() => Some(Step::Name(name.to_string())),
        Effect::Set(Path::EXTERNAL_ID, Scalar::Str(id)) => Some(Step::ExternalId(Some(id.to_string()))),
        Effect::Clear(Path::EXTERNAL_ID) => Some(Step::ExternalId(None)),
        Effect::Add(MEMBERS, nodes) => nodes.iter().map(member).collect::<Option<_>>().map(Step::Join),
        Effect::Remove(MEMBERS, values) => values.iter().map(text).collect::<Option<_>>().map(Step::Leave),
        Effect::Clear(MEMBERS) => Some(Step::AllLeave),
        // A client that replaces all members sends them all, so to load them all costs no more than that.
        _ => None,
    }
}

fn member(node: &Value<'_>) -> Option<Member> {
    let member = Member::create(&[], Edit::Insert(&mut node.clone())).ok()?;
    (!member.member_id.is_empty()).then_some(member)
}

fn text(scalar: &Scalar<'_>) -> Option<String> {
    if let Scalar::Str(text) = scalar { Some(text.to_string()) } else { None }
}

impl Step {
    /// Makes the step; answers how many rows are not as they were.
    pub(crate) async fn run(&self, connection: &mut Connection, tenant: &str, team: &str) -> Result<u64, Failure> {
        match self {
            Self::Name(name) => {
                let sql = "UPDATE teams SET name = $3, name_key = $4 WHERE tenant = $1 AND id = $2 AND name <> $3";
                let rename = name.bind(sqlx::query(sql).bind(tenant).bind(team))?.bind(indexed(name)?);
                Ok(rename.execute(connection).await?.rows_affected())
            }
            Self::ExternalId(external_id) => {
                let sql = "UPDATE teams SET external_id = $3, external_id_key = $4 \
                           WHERE tenant = $1 AND id = $2 AND external_id IS DISTINCT FROM $3";
                let update = external_id.bind(sqlx::query(sql).bind(tenant).bind(team))?.bind(exact(external_id)?);
                Ok(update.execute(connection).await?.rows_affected())
            }
            Self::Join(members) => {
                // Whoever is a member already stays as described then: members are told apart by their ids alone.
                let sql = columns::insert::<Member>(&["tenant", "team_id"], "team_members") + " ON CONFLICT DO NOTHING";
                let mut joined = 0;
                for member in members {
                    let join = member.bind(sqlx::query(AssertSqlSafe(sql.as_str())).bind(tenant).bind(team))?;
                    joined += join.execute(&mut *connection).await?.rows_affected();
                }
                Ok(joined)
            }
            Self::Leave(ids) => {
                let sql = "DELETE FROM team_members WHERE tenant = $1 AND team_id = $2 AND member_id = $3";
                let mut left = 0;
                // No text that is stored holds a NUL.
                for id in ids.iter().filter(|id| !id.contains('\0')) {
                    let leave = sqlx::query(sql).bind(tenant).bind(team).bind(id);
                    left += leave.execute(&mut *connection).await?.rows_affected();
                }
                Ok(left)
            }
            Self::AllLeave => {
                let sql = "DELETE FROM team_members WHERE tenant = $1 AND team_id = $2";
                Ok(sqlx::query(sql).bind(tenant).bind(team).execute(connection).await?.rows_affected())
            }
        }
    }
}
