//! What came out of a run.

mod json;
mod junit;
#[cfg(test)]
mod tests;
mod text;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::catalogue::CatalogueEntry;
use crate::fit::{Changes, Unmapped};
use crate::observe::Rule;
use crate::sequence::{Level, Sequence};

/// The results of a run, sequence by sequence.
///
/// Its text is a table with a line for each suite, preceded by every failure and by what was not tried. Of failures that
/// have the same cause the first is in full, and the others by name.
/// [`to_json`](Self::to_json) and [`to_junit`](Self::to_junit) are for programs.
#[derive(Clone, Debug, Default)]
pub struct Report {
    results: Vec<SequenceResult>,
}

/// How one sequence went.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SequenceResult {
    /// The suite of the sequence.
    pub suite: String,
    /// The name of the sequence.
    pub name: String,
    /// The source of the sequence.
    pub source: String,
    /// The level of the sequence.
    pub level: Level,
    /// Whether a strict server may fail it.
    pub quirk: bool,
    /// The remark of the sequence.
    pub note: Option<String>,
    /// What happened.
    pub outcome: Outcome,
    /// The attributes that were taken out of it, with the reasons.
    pub left_out: BTreeMap<String, Unmapped>,
    /// The attributes that the server does not have, where others came in their place: the name in the sequence, and the
    /// name that was sent.
    pub replaced: BTreeMap<String, String>,
    /// How long it took.
    pub duration: Duration,
    /// What is known of the requests in it.
    pub entries: Vec<&'static CatalogueEntry>,
}

/// What happened to one sequence.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// Every answer was as it should be.
    Passed,
    /// These steps went wrong.
    Failed(Vec<StepFailure>),
    /// It was not run, for this reason.
    Skipped(String),
}

/// A step that went wrong.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct StepFailure {
    /// The position of the step in its sequence, from 1.
    pub step: usize,
    /// The request as text, without its token.
    pub request: String,
    /// The answer as text, if there was one.
    pub answer: Option<String>,
    /// What was wrong, at least one thing.
    pub problems: Vec<Problem>,
    /// The remark of the step.
    pub note: Option<String>,
}

/// One thing that was wrong in a step.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// Which rule was broken.
    pub kind: ProblemKind,
    /// What was expected and what was found.
    pub text: String,
    /// The general rule, for a problem of the kind [`ProblemKind::Observation`].
    pub rule: Option<Rule>,
}

/// The word for a sequence that makes the run fail.
const FAILED: &str = "failed";

/// Which rule an answer broke.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ProblemKind {
    /// The request could not be built: the sequence itself is wrong.
    Request,
    /// There was no answer.
    Transport,
    /// The status is not one of those that the step allows.
    Status,
    /// An assertion of the step does not hold.
    Assertion,
    /// A variable of a later step has no value.
    Capture,
    /// A general rule is broken; see [`observe`](crate::observe()). The sequence went on nevertheless.
    Observation,
}

/// How many sequences passed, failed, failed without consequence, and were skipped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Every answer was as it should be.
    pub passed: usize,
    /// Something was wrong.
    pub failed: usize,
    /// Something was wrong, in a sequence of the level [`Level::Optional`].
    pub warned: usize,
    /// Not run.
    pub skipped: usize,
}

impl Report {
    pub(crate) fn push(&mut self, sequence: &Sequence, changes: Changes, outcome: Outcome, duration: Duration) {
        let mut entries = CatalogueEntry::of_sequence(sequence);
        for rule in rules(&outcome) {
            entries.extend(CatalogueEntry::of_rule(rule));
        }
        let mut seen = BTreeSet::new();
        entries.retain(|entry| seen.insert(&entry.id));
        self.results.push(SequenceResult {
            suite: sequence.suite.clone(),
            name: sequence.name.clone(),
            source: sequence.source.clone(),
            level: sequence.level,
            quirk: sequence.quirk,
            note: sequence.note.clone(),
            outcome,
            left_out: changes.left_out,
            replaced: changes.replaced,
            duration,
            entries,
        });
    }

    /// Every sequence of the run, in order.
    #[must_use]
    pub fn results(&self) -> &[SequenceResult] {
        &self.results
    }

    /// The sequences that failed, but for those of the level [`Level::Optional`].
    pub fn failures(&self) -> impl Iterator<Item = &SequenceResult> {
        self.results.iter().filter(|result| result.word() == FAILED)
    }

    /// The sequences of the level [`Level::Optional`] that failed: worth a look, and no reason for the run to fail.
    pub fn warnings(&self) -> impl Iterator<Item = &SequenceResult> {
        self.results.iter().filter(|result| result.is_warning())
    }

