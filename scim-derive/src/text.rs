//! Converts names from Rust to SCIM, and finds the likely meaning of a mistyped name.

use proc_macro2::Ident;
use syn::ext::IdentExt as _;

use crate::suggest::difference;

/// The letter case of names, as specified by `rename_all`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Case {
    #[default]
    Camel,
    Pascal,
    Snake,
    ScreamingSnake,
    Kebab,
    Lower,
    Upper,
}

impl Case {
    /// All cases by name; each name is an example of its case.
    pub(crate) const ALL: [(&'static str, Self); 7] = [
        ("camelCase", Self::Camel),
        ("PascalCase", Self::Pascal),
        ("snake_case", Self::Snake),
        ("SCREAMING_SNAKE_CASE", Self::ScreamingSnake),
        ("kebab-case", Self::Kebab),
        ("lowercase", Self::Lower),
        ("UPPERCASE", Self::Upper),
    ];

    fn join(self, words: &[String]) -> String {
        let lower = |separator: &str| words.join(separator).to_ascii_lowercase();
        match self {
            // The rest of a name after its first letter is kept: `oauthURL`.
            Self::Camel => {
                let mut words = words.iter();
                let first = words.next().cloned().unwrap_or_default();
                words.fold(first, |name, word| name + &capitalized(word))
            }
            Self::Pascal => words.iter().map(|word| capitalized(word)).collect(),
            Self::Snake => lower("_"),
            Self::ScreamingSnake => words.join("_").to_ascii_uppercase(),
            Self::Kebab => lower("-"),
            Self::Lower => lower(""),
            Self::Upper => words.concat().to_ascii_uppercase(),
        }
    }
}

/// Returns the attribute name of a field: `user_name` becomes `userName`, `r#type` and `type_` become `type`.
pub(crate) fn attribute_name(ident: &Ident, case: Case) -> String {
    let ident = ident.unraw().to_string();
    case.join(&ident.split('_').filter(|word| !word.is_empty()).map(str::to_owned).collect::<Vec<_>>())
}

/// Returns the text of a variant: `PartTime` becomes `partTime`, `XMPP` becomes `xmpp`.
pub(crate) fn variant_text(ident: &Ident, case: Case) -> String {
    let ident = ident.unraw().to_string();
    let mut words: Vec<String> = Vec::new();
    if ident.chars().any(|letter| letter.is_ascii_lowercase()) {
        for letter in ident.chars() {
            match words.last_mut() {
                Some(word) if !letter.is_ascii_uppercase() => word.push(letter),
                _ => words.push(letter.to_ascii_lowercase().to_string()),
            }
        }
    } else {
        words.push(ident.to_ascii_lowercase());
    }
    case.join(&words)
}

/// Returns a name for an extension of which only the URN is known: `urn:..:extension:enterprise:2.0:User` becomes
/// `EnterpriseUser`.
pub(crate) fn extension_name(urn: &str) -> String {
    let mut segments = urn.split(':');
    let last = segments.clone().next_back().unwrap_or_default();
    match segments.by_ref().find(|segment| *segment == "extension").and_then(|_| segments.next()) {
        Some(name) if name != last => format!("{}{last}", capitalized(name)),
        _ => capitalized(last),
    }
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

/// Returns the candidate that a mistyped name most likely means.
pub(crate) fn suggestion<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .into_iter()
        .filter_map(|candidate| Some((difference(name.as_bytes(), candidate.as_bytes())?, candidate)))
        .min_by_key(|(difference, _)| *difference)
        .map(|(_, best)| best)
}

/// Formats names as `` `a`, `b` ``.
pub(crate) fn list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    names.into_iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// Says which names are expected: `` expected one of `a`, `b` ``.
pub(crate) fn expected<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    match names.into_iter().collect::<Vec<_>>().as_slice() {
        [name] => format!("expected `{name}`"),
        [first, second] => format!("expected `{first}` or `{second}`"),
        names => format!("expected one of {}", list(names.iter().copied())),
    }
}

#[cfg(test)]
mod tests {
    use super::{Case, attribute_name, suggestion, variant_text};
    use quote::format_ident;

    #[test]
    fn names() {
        let cases =
            [("user_name", "userName"), ("r#type", "type"), ("type_", "type"), ("id", "id"), ("x509_keys", "x509Keys")];
        for (ident, name) in cases {
            assert_eq!(attribute_name(&format_ident!("{ident}"), Case::Camel), name);
        }
        for (ident, text) in [("Work", "work"), ("PartTime", "partTime"), ("XMPP", "xmpp")] {
            assert_eq!(variant_text(&format_ident!("{ident}"), Case::Camel), text);
        }
        for (example, case) in Case::ALL {
            let written = attribute_name(&format_ident!("part_time"), case);
            assert_eq!(written, variant_text(&format_ident!("PartTime"), case), "{example}");
        }
        assert_eq!(attribute_name(&format_ident!("part_time"), Case::ScreamingSnake), "PART_TIME");
        assert_eq!(attribute_name(&format_ident!("part_time"), Case::Kebab), "part-time");
        assert_eq!(attribute_name(&format_ident!("part_time"), Case::Pascal), "PartTime");
    }

    #[test]
    fn suggestions() {
        let names = ["required", "read_only", "returned"];
        assert_eq!(suggestion("requird", names), Some("required"));
        assert_eq!(suggestion("readOnly", names), Some("read_only"));
        assert_eq!(suggestion("colour", names), None);
    }
}
