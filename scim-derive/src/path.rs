//! The text of `path = ".."`: the attribute of a resource that a field is bound to.
//!
//! `userName`, `name.givenName`, `emails[type eq "work"].value`, and each of these after the URN of a schema and a
//! colon.

/// A parsed path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FieldPath {
    /// The URN prefix.
    pub(crate) urn: Option<String>,
    pub(crate) attribute: String,
    /// The filter that selects an element: pairs of a sub-attribute and its text.
    pub(crate) selector: Option<Vec<(String, String)>>,
    pub(crate) sub: Option<String>,
}

impl FieldPath {
    /// Returns the attribute's name as in filters, without a URN.
    pub(crate) fn name(&self) -> String {
        match &self.sub {
            Some(sub) => format!("{}.{sub}", self.attribute),
            None => self.attribute.clone(),
        }
    }

    /// Returns a path of a single name.
    pub(crate) fn simple(attribute: String) -> Self {
        Self { attribute, ..Self::default() }
    }
}

/// Parses a path. The error is a message for the user.
pub(crate) fn parse(text: &str) -> Result<FieldPath, String> {
    let (head, rest) = match text.split_once('[') {
        Some((head, rest)) => (head, Some(rest)),
        None => (text, None),
    };
    let (urn, names) = match head.rsplit_once(':') {
        Some((urn, names)) if is_urn(urn) => (Some(urn.to_owned()), names),
        Some((urn, _)) => return Err(format!("invalid schema URN `{urn}`; expected a URN that starts with `urn:`")),
        None => (None, head),
    };
    let Some(rest) = rest else {
        let (attribute, sub) = match names.split_once('.') {
            Some((attribute, sub)) => (attribute, Some(sub)),
            None => (names, None),
        };
        if sub.is_some_and(|sub| sub.contains('.')) {
            return Err(format!("`{names}` is nested too deeply; sub-attributes have no sub-attributes in SCIM"));
        }
        let sub = sub.map(name).transpose()?;
        return Ok(FieldPath { urn, attribute: name(attribute)?, selector: None, sub });
    };
    if let Some((attribute, sub)) = names.split_once('.') {
        return Err(format!("the filter must directly follow the attribute, such as `{attribute}[..].{sub}`"));
    }
    let mut cursor = Cursor { rest };
    let selector = cursor.selector()?;
    let Some(sub) = cursor.rest.strip_prefix('.') else {
        return Err(format!("missing sub-attribute after the filter; expected a path such as `{names}[..].value`"));
    };
    Ok(FieldPath { urn, attribute: name(names)?, selector: Some(selector), sub: Some(name(sub)?) })
}

/// Returns whether this is a URN.
pub(crate) fn is_urn(text: &str) -> bool {
    text.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("urn:")) && text.len() > 4
}

/// Parses an attribute name (RFC 7643 §2.1), or `$ref`.
pub(crate) fn name(text: &str) -> Result<String, String> {
    let letters = text.strip_prefix('$').unwrap_or(text);
    let well_formed = letters.starts_with(|first: char| first.is_ascii_alphabetic())
        && letters.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_".contains(letter));
    if well_formed {
        Ok(text.to_owned())
    } else if text.is_empty() {
        Err("missing attribute name".to_owned())
    } else {
        Err(format!("invalid attribute name `{text}`; expected a letter, followed by letters, digits, `-` or `_`"))
    }
}

struct Cursor<'a> {
    rest: &'a str,
}

