//! An explanation matches what happens, for every request of the semantic tables.

use serde_json::Value as Json;

use crate::{
    ScimResource,
    compat::{Compat, Quirk, Tolerance},
    explain::explain,
    model::{Group, User},
    patch,
    reflect::Resource,
    schema::ResourceType,
    validate::{Change, validate},
};

const TABLES: [&str; 5] = [
    include_str!("../../../tests/data/patch_entra.json"),
    include_str!("../../../tests/data/patch_flat.json"),
    include_str!("../../../tests/data/patch_probes.json"),
    include_str!("../../../tests/data/patch_quirks.json"),
    include_str!("../../../tests/data/patch_rfc.json"),
];

#[test]
fn explanations_match_the_outcome() {
    let (mut changed, mut unchanged, mut rejected) = (0, 0, 0);
    for table in TABLES {
        let urn = "urn:ietf:params:scim:schemas:";
        let table = table.replace("<CORE>", &format!("{urn}core:2.0:User"));
        let table: Json =
            serde_json::from_str(&table.replace("<ENT>", &format!("{urn}extension:enterprise:2.0:User"))).unwrap();
        for row in table["rows"].as_array().unwrap() {
            let start = row["start"].as_str().map_or(&row["start"], |start| &table["starts"][start]);
            let mut start = if start.is_null() { serde_json::json!({}) } else { start.clone() };
            let outcome = if row["kind"] == "group" {
                start["displayName"] = "Staff".into();
                check(Group::TYPE, &super::stored::<Group>(&start.to_string()), row)
            } else {
                start["userName"] = "bjensen".into();
                check(User::TYPE, &super::stored::<User>(&start.to_string()), row)
            };
            match outcome {
                Some(true) => changed += 1,
                Some(false) => unchanged += 1,
                None => rejected += 1,
            }
        }
    }
    // The tables cover all outcomes.
    assert!(changed > 50 && unchanged > 20 && rejected > 50, "{changed} {unchanged} {rejected}");
}

/// Returns whether something changed, or `None` if the request was rejected.
fn check<R: Resource>(resource_type: &ResourceType, resource: &R, row: &Json) -> Option<bool> {
    let body = match (&row["body"], &row["ops"]) {
        (Json::String(text), _) => text.clone(),
        (Json::Null, operations) => super::request(&operations.to_string()),
        (body, _) => body.to_string(),
    };
    let compat = compat(row);
    let told = explain(resource_type, resource, body.as_bytes(), compat);
    let tolerance = Tolerance::new(compat);
    let mut after = resource.clone();
    let done = patch::apply(resource_type, &mut after, body.as_bytes(), &tolerance).and_then(|report| {
        validate(resource_type, Change::Modification(&resource.view()), &after.view())?;
        Ok(report)
    });
    assert_eq!(told.quirks, tolerance.used(), "{row}");
    match done {
        Err(error) => {
            assert_eq!(told.error.as_ref().map(ToString::to_string), Some(error.to_string()), "{row}");
            assert!(told.changes.is_empty());
            None
        }
        Ok(report) => {
            assert_eq!(told.error.as_ref().map(ToString::to_string), None, "{row}");
            assert_eq!(told.ignored, report.ignored);
            assert_eq!(told.operations.is_empty(), report.touched.is_empty(), "{row}");
            let changed = !crate::reflect::compare::equal(resource_type, &resource.view(), &after.view());
            assert_eq!(told.would_change(), changed, "{row}\n{told}");
            Some(changed)
        }
    }
}

fn compat(row: &Json) -> Compat {
    let names = |key: &str| {
        let names = row[key].as_array().cloned().unwrap_or_default();
        names.into_iter().map(|name| *Quirk::ALL.iter().find(|quirk| name == quirk.name()).unwrap())
    };
    let start = match row["profile"].as_str() {
        None | Some("entra") => Compat::entra(),
        Some("strict") => Compat::strict(),
        Some("okta") => Compat::okta(),
        Some("interop") => Compat::interop(),
        Some(other) => panic!("no profile {other}"),
    };
    let start = names("with").fold(start, Compat::with);
    names("without").fold(start, Compat::without)
}

#[test]
fn operations_are_listed_up_to_the_rejected_one() {
    let body = super::request(
        r#"[{"op": "add", "path": "members", "value": [{"value": "1"}]},
            {"op": "add", "path": "members", "value": [{"value": "2"}]},
            {"op": "remove", "path": "displayName"},
            {"op": "add", "path": "members", "value": [{"value": "3"}]}]"#,
    );
    let group = Group { display_name: "Staff".into(), ..Group::default() };
    let told = explain(Group::TYPE, &group, body.as_bytes(), Compat::entra());
    assert!(told.error.is_some());
    assert_eq!(told.operations.iter().map(|operation| operation.number).collect::<Vec<_>>(), [1, 2, 3]);
    assert!(told.changes.is_empty());
}
