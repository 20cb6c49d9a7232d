use serde_json::{Value, json};

use super::*;

fn report() -> Report {
    let names = [("good", "must"), ("bad <&\"\u{1}", "must"), ("left", "must"), ("odd", "optional")];
    let file = json!(names.map(|(name, level)| json!({
        "suite": "suite & co", "name": name, "source": "x", "level": level, "quirk": false, "tags": ["op-case"],
        "steps": [{"method": "GET", "path": "/", "expect": {"status": 200}}],
    })));
    let sequences = Sequence::read_all(&file.to_string()).unwrap();
    let problem = Problem { kind: ProblemKind::Observation, text: "a < b".to_owned(), rule: Some(Rule::Challenge) };
    let failure = StepFailure {
        step: 1,
        request: "GET /".to_owned(),
        answer: Some("200 OK\n\u{7}".to_owned()),
        problems: vec![problem],
        note: None,
    };
    let failed = Outcome::Failed(vec![failure]);
    let outcomes = [Outcome::Passed, failed.clone(), Outcome::Skipped("no <title>".to_owned()), failed];
    let left_out =
        [("title", Unmapped::NotAnnounced), ("roles", Unmapped::Closed)].map(|(name, of)| (name.to_owned(), of));
    let replaced = [("nickName".to_owned(), "displayName".to_owned())].into();
    let changes = Changes { left_out: left_out.into(), replaced };
    let mut report = Report::default();
    for (sequence, outcome) in sequences.iter().zip(outcomes) {
        report.push(sequence, changes.clone(), outcome, Duration::from_millis(1500));
    }
    report
}

#[test]
fn text_names_entries_and_what_was_left_out() {
    let text = report().to_string();
    for part in [
        "  see E31: Operations in capitals\n  see E2: Bearer token on every request\n",
        "NOT TRIED: no <title> (sequences: 1)\n  suite & co / left\n",
        "not sent, because the server does not announce it: title\n",
        "not sent, because the server announces canonicalValues of its own for it: roles\n",
        "sent in place of nickName: displayName (sequences: 4)\n",
        "  with displayName in place of nickName\n",
        "WARNING: suite & co / odd (optional)\n",
        "FAILED: suite & co / bad",
        "suite & co       1       1       1        1\n",
    ] {
        assert!(text.contains(part), "{part}\n---\n{text}");
    }
}

#[test]
fn failures_with_one_cause_are_told_once() {
    let mut report = report();
    let mut other = report.results[1].clone();
    other.name = "worse".to_owned();
    report.results.push(other.clone());
    let text = report.to_string();
    assert_eq!(text.matches("FAILED: ").count(), 1, "{text}");
    assert!(text.contains("  the same in (sequences: 1)\n    suite & co / worse\n"), "{text}");
    assert!(text.contains("\ndistinct causes of the 2 failures: 1\n"), "{text}");

    let Outcome::Failed(steps) = &mut other.outcome else { panic!("it failed") };
    steps[0].problems[0].text = "a > b".to_owned();
    report.results.push(other);
    assert_eq!(report.to_string().matches("FAILED: ").count(), 2);
}

#[test]
fn json_has_everything() {
    let document: Value = serde_json::from_str(&report().to_json()).unwrap();
    assert_eq!(document["passed"], false);
    assert_eq!(document["counts"], json!({"passed": 1, "failed": 1, "warned": 1, "skipped": 1}));
    assert_eq!(document["suites"][0]["name"], "suite & co");
    assert_eq!((&document["suites"][0]["failed"], &document["results"][3]["outcome"]), (&json!(1), &json!("warned")));
    assert_eq!(document["leftOut"], json!(["roles", "title"]));
    let results = document["results"].as_array().unwrap();
    assert_eq!(results[0]["outcome"], "passed");
    assert_eq!((&results[2]["outcome"], &results[2]["reason"]), (&json!("skipped"), &json!("no <title>")));
    let bad = &results[1];
    assert_eq!((&bad["outcome"], &bad["milliseconds"]), (&json!("failed"), &json!(1500)));
    assert_eq!((&bad["entries"][0]["id"], &bad["entries"][1]["id"]), (&json!("E31"), &json!("E2")));
    assert_eq!(bad["steps"][0]["problems"], json!([{"kind": "observation", "rule": "challenge", "text": "a < b"}]));
}

#[test]
fn junit_is_well_formed() {
    let xml = report().to_junit();
    for part in [
        r#"<testsuites name="scim-conformance" tests="4" failures="1" errors="0" time="6.000">"#,
        r#"<testsuite name="suite &amp; co" tests="4" disabled="1" errors="0" failures="1" time="6.000">"#,
        r#"<testcase name="good" classname="suite &amp; co" time="1.500">"#,
        r#"<testcase name="bad &lt;&amp;&quot;" classname="suite &amp; co" time="1.500">"#,
        r#"<failure message="a &lt; b" type="observation">FAILED: "#,
        "<system-out>WARNING: ",
        r#"<skipped message="no &lt;title&gt;"/>"#,
    ] {
        assert!(xml.contains(part), "{part}\n---\n{xml}");
    }
    assert!(!xml.contains('\u{1}') && !xml.contains('\u{7}'));
    assert_eq!(xml.matches("<testcase ").count(), 4);
    assert_eq!(xml.matches("</testcase>").count(), 4);
}

#[test]
fn what_is_optional_is_a_warning() {
    let report = report();
    let names = |results: Vec<&SequenceResult>| results.iter().map(|result| result.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(report.failures().collect()), ["bad <&\"\u{1}"]);
    assert_eq!(names(report.warnings().collect()), ["odd"]);
    let without_bad = Report { results: [0, 2, 3].map(|at| report.results[at].clone()).into() };
    assert!(!report.passed() && without_bad.passed());
    assert!(!Report::default().passed());
}
