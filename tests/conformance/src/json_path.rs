//! The small part of `JSONPath` in which sequences name places of an answer.
//!
//! The kit reads these paths and rewrites them: what they name is left out or renamed to suit a server. Crates that only
//! evaluate paths keep their syntax tree private.

use std::fmt;
use std::str::FromStr;

use serde::Deserialize;
use serde_json::Value;

use crate::template::{Escape, UnknownVariable, Variables};

/// A place in a JSON document.
///
/// Four kinds of segment follow the root `$`: `.name`, `['name']`, `[n]` (counted from zero), and `[?(@.k=='v')]`,
/// the first element of an array whose member `k` is the string `v`. Names are matched exactly, letter case included.
///
/// # Examples
///
/// ```
/// use scim_conformance::JsonPath;
///
/// let user = serde_json::json!({"emails": [{"type": "home"}, {"type": "work", "value": "ada@example.com"}]});
/// let path: JsonPath = "$.emails[?(@.type=='work')].value".parse()?;
/// assert_eq!(path.find(&user), Some(&"ada@example.com".into()));
/// # Ok::<(), scim_conformance::JsonPathError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct JsonPath {
    segments: Vec<Segment>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Segment {
    Name(String),
    Index(usize),
    First { key: String, value: String },
}

/// A text that is not a path of the form that [`JsonPath`] describes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{path}` is not a path: {problem} at `{rest}`")]
pub struct JsonPathError {
    path: String,
    problem: &'static str,
    rest: String,
}

impl JsonPath {
    /// The value at this place, or `None` when there is none. A JSON `null` is a value.
    #[must_use]
    pub fn find<'a>(&self, document: &'a Value) -> Option<&'a Value> {
        self.segments.iter().try_fold(document, |at, segment| match segment {
            Segment::Name(name) => at.as_object()?.get(name),
            Segment::Index(index) => at.as_array()?.get(*index),
            Segment::First { key, value } => {
                at.as_array()?.iter().find(|element| element.get(key).and_then(Value::as_str) == Some(value))
            }
        })
    }

    /// The SCIM path of the attribute that this names in a resource or in the elements of a list, without value filters:
    /// `emails.value` for `$.Resources[0].emails[?(@.type=='work')].value`. `None` for the whole document.
    pub(crate) fn attribute(&self) -> Option<String> {
        let mut path = String::new();
        for segment in &self.segments {
            match segment {
                Segment::Name(name) if name == "Resources" && path.is_empty() => {}
                Segment::Name(name) if path.is_empty() => name.clone_into(&mut path),
                Segment::Name(name) if path.starts_with("urn:") && !path.contains('#') => {
                    path.push_str(":#");
                    path.push_str(name);
                }
                Segment::Name(name) => {
                    path.push('.');
                    path.push_str(name);
                }
                Segment::Index(_) | Segment::First { .. } => {}
            }
        }
        // The mark told an extension from an attribute of it.
        (!path.is_empty()).then(|| path.replace('#', ""))
    }

    /// The type of the elements that this names: `work` in `$.emails[?(@.type=='work')].value`.
    pub(crate) fn element_type(&self) -> Option<&str> {
        self.segments.iter().find_map(|segment| match segment {
            Segment::First { key, value } if key.eq_ignore_ascii_case("type") => Some(value.as_str()),
            Segment::First { .. } | Segment::Name(_) | Segment::Index(_) => None,
        })
    }

    /// The schema and the SCIM path that this names in `/Schemas`:
    /// `$.Resources[?(@.id=='urn:..')].attributes[?(@.name=='emails')].subAttributes[?(@.name=='type')]` is `emails.type`.
    pub(crate) fn schema_attribute(&self) -> Option<(&str, String)> {
        let mut schema = None;
        let mut names = Vec::new();
        for segment in &self.segments {
            match segment {
                Segment::First { key, value } if key == "id" => schema = Some(value.as_str()),
                Segment::First { key, value } if key == "name" => names.push(value.as_str()),
                Segment::First { .. } | Segment::Name(_) | Segment::Index(_) => {}
            }
        }
        (!names.is_empty()).then_some((schema?, names.join(".")))
    }

    /// Gives the attribute that this names in a resource or in the elements of a list another name, which may be two names
    /// with a dot between them.
    pub(crate) fn rename(&mut self, rename: impl Fn(&str) -> Option<String>) {
        let is_attribute = |segment: &Segment| matches!(segment, Segment::Name(name) if name != "Resources");
        let Some(at) = self.segments.iter().position(is_attribute) else { return };
        if let Some(Segment::Name(name)) = self.segments.get(at)
            && let Some(path) = rename(name)
        {
            self.segments.splice(at..=at, path.split('.').map(|name| Segment::Name(name.to_owned())));
        }
    }

    /// The same path with the variables in its names and strings replaced.
    pub(crate) fn expand(&self, variables: &Variables) -> Result<Self, UnknownVariable> {
        let text = |text: &str| variables.expand(text, Escape::None);
        let segments = self.segments.iter().map(|segment| {
            Ok(match segment {
                Segment::Name(name) => Segment::Name(text(name)?),
                Segment::Index(index) => Segment::Index(*index),
                Segment::First { key, value } => Segment::First { key: text(key)?, value: text(value)? },
            })
        });
        Ok(Self { segments: segments.collect::<Result<_, _>>()? })
    }
}

