//! Point 4: tenants.

use std::sync::Arc;

use super::super::{
    bench::Bench,
    compare::{id, with_new_id},
    report::{Verdict, ensure},
};
use scim_core::{reflect::Resource, store::StoreError};

pub(super) async fn read<R: Resource>(bench: Arc<Bench<R>>) -> Verdict {
    let [ours, theirs] = bench.two_tenants()?;
    for _ in 0..3 {
        let stored = ours.any().await?;
        theirs.any().await?;
        for _ in 0..bench.setup.stores.len() {
            ensure!(theirs.find(&id(&stored)).await?.is_none(), "`get` finds the resource of another tenant");
        }
    }
    Ok(())
}

pub(super) async fn search<R: Resource>(bench: Arc<Bench<R>>) -> Verdict {
    let [ours, theirs] = bench.two_tenants()?;
    let stored = ours.any().await?;
    let by_id = format!("id eq {}", serde_json::Value::from(id(&stored)));
    for count in 0..3 {
        for filter in [None, Some(by_id.as_str()), Some("id pr")] {
            let (found, total) = theirs.list(filter).await?;
            let is_ours = found.iter().any(|found| id(found) == id(&stored));
            ensure!(!is_ours, "`search` ({}) finds the resource of another tenant", filter.unwrap_or("all"));
            let own = if filter == Some(&by_id) { 0 } else { count };
            let what = filter.unwrap_or("all");
            ensure!(total == own, "`search` ({what}) of a tenant with {count} resources counts {total}");
        }
        theirs.any().await?;
    }
    Ok(())
}

pub(super) async fn write<R: Resource>(bench: Arc<Bench<R>>) -> Verdict {
    let [ours, theirs] = bench.two_tenants()?;
    let stored = ours.any().await?;
    // A tenant that exists may be what apart from one that does not.
    theirs.any().await?;
    let id = id(&stored);
    let replaced = theirs.replace(&id, &stored, theirs.moved_here(&bench.revised(&stored)?)).await;
    let is_expected = matches!(replaced, Err(StoreError::NotFound));
    ensure!(is_expected, "`replace` of another tenant's resource returned {}", theirs.describe(&replaced));
    ours.unchanged(&stored, "another tenant's `replace`").await?;
    for version in [None, super::super::compare::version(&stored)] {
        let deleted = theirs.delete(&id, version.as_deref()).await;
        let is_expected = matches!(deleted, Err(StoreError::NotFound));
        ensure!(is_expected, "`delete` of another tenant's resource returned {}", theirs.describe(&deleted));
        ours.unchanged(&stored, "another tenant's `delete`").await?;
    }
    Ok(())
}

pub(super) async fn unique<R: Resource>(bench: Arc<Bench<R>>) -> Verdict {
    let [ours, theirs] = bench.two_tenants()?;
    for _ in 0..3 {
        let new = bench.fresh()?;
        let stored = ours.add(new.clone()).await?;
        let again = theirs.create(with_new_id(&theirs.moved_here(&new))).await;
        again.map_err(|error| theirs.unexpected("`create` of what another tenant has", &error))?;
        ours.unchanged(&stored, "another tenant's `create` of the same").await?;
    }
    Ok(())
}
