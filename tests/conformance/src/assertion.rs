//! What a sequence expects at one place of an answer.

use std::fmt;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::json_path::JsonPath;
use crate::template::{UnknownVariable, Variables};

/// A place of the answer's body, and what must hold there.
///
/// # Examples
///
/// ```
/// use scim_conformance::Assertion;
///
/// let assertion: Assertion = serde_json::from_str(r#"{"path": "$.active", "equals": true}"#)?;
/// assert!(assertion.failure(&serde_json::json!({"active": true})).is_none());
/// let failure = assertion.failure(&serde_json::json!({"active": "True"}));
/// assert_eq!(failure.as_deref(), Some("`$.active` must equal `true`, but it is `\"True\"`"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub struct Assertion {
    /// The place.
    pub path: JsonPath,
    /// What must hold there.
    pub check: Check,
}

/// What can be demanded of a value.
///
/// A place without a value fails every check but those that say otherwise.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Check {
    /// Is this value.
    Equals(Value),
    /// Is not this value; absence passes.
    NotEquals(Value),
    /// Is one of these values.
    OneOf(Vec<Value>),
    /// Is there (`true`; a `null` counts as there) or is not (`false`).
    Exists(bool),
    /// An array with this element, or a string with this part.
    Contains(Value),
    /// The opposite of [`Contains`](Self::Contains); absence passes.
    NotContains(Value),
    /// An array of this length; absence is the length zero.
    Count(usize),
    /// An array of this length or longer; absence is the length zero.
    CountAtLeast(usize),
    /// A number that is not less.
    AtLeast(f64),
    /// `null` or absent (`true`), or neither (`false`).
    NullOrAbsent(bool),
    /// `null`, `""`, `[]`, `{}` or absent (`true`), or none of them (`false`).
    EmptyOrAbsent(bool),
    /// No `null` at this place or anywhere below it (`true`), or at least one (`false`).
    NoNulls(bool),
}

impl Assertion {
    /// Says what is wrong with the answer's body, or `None` when the assertion holds.
    #[must_use]
    pub fn failure(&self, body: &Value) -> Option<String> {
        let found = self.path.find(body);
        if self.check.holds(found) {
            return None;
        }
        let found = found.map_or_else(|| "is absent".to_owned(), |found| format!("is `{found}`"));
        Some(format!("`{}` {}, but it {found}", self.path, self.check))
    }

    pub(crate) fn expand(&self, variables: &Variables) -> Result<Self, UnknownVariable> {
        Ok(Self { path: self.path.expand(variables)?, check: self.check.expand(variables)? })
    }
}

impl TryFrom<Map<String, Value>> for Assertion {
    type Error = serde_json::Error;

    fn try_from(mut members: Map<String, Value>) -> Result<Self, Self::Error> {
        let path = members.remove("path").unwrap_or_default();
        // What is left must be exactly one member, named after the check.
        Ok(Self { path: JsonPath::deserialize(path)?, check: Check::deserialize(Value::Object(members))? })
    }
}

impl Check {
    /// Whether a place without a value passes.
    pub(crate) fn allows_absence(&self) -> bool {
        self.holds(None)
    }

    fn holds(&self, found: Option<&Value>) -> bool {
        match self {
            Self::Equals(expected) => found == Some(expected),
            Self::NotEquals(unexpected) => found != Some(unexpected),
            Self::OneOf(expected) => found.is_some_and(|found| expected.contains(found)),
            Self::Exists(expected) => found.is_some() == *expected,
            Self::Contains(part) => found.is_some_and(|found| contains(found, part)),
            Self::NotContains(part) => !found.is_some_and(|found| contains(found, part)),
            Self::Count(expected) => length(found) == Some(*expected),
            Self::CountAtLeast(least) => length(found).is_some_and(|length| length >= *least),
            Self::AtLeast(least) => found.and_then(Value::as_f64).is_some_and(|number| number >= *least),
            Self::NullOrAbsent(expected) => found.is_none_or(Value::is_null) == *expected,
            Self::EmptyOrAbsent(expected) => found.is_none_or(is_empty) == *expected,
            Self::NoNulls(expected) => found.is_some_and(|found| has_null(found) != *expected),
        }
    }

