//! A report in the XML that continuous integration systems read.

use std::fmt::Write as _;
use std::time::Duration;

use super::{Outcome, Report, SequenceResult};

impl Report {
    /// The report as `JUnit` XML: a test suite for each suite, a test case for each sequence.
    ///
    /// The text of a failure is the same as in the report for people. A failed sequence of the level
    /// [`Level::Optional`](crate::Level::Optional) is a test case that passed, with the text as its output.
    #[must_use]
    pub fn to_junit(&self) -> String {
        let total = self.counts();
        let mut xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned();
        let time = seconds(self.results.iter().map(|result| result.duration).sum());
        let _ = writeln!(
            xml,
            "<testsuites name=\"scim-conformance\" tests=\"{}\" failures=\"{}\" skipped=\"{}\" time=\"{time}\">",
            total.all(),
            total.failed,
            total.skipped
        );
        for (suite, counts) in self.suites() {
            let results = || self.results.iter().filter(|result| result.suite == suite);
            let _ = writeln!(
                xml,
                "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" skipped=\"{}\" time=\"{}\">",
                escape(suite),
                counts.all(),
                counts.failed,
                counts.skipped,
                seconds(results().map(|result| result.duration).sum()),
            );
            results().for_each(|result| case(&mut xml, result));
            xml.push_str("  </testsuite>\n");
        }
        xml + "</testsuites>\n"
    }
}

fn case(xml: &mut String, result: &SequenceResult) {
    let (suite, name) = (escape(&result.suite), escape(&result.name));
    let time = seconds(result.duration);
    let _ = write!(xml, "    <testcase classname=\"{suite}\" name=\"{name}\" time=\"{time}\"");
    let _ = match &result.outcome {
        Outcome::Passed => writeln!(xml, "/>"),
        Outcome::Skipped(reason) => writeln!(xml, "><skipped message=\"{}\"/></testcase>", escape(reason)),
        // The format has no warnings.
        Outcome::Failed(_) if result.is_warning() => {
            writeln!(xml, "><system-out>{}</system-out></testcase>", escape(&result.to_string()))
        }
        Outcome::Failed(steps) => {
            let first = steps.iter().flat_map(|step| &step.problems).next();
            let (kind, message) = first.map_or(("", ""), |problem| (problem.kind.word(), problem.text.as_str()));
            let (message, text) = (escape(message), escape(&result.to_string()));
            writeln!(xml, "><failure type=\"{kind}\" message=\"{message}\">{text}</failure></testcase>")
        }
    };
}

fn seconds(duration: Duration) -> String {
    format!("{:.3}", duration.as_secs_f64())
}

/// A text as XML 1.0 can hold it; characters that it cannot hold at all become `?`.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' | '\t' => escaped.push(character),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => escaped.push('?'),
            _ => escaped.push(character),
        }
    }
    escaped
}
