//! Attributes that clients cannot write or read, or that are required, in a type that has each kind: as a struct and as
//! a `Document`.

use scim_core::{
    Change, ScimComplex, ScimExtension, ScimResource, body,
    compat::{Compat, Tolerance},
    json::Projection,
    model::Meta,
    patch::{self, Effects},
    reflect::{Document, Edit, Reflect, Secret, Value},
    schema::Path,
    validate,
};
use scim_test_support::semantics::engine::write;
use serde_json::{Value as Json, json};

#[derive(Clone, Debug, Default, PartialEq, ScimResource)]
#[scim(schema = "urn:example:Doc", name = "Doc", endpoint = "/Docs")]
struct Doc {
    id: String,
    external_id: Option<String>,
    meta: Meta,
    #[scim(required)]
    name: String,
    other: Option<String>,
    /// Without `returned`, but clients cannot read it either.
    #[scim(mutability = write_only)]
    pin: Option<Secret>,
    #[scim(mutability = read_only)]
    status: Option<Status>,
    /// The server assigns it.
    #[scim(mutability = read_only, required)]
    badge: String,
    #[scim(mutability = immutable)]
    im: Option<String>,
    #[scim(mutability = immutable)]
    imml: Vec<String>,
    #[scim(returned = request)]
    req: Option<String>,
    one: Option<One>,
    single: Option<Single>,
    boss: Option<Boss>,
    parts: Vec<Part>,
    tags: Vec<String>,
    /// Elements are identified by everything that clients can write, because the server writes their `value`.
    refs: Vec<Ref>,
    #[scim(extension)]
    ext: Option<Ext>,
}

#[derive(Clone, Debug, Default, PartialEq, ScimComplex)]
struct Status {
    level: Option<i64>,
    note: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, ScimComplex)]
struct One {
    #[scim(required)]
    a: Option<String>,
    b: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, ScimComplex)]
struct Single {
    value: Option<String>,
    note: Option<String>,
    #[scim(mutability = immutable)]
    mark: Option<String>,
    #[scim(mutability = write_only)]
    hush: Option<Secret>,
    #[scim(returned = never)]
    nev: Option<String>,
    #[scim(returned = request)]
    req: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, ScimComplex)]
struct Part {
    value: Option<String>,
    #[scim(name = "type")]
    kind: Option<String>,
    #[scim(mutability = read_only)]
    display: Option<String>,
    #[scim(mutability = immutable)]
    im: Option<String>,
    note: Option<String>,
    #[scim(returned = never)]
    nev: Option<String>,
    primary: Option<bool>,
    labels: Vec<String>,
    #[scim(returned = request)]
    req: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, ScimComplex)]
struct Boss {
    value: Option<String>,
    #[scim(name = "$ref")]
    reference: Option<String>,
    #[scim(mutability = read_only)]
    display_name: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, ScimComplex)]
struct Ref {
    #[scim(mutability = read_only)]
    value: Option<String>,
    note: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, ScimExtension)]
#[scim(schema = "urn:example:Ext", name = "Ext")]
struct Ext {
    value: Option<String>,
    other: Option<String>,
    #[scim(mutability = read_only)]
    balance: Option<i64>,
    #[scim(mutability = immutable)]
    hired: Option<String>,
}

/// Returns the two representations of a resource.
fn both() -> [Box<dyn Reflect>; 2] {
    [Box::new(Doc::default()), Box::new(Document::new())]
}

/// Fills a resource with a stored state, including values that only the server writes.
fn stored(resource: &mut dyn Reflect, json: &Json) {
    let text = json.to_string();
    let (document, unknown) = Document::from_json(Doc::TYPE, &text).unwrap();
    assert!(unknown.is_empty(), "{unknown:?}");
    let mut node = match document.view().to_value() {
        Value::Complex(parts) => Value::Complex(parts),
        _ => panic!("no object"),
    };
    resource.edit(&[], Edit::Insert(&mut node)).unwrap();
}

fn shown(resource: &dyn Reflect) -> Json {
    let mut json: Json = serde_json::from_str(&stored_form(resource)).unwrap();
    json.as_object_mut().unwrap().remove("badge");
    json
}

