//! Point 6: membership as deltas.

use std::{collections::HashSet, sync::Arc};

use serde_json::{Value as Json, json};

use super::{
    super::{
        bench::{Bench, CALLERS, Tenant},
        compare::{id, shown, version},
        generate::texts,
        report::{Unmet, Verdict, ensure},
        tasks::Call,
    },
    failed,
};
use scim_core::{
    compat::Tolerance,
    patch,
    reflect::Resource,
    schema::{Attribute, DataType, Mutability, Path},
    store::{Precondition, StoreError},
};

/// How many PATCH requests are compared.
const REQUESTS: usize = 60;
/// How many values they are about, so that some are there already.
const VALUES: usize = 6;
const TRIES: usize = 1000;

/// The value of an element that is stored in no check before it is added.
const OTHER: usize = 9;
/// The values of elements that are added and removed at once.
const RACERS: usize = 10;
/// How many values a list needs.
const NEEDED: usize = RACERS + 2 * CALLERS;

/// A list to whose elements a PATCH can be made.
#[derive(Clone)]
struct Elements {
    name: String,
    /// Where the value of an element is.
    value: Path,
    /// The parts that an element must have; none for a list of simple values.
    parts: Vec<String>,
    /// Values that elements take.
    values: Vec<Json>,
}

impl Elements {
    fn element(&self, value: usize) -> Json {
        let value = self.values.get(value).cloned().unwrap_or_default();
        if self.parts.is_empty() {
            return value;
        }
        self.parts.iter().map(|part| (part.clone(), value.clone())).collect::<serde_json::Map<_, _>>().into()
    }

    fn operation(&self, op: &str, values: &[usize]) -> Json {
        let elements: Vec<Json> = match op {
            // Elements are removed by their value alone.
            "remove" if !self.parts.is_empty() => {
                values.iter().map(|value| json!({ "value": self.values.get(*value) })).collect()
            }
            _ => values.iter().map(|value| self.element(*value)).collect(),
        };
        json!({ "op": op, "path": self.name, "value": elements })
    }

    /// How `texts` shows a value.
    fn text(&self, value: usize) -> String {
        match self.values.get(value) {
            Some(Json::String(text)) => text.clone(),
            Some(other) => other.to_string(),
            None => String::new(),
        }
    }
}

fn body(operations: &[Json]) -> String {
    json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations }).to_string()
}

fn apply<R: Resource>(bench: &Bench<R>, resource: &R, body: &str) -> Option<R> {
    let mut copy = resource.clone();
    patch::apply(&bench.setup.resource_type, &mut copy, body.as_bytes(), &Tolerance::default()).ok()?;
    Some(copy)
}

/// The lists of the type, with values that their elements take.
fn lists<R: Resource>(tenant: &Tenant<R>) -> Verdict<Vec<Elements>> {
    let (bench, setup) = (&tenant.bench, &tenant.bench.setup);
    let probe = bench.fresh()?;
    let mut lists = Vec::new();
    for (path, attribute) in setup.client_attributes() {
        if !attribute.multi_valued || attribute.mutability != Mutability::ReadWrite {
            continue;
        }
        let name = setup.resource_type.name_of(path);
        let (value, of, parts) = match attribute.sub_attribute("value") {
            Some((index, sub)) => {
                let subs = attribute.sub_attributes.iter().filter(|sub| sub.required || sub.name == "value");
                (path.child(index).unwrap_or(path), sub, subs.map(|sub| sub.name.to_string()).collect())
            }
            None if attribute.data_type == DataType::Complex => {
                bench.note(format!("additions to `{name}`, whose elements have no `value`"));
                continue;
            }
            None => (path, attribute, Vec::new()),
        };
        let given = tenant.values_of(value).map(|values| vec![values.iter().map(|value| json!(value)).collect()]);
        let candidates: Vec<Vec<Json>> = given.unwrap_or_else(|| values_of_type(of));
        let list = candidates.into_iter().find_map(|values| {
            let list = Elements { name: name.clone(), value, parts: parts.clone(), values };
            let added = apply(bench, &probe, &body(&[list.operation("add", &[1, 2])]))?;
            let found = texts(&added, list.value);
            [1, 2].into_iter().all(|value| found.contains(&list.text(value))).then_some(list)
        });
        match list {
            Some(list) => lists.push(list),
            None => bench.note(format!("additions to `{name}`: its elements take none of the kit's values")),
        }
    }
    Ok(lists)
}

