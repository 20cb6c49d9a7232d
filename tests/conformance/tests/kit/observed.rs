//! Every general rule is seen to fail on a service that breaks it, with the schemas that the service announces.

use crate::fake::{Answer, Flaw, TOKEN, USER, announcing};
use scim_conformance::{Client, Kit, Outcome, Problem, Report, Rule, Schemas, ServiceClient};
use serde_json::{Value, json};

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// Creates a user, lists users, reads one that is not there.
const SEQUENCES: &str = r#"[{
    "suite": "fake", "name": "create and list", "source": "made up", "level": "must", "quirk": false,
    "steps": [
        {
            "method": "POST", "path": "/Users", "body": {"userName": "ada", "title": "Countess", "roles": []},
            "expect": {"status": 201}
        },
        {"method": "GET", "path": "/Users", "expect": {"status": 200}},
        {"method": "GET", "path": "/Users/none", "expect": {"status": [401, 404]}}
    ]
}, {
    "suite": "fake", "name": "about titles", "source": "made up", "level": "must", "quirk": false,
    "steps": [{"method": "GET", "path": "/Users?filter=title+pr", "expect": {"status": 200}}]
}]"#;

/// Three, so that they come on two pages.
fn schemas() -> Vec<Value> {
    let user = json!({"id": USER, "attributes": [
        {"name": "userName", "type": "string", "required": true},
        {"name": "active", "type": "boolean"},
        {"name": "emails", "type": "complex", "multiValued": true, "subAttributes": [{"name": "value"}]},
        {"name": "password", "type": "string", "returned": "never"},
    ]});
    let other = json!({"id": "urn:example:other", "attributes": []});
    let enterprise = json!({"id": ENTERPRISE, "attributes": [{"name": "department"}]});
    vec![other, user, enterprise]
}

async fn run(flaw: impl Flaw) -> Report {
    let (service, _) = announcing(schemas(), flaw);
    let kit = Kit::from_json(SEQUENCES).unwrap().token(TOKEN);
    kit.run(&ServiceClient::new(service)).await
}

fn problems(report: &Report) -> Vec<&Problem> {
    let steps = report.failures().flat_map(|result| match &result.outcome {
        Outcome::Failed(steps) => steps.as_slice(),
        Outcome::Passed | Outcome::Skipped(_) => &[],
    });
    steps.flat_map(|step| &step.problems).collect()
}

