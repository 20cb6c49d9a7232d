//! Resources from files.

use std::collections::HashSet;

use serde_json::value::RawValue;

use crate::{
    access::{Access, Document, Edit, Node},
    compat::{Compat, Quirk, Tolerance},
    error::Error,
    json::{Reader, Trail, entries, read_value},
    schema::{Path, ResourceType, find},
};

/// Reads a resource from JSON as the server stores it: with `id`, `meta` and all else that clients cannot write, which
/// [`json::read`](crate::json::read()) passes over. Answers also the names that no schema has; they are left out.
///
/// ```
/// use scim_core::{access::{Access, ScimResource}, explain::read_stored, model::User};
///
/// let (user, ignored) = read_stored(User::TYPE, br#"{"id":"26","userName":"bjensen","shoeSize":44}"#)?;
/// assert_eq!(user.value().at(&[1]).into_str().as_deref(), Some("26"));
/// assert_eq!(ignored, ["shoeSize"]);
/// # Ok::<(), scim_core::Error>(())
/// ```
///
/// # Errors
///
/// 400 `invalidSyntax` for text that is no JSON object, or names an attribute twice; 400 `invalidValue` for a value of
/// the wrong type.
pub fn read_stored(resource_type: &ResourceType, json: &[u8]) -> Result<(Document, Vec<String>), Error> {
    // Lenient with what people export and edit; but an empty text that is stored is a text.
    let tolerance = Tolerance::new(Compat::entra().without(Quirk::EmptyString));
    let reader = Reader::new(&tolerance, true);
    let json = json.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(json);
    let raw: &RawValue = serde_json::from_slice(json)
        .map_err(|error| Error::invalid_syntax(format!("the resource is not readable JSON: {error}")))?;
    let entries = entries(raw).ok_or_else(|| Error::invalid_syntax("the resource is not a JSON object"))?;
    let mut parts = Vec::with_capacity(entries.len());
    let mut seen = HashSet::with_capacity(entries.len());
    for (name, json) in entries {
        let trail = Trail::root(&name);
        let Some((index, attribute)) = find(&resource_type.attributes, &name) else {
            reader.unknown(&trail)?;
            continue;
        };
        if !seen.insert(index) {
            return Err(Error::invalid_syntax(format!("`{trail}` is given twice")));
        }
        // It follows from the attributes.
        if Path::of(index) != Path::SCHEMAS {
            parts.push((index, read_value(&reader, attribute, attribute.multi_valued, &trail, json)?));
        }
    }
    let mut document = Document::new();
    let unreadable = |_| Error::invalid_value("the resource cannot be held");
    document.edit(&[], Edit::Insert(&mut Node::Complex(parts))).map_err(unreadable)?;
    Ok((document, reader.into_ignored()))
}