/// Values that elements of an attribute may take: a type may take less than any text.
fn values_of_type(attribute: &Attribute) -> Vec<Vec<Json>> {
    let number = |value: usize| u32::try_from(value).unwrap_or_default() + 1;
    let uuid = |value| uuid::Builder::from_random_bytes(u128::from(number(value)).to_be_bytes()).into_uuid();
    match attribute.data_type {
        DataType::Integer | DataType::Decimal => vec![(0..NEEDED).map(|value| json!(number(value))).collect()],
        DataType::String => vec![
            (0..NEEDED).map(|value| json!(format!("v{value}"))).collect(),
            (0..NEEDED).map(|value| json!(uuid(value).to_string())).collect(),
            (0..NEEDED).map(|value| json!(number(value).to_string())).collect(),
        ],
        DataType::Reference => {
            vec![(0..NEEDED).map(|value| json!(format!("https://example.com/{value}"))).collect()]
        }
        DataType::Binary | DataType::Boolean | DataType::Complex | DataType::DateTime => Vec::new(),
    }
}

/// The first list to which the store makes additions itself.
async fn taken<R: Resource>(tenant: &Tenant<R>) -> Verdict<Elements> {
    if !tenant.supports_deltas() {
        return Err(Unmet::not_applicable("the store takes no deltas"));
    }
    let stored = tenant.any().await?;
    for list in lists(tenant)? {
        let add = body(&[list.operation("add", &[OTHER])]);
        let answer = tenant.apply_delta(&id(&stored), &add, None).await;
        if answer.map_err(|error| tenant.unexpected("`apply_delta`", &error))?.is_some() {
            return Ok(list);
        }
    }
    Err(Unmet::not_applicable("the store did not take an addition to any list"))
}

/// A stored resource whose list has these values.
async fn with<R: Resource>(tenant: &Tenant<R>, list: &Elements, values: &[usize]) -> Verdict<R> {
    let new = apply(&tenant.bench, &tenant.bench.fresh()?, &body(&[list.operation("replace", values)]));
    tenant.add(new.ok_or_else(|| failed(format!("`{}` does not take its elements", list.name)))?).await
}

pub(super) async fn same<R: Resource>(bench: Arc<Bench<R>>) -> Verdict {
    let tenant = bench.tenant();
    if !tenant.supports_deltas() {
        return Err(Unmet::not_applicable("the store takes no deltas"));
    }
    let (lists, mut made) = (lists(&tenant)?, 0);
    let stored = tenant.any().await?;
    let id = id(&stored);
    for _ in 0..REQUESTS {
        let before = tenant.read(&id).await?;
        let request = request(&bench, &lists);
        let Some(expected) = apply(&bench, &before, &request) else { continue };
        let answer = tenant.apply_delta(&id, &request, None).await;
        let Some(answered) =
            answer.map_err(|error| tenant.unexpected(&format!("`apply_delta` of {request}"), &error))?
        else {
            tenant.unchanged(&before, &format!("`apply_delta` of {request} was not taken")).await?;
            continue;
        };
        made += 1;
        let after = tenant.read(&id).await?;
        let differences = bench.setup.differences(&expected, &after);
        ensure!(differences.is_empty(), "after `apply_delta` of {request} {}", differences.join("; "));
        let stored = version(&after);
        let is_expected = match (answered.as_deref(), stored.as_deref()) {
            (Some(answered), Some(stored)) => Precondition::Version(answered).admits(stored),
            (answered, stored) => answered == stored,
        };
        ensure!(
            is_expected,
            "`apply_delta` returned version {}, but {} is stored",
            shown(answered.as_deref()),
            shown(stored.as_deref())
        );
        let is_changed = !bench.setup.differences(&before, &after).is_empty();
        ensure!(
            !is_changed || stored.is_none() || stored != version(&before),
            "`apply_delta` of {request} changed the resource, but not its version"
        );
    }
    if made == 0 {
        return Err(Unmet::not_applicable("the store took none of the deltas"));
    }
    Ok(())
}