impl FromStr for JsonPath {
    type Err = JsonPathError;

    fn from_str(path: &str) -> Result<Self, Self::Err> {
        let error = |problem, rest: &str| JsonPathError { path: path.to_owned(), problem, rest: rest.to_owned() };
        let mut rest = path.strip_prefix('$').ok_or_else(|| error("expected `$`", path))?;
        let mut segments = Vec::new();
        while !rest.is_empty() {
            let (segment, after) = segment(rest).map_err(|problem| error(problem, rest))?;
            segments.push(segment);
            rest = after;
        }
        Ok(Self { segments })
    }
}

fn segment(text: &str) -> Result<(Segment, &str), &'static str> {
    if let Some(text) = text.strip_prefix("[?(@.") {
        let (key, text) = text.split_once("=='").ok_or("expected `=='`")?;
        let (value, rest) = text.split_once("')]").ok_or("expected `')]`")?;
        Ok((Segment::First { key: key.to_owned(), value: value.to_owned() }, rest))
    } else if let Some(text) = text.strip_prefix("['") {
        let (name, rest) = text.split_once("']").ok_or("expected `']`")?;
        Ok((Segment::Name(name.to_owned()), rest))
    } else if let Some(text) = text.strip_prefix('[') {
        let (index, rest) = text.split_once(']').ok_or("expected `]`")?;
        let index = index.parse().map_err(|_| "expected a number, a quoted name or `?(@.`")?;
        Ok((Segment::Index(index), rest))
    } else if let Some(text) = text.strip_prefix('.') {
        let end = text.find(['.', '[']).unwrap_or(text.len());
        match text.split_at_checked(end) {
            Some((name, rest)) if !name.is_empty() => Ok((Segment::Name(name.to_owned()), rest)),
            _ => Err("expected a name"),
        }
    } else {
        Err("expected `.` or `[`")
    }
}

impl TryFrom<String> for JsonPath {
    type Error = JsonPathError;

    fn try_from(path: String) -> Result<Self, Self::Error> {
        path.parse()
    }
}

impl fmt::Display for JsonPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("$")?;
        for segment in &self.segments {
            match segment {
                Segment::Name(name) if name.contains(['.', '[']) => write!(f, "['{name}']")?,
                Segment::Name(name) => write!(f, ".{name}")?,
                Segment::Index(index) => write!(f, "[{index}]")?,
                Segment::First { key, value } => write!(f, "[?(@.{key}=='{value}')]")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn find(path: &str, document: &Value) -> Option<Value> {
        path.parse::<JsonPath>().unwrap().find(document).cloned()
    }

    #[test]
    fn finds_values() {
        let document = json!({
            "id": "1",
            "nothing": null,
            "name": {"givenName": "Ada"},
            "urn:x:2.0:User": {"department": "R&D"},
            "emails": [{"type": "home", "value": "h"}, {"type": "work", "value": "w1"}, {"type": "work", "value": "w2"}],
            "Resources": [{"attributes": [{"name": "a.b[0]"}]}],
        });
        assert_eq!(find("$", &document), Some(document.clone()));
        assert_eq!(find("$.id", &document), Some(json!("1")));
        assert_eq!(find("$.nothing", &document), Some(Value::Null));
        assert_eq!(find("$.name.givenName", &document), Some(json!("Ada")));
        assert_eq!(find("$['urn:x:2.0:User'].department", &document), Some(json!("R&D")));
        assert_eq!(find("$.emails[0].value", &document), Some(json!("h")));
        assert_eq!(find("$.emails[?(@.type=='work')].value", &document), Some(json!("w1")));
        assert_eq!(find("$.Resources[0].attributes[?(@.name=='a.b[0]')].name", &document), Some(json!("a.b[0]")));
    }

    #[test]
    fn finds_nothing_where_nothing_is() {
        let document = json!({"id": "1", "emails": [{"type": "work"}], "flags": [{"on": true}]});
        for path in [
            "$.ID",
            "$.id.x",
            "$.id[0]",
            "$.emails[1]",
            "$.emails.type",
            "$.emails[?(@.type=='Work')]",
            "$.emails[?(@.kind=='work')]",
            "$.flags[?(@.on=='true')]",
            "$.id[?(@.a=='b')]",
        ] {
            assert_eq!(find(path, &document), None, "{path}");
        }
    }

    #[test]
    fn rejects_other_texts() {
        for path in
            ["", "id", "$id", "$.", "$..id", "$.a[", "$.a[x]", "$.a['b]", "$.a[?(@.b=1)]", "$.a[?(@.b=='c]", "$.a[0]b"]
        {
            assert!(path.parse::<JsonPath>().is_err(), "{path}");
        }
        let error = "$.a[*]".parse::<JsonPath>().unwrap_err().to_string();
        assert_eq!(error, "`$.a[*]` is not a path: expected a number, a quoted name or `?(@.` at `[*]`");
    }

    #[test]
    fn prints_as_it_was_written() {
        for path in ["$", "$.a[0].b", "$['urn:x:2.0:User'].manager.value", "$.emails[?(@.type=='work')].value"] {
            assert_eq!(path.parse::<JsonPath>().unwrap().to_string(), path);
        }
    }
}
