//! Point 2: compare-and-swap of the version.

use std::{collections::HashSet, sync::Arc};

use super::super::{
    bench::{Bench, CALLERS, Tenant},
    compare::{id, version},
    generate::texts,
    report::{Unmet, Verdict, ensure},
    tasks::Call,
};
use scim_core::{reflect::Resource, schema::Path, store::StoreError};

/// How many states of one resource must have different versions.
const STATES: usize = 40;
/// How often a caller takes up a change again that came too late.
const TRIES: usize = 1000;

/// Where any text can be written.
fn text<R: Resource>(bench: &Bench<R>) -> Verdict<Path> {
    bench.setup.own_text.ok_or_else(|| Unmet::not_applicable("no attribute takes any text"))
}

/// A resource whose version can be seen.
async fn versioned<R: Resource>(tenant: &Tenant<R>) -> Verdict<(R, String)> {
    let stored = tenant.any().await?;
    let version = version(&stored).ok_or_else(|| Unmet::not_applicable("the type has no field for `meta.version`"))?;
    Ok((stored, version))
}

pub(super) async fn new<R: Resource>(bench: Arc<Bench<R>>) -> Verdict {
    let tenant = bench.tenant();
    let (mut stored, first) = versioned(&tenant).await?;
    let path = text(&bench)?;
    let mut seen = HashSet::from([first]);
    for state in 0..STATES {
        // Back and forth between few states: a version made from the content would come back.
        let mut next = stored.clone();
        bench.setup.set_text(&mut next, path, ["a", "b"].into_iter().cycle().nth(state).unwrap_or_default());
        stored = tenant.change(&stored, next).await?;
        let Some(version) = version(&stored) else { return Err(Unmet::failed("`replace` returned no version")) };
        ensure!(!seen.contains(&version), "write {} gave version {version:?}, which was there before", state + 2);
        seen.insert(version);
    }
    let gone = id(&stored);
    tenant.remove(&gone).await?;
    let (next, version) = versioned(&tenant).await?;
    let is_reused = id(&next) == gone && seen.contains(&version);
    ensure!(!is_reused, "the id and a version of a removed resource were given again: {gone:?}, {version:?}");
    Ok(())
}

pub(super) async fn stale<R: Resource>(bench: Arc<Bench<R>>) -> Verdict {
    let tenant = bench.tenant();
    let first = tenant.any().await?;
    let second = tenant.change(&first, bench.revised(&first)?).await?;
    let late = tenant.replace(&id(&first), &first, bench.revised(&first)?).await;
    ensure!(
        matches!(late, Err(StoreError::VersionMismatch)),
        "`replace` of a state that is no longer stored returned {}, not `StoreError::VersionMismatch`",
        tenant.describe(&late)
    );
    tenant.unchanged(&second, "a change that came too late").await
}

pub(super) async fn race<R: Resource>(bench: Arc<Bench<R>>) -> Verdict {
    let tenant = bench.tenant();
    for _ in 0..bench.setup.rounds {
        let old = tenant.any().await?;
        let mut calls: Vec<Call<_>> = Vec::new();
        for _ in 0..CALLERS {
            let (tenant, old, new) = (tenant.clone(), old.clone(), bench.revised(&old)?);
            calls.push(Box::pin(async move { tenant.replace(&id(&old), &old, new).await }));
        }
        let answers = bench.at_once(calls).await?;
        let won: Vec<&R> = answers.iter().filter_map(|answer| answer.as_ref().ok()).collect();
        let [won] = *won else {
            let count = won.len();
            return Err(Unmet::failed(format!("of {CALLERS} changes at once from one state, {count} succeeded")));
        };
        for answer in &answers {
            let is_expected = matches!(answer, Ok(_) | Err(StoreError::VersionMismatch));
            ensure!(is_expected, "a change that lost a race returned {}", tenant.describe(answer));
        }
        tenant.unchanged(won, "a race that this change won").await?;
    }
    Ok(())
}

