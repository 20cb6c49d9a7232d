//! What has no value is left out.

use serde_json::Value;

use super::{Findings, Rule, member};

/// Arrays that the RFCs require even when they have no elements: the results of a list (RFC 7644, section 3.4.2), and
/// members of the discovery documents (RFC 7643, sections 5 to 7).
const REQUIRED: [&str; 4] = ["Resources", "authenticationSchemes", "schemaExtensions", "attributes"];

/// Nulls and empty arrays at a place or anywhere below it.
pub(super) fn value(place: &str, value: &Value, findings: &mut Findings) {
    match value {
        Value::Null => findings.add(Rule::Unassigned, format!("`{place}` is null, it must be left out")),
        Value::Array(values) if values.is_empty() => {
            findings.add(Rule::Unassigned, format!("`{place}` is an empty array, it must be left out"));
        }
        Value::Array(values) => {
            for (index, value) in values.iter().enumerate() {
                self::value(&format!("{place}[{index}]"), value, findings);
            }
        }
        Value::Object(members) => {
            let is_root = place == "$" || (place.starts_with("$.Resources[") && place.ends_with(']'));
            for (name, value) in members {
                let is_empty = value.as_array().is_some_and(Vec::is_empty);
                if !(is_root && is_empty && is_required(place, name)) {
                    self::value(&member(place, name), value, findings);
                }
            }
        }
        Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn is_required(place: &str, name: &str) -> bool {
    REQUIRED.contains(&name) && (name != "Resources" || place == "$")
}
