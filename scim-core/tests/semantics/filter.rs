//! The table of filters.

use scim_core::{Error, filter::Filter};
use scim_test_support::semantics::{
    engine::{Engine, Kind},
    table::{Outcome, check_error, filters as filters_table, texts, tolerance},
};
use serde_json::{Value as Json, json};

#[test]
fn filters() {
    let table = filters_table();
    let users = table["users"].as_object().unwrap();
    let mut outcome = Outcome::default();
    for engine in Engine::ALL {
        let users: Vec<_> =
            users.iter().map(|(name, user)| (name.as_str(), engine.stored(Kind::User, user).unwrap())).collect();
        for row in table["rows"].as_array().unwrap() {
            if (engine == Engine::Flat && row["flat"].is_string())
                || (engine == Engine::Roomy && row["roomy"].is_string())
            {
                continue;
            }
            let (resource_type, _) = users[0].1;
            let filter = Filter::parse_with(resource_type, row["filter"].as_str().unwrap(), &tolerance(row));
            let matching = |filter: &Filter| -> Vec<&str> {
                users.iter().filter(|(_, (_, user))| filter.matches(&**user)).map(|(name, _)| *name).collect()
            };
            outcome.record(row, engine, check(row, filter, matching));
        }
    }
    outcome.finish("filters");
}

fn check<'u>(
    row: &Json,
    filter: Result<Filter, Error>,
    matching: impl Fn(&Filter) -> Vec<&'u str>,
) -> Result<(), String> {
    match (filter, row["error"].as_str()) {
        (Err(error), Some(detail)) => check_error(&json!({"scimType": "invalidFilter", "detail": detail}), &error),
        (Err(error), None) => Err(format!("refused: {error}")),
        (Ok(filter), Some(detail)) => Err(format!("expected an error ({detail}), matches {:?}", matching(&filter))),
        (Ok(filter), None) => {
            let mut expected = texts(&row["matches"]);
            expected.sort_unstable();
            let mut got = matching(&filter);
            got.sort_unstable();
            if got == expected { Ok(()) } else { Err(format!("expected {expected:?}, got {got:?}")) }
        }
    }
}
