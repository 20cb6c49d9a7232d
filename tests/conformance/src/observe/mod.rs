//! What must hold for every answer of a SCIM server, whatever was asked.

mod attribute;
mod error;
mod headers;
mod list;
mod resource;
#[cfg(test)]
mod tests;
mod unassigned;

use std::fmt;

use bytes::Bytes;
use http::{Request, Response};
use serde_json::Value;

use crate::schemas::Schemas;

/// One thing that is wrong with an answer by the general rules.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Observation {
    /// The rule that is broken.
    pub rule: Rule,
    /// What was expected and what was found.
    pub text: String,
}

/// The rules that hold for every answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Rule {
    /// A body is `application/scim+json`, or `application/json` for a client that accepts only that.
    ContentType,
    /// A body is JSON.
    Json,
    /// An error is told by a complete SCIM `Error` whose `status` is the HTTP status as a string (RFC 7644, section
    /// 3.12).
    ErrorBody,
    /// A 401 names a way to authenticate (RFC 9110, section 11.6.1).
    Challenge,
    /// The header `ETag` is `meta.version` (RFC 7644, section 3.14).
    Etag,
    /// The header `Location` is `meta.location`, and an answer 201 has it (RFC 7644, section 3.3).
    Location,
    /// No `null` and no empty array: what has no value is left out (RFC 7643, section 2.5).
    Unassigned,
    /// The numbers of a list are numbers and right (RFC 7644, section 3.4.2).
    List,
    /// A resource has its `id` and says its type in `meta.resourceType` (RFC 7643, section 3.1).
    Identity,
    /// `schemas` lists the schema of the resource and exactly the extensions that are present (RFC 7643, section 3).
    Schemas,
    /// Only attributes that `/Schemas` announces, in the spelling of `/Schemas`.
    Announced,
    /// Values are of the announced types.
    Type,
    /// Nothing that is announced as `returned: never`, and `returned: request` only on request.
    Returned,
}

/// Says everything that is wrong with an answer by the general rules of RFC 7643 and RFC 7644.
///
/// The rules are those of [`Rule`]. Those about attributes need to know what the server announces: without `schemas`, or
/// with empty ones, they are not applied. The request's URI is relative to the base of the server, as in
/// [`Client::send`](crate::Client::send).
///
/// [`Kit::run`](crate::Kit::run) applies this to every answer. It is public for tests that have their own requests.
///
/// # Examples
///
/// ```
/// use bytes::Bytes;
/// use http::{Request, Response};
/// use scim_conformance::{Rule, observe};
///
/// let request = Request::get("/Users/1").body(Bytes::new()).unwrap();
/// let answer = Response::builder().header("content-type", "application/scim+json");
/// let answer = answer.body(Bytes::from_static(br#"{"id": "1", "emails": []}"#)).unwrap();
/// let observations = observe(&request, &answer, None);
/// assert_eq!(observations[0].rule, Rule::Unassigned);
/// assert_eq!(observations[0].to_string(), "unassigned: `$.emails` is an empty array, it must be left out");
/// ```
#[must_use]
pub fn observe(request: &Request<Bytes>, answer: &Response<Bytes>, schemas: Option<&Schemas>) -> Vec<Observation> {
    let mut findings = Findings(Vec::new());
    let failed = answer.status().as_u16() >= 400;
    headers::challenge(answer, &mut findings);
    headers::created(request, answer, &mut findings);
    if answer.body().is_empty() {
        if failed {
            findings.add(Rule::ErrorBody, "an error must have a body: a SCIM `Error`");
        }
        return findings.0;
    }
    headers::content_type(request, answer, &mut findings);
    match serde_json::from_slice::<Value>(answer.body()) {
        Err(error) => findings.add(Rule::Json, format!("the body is not JSON: {error}")),
        Ok(body) if failed => error::body(answer.status(), &body, &mut findings),
        Ok(body) => success(request, answer, &body, schemas, &mut findings),
    }
    findings.0
}

fn success(
    request: &Request<Bytes>,
    answer: &Response<Bytes>,
    body: &Value,
    schemas: Option<&Schemas>,
    findings: &mut Findings,
) {
    unassigned::value("$", body, findings);
    let about = resource::About::of(request, schemas.filter(|schemas| !schemas.is_empty()));
    if list::is_list(body) {
        list::numbers(body, findings);
        for (index, element) in list::elements(body) {
            about.check(&format!("$.Resources[{index}]"), element, findings);
        }
    } else {
        headers::same_in_meta(answer.headers(), body, findings);
        about.check("$", body, findings);
    }
}

/// What was found so far.
struct Findings(Vec<Observation>);

impl Findings {
    fn add(&mut self, rule: Rule, text: impl Into<String>) {
        self.0.push(Observation { rule, text: text.into() });
    }
}

impl Rule {
    /// All rules.
    #[cfg(test)]
    pub(crate) const ALL: [Self; 13] = [
        Self::ContentType,
        Self::Json,
        Self::ErrorBody,
        Self::Challenge,
        Self::Etag,
        Self::Location,
        Self::Unassigned,
        Self::List,
        Self::Identity,
        Self::Schemas,
        Self::Announced,
        Self::Type,
        Self::Returned,
    ];

    /// The name of the rule in reports and in data files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ContentType => "content-type",
            Self::Json => "json",
            Self::ErrorBody => "error-body",
            Self::Challenge => "challenge",
            Self::Etag => "etag",
            Self::Location => "location",
            Self::Unassigned => "unassigned",
            Self::List => "list",
            Self::Identity => "identity",
            Self::Schemas => "schemas",
            Self::Announced => "announced",
            Self::Type => "type",
            Self::Returned => "returned",
        }
    }
}

impl fmt::Display for Observation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.rule.name(), self.text)
    }
}

/// A place in a document, one member below another.
fn member(place: &str, name: &str) -> String {
    if name.contains(['.', '[', '\'']) { format!("{place}['{name}']") } else { format!("{place}.{name}") }
}

/// A value for a message: long ones are cut.
fn shown(value: &Value) -> String {
    const SHOWN: usize = 80;
    let text = value.to_string();
    if text.chars().count() <= SHOWN {
        return format!("`{text}`");
    }
    format!("`{} ..`", text.chars().take(SHOWN).collect::<String>())
}
