//! Tables of PATCH requests.

use scim_core::{json::Projection, patch};
use scim_test_support::semantics::{
    engine::{Engine, write},
    table::{Outcome, check_error, comparable, expected, kind, rows, texts, tolerance, with_required},
};
use serde_json::{Value as Json, json};

/// The tables by name.
pub(crate) const TABLES: [(&str, &str); 5] = [
    ("probes", include_str!("../data/patch_probes.json")),
    ("rfc", include_str!("../data/patch_rfc.json")),
    ("entra", include_str!("../data/patch_entra.json")),
    ("quirks", include_str!("../data/patch_quirks.json")),
    ("flat", include_str!("../data/patch_flat.json")),
];

#[test]
fn probes() {
    run(TABLES[0]);
}

#[test]
fn rules_of_the_rfc() {
    run(TABLES[1]);
}

#[test]
fn requests_of_entra() {
    run(TABLES[2]);
}

#[test]
fn every_quirk_on_and_off() {
    run(TABLES[3]);
}

#[test]
fn flat_structs() {
    run(TABLES[4]);
}

fn run((name, text): (&str, &str)) {
    let table = rows(name, text);
    let mut outcome = Outcome::default();
    for row in table["rows"].as_array().unwrap() {
        let start = row["start"].as_str().map_or(&row["start"], |start| &table["starts"][start]);
        for engine in Engine::ALL {
            if let Some(result) = apply(row, start, engine) {
                outcome.record(row, engine, result);
            }
        }
    }
    outcome.finish(name);
}

/// Returns the body of a row: `"body"` unchanged, or `"ops"` in a message.
pub(crate) fn body(row: &Json) -> Vec<u8> {
    match (&row["body"], &row["ops"]) {
        (Json::String(text), _) => text.clone().into_bytes(),
        (Json::Null, ops) => serde_json::to_vec(&json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": ops,
        }))
        .unwrap(),
        (body, _) => serde_json::to_vec(body).unwrap(),
    }
}

fn apply(row: &Json, start: &Json, engine: Engine) -> Option<Result<(), String>> {
    let expected = expected(row, engine)?;
    let kind = kind(row);
    let start = with_required(kind, start);
    let (resource_type, mut resource) = engine.stored(kind, &start)?;
    let before = write(resource_type, &*resource, &Projection::DEFAULT);
    let tolerance = tolerance(row);
    let result = patch::apply(resource_type, &mut *resource, &body(row), &tolerance);
    Some(match (result, &expected["error"]) {
        (Err(error), Json::Null) => Err(format!("refused: {error}")),
        (Err(error), expected) => check_error(expected, &error),
        (Ok(_), Json::Null) => {
            let mut after = write(resource_type, &*resource, &Projection::DEFAULT);
            let expected = if *expected == json!("unchanged") {
                before
            } else {
                let expected = with_required(kind, expected);
                for name in ["schemas", "id", "meta"].iter().filter(|name| expected[**name].is_null()) {
                    after.as_object_mut().unwrap().remove(*name);
                }
                expected
            };
            let (expected, after) = (comparable(&expected, engine.is_flat()), comparable(&after, engine.is_flat()));
            let quirks: Vec<&str> = tolerance.used().iter().map(scim_core::compat::Quirk::name).collect();
            let expected_quirks = texts(&row["quirks"]);
            if expected != after {
                Err(format!("\n  expected {expected}\n  got      {after}"))
            } else if !row["quirks"].is_null() && quirks != expected_quirks {
                Err(format!("met {quirks:?}, expected {expected_quirks:?}"))
            } else {
                Ok(())
            }
        }
        (Ok(_), expected) => {
            Err(format!("expected {expected}, got {}", write(resource_type, &*resource, &Projection::DEFAULT)))
        }
    })
}
