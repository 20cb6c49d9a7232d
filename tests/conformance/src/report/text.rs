//! A report for people.

use std::collections::BTreeSet;
use std::fmt;

use crate::cause::{by_cause, without_names};
use crate::fit::{Unmapped, names_of};

use super::{Counts, Outcome, ProblemKind, Report, SequenceResult, StepFailure};

impl Report {
    /// The table alone: a line for each suite.
    #[must_use]
    pub fn table(&self) -> String {
        let suites = self.suites();
        let names = suites.iter().map(|(suite, _)| suite.chars().count());
        let width = names.max().unwrap_or_default().max("suite".len());
        let line = |name: &str, counts: Counts| {
            let Counts { passed, failed, warned, skipped } = counts;
            format!("{name:width$}  {passed:>6}  {failed:>6}  {warned:>6}  {skipped:>7}\n")
        };
        let mut table = format!("{:width$}  passed  failed  warned  skipped\n", "suite");
        for (suite, counts) in suites {
            table += &line(suite, counts);
        }
        table + &line("total", self.counts())
    }
}

/// Returns the problems of a sequence, without what differs from sequence to sequence.
fn problems(result: &SequenceResult) -> BTreeSet<(ProblemKind, String)> {
    match &result.outcome {
        Outcome::Failed(steps) => {
            let problems = steps.iter().flat_map(|step| &step.problems);
            problems.map(|problem| (problem.kind, without_names(&problem.text))).collect()
        }
        Outcome::Passed | Outcome::Skipped(_) => BTreeSet::new(),
    }
}

/// Writes the first of some sequences that failed in the same way, and the names of the others.
fn write_group(f: &mut fmt::Formatter<'_>, group: &[&SequenceResult]) -> fmt::Result {
    let Some((first, others)) = group.split_first() else { return Ok(()) };
    write!(f, "{first}")?;
    if !others.is_empty() {
        writeln!(f, "  the same in (sequences: {})", others.len())?;
        others.iter().try_for_each(|other| writeln!(f, "    {} / {}", other.suite, other.name))?;
    }
    writeln!(f)
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for group in by_cause(self.warnings(), problems).into_iter().chain(by_cause(self.failures(), problems)) {
            write_group(f, &group)?;
        }
        let mut separate = false;
        for (reason, names) in self.not_tried() {
            writeln!(f, "NOT TRIED: {reason} (sequences: {})", names.len())?;
            names.iter().try_for_each(|name| writeln!(f, "  {name}"))?;
            separate = true;
        }
        for reason in Unmapped::ALL {
            let names = names_of(reason, self.left_out());
            if !names.is_empty() {
                writeln!(f, "not sent, because {}: {names}", reason.sentence("it"))?;
                separate = true;
            }
        }
        for ((name, stand_in), count) in self.replaced() {
            writeln!(f, "sent in place of {name}: {stand_in} (sequences: {count})")?;
            separate = true;
        }
        if separate {
            writeln!(f)?;
        }
        f.write_str(&self.table())?;
        let (failed, causes) = (self.failures().count(), by_cause(self.failures(), problems).len());
        if causes < failed {
            writeln!(f, "distinct causes of the {failed} failures: {causes}")?;
        }
        let observed = self.failures().filter(|result| result.failed_only_by_observation()).count();
        if observed > 0 {
            writeln!(f, "{observed} of those that failed broke general rules only (`observation`)")?;
        }
        let total = self.counts();
        if total.passed + total.failed + total.warned == 0 {
            writeln!(f, "no sequence was run")?;
        }
        Ok(())
    }
}

impl fmt::Display for SequenceResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { suite, name, source, level, .. } = self;
        let quirk = if self.quirk { ", quirk" } else { "" };
        match &self.outcome {
            Outcome::Passed => writeln!(f, "passed: {suite} / {name}"),
            Outcome::Skipped(reason) => writeln!(f, "skipped: {suite} / {name} ({reason})"),
            Outcome::Failed(steps) => {
                let heading = if self.is_warning() { "WARNING" } else { "FAILED" };
                writeln!(f, "{heading}: {suite} / {name} ({level}{quirk})")?;
                writeln!(f, "  source: {source}")?;
                if let Some(note) = &self.note {
                    writeln!(f, "  note: {note}")?;
                }
                for (name, stand_in) in &self.replaced {
                    writeln!(f, "  with {stand_in} in place of {name}")?;
                }
                steps.iter().try_for_each(|step| step.fmt(f))?;
                for entry in &self.entries {
                    writeln!(f, "  see {}: {}", entry.id, entry.title)?;
                }
                Ok(())
            }
        }
    }
}

impl fmt::Display for StepFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "  step {}", self.step)?;
        if let Some(note) = &self.note {
            writeln!(f, "    note: {note}")?;
        }
        block(f, "request", &self.request)?;
        block(f, "answer", self.answer.as_deref().unwrap_or("none"))?;
        for problem in &self.problems {
            block(f, problem.kind.word(), &problem.text)?;
        }
        Ok(())
    }
}

/// A heading, and the lines of a text in a column beside it.
fn block(f: &mut fmt::Formatter<'_>, heading: &str, text: &str) -> fmt::Result {
    let mut heading = heading;
    for line in text.lines() {
        writeln!(f, "    {heading:11}  {line}")?;
        heading = "";
    }
    Ok(())
}
