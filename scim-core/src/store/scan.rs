//! A scan of resources that may match a query.

use super::{
    query::{Page, Query, SortKey},
    stored::Stored,
};
use crate::{
    error::Error,
    filter::{Filter, Matcher},
    limits::Limits,
    meter::{Bounded, Meter as _},
    reflect::{Reflect, Resource},
    turn::Pace,
};

/// Visits one resource after another, yields to other tasks from time to time, and stops if a request would cost too
/// much.
///
/// Two costs are limited: the work on one resource, because no other task runs meanwhile, and the work on all of them.
pub(super) struct Scan<'q> {
    query: &'q Query<'q>,
    matcher: Option<Matcher<'q>>,
    /// The work spent on all resources so far.
    spent: u64,
    pace: Pace,
}

impl<'q> Scan<'q> {
    pub(super) fn new(query: &'q Query<'q>) -> Self {
        Self { query, matcher: query.filter.map(Filter::matcher), spent: 0, pace: Pace::default() }
    }

    /// Returns whether the filter matches a resource.
    ///
    /// # Errors
    ///
    /// 400 `tooMany` if the evaluation would exceed the work limit.
    pub(super) async fn matches(&mut self, resource: &impl Reflect) -> Result<bool, Error> {
        let meter = Bounded::new(self.query.visits);
        let is_match = self.matcher.as_ref().is_none_or(|matcher| matcher.matches(&resource.view(), &meter));
        if meter.is_used_up() {
            return Err(Error::too_many(format!(
                "the filter looks at more than {} values of one resource; use fewer terms",
                self.query.visits
            )));
        }
        self.spend(meter.spent()).await?;
        Ok(is_match)
    }

    /// Sorts the matching resources, each with its associated item, and cuts the page. Returns the page and the number
    /// of matches.
    ///
    /// # Errors
    ///
    /// Those of [`matches`](Self::matches).
    pub(super) async fn page<R: Reflect + Sync, T: Send>(
        mut self,
        matching: Vec<(&R, T)>,
    ) -> Result<(Vec<T>, usize), Error> {
        let mut keyed: Vec<(SortKey<'_>, T)> = Vec::with_capacity(matching.len());
        for (resource, token) in matching {
            let meter = Bounded::new(u64::MAX);
            keyed.push((self.query.key(resource, &meter), token));
            self.spend(meter.spent()).await?;
        }
        Ok(self.query.cut(keyed))
    }

    async fn spend(&mut self, work: u64) -> Result<(), Error> {
        self.spent = self.spent.saturating_add(work);
        let most = self.query.visits.saturating_mul(Limits::LIST);
        if self.spent > most {
            return Err(Error::too_many(format!(
                "the list looks at more than {most} values to filter and sort; use a filter with fewer terms, or one that \
                 selects resources by an indexed attribute"
            )));
        }
        self.pace.spend(work).await;
        Ok(())
    }
}

impl Query<'_> {
    /// The same as [`select`](Self::select), for candidates of unlimited number and size. Yields to other tasks from
    /// time to time.
    ///
    /// # Errors
    ///
    /// 400 `tooMany` beyond the limits of a [`Scan`].
    pub(crate) async fn select_in_turns<R: Resource>(&self, candidates: Vec<Stored<R>>) -> Result<Page<R>, Error> {
        let mut scan = Scan::new(self);
        let mut matching: Vec<(&R, usize)> = Vec::new();
        for (number, candidate) in candidates.iter().enumerate() {
            if scan.matches(&**candidate).await? {
                matching.push((candidate, number));
            }
        }
        let (page, total) = scan.page(matching).await?;
        let mut candidates: Vec<Option<Stored<R>>> = candidates.into_iter().map(Some).collect();
        Ok(Page::exact(page.into_iter().filter_map(|number| candidates.get_mut(number)?.take()), total))
    }
}
