//! The kit reports what is wrong with a server, and only that.

use std::sync::atomic::Ordering;

use crate::fake::{Answer, Flaw, TOKEN, fake, kit};
use scim_conformance::{Kit, Outcome, ProblemKind, Report, ServiceClient};
use serde_json::{Value, json};

/// Runs the kit against the fake with this flaw; gives the report and how many requests were sent.
async fn run(flaw: impl Flaw) -> (Report, usize) {
    let (service, requests) = fake(flaw);
    let report = kit().run(&ServiceClient::new(service)).await;
    (report, requests.load(Ordering::Relaxed))
}

/// The steps that failed, with their problems.
fn problems(report: &Report) -> Vec<(usize, ProblemKind, String)> {
    let mut found = Vec::new();
    for result in report.failures() {
        if let Outcome::Failed(steps) = &result.outcome {
            for step in steps {
                found.extend(step.problems.iter().map(|problem| (step.step, problem.kind, problem.text.clone())));
            }
        }
    }
    found
}

fn content_type(answer: &mut Answer, value: &str) {
    answer.headers.retain(|(name, _)| *name != "content-type");
    answer.headers.push(("content-type", value.to_owned()));
}

#[tokio::test]
async fn a_right_server_passes() {
    let (report, requests) = run(|_: &str, _: &mut Answer| {}).await;
    report.assert_passed();
    assert_eq!(requests, 4);
}

#[tokio::test]
async fn a_wrong_status_is_reported_and_ends_the_sequence() {
    let (report, requests) = run(|name: &str, answer: &mut Answer| {
        if name == "POST 201" {
            answer.status = 200;
        }
    })
    .await;
    assert_eq!(problems(&report), [(1, ProblemKind::Status, "the status must be 201, but it is 200".to_owned())]);
    assert_eq!(requests, 1);
    assert!(!report.passed());
}

#[tokio::test]
async fn a_wrong_body_is_reported_with_every_failed_assertion() {
    let (report, requests) = run(|name: &str, answer: &mut Answer| {
        if name == "POST 201" {
            answer.body["active"] = json!("True");
            answer.body["userName"] = json!("eve");
        }
    })
    .await;
    let problems = problems(&report);
    assert_eq!(problems.len(), 2, "{problems:?}");
    assert!(problems[0].2.starts_with("`$.userName` must equal `\"ada.k"), "{problems:?}");
    assert_eq!(problems[1].2, "`$.active` must equal `true`, but it is `\"True\"`");
    assert!(problems.iter().all(|problem| problem.0 == 1 && problem.1 == ProblemKind::Assertion));
    assert_eq!(requests, 1);
}

#[tokio::test]
async fn a_wrong_content_type_is_observed_and_the_sequence_goes_on() {
    let (report, requests) = run(|name: &str, answer: &mut Answer| {
        if name == "GET 200" {
            content_type(answer, "text/plain");
        }
    })
    .await;
    let text = "the header `Content-Type` must be `application/scim+json`, but it is `text/plain`";
    assert_eq!(problems(&report), [(2, ProblemKind::Observation, text.to_owned())]);
    assert_eq!(requests, 4);
    assert!(report.results()[0].failed_only_by_observation());
    assert!(!report.passed());
}

#[tokio::test]
async fn general_rules_are_applied_to_every_answer() {
    // What a member of the answer to a step is changed to.
    let table = [
        (2, "GET 200", "nickName", Value::Null),
        (2, "GET 200", "emails", json!([])),
        (2, "GET 200", "meta", json!({"resourceType": "User", "version": "W/\"2\""})),
        (2, "GET 200", "meta", json!({"resourceType": "User", "location": "/Users/a"})),
        (3, "GET 404", "status", json!(404)),
        (3, "GET 404", "schemas", json!(["urn:example:Error"])),
        (3, "GET 404", "scimType", json!("notFound")),
    ];
    for (step, at, member, value) in table {
        let row = format!("{member} {value}");
        let (report, requests) = run(move |name: &str, answer: &mut Answer| {
            if name == at {
                answer.body[member] = value.clone();
            }
        })
        .await;
        let problems = problems(&report);
        assert_eq!(problems.len(), 1, "{row}: {problems:?}");
        assert_eq!((problems[0].0, problems[0].1), (step, ProblemKind::Observation), "{row}");
        assert_eq!(requests, 4, "{row}");
    }
}

