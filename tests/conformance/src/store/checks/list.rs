//! Point 7: lists.

use std::{collections::HashSet, sync::Arc};

use unicode_normalization::UnicodeNormalization as _;

use super::{
    super::{
        bench::{Bench, Tenant},
        compare::id,
        generate::texts,
        report::{Unmet, Verdict, ensure},
    },
    failed,
    filters::Filters,
};
use scim_core::{
    filter::Filter,
    reflect::Resource,
    schema::{Path, ResourceType},
    store::{Query, Sort},
};

const RESOURCES: usize = 24;
const FILTERS: usize = 300;
/// How many ids a report shows.
const SHOWN: usize = 3;

/// A tenant with resources of which many have the same values.
struct Listed<R> {
    tenant: Tenant<R>,
    resources: Vec<R>,
}

impl<R: Resource> Listed<R> {
    async fn new(bench: &Arc<Bench<R>>) -> Verdict<Self> {
        let tenant = bench.tenant();
        let mut resources = Vec::with_capacity(RESOURCES);
        for number in 0..RESOURCES {
            let mut new = bench.fresh()?;
            let tied = [Some("tie"), Some("Tie"), None].into_iter().cycle().nth(number).flatten();
            if let (Some(path), Some(text)) = (bench.setup.text, tied) {
                bench.setup.set_text(&mut new, path, text);
            }
            let stored = tenant.add(new).await?;
            resources.push(tenant.read(&id(&stored)).await?);
            // Nothing of a neighbor may show in what follows.
            if let (0, Ok([_, neighbor])) = (number % 8, bench.two_tenants()) {
                neighbor.any().await?;
            }
        }
        Ok(Self { tenant, resources })
    }

    fn resource_type(&self) -> &ResourceType {
        &self.tenant.bench.setup.resource_type
    }

    /// Demands that a query finds what it finds among the resources; in the same order if that is asked for.
    async fn agrees(&self, query: &Query<'_>, what: &str, in_order: bool) -> Verdict {
        let expected = query.select(&self.resources);
        let (found, total) = self.tenant.answer(query).await?;
        let all = expected.total().unwrap_or_default();
        let found: Vec<String> = found.iter().map(id).collect();
        let expected: Vec<String> = expected.resources().iter().map(|resource| id(&**resource)).collect();
        let missing: Vec<_> = expected.iter().filter(|id| !found.contains(id)).collect();
        ensure!(missing.is_empty(), "{what} misses {} of {all}: {}", missing.len(), self.show(&missing));
        let extra: Vec<_> = found.iter().filter(|id| !expected.contains(id)).collect();
        ensure!(extra.is_empty(), "{what} finds {} too many: {}", extra.len(), self.show(&extra));
        ensure!(found.len() == expected.len(), "{what} finds a resource twice");
        ensure!(total == all, "{what} counts {total} resources instead of {all}");
        ensure!(
            !in_order || found == expected,
            "{what}: the order is {} instead of {}",
            found.join(", "),
            expected.join(", ")
        );
        Ok(())
    }

    /// Some resources by their unique values, or their ids.
    fn show(&self, ids: &[&String]) -> String {
        let shown = ids.iter().take(SHOWN).map(|shown| {
            let resource = self.resources.iter().find(|resource| id(*resource) == **shown);
            let unique = self.tenant.bench.setup.unique.first();
            let texts = resource.zip(unique).map(|(resource, path)| texts(resource, *path));
            texts
                .filter(|texts| !texts.is_empty())
                .map_or_else(|| format!("id {shown}"), |texts| format!("`{}`", texts.join("`, `")))
        });
        shown.collect::<Vec<_>>().join(", ")
    }

    /// Attributes to sort by.
    fn sorts(&self, descending: bool) -> Vec<Sort> {
        let resource_type = self.resource_type();
        let mut paths = vec![Path::ID];
        for (path, attribute) in self.tenant.bench.setup.attributes() {
            paths.push(path);
            paths.extend((0u32..).zip(attribute.sub_attributes.iter()).filter_map(|(index, _)| path.child(index)));
        }
        paths.iter().filter_map(|path| Sort::new(resource_type, *path, descending).ok()).collect()
    }

    /// No order, and the one with the most ties in both directions.
    fn tied(&self) -> Vec<Option<Sort>> {
        let path = self.tenant.bench.setup.text.unwrap_or(Path::EXTERNAL_ID);
        let sort = |descending| Sort::new(self.resource_type(), path, descending).ok();
        vec![None, sort(false), sort(true)]
    }

    fn sorted(&self, sort: Option<Sort>) -> String {
        let direction = |sort: Sort| if sort.descending { "descending" } else { "ascending" };
        sort.map_or_else(
            || "the list without an order".to_owned(),
            |sort| format!("the list by `{}`, {}", self.resource_type().name_of(sort.path), direction(sort)),
        )
    }
}

pub(super) async fn all<R: Resource>(bench: Arc<Bench<R>>) -> Verdict {
    let empty = bench.tenant().list(None).await?;
    ensure!(empty.0.is_empty() && empty.1 == 0, "a tenant without resources has {} of them", empty.1);
    let listed = Listed::new(&bench).await?;
    listed.agrees(&Query::all(listed.resource_type()), "the list of all", false).await?;
    // Lists hold the resources themselves.
    for found in listed.tenant.list(None).await?.0 {
        let Some(stored) = listed.resources.iter().find(|stored| id(*stored) == id(&found)) else { continue };
        let differences = bench.setup.differences(stored, &found);
        ensure!(differences.is_empty(), "in the list {}", differences.join("; "));
    }
    Ok(())
}

