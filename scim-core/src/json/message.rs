//! Helpers for all request bodies: the text, and the members of an object.

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize,
    de::{Deserializer as _, MapAccess, Visitor},
};
use serde_json::value::RawValue;

use super::key::{Key, KeySeed};
use crate::{
    compat::{Quirk, Tolerance},
    error::Error,
};

/// Strips the byte order mark, which may be ignored (RFC 8259 §8.1), from JSON text.
pub(crate) fn without_mark(json: &[u8]) -> &[u8] {
    json.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(json)
}

/// Returns the text of a body.
///
/// # Errors
///
/// 400 `invalidSyntax` if the body is empty or not UTF-8.
pub(crate) fn body_text(body: &[u8]) -> Result<&str, Error> {
    let body = without_mark(body);
    if body.iter().all(u8::is_ascii_whitespace) {
        return Err(Error::invalid_syntax("the request has no body"));
    }
    std::str::from_utf8(body).map_err(|_| Error::invalid_syntax("the body is not UTF-8 text"))
}

/// Returns the members of a message with their values unparsed.
///
/// # Errors
///
/// 400 `invalidSyntax` if the body is not a JSON object; `what` is the name of the message.
pub(crate) fn message<'b>(body: &'b [u8], what: &str) -> Result<Vec<(Cow<'b, str>, &'b RawValue)>, Error> {
    let body: &RawValue = serde_json::from_slice(without_mark(body))
        .map_err(|error| Error::invalid_syntax(format!("the body is not readable JSON: {error}")))?;
    entries(body).ok_or_else(|| Error::invalid_syntax(format!("{what} is a JSON object")))
}

/// Returns the members of a JSON object with their values unparsed, or `None` if the text is not an object.
pub(crate) fn entries(json: &RawValue) -> Option<Vec<(Cow<'_, str>, &RawValue)>> {
    struct Entries;

    impl<'de> Visitor<'de> for Entries {
        type Value = Vec<(Cow<'de, str>, &'de RawValue)>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut entries = Vec::new();
            while let Some(Key::Unknown(name)) = map.next_key_seed(KeySeed(&[], 0))? {
                entries.push((name, map.next_value()?));
            }
            Ok(entries)
        }
    }

    serde_json::Deserializer::from_str(json.get()).deserialize_map(Entries).ok()
}

/// Reads the value of a member of a message; `whole` is the name of the message.
///
/// # Errors
///
/// 400 `invalidSyntax` for a value of another type.
pub(crate) fn member<'j, T: Deserialize<'j>>(name: &str, json: &'j RawValue, whole: &str) -> Result<T, Error> {
    serde_json::from_str(json.get())
        .map_err(|_| Error::invalid_syntax(format!("`{name}` of {whole} has the wrong type")))
}

/// Like [`member`], for an array of texts. A single text is accepted as an array if that is tolerated, as in the body
/// of a POST.
pub(crate) fn texts<'j>(
    name: &str,
    json: &'j RawValue,
    whole: &str,
    tolerance: &Tolerance,
) -> Result<Vec<Cow<'j, str>>, Error> {
    match member::<Cow<'_, str>>(name, json, whole) {
        Ok(text) if tolerance.tolerate(Quirk::SingleForArray) => Ok(vec![text]),
        _ => member(name, json, whole),
    }
}