fn stored_form(resource: &dyn Reflect) -> String {
    let mut copy = Document::new();
    let mut node = resource.view().to_value();
    copy.edit(&[], Edit::Insert(&mut node)).unwrap();
    copy.to_json(Doc::TYPE).unwrap()
}

fn patch(resource: &mut dyn Reflect, operations: &Json, compat: Compat) -> Result<(), String> {
    let body = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations});
    let before = resource.view().to_value();
    let result = patch::apply(Doc::TYPE, resource, body.to_string().as_bytes(), &Tolerance::new(compat));
    result.map_err(|error| error.to_string())?;
    validate(Doc::TYPE, Change::Modification(&before.view()), &resource.view()).map_err(|error| error.to_string())
}

/// Applies operations to a stored state, with two profiles. Returns the resulting state or the error.
fn patched(start: &Json, operations: &Json) -> Result<Json, String> {
    let mut results = Vec::new();
    for compat in [Compat::entra(), Compat::strict()] {
        for mut resource in both() {
            stored(&mut *resource, start);
            results.push(patch(&mut *resource, operations, compat).map(|()| shown(&*resource)));
        }
    }
    let first = results.swap_remove(0);
    assert!(results.iter().all(|result| *result == first), "{operations}: {first:?} {results:?}");
    first
}

fn entra(start: &Json, operations: &Json) -> Result<Json, String> {
    let [mut first, mut second] = both();
    let run = |resource: &mut dyn Reflect| {
        stored(resource, start);
        patch(resource, operations, Compat::entra()).map(|()| shown(resource))
    };
    let (first, second) = (run(&mut *first), run(&mut *second));
    assert_eq!(first, second, "{operations}");
    first
}

fn post(body: &Json) -> Result<(Json, Vec<String>), String> {
    let mut results = Vec::new();
    for mut resource in both() {
        let report = body::read(Doc::TYPE, &mut *resource, body.to_string().as_bytes(), &Tolerance::default());
        results.push(report.map(|report| (shown(&*resource), report.ignored)).map_err(|error| error.to_string()));
    }
    let second = results.pop().unwrap();
    let first = results.pop().unwrap();
    assert_eq!(first, second, "{body}");
    first
}

#[test]
fn write_only_values_are_in_no_response() {
    for mut resource in both() {
        let body = br#"{"name":"a","pin":"1234"}"#;
        body::read(Doc::TYPE, &mut *resource, body, &Tolerance::default()).unwrap();
        let tolerance = Tolerance::default();
        for projection in [
            Projection::DEFAULT,
            Projection::only(Doc::TYPE, ["pin", "name"], &tolerance),
            Projection::without(Doc::TYPE, ["other"], &tolerance),
            Projection::DEFAULT.with_requested(vec![scim_core::path::<Doc>("pin")]),
        ] {
            let json = write(Doc::TYPE, &*resource, &projection);
            assert_eq!(json["name"], "a");
            assert!(json.get("pin").is_none(), "{json}");
        }
    }
}

#[test]
fn sub_attributes_of_a_read_only_attribute_are_read_only_by_any_name() {
    for body in [
        json!({"name": "c", "status": {"level": 9}}),
        json!({"name": "c", "status.level": 9, "status.note": "by client"}),
        json!({"name": "c", "urn:example:Doc:status.level": 9}),
        json!({"name": "c", "urn:example:Doc": {"status": {"level": 9}}}),
        json!({"name": "c", "urn:example:Ext:balance": 9}),
        json!({"name": "c", "parts.display": "forged"}),
    ] {
        assert_eq!(post(&body).unwrap().0, json!({"name": "c"}), "{body}");
    }
    let start = json!({"name": "c", "status": {"level": 1}});
    for operation in [
        json!({"op": "replace", "path": "status.level", "value": 9}),
        json!({"op": "remove", "path": "status"}),
        json!({"op": "add", "path": "urn:example:Ext:balance", "value": 9}),
        json!({"op": "add", "path": "parts.display", "value": "x"}),
    ] {
        assert!(patched(&start, &json!([operation])).unwrap_err().contains("mutability"), "{operation}");
    }
}

