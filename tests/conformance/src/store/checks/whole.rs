//! Point 5: all or nothing.

use std::sync::Arc;

use super::{
    super::{
        bench::{Bench, Tenant},
        compare::{id, version, with_new_id},
        generate::texts,
        report::{Verdict, ensure},
        tasks::polled,
    },
    failed,
};
use scim_core::{reflect::Resource, schema::Path, store::StoreError};

/// The most times that a call is polled before it is dropped.
const POLLS: usize = 64;
/// How often a change is taken up again after a lost race with a call that was dropped.
const TRIES: usize = 20;

/// The unique attributes that a new resource has a text in.
fn unique<R: Resource>(bench: &Bench<R>, holder: &R) -> Vec<(Path, String)> {
    let text = |path: &Path| Some((*path, texts(holder, *path).into_iter().next()?));
    bench.setup.unique.iter().filter_map(text).collect()
}

pub(super) async fn refused<R: Resource>(bench: Arc<Bench<R>>) -> Verdict {
    let tenant = bench.tenant();
    for _ in 0..5 {
        let (holder, mut other) = (tenant.any().await?, tenant.any().await?);
        for (path, taken) in unique(&bench, &holder) {
            if let Some(new) = bench.with_text(path, &taken)? {
                let before = all(&tenant).await?;
                let answer = tenant.create(new).await;
                as_before(&tenant, &before, answer.is_err(), "a `create` that was refused").await?;
            }
            let mut new = bench.revised(&other)?;
            if bench.setup.set_text(&mut new, path, &taken) {
                let before = all(&tenant).await?;
                if let Ok(stored) = tenant.replace(&id(&other), &other, new).await {
                    other = stored;
                    continue;
                }
                tenant.unchanged(&other, "a `replace` that was refused").await?;
                as_before(&tenant, &before, true, "a `replace` that was refused").await?;
            }
        }
        let changed = tenant.change(&other, bench.revised(&other)?).await?;
        let before = all(&tenant).await?;
        let late = tenant.replace(&id(&other), &other, bench.revised(&other)?).await;
        if late.is_err() {
            tenant.unchanged(&changed, "a `replace` that came too late").await?;
        }
        as_before(&tenant, &before, late.is_err(), "a `replace` that came too late").await?;
    }
    Ok(())
}

/// The ids and versions of all resources.
async fn all<R: Resource>(tenant: &Tenant<R>) -> Verdict<(Vec<(String, Option<String>)>, usize)> {
    let (found, total) = tenant.list(None).await?;
    let mut all: Vec<_> = found.iter().map(|resource| (id(resource), version(resource))).collect();
    all.sort_unstable();
    Ok((all, total))
}

/// Demands that a refused call left the list as it was. A call that was not refused is the finding of another check.
async fn as_before<R: Resource>(
    tenant: &Tenant<R>,
    before: &(Vec<(String, Option<String>)>, usize),
    was_refused: bool,
    after: &str,
) -> Verdict {
    if was_refused {
        let now = all(tenant).await?;
        ensure!(now.1 == before.1, "after {after} there are {} resources instead of {}", now.1, before.1);
        ensure!(now.0 == before.0, "after {after} ids or versions of the resources are others");
    }
    Ok(())
}

pub(super) async fn repeated<R: Resource>(bench: Arc<Bench<R>>) -> Verdict {
    let tenant = bench.tenant();
    let new = bench.fresh()?;
    let created = tenant.add(new.clone()).await?;
    // A client that did not get the answer sends the request again, and the framework gives it another id.
    if !unique(&bench, &new).is_empty() {
        let again = tenant.create(with_new_id(&new)).await;
        let is_expected = matches!(again, Err(StoreError::Conflict(_)));
        ensure!(is_expected, "the same `create` again returned {}, not a conflict", tenant.describe(&again));
        let (_, total) = tenant.list(None).await?;
        ensure!(total == 1, "after the same `create` twice there are {total} resources");
    }
    tenant.unchanged(&created, "the same `create` again").await?;
    let change = bench.revised(&created)?;
    let replaced = tenant.change(&created, change.clone()).await?;
    let again = tenant.replace(&id(&created), &created, change).await;
    let is_expected = matches!(again, Err(StoreError::VersionMismatch));
    ensure!(
        is_expected,
        "the same `replace` again returned {}, not `StoreError::VersionMismatch`",
        tenant.describe(&again)
    );
    tenant.unchanged(&replaced, "the same `replace` again").await?;
    tenant.remove(&id(&created)).await?;
    let again = tenant.delete(&id(&created), None).await;
    ensure!(matches!(again, Err(StoreError::NotFound)), "the same `delete` again returned {}", tenant.describe(&again));
    Ok(())
}

