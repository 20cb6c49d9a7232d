//! The parameters of a request: in the query string, or in the body of a search (RFC 7644 §3.4).

use std::{borrow::Cow, collections::HashSet};

use serde_json::value::RawValue;

use crate::{
    compat::{Quirk, Tolerance},
    error::{Error, excerpt},
    json::{Projection, member, message, texts},
    schema::ResourceType,
};

const SEARCH_REQUEST: &str = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";
/// The name of the request in messages.
const WHOLE: &str = "the search request";

/// `attributes` and `excludedAttributes`: parameters of every operation that returns a resource.
#[derive(Debug, Default)]
pub(super) struct AnswerParams {
    attributes: Option<Vec<String>>,
    excluded: Option<Vec<String>>,
}

/// The parameters of a list request.
#[derive(Debug, Default)]
pub(super) struct ListParams {
    pub(super) answer: AnswerParams,
    pub(super) filter: Option<String>,
    pub(super) sort_by: Option<String>,
    pub(super) descending: bool,
    /// One-based.
    pub(super) start_index: usize,
    pub(super) count: Option<usize>,
}

impl AnswerParams {
    /// Returns whether the request selects attributes.
    pub(super) fn is_given(&self) -> bool {
        self.attributes.is_some() || self.excluded.is_some()
    }

    pub(super) fn projection(&self, resource_type: &ResourceType, tolerance: &Tolerance) -> Projection {
        match (&self.attributes, &self.excluded) {
            (Some(names), _) => Projection::only(resource_type, names.iter().map(String::as_str), tolerance),
            (None, Some(names)) => Projection::without(resource_type, names.iter().map(String::as_str), tolerance),
            (None, None) => Projection::DEFAULT,
        }
    }

    /// Reads a parameter of a query string and returns whether it is one of these. A repeated parameter adds more
    /// names.
    fn take(&mut self, name: &str, value: &str) -> bool {
        let list = match name {
            "attributes" => &mut self.attributes,
            "excludedattributes" => &mut self.excluded,
            _ => return false,
        };
        if let Some(more) = some_names(names(value)) {
            list.get_or_insert_default().extend(more);
        }
        true
    }

    fn check(&self) -> Result<(), Error> {
        if self.attributes.is_some() && self.excluded.is_some() {
            return Err(Error::invalid_value("`attributes` and `excludedAttributes` are mutually exclusive"));
        }
        Ok(())
    }
}

/// Passes each parameter of a query string to `take`, which returns whether it is known. Unknown parameters are
/// ignored. Only lists may be repeated.
fn each_param<'q>(
    query: &'q str,
    mut take: impl FnMut(&str, Cow<'q, str>) -> Result<bool, Error>,
) -> Result<(), Error> {
    let mut seen = Vec::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let name = name.to_ascii_lowercase();
        if take(&name, value)? {
            if seen.contains(&name) && !matches!(&*name, "attributes" | "excludedattributes") {
                return Err(Error::invalid_value(format!("duplicate parameter `{}`", excerpt(&name))));
            }
            seen.push(name);
        }
    }
    Ok(())
}

/// Reads `attributes` and `excludedAttributes` from a query string.
pub(super) fn answer_params(query: &str) -> Result<AnswerParams, Error> {
    let mut params = AnswerParams::default();
    each_param(query, |name, value| Ok(params.take(name, &value)))?;
    params.check()?;
    Ok(params)
}

/// Splits names that are separated by commas. Only the name counts in one with a filter such as
/// `emails[type eq "work"].value`: a projection selects attributes, not elements.
fn names(text: &str) -> Vec<String> {
    let mut names = vec![String::new()];
    let (mut in_brackets, mut in_quotes, mut is_escaped) = (false, false, false);
    for character in text.chars() {
        match character {
            _ if is_escaped => is_escaped = false,
            '\\' if in_quotes => is_escaped = true,
            '"' if in_brackets => in_quotes = !in_quotes,
            '[' if !in_brackets => in_brackets = true,
            ']' if !in_quotes => in_brackets = false,
            _ if in_brackets => {}
            ',' => names.push(String::new()),
            _ => {
                if let Some(name) = names.last_mut() {
                    name.push(character);
                }
            }
        }
    }
    names.into_iter().map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect()
}

/// Returns `None` for an empty name, which counts as a missing parameter.
fn some_name(name: String) -> Option<String> {
    Some(name).filter(|name| !name.is_empty())
}

/// Returns `None` for no names, which count as a missing parameter.
fn some_names(names: Vec<String>) -> Option<Vec<String>> {
    Some(names).filter(|names| !names.is_empty())
}

