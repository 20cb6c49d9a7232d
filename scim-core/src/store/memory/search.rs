//! Which resources a filter selects: by a look-up where it can be, else by a walk that lets others go on.

use std::{collections::BTreeSet, sync::Arc};

use super::{
    MemoryStore,
    rows::{Id, Rows, Tenant},
};
use crate::{
    access::{Resource, Scalar},
    filter::Condition,
    schema::Path,
    store::{Page, Query, StoreError, scan::Scan},
};

/// How many rows of a long walk are taken at once.
const AT_ONCE: usize = 256;

impl<R: Resource> MemoryStore<R> {
    /// If a filter asks for a value that is noted: the only resources that can match.
    // Recursion is as deep as the filter, which the parser limits.
    fn look_up(&self, rows: &Rows<R>, base: Path, condition: &Condition) -> Option<BTreeSet<Id>> {
        match condition {
            Condition::And(parts) => {
                parts.iter().filter_map(|part| self.look_up(rows, base, part)).min_by_key(BTreeSet::len)
            }
            Condition::Or(parts) => parts.iter().try_fold(BTreeSet::new(), |mut all, part| {
                all.append(&mut self.look_up(rows, base, part)?);
                Some(all)
            }),
            Condition::Compare(compare) if compare.is_by_key() => {
                let path = compare.path.steps().iter().try_fold(base, |path, step| path.child(*step))?;
                if path == Path::ID {
                    // Of other texts, several may be equal.
                    let Scalar::Str(id) = &compare.operand else { return None };
                    if !id.is_ascii() {
                        return None;
                    }
                    return Some(rows.find(id).map(|row| row.id.clone()).into_iter().collect());
                }
                self.keyed().find(|keyed| *keyed == path)?;
                Some(compare.operand_key().map(|key| rows.holders(&(path, key))).unwrap_or_default())
            }
            Condition::Element(path, inner) => {
                let base = path.steps().iter().try_fold(base, |path, step| path.child(*step))?;
                self.look_up(rows, base, inner)
            }
            _ => None,
        }
    }

    /// The resources that match the filter of a query, in the order of their ids.
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
            let ids = filter.and_then(|filter| self.look_up(&rows, Path::ROOT, filter.condition()));
            ids.map(|ids| ids.iter().filter_map(|id| rows.get(id).cloned()).collect::<Vec<_>>())
        };
        let is_look_up = found.is_some();
        let mut last = None;
        loop {
            let some = match found.take() {
                Some(rows) => rows,
                None if is_look_up => break,
                // The lock is held for a few rows only.
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
        scan.page(matching.iter().map(Arc::as_ref).collect()).await.map_err(StoreError::Rejected)
    }
}