pub(super) async fn dropped<R: Resource>(bench: Arc<Bench<R>>) -> Verdict {
    let tenant = bench.tenant();
    for polls in 1..=POLLS {
        let is_created = dropped_create(&tenant, polls).await?;
        let is_replaced = dropped_replace(&tenant, polls).await?;
        let is_deleted = dropped_delete(&tenant, polls).await?;
        if is_created && is_replaced && is_deleted {
            break;
        }
    }
    Ok(())
}

async fn dropped_create<R: Resource>(tenant: &Tenant<R>, polls: usize) -> Verdict<bool> {
    let bench = &tenant.bench;
    let after = format!("after a `create` that was dropped at its await point {polls}");
    let new = bench.fresh()?;
    let answer = polled(tenant.create(new.clone()), polls).await;
    let is_same = |found: &Option<R>| match found {
        Some(found) => bench.setup.differences(&new, found),
        None => Vec::new(),
    };
    let differences = is_same(&tenant.find(&id(&new)).await?);
    ensure!(differences.is_empty(), "{after} a part is stored: {}", differences.join("; "));
    // The client asks again.
    match tenant.create(with_new_id(&new)).await {
        Ok(created) => {
            let found = tenant.find(&id(&created)).await?;
            ensure!(found.is_some(), "{after} the same `create` succeeds, but stores nothing");
        }
        Err(StoreError::Conflict(_)) => {
            let found = tenant.find(&id(&new)).await?;
            let differences = is_same(&found);
            ensure!(differences.is_empty(), "{after} a part is stored: {}", differences.join("; "));
            let is_own_id = matches!(&answer, Some(Ok(created)) if id(created) != id(&new));
            ensure!(found.is_some() || is_own_id, "{after} the same `create` conflicts with nothing that can be found");
        }
        Err(error) => return Err(tenant.unexpected(&format!("{after} the same `create`"), &error)),
    }
    Ok(answer.is_some())
}

async fn dropped_replace<R: Resource>(tenant: &Tenant<R>, polls: usize) -> Verdict<bool> {
    let bench = &tenant.bench;
    let after = format!("after a `replace` that was dropped at its await point {polls}");
    let old = tenant.any().await?;
    let new = bench.revised(&old)?;
    let is_done = polled(tenant.replace(&id(&old), &old, new.clone()), polls).await.is_some();
    for _ in 0..TRIES {
        let found = tenant.read(&id(&old)).await?;
        let (from_old, from_new) = (bench.setup.differences(&old, &found), bench.setup.differences(&new, &found));
        let is_whole = from_old.is_empty() || from_new.is_empty();
        ensure!(is_whole, "{after} a part is stored: {}, {}", from_old.join("; "), from_new.join("; "));
        let is_new = version(&found) != version(&old);
        ensure!(from_old.is_empty() || is_new || version(&old).is_none(), "{after} the new state has the old version");
        match tenant.replace(&id(&old), &found, bench.revised(&found)?).await {
            Ok(_) => return Ok(is_done),
            // What was dropped came to its end meanwhile.
            Err(StoreError::VersionMismatch) => {}
            Err(error) => return Err(tenant.unexpected(&format!("{after} another `replace`"), &error)),
        }
    }
    Err(failed(format!("{after} no `replace` succeeds")))
}

async fn dropped_delete<R: Resource>(tenant: &Tenant<R>, polls: usize) -> Verdict<bool> {
    let bench = &tenant.bench;
    let after = format!("after a `delete` that was dropped at its await point {polls}");
    let new = bench.fresh()?;
    let old = tenant.add(new.clone()).await?;
    let is_done = polled(tenant.delete(&id(&old), None), polls).await.is_some();
    if let Some(found) = tenant.find(&id(&old)).await? {
        let differences = bench.setup.differences(&old, &found);
        ensure!(differences.is_empty(), "{after} a part is left: {}", differences.join("; "));
    }
    match tenant.delete(&id(&old), None).await {
        Ok(()) | Err(StoreError::NotFound) => {}
        Err(error) => return Err(tenant.unexpected(&format!("{after} another `delete`"), &error)),
    }
    ensure!(tenant.find(&id(&old)).await?.is_none(), "{after} another `delete` leaves the resource there");
    let mut again = bench.fresh()?;
    for (path, text) in unique(bench, &new) {
        bench.setup.set_text(&mut again, path, &text);
    }
    let answer = tenant.create(again).await;
    answer
        .map_err(|error| tenant.unexpected(&format!("{after} and another, `create` with its unique values"), &error))?;
    Ok(is_done)
}