    /// The totals of the run.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        self.results.iter().for_each(|result| counts.add(result));
        counts
    }

    /// The suites of the run in the order of their first sequences, with their totals.
    #[must_use]
    pub fn suites(&self) -> Vec<(&str, Counts)> {
        let mut suites: Vec<(&str, Counts)> = Vec::new();
        for result in &self.results {
            // A file may come back to an earlier suite.
            if let Some((_, counts)) = suites.iter_mut().find(|(suite, _)| *suite == result.suite) {
                counts.add(result);
            } else {
                let mut counts = Counts::default();
                counts.add(result);
                suites.push((&result.suite, counts));
            }
        }
        suites
    }

    /// The sequences that were skipped, by the reason.
    #[must_use]
    pub fn not_tried(&self) -> BTreeMap<&str, Vec<String>> {
        let mut reasons: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for result in &self.results {
            if let Outcome::Skipped(reason) = &result.outcome {
                reasons.entry(reason).or_default().push(format!("{} / {}", result.suite, result.name));
            }
        }
        reasons
    }

    /// The attributes that were not sent in some sequence that was run, with the reasons.
    #[must_use]
    pub fn left_out(&self) -> BTreeMap<&str, Unmapped> {
        let names = self.results.iter().flat_map(|result| &result.left_out);
        names.map(|(name, reason)| (name.as_str(), *reason)).collect()
    }

    /// The attributes that came in place of others, with the number of sequences: `("title", "nickName")` when `nickName`
    /// was sent for `title`.
    #[must_use]
    pub fn replaced(&self) -> BTreeMap<(&str, &str), usize> {
        let mut counts = BTreeMap::new();
        for (name, stand_in) in self.results.iter().flat_map(|result| &result.replaced) {
            *counts.entry((name.as_str(), stand_in.as_str())).or_default() += 1;
        }
        counts
    }

    /// Whether no sequence failed and at least one was run: a run of nothing proves nothing. Sequences of the level
    /// [`Level::Optional`] may fail; see [`warnings`](Self::warnings).
    #[must_use]
    pub fn passed(&self) -> bool {
        let counts = self.counts();
        counts.failed == 0 && counts.passed + counts.warned > 0
    }

    /// Does nothing when the run [`passed`](Self::passed). For use in tests.
    ///
    /// # Panics
    ///
    /// When it did not; the message is the whole report.
    #[track_caller]
    pub fn assert_passed(&self) {
        assert!(self.passed(), "the server does not pass\n\n{self}");
    }
}

fn rules(outcome: &Outcome) -> BTreeSet<Rule> {
    match outcome {
        Outcome::Failed(steps) => {
            steps.iter().flat_map(|step| &step.problems).filter_map(|problem| problem.rule).collect()
        }
        Outcome::Passed | Outcome::Skipped(_) => BTreeSet::new(),
    }
}

impl Counts {
    fn add(&mut self, result: &SequenceResult) {
        match result.outcome {
            Outcome::Passed => self.passed += 1,
            Outcome::Failed(_) if result.is_warning() => self.warned += 1,
            Outcome::Failed(_) => self.failed += 1,
            Outcome::Skipped(_) => self.skipped += 1,
        }
    }
}

impl SequenceResult {
    /// Whether the sequence failed, and its level is [`Level::Optional`].
    #[must_use]
    pub fn is_warning(&self) -> bool {
        self.level == Level::Optional && matches!(self.outcome, Outcome::Failed(_))
    }

    fn word(&self) -> &'static str {
        match self.outcome {
            Outcome::Passed => "passed",
            Outcome::Failed(_) if self.is_warning() => "warned",
            Outcome::Failed(_) => FAILED,
            Outcome::Skipped(_) => "skipped",
        }
    }

    /// Whether the sequence failed only by general rules, with every expectation of its own met.
    #[must_use]
    pub fn failed_only_by_observation(&self) -> bool {
        match &self.outcome {
            Outcome::Failed(steps) => {
                steps.iter().flat_map(|step| &step.problems).all(|problem| problem.kind == ProblemKind::Observation)
            }
            Outcome::Passed | Outcome::Skipped(_) => false,
        }
    }
}

impl ProblemKind {
    fn word(self) -> &'static str {
        match self {
            Self::Request => "bad request",
            Self::Transport => "transport",
            Self::Status => "status",
            Self::Assertion => "assertion",
            Self::Capture => "capture",
            Self::Observation => "observation",
        }
    }
}