impl<'a> Cursor<'a> {
    /// Parses `type eq "work" and primary eq "x"]`.
    fn selector(&mut self) -> Result<Vec<(String, String)>, String> {
        let mut pairs: Vec<(String, String)> = Vec::new();
        loop {
            let attribute = name(self.word())?;
            let operator = self.word();
            if !operator.eq_ignore_ascii_case("eq") {
                return Err(format!("expected operator `eq`, found {}", self.found(operator)));
            }
            let value = self.string()?;
            if pairs.iter().any(|(known, _)| known.eq_ignore_ascii_case(&attribute)) {
                return Err(format!("`{attribute}` is compared more than once"));
            }
            pairs.push((attribute, value));
            self.skip_space();
            if let Some(rest) = self.rest.strip_prefix(']') {
                self.rest = rest;
                return Ok(pairs);
            }
            let word = self.word();
            if !word.eq_ignore_ascii_case("and") {
                return Err(format!("expected `and` or `]`, found {}", self.found(word)));
            }
        }
    }

    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start_matches(' ');
    }

    fn word(&mut self) -> &'a str {
        self.skip_space();
        let end = self.rest.find([' ', ']', '"']).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at_checked(end).unwrap_or_default();
        self.rest = rest;
        word
    }

    /// Names the last word in messages, or what follows if the word is empty.
    fn found(&self, word: &str) -> String {
        match if word.is_empty() { self.rest } else { word } {
            "" => "the end of the path".to_owned(),
            found => format!("`{found}`"),
        }
    }

    /// Parses a JSON string, of whose escapes only `\"` and `\\` are supported.
    fn string(&mut self) -> Result<String, String> {
        self.skip_space();
        let mut letters = self.rest.chars();
        if letters.next() != Some('"') {
            let word = self.word();
            return Err(format!("expected a string in double quotes, found {}", self.found(word)));
        }
        let mut text = String::new();
        loop {
            match letters.next() {
                Some('"') => {
                    self.rest = letters.as_str();
                    return Ok(text);
                }
                Some('\\') => match letters.next() {
                    Some(letter @ ('"' | '\\')) => text.push(letter),
                    _ => return Err(r#"unsupported escape sequence; expected `\"` or `\\`"#.to_owned()),
                },
                Some(letter) => text.push(letter),
                None => return Err("unterminated string in the filter".to_owned()),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{FieldPath, parse};

    fn path(urn: Option<&str>, attribute: &str, selector: Option<&[(&str, &str)]>, sub: Option<&str>) -> FieldPath {
        FieldPath {
            urn: urn.map(str::to_owned),
            attribute: attribute.to_owned(),
            selector: selector.map(|pairs| pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()),
            sub: sub.map(str::to_owned),
        }
    }

    #[test]
    fn paths() {
        const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
        let work: &[(&str, &str)] = &[("type", "work")];
        let cases = [
            ("userName", path(None, "userName", None, None)),
            ("name.givenName", path(None, "name", None, Some("givenName"))),
            ("manager.$ref", path(None, "manager", None, Some("$ref"))),
            (r#"emails[type eq "work"].value"#, path(None, "emails", Some(work), Some("value"))),
            (r#"emails[ type EQ "work" ].value"#, path(None, "emails", Some(work), Some("value"))),
            (
                r#"emails[type eq "a]\"b:" and display eq "x.y"].value"#,
                path(None, "emails", Some(&[("type", "a]\"b:"), ("display", "x.y")]), Some("value")),
            ),
            (&format!("{ENTERPRISE}:department"), path(Some(ENTERPRISE), "department", None, None)),
            (&format!("{ENTERPRISE}:manager.value"), path(Some(ENTERPRISE), "manager", None, Some("value"))),
            (
                r#"urn:example:a:2.0:User:sites[type eq "urn:x"].value"#,
                path(Some("urn:example:a:2.0:User"), "sites", Some(&[("type", "urn:x")]), Some("value")),
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(parse(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn mistakes() {
        let cases = [
            ("", "missing attribute name"),
            ("a.b.c", "nested too deeply"),
            ("1st", "invalid attribute name `1st`"),
            ("name.", "missing attribute name"),
            ("core:name", "starts with `urn:`"),
            (r#"emails[type eq "work"]"#, "missing sub-attribute after the filter"),
            (r#"emails.value[type eq "work"]"#, "directly follow the attribute, such as `emails[..].value`"),
            (r#"emails[type ne "work"].value"#, "expected operator `eq`, found `ne`"),
            ("emails[primary eq true].value", "a string in double quotes, found `true`"),
            (r#"emails[type eq "work].value"#, "unterminated string"),
            (r#"emails[type eq "a" or type eq "b"].value"#, "expected `and` or `]`, found `or`"),
            (r#"emails[type eq "a" and type eq "b"].value"#, "compared more than once"),
            (r#"emails[type eq "\n"].value"#, "escape sequence"),
            ("emails[type].value", "expected operator `eq`, found `]"),
            ("emails[type eq ].value", "double quotes, found `]"),
            ("emails[type eq", "double quotes, found the end of the path"),
            (r#"emails[type eq "work""#, "expected `and` or `]`, found the end of the path"),
            ("emails[].value", "missing attribute name"),
        ];
        for (text, expected) in cases {
            let error = parse(text).unwrap_err();
            assert!(error.contains(expected), "{text}: {error}");
        }
    }
}