/// A request of a few operations.
fn request<R: Resource>(bench: &Bench<R>, lists: &[Elements]) -> String {
    let text = bench.setup.text.map(|path| bench.setup.resource_type.name_of(path));
    let mut operations = Vec::new();
    bench.draw(|random| {
        for _ in 0..=random.below(3) {
            let mut values: Vec<usize> = (0..=random.below(3)).map(|_| random.below(VALUES)).collect();
            values.sort_unstable();
            values.dedup();
            match (random.below(8), random.of(lists), &text) {
                (0, _, Some(text)) => operations.push(json!({ "op": "remove", "path": text })),
                (1, _, Some(text)) | (_, None, Some(text)) => {
                    operations.push(json!({ "op": "replace", "path": text, "value": random.word() }));
                }
                (2 | 3, Some(list), _) => operations.push(list.operation("remove", &values)),
                (4, Some(list), _) => operations.push(list.operation("replace", &values)),
                (5, Some(list), _) => operations.push(json!({ "op": "remove", "path": list.name })),
                (_, Some(list), _) => operations.push(list.operation("add", &values)),
                (_, None, None) => {}
            }
        }
    });
    body(&operations)
}

pub(super) async fn nothing<R: Resource>(bench: Arc<Bench<R>>) -> Verdict {
    let tenant = bench.tenant();
    let list = taken(&tenant).await?;
    let stored = with(&tenant, &list, &[1, 2]).await?;
    for (op, value) in [("add", 1), ("remove", OTHER)] {
        let request = body(&[list.operation(op, &[value])]);
        let answer = tenant.apply_delta(&id(&stored), &request, None).await;
        answer.map_err(|error| tenant.unexpected(&format!("`apply_delta` of {request}"), &error))?;
        tenant.unchanged(&stored, &format!("`apply_delta` of {request}, which changes nothing,")).await?;
    }
    Ok(())
}

pub(super) async fn race<R: Resource>(bench: Arc<Bench<R>>) -> Verdict {
    let tenant = bench.tenant();
    let list = taken(&tenant).await?;
    let gone: Vec<usize> = (RACERS..RACERS + CALLERS).collect();
    for _ in 0..bench.setup.rounds {
        let stored = with(&tenant, &list, &gone).await?;
        let call = |number| -> Call<_> {
            let (tenant, id) = (tenant.clone(), id(&stored));
            let add = body(&[list.operation("add", &[RACERS + CALLERS + number])]);
            let remove = body(&[list.operation("remove", &[RACERS + number])]);
            Box::pin(async move {
                make(&tenant, &id, &add).await?;
                make(&tenant, &id, &remove).await
            })
        };
        bench.at_once((0..CALLERS).map(call).collect()).await?.into_iter().collect::<Verdict>()?;
        let found: HashSet<String> = texts(&tenant.read(&id(&stored)).await?, list.value).into_iter().collect();
        let added = (0..CALLERS).filter(|number| found.contains(&list.text(RACERS + CALLERS + number))).count();
        ensure!(added == CALLERS, "of {CALLERS} elements that were added at once, {added} are there");
        let left = found.len().saturating_sub(added);
        ensure!(left == 0, "of {CALLERS} elements that were removed at once, {left} are left");
    }
    Ok(())
}

/// Makes a PATCH as the framework does: by the store, or if it does not take it, by a change of the whole.
async fn make<R: Resource>(tenant: &Tenant<R>, id: &str, body: &str) -> Verdict {
    match tenant.apply_delta(id, body, None).await {
        Ok(Some(_)) => return Ok(()),
        Ok(None) | Err(StoreError::VersionMismatch) => {}
        Err(error) => return Err(tenant.unexpected("`apply_delta`", &error)),
    }
    for _ in 0..TRIES {
        let old = tenant.read(id).await?;
        let Some(new) = apply(&tenant.bench, &old, body) else { return Err(failed(format!("{body} is refused"))) };
        match tenant.replace(id, &old, new).await {
            Ok(_) => return Ok(()),
            Err(StoreError::VersionMismatch) => {}
            Err(error) => return Err(tenant.unexpected("`replace`", &error)),
        }
    }
    Err(failed(format!("a change came too late {TRIES} times, although everybody else is done")))
}

