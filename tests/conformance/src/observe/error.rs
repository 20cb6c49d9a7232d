//! Errors.

use http::StatusCode;
use serde_json::Value;

use super::{Findings, Rule, shown, unassigned};

pub(super) const ERROR_SCHEMA: &str = "urn:ietf:params:scim:api:messages:2.0:Error";

/// The words of `scimType` in RFC 7644, table 9, and in RFC 9865, section 2.1.
const SCIM_TYPES: [&str; 13] = [
    "invalidFilter",
    "tooMany",
    "uniqueness",
    "mutability",
    "invalidSyntax",
    "invalidPath",
    "noTarget",
    "invalidValue",
    "invalidVers",
    "sensitive",
    "invalidCursor",
    "expiredCursor",
    "invalidCount",
];

/// The body of an error with this status.
pub(super) fn body(status: StatusCode, body: &Value, findings: &mut Findings) {
    let member = |name| body.get(name).unwrap_or(&Value::Null);
    let mut add = |text: String| findings.add(Rule::ErrorBody, text);
    if !member("schemas").as_array().is_some_and(|schemas| schemas.contains(&ERROR_SCHEMA.into())) {
        add(format!("the `schemas` of an error must contain `{ERROR_SCHEMA}`"));
    }
    let found = member("status");
    if found.as_str() != Some(status.as_str()) {
        let (expected, found) = (status.as_str(), shown(found));
        add(format!("the `status` of this error must be the string `\"{expected}\"`, but it is {found}"));
    }
    let scim_type = member("scimType");
    if !(scim_type.is_null() || scim_type.as_str().is_some_and(|word| SCIM_TYPES.contains(&word))) {
        let found = shown(scim_type);
        add(format!("the `scimType` of an error must be a word of RFC 7644, table 9, but it is {found}"));
    }
    let detail = member("detail");
    if !(detail.is_null() || detail.is_string()) {
        add(format!("the `detail` of an error must be a string, but it is {}", shown(detail)));
    }
    unassigned::value("$", body, findings);
}
