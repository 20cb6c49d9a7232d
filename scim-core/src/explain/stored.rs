//! Resources from files.

use crate::{
    access::{Access, Document, Edit},
    error::Error,
    json,
    schema::ResourceType,
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
    let (mut node, ignored) = json::read_stored(resource_type, 0, json)?;
    let mut document = Document::new();
    let unreadable = |_| Error::invalid_value("the resource cannot be held");
    document.edit(&[], Edit::Insert(&mut node)).map_err(unreadable)?;
    Ok((document, ignored))
}
