//! Variables of a running sequence, and their places `{{name}}` in paths, headers, bodies and expected values.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;
use uuid::Uuid;

/// The variables of one run of one sequence.
#[derive(Debug)]
pub(crate) struct Variables {
    values: BTreeMap<String, String>,
}

/// How a variable's value is written where it is put in.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Escape {
    None,
    /// Percent-encoded: an `id` may hold any character.
    Url,
    /// As the inside of a JSON string.
    Json,
}

/// A `{{name}}` that no step before it has captured.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown variable `{{{{{name}}}}}`")]
pub(crate) struct UnknownVariable {
    name: String,
}

impl Variables {
    /// Fresh variables: `run`, `RUN`, `uuid1` to `uuid9`, and `token` when there is one.
    pub(crate) fn new(token: Option<&str>) -> Self {
        // The first letter makes `run` and `RUN` differ whatever the random digits are.
        let run: String = std::iter::once('k').chain(Uuid::new_v4().simple().to_string().chars().take(12)).collect();
        let mut values = BTreeMap::from([("RUN".to_owned(), run.to_uppercase()), ("run".to_owned(), run)]);
        for number in 1..=9 {
            values.insert(format!("uuid{number}"), Uuid::new_v4().to_string());
        }
        if let Some(token) = token {
            values.insert("token".to_owned(), token.to_owned());
        }
        Self { values }
    }

    pub(crate) fn set(&mut self, name: &str, value: String) {
        self.values.insert(name.to_owned(), value);
    }

    /// The text with every `{{name}}` replaced.
    pub(crate) fn expand(&self, text: &str, escape: Escape) -> Result<String, UnknownVariable> {
        let mut expanded = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("{{") {
            let Some((name, after)) = after.split_once("}}") else {
                break;
            };
            let value = self.values.get(name).ok_or_else(|| UnknownVariable { name: name.to_owned() })?;
            expanded.push_str(before);
            push_escaped(&mut expanded, value, escape);
            rest = after;
        }
        expanded.push_str(rest);
        Ok(expanded)
    }

    /// The value with every `{{name}}` in its strings replaced.
    pub(crate) fn expand_value(&self, value: &Value) -> Result<Value, UnknownVariable> {
        Ok(match value {
            Value::String(text) => Value::String(self.expand(text, Escape::None)?),
            Value::Array(values) => values.iter().map(|value| self.expand_value(value)).collect::<Result<_, _>>()?,
            Value::Object(members) => members
                .iter()
                .map(|(name, value)| Ok((self.expand(name, Escape::None)?, self.expand_value(value)?)))
                .collect::<Result<_, _>>()?,
            Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
        })
    }
}

fn push_escaped(text: &mut String, value: &str, escape: Escape) {
    match escape {
        Escape::None => text.push_str(value),
        Escape::Url => {
            for byte in value.bytes() {
                match byte {
                    b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                        text.push(byte.into());
                    }
                    _ => drop(write!(text, "%{byte:02X}")),
                }
            }
        }
        Escape::Json => {
            let quoted = Value::from(value).to_string();
            text.push_str(quoted.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(&quoted));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn built_in_variables() {
        let variables = Variables::new(Some("secret"));
        let expand = |text: &str| variables.expand(text, Escape::None).unwrap();
        let run = expand("{{run}}");
        assert!(run.len() > 8 && run.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()), "{run}");
        assert_eq!(expand("{{RUN}}"), run.to_uppercase());
        assert_ne!(expand("{{RUN}}"), run);
        let uuids: std::collections::BTreeSet<_> = (1..=9).map(|n| expand(&format!("{{{{uuid{n}}}}}"))).collect();
        assert_eq!(uuids.len(), 9);
        assert!(uuids.iter().all(|uuid| uuid.parse::<Uuid>().is_ok()));
        assert_eq!(expand("Bearer {{token}}"), "Bearer secret");
        assert_ne!(Variables::new(None).expand("{{run}}", Escape::None).unwrap(), run);
    }

    #[test]
    fn captures_are_escaped_for_their_place() {
        let mut variables = Variables::new(None);
        variables.set("id", "a/b \"ü\"".to_owned());
        let expand = |escape| variables.expand("<{{id}}|{{id}}>", escape).unwrap();
        assert_eq!(expand(Escape::None), "<a/b \"ü\"|a/b \"ü\">");
        assert_eq!(expand(Escape::Url), "<a%2Fb%20%22%C3%BC%22|a%2Fb%20%22%C3%BC%22>");
        assert_eq!(expand(Escape::Json), "<a/b \\\"ü\\\"|a/b \\\"ü\\\">");
    }

    #[test]
    fn an_unknown_variable_is_an_error() {
        let variables = Variables::new(None);
        let error = variables.expand("/Users/{{idd}}", Escape::Url).unwrap_err();
        assert_eq!(error.to_string(), "unknown variable `{{idd}}`");
        assert!(variables.expand("{{token}}", Escape::None).is_err());
        assert!(variables.expand_value(&json!({"a": ["{{x}}"]})).is_err());
    }

    #[test]
    fn other_braces_stay() {
        let variables = Variables::new(None);
        for text in ["", "{", "{\"a\":{\"b\":1}}", "{{open"] {
            assert_eq!(variables.expand(text, Escape::None).unwrap(), text);
        }
    }

    #[test]
    fn values_are_expanded_inside() {
        let mut variables = Variables::new(None);
        variables.set("id", "7".to_owned());
        let value = json!({"{{id}}": [{"value": "u{{id}}"}, true, null, 1]});
        assert_eq!(variables.expand_value(&value).unwrap(), json!({"7": [{"value": "u7"}, true, null, 1]}));
    }
}
