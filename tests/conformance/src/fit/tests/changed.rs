//! What is told to be left out, and what comes in place of other attributes.

use super::*;

/// A user with this title, department, role and external id.
fn create(status: u16) -> Value {
    let body =
        json!({"externalId": "x", "title": "t", "roles": [{"type": "r", "value": "v"}], ENTERPRISE: {"manager": "7"}});
    json!([{"method": "POST", "path": "/Users", "body": body, "expect": {"status": status}}])
}

#[test]
fn closed_sets_are_left_out() {
    let values = json!(["a", "b"]);
    let roles = |value: Value| json!({"name": "roles", "type": "complex", "multiValued": true, "subAttributes": value});
    let fit = |title: &Value, roles: &Value| {
        let manager = json!({"id": ENTERPRISE, "attributes": [{"name": "manager", "type": "complex"}]});
        let user = json!({"id": USER, "attributes": [{"name": "title", "canonicalValues": title}, roles]});
        Fit::of(&sequence(&create(201)), mapping(&Schemas::from_documents(&[user, manager], &[], None)))
    };
    let open = json!([{"name": "value"}, {"name": "type"}]);
    assert!(matches!(fit(&json!([]), &roles(open.clone())), Fit::Whole));
    for (title, sub_attributes, name) in [
        (&values, open, "title"),
        (&json!([]), json!([{"name": "value", "canonicalValues": values}, {"name": "type"}]), "roles"),
        (&json!([]), json!([{"name": "value"}, {"name": "type", "canonicalValues": values}]), "roles.type"),
    ] {
        match fit(title, &roles(sub_attributes)) {
            Fit::Reduced(_, changes) => {
                assert_eq!(changes.left_out, Reasons::from([(name.to_owned(), Unmapped::Closed)]));
            }
            other => panic!("{name}: {other:?}"),
        }
    }
}

#[test]
fn the_kit_does_without_what_it_is_told() {
    let fit = |path: &str, status: u16| {
        let without = BTreeSet::from([path.to_owned()]);
        // A server without `/Schemas` too.
        Fit::of(&sequence(&create(status)), Mapping { schemas: &Schemas::default(), without: &without })
    };
    let manager = format!("{ENTERPRISE}:manager");
    for (path, name) in [
        ("EXTERNALID", "externalId"),
        ("urn:ietf:params:scim:schemas:core:2.0:User:title", "title"),
        ("roles.value", "roles"),
        ("roles.type", "roles.type"),
        ("manager.value", manager.as_str()),
        (&format!("{manager}.value"), manager.as_str()),
        (ENTERPRISE, ENTERPRISE),
    ] {
        match fit(path, 201) {
            Fit::Reduced(_, changes) => {
                assert_eq!(changes.left_out, Reasons::from([(name.to_owned(), Unmapped::Told)]), "{path}");
            }
            other => panic!("{path}: {other:?}"),
        }
        assert!(matches!(fit(path, 400), Fit::Missing(_)), "{path}");
    }
    for path in ["userName", "department", "name", "roles.display"] {
        assert!(matches!(fit(path, 201), Fit::Whole), "{path}");
    }
}

/// The only sequence with this title: the requests and what is asserted when the server has other attributes.
fn replaced(name: &str, create: &Value, attributes: &Value) -> Fit {
    let patch = json!({"Operations": [{"op": "add", "path": "title", "value": "t"}]});
    let file = json!([{"suite": "s", "name": name, "source": "x", "level": "must", "quirk": false, "steps": [
        {"method": "POST", "path": "/Users", "body": create, "expect": {"status": 201}},
        {"method": "PATCH", "path": "/Users/1", "body": patch, "expect": {"status": 200}},
        {"method": "GET", "path": "/Users?filter=title+eq+%22t%22", "expect": {"status": 200, "assertions":
            [{"path": "$.Resources[0].title", "equals": "t"}]}},
    ]}]);
    let schemas = Schemas::from_documents(&[json!({"id": USER, "attributes": attributes})], &[], None);
    Fit::of(&Sequence::read_all(&file.to_string()).unwrap()[0], mapping(&schemas))
}

