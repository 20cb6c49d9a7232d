//! A report in the XML that continuous integration systems read.

use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};

use super::{Outcome, Report, SequenceResult};

impl Report {
    /// Returns the report as `JUnit` XML: a test suite for each suite, a test case for each sequence.
    ///
    /// The text of a failure is the same as in the report for people. A failed sequence of the level
    /// [`Level::Optional`](crate::Level::Optional) is a test case that passed, with the text as its output.
    #[must_use]
    #[expect(clippy::expect_used, reason = "writing to memory does not fail")]
    #[expect(clippy::missing_panics_doc, reason = "it does not panic")]
    pub fn to_junit(&self) -> String {
        let mut report = quick_junit::Report::new("scim-conformance");
        report.set_time(self.results.iter().map(|result| result.duration).sum());
        for (name, _) in self.suites() {
            let results = || self.results.iter().filter(|result| result.suite == name);
            let mut suite = TestSuite::new(name);
            suite.set_time(results().map(|result| result.duration).sum());
            suite.add_test_cases(results().map(case));
            report.add_test_suite(suite);
        }
        report.to_string().expect("texts are written to memory")
    }
}

fn case(result: &SequenceResult) -> TestCase {
    let mut output = None;
    let status = match &result.outcome {
        Outcome::Passed => TestCaseStatus::success(),
        Outcome::Skipped(reason) => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(reason.as_str());
            status
        }
        // The format has no warnings.
        Outcome::Failed(_) if result.is_warning() => {
            output = Some(result.to_string());
            TestCaseStatus::success()
        }
        Outcome::Failed(steps) => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            if let Some(problem) = steps.iter().flat_map(|step| &step.problems).next() {
                status.set_type(problem.kind.word()).set_message(problem.text.as_str());
            }
            status.set_description(result.to_string());
            status
        }
    };
    let mut case = TestCase::new(result.name.as_str(), status);
    case.set_classname(result.suite.as_str()).set_time(result.duration);
    if let Some(output) = output {
        case.set_system_out(output);
    }
    case
}
