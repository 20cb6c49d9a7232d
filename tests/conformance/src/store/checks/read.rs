//! Point 3: what is read is what was written last.

use std::sync::Arc;

use super::super::{
    bench::{Bench, Tenant},
    compare::{id, keeps_versions, meta, version},
    random::WORDS,
    report::{Verdict, ensure},
    tasks::Call,
};
use scim_core::{
    compat::Tolerance,
    json::Projection,
    reflect::{Edit, Resource, Scalar},
    schema::Path,
    store::StoreError,
};

/// How many generated resources are stored and read again.
const RESOURCES: usize = 30;

/// Demands that two states are the same, also in what the server writes.
fn same<R: Resource>(bench: &Bench<R>, left: &R, right: &R, what: &str) -> Verdict {
    let differences = bench.setup.differences(left, right);
    ensure!(differences.is_empty(), "{what}: {}", differences.join("; "));
    let (left, right) = (meta(left), meta(right));
    ensure!(left == right, "{what}: `meta` is {right}, not {left}");
    Ok(())
}

pub(super) async fn stored<R: Resource>(bench: Arc<Bench<R>>) -> Verdict {
    let tenant = bench.tenant();
    // Each of the odd texts is met, whatever the seed.
    let words = WORDS.iter().map(|word| Some(*word));
    for word in words.chain(std::iter::repeat_n(None, RESOURCES)) {
        let mut new = bench.fresh()?;
        for path in bench.setup.texts().filter(|path| !bench.setup.is_unique(*path)) {
            let _ = word.is_some_and(|word| bench.setup.set_text(&mut new, path, word));
        }
        let new = bench.adjusted(new)?;
        let created = tenant.add(new.clone()).await?;
        let mut given = new.clone();
        // The store may make ids itself.
        let _ = given.edit(Path::ID.steps(), Edit::Set(Scalar::Str(id(&created).into())));
        let differences = bench.setup.differences(&given, &created);
        ensure!(differences.is_empty(), "`create` returned something else: {}", differences.join("; "));
        ensure!(!keeps_versions::<R>() || version(&created).is_some(), "`create` returned no version");
        same(&bench, &created, &tenant.read(&id(&created)).await?, "`get` after `create`")?;
    }
    Ok(())
}

pub(super) async fn replaced<R: Resource>(bench: Arc<Bench<R>>) -> Verdict {
    let tenant = bench.tenant();
    for _ in 0..RESOURCES / 3 {
        let mut stored = tenant.any().await?;
        for _ in 0..3 {
            let new = bench.revised(&stored)?;
            let replaced = tenant.change(&stored, new.clone()).await?;
            let differences = bench.setup.differences(&new, &replaced);
            ensure!(differences.is_empty(), "`replace` returned something else: {}", differences.join("; "));
            same(&bench, &replaced, &tenant.read(&id(&stored)).await?, "`get` after `replace`")?;
            stored = replaced;
        }
    }
    Ok(())
}

pub(super) async fn own_writes<R: Resource>(bench: Arc<Bench<R>>) -> Verdict {
    let tenant = bench.tenant();
    for _ in 0..bench.setup.rounds {
        let created = tenant.any().await?;
        seen(&tenant, &created, "`create`").await?;
        let replaced = tenant.change(&created, bench.revised(&created)?).await?;
        seen(&tenant, &replaced, "`replace`").await?;
        let id = id(&created);
        tenant.remove(&id).await?;
        for _ in 0..=bench.setup.stores.len() {
            ensure!(tenant.find(&id).await?.is_none(), "after `delete`, `get` still finds the resource");
            let (found, total) = tenant.list(Some(&by_id(&id))).await?;
            ensure!(found.is_empty() && total == 0, "after `delete`, `search` still finds the resource");
        }
    }
    Ok(())
}

