//! Point 1: unique values.

use std::sync::Arc;

use unicode_normalization::{UnicodeNormalization as _, char::canonical_combining_class};

use super::super::{
    bench::{Bench, CALLERS, Tenant},
    compare::id,
    generate::texts,
    report::{Unmet, Verdict, ensure},
    tasks::Call,
};
use scim_core::{collation, reflect::Resource, schema::Path, store::StoreError};

/// A unique attribute with a value that it takes.
struct Unique {
    path: Path,
    name: String,
    value: String,
    case_exact: bool,
}

impl Unique {
    /// Other ways to write the value that are the same value.
    fn forms(&self) -> Vec<String> {
        let mut forms = vec![self.value.to_lowercase(), self.value.to_uppercase(), self.value.nfd().collect()];
        forms.push(self.value.to_uppercase().nfd().collect());
        // Full case folding is not done letter by letter.
        forms.push(self.value.replace("ss", "ß"));
        forms.retain(|form| *form != self.value && collation::eq(form, &self.value, self.case_exact));
        forms
    }

    /// Values that a sloppy comparison takes for the same.
    fn others(&self) -> Vec<String> {
        let plain = |letter: char| if letter.is_ascii() { letter } else { 'a' };
        let value = &self.value;
        let mut others = vec![format!("{value} "), format!(" {value}"), format!("{value}%"), value.to_uppercase()];
        others.push(value.chars().map(plain).collect());
        others.push(value.nfd().filter(|character| canonical_combining_class(*character) == 0).collect());
        others.retain(|other| !collation::eq(other, value, self.case_exact));
        others
    }
}

/// The unique attributes that clients write, each with a new value.
fn unique<R: Resource>(bench: &Bench<R>) -> Verdict<Vec<Unique>> {
    let setup = &bench.setup;
    let mut found = Vec::new();
    for path in &setup.unique {
        let number = bench.draw(super::super::random::Random::next) % 1_000_000_000;
        let values = [
            format!("Åsa Ärgerlass é_{number}"),
            format!("Asa{number}"),
            format!("{number:08x}-0000-4000-8000-00000000abcd"),
            number.to_string(),
        ];
        let probe = bench.fresh()?;
        let Some(value) = values.into_iter().find(|value| setup.set_text(&mut probe.clone(), *path, value)) else {
            bench.note(format!("`{}`: it takes none of the kit's values", setup.resource_type.name_of(*path)));
            continue;
        };
        let case_exact = setup.resource_type.attribute(*path).is_some_and(|attribute| attribute.case_exact);
        found.push(Unique { path: *path, name: setup.resource_type.name_of(*path), value, case_exact });
    }
    if found.is_empty() {
        return Err(Unmet::not_applicable("no attribute that clients write is unique"));
    }
    Ok(found)
}

/// A new resource with this value.
fn with<R: Resource>(bench: &Bench<R>, unique: &Unique, value: &str) -> Verdict<R> {
    let made = bench.with_text(unique.path, value)?;
    made.ok_or_else(|| Unmet::failed(format!("`{}` does not always take the value {value:?}", unique.name)))
}

/// Demands that a write was refused because of the attribute.
fn refused<R: Resource>(tenant: &Tenant<R>, answer: &Result<R, StoreError>, unique: &Unique, what: &str) -> Verdict {
    let name = &unique.name;
    match answer {
        Err(StoreError::Conflict(path)) => {
            let is_named = *path != Path::ROOT && (path.starts_with(unique.path) || unique.path.starts_with(*path));
            ensure!(is_named, "{what} returned {}, not one of `{name}`", tenant.describe(answer));
            Ok(())
        }
        Err(_) => {
            Err(Unmet::failed(format!("{what} with a `{name}` that is taken returned {}", tenant.describe(answer))))
        }
        Ok(_) => Err(Unmet::failed(format!("{what} with a `{name}` that is taken succeeded"))),
    }
}

pub(super) async fn create<R: Resource>(bench: Arc<Bench<R>>) -> Verdict {
    let tenant = bench.tenant();
    for unique in unique(&bench)? {
        tenant.add(with(&bench, &unique, &unique.value)?).await?;
        let answer = tenant.create(with(&bench, &unique, &unique.value)?).await;
        refused(&tenant, &answer, &unique, "`create`")?;
    }
    Ok(())
}

pub(super) async fn forms<R: Resource>(bench: Arc<Bench<R>>) -> Verdict {
    let tenant = bench.tenant();
    let mut checked = 0;
    for unique in unique(&bench)? {
        tenant.add(with(&bench, &unique, &unique.value)?).await?;
        for form in unique.forms() {
            let Some(new) = bench.with_text(unique.path, &form)? else { continue };
            checked += 1;
            let what = format!("while {:?} is stored, `create` of {form:?}", unique.value);
            refused(&tenant, &tenant.create(new).await, &unique, &what)?;
        }
    }
    if checked == 0 {
        return Err(Unmet::not_applicable("a value can be written in one way only"));
    }
    Ok(())
}

