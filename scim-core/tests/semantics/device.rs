//! A resource type that is read from a schema document at run time.

use scim_core::{
    body,
    compat::{Compat, Tolerance},
    filter::Filter,
    json::{self, Projection},
    patch,
    reflect::Document,
    schema::{ResourceType, Schema},
};
use scim_test_support::semantics::engine::write;
use serde_json::{Value as Json, json};

fn device() -> ResourceType {
    let schema: Schema = serde_json::from_str(include_str!("../data/device.json")).unwrap();
    let resource_type = ResourceType::new("Device".into(), "/Devices".into(), String::new(), schema, Vec::new());
    resource_type.check().unwrap();
    resource_type
}

fn read(body: &Json) -> Result<Document, String> {
    let mut document = Document::new();
    body::read(&device(), &mut document, body.to_string().as_bytes(), &Tolerance::default())
        .map_err(|error| error.to_string())?;
    Ok(document)
}

/// Returns the response without the attributes that every response has.
fn show(document: &Document, projection: &Projection) -> Json {
    let mut json = write(&device(), document, projection);
    for name in ["schemas", "meta"] {
        json.as_object_mut().unwrap().remove(name);
    }
    json
}

fn full() -> Json {
    json!({
        "serial": "S1", "slots": -3, "weight": 1.5, "bought": "2011-05-13T04:42:34+02:00", "key": "aGk", "manual": "http://x/",
        "tags": ["a", "b"], "sizes": [3, 1], "owner": {"value": "u", "phones": ["1", "2"]}, "notes": "n",
        "vault": {"value": "v"}, "state": {"code": "c"},
        "ports": [{"value": 1, "name": "eth", "pin": "9"}, {"value": 2}],
    })
}

fn apply(start: &Json, operations: &Json) -> Result<Json, String> {
    let mut document = read(start)?;
    let body = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations});
    patch::apply(&device(), &mut document, body.to_string().as_bytes(), &Tolerance::new(Compat::entra()))
        .map_err(|error| error.to_string())?;
    Ok(show(&document, &Projection::DEFAULT))
}

#[test]
fn types_in_and_out() {
    let shown = show(&read(&full()).unwrap(), &Projection::DEFAULT);
    let expected = json!({
        "serial": "S1", "slots": -3, "weight": 1.5, "bought": "2011-05-13T02:42:34.000Z", "key": "aGk=", "manual": "http://x/",
        "tags": ["a", "b"], "sizes": [3, 1], "owner": {"value": "u", "phones": ["1", "2"]},
        "ports": [{"value": 1, "name": "eth"}, {"value": 2}],
    });
    assert_eq!(shown, expected);
}

