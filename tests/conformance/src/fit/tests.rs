use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::*;
use crate::schemas::Schemas;

mod changed;

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// A server with `userName`, `active`, `emails` without `display`, and `department`; without groups.
fn schemas() -> Schemas {
    let user = json!({"id": USER, "attributes": [
        {"name": "userName"}, {"name": "active", "type": "boolean"},
        {"name": "emails", "type": "complex", "multiValued": true, "subAttributes": [{"name": "value"}, {"name": "type"}]},
    ]});
    let enterprise = json!({"id": ENTERPRISE, "attributes": [{"name": "department"}]});
    Schemas::from_documents(&[user, enterprise], &[], None)
}

fn mapping(schemas: &Schemas) -> Mapping<'_> {
    const NOTHING: &BTreeSet<String> = &BTreeSet::new();
    Mapping { schemas, without: NOTHING }
}

fn sequence(steps: &Value) -> Sequence {
    let file = json!([{"suite": "s", "name": "n", "source": "x", "level": "must", "quirk": false, "steps": steps}]);
    Sequence::read_all(&file.to_string()).unwrap().remove(0)
}

fn fit(steps: &Value) -> Fit {
    Fit::of(&sequence(steps), mapping(&schemas()))
}

/// The body of the only step after reduction, and what was left out.
fn reduced(method: &str, body: &Value) -> (String, Vec<String>) {
    match fit(&json!([{"method": method, "path": "/Users/1", "body": body, "expect": {"status": 200}}])) {
        Fit::Reduced(sequence, changes) => match sequence.steps[0].body.clone() {
            Some(Body::Json(text)) => (text, changes.left_out.into_keys().collect()),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

fn missing(steps: &Value) -> Vec<String> {
    match fit(steps) {
        Fit::Missing(names) => names.into_keys().collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_announced_is_sent_as_it_is() {
    let body = json!({"userName": "a", "ACTIVE": "True", "externalId": "x", "shoeSize": 44, "emails": [{"value": "a", "x": 1}],
        ENTERPRISE: {"department": "R"}, "urn:x:User": {"a": 1}});
    let steps = json!([{"method": "POST", "path": "/Users", "body": body, "expect": {"status": 201}}]);
    assert!(matches!(fit(&steps), Fit::Whole));
    // Without `/Schemas` nothing is known.
    let steps = json!([{"method": "POST", "path": "/Users", "body": {"title": "x"}, "expect": {"status": 201}}]);
    assert!(matches!(Fit::of(&sequence(&steps), mapping(&Schemas::default())), Fit::Whole));
}

#[test]
fn attributes_are_taken_out_of_resources() {
    let body = json!({"b": 1, "title": "x", "a": 2, "emails": [{"value": "a", "display": "A"}], ENTERPRISE: {"manager": "7", "department": "R"}});
    let (text, left_out) = reduced("POST", &body);
    assert_eq!(text, format!(r#"{{"a":2,"b":1,"emails":[{{"value":"a"}}],"{ENTERPRISE}":{{"department":"R"}}}}"#));
    assert_eq!(left_out, ["emails.display", "title", &format!("{ENTERPRISE}:manager")]);
}

#[test]
fn members_keep_their_order() {
    let schemas = schemas();
    let names = names::Names::at("/Users", mapping(&schemas)).unwrap().unwrap();
    assert_eq!(names.missing("TITLE"), Some(("title".to_owned(), Unmapped::NotAnnounced)));
    let mut dropped = Reasons::new();
    let text =
        body::reduce(r#"{"z":"{{run}}","title":1,"b":[1,{"y":"\"","a":null}]}"#, &Method::POST, &names, &mut dropped);
    assert_eq!(text.as_deref(), Some(r#"{"z":"{{run}}","b":[1,{"y":"\"","a":null}]}"#));
}

#[test]
fn operations_are_taken_out_of_patches() {
    let operation = |path: &str, value: Value| json!({"op": "add", "path": path, "value": value});
    let (text, left_out) = reduced(
        "PATCH",
        &json!({"Operations": [
            operation("title", json!("x")),
            operation("URN:ietf:params:scim:schemas:core:2.0:User:nickName", json!("x")),
            operation("addresses[type eq \"work\"].country", json!("x")),
            operation("emails[type eq \"work\"].display", json!("x")),
            operation("emails[primary eq true].value", json!("x")),
            operation("manager", json!("x")),
            {"op": "add", "value": {"name.givenName": "x"}},
            {"op": "add", "value": {"active": true, "name": {"givenName": "x"}}},
            {"op": "remove", "path": "shoeSize"},
        ]}),
    );
    let left = r#"{"Operations":[{"op":"add","value":{"active":true}},{"op":"remove","path":"shoeSize"}]}"#;
    assert_eq!(text, left);
    let expected = ["addresses", "emails.display", "emails.primary", "name", "nickName", "title"];
    assert_eq!(left_out[..6], expected);
    assert_eq!(left_out[6], format!("{ENTERPRISE}:manager"));
}

#[test]
fn sequences_about_what_is_missing_are_left_out() {
    let step = |method: &str, path: &str, body: Value| {
        let mut step = json!({"method": method, "path": path, "expect": {"status": 200}});
        if !body.is_null() {
            step["body"] = body;
        }
        step
    };
    let patch = json!({"Operations": [{"op": "add", "path": "title", "value": "x"}]});
    assert_eq!(missing(&json!([step("PATCH", "/Users/1", patch)])), ["title"]);
    assert_eq!(missing(&json!([step("GET", "/Users?filter=title+pr", Value::Null)])), ["title"]);
    assert_eq!(missing(&json!([step("GET", "/Users?sortBy=name.familyName", Value::Null)])), ["name"]);
    assert_eq!(missing(&json!([step("POST", "/Groups", json!({}))])), ["the resource type of `/Groups`"]);
    assert!(matches!(fit(&json!([step("GET", "/Groups?filter=displayName+pr", Value::Null)])), Fit::Whole));
}

#[test]
fn requests_that_must_be_refused_are_not_changed() {
    let step = |status: u16| json!([{"method": "POST", "path": "/Users", "body": {"userName": "a", "title": 1}, "expect": {"status": status}}]);
    assert_eq!(missing(&step(400)), ["title"]);
    // A conflict is about the rest.
    assert!(matches!(fit(&step(409)), Fit::Reduced(..)));
}

#[test]
fn assertions_go_with_their_attributes() {
    let read = |assertions: Value| {
        fit(&json!([{"method": "GET", "path": "/Users/1", "expect": {"status": 200, "assertions": assertions}}]))
    };
    let title = json!({"path": "$.title", "equals": "x"});
    let user_name = json!({"path": "$.userName", "equals": "x"});
    let no_title = json!({"path": "$.title", "exists": false});
    assert!(matches!(read(json!([user_name, no_title])), Fit::Whole));
    assert!(matches!(read(json!([title])), Fit::Missing(_)));
    match read(json!([title, user_name])) {
        Fit::Reduced(sequence, _) => assert_eq!(sequence.steps[0].expect.assertions.len(), 1),
        other => panic!("{other:?}"),
    }
    let in_list = json!({"path": "$.Resources[0].emails[?(@.type=='work')].display", "equals": "x"});
    assert!(matches!(read(json!([in_list])), Fit::Missing(_)));
    let extension = json!({"path": format!("$['{ENTERPRISE}'].manager.value"), "equals": "x"});
    assert!(matches!(read(json!([extension])), Fit::Missing(_)));
}

#[test]
fn assertions_on_schemas_go_with_their_attributes() {
    let announced = |name: &str| {
        json!({
            "path": format!("$.Resources[?(@.id=='{USER}')].attributes[?(@.name=='{name}')].name"), "exists": true
        })
    };
    let steps = json!([{"method": "GET", "path": "/Schemas", "expect": {"status": 200, "assertions":
        [announced("active"), announced("phoneNumbers"), announced("userName")]}}]);
    match fit(&steps) {
        Fit::Reduced(sequence, changes) => {
            assert_eq!(sequence.steps[0].expect.assertions.len(), 2);
            assert!(changes.left_out.contains_key("phoneNumbers"));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn elements_go_with_their_types() {
    let kind = json!({"name": "type", "canonicalValues": ["work"]});
    let user = json!({"id": USER, "attributes": [
        {"name": "userName"},
        {"name": "emails", "type": "complex", "multiValued": true, "subAttributes": [{"name": "value"}, kind]},
    ]});
    let schemas = Schemas::from_documents(&[user], &[], None);
    let fit = |steps: &Value| Fit::of(&sequence(steps), mapping(&schemas));
    let emails =
        json!([{"type": "HOME", "value": "h"}, {"type": "work", "value": "w"}, {"type": "mine", "value": "m"}]);
    let create = json!({"method": "POST", "path": "/Users", "body": {"emails": emails}, "expect": {"status": 201}});
    let get = |path: &str, assertions: Value| json!({"method": "GET", "path": path, "expect": {"status": 200, "assertions": assertions}});
    let of_type = |word: &str| json!({"path": format!("$.emails[?(@.type=='{word}')].value"), "equals": "x"});
    let count = json!({"path": "$.emails", "count": 3});
    match fit(&json!([create, get("/Users/1", json!([of_type("home"), of_type("work"), of_type("mine"), count]))])) {
        Fit::Reduced(sequence, changes) => {
            let expected = r#"{"emails":[{"type":"work","value":"w"},{"type":"mine","value":"m"}]}"#;
            assert_eq!(sequence.steps[0].body, Some(Body::Json(expected.to_owned())));
            assert_eq!(sequence.steps[1].expect.assertions.len(), 2);
            assert!(changes.left_out.into_keys().eq(["emails[type eq \"HOME\"]", "emails[type eq \"home\"]"]));
        }
        other => panic!("{other:?}"),
    }
    let missing = |steps: Value| matches!(fit(&steps), Fit::Missing(_));
    let patch = |path: &str| {
        json!({"method": "PATCH", "path": "/Users/1", "body": {"Operations": [{"op": "remove", "path": path}]},
            "expect": {"status": 204}})
    };
    assert!(missing(json!([patch("emails[type eq \"home\"].value")])));
    assert!(!missing(json!([patch("emails[type eq \"work\"].value"), patch("emails[type eq \"mine\"]")])));
    let filter = |filter: &str| get(&format!("/Users?filter={filter}"), json!([]));
    assert!(missing(json!([filter("emails%5Btype+eq+%22home%22%5D")])));
    assert!(!missing(json!([create, filter("emails%5Btype+eq+%22work%22%5D.value+eq+%22w%22")])));
    // The element that it would find may be the one that was left out.
    assert!(missing(json!([create, filter("emails.value+eq+%22h%22")])));
}

#[test]
fn filters_on_schemas_go_with_the_extension() {
    let create = |attribute: &str| {
        json!({"method": "POST", "path": "/Users", "body": {"userName": "a", ENTERPRISE: {attribute: "x"}},
        "expect": {"status": 201}})
    };
    let filter = |schema: &str| {
        json!({"method": "GET", "path": format!("/Users?filter=schemas+eq+%22{schema}%22"),
        "expect": {"status": 200}})
    };
    assert!(matches!(fit(&json!([create("department"), filter(ENTERPRISE)])), Fit::Whole));
    assert!(matches!(fit(&json!([create("division"), filter(USER)])), Fit::Reduced(..)));
    assert_eq!(missing(&json!([create("division"), filter(ENTERPRISE)])), [format!("{ENTERPRISE}:division")]);
}

/// An application with a handful of columns is tested with most of what the clients send.
#[test]
fn a_small_application_is_not_left_alone() {
    let complex = |name: &str, many: bool, subs: &[&str]| {
        let subs: Vec<_> = subs.iter().map(|name| json!({"name": name})).collect();
        json!({"name": name, "type": "complex", "multiValued": many, "subAttributes": subs})
    };
    let user = json!({"id": USER, "attributes": [
        {"name": "userName"}, {"name": "active", "type": "boolean"}, complex("name", false, &["givenName", "familyName"]),
        complex("emails", true, &["value", "type", "primary"]), complex("phoneNumbers", true, &["value", "type"]),
    ]});
    let enterprise = json!({"id": ENTERPRISE, "attributes": [{"name": "department"}]});
    let group = json!({"id": "urn:ietf:params:scim:schemas:core:2.0:Group", "attributes": [
        {"name": "displayName"}, complex("members", true, &["value"]),
    ]});
    let schemas = Schemas::from_documents(&[user, enterprise, group], &[], None);
    let kit = crate::Kit::standard();
    let (mut run, mut left_out) = (0, Vec::new());
    for sequence in kit.sequences() {
        match Fit::of(sequence, mapping(&schemas)) {
            Fit::Whole | Fit::Reduced(..) => run += 1,
            Fit::Missing(names) => left_out.push((&sequence.name, names)),
        }
    }
    assert!(run > 3 * left_out.len(), "{run} run, without {left_out:#?}");
}
