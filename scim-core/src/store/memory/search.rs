//! Finds the resources that a filter selects: by a look-up if possible, otherwise by a scan that yields to other tasks.

use std::{collections::BTreeSet, sync::Arc};

use super::{
    MemoryStore,
    rows::{Id, Key, Rows, Tenant},
};
use crate::{
    filter::{Compare, Condition},
    reflect::{Resource, Scalar},
    schema::Path,
    store::{Page, Query, StoreError, scan::Scan},
};

/// The number of rows that a scan takes at once.
const AT_ONCE: usize = 256;

impl<R: Resource> MemoryStore<R> {
    /// Returns the only resources that can match, if the filter compares an indexed value. Returns `None` if there are
    /// so many of them that a scan of all resources, which yields to other tasks, is better.
    fn look_up(&self, rows: &Rows<R>, condition: &Condition) -> Option<BTreeSet<Id>> {
        /// Up to this number, resources are looked up regardless of their share of all resources.
        const FEW: usize = 4096;
        let noted = Noted { rows, keyed: self.keyed().collect() };
        let count = noted.count(Path::ROOT, condition)?;
        (count <= FEW.max(rows.len() / 16)).then(|| noted.ids(Path::ROOT, condition)).flatten()
    }

    /// Returns the resources that match the filter of a query, in the order of their ids.
    async fn matching(
        &self,
        tenant: &Tenant<R>,
        query: &Query<'_>,
        scan: &mut Scan<'_>,
    ) -> Result<Vec<Arc<R>>, StoreError> {
        let filter = query.filter;
        let mut matching = Vec::new();
        let mut found = {
            let rows = tenant.lock();
            let ids = filter.and_then(|filter| self.look_up(&rows, filter.condition()));
            ids.map(|ids| ids.iter().filter_map(|id| rows.get(id).cloned()).collect::<Vec<_>>())
        };
        let is_look_up = found.is_some();
        let mut last = None;
        loop {
            let some = match found.take() {
                Some(rows) => rows,
                None if is_look_up => break,
                // The lock is held for only a few rows.
                None => tenant.lock().following(last.as_ref(), AT_ONCE),
            };
            let Some(row) = some.last() else { break };
            last = Some(row.id.clone());
            for row in &some {
                let Some(resource) = row.read() else { continue };
                if scan.matches(&*resource).await.map_err(StoreError::Rejected)? {
                    matching.push(resource);
                }
            }
        }
        Ok(matching)
    }

    /// Filters, sorts and cuts the page.
    pub(super) async fn select(&self, tenant: &Tenant<R>, query: &Query<'_>) -> Result<Page<R>, StoreError> {
        let mut scan = Scan::new(query);
        let matching = self.matching(tenant, query, &mut scan).await?;
        let resources = matching.iter().map(|resource| (&**resource, resource)).collect();
        let (page, total) = scan.page(resources).await.map_err(StoreError::Rejected)?;
        Ok(Page::exact(page.into_iter().map(Arc::clone), total))
    }
}

/// The indexed values of a tenant's resources.
struct Noted<'n, R> {
    rows: &'n Rows<R>,
    /// The attributes whose values are indexed.
    keyed: Vec<Path>,
}

/// The value that a comparison tests for, if it is indexed.
enum Asked {
    Id(String),
    Key(Key),
    /// No value satisfies the comparison.
    Nothing,
}

impl<R> Noted<'_, R> {
    /// Returns the value that a comparison tests for.
    fn asked(&self, base: Path, compare: &Compare) -> Option<Asked> {
        if !compare.is_by_key() {
            return None;
        }
        let path = base.join(compare.path)?;
        if path == Path::ID {
            return match &compare.operand {
                // Several other texts may compare equal.
                Scalar::Str(id) if id.is_ascii() => Some(Asked::Id(id.to_string())),
                _ => None,
            };
        }
        self.keyed.contains(&path).then(|| compare.operand_key().map_or(Asked::Nothing, |key| Asked::Key((path, key))))
    }

    /// Returns the maximum number of resources that can match, or `None` if it is unknown.
    // The recursion is as deep as the filter, which the parser limits.
    fn count(&self, base: Path, condition: &Condition) -> Option<usize> {
        match condition {
            Condition::And(parts) => parts.iter().filter_map(|part| self.count(base, part)).min(),
            Condition::Or(parts) => {
                parts.iter().try_fold(0_usize, |sum, part| Some(sum.saturating_add(self.count(base, part)?)))
            }
            Condition::Compare(compare) => Some(match self.asked(base, compare)? {
                Asked::Id(_) => 1,
                Asked::Key(key) => self.rows.count(&key),
                Asked::Nothing => 0,
            }),
            Condition::Element(path, inner) => self.count(base.join(*path)?, inner),
            Condition::Not(_) | Condition::Present(_) => None,
        }
    }

    /// Returns the resources that can match, at most as many as [counted](Self::count).
    fn ids(&self, base: Path, condition: &Condition) -> Option<BTreeSet<Id>> {
        match condition {
            Condition::And(parts) => {
                let counted = parts.iter().filter_map(|part| Some((self.count(base, part)?, part)));
                let (_, fewest) = counted.min_by_key(|(count, _)| *count)?;
                self.ids(base, fewest)
            }
            Condition::Or(parts) => parts.iter().try_fold(BTreeSet::new(), |mut all, part| {
                all.append(&mut self.ids(base, part)?);
                Some(all)
            }),
            Condition::Compare(compare) => Some(match self.asked(base, compare)? {
                Asked::Id(id) => self.rows.find(&id).map(|row| row.id.clone()).into_iter().collect(),
                Asked::Key(key) => self.rows.holders(&key),
                Asked::Nothing => BTreeSet::new(),
            }),
            Condition::Element(path, inner) => self.ids(base.join(*path)?, inner),
            Condition::Not(_) | Condition::Present(_) => None,
        }
    }
}