#[test]
fn a_decimal_is_written_with_a_point() {
    let document = read(&json!({"serial": "S", "weight": 2})).unwrap();
    let mut out = Vec::new();
    json::write(&mut out, &device(), &document, &Projection::DEFAULT, "");
    assert!(String::from_utf8(out).unwrap().contains(r#""weight":2.0"#));
}

#[test]
fn wrong_types_are_reported() {
    for (body, detail) in [
        (r#"{"slots": 1.0}"#, "invalid value for `slots`: expected an integer"),
        (r#"{"slots": 1e2}"#, "invalid value for `slots`: expected an integer"),
        (r#"{"slots": "5"}"#, "invalid value for `slots`: expected an integer"),
        (r#"{"slots": 18446744073709551615}"#, "invalid value for `slots`: expected a smaller number"),
        (r#"{"slots": 99999999999999999999999}"#, "invalid value for `slots`: expected an integer"),
        (r#"{"weight": "5"}"#, "invalid value for `weight`: expected a number"),
        (r#"{"weight": 1e999}"#, "number out of range"),
        (r#"{"bought": "2011-05-13"}"#, "invalid value for `bought`: expected a date and time"),
        (r#"{"bought": 5}"#, "invalid value for `bought`: expected a date and time"),
        (r#"{"bought": "2011-02-30T00:00:00Z"}"#, "invalid value for `bought`: expected a date and time"),
        (r#"{"key": "a-_="}"#, "invalid value for `key`: expected base64 text"),
        (r#"{"key": 1}"#, "invalid value for `key`: expected base64 text"),
        (r#"{"tags": ["a", 5]}"#, "invalid value for `tags[1]`: expected a string"),
        (r#"{"tags": [{"other": "a"}]}"#, "invalid value for `tags[0]`: expected a string"),
        (r#"{"owner": {"phones": [1]}}"#, "invalid value for `owner.phones[0]`: expected a string"),
        (r#"{"ports": [{"value": "x"}]}"#, "invalid value for `ports[0].value`: expected an integer"),
    ] {
        let mut document = Document::new();
        let error = body::read(&device(), &mut document, body.as_bytes(), &Tolerance::default()).unwrap_err();
        assert!(error.detail().contains(detail), "{body}: {error}");
    }
    for body in [json!({"weight": 18_446_744_073_709_551_615_u64}), json!({"weight": -1, "slots": i64::MIN})] {
        assert!(read(&body).is_ok(), "{body}");
    }
}

#[test]
fn returned_controls_the_response() {
    let document = read(&full()).unwrap();
    let tolerance = Tolerance::default();
    let only = |names: &[&str]| show(&document, &Projection::only(&device(), names.iter().copied(), &tolerance));
    let without = |names: &[&str]| show(&document, &Projection::without(&device(), names.iter().copied(), &tolerance));
    // `always` is in every response, `never` in none, `request` in those to clients that request it.
    assert_eq!(only(&["notes"]), json!({"serial": "S1", "notes": "n"}));
    assert_eq!(only(&["vault", "vault.value"]), json!({"serial": "S1"}));
    assert_eq!(only(&["state.code"]), json!({"serial": "S1", "state": {"code": "c"}}));
    assert_eq!(only(&["ports.value"]), json!({"serial": "S1", "ports": [{"value": 1, "name": "eth"}, {"value": 2}]}));
    assert_eq!(only(&["ports.pin"]), json!({"serial": "S1", "ports": [{"name": "eth"}]}));
    let rest = ["slots", "weight", "bought", "key", "manual", "tags", "sizes", "owner"];
    assert_eq!(without(&[&rest[..], &["ports", "serial"]].concat()), json!({"serial": "S1"}));
    assert_eq!(
        without(&[&rest[..], &["ports.name", "ports.value", "state.since"]].concat()),
        json!({"serial": "S1", "ports": [{"name": "eth"}]})
    );
    // The response to a write that names a `request` attribute contains it.
    let mut written = Document::new();
    let report =
        body::read(&device(), &mut written, br#"{"serial":"S","notes":"n","state":{"code":"c"}}"#, &tolerance).unwrap();
    let projection = Projection::DEFAULT.with_requested(report.touched);
    assert_eq!(show(&written, &projection), json!({"serial": "S", "notes": "n", "state": {"code": "c"}}));
}

#[test]
fn filters_by_type() {
    let document = read(&full()).unwrap();
    for (filter, expected) in [
        ("slots eq -3", true),
        ("slots lt -2", true),
        ("slots ge -2", false),
        ("slots eq -3.0", false),
        ("weight gt 1", true),
        ("weight eq 1.5", true),
        ("weight le 1.49", false),
        ("bought eq \"2011-05-13T02:42:34Z\"", true),
        ("bought lt \"2011-05-13T02:42:34.001Z\"", true),
        ("key eq \"aGk=\"", true),
        ("key eq \"aGk\"", true),
        ("key eq \"agk\"", false),
        ("manual eq \"HTTP://x/\"", false),
        ("manual sw \"http\"", true),
        ("tags eq \"B\"", true),
        ("tags ne \"b\"", false),
        ("tags[value eq \"a\"]", true),
        ("tags[value eq \"a\" and value eq \"b\"]", false),
        ("sizes gt 2", true),
        ("sizes gt 3", false),
        ("owner.phones eq \"2\"", true),
        ("owner eq \"u\"", true),
        ("ports eq 2", true),
        ("ports[value eq 2 and name pr]", false),
        ("notes eq \"n\"", true),
    ] {
        match Filter::parse(&device(), filter) {
            Ok(parsed) => assert_eq!(parsed.matches(&document), expected, "{filter}"),
            Err(error) => assert!(filter == "slots eq -3.0", "{filter}: {error}"),
        }
    }
    // A sub-attribute that no client may read makes nothing present.
    let filter = Filter::parse(&device(), "ports pr").unwrap();
    assert!(filter.matches(&document));
    assert!(!filter.matches(&read(&json!({"serial": "S", "ports": [{"pin": "9"}]})).unwrap()));
    for filter in [
        "slots co 3",
        "slots eq \"3\"",
        "slots eq true",
        "weight sw 1",
        "bought ew \"Z\"",
        "key gt \"a\"",
        "key co \"a\"",
        "key eq \"?\"",
        "vault pr",
        "vault eq \"v\"",
        "vault.value eq \"v\"",
        "vault.value pr",
        "vault[value eq \"v\"]",
        "ports.pin eq \"9\"",
        "ports[pin eq \"9\"]",
        "vault eq null",
    ] {
        let error = Filter::parse(&device(), filter).unwrap_err();
        assert_eq!(error.scim_type().unwrap().as_str(), "invalidFilter", "{filter}");
    }
}

#[test]
fn patch_of_lists_of_simple_values() {
    let start = json!({"serial": "S", "tags": ["a", "b"], "sizes": [1]});
    for (operation, expected) in [
        (json!({"op": "add", "path": "tags", "value": ["c", "A"]}), json!({"tags": ["a", "b", "c"], "sizes": [1]})),
        (json!({"op": "add", "path": "tags", "value": "c"}), json!({"tags": ["a", "b", "c"], "sizes": [1]})),
        (json!({"op": "add", "value": {"sizes": 2}}), json!({"tags": ["a", "b"], "sizes": [1, 2]})),
        (json!({"op": "replace", "path": "tags", "value": ["c"]}), json!({"tags": ["c"], "sizes": [1]})),
        (json!({"op": "remove", "path": "tags", "value": ["A"]}), json!({"tags": ["b"], "sizes": [1]})),
        (json!({"op": "remove", "path": "tags[value eq \"a\"]"}), json!({"tags": ["b"], "sizes": [1]})),
        (json!({"op": "remove", "path": "tags[value sw \"\"]"}), json!({"sizes": [1]})),
        (
            json!({"op": "replace", "path": "tags[value eq \"a\"]", "value": "z"}),
            json!({"tags": ["z", "b"], "sizes": [1]}),
        ),
        (json!({"op": "remove", "path": "sizes[value gt 0]"}), json!({"tags": ["a", "b"]})),
        (
            json!({"op": "add", "path": "owner", "value": {"phones": ["1"]}}),
            json!({"tags": ["a", "b"], "sizes": [1], "owner": {"phones": ["1"]}}),
        ),
    ] {
        let mut expected = expected;
        expected["serial"] = "S".into();
        assert_eq!(apply(&start, &json!([operation])), Ok(expected), "{operation}");
    }
    for (operation, scim_type) in [
        (json!({"op": "add", "path": "tags[value eq \"a\"]", "value": "z"}), "400 invalidPath"),
        (json!({"op": "replace", "path": "tags[value eq \"q\"]", "value": "z"}), "400 noTarget"),
        (json!({"op": "replace", "path": "tags[value eq \"a\"].value", "value": "z"}), "400 invalidPath"),
        (json!({"op": "replace", "path": "tags.value", "value": "z"}), "400 invalidPath"),
        (json!({"op": "remove", "path": "tags[type eq \"a\"]"}), "400 invalidFilter"),
        (json!({"op": "add", "path": "sizes", "value": ["1"]}), "400 invalidValue"),
        (json!({"op": "replace", "path": "vault[value eq \"v\"].value", "value": "x"}), "400 invalidFilter"),
    ] {
        let error = apply(&start, &json!([operation])).unwrap_err();
        assert!(error.starts_with(scim_type), "{operation}: {error}");
    }
}

#[test]
fn immutable_values_stay() {
    let start = json!({"serial": "S", "codes": ["x"], "owner": {"value": "u"}});
    for operation in [
        json!({"op": "replace", "path": "serial", "value": "S"}),
        json!({"op": "add", "path": "codes", "value": ["X"]}),
        json!({"op": "replace", "path": "codes", "value": ["x"]}),
        json!({"op": "add", "path": "owner", "value": {"value": "u"}}),
        json!({"op": "remove", "path": "codes[value eq \"y\"]"}),
        json!({"op": "remove", "path": "owner.phones"}),
    ] {
        assert_eq!(
            apply(&start, &json!([operation])).map(|json| json["serial"].clone()),
            Ok("S".into()),
            "{operation}"
        );
    }
    for operation in [
        json!({"op": "replace", "path": "serial", "value": "s"}),
        json!({"op": "add", "path": "codes", "value": ["y"]}),
        json!({"op": "replace", "path": "codes", "value": ["y"]}),
        json!({"op": "remove", "path": "codes"}),
        json!({"op": "remove", "path": "codes[value eq \"x\"]"}),
        json!({"op": "replace", "path": "codes[value eq \"x\"]", "value": "y"}),
        json!({"op": "add", "path": "owner", "value": {"phones": ["1"]}}),
        json!({"op": "add", "path": "owner.value", "value": "v"}),
        json!({"op": "replace", "value": {"owner": {"value": "v"}}}),
        json!({"op": "replace", "value": {"owner": {"value": "U"}}}),
        json!({"op": "remove", "path": "owner"}),
        json!({"op": "remove", "path": "owner.value"}),
    ] {
        let error = apply(&start, &json!([operation])).unwrap_err();
        assert!(error.starts_with("400 mutability"), "{operation}: {error}");
    }
    let unset = json!({"serial": "S"});
    for operation in [
        json!({"op": "add", "path": "codes", "value": ["y", "z"]}),
        json!({"op": "add", "path": "owner", "value": {"value": "v", "phones": ["1"]}}),
        json!({"op": "remove", "path": "owner"}),
    ] {
        assert!(apply(&unset, &json!([operation])).is_ok(), "{operation}");
    }
}