impl ListParams {
    pub(super) fn from_query(query: &str) -> Result<Self, Error> {
        let mut params = Self { start_index: 1, ..Self::default() };
        each_param(query, |name, value| {
            match name {
                "attributes" | "excludedattributes" => return Ok(params.answer.take(name, &value)),
                "filter" => params.filter = Some(value.into_owned()),
                "sortby" => params.sort_by = some_name(value.into_owned()),
                "sortorder" => params.descending = is_descending(&value)?,
                "startindex" => params.start_index = start_index(integer("startIndex", &value)?),
                "count" => params.count = Some(count(integer("count", &value)?)),
                _ => return Ok(false),
            }
            Ok(true)
        })?;
        params.answer.check()?;
        Ok(params)
    }

    /// Reads the body of `POST .../.search` (RFC 7644 §3.4.3).
    pub(super) fn from_body(body: &[u8], tolerance: &Tolerance) -> Result<Self, Error> {
        let entries = message(body, "a search request")?;
        let mut params = Self { start_index: 1, ..Self::default() };
        let mut has_schema = false;
        let mut seen = HashSet::with_capacity(entries.len());
        for (name, json) in entries {
            let name = name.to_ascii_lowercase();
            if !seen.insert(name.clone()) {
                return Err(Error::invalid_syntax(format!("duplicate attribute `{}`", excerpt(&name))));
            }
            if json.get() == "null" {
                continue;
            }
            match &*name {
                "schemas" => {
                    let uris = texts("schemas", json, WHOLE, tolerance)?;
                    has_schema = uris.iter().any(|uri| uri.eq_ignore_ascii_case(SEARCH_REQUEST));
                }
                "attributes" => params.answer.attributes = list("attributes", json, tolerance)?,
                "excludedattributes" => params.answer.excluded = list("excludedAttributes", json, tolerance)?,
                "filter" => params.filter = Some(member("filter", json, WHOLE)?),
                "sortby" => params.sort_by = some_name(member("sortBy", json, WHOLE)?),
                "sortorder" => params.descending = is_descending(&member::<String>("sortOrder", json, WHOLE)?)?,
                "startindex" => params.start_index = start_index(integer_member("startIndex", json)?),
                "count" => params.count = Some(count(integer_member("count", json)?)),
                _ => {}
            }
        }
        if !has_schema && !tolerance.tolerate(Quirk::Schemas) {
            return Err(Error::invalid_syntax(format!("`schemas` of a search request must be [\"{SEARCH_REQUEST}\"]")));
        }
        params.answer.check()?;
        Ok(params)
    }
}

/// Reads names of attributes. Each text contains one or several.
fn list(name: &str, json: &RawValue, tolerance: &Tolerance) -> Result<Option<Vec<String>>, Error> {
    Ok(some_names(texts(name, json, WHOLE, tolerance)?.iter().flat_map(|text| names(text)).collect()))
}

/// Reads an integer. A number that is too large becomes the largest one.
fn integer(name: &str, value: &str) -> Result<i64, Error> {
    let digits = value.strip_prefix(['-', '+']).unwrap_or(value);
    if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return Err(Error::invalid_value(format!("`{name}` is `{}`; expected an integer", excerpt(value))));
    }
    Ok(value.parse().unwrap_or(if value.starts_with('-') { i64::MIN } else { i64::MAX }))
}

/// Reads a member of a JSON message like [`integer`]. Here `2.0` is an integer too.
fn integer_member(name: &str, json: &RawValue) -> Result<i64, Error> {
    if let Ok(value) = serde_json::from_str::<i64>(json.get()) {
        return Ok(value);
    }
    let value: f64 = member(name, json, WHOLE)?;
    if value.fract() != 0.0 {
        return Err(Error::invalid_syntax(format!("`{name}` is `{value}`; expected an integer")));
    }
    #[expect(clippy::cast_possible_truncation, reason = "a number that is too large is as good as the largest")]
    Ok(value as i64)
}

/// Reads less than 1 as 1 (RFC 7644 §3.4.2.4).
fn start_index(value: i64) -> usize {
    usize::try_from(value.max(1)).unwrap_or(usize::MAX)
}

/// Reads less than 0 as 0 (RFC 7644 §3.4.2.4).
fn count(value: i64) -> usize {
    usize::try_from(value.max(0)).unwrap_or(usize::MAX)
}

fn is_descending(value: &str) -> Result<bool, Error> {
    match value {
        _ if value.eq_ignore_ascii_case("ascending") => Ok(false),
        _ if value.eq_ignore_ascii_case("descending") => Ok(true),
        _ => Err(Error::invalid_value(format!(
            "`sortOrder` is `{}`; expected `ascending` or `descending`",
            excerpt(value)
        ))),
    }
}