pub(super) async fn delete<R: Resource>(bench: Arc<Bench<R>>) -> Verdict {
    let tenant = bench.tenant();
    let (first, old) = versioned(&tenant).await?;
    let second = tenant.change(&first, bench.revised(&first)?).await?;
    let late = tenant.delete(&id(&first), Some(&old)).await;
    ensure!(
        matches!(late, Err(StoreError::VersionMismatch)),
        "`delete` with a version that is no longer stored returned {}, not `StoreError::VersionMismatch`",
        tenant.describe(&late)
    );
    tenant.unchanged(&second, "a `delete` that was refused").await?;
    let current = version(&second).unwrap_or_default();
    let gone = tenant.delete(&id(&first), Some(&current)).await;
    ensure!(
        gone.is_ok(),
        "`delete` with the stored version, as a weak entity tag, returned {}",
        tenant.describe(&gone)
    );
    ensure!(tenant.find(&id(&first)).await?.is_none(), "`get` finds a resource that was deleted");
    Ok(())
}

pub(super) async fn delete_race<R: Resource>(bench: Arc<Bench<R>>) -> Verdict {
    let tenant = bench.tenant();
    for _ in 0..bench.setup.rounds {
        let id = id(&tenant.any().await?);
        let call = |_| -> Call<_> {
            let (tenant, id) = (tenant.clone(), id.clone());
            Box::pin(async move { tenant.delete(&id, None).await })
        };
        let answers = bench.at_once((0..CALLERS).map(call).collect()).await?;
        let won = answers.iter().filter(|answer| answer.is_ok()).count();
        ensure!(won == 1, "of {CALLERS} calls of `delete` at once for one resource, {won} succeeded");
        for answer in &answers {
            let is_expected = matches!(answer, Ok(()) | Err(StoreError::NotFound));
            ensure!(is_expected, "a `delete` that lost a race returned {}", tenant.describe(answer));
        }
    }
    Ok(())
}

pub(super) async fn missing<R: Resource>(bench: Arc<Bench<R>>) -> Verdict {
    let tenant = bench.tenant();
    let gone = tenant.any().await?;
    tenant.remove(&id(&gone)).await?;
    let never = id(&bench.fresh()?);
    for id in [id(&gone), never, "no such id".to_owned()] {
        let answer = tenant.replace(&id, &gone, bench.revised(&gone)?).await;
        let is_expected = matches!(answer, Err(StoreError::NotFound));
        ensure!(is_expected, "`replace` of a missing resource returned {}", tenant.describe(&answer));
        for expected in [None, Some("1")] {
            let answer = tenant.delete(&id, expected).await;
            let is_expected = matches!(answer, Err(StoreError::NotFound));
            ensure!(is_expected, "`delete` of a missing resource returned {}", tenant.describe(&answer));
        }
        ensure!(tenant.find(&id).await?.is_none(), "a write to a missing resource made it");
    }
    Ok(())
}

pub(super) async fn lost_update<R: Resource>(bench: Arc<Bench<R>>) -> Verdict {
    let (tenant, path) = (bench.tenant(), text(&bench)?);
    for _ in 0..bench.setup.rounds {
        let mut start = bench.fresh()?;
        bench.setup.set_text(&mut start, path, "0");
        let stored = tenant.add(start).await?;
        let call = |number| -> Call<_> {
            let (tenant, id) = (tenant.clone(), id(&stored));
            Box::pin(async move { append(&tenant, &id, path, &format!(";{number}")).await })
        };
        bench.at_once((1..=CALLERS).map(call).collect()).await?.into_iter().collect::<Verdict>()?;
        let text = texts(&tenant.read(&id(&stored)).await?, path).concat();
        let found: HashSet<&str> = text.split(';').collect();
        let lost = CALLERS + 1 - found.len().min(CALLERS + 1);
        ensure!(lost == 0, "{CALLERS} callers each added a part to a text, {lost} of the parts are lost: {text:?}");
        tenant.remove(&id(&stored)).await?;
    }
    Ok(())
}

/// Adds to a text: read, changed in a copy, stored if nobody was faster, else again.
async fn append<R: Resource>(tenant: &Tenant<R>, id: &str, path: Path, part: &str) -> Verdict {
    for _ in 0..TRIES {
        let old = tenant.read(id).await?;
        let mut new = old.clone();
        let text = texts(&old, path).concat() + part;
        ensure!(tenant.bench.setup.set_text(&mut new, path, &text), "the attribute does not take {text:?}");
        match tenant.replace(id, &old, new).await {
            Ok(_) => return Ok(()),
            Err(StoreError::VersionMismatch) => {}
            Err(error) => return Err(tenant.unexpected("`replace`", &error)),
        }
    }
    Err(Unmet::failed(format!("a change came too late {TRIES} times, although everybody else is done")))
}