    fn expand(&self, variables: &Variables) -> Result<Self, UnknownVariable> {
        let value = |value| variables.expand_value(value);
        Ok(match self {
            Self::Equals(expected) => Self::Equals(value(expected)?),
            Self::NotEquals(unexpected) => Self::NotEquals(value(unexpected)?),
            Self::OneOf(expected) => Self::OneOf(expected.iter().map(value).collect::<Result<_, _>>()?),
            Self::Contains(part) => Self::Contains(value(part)?),
            Self::NotContains(part) => Self::NotContains(value(part)?),
            _ => self.clone(),
        })
    }
}

fn contains(found: &Value, part: &Value) -> bool {
    match (found, part) {
        (Value::Array(values), _) => values.contains(part),
        (Value::String(text), Value::String(part)) => text.contains(part.as_str()),
        _ => false,
    }
}

fn length(found: Option<&Value>) -> Option<usize> {
    found.map_or(Some(0), |found| found.as_array().map(Vec::len))
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(values) => values.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

fn has_null(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(values) => values.iter().any(has_null),
        Value::Object(members) => members.values().any(has_null),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// Reads on after the place: "`$.id` must be there".
impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Equals(expected) => write!(f, "must equal `{expected}`"),
            Self::NotEquals(unexpected) => write!(f, "must not equal `{unexpected}`"),
            Self::OneOf(expected) => {
                f.write_str("must be one of")?;
                expected.iter().try_for_each(|value| write!(f, " `{value}`"))
            }
            Self::Exists(true) => f.write_str("must be there"),
            Self::Exists(false) => f.write_str("must be absent"),
            Self::Contains(part) => write!(f, "must contain `{part}`"),
            Self::NotContains(part) => write!(f, "must not contain `{part}`"),
            Self::Count(length) => write!(f, "must be an array of length {length}"),
            Self::CountAtLeast(length) => write!(f, "must be an array of length {length} or more"),
            Self::AtLeast(least) => write!(f, "must be a number of {least} or more"),
            Self::NullOrAbsent(true) => f.write_str("must be null or absent"),
            Self::NullOrAbsent(false) => f.write_str("must be neither null nor absent"),
            Self::EmptyOrAbsent(true) => f.write_str("must be empty or absent"),
            Self::EmptyOrAbsent(false) => f.write_str("must be neither empty nor absent"),
            Self::NoNulls(true) => f.write_str("must hold no null"),
            Self::NoNulls(false) => f.write_str("must hold a null"),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A check, the documents that pass it and the documents that fail it.
    const TABLE: [(&str, &str, &str); 17] = [
        (r#""equals": 1"#, r#"[{"v":1}]"#, r#"[{"v":2}, {"v":"1"}, {"v":null}, {}]"#),
        (r#""equals": "a""#, r#"[{"v":"a"}]"#, r#"[{"v":"A"}, {"v":["a"]}, {}]"#),
        (r#""notEquals": true"#, r#"[{"v":false}, {}]"#, r#"[{"v":true}]"#),
        (r#""oneOf": ["a","b"]"#, r#"[{"v":"b"}]"#, r#"[{"v":"c"}, {"v":["a","b"]}, {}]"#),
        (r#""exists": true"#, r#"[{"v":null}, {"v":""}]"#, r#"[{}, {"V":1}]"#),
        (r#""exists": false"#, "[{}]", r#"[{"v":null}, {"v":[]}]"#),
        (r#""contains": "x""#, r#"[{"v":["w","x"]}, {"v":"axb"}]"#, r#"[{"v":["axb"]}, {"v":"X"}, {"v":{"x":1}}, {}]"#),
        (r#""notContains": "x""#, r#"[{"v":["w"]}, {"v":"ab"}, {}]"#, r#"[{"v":["x"]}, {"v":"axb"}]"#),
        (r#""count": 1"#, r#"[{"v":[0]}]"#, r#"[{"v":[]}, {"v":[0,1]}, {"v":"a"}, {}]"#),
        (r#""count": 0"#, r#"[{"v":[]}, {}]"#, r#"[{"v":[0]}, {"v":null}]"#),
        (r#""countAtLeast": 2"#, r#"[{"v":[0,1]}, {"v":[0,1,2]}]"#, r#"[{"v":[0]}, {}]"#),
        (r#""atLeast": 3"#, r#"[{"v":3}, {"v":4}]"#, r#"[{"v":2}, {"v":"3"}, {}]"#),
        (r#""nullOrAbsent": true"#, r#"[{"v":null}, {}]"#, r#"[{"v":""}, {"v":[]}]"#),
        (r#""nullOrAbsent": false"#, r#"[{"v":""}]"#, r#"[{"v":null}, {}]"#),
        (
            r#""emptyOrAbsent": true"#,
            r#"[{"v":null}, {"v":""}, {"v":[]}, {"v":{}}, {}]"#,
            r#"[{"v":0}, {"v":false}, {"v":"a"}, {"v":[null]}, {"v":{"a":null}}]"#,
        ),
        (r#""emptyOrAbsent": false"#, r#"[{"v":0}]"#, r#"[{"v":[]}, {}]"#),
        (r#""noNulls": true"#, r#"[{"v":{"a":[1,{"b":""}]}}]"#, r#"[{"v":null}, {"v":{"a":[1,{"b":null}]}}, {}]"#),
    ];

    #[test]
    fn checks() {
        let documents = |text| serde_json::from_str::<Vec<Value>>(text).unwrap();
        for (check, pass, fail) in TABLE {
            let text = format!(r#"{{"path": "$.v", {check}}}"#);
            let assertion: Assertion = serde_json::from_str(&text).unwrap();
            for body in documents(pass) {
                assert_eq!(assertion.failure(&body), None, "{check} on {body}");
            }
            for body in documents(fail) {
                assert!(assertion.failure(&body).is_some(), "{check} on {body}");
            }
        }
    }

    #[test]
    fn failures_are_sentences() {
        let failure = |assertion: &str, body: Value| {
            serde_json::from_str::<Assertion>(assertion).unwrap().failure(&body).unwrap()
        };
        assert_eq!(
            failure(r#"{"path": "$.members", "count": 2}"#, json!({"members": [{"value": "a"}]})),
            "`$.members` must be an array of length 2, but it is `[{\"value\":\"a\"}]`"
        );
        assert_eq!(failure(r#"{"path": "$.id", "exists": true}"#, json!({})), "`$.id` must be there, but it is absent");
    }

    #[test]
    fn an_unknown_or_doubled_check_is_an_error() {
        let error = |text: &str| serde_json::from_str::<Assertion>(text).unwrap_err().to_string();
        let unknown = error(r#"{"path": "$.id", "equal": 1}"#);
        assert!(unknown.contains("unknown variant `equal`"), "{unknown}");
        for text in [
            r#"{"path": "$.id"}"#,
            r#"{"equals": 1}"#,
            r#"{"path": "id", "equals": 1}"#,
            r#"{"path": "$.id", "equals": 1, "exists": true}"#,
            r#"{"path": "$.id", "count": "1"}"#,
        ] {
            assert!(!error(text).is_empty());
        }
    }

    #[test]
    fn variables_in_path_and_expected_value() {
        let mut variables = Variables::new(None);
        variables.set("id", "it's".to_owned());
        let assertion: Assertion =
            serde_json::from_str(r#"{"path": "$.members[?(@.value=='{{id}}')].ref", "oneOf": ["/Users/{{id}}"]}"#)
                .unwrap();
        let body = json!({"members": [{"value": "it's", "ref": "/Users/it's"}]});
        assert!(assertion.failure(&body).is_some());
        assert_eq!(assertion.expand(&variables).unwrap().failure(&body), None);
        variables.set("id", "other".to_owned());
        assert!(assertion.expand(&variables).unwrap().failure(&body).is_some());
    }
}
