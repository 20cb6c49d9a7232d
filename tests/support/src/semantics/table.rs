//! Helpers for all tables: rows, profiles, expected errors, comparison of JSON.

use scim_core::{
    Error,
    compat::{Compat, Quirk, Tolerance},
};
use serde_json::{Map, Value as Json};

use super::engine::{Engine, Kind};

/// The URN of users.
pub const CORE: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
/// The URN of the enterprise extension.
pub const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// Parses a table; `<CORE>` and `<ENT>` stand for the URNs. Panics with the name of the file, so that a typo in a table
/// is easy to find.
#[must_use]
pub fn rows(name: &str, text: &str) -> Json {
    serde_json::from_str(&text.replace("<CORE>", CORE).replace("<ENT>", ENTERPRISE))
        .unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Returns the table of filters.
#[must_use]
pub fn filters() -> Json {
    rows("filters", include_str!("../../data/filter.json"))
}

/// Returns the tolerance of a row: `"profile": "strict" | "entra" | "okta" | "interop"`, with `"with"` and `"without"`
/// naming quirks.
#[must_use]
pub fn tolerance(row: &Json) -> Tolerance {
    let mut compat = match row["profile"].as_str() {
        None | Some("entra") => Compat::entra(),
        Some("strict") => Compat::strict(),
        Some("okta") => Compat::okta(),
        Some("interop") => Compat::interop(),
        Some(other) => panic!("no profile {other}"),
    };
    for name in texts(&row["with"]) {
        compat = compat.with(quirk(name));
    }
    for name in texts(&row["without"]) {
        compat = compat.without(quirk(name));
    }
    Tolerance::new(compat)
}

fn quirk(name: &str) -> Quirk {
    *Quirk::ALL.iter().find(|quirk| quirk.name() == name).unwrap_or_else(|| panic!("no quirk {name}"))
}

/// Returns the texts of a JSON array, or none for anything else.
#[must_use]
pub fn texts(json: &Json) -> Vec<&str> {
    json.as_array().map(|items| items.iter().map(|item| item.as_str().unwrap()).collect()).unwrap_or_default()
}

/// Returns the kind of a row: a user by default.
#[must_use]
pub fn kind(row: &Json) -> Kind {
    match row["kind"].as_str() {
        None | Some("user") => Kind::User,
        Some("group") => Kind::Group,
        Some(other) => panic!("no kind {other}"),
    }
}

/// Adds the attributes that every resource of the kind requires, so that rows can omit them.
#[must_use]
pub fn with_required(kind: Kind, json: &Json) -> Json {
    let mut json = if json.is_null() { Json::Object(Map::new()) } else { json.clone() };
    let object = json.as_object_mut().unwrap();
    let (name, value) = match kind {
        Kind::User => ("userName", "bjensen"),
        Kind::Group => ("displayName", "Staff"),
    };
    object.entry(name).or_insert_with(|| value.into());
    json
}

/// Returns the expected result of a row for an engine: `"flat"` or `"roomy"` before `"expected"`. Returns `None` if the
/// row does not apply to the engine.
#[must_use]
pub fn expected(row: &Json, engine: Engine) -> Option<&Json> {
    let own = match engine {
        Engine::Flat => &row["flat"],
        Engine::Roomy => &row["roomy"],
        Engine::Nested | Engine::Document => &Json::Null,
    };
    match own {
        Json::Null => Some(&row["expected"]),
        Json::String(text) if text == "unchanged" => Some(own),
        // Skipped, with the reason.
        Json::String(reason) => {
            assert!(!reason.is_empty());
            None
        }
        own => Some(own),
    }
}

/// Compares an error with `{"status": 400, "scimType": "..", "detail": "part"}`.
///
/// # Errors
///
/// With the expected and the actual error if they differ.
pub fn check_error(expected: &Json, error: &Error) -> Result<(), String> {
    let status = expected["status"].as_u64().unwrap_or(400);
    let scim_type = expected["scimType"].as_str();
    let detail = expected["detail"].as_str().unwrap_or_default();
    let fits = u64::from(error.status().as_u16()) == status
        && error.scim_type().map(scim_core::ScimType::as_str) == scim_type
        && error.detail().contains(detail)
        && !error.detail().is_empty();
    if fits { Ok(()) } else { Err(format!("expected {expected}, got {error}")) }
}

/// Returns JSON in a form that is equal for equal resources: with sorted lists and, if `drop_false`, without
/// `primary: false`.
pub fn comparable(json: &Json, drop_false: bool) -> Json {
    match json {
        Json::Object(object) => Json::Object(
            object
                .iter()
                .filter(|(name, value)| !(drop_false && *name == "primary" && **value == Json::Bool(false)))
                .map(|(name, value)| (name.clone(), comparable(value, drop_false)))
                .collect(),
        ),
        Json::Array(items) => {
            let mut items: Vec<Json> = items.iter().map(|item| comparable(item, drop_false)).collect();
            items.sort_by_key(ToString::to_string);
            Json::Array(items)
        }
        other => other.clone(),
    }
}

/// Collects failures, so that one run shows all of them.
#[derive(Default)]
pub struct Outcome {
    passed: [usize; 4],
    failed: Vec<String>,
}

impl Outcome {
    /// Records the result of a row.
    pub fn record(&mut self, row: &Json, engine: Engine, result: Result<(), String>) {
        match result {
            Ok(()) => self.passed[engine as usize] += 1,
            Err(fault) => self.failed.push(format!("[{engine}] {}: {fault}", row["name"].as_str().unwrap_or("?"))),
        }
    }

    /// Prints how many rows passed, and fails if any row failed.
    pub fn finish(self, table: &str) {
        let counts: Vec<String> =
            Engine::ALL.iter().map(|engine| format!("{engine} {}", self.passed[*engine as usize])).collect();
        eprintln!("{table}: {}", counts.join(", "));
        assert!(self.failed.is_empty(), "{} failed\n{}", self.failed.len(), self.failed.join("\n"));
    }
}