pub(super) async fn precondition<R: Resource>(bench: Arc<Bench<R>>) -> Verdict {
    let tenant = bench.tenant();
    let list = taken(&tenant).await?;
    let first = with(&tenant, &list, &[1]).await?;
    let Some(old) = version(&first) else {
        return Err(Unmet::not_applicable("the type has no field for `meta.version`"));
    };
    let second = tenant.change(&first, bench.revised(&first)?).await?;
    let add = body(&[list.operation("add", &[5])]);
    let late = tenant.apply_delta(&id(&first), &add, Some(&old)).await;
    let is_expected = matches!(late, Err(StoreError::VersionMismatch) | Ok(None));
    ensure!(is_expected, "`apply_delta` with a version that is no longer stored returned {}", tenant.describe(&late));
    tenant.unchanged(&second, "a `apply_delta` that was refused").await?;
    let current = version(&second).unwrap_or_default();
    let made = tenant.apply_delta(&id(&first), &add, Some(&current)).await;
    ensure!(made.is_ok(), "`apply_delta` with the stored version returned {}", tenant.describe(&made));
    Ok(())
}

pub(super) async fn missing<R: Resource>(bench: Arc<Bench<R>>) -> Verdict {
    let tenant = bench.tenant();
    let list = taken(&tenant).await?;
    let add = body(&[list.operation("add", &[5])]);
    for id in [id(&bench.fresh()?).as_str(), "no such id"] {
        let answer = tenant.apply_delta(id, &add, None).await;
        let is_expected = matches!(answer, Err(StoreError::NotFound) | Ok(None));
        ensure!(is_expected, "`apply_delta` of a missing resource returned {}", tenant.describe(&answer));
        ensure!(tenant.find(id).await?.is_none(), "`apply_delta` of a missing resource made it");
    }
    let Ok([ours, theirs]) = bench.two_tenants() else { return Ok(()) };
    let stored = with(&ours, &list, &[1]).await?;
    theirs.any().await?;
    let there = lists(&theirs)?.into_iter().find(|there| there.name == list.name).unwrap_or(list);
    let add = body(&[there.operation("add", &[5])]);
    let answer = theirs.apply_delta(&id(&stored), &add, None).await;
    let is_expected = matches!(answer, Err(StoreError::NotFound) | Ok(None));
    ensure!(is_expected, "`apply_delta` of another tenant's resource returned {}", tenant.describe(&answer));
    ours.unchanged(&stored, "another tenant's `apply_delta`").await
}

pub(super) async fn whole<R: Resource>(bench: Arc<Bench<R>>) -> Verdict {
    let tenant = bench.tenant();
    let list = taken(&tenant).await?;
    let holder = tenant.any().await?;
    let stored = with(&tenant, &list, &[1]).await?;
    let mut checked = false;
    for path in &bench.setup.unique {
        let is_single = !bench.setup.is_in_list(*path);
        let Some(text) = texts(&holder, *path).into_iter().next().filter(|_| is_single) else { continue };
        let name = bench.setup.resource_type.name_of(*path);
        let request = body(&[
            list.operation("add", &[5]),
            json!({ "op": "replace", "path": name, "value": text }),
            list.operation("remove", &[1]),
        ]);
        checked = true;
        let answer = tenant.apply_delta(&id(&stored), &request, None).await;
        let is_expected = matches!(answer, Err(StoreError::Conflict(_)) | Ok(None));
        ensure!(is_expected, "`apply_delta` that takes a `{name}` in use returned {}", tenant.describe(&answer));
        tenant.unchanged(&stored, "a `apply_delta` that was refused in its second effect").await?;
    }
    if checked { Ok(()) } else { Err(Unmet::not_applicable("no attribute that clients write is unique")) }
}
