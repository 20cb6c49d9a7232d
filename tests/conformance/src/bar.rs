//! Progress on a terminal.

use indicatif::{ProgressBar, ProgressStyle};
use scim_conformance::{Outcome, Progress};

/// A bar with the sequence that runs. Sequences that do not pass are printed above it.
#[derive(Clone, Debug)]
pub(crate) struct Bar(ProgressBar);

impl Bar {
    pub(crate) fn new() -> Self {
        let bar = ProgressBar::new(0);
        // The default style has no name of what runs.
        if let Ok(style) = ProgressStyle::with_template("{wide_bar} {pos}/{len}\n{wide_msg}") {
            bar.set_style(style);
        }
        Self(bar)
    }

    pub(crate) fn show(&self, progress: Progress<'_>) {
        match progress {
            Progress::Started { total, sequence, .. } => {
                self.0.set_length(u64::try_from(total).unwrap_or(u64::MAX));
                self.0.set_message(format!("{} / {}", sequence.suite, sequence.name));
            }
            Progress::Finished { result, .. } => {
                if let Outcome::Failed(_) = result.outcome {
                    let word = if result.is_warning() { "WARNING" } else { "FAILED" };
                    self.0.println(format!("{word}: {} / {}", result.suite, result.name));
                }
                self.0.inc(1);
            }
            _ => {}
        }
    }

    pub(crate) fn clear(&self) {
        self.0.finish_and_clear();
    }
}
