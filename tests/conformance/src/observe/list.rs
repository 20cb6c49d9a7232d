//! Lists of resources.

use serde_json::Value;

use super::{Findings, Rule, shown};

const LIST_SCHEMA: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

/// Whether a body is, or means to be, a list.
pub(super) fn is_list(body: &Value) -> bool {
    let has_schema =
        body.get("schemas").and_then(Value::as_array).is_some_and(|list| list.contains(&LIST_SCHEMA.into()));
    has_schema || body.get("totalResults").is_some() || body.get("Resources").is_some()
}

/// The elements with their positions.
pub(super) fn elements(body: &Value) -> impl Iterator<Item = (usize, &Value)> {
    body.get("Resources").and_then(Value::as_array).into_iter().flatten().enumerate()
}

/// The members around the elements.
pub(super) fn numbers(body: &Value, findings: &mut Findings) {
    if body.get("schemas") != Some(&Value::from(vec![LIST_SCHEMA])) {
        findings.add(Rule::List, format!("the `schemas` of a list must be `[\"{LIST_SCHEMA}\"]`"));
    }
    if body.get("Resources").is_some_and(|resources| !resources.is_array()) {
        findings.add(Rule::List, "`$.Resources` must be an array");
    }
    let length = u64::try_from(elements(body).count()).unwrap_or(u64::MAX);
    let by_cursor = ["nextCursor", "previousCursor"].iter().any(|name| body.get(name).is_some());
    let total = number(body, "totalResults", !by_cursor, findings);
    if total.is_some_and(|total| total < length) {
        findings.add(Rule::List, format!("`$.totalResults` is less than the {length} elements of `$.Resources`"));
    }
    // Required only of a page that is not everything.
    let partial = total.is_some_and(|total| total > length);
    number(body, "startIndex", partial && !by_cursor, findings);
    let per_page = number(body, "itemsPerPage", partial, findings);
    if per_page.is_some_and(|per_page| per_page != length) {
        findings.add(Rule::List, format!("`$.itemsPerPage` must be {length}, the number of elements of `$.Resources`"));
    }
}

fn number(body: &Value, name: &str, required: bool, findings: &mut Findings) -> Option<u64> {
    match body.get(name) {
        None if required => findings.add(Rule::List, format!("a list must have `$.{name}`")),
        Some(value) if !value.is_u64() => {
            findings.add(Rule::List, format!("`$.{name}` must be a number, but it is {}", shown(value)));
        }
        _ => {}
    }
    body.get(name)?.as_u64()
}