#[test]
fn another_attribute_comes_in_place_of_a_missing_one() {
    let name = json!({"name": "name", "type": "complex", "subAttributes": [{"name": "familyName"}]});
    let display = json!({"name": "displayName"});
    for (attributes, create, stand_in, created) in [
        (json!([display, {"name": "nickName"}]), json!({"displayName": "d"}), "nickName", r#"{"displayName":"d"}"#),
        // What the new user has is not looked at.
        (json!([display]), json!({"displayName": "d", "title": "c"}), "displayName", r#"{"displayName":"c"}"#),
        (
            json!([name]),
            json!({"name": {"familyName": "f"}, "title": "c"}),
            "name.familyName",
            r#"{"name":{"familyName":"c"}}"#,
        ),
    ] {
        match replaced("n", &create, &attributes) {
            Fit::Reduced(sequence, Changes { left_out, replaced }) => {
                assert_eq!(replaced, Replaced::from([("title".to_owned(), stand_in.to_owned())]));
                assert!(left_out.is_empty(), "{left_out:?}");
                let [create, change, get] = &sequence.steps[..] else { panic!("{sequence:?}") };
                assert_eq!(create.body, Some(Body::Json(created.to_owned())));
                let path = format!(r#"{{"Operations":[{{"op":"add","path":"{stand_in}","value":"t"}}]}}"#);
                assert_eq!(change.body, Some(Body::Json(path)));
                assert_eq!(get.path, format!("/Users?filter={stand_in}+eq+%22t%22"));
                assert_eq!(get.expect.assertions[0].path.to_string(), format!("$.Resources[0].{stand_in}"));
            }
            other => panic!("{stand_in}: {other:?}"),
        }
    }
}

#[test]
fn only_plain_texts_come_in_place_of_others() {
    let fits =
        |name: &str, attribute: Value| !matches!(replaced(name, &json!({}), &json!([attribute])), Fit::Missing(_));
    assert!(fits("n", json!({"name": "displayName"})));
    assert!(!fits("Title is set", json!({"name": "displayName"})));
    for (member, value) in [
        ("type", json!("complex")),
        ("multiValued", json!(true)),
        ("required", json!(true)),
        ("caseExact", json!(true)),
        ("mutability", json!("immutable")),
        ("uniqueness", json!("server")),
        ("returned", json!("request")),
        ("canonicalValues", json!(["a"])),
    ] {
        let mut attribute = json!({"name": "displayName"});
        attribute[member] = value;
        assert!(!fits("n", attribute), "{member}");
    }
}

#[test]
fn sequences_on_extensions_take_the_one_of_the_server() {
    const FABRIKAM: &str = crate::schemas::standard::FABRIKAM;
    const OWN: &str = "urn:example:badge:2.0:User";
    let users = json!({"name": "User", "endpoint": "/Users", "schema": USER,
        "schemaExtensions": [{"schema": ENTERPRISE}, {"schema": OWN}]});
    let announcing = |attributes: Value| {
        let own = json!({"id": OWN, "attributes": attributes});
        let enterprise = json!({"id": ENTERPRISE, "attributes": [{"name": "department"}]});
        Schemas::from_documents(&[json!({"id": USER}), enterprise, own], std::slice::from_ref(&users), None)
    };
    let number = json!({"name": "number", "caseExact": true});
    let schemas = announcing(json!([{"name": "day", "type": "dateTime"}, number]));
    assert_eq!(own_extension(&schemas), Some((OWN, "number")));
    assert_eq!(own_extension(&announcing(json!([number, {"name": "site", "required": true}]))), None);

    let mut sequence = sequence(&json!([
        {"method": "POST", "path": "/Users", "body": {FABRIKAM: {"tag": "7"}}, "expect": {"status": 201, "assertions": [
            {"path": "$.schemas", "contains": FABRIKAM}, {"path": format!("$['{FABRIKAM}'].tag"), "equals": "7"}]}},
        {"method": "PATCH", "path": "/Users/1", "body": {"Operations": [{"op": "remove", "path": format!("{FABRIKAM}:tag")}]},
            "expect": {"status": 204}},
    ]));
    assert!(matches!(Fit::of(&sequence, mapping(&schemas)), Fit::Missing(_)));
    sequence.requires.push(crate::Requirement::CustomExtension);
    match Fit::of(&sequence, mapping(&schemas)) {
        Fit::Reduced(sequence, Changes { left_out, replaced }) => {
            assert_eq!(left_out, Reasons::new());
            assert_eq!(replaced, Replaced::from([(format!("{FABRIKAM}:tag"), format!("{OWN}:number"))]));
            let [create, change] = &sequence.steps[..] else { panic!("{sequence:?}") };
            assert_eq!(create.body, Some(Body::Json(format!(r#"{{"{OWN}":{{"number":"7"}}}}"#))));
            let body = json!({OWN: {"number": "7"}, "schemas": [OWN]});
            assert!(create.expect.assertions.iter().all(|assertion| assertion.failure(&body).is_none()));
            let path = format!(r#"{{"Operations":[{{"op":"remove","path":"{OWN}:number"}}]}}"#);
            assert_eq!(change.body, Some(Body::Json(path)));
        }
        other => panic!("{other:?}"),
    }
}
