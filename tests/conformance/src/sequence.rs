//! Sequences of requests as they are written in a file.

use std::collections::BTreeMap;
use std::fmt;

use http::{HeaderMap, HeaderName, Method};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::assertion::Assertion;
use crate::json_path::JsonPath;

/// Some requests that a SCIM client sends one after the other, with the answers that it needs.
///
/// Texts of a sequence may hold variables: `{{run}}` (a token that is unique to each run, in lower case), `{{RUN}}` (the
/// same in upper case), `{{uuid1}}` to `{{uuid9}}`, `{{token}}` (the bearer token), and whatever earlier steps captured.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Sequence {
    /// The group of sequences that it belongs to, such as `2-scim-validator`.
    pub suite: String,
    /// Its name, unique in the suite.
    pub name: String,
    /// Where the traffic was seen or which document describes it.
    pub source: String,
    /// How much depends on it.
    pub level: Level,
    /// Whether the traffic deviates from the RFCs, so that a strict server may fail.
    pub quirk: bool,
    /// Which peculiarities occur in it.
    #[serde(default)]
    pub tags: Vec<String>,
    /// A remark for whoever reads a failure.
    #[serde(default)]
    pub note: Option<String>,
    /// What the server must offer for it to make sense.
    #[serde(default)]
    pub requires: Vec<Requirement>,
    /// The requests, in order.
    pub steps: Vec<Step>,
}

/// How much depends on a sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Few clients notice, or it is a matter of taste: a failure is a warning.
    Optional,
    /// Some clients fail, or there is a way around.
    Should,
    /// Provisioning fails.
    Must,
}

/// What a server must offer for some sequences to make sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Requirement {
    /// Requests without a valid bearer token are refused.
    Auth,
    /// Users have an extension that no RFC describes, with an attribute that can be set alone to any text. A sequence writes
    /// it as `tag` of `urn:ietf:params:scim:schemas:extension:FabrikamHr:2.0:User`; the first that is announced comes in
    /// its place.
    CustomExtension,
    /// Several operations in one request (RFC 7644, section 3.7).
    Bulk,
    /// Lists in an order that the client chooses (RFC 7644, section 3.4.2.3).
    Sort,
    /// Versions of resources (RFC 7644, section 3.14).
    Etag,
    /// Groups, for sequences whose paths do not say so.
    Groups,
}

impl Requirement {
    /// All requirements.
    pub const ALL: [Self; 6] = [Self::Auth, Self::CustomExtension, Self::Bulk, Self::Sort, Self::Etag, Self::Groups];
}

/// One request and the answer that is expected.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "StepFile")]
#[non_exhaustive]
pub struct Step {
    /// The HTTP method.
    pub method: Method,
    /// Path and query below the base of the SCIM server, URL-encoded, such as `/Users?count=1`.
    pub path: String,
    /// Headers beside the default ones, or in their place. `None`: the header is not sent.
    pub headers: HeaderMap<Option<String>>,
    /// The body.
    pub body: Option<Body>,
    /// The expected answer.
    pub expect: Expect,
    /// Variables that get their value from the answer.
    pub captures: BTreeMap<String, JsonPath>,
    /// A remark for whoever reads a failure.
    pub note: Option<String>,
}

/// The body of a request, before variables are replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// JSON without insignificant white space, members in the order of the file.
    Json(String),
    /// Any other text, sent as it is.
    Text(String),
}

/// The expected answer.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Expect {
    /// The statuses that pass.
    pub status: Statuses,
    /// What must hold in the body. Skipped on an answer 204 where that is allowed.
    #[serde(default)]
    pub assertions: Vec<Assertion>,
}

/// One or more HTTP statuses; in a file a number or a list of them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "StatusesFile")]
pub struct Statuses(Vec<u16>);

/// A text that is not a list of sequences.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// Not JSON, or not of the form of [`Sequence`].
    #[error("cannot read the sequences: {0}")]
    Json(#[from] serde_json::Error),
    /// A sequence that sends nothing would always pass.
    #[error("sequence `{0}` has no steps")]
    NoSteps(String),
}

impl Sequence {
    /// Reads a JSON array of sequences.
    ///
    /// # Errors
    ///
    /// When the text is not such an array. Unknown members, unknown kinds of assertion and sequences without steps are
    /// errors, so that a misspelled expectation cannot pass unseen.
    pub fn read_all(json: &str) -> Result<Vec<Self>, LoadError> {
        let sequences: Vec<Self> = serde_json::from_str(json)?;
        match sequences.iter().find(|sequence| sequence.steps.is_empty()) {
            Some(empty) => Err(LoadError::NoSteps(empty.name.clone())),
            None => Ok(sequences),
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Optional => "optional",
            Self::Should => "should",
            Self::Must => "must",
        })
    }
}

impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Auth => "auth",
            Self::CustomExtension => "custom-extension",
            Self::Bulk => "bulk",
            Self::Sort => "sort",
            Self::Etag => "etag",
            Self::Groups => "groups",
        })
    }
}

impl Statuses {
    /// Whether this status passes.
    #[must_use]
    pub fn allow(&self, status: u16) -> bool {
        self.0.contains(&status)
    }

    /// Whether only errors pass, and one of them says that the request is wrong in itself.
    pub(crate) fn refuse(&self) -> bool {
        self.0.contains(&400) && self.0.iter().all(|status| *status >= 400)
    }
}