#[tokio::test]
async fn a_right_service_passes_and_what_it_lacks_is_named() {
    let report = run(|_: &str, _: &mut Answer| {}).await;
    report.assert_passed();
    let left_out: Vec<_> = report.left_out().into_keys().collect();
    assert_eq!(left_out, ["title"]);
    match &report.results()[1].outcome {
        Outcome::Skipped(reason) => assert_eq!(reason, "the server does not announce title"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_schemas_of_a_server_are_read_page_by_page() {
    let (service, _) = announcing(schemas(), |_: &str, _: &mut Answer| {});
    let schemas = Schemas::read(&ServiceClient::new(service), Some(TOKEN)).await;
    let user = schemas.schema(&USER.to_uppercase()).unwrap();
    assert!(user.attribute("EMAILS").unwrap().sub_attribute("Value").is_some());
    assert_eq!(user.attribute("password").unwrap().returned, "never");
    assert!(schemas.schema(ENTERPRISE).is_some());
    assert_eq!(schemas.resource_types()[0].endpoint, "/Users");
    assert_eq!(schemas.resource_types()[0].extensions, [ENTERPRISE]);
    assert_eq!(schemas.feature("bulk"), None);
}

/// A service that never comes to an end does not hold up the run.
#[tokio::test]
async fn endless_pages_end() {
    struct Endless;

    #[async_trait::async_trait]
    impl Client for Endless {
        async fn send(
            &self,
            request: http::Request<bytes::Bytes>,
        ) -> Result<http::Response<bytes::Bytes>, scim_conformance::ClientError> {
            let id = request.uri().query().unwrap_or("first");
            let page = json!({"totalResults": 1_000_000, "Resources": [{"id": id, "attributes": []}]});
            Ok(http::Response::new(page.to_string().into()))
        }
    }

    let schemas = Schemas::read(&Endless, None).await;
    assert!(schemas.schema("first").is_some() && schemas.schema("startIndex=50").is_some());
    assert!(schemas.schema("startIndex=51").is_none());
}

/// An answer, a change of it, and the rule that the change breaks.
type Row = (Rule, &'static str, fn(&mut Answer));

fn header(answer: &mut Answer, name: &'static str, value: Option<&str>) {
    answer.headers.retain(|(header, _)| *header != name);
    answer.headers.extend(value.map(|value| (name, value.to_owned())));
}

const TABLE: [Row; 26] = [
    (Rule::ContentType, "POST 201", |answer| header(answer, "content-type", Some("text/html"))),
    (Rule::ContentType, "GET 404", |answer| header(answer, "content-type", Some("application/json"))),
    (Rule::Json, "GET 200", |answer| answer.body = Value::String("}".to_owned())),
    (Rule::ErrorBody, "GET 404", |answer| answer.body = Value::Null),
    (Rule::ErrorBody, "GET 404", |answer| answer.body["status"] = json!(404)),
    (Rule::Challenge, "GET 404", |answer| {
        answer.status = 401;
        answer.body["status"] = json!("401");
    }),
    (Rule::Etag, "POST 201", |answer| header(answer, "etag", Some("W/\"2\""))),
    (Rule::Etag, "POST 201", |answer| header(answer, "etag", None)),
    (Rule::Location, "POST 201", |answer| header(answer, "location", None)),
    (Rule::Location, "POST 201", |answer| header(answer, "location", Some("http://elsewhere/Users/1"))),
    (Rule::Unassigned, "GET 200", |answer| answer.body["Resources"][0]["emails"] = json!([])),
    (Rule::Unassigned, "POST 201", |answer| answer.body["active"] = Value::Null),
    (Rule::List, "GET 200", |answer| answer.body["totalResults"] = json!("1")),
    (Rule::List, "GET 200", |answer| answer.body["itemsPerPage"] = json!(20)),
    (Rule::Identity, "GET 200", |answer| drop(object(&mut answer.body["Resources"][0]).remove("id"))),
    (Rule::Identity, "POST 201", |answer| answer.body["meta"]["resourceType"] = json!("Group")),
    (Rule::Schemas, "POST 201", |answer| answer.body["schemas"] = json!([ENTERPRISE, USER])),
    (Rule::Schemas, "POST 201", |answer| answer.body[ENTERPRISE] = json!({"department": "R"})),
    (Rule::Schemas, "GET 200", |answer| answer.body["Resources"][0]["schemas"] = json!([])),
    (Rule::Announced, "POST 201", |answer| answer.body["title"] = json!("Countess")),
    (Rule::Announced, "GET 200", |answer| answer.body["Resources"][0]["emails"] = json!([{"kind": "work"}])),
    (Rule::Announced, "POST 201", |answer| answer.body["meta"]["owner"] = json!("eve")),
    (Rule::Type, "POST 201", |answer| answer.body["active"] = json!("True")),
    (Rule::Type, "GET 200", |answer| answer.body["Resources"][0]["emails"] = json!({"value": "a"})),
    (Rule::Type, "POST 201", |answer| answer.body["meta"]["created"] = json!("today")),
    (Rule::Returned, "GET 200", |answer| answer.body["Resources"][0]["password"] = json!("s3cret")),
];

fn object(value: &mut Value) -> &mut serde_json::Map<String, Value> {
    value.as_object_mut().unwrap()
}

#[tokio::test]
async fn every_rule_is_seen_to_fail() {
    let rules: std::collections::BTreeSet<_> = TABLE.iter().map(|(rule, ..)| rule).collect();
    assert_eq!(rules.len(), 13, "a rule is missing in the table");
    for (row, (rule, at, change)) in TABLE.into_iter().enumerate() {
        let report = run(move |name: &str, answer: &mut Answer| {
            if name == at {
                change(answer);
            }
        })
        .await;
        let rules: Vec<_> = problems(&report).iter().map(|problem| problem.rule).collect();
        // An empty `schemas` and an empty array are two faults.
        assert!(
            !rules.is_empty() && rules.iter().all(|found| *found == Some(rule) || *found == Some(Rule::Unassigned)),
            "row {row} {rule:?}: {report}"
        );
        assert!(rules.contains(&Some(rule)), "row {row} {rule:?}: {report}");
        assert!(!report.failures().next().unwrap().entries.is_empty(), "row {row}");
    }
}
