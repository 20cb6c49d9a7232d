//! Members of a resource beside the attributes that are announced.

use serde_json::{Map, Value};

use super::{Findings, Rule, member, shown};
use crate::schemas::Attribute;

/// The members of an object, each of which must be one of the attributes.
pub(super) fn members(
    place: &str,
    members: &Map<String, Value>,
    attributes: &[Attribute],
    on_request: bool,
    findings: &mut Findings,
) {
    for (name, value) in members {
        let place = member(place, name);
        match attributes.iter().find(|attribute| attribute.name == *name) {
            Some(attribute) => values(&place, value, attribute, on_request, findings),
            None => unknown(&place, name, attributes, findings),
        }
    }
}

fn unknown(place: &str, name: &str, attributes: &[Attribute], findings: &mut Findings) {
    let similar = attributes.iter().find(|attribute| attribute.name.eq_ignore_ascii_case(name));
    let text = match similar {
        Some(attribute) => format!("`{place}` is announced in another spelling: `{}`", attribute.name),
        None => format!("`{place}` is not an attribute that `/Schemas` announces"),
    };
    findings.add(Rule::Announced, text);
}

fn values(place: &str, found: &Value, attribute: &Attribute, on_request: bool, findings: &mut Findings) {
    if attribute.returned.eq_ignore_ascii_case("never") {
        findings.add(Rule::Returned, format!("`{place}` is announced as `returned: never`"));
    } else if attribute.returned.eq_ignore_ascii_case("request") && !on_request {
        findings
            .add(Rule::Returned, format!("`{place}` is announced as `returned: request`, and it was not asked for"));
    }
    if found.is_null() {
        return;
    }
    if !attribute.multi_valued {
        return value(place, found, attribute, on_request, findings);
    }
    let Some(elements) = found.as_array() else {
        let text =
            format!("`{place}` is announced as multi-valued, so it must be an array, but it is {}", shown(found));
        return findings.add(Rule::Type, text);
    };
    for (index, element) in elements.iter().enumerate() {
        value(&format!("{place}[{index}]"), element, attribute, on_request, findings);
    }
}

fn value(place: &str, found: &Value, attribute: &Attribute, on_request: bool, findings: &mut Findings) {
    let kind = attribute.kind.as_str();
    let is_right = match kind {
        "boolean" => found.is_boolean(),
        "decimal" => found.is_number(),
        "integer" => found.is_i64() || found.is_u64(),
        "dateTime" => found.as_str().is_some_and(is_date_time),
        "complex" => found.is_object(),
        _ => found.is_string(),
    };
    if !is_right {
        let text = format!("`{place}` is announced as `{kind}`, but it is {}", shown(found));
        return findings.add(Rule::Type, text);
    }
    // A complex attribute without announced sub-attributes may hold anything.
    if let (Value::Object(inner), false) = (found, attribute.sub_attributes.is_empty()) {
        members(place, inner, &attribute.sub_attributes, on_request, findings);
    }
}

/// Whether a text has the form of `xsd:dateTime`: `2008-01-23T04:56:22Z`, with fraction and offset if it likes.
pub(super) fn is_date_time(text: &str) -> bool {
    let Some((date, time)) = text.split_once('T') else { return false };
    let (time, offset) = match time.find(['Z', '+', '-']) {
        Some(at) => time.split_at_checked(at).unwrap_or((time, "")),
        None => (time, ""),
    };
    let (time, fraction) = time.split_once('.').unwrap_or((time, "0"));
    digits(date, '-', &[4, 2, 2])
        && digits(time, ':', &[2, 2, 2])
        && !fraction.is_empty()
        && fraction.bytes().all(|byte| byte.is_ascii_digit())
        && (offset.is_empty() || offset == "Z" || digits(offset.trim_start_matches(['+', '-']), ':', &[2, 2]))
}

fn digits(text: &str, separator: char, lengths: &[usize]) -> bool {
    let parts: Vec<&str> = text.split(separator).collect();
    parts.len() == lengths.len()
        && parts
            .iter()
            .zip(lengths)
            .all(|(part, length)| part.len() == *length && part.bytes().all(|byte| byte.is_ascii_digit()))
}
