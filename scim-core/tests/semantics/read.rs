//! The table of bodies.

use scim_core::{body, compat::Tolerance, json::Projection};
use scim_test_support::semantics::{
    engine::{Engine, Kind, write},
    table::{Outcome, check_error, comparable, expected, kind, rows, texts, tolerance},
};
use serde_json::{Value as Json, json};

#[test]
fn bodies() {
    let table = rows("read", include_str!("../data/read.json"));
    let mut outcome = Outcome::default();
    for row in table["rows"].as_array().unwrap() {
        for engine in Engine::ALL {
            if let Some(result) = read(row, engine) {
                outcome.record(row, engine, result);
            }
        }
    }
    outcome.finish("read");
}

fn read(row: &Json, engine: Engine) -> Option<Result<(), String>> {
    let expected = expected(row, engine)?;
    let (resource_type, mut resource) = engine.start(kind(row))?;
    let body = row["body"].as_str().map_or_else(|| row["body"].to_string(), ToOwned::to_owned);
    let tolerance = tolerance(row);
    let result = body::read(resource_type, &mut *resource, body.as_bytes(), &tolerance);
    Some(match (result, &expected["error"]) {
        (Err(error), Json::Null) => Err(format!("refused: {error}")),
        (Err(error), expected) => check_error(expected, &error),
        (Ok(report), Json::Null) => {
            let mut after = write(resource_type, &*resource, &Projection::DEFAULT);
            let mut expected = expected.clone();
            if expected["id"].is_null() {
                expected.as_object_mut().unwrap().remove("id");
            }
            for name in ["schemas", "meta"].iter().filter(|name| expected[**name].is_null()) {
                after.as_object_mut().unwrap().remove(*name);
            }
            let (expected, after) = (comparable(&expected, engine.is_flat()), comparable(&after, engine.is_flat()));
            let ignored = match engine {
                Engine::Flat if row["flat_ignored"].is_array() => &row["flat_ignored"],
                Engine::Roomy if row["roomy_ignored"].is_array() => &row["roomy_ignored"],
                _ => &row["ignored"],
            };
            let quirks: Vec<&str> = tolerance.used().iter().map(scim_core::compat::Quirk::name).collect();
            if expected != after {
                Err(format!("\n  expected {expected}\n  got      {after}"))
            } else if ignored.is_array() && !same_names(&texts(ignored), &report.ignored) {
                Err(format!("ignored {:?}", report.ignored))
            } else if row["quirks"].is_array() && texts(&row["quirks"]) != quirks {
                Err(format!("met {quirks:?}"))
            } else {
                Ok(())
            }
        }
        (Ok(_), expected) => {
            Err(format!("expected {expected}, got {}", write(resource_type, &*resource, &Projection::DEFAULT)))
        }
    })
}

/// Compares names in any order. The names in a body that is built from a table are in alphabetical order.
fn same_names(expected: &[&str], got: &[String]) -> bool {
    let mut got: Vec<&str> = got.iter().map(String::as_str).collect();
    let mut expected = expected.to_vec();
    expected.sort_unstable();
    got.sort_unstable();
    expected == got
}

#[test]
fn the_report_names_the_attributes_in_the_body() {
    let body = json!({
        "userName": "u", "title": null, "name": {"givenName": "G", "familyName": null}, "roles": [], "id": "x", "nosuch": 1,
    });
    for engine in Engine::ALL {
        let (resource_type, mut resource) = engine.start(Kind::User).unwrap();
        let report =
            body::read(resource_type, &mut *resource, body.to_string().as_bytes(), &Tolerance::default()).unwrap();
        let mut touched: Vec<String> = report.touched.iter().map(|path| resource_type.name_of(*path)).collect();
        touched.sort();
        assert_eq!(touched, ["name.familyName", "name.givenName", "roles", "title", "userName"], "{engine}");
    }
}
