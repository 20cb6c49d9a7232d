//! The results of the checks.

use std::{collections::BTreeMap, fmt};

use crate::cause::{by_cause, without_names};

/// What a check requires, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Promise {
    /// A short, stable name, such as `unique.race`.
    pub id: &'static str,
    /// The point of the [contract](scim_core::store#the-contract) that it belongs to.
    pub point: u8,
    /// What a store promises.
    pub title: &'static str,
    /// The consequence for an application whose store breaks the promise.
    pub why: &'static str,
}

/// The outcome of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// The store kept the promise.
    Passed,
    /// The store broke the promise; the text is what the check saw.
    Failed(String),
    /// There was nothing to check; the text is the reason.
    NotApplicable(String),
}

/// A check and its outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Check {
    /// What was checked.
    pub promise: Promise,
    /// The outcome.
    pub outcome: Outcome,
    /// The parts of the check that the kit could not try, such as an attribute that accepts none of the kit's values.
    pub not_tried: Vec<String>,
}

/// The results of all checks. Its `Display` shows everything, failures first.
#[derive(Clone, Debug)]
pub struct Report {
    pub(super) checks: Vec<Check>,
    pub(super) resource: String,
    pub(super) seed: u64,
    pub(super) handles: usize,
    pub(super) is_spawned: bool,
}

impl Report {
    /// Returns whether no check failed. Checks that were not tried do not count; see [`Report::not_tried`].
    #[must_use]
    pub fn passed(&self) -> bool {
        self.failures().next().is_none()
    }

    /// Returns all checks, in the order of the contract.
    #[must_use]
    pub fn checks(&self) -> &[Check] {
        &self.checks
    }

    /// Returns the checks that failed.
    pub fn failures(&self) -> impl Iterator<Item = &Check> {
        self.checks.iter().filter(|check| matches!(check.outcome, Outcome::Failed(_)))
    }

    /// Returns the outcome of the check with an id.
    #[must_use]
    pub fn outcome(&self, id: &str) -> Option<&Outcome> {
        self.checks.iter().find(|check| check.promise.id == id).map(|check| &check.outcome)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let calls = if self.is_spawned { "spawned" } else { "interleaved on one task" };
        let handles = if self.handles == 1 { "one handle".to_owned() } else { format!("{} handles", self.handles) };
        let count = |is: fn(&Outcome) -> bool| self.checks.iter().filter(|check| is(&check.outcome)).count();
        let passed = count(|outcome| matches!(outcome, Outcome::Passed));
        let skipped = count(|outcome| matches!(outcome, Outcome::NotApplicable(_)));
        writeln!(f, "store kit: {}, {handles}, concurrent calls are {calls}, seed {}", self.resource, self.seed)?;
        let summary = [(self.failures().count(), "FAILED"), (skipped, "NOT TRIED"), (passed, "passed")];
        let summary = summary.into_iter().filter(|(count, _)| *count > 0);
        writeln!(f, "{}", summary.map(|(count, word)| format!("{count} {word}")).collect::<Vec<_>>().join(", "))?;
        for group in by_cause(self.failures(), seen) {
            write_failures(f, &group)?;
        }
        for (reason, ids) in self.not_tried() {
            writeln!(f, "\nNOT TRIED {}: {reason}", ids.join(", "))?;
        }
        writeln!(f)?;
        for Check { promise, outcome, not_tried } in &self.checks {
            write!(f, "{}  {:<22} ", promise.point, promise.id)?;
            match outcome {
                Outcome::Passed if !not_tried.is_empty() => writeln!(f, "passed in part"),
                Outcome::Passed => writeln!(f, "passed"),
                Outcome::Failed(_) => writeln!(f, "FAILED"),
                Outcome::NotApplicable(_) => writeln!(f, "NOT TRIED"),
            }?;
        }
        Ok(())
    }
}

impl Report {
    /// Returns the ids of the checks that were not tried, or only in part, by the reason.
    #[must_use]
    pub fn not_tried(&self) -> BTreeMap<&str, Vec<&'static str>> {
        let mut reasons: BTreeMap<&str, Vec<&'static str>> = BTreeMap::new();
        for Check { promise, outcome, not_tried } in &self.checks {
            let whole = match outcome {
                Outcome::NotApplicable(why) => Some(why),
                Outcome::Passed | Outcome::Failed(_) => None,
            };
            for reason in whole.into_iter().chain(not_tried) {
                reasons.entry(reason).or_default().push(promise.id);
            }
        }
        reasons
    }
}

/// Returns what a failed check saw, without what differs from check to check.
fn seen(check: &Check) -> String {
    match &check.outcome {
        Outcome::Failed(seen) => without_names(seen),
        Outcome::Passed | Outcome::NotApplicable(_) => String::new(),
    }
}

/// Writes failures that saw the same thing.
fn write_failures(f: &mut fmt::Formatter<'_>, group: &[&Check]) -> fmt::Result {
    let Some((first, others)) = group.split_first() else { return Ok(()) };
    let Promise { id, point, title, why } = first.promise;
    let Outcome::Failed(seen) = &first.outcome else { return Ok(()) };
    writeln!(f, "\nFAILED {id}: {title}")?;
    writeln!(f, "  seen: {seen}\n  why it matters: {why}\n  point {point} of the contract")?;
    if !others.is_empty() {
        let ids: Vec<&str> = others.iter().map(|check| check.promise.id).collect();
        writeln!(f, "  also seen in: {}", ids.join(", "))?;
    }
    Ok(())
}

/// Why a check did not pass.
#[derive(Debug)]
pub(super) enum Unmet {
    Failed(String),
    NotApplicable(String),
}

pub(super) type Verdict<T = ()> = Result<T, Unmet>;

impl Unmet {
    pub(super) fn failed(seen: impl Into<String>) -> Self {
        Self::Failed(seen.into())
    }

    pub(super) fn not_applicable(why: impl Into<String>) -> Self {
        Self::NotApplicable(why.into())
    }
}

impl From<Verdict> for Outcome {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Ok(()) => Self::Passed,
            Err(Unmet::Failed(seen)) => Self::Failed(seen),
            Err(Unmet::NotApplicable(why)) => Self::NotApplicable(why),
        }
    }
}

/// Ends a check whose condition does not hold, with a text that says what was seen.
macro_rules! ensure {
    ($holds:expr, $($seen:tt)+) => {
        if !$holds {
            return Err($crate::store::report::Unmet::failed(format!($($seen)+)));
        }
    };
}
pub(super) use ensure;
