//! Tests the example with Entra's requests.

use scim_conformance::{Kit, Outcome, ServiceClient};

#[tokio::test]
async fn entra_requests_about_users_succeed() {
    let client = ServiceClient::new(super::app().unwrap()).base("/scim/v2");
    let report = Kit::standard().token("secret").run(&client).await;
    let entra_results = report
        .results()
        .iter()
        .filter(|result| ["1-test-connection", "2-scim-validator", "4-entra-docs"].contains(&result.suite.as_str()));
    let mut passed = 0;
    for result in entra_results {
        match result.outcome {
            Outcome::Passed => passed += 1,
            // The example has no groups.
            Outcome::Skipped(_) => {}
            Outcome::Failed(_) => panic!("{}: {report}", result.name),
        }
    }
    assert!(passed > 20, "{passed}: {report}");
}