#[test]
fn a_key_that_names_a_sub_attribute_of_a_list_is_not_an_element_index() {
    let list = json!([{"value": "a"}, {"value": "b"}, {"value": "c"}, {"value": "d"}]);
    for part in ["value", "type", "note", "im", "primary", "labels", "req"] {
        let key = format!("parts.{part}");
        for order in 0..2 {
            let body = if order == 0 {
                format!(r#"{{"name":"n","parts":{list},"{key}":null}}"#)
            } else {
                format!(r#"{{"name":"n","{key}":null,"parts":{list}}}"#)
            };
            let (json, _) = post(&serde_json::from_str(&body).unwrap()).unwrap();
            let expected = if part == "value" { json!({"name": "n"}) } else { json!({"name": "n", "parts": list}) };
            assert_eq!(json, expected, "{key}");
        }
    }
    let (json, _) = post(&json!({"name": "n", "parts.value": "z"})).unwrap();
    assert_eq!(json, json!({"name": "n", "parts": [{"value": "z"}]}));
}

#[test]
fn values_that_clients_cannot_write_survive_removal_of_their_parent() {
    let start = json!({"name": "n", "single": {"note": "s", "mark": "m"},
        "parts": [{"value": "p", "display": "Server's"}, {"value": "q", "im": "I"}],
        "urn:example:Ext": {"other": "o", "balance": 5, "hired": "2020"}});
    let kept = |name: &str, value: Json| {
        let mut json = start.clone();
        json[name] = value;
        Ok(json)
    };
    for value in [json!("remove"), Json::Null] {
        let operation = |path: &str| {
            if value.is_null() {
                json!([{"op": "replace", "path": path, "value": null}])
            } else {
                json!([{"op": "remove", "path": path}])
            }
        };
        assert_eq!(patched(&start, &operation("single")), kept("single", json!({"mark": "m"})));
        assert_eq!(
            patched(&start, &operation("urn:example:Ext")),
            kept("urn:example:Ext", json!({"balance": 5, "hired": "2020"}))
        );
    }
    let again =
        json!([{"op": "replace", "path": "parts", "value": [{"value": "p", "display": "Server's"}, {"value": "q"}]}]);
    assert_eq!(entra(&start, &again), Ok(start.clone()));
    let renamed = json!([{"op": "replace", "path": "parts", "value": [{"value": "q", "note": "N"}, {"value": "new"}]}]);
    assert_eq!(
        patched(&start, &renamed),
        kept("parts", json!([{"value": "q", "im": "I", "note": "N"}, {"value": "new"}]))
    );
    let forged = json!([{"op": "replace", "path": "parts", "value": [{"value": "q", "im": "CHANGED"}]}]);
    assert!(patched(&start, &forged).unwrap_err().contains("mutability"));
    for path in ["single.mark", "urn:example:Ext:hired"] {
        let error = patched(&start, &json!([{"op": "remove", "path": path}])).unwrap_err();
        assert!(error.contains("mutability"), "{error}");
    }
}

#[test]
fn values_that_clients_cannot_see_survive_removal_of_their_parent() {
    let start = json!({"name": "n", "single": {"note": "s", "hush": "H", "nev": "N"},
        "parts": [{"value": "p", "nev": "N"}, {"value": "q"}]});
    let kept = json!({"name": "n", "single": {"hush": "H", "nev": "N"}, "parts": start["parts"]});
    for operation in [
        json!({"op": "remove", "path": "single"}),
        json!({"op": "replace", "path": "single", "value": null}),
        json!({"op": "replace", "value": {"single": null}}),
    ] {
        assert_eq!(patched(&start, &json!([operation])), Ok(kept.clone()), "{operation}");
    }
    let again = json!([{"op": "replace", "path": "parts", "value": [{"value": "q"}, {"value": "p"}]}]);
    assert_eq!(patched(&start, &again), Ok(start.clone()));
    // A client may remove a sub-attribute that it names.
    let named =
        patched(&start, &json!([{"op": "remove", "path": "single.hush"}, {"op": "remove", "path": "single.nev"}]));
    assert_eq!(named.unwrap()["single"], json!({"note": "s"}));
}

#[test]
fn null_in_a_value_unassigns_only_the_named_sub_attribute() {
    let start = json!({"name": "n", "single": {"value": "v", "note": "n"},
        "parts": [{"value": "a", "type": "w", "note": "keep"}], "urn:example:Ext": {"value": "v", "other": "o"}});
    for (path, name) in
        [("single", "single"), ("urn:example:Ext", "urn:example:Ext"), ("parts[type eq \"w\"]", "parts")]
    {
        let after = patched(&start, &json!([{"op": "replace", "path": path, "value": {"value": null}}])).unwrap();
        let mut expected = start.clone();
        match name {
            "parts" => expected[name][0].as_object_mut().unwrap().remove("value"),
            name => expected[name].as_object_mut().unwrap().remove("value"),
        };
        assert_eq!(after, expected, "{path}");
    }
}

#[test]
fn the_change_is_validated_and_not_the_state() {
    // A row from before the rule that `name` is required.
    let start = json!({"other": "o", "one": {"b": "b"}});
    let after = patched(&start, &json!([{"op": "replace", "path": "other", "value": "x"}]));
    assert_eq!(after, Ok(json!({"other": "x", "one": {"b": "b"}})));
    let lost = patched(&json!({"name": "n", "one": {"a": "a"}}), &json!([{"op": "remove", "path": "one.a"}]));
    assert!(lost.unwrap_err().contains("mutability"));
    let missing = patched(&json!({"name": "n"}), &json!([{"op": "add", "path": "one.b", "value": "b"}]));
    assert!(missing.unwrap_err().contains("required and without a value: `one.a`"));
    let created = Doc { name: "n".into(), ..Doc::default() };
    assert!(validate(Doc::TYPE, Change::Creation, &created.view()).is_ok(), "the server assigns what is read-only");
    let stored = Doc::default();
    let replaced = Doc { other: Some("o".into()), ..Doc::default() };
    let change = Change::Replacement(&stored.view());
    assert!(validate(Doc::TYPE, change, &replaced.view()).is_err(), "a whole new state has all that is required");
}

#[test]
fn elements_are_identified_by_one_rule() {
    let start = json!({"name": "n", "parts": [{"value": "a", "type": "T", "display": "Server's A"}]});
    let add = |item: Json| json!([{"op": "add", "path": "parts", "value": [item]}]);
    assert_eq!(patched(&start, &add(json!({"value": "a", "type": "T"}))), Ok(start.clone()));
    let primary = patched(&start, &add(json!({"value": "A", "type": "t", "primary": true, "note": "N"})));
    assert_eq!(
        primary,
        Ok(
            json!({"name": "n", "parts": [{"value": "a", "type": "T", "display": "Server's A", "note": "N", "primary": true}]})
        )
    );
    // Any number of elements, with labels in another order, or without labels.
    for count in 1..9 {
        let parts: Vec<Json> =
            (0..count).map(|number| json!({"value": number.to_string(), "labels": ["x", "y"]})).collect();
        let again: Vec<Json> =
            (0..count).map(|number| json!({"value": number.to_string(), "labels": ["y", "x"]})).collect();
        let start = json!({"name": "n", "parts": parts});
        let after = patched(&start, &json!([{"op": "add", "path": "parts", "value": again}])).unwrap();
        assert_eq!(after["parts"].as_array().unwrap().len(), count, "{after}");
        let tags: Vec<String> = (0..count).map(|number| format!("t{number}")).collect();
        let reversed: Vec<&String> = tags.iter().rev().collect();
        let start = json!({"name": "n", "tags": tags});
        assert_eq!(
            entra(&start, &json!([{"op": "remove", "path": "tags", "value": reversed}])),
            Ok(json!({"name": "n"}))
        );
    }
    let twice = json!([{"op": "replace", "path": "parts", "value": [{"value": "v"}, {"value": "v", "labels": []}]}]);
    assert_eq!(patched(&start, &twice), Ok(json!({"name": "n", "parts": [{"value": "v"}]})));
}

#[test]
fn elements_that_become_identical_are_merged() {
    let start = json!({"name": "n", "parts": [{"value": "a", "type": "t"}, {"value": "b", "type": "t"}]});
    let after = patched(&start, &json!([{"op": "replace", "path": "parts[value eq \"b\"].value", "value": "a"}]));
    assert_eq!(after, Ok(json!({"name": "n", "parts": [{"value": "a", "type": "t"}]})));
}

#[test]
fn merged_elements_keep_the_sub_attributes_of_both() {
    let start = json!({"name": "n", "parts": [{"value": "a", "type": "t"},
        {"value": "b", "type": "t", "im": "I", "display": "D", "nev": "N", "note": "x"}]});
    let after = patched(&start, &json!([{"op": "replace", "path": "parts[value eq \"a\"].value", "value": "b"}]));
    let one = json!({"value": "b", "type": "t", "im": "I", "display": "D", "nev": "N", "note": "x"});
    assert_eq!(after, Ok(json!({"name": "n", "parts": [one]})));
}

#[test]
fn lists_within_elements_are_sets_and_simple_values_keep_their_letter_case() {
    let labels = json!(["x", "X", "y", "x"]);
    let created = json!([{"op": "add", "path": "parts", "value": [{"value": "v", "labels": labels}]}]);
    assert_eq!(
        patched(&json!({"name": "n"}), &created),
        Ok(json!({"name": "n", "parts": [{"value": "v", "labels": ["x", "y"]}]}))
    );
    assert_eq!(
        post(&json!({"name": "n", "parts": [{"value": "v", "labels": labels}]})).unwrap().0,
        json!({"name": "n", "parts": [{"value": "v", "labels": ["x", "y"]}]})
    );
    let start = json!({"name": "n", "tags": ["a", "b"], "imml": ["a"]});
    let replaced = patched(&start, &json!([{"op": "replace", "path": "tags", "value": ["A", "c"]}]));
    assert_eq!(replaced.unwrap()["tags"], json!(["A", "c"]));
    assert_eq!(patched(&start, &json!([{"op": "add", "path": "tags", "value": ["A"]}])), Ok(start.clone()));
    let error = patched(&start, &json!([{"op": "replace", "path": "imml", "value": ["A"]}])).unwrap_err();
    assert!(error.contains("mutability"), "{error}");
}

#[test]
fn elements_without_a_writable_value_are_compared_as_a_whole() {
    for count in 2..8 {
        let refs: Vec<Json> = (0..count).map(|number| json!({"value": number.to_string(), "note": "n"})).collect();
        let after = entra(&json!({"name": "n"}), &json!([{"op": "replace", "path": "refs", "value": refs}]));
        assert_eq!(after, Ok(json!({"name": "n", "refs": [{"note": "n"}]})), "{count}");
    }
}

#[test]
fn elements_created_from_a_filter_have_only_writable_sub_attributes() {
    let start = json!({"name": "n"});
    for operation in [
        json!({"op": "add", "path": "parts[display eq \"X\"].value", "value": "v"}),
        json!({"op": "add", "path": "refs[value eq \"x\"].note", "value": "v"}),
        json!({"op": "add", "path": "parts[type eq \"x\"]", "value": {"display": "D"}}),
    ] {
        assert!(entra(&start, &json!([operation])).unwrap_err().contains("noTarget"), "{operation}");
    }
    let parts = json!({"name": "n", "parts": [{"value": "a"}]});
    let nothing = entra(&parts, &json!([{"op": "replace", "path": "parts", "value": [{"display": "D"}]}]));
    assert!(nothing.unwrap_err().contains("invalidValue"), "what is read-only says nothing");
}

#[test]
fn a_removed_reference_loses_the_values_that_the_server_wrote() {
    let start = json!({"name": "n", "boss": {"value": "26", "$ref": "../26", "displayName": "B"}});
    for operation in
        [json!({"op": "remove", "path": "boss.value"}), json!({"op": "replace", "path": "boss.value", "value": ""})]
    {
        assert_eq!(entra(&start, &json!([operation])).unwrap()["boss"], json!({"$ref": "../26"}), "{operation}");
    }
    for operation in
        [json!({"op": "replace", "path": "boss", "value": {"value": ""}}), json!({"op": "remove", "path": "boss"})]
    {
        assert_eq!(entra(&start, &json!([operation])), Ok(json!({"name": "n"})), "{operation}");
    }
}

#[test]
fn a_removal_removes_only_the_listed_elements() {
    let start = json!({"name": "n", "parts": [{"value": "a", "type": "u", "labels": ["x", "y", "z"]}, {"value": "b", "type": "u"}]});
    let labels = entra(&start, &json!([{"op": "remove", "path": "parts[value eq \"a\"].labels", "value": ["x"]}]));
    assert_eq!(labels.unwrap()["parts"][0]["labels"], json!(["y", "z"]));
    let listed = entra(&start, &json!([{"op": "remove", "path": "parts[type eq \"u\"]", "value": [{"value": "a"}]}]));
    assert_eq!(listed.unwrap()["parts"], json!([{"value": "b", "type": "u"}]));
    for path in ["parts", "parts[type eq \"u\"]", "parts[value eq \"a\"].labels"] {
        let mut resource = Doc::default();
        stored(&mut resource, &start);
        let operation = json!([{"op": "remove", "path": path, "value": ["x"]}]);
        let error = patch(&mut resource, &operation, Compat::strict()).unwrap_err();
        assert!(error.contains("invalidValue"), "{path}: {error}");
    }
}

#[test]
fn a_list_keeps_its_shape() {
    let start = json!({"name": "n", "parts": [{"value": "a"}]});
    let created =
        entra(&start, &json!([{"op": "add", "path": "parts[labels eq \"new\"].value", "value": "c"}])).unwrap();
    assert_eq!(created["parts"][1], json!({"value": "c", "labels": ["new"]}));
    let more =
        entra(&created, &json!([{"op": "add", "path": "parts[labels eq \"new\"].labels", "value": ["more"]}])).unwrap();
    assert_eq!(more["parts"][1]["labels"], json!(["new", "more"]));
}

#[test]
fn immutable_lists_are_set_once_in_a_request() {
    let unset = json!({"name": "n"});
    for between in [json!([]), json!([{"op": "replace", "path": "other", "value": "y"}])] {
        let mut operations = vec![json!({"op": "add", "path": "imml", "value": ["a"]})];
        operations.extend(between.as_array().unwrap().clone());
        operations.push(json!({"op": "add", "path": "imml", "value": ["b"]}));
        let error = patched(&unset, &json!(operations)).unwrap_err();
        assert!(error.contains(&format!("operation {}", operations.len())) && error.contains("mutability"), "{error}");
    }
    let set = json!({"name": "n", "im": "x", "imml": ["z"]});
    assert_eq!(patched(&set, &json!([{"op": "add", "path": "imml", "value": ["z"]}])), Ok(set.clone()));
    assert!(patched(&set, &json!([{"op": "replace", "path": "im", "value": "X"}])).unwrap_err().contains("mutability"));
}

#[test]
fn effects_that_depend_on_stored_data_are_unknown() {
    let effects = |operations: Json, compat: Compat| {
        let body = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations});
        let body = body.to_string();
        Effects::of(Doc::TYPE, body.as_bytes(), &Tolerance::new(compat)).map(|effects| effects.is_some())
    };
    for compat in [Compat::strict(), Compat::okta(), Compat::interop(), Compat::entra()] {
        let empty = effects(json!([{"op": "replace", "path": "name", "value": ""}]), compat);
        assert!(empty.is_err(), "a required text is not empty");
    }
    for operations in [
        json!([{"op": "add", "path": "one.b", "value": "x"}]),
        json!([{"op": "replace", "path": "one", "value": {"b": "x"}}]),
        json!([{"op": "remove", "path": "urn:example:Ext"}]),
        json!([{"op": "add", "path": "parts", "value": [{"value": "x"}]}]),
        json!([{"op": "replace", "path": "parts", "value": [{"value": "x"}]}]),
    ] {
        assert!(!effects(operations.clone(), Compat::strict()).unwrap(), "{operations} depends on what is stored");
    }
    assert!(
        effects(json!([{"op": "replace", "path": "one", "value": {"a": "x", "b": "y"}}]), Compat::strict()).unwrap()
    );
}