impl fmt::Display for Statuses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, status) in self.0.iter().enumerate() {
            if position > 0 {
                f.write_str(" or ")?;
            }
            write!(f, "{status}")?;
        }
        Ok(())
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum StatusesFile {
    One(u16),
    Many(Vec<u16>),
}

impl TryFrom<StatusesFile> for Statuses {
    type Error = &'static str;

    fn try_from(file: StatusesFile) -> Result<Self, Self::Error> {
        match file {
            StatusesFile::One(status) => Ok(Self(vec![status])),
            StatusesFile::Many(statuses) if statuses.is_empty() => Err("an empty list of statuses"),
            StatusesFile::Many(statuses) => Ok(Self(statuses)),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct StepFile {
    method: String,
    path: String,
    #[serde(default)]
    headers: BTreeMap<String, Option<String>>,
    // Kept as text: the order of members is part of what clients send.
    body: Option<Box<RawValue>>,
    body_raw: Option<String>,
    expect: Expect,
    #[serde(default)]
    captures: BTreeMap<String, JsonPath>,
    note: Option<String>,
}

#[derive(Debug, thiserror::Error)]
enum StepError {
    #[error("`{0}` is not a method")]
    Method(String),
    #[error("`{0}` is not the name of a header")]
    Header(String),
    #[error("`body` and `bodyRaw` in one step")]
    TwoBodies,
}

impl TryFrom<StepFile> for Step {
    type Error = StepError;

    fn try_from(file: StepFile) -> Result<Self, Self::Error> {
        let body = match (file.body, file.body_raw) {
            (Some(_), Some(_)) => return Err(StepError::TwoBodies),
            (Some(json), None) => Some(Body::Json(compact(json.get()))),
            (None, text) => text.map(Body::Text),
        };
        let headers = file.headers.into_iter().map(|(name, value)| match HeaderName::try_from(&name) {
            Ok(name) => Ok((name, value)),
            Err(_) => Err(StepError::Header(name)),
        });
        Ok(Self {
            method: Method::from_bytes(file.method.as_bytes()).map_err(|_| StepError::Method(file.method))?,
            path: file.path,
            headers: headers.collect::<Result<_, _>>()?,
            body,
            expect: file.expect,
            captures: file.captures,
            note: file.note,
        })
    }
}

/// Valid JSON without white space between its tokens.
fn compact(json: &str) -> String {
    let (mut in_string, mut escaped) = (false, false);
    let significant = |c: &char| {
        let keep = in_string || !c.is_ascii_whitespace();
        if *c == '"' && !escaped {
            in_string = !in_string;
        }
        escaped = *c == '\\' && !escaped;
        keep
    };
    json.chars().filter(significant).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEP: &str = r#"{"method": "GET", "path": "/Users", "expect": {"status": 200, "assertions": []}}"#;

    fn file(steps: &str) -> String {
        format!(
            r#"[{{"suite": "s", "name": "n", "source": "x", "level": "must", "quirk": false, "steps": [{steps}]}}]"#
        )
    }

    #[test]
    fn reads_a_step() {
        let step = r#"{
            "method": "POST", "path": "/Users", "headers": {"Accept": null, "Content-Type": "text/plain"},
            "body": { "z": "a \" b" , "a": [ 1, "\\" ] },
            "expect": {"status": [200, 204], "assertions": [{"path": "$.id", "exists": true}]},
            "captures": {"id": "$.id"}, "note": "why"
        }"#;
        let sequences = Sequence::read_all(&file(step)).unwrap();
        let step = &sequences[0].steps[0];
        assert_eq!(step.method, Method::POST);
        assert_eq!(step.headers[http::header::ACCEPT], None);
        assert_eq!(step.headers[http::header::CONTENT_TYPE].as_deref(), Some("text/plain"));
        assert_eq!(step.body, Some(Body::Json(r#"{"z":"a \" b","a":[1,"\\"]}"#.to_owned())));
        assert!(step.expect.status.allow(204) && !step.expect.status.allow(201));
        assert_eq!(step.expect.status.to_string(), "200 or 204");
        assert_eq!(step.captures["id"].to_string(), "$.id");
    }

    #[test]
    fn mistakes_are_errors() {
        let error = |json: &str| Sequence::read_all(json).unwrap_err().to_string();
        assert_eq!(error(&file("")), "sequence `n` has no steps");
        for (right, wrong, message) in [
            ("\"GET\"", "\"G T\"", "`G T` is not a method"),
            ("\"path\"", "\"headers\": {\"a b\": null}, \"path\"", "`a b` is not the name of a header"),
            ("\"path\"", "\"body\": 1, \"bodyRaw\": \"\", \"path\"", "`body` and `bodyRaw` in one step"),
            ("\"path\"", "\"bdy\": 1, \"path\"", "unknown field `bdy`"),
            ("200", "[]", "an empty list of statuses"),
            ("[]", "[{\"path\": \"$.id\", \"is\": 1}]", "unknown variant `is`"),
        ] {
            let message_found = error(&file(&STEP.replace(right, wrong)));
            assert!(message_found.contains(message), "{message_found}");
        }
        let unknown = file(STEP).replace("\"must\"", "\"must\", \"requires\": [\"luck\"]");
        assert!(error(&unknown).contains("unknown variant `luck`"));
    }
}