pub(super) async fn look_up<R: Resource>(bench: Arc<Bench<R>>) -> Verdict {
    let listed = Listed::new(&bench).await?;
    let mut paths = vec![Path::ID, Path::EXTERNAL_ID];
    paths.extend(&bench.setup.unique);
    for path in paths {
        let name = listed.resource_type().name_of(path);
        for resource in &listed.resources {
            for text in texts(resource, path) {
                let forms =
                    [text.clone(), text.to_uppercase(), text.nfd().collect(), format!("{text} "), format!("{text}%")];
                for form in forms {
                    let what = format!("{name} eq {}", serde_json::Value::from(form));
                    // A number is compared with a number alone.
                    let Ok(filter) = Filter::parse(listed.resource_type(), &what) else { continue };
                    let mut query = Query::all(listed.resource_type());
                    query.filter = Some(&filter);
                    listed.agrees(&query, &what, false).await?;
                }
            }
        }
    }
    Ok(())
}

pub(super) async fn filter<R: Resource>(bench: Arc<Bench<R>>) -> Verdict {
    let listed = Listed::new(&bench).await?;
    let filters = Filters { resource_type: listed.resource_type(), resources: &listed.resources };
    let mut checked = 0;
    for _ in 0..FILTERS {
        let what = bench.draw(|random| filters.any(random));
        let Ok(filter) = Filter::parse(listed.resource_type(), &what) else { continue };
        checked += 1;
        let mut query = Query::all(listed.resource_type());
        query.filter = Some(&filter);
        listed.agrees(&query, &what, false).await?;
    }
    if checked == 0 { Err(Unmet::not_applicable("no filter could be made")) } else { Ok(()) }
}

pub(super) async fn order<R: Resource>(bench: Arc<Bench<R>>) -> Verdict {
    let listed = Listed::new(&bench).await?;
    let sorts = listed.sorts(false).into_iter().chain(listed.sorts(true)).map(Some);
    for sort in std::iter::once(None).chain(sorts) {
        let mut query = Query::all(listed.resource_type());
        query.sort = sort;
        listed.agrees(&query, &listed.sorted(sort), true).await?;
    }
    Ok(())
}

pub(super) async fn pages<R: Resource>(bench: Arc<Bench<R>>) -> Verdict {
    let listed = Listed::new(&bench).await?;
    for sort in listed.tied() {
        for size in [1, 5, 7] {
            walk(&listed, sort, size, false).await?;
        }
    }
    Ok(())
}

pub(super) async fn moving<R: Resource>(bench: Arc<Bench<R>>) -> Verdict {
    let listed = Listed::new(&bench).await?;
    for sort in listed.tied() {
        walk(&listed, sort, 5, true).await?;
    }
    Ok(())
}

/// Walks over the pages of a list and demands that each resource is met once; if asked for, resources change between the
/// pages, but not what the list is sorted by.
async fn walk<R: Resource>(listed: &Listed<R>, sort: Option<Sort>, size: usize, is_moving: bool) -> Verdict {
    let meanwhile = if is_moving { " while resources change between the pages" } else { "" };
    let what = format!("{} in pages of {size}{meanwhile}", listed.sorted(sort));
    let (mut seen, all) = (HashSet::new(), listed.resources.len());
    for offset in (0..all).step_by(size) {
        let mut query = Query::all(listed.resource_type());
        query.sort = sort;
        query.offset = offset;
        query.count = size;
        let (page, total) = listed.tenant.answer(&query).await?;
        let due = size.min(all - offset);
        ensure!(page.len() == due, "{what}: the page behind {offset} holds {} resources instead of {due}", page.len());
        ensure!(total == all, "{what}: the page behind {offset} counts {total} resources in all instead of {all}");
        for resource in &page {
            ensure!(seen.insert(id(resource)), "{what}: a resource is met again behind {offset}");
        }
        if is_moving {
            touch(&listed.tenant, &page).await?;
        }
    }
    ensure!(seen.len() == all, "{what}: {} of {all} resources are met", seen.len());
    Ok(())
}

/// Changes the first and the last of some resources, but not what the list is sorted by.
async fn touch<R: Resource>(tenant: &Tenant<R>, page: &[R]) -> Verdict {
    for found in page.first().into_iter().chain(page.last()) {
        let old = tenant.read(&id(found)).await?;
        let mut new = tenant.bench.revised(&old)?;
        if let Some(path) = tenant.bench.setup.text {
            let text = texts(&old, path).into_iter().next();
            let is_kept = match text {
                Some(text) => tenant.bench.setup.set_text(&mut new, path, &text),
                None => {
                    new.edit(path.steps(), scim_core::reflect::Edit::Set(scim_core::reflect::Scalar::Absent)).is_ok()
                }
            };
            ensure!(is_kept, "a resource does not take a value that it had");
        }
        tenant.change(&old, new).await?;
    }
    Ok(())
}

pub(super) async fn limits<R: Resource>(bench: Arc<Bench<R>>) -> Verdict {
    let listed = Listed::new(&bench).await?;
    let all = RESOURCES;
    let pairs = [(0, 0), (3, 0), (all, 1), (all + 1, 5), (all - 1, 5), (0, usize::MAX), (1, usize::MAX)];
    for (offset, count) in pairs.into_iter().chain([(usize::MAX, 1), (usize::MAX, usize::MAX), (usize::MAX - 1, 2)]) {
        for filter in [None, Some("id pr")] {
            let parsed = filter.map(|text| Filter::parse(listed.resource_type(), text)).transpose();
            let parsed = parsed.map_err(|error| failed(error.to_string()))?;
            let mut query = Query::all(listed.resource_type());
            query.filter = parsed.as_ref();
            query.offset = offset;
            query.count = count;
            let what = format!("the list with offset {offset} and count {count}");
            listed.agrees(&query, &what, false).await?;
        }
    }
    Ok(())
}