#[test]
fn attributes_returned_on_request_are_returned_after_a_write() {
    let names = |path: &str| scim_core::path::<Doc>(path);
    let body = |operations: Json| {
        json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations}).to_string()
    };
    for (operations, leaf) in [
        (json!([{"op": "add", "path": "single.req", "value": "R"}]), "single.req"),
        (json!([{"op": "add", "path": "single", "value": {"req": "R"}}]), "single.req"),
        (json!([{"op": "add", "value": {"single": {"req": "R"}}}]), "single.req"),
        (json!([{"op": "add", "path": "parts", "value": [{"value": "a", "req": "R"}]}]), "parts.req"),
        (json!([{"op": "add", "path": "parts[value eq \"a\"]", "value": {"value": "a", "req": "R"}}]), "parts.req"),
        (json!([{"op": "add", "path": "req", "value": "R"}]), "req"),
    ] {
        for mut resource in both() {
            stored(&mut *resource, &json!({"name": "n"}));
            let report =
                patch::apply(Doc::TYPE, &mut *resource, body(operations.clone()).as_bytes(), &Tolerance::default())
                    .unwrap();
            assert!(report.touched.contains(&names(leaf)), "{operations}: {:?}", report.touched);
            assert_shows_req(&*resource, &report.touched);
        }
    }
    for mut resource in both() {
        let body = br#"{"name":"n","parts":[{"value":"a","req":"R"}]}"#;
        let report = body::read(Doc::TYPE, &mut *resource, body, &Tolerance::default()).unwrap();
        assert_shows_req(&*resource, &report.touched);
        assert!(!write(Doc::TYPE, &*resource, &Projection::DEFAULT).to_string().contains("\"R\""));
    }
}

