//! Which failures have the same cause.

use std::collections::BTreeSet;

use super::{Outcome, ProblemKind, SequenceResult};
use crate::cause::without_names;

/// The problems of a sequence, without what differs from sequence to sequence.
type Cause = BTreeSet<(ProblemKind, String)>;

/// Groups sequences that have the same problems, in the order of the first ones.
pub(super) fn by_cause<'a>(results: impl IntoIterator<Item = &'a SequenceResult>) -> Vec<Vec<&'a SequenceResult>> {
    let mut groups: Vec<(Cause, Vec<&SequenceResult>)> = Vec::new();
    for result in results {
        let cause = problems(result);
        match groups.iter_mut().find(|(of, _)| *of == cause) {
            Some((_, group)) => group.push(result),
            None => groups.push((cause, vec![result])),
        }
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

fn problems(result: &SequenceResult) -> Cause {
    match &result.outcome {
        Outcome::Failed(steps) => {
            let problems = steps.iter().flat_map(|step| &step.problems);
            problems.map(|problem| (problem.kind, without_names(&problem.text))).collect()
        }
        Outcome::Passed | Outcome::Skipped(_) => BTreeSet::new(),
    }
}