#[tokio::test]
async fn general_rules_can_be_switched_off() {
    let (service, _) = fake(|_: &str, answer: &mut Answer| content_type(answer, "text/plain"));
    let client = ServiceClient::new(service);
    kit().observing(false).run(&client).await.assert_passed();
    assert!(!kit().run(&client).await.passed());
}

#[tokio::test]
async fn a_missing_capture_is_reported() {
    let (report, _) = run(|name: &str, answer: &mut Answer| {
        if name == "POST 201" {
            answer.body["id"] = json!({"value": "1"});
        }
    })
    .await;
    let text = "`$.id` must be there: later requests need it as `{{id}}`";
    assert_eq!(problems(&report), [(1, ProblemKind::Capture, text.to_owned())]);
}

#[tokio::test]
async fn assertions_are_skipped_on_204_only() {
    let (report, _) = run(|name: &str, answer: &mut Answer| {
        if name == "PATCH 204" {
            answer.status = 200;
        }
    })
    .await;
    let problems = problems(&report);
    assert_eq!((problems.len(), problems[0].0, problems[0].1), (1, 4, ProblemKind::Assertion), "{problems:?}");
}

#[tokio::test]
async fn a_wrong_base_path_is_noticed() {
    let (service, _) = fake(|_: &str, _: &mut Answer| {});
    let report = kit().run(&ServiceClient::new(service).base("/scim")).await;
    assert_eq!(problems(&report)[0].1, ProblemKind::Status);
}

#[tokio::test]
async fn the_report_shows_request_answer_and_expectation_but_no_token() {
    let (report, _) = run(|name: &str, answer: &mut Answer| {
        if name == "GET 200" {
            answer.status = 500;
        }
    })
    .await;
    let text = report.to_string();
    for part in [
        "FAILED: fake / create and read (must)\n  source: made up\n  step 2\n",
        "    request      GET /Users/a%2Fb\n",
        "                 accept: application/scim+json\n",
        "    answer       500 Internal Server Error\n",
        "\"userName\":\"ada\"",
        "    status       the status must be 200, but it is 500\n",
        "\ntotal       0       1       0        0\n",
    ] {
        assert!(text.contains(part), "{part}\n---\n{text}");
    }
    assert!(!text.contains(TOKEN), "{text}");
}

#[tokio::test]
async fn a_suite_in_two_places_of_the_file_is_one_line() {
    let sequence = crate::fake::SEQUENCES.trim_matches(['[', ']']);
    let other = sequence.replace("\"fake\"", "\"other\"");
    let kit = Kit::from_json(&format!("[{sequence}, {other}, {sequence}]")).unwrap().token(TOKEN);
    let (service, _) = fake(|_: &str, _: &mut Answer| {});
    let report = kit.run(&ServiceClient::new(service)).await;
    let suites: Vec<_> = report.suites().into_iter().map(|(suite, counts)| (suite, counts.passed)).collect();
    assert_eq!(suites, [("fake", 2), ("other", 1)]);
    assert_eq!(report.counts().passed, 3);
}

#[tokio::test]
async fn a_variable_that_nobody_captured_is_reported() {
    let json = crate::fake::SEQUENCES.replace("\"captures\": {\"id\":", "\"captures\": {\"other\":");
    let (service, _) = fake(|_: &str, _: &mut Answer| {});
    let report = Kit::from_json(&json).unwrap().token(TOKEN).run(&ServiceClient::new(service)).await;
    assert_eq!(problems(&report), [(2, ProblemKind::Request, "unknown variable `{{id}}`".to_owned())]);
}

#[tokio::test]
#[should_panic(expected = "the server does not pass")]
async fn a_run_of_nothing_does_not_pass() {
    let (service, _) = fake(|_: &str, _: &mut Answer| {});
    kit().suite("misspelled").run(&ServiceClient::new(service)).await.assert_passed();
}

#[tokio::test]
async fn a_server_that_always_says_200_fails_nearly_every_standard_sequence() {
    let (service, _) = fake(|_: &str, answer: &mut Answer| {
        answer.status = 200;
        answer.body = json!({"id": "1"});
    });
    let report = Kit::standard().token(TOKEN).run(&ServiceClient::new(service)).await;
    let passed: Vec<_> = report
        .results()
        .iter()
        .filter(|result| matches!(result.outcome, Outcome::Passed))
        .map(|result| &result.name)
        .collect();
    // Whose only requests are ones that a server may answer in nearly any way.
    let expected = [
        "Form-encoded client-credentials token request is not the SCIM server's job",
        "S15: /Me is processed, redirected or 501",
    ];
    assert_eq!(passed, expected);
    assert!(report.counts().failed > 250);
}