fn assert_shows_req(resource: &dyn Reflect, touched: &[Path]) {
    let excluding = Projection::without(Doc::TYPE, ["other"], &Tolerance::default());
    for projection in [Projection::DEFAULT, excluding] {
        let json = write(Doc::TYPE, resource, &projection.with_requested(touched.to_vec()));
        assert!(json.to_string().contains("\"R\""), "{json}");
    }
}

#[test]
fn replace_whole_applies_to_elements_too() {
    let mut resource = Doc::default();
    stored(&mut resource, &json!({"name": "n", "parts": [{"value": "a", "type": "t", "note": "n"}]}));
    let whole = Compat::strict().restricted(scim_core::compat::Restriction::ReplaceWhole);
    let operations = json!([{"op": "replace", "path": "parts[value eq \"a\"]", "value": {"value": "a"}}]);
    patch(&mut resource, &operations, whole).unwrap();
    assert_eq!(shown(&resource)["parts"], json!([{"value": "a"}]));
    stored(&mut resource, &json!({"name": "n", "parts": [{"value": "a", "type": "1"}, {"value": "a", "type": "2"}]}));
    let two = json!([{"op": "remove", "path": "parts[value eq \"a\"]"}]);
    assert!(patch(&mut resource, &two, Compat::interop()).unwrap_err().contains("must select one"));
}

#[test]
fn the_core_urn_is_unwrapped_once() {
    let nested = |depth: usize| {
        let open = "{\"urn:example:Doc\":".repeat(depth);
        format!("{open}1{}", "}".repeat(depth))
    };
    for depth in [2, 100, 3_000, 100_000] {
        let body = format!(r#"{{"Operations":[{{"op":"add","value":{}}}]}}"#, nested(depth));
        for mut resource in both() {
            assert!(
                patch::apply(Doc::TYPE, &mut *resource, body.as_bytes(), &Tolerance::default()).is_err(),
                "{depth}"
            );
            assert!(body::read(Doc::TYPE, &mut *resource, nested(depth).as_bytes(), &Tolerance::default()).is_err());
        }
    }
}
