//! Long searches let others go on.

use crate::{
    access::{Access, Scalar, Value},
    error::Error,
    filter::Matcher,
    schema::Path,
    turn::yield_now,
};

/// How many comparisons are made before others have their turn: some tens of microseconds.
const TURN: usize = 4096;

/// So many bytes of text are compared at the cost of one comparison.
const TEXT: usize = 64;

/// Counts work, and gives way now and then. It knows no runtime.
#[derive(Default)]
pub(super) struct Pace {
    spent: usize,
}

impl Pace {
    /// Gives way if enough was done.
    pub(super) async fn spend(&mut self, work: usize) {
        self.spent = self.spent.saturating_add(work.max(1));
        if self.spent >= TURN {
            self.spent = 0;
            yield_now().await;
        }
    }
}

/// What it costs to try a filter on a resource.
pub(super) struct Cost {
    terms: usize,
    /// The lists that are searched, by the index of the root attribute, and how many terms look at them.
    roots: Vec<(u32, usize)>,
}

impl Cost {
    pub(super) fn of(matcher: Option<&Matcher<'_>>) -> Self {
        let mut roots = Vec::new();
        if let Some(matcher) = matcher {
            matcher.each_path(&mut |path: Path, terms| {
                let Some(root) = path.steps().first() else { return };
                match roots.iter_mut().find(|(known, _)| known == root) {
                    Some((_, count)) => *count += terms,
                    None => roots.push((*root, terms)),
                }
            });
        }
        Self { terms: matcher.map_or(1, Matcher::terms), roots }
    }

    /// How many comparisons are made at most, where a long text counts as many.
    ///
    /// # Errors
    ///
    /// 400 `tooMany` beyond `most`: nothing gives way while one resource is looked at.
    pub(super) fn on(&self, resource: &impl Access, most: u64) -> Result<usize, Error> {
        let view = resource.value();
        let elements = self.roots.iter().map(|(root, terms)| match view.clone().at(&[*root]) {
            Value::List(list) => usize::try_from(list.len()).unwrap_or(usize::MAX).saturating_mul(*terms),
            Value::Scalar(Scalar::Str(text)) => (text.len() / TEXT).saturating_mul(*terms),
            Value::Scalar(_) | Value::Complex(_) => 0,
        });
        let cost = elements.fold(self.terms, usize::saturating_add);
        if u64::try_from(cost).is_ok_and(|cost| cost <= most) {
            return Ok(cost);
        }
        Err(Error::too_many(format!(
            "the filter makes more than {most} comparisons with one resource; use fewer terms"
        )))
    }
}