pub(super) async fn deleted<R: Resource>(bench: Arc<Bench<R>>) -> Verdict {
    let tenant = bench.tenant();
    for is_conditional in [false, true] {
        let first = tenant.any().await?;
        let last = tenant.change(&first, bench.revised(&first)?).await?;
        let expected = version(&last).filter(|_| is_conditional);
        let old = tenant.take(&id(&last), expected.as_deref()).await;
        removed(&bench, &last, old.map_err(|error| tenant.unexpected("`delete`", &error))?)?;
    }
    for _ in 0..bench.setup.rounds {
        let stored = tenant.any().await?;
        let calls: [Call<Written<R>>; 2] = [
            Box::pin({
                let (tenant, old, new) = (tenant.clone(), stored.clone(), bench.revised(&stored)?);
                async move { Written::Replaced(tenant.replace(&id(&old), &old, new).await) }
            }),
            Box::pin({
                let (tenant, id) = (tenant.clone(), id(&stored));
                async move { Written::Deleted(tenant.take(&id, None).await) }
            }),
        ];
        let mut last = stored;
        let mut old = None;
        for written in bench.at_once(calls.into()).await? {
            match written {
                Written::Replaced(Ok(replaced)) => last = replaced,
                // The deletion came first.
                Written::Replaced(Err(StoreError::NotFound | StoreError::VersionMismatch)) => {}
                Written::Replaced(Err(error)) => return Err(tenant.unexpected("`replace`", &error)),
                Written::Deleted(Ok(removed)) => old = removed,
                Written::Deleted(Err(error)) => return Err(tenant.unexpected("`delete`", &error)),
            }
        }
        // A change that makes a resource again is the finding of another check.
        if tenant.find(&id(&last)).await?.is_none() {
            removed(&bench, &last, old)?;
        }
    }
    Ok(())
}

/// The result of one of two writes at once.
enum Written<R> {
    Replaced(Result<R, StoreError>),
    Deleted(Result<Option<R>, StoreError>),
}

/// Demands that a deletion returned the last state.
fn removed<R: Resource>(bench: &Bench<R>, last: &R, old: Option<R>) -> Verdict {
    let Some(old) = old else { return Err(super::failed("`delete` did not return the state that it removed")) };
    same(bench, last, &old, "`delete` returned another state than the one that it removed")
}

/// Demands that every handle shows a state, one by one and in a list.
async fn seen<R: Resource>(tenant: &Tenant<R>, state: &R, after: &str) -> Verdict {
    let (bench, id) = (&tenant.bench, id(state));
    for _ in 0..=bench.setup.stores.len() {
        same(bench, state, &tenant.read(&id).await?, &format!("`get` after {after}"))?;
        let (found, _) = tenant.list(Some(&by_id(&id))).await?;
        let [found] = found.as_slice() else {
            let count = found.len();
            return Err(super::failed(format!("after {after}, `search` for the id finds {count} resources")));
        };
        same(bench, state, found, &format!("`search` after {after}"))?;
    }
    Ok(())
}

fn by_id(id: &str) -> String {
    format!("id eq {}", serde_json::Value::from(id))
}

pub(super) async fn projection<R: Resource>(bench: Arc<Bench<R>>) -> Verdict {
    let (tenant, setup) = (bench.tenant(), &bench.setup);
    let names: Vec<String> = setup.client_attributes().map(|(path, _)| setup.resource_type.name_of(path)).collect();
    for _ in 0..3 {
        let stored = tenant.any().await?;
        for name in &names {
            let name = [name.as_str()];
            let only = Projection::only(&setup.resource_type, name, &Tolerance::default());
            let without = Projection::without(&setup.resource_type, name, &Tolerance::default());
            for wanted in [only, without] {
                let found = tenant.get_for(&id(&stored), &wanted).await;
                let found = found.map_err(|error| tenant.unexpected("`get`", &error))?;
                let Some(found) = found else { return Err(super::failed("`get` for some attributes finds nothing")) };
                let differences = setup.lacks(&stored, &found, &wanted);
                ensure!(differences.is_empty(), "`get` for some attributes: {}", differences.join("; "));
                ensure!(version(&found) == version(&stored), "`get` for some attributes returned another version");
            }
        }
    }
    Ok(())
}

pub(super) async fn unknown<R: Resource>(bench: Arc<Bench<R>>) -> Verdict {
    let tenant = bench.tenant();
    tenant.any().await?;
    let long = "x".repeat(2000);
    for id in [id(&bench.fresh()?).as_str(), "", "0", "-1", "no such id", "' OR 1=1 --", "%", "_", "ü\u{1f600}", &long]
    {
        let found = tenant.get_for(id, &Projection::DEFAULT).await;
        ensure!(matches!(found, Ok(None)), "`get` of the id {id:?} returned {}, not `None`", tenant.describe(&found));
    }
    Ok(())
}
