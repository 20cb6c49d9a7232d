//! What is told of a run while it goes on.

use std::fmt;

use crate::report::{Outcome, SequenceResult};
use crate::sequence::Sequence;

/// The beginning or the end of one sequence. See [`Kit::on_progress`](crate::Kit::on_progress).
///
/// Its text is a part of a line: ``[ 12/166] suite / name ... `` at the beginning, `ok` and a line break at the end.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Progress<'a> {
    /// The requests of a sequence are about to be sent.
    Started {
        /// The position of the sequence in the run, from 1.
        position: usize,
        /// How many sequences the run has.
        total: usize,
        /// The sequence.
        sequence: &'a Sequence,
    },
    /// A sequence is over, or was skipped.
    Finished {
        /// The position of the sequence in the run, from 1.
        position: usize,
        /// How many sequences the run has.
        total: usize,
        /// How it went.
        result: &'a SequenceResult,
    },
}

impl fmt::Display for Progress<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Started { position, total, sequence } => {
                let width = total.to_string().len();
                write!(f, "[{position:>width$}/{total}] {} / {} ... ", sequence.suite, sequence.name)
            }
            Self::Finished { result, .. } => match &result.outcome {
                Outcome::Passed => writeln!(f, "ok"),
                Outcome::Failed(_) if result.is_warning() => writeln!(f, "WARNING"),
                Outcome::Failed(_) => writeln!(f, "FAILED"),
                Outcome::Skipped(reason) => writeln!(f, "skipped: {reason}"),
            },
        }
    }
}
