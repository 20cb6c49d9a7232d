//! The table of projections.

use scim_core::{compat::Tolerance, json::Projection};
use scim_test_support::semantics::{
    engine::{Engine, Kind, write},
    table::{Outcome, comparable, rows, texts},
};
use serde_json::Value as Json;

#[test]
fn projections() {
    let table = rows("write", include_str!("../data/write.json"));
    let mut outcome = Outcome::default();
    for engine in Engine::ALL {
        let (resource_type, resource) = engine.stored(Kind::User, &table["user"]).unwrap();
        for row in table["rows"].as_array().unwrap() {
            let tolerance = Tolerance::default();
            let projection = match (&row["attributes"], &row["excluded"]) {
                (Json::Array(_), _) => Projection::only(resource_type, texts(&row["attributes"]), &tolerance),
                (_, Json::Array(_)) => Projection::without(resource_type, texts(&row["excluded"]), &tolerance),
                _ => Projection::DEFAULT,
            };
            let got = comparable(&write(resource_type, &*resource, &projection), engine.is_flat());
            let expected = comparable(&row["expected"], engine.is_flat());
            let result =
                if got == expected { Ok(()) } else { Err(format!("\n  expected {expected}\n  got      {got}")) };
            outcome.record(row, engine, result);
        }
    }
    outcome.finish("write");
}
