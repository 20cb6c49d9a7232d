//! A report for programs.

use serde_json::{Map, Value, json};

use super::{Counts, Outcome, Report, SequenceResult, StepFailure};
use crate::catalogue::CatalogueEntry;
use crate::observe::Rule;

impl Report {
    /// The report as a JSON document, indented.
    ///
    /// Its members are `passed`, `counts` and `suites` (numbers), `leftOut` (attributes that were not sent), and `results`
    /// with an element for each sequence: `suite`, `name`, `source`, `level`, `quirk`, `milliseconds`, `outcome`
    /// (`passed`, `failed`, `warned` or `skipped`), `leftOut`, and where they apply `replaced`, `note`, `reason`, `entries` and `steps`. A step
    /// has `step`, `request`, `answer`, `note` and `problems`, which have `kind`, `text` and for observations `rule`.
    #[must_use]
    pub fn to_json(&self) -> String {
        let suites = self.suites().into_iter().map(|(name, counts)| {
            let mut suite = numbers(counts);
            suite.insert("name".to_owned(), name.into());
            suite
        });
        let document = json!({
            "passed": self.passed(),
            "counts": numbers(self.counts()),
            "suites": suites.collect::<Vec<_>>(),
            "leftOut": self.left_out().keys().collect::<Vec<_>>(),
            "results": self.results.iter().map(result).collect::<Vec<_>>(),
        });
        format!("{document:#}\n")
    }
}

/// An object with these members; those that are null do not apply, and are left out.
fn object<const N: usize>(members: [(&str, Value); N]) -> Map<String, Value> {
    let members = members.into_iter().filter(|(_, value)| !value.is_null());
    members.map(|(name, value)| (name.to_owned(), value)).collect()
}

fn numbers(counts: Counts) -> Map<String, Value> {
    let Counts { passed, failed, warned, skipped } = counts;
    object([
        ("passed", passed.into()),
        ("failed", failed.into()),
        ("warned", warned.into()),
        ("skipped", skipped.into()),
    ])
}

fn result(result: &SequenceResult) -> Map<String, Value> {
    let (mut reason, mut steps, mut entries) = (Value::Null, Value::Null, Value::Null);
    match &result.outcome {
        Outcome::Passed => {}
        Outcome::Skipped(text) => reason = text.as_str().into(),
        Outcome::Failed(failures) => {
            steps = failures.iter().map(step).collect();
            entries = result.entries.iter().copied().map(entry).collect();
        }
    }
    object([
        ("suite", result.suite.as_str().into()),
        ("name", result.name.as_str().into()),
        ("source", result.source.as_str().into()),
        ("level", result.level.to_string().into()),
        ("quirk", result.quirk.into()),
        ("milliseconds", u64::try_from(result.duration.as_millis()).unwrap_or(u64::MAX).into()),
        ("outcome", result.word().into()),
        ("leftOut", result.left_out.keys().map(String::as_str).collect()),
        ("replaced", if result.replaced.is_empty() { Value::Null } else { json!(result.replaced) }),
        ("note", result.note.as_deref().into()),
        ("reason", reason),
        ("steps", steps),
        ("entries", entries),
    ])
}

fn step(step: &StepFailure) -> Map<String, Value> {
    let problems = step.problems.iter().map(|problem| {
        object([
            ("kind", problem.kind.word().into()),
            ("text", problem.text.as_str().into()),
            ("rule", problem.rule.map(Rule::name).into()),
        ])
    });
    object([
        ("step", step.step.into()),
        ("request", step.request.as_str().into()),
        ("answer", step.answer.as_deref().into()),
        ("note", step.note.as_deref().into()),
        ("problems", problems.collect()),
    ])
}

fn entry(entry: &CatalogueEntry) -> Value {
    json!({"id": entry.id, "title": entry.title})
}
