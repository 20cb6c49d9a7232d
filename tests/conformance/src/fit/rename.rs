//! Gives an attribute another name wherever a request and its expectations name it.

use super::json::{self, Members};
use crate::schemas::standard::USER;
use crate::sequence::{Body, Step};

/// A simple attribute of users, and the path of the attribute that comes in its place.
#[derive(Clone, Copy)]
pub(super) struct Renaming<'a> {
    pub(super) name: &'a str,
    /// One name, or two with a dot between them.
    pub(super) to: &'a str,
}

impl Renaming<'_> {
    /// Renames in query, body, assertions and captures.
    pub(super) fn step(self, step: &mut Step) {
        if let Some((path, query)) = step.path.split_once('?') {
            step.path = format!("{path}?{}", self.text(query));
        }
        if let Some(Body::Json(text)) = &step.body {
            step.body = Some(Body::Json(self.resource(text)));
        }
        let rename = |name: &str| self.is_named(name).then(|| self.like(name));
        for assertion in &mut step.expect.assertions {
            assertion.path.rename(rename);
        }
        step.captures.values_mut().for_each(|path| path.rename(rename));
    }

    /// A resource, or the body of a PATCH.
    fn resource(self, text: &str) -> String {
        let Some(Members(members)) = Members::read(text) else { return text.to_owned() };
        let members = members.into_iter().map(|(name, value)| {
            let value = value.get();
            if self.is_named(&name) {
                return self.member(&name, value);
            }
            let operations = name.eq_ignore_ascii_case("Operations").then(|| json::elements(value)).flatten();
            let value = match operations {
                Some(operations) => {
                    json::array(&operations.iter().map(|operation| self.operation(operation.get())).collect::<Vec<_>>())
                }
                None if name.eq_ignore_ascii_case(USER) => self.resource(value),
                None => value.to_owned(),
            };
            (self.text(&name), value)
        });
        json::object(&members.collect::<Vec<_>>())
    }

    fn member(self, name: &str, value: &str) -> (String, String) {
        let path = self.like(name);
        match path.split_once('.') {
            None => (path, value.to_owned()),
            Some((outer, inner)) => (outer.to_owned(), json::object(&[(inner.to_owned(), value.to_owned())])),
        }
    }

    fn operation(self, text: &str) -> String {
        let Some(Members(members)) = Members::read(text) else { return text.to_owned() };
        let path = members.iter().find(|(name, _)| name.eq_ignore_ascii_case("path"));
        let path: String = path.and_then(|(_, path)| serde_json::from_str(path.get()).ok()).unwrap_or_default();
        let renamed = self.text(&path);
        let is_of_resource = path.is_empty() || path.eq_ignore_ascii_case(USER);
        let members = members.into_iter().map(|(name, value)| {
            let value = match name.to_ascii_lowercase().as_str() {
                "path" if renamed != path => serde_json::Value::from(renamed.as_str()).to_string(),
                "value" if is_of_resource => self.resource(value.get()),
                _ => value.get().to_owned(),
            };
            (name, value)
        });
        json::object(&members.collect::<Vec<_>>())
    }

    /// A SCIM path, or a query with its encoding: names are replaced, strings are not.
    fn text(self, text: &str) -> String {
        let (mut renamed, mut word) = (String::with_capacity(text.len()), String::new());
        let (mut in_string, mut escaped) = (false, false);
        let mut rest = text;
        while let Some((character, unit, after)) = unit(rest) {
            rest = after;
            if !in_string && (character.is_ascii_alphanumeric() || "._-$".contains(character)) {
                word.push_str(unit);
                continue;
            }
            self.push(&mut renamed, &mut word);
            renamed.push_str(unit);
            if character == '"' && !escaped {
                in_string = !in_string;
            }
            escaped = character == '\\' && !escaped;
        }
        self.push(&mut renamed, &mut word);
        renamed
    }

    fn push(self, renamed: &mut String, word: &mut String) {
        renamed.push_str(&if self.is_named(word) { self.like(word) } else { word.clone() });
        word.clear();
    }

    fn is_named(self, word: &str) -> bool {
        word.eq_ignore_ascii_case(self.name)
    }

    /// The new name, in capitals where the old one is: the letter case is part of what clients send.
    fn like(self, word: &str) -> String {
        let mut characters = self.to.chars();
        if word == self.name {
            self.to.to_owned()
        } else if word == word.to_uppercase() {
            self.to.to_uppercase()
        } else if word.starts_with(char::is_uppercase) {
            characters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(characters).collect()
        } else {
            self.to.to_lowercase()
        }
    }
}

/// The first character of a text, as it is and as it is written: `%22` is a quote. What follows it comes last.
fn unit(text: &str) -> Option<(char, &str, &str)> {
    let character = text.chars().next()?;
    let digits = text.strip_prefix('%').and_then(|rest| rest.get(..2));
    let decoded = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
    let length = if decoded.is_some() { 3 } else { character.len_utf8() };
    let (unit, rest) = text.split_at_checked(length)?;
    Some((decoded.map_or(character, char::from), unit, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TITLE: Renaming<'_> = Renaming { name: "title", to: "nickName" };
    const FAMILY: Renaming<'_> = Renaming { name: "title", to: "name.familyName" };

    #[test]
    fn queries_and_paths() {
        for (text, expected) in [
            ("filter=title+eq+%22title+x%22", "filter=nickName+eq+%22title+x%22"),
            (
                "filter=%28Title%20pr%29+or+a+eq+%22%5C%22title%22&sortBy=TITLE",
                "filter=%28NickName%20pr%29+or+a+eq+%22%5C%22title%22&sortBy=NICKNAME",
            ),
            ("urn:ietf:params:scim:schemas:core:2.0:User:title", "urn:ietf:params:scim:schemas:core:2.0:User:nickName"),
            ("manager.title,titles,title%", "manager.title,titles,nickName%"),
        ] {
            assert_eq!(TITLE.text(text), expected);
        }
        assert_eq!(FAMILY.text("attributes=title"), "attributes=name.familyName");
    }

    #[test]
    fn bodies() {
        let body = r#"{"b":{"title":1},"Title":null,"Operations":[{"op":"add","path":"title","value":"title"},{"value":{"title":"{{run}}"}},{"path":"x","value":{"title":1}}]}"#;
        assert_eq!(
            TITLE.resource(body),
            r#"{"b":{"title":1},"NickName":null,"Operations":[{"op":"add","path":"nickName","value":"title"},{"value":{"nickName":"{{run}}"}},{"path":"x","value":{"title":1}}]}"#
        );
        assert_eq!(FAMILY.resource(r#"{"title":"x"}"#), r#"{"name":{"familyName":"x"}}"#);
        assert_eq!(FAMILY.resource("[1]"), "[1]");
    }
}