pub(super) async fn distinct<R: Resource>(bench: Arc<Bench<R>>) -> Verdict {
    let tenant = bench.tenant();
    for unique in unique(&bench)? {
        tenant.add(with(&bench, &unique, &unique.value)?).await?;
        for other in unique.others() {
            let Some(new) = bench.with_text(unique.path, &other)? else { continue };
            let stored = tenant.create(new).await.map_err(|error| {
                tenant.unexpected(&format!("while {:?} is stored, `create` of {other:?}", unique.value), &error)
            })?;
            tenant.remove(&id(&stored)).await?;
        }
    }
    Ok(())
}

pub(super) async fn replace<R: Resource>(bench: Arc<Bench<R>>) -> Verdict {
    let (tenant, setup) = (bench.tenant(), &bench.setup);
    for unique in unique(&bench)? {
        let holder = tenant.add(with(&bench, &unique, &unique.value)?).await?;
        let other = tenant.any().await?;
        let mut new = other.clone();
        ensure!(setup.set_text(&mut new, unique.path, &unique.value), "`{}` does not take a value", unique.name);
        refused(&tenant, &tenant.replace(&id(&other), &other, new).await, &unique, "`replace`")?;

        let own = tenant.replace(&id(&holder), &holder, holder.clone()).await;
        let mut holder =
            own.map_err(|error| tenant.unexpected("`replace` of a resource that keeps its unique value", &error))?;
        for form in unique.forms() {
            let mut new = holder.clone();
            if setup.set_text(&mut new, unique.path, &form) {
                let what = format!("`replace` by another form of its own value, {form:?},");
                let answer = tenant.replace(&id(&holder), &holder, new).await;
                holder = answer.map_err(|error| tenant.unexpected(&what, &error))?;
            }
        }
    }
    Ok(())
}

pub(super) async fn freed<R: Resource>(bench: Arc<Bench<R>>) -> Verdict {
    let (tenant, setup) = (bench.tenant(), &bench.setup);
    for unique in unique(&bench)? {
        let first = tenant.add(with(&bench, &unique, &unique.value)?).await?;
        tenant.remove(&id(&first)).await?;
        let again = tenant.create(with(&bench, &unique, &unique.value)?).await;
        let second =
            again.map_err(|error| tenant.unexpected("`create` with the value of a resource that is gone", &error))?;
        let free = bench.fresh()?;
        let mut new = second.clone();
        if let Some(text) = texts(&free, unique.path).first()
            && setup.set_text(&mut new, unique.path, text)
        {
            tenant.change(&second, new).await?;
            let again = tenant.create(with(&bench, &unique, &unique.value)?).await;
            again.map_err(|error| tenant.unexpected("`create` with a value that its holder gave up", &error))?;
        }
    }
    Ok(())
}

pub(super) async fn race<R: Resource>(bench: Arc<Bench<R>>) -> Verdict {
    let tenant = bench.tenant();
    for _ in 0..bench.setup.rounds {
        for unique in unique(&bench)? {
            let mut calls: Vec<Call<_>> = Vec::new();
            for _ in 0..CALLERS {
                let (tenant, new) = (tenant.clone(), with(&bench, &unique, &unique.value)?);
                calls.push(Box::pin(async move { tenant.create(new).await }));
            }
            one_wins(&tenant, &bench.at_once(calls).await?, &unique, "`create`")?;
        }
    }
    Ok(())
}

pub(super) async fn race_replace<R: Resource>(bench: Arc<Bench<R>>) -> Verdict {
    let tenant = bench.tenant();
    for _ in 0..bench.setup.rounds {
        for unique in unique(&bench)? {
            let mut calls: Vec<Call<_>> = Vec::new();
            for _ in 0..CALLERS {
                calls.push(rename(&tenant, &unique).await?);
            }
            one_wins(&tenant, &bench.at_once(calls).await?, &unique, "`replace`")?;
        }
    }
    Ok(())
}

/// A call that gives the value to some resource.
async fn rename<R: Resource>(tenant: &Tenant<R>, unique: &Unique) -> Verdict<Call<Result<R, StoreError>>> {
    let old = tenant.any().await?;
    let mut new = old.clone();
    ensure!(tenant.bench.setup.set_text(&mut new, unique.path, &unique.value), "`{}` takes no value", unique.name);
    let tenant = tenant.clone();
    Ok(Box::pin(async move { tenant.replace(&id(&old), &old, new).await }))
}

fn one_wins<R: Resource>(
    tenant: &Tenant<R>,
    answers: &[Result<R, StoreError>],
    unique: &Unique,
    call: &str,
) -> Verdict {
    let (name, all) = (&unique.name, answers.len());
    let won = answers.iter().filter(|answer| answer.is_ok()).count();
    ensure!(won == 1, "of {all} calls of {call} at once with one `{name}`, {won} succeeded");
    for answer in answers.iter().filter(|answer| answer.is_err()) {
        refused(tenant, answer, unique, &format!("{call}, at once with others,"))?;
    }
    Ok(())
}
