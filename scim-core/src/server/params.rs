//! What a request asks for beside its body: in the query string, or in the body of a search (RFC 7644 §3.4).

use std::borrow::Cow;

use serde_json::value::RawValue;

use crate::{
    compat::Tolerance,
    error::{Error, excerpt},
    json::{Projection, message},
    schema::ResourceType,
};

const SEARCH_REQUEST: &str = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";

/// `attributes` and `excludedAttributes`, which every operation takes that answers a resource.
#[derive(Debug, Default)]
pub(super) struct AnswerParams {
    attributes: Option<Vec<String>>,
    excluded: Option<Vec<String>>,
}

/// What a list request takes.
#[derive(Debug, Default)]
pub(super) struct ListParams {
    pub(super) answer: AnswerParams,
    pub(super) filter: Option<String>,
    pub(super) sort_by: Option<String>,
    pub(super) descending: bool,
    /// From 1.
    pub(super) start_index: usize,
    pub(super) count: Option<usize>,
}

impl AnswerParams {
    /// Whether the request says which attributes it wants.
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

    fn check(&self) -> Result<(), Error> {
        if self.attributes.is_some() && self.excluded.is_some() {
            return Err(Error::invalid_value("`attributes` and `excludedAttributes` exclude each other"));
        }
        Ok(())
    }
}

/// The parameters of a query string that are known; unknown ones are ignored.
fn each_param<'q>(
    query: &'q str,
    mut take: impl FnMut(&str, Cow<'q, str>) -> Result<bool, Error>,
) -> Result<(), Error> {
    let mut seen = Vec::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let name = name.to_ascii_lowercase();
        if take(&name, value)? {
            if seen.contains(&name) {
                return Err(Error::invalid_value(format!("the parameter `{}` is given twice", excerpt(&name))));
            }
            seen.push(name);
        }
    }
    Ok(())
}

/// `attributes` and `excludedAttributes` of a query string.
pub(super) fn answer_params(query: &str) -> Result<AnswerParams, Error> {
    let mut params = AnswerParams::default();
    each_param(query, |name, value| {
        match name {
            "attributes" => params.attributes = names(&value),
            "excludedattributes" => params.excluded = names(&value),
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    params.check()?;
    Ok(params)
}

/// Names separated by commas.
fn names(value: &str) -> Option<Vec<String>> {
    some_names(value.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect())
}

/// No names are as if the parameter was not given.
fn some_names(names: Vec<String>) -> Option<Vec<String>> {
    Some(names).filter(|names| !names.is_empty())
}

impl ListParams {
    pub(super) fn from_query(query: &str) -> Result<Self, Error> {
        let mut params = Self { start_index: 1, ..Self::default() };
        each_param(query, |name, value| {
            match name {
                "attributes" => params.answer.attributes = names(&value),
                "excludedattributes" => params.answer.excluded = names(&value),
                "filter" => params.filter = Some(value.into_owned()),
                "sortby" => params.sort_by = Some(value.into_owned()).filter(|name| !name.is_empty()),
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

    /// The body of `POST .../.search` (RFC 7644 §3.4.3).
    pub(super) fn from_body(body: &[u8]) -> Result<Self, Error> {
        let entries = message(body, "a search request")?;
        let mut params = Self { start_index: 1, ..Self::default() };
        let mut has_schema = false;
        let mut seen = Vec::new();
        for (name, json) in entries {
            let name = name.to_ascii_lowercase();
            if json.get() == "null" {
                continue;
            }
            match &*name {
                "schemas" => {
                    let uris: Vec<String> = read("schemas", json)?;
                    has_schema = uris.iter().any(|uri| uri.eq_ignore_ascii_case(SEARCH_REQUEST));
                }
                "attributes" => params.answer.attributes = some_names(read("attributes", json)?),
                "excludedattributes" => params.answer.excluded = some_names(read("excludedAttributes", json)?),
                "filter" => params.filter = Some(read("filter", json)?),
                "sortby" => params.sort_by = Some(read("sortBy", json)?).filter(|name: &String| !name.is_empty()),
                "sortorder" => params.descending = is_descending(&read::<String>("sortOrder", json)?)?,
                "startindex" => params.start_index = start_index(read("startIndex", json)?),
                "count" => params.count = Some(count(read("count", json)?)),
                _ => continue,
            }
            if seen.contains(&name) {
                return Err(Error::invalid_syntax(format!("`{name}` is given twice")));
            }
            seen.push(name);
        }
        if !has_schema {
            return Err(Error::invalid_syntax(format!("`schemas` of a search request must be [\"{SEARCH_REQUEST}\"]")));
        }
        params.answer.check()?;
        Ok(params)
    }
}

fn read<'j, T: serde::Deserialize<'j>>(name: &str, json: &'j RawValue) -> Result<T, Error> {
    serde_json::from_str(json.get())
        .map_err(|_| Error::invalid_syntax(format!("`{name}` of the search request has the wrong type")))
}

/// A whole number; one that is too large is as good as the largest.
fn integer(name: &str, value: &str) -> Result<i64, Error> {
    let digits = value.strip_prefix(['-', '+']).unwrap_or(value);
    if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return Err(Error::invalid_value(format!("`{name}` is `{}`; expected a whole number", excerpt(value))));
    }
    Ok(value.parse().unwrap_or(if value.starts_with('-') { i64::MIN } else { i64::MAX }))
}

/// Less than 1 is read as 1 (RFC 7644 §3.4.2.4).
fn start_index(value: i64) -> usize {
    usize::try_from(value.max(1)).unwrap_or(usize::MAX)
}

/// Less than 0 is read as 0 (RFC 7644 §3.4.2.4).
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
