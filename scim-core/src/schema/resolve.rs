//! Resolves the names of attributes at compile time.

use super::{
    Attribute, Path, ResourceType,
    const_str::{borrowed, byte, contains_colon, has_prefix, name_bytes, nth, same, skip},
};

/// Returns the index of an attribute by name.
#[expect(
    clippy::panic,
    clippy::cast_possible_truncation,
    reason = "in a constant this is the compile error that we want"
)]
pub(crate) const fn index_of(attributes: &'static [Attribute], name: &str) -> u32 {
    let mut i = 0;
    while i < attributes.len() {
        if same(name_bytes(&nth(attributes, i).name), name.as_bytes(), name.len()) {
            return i as u32;
        }
        i += 1;
    }
    panic!("the complex type of this attribute has no such sub-attribute")
}

/// Resolves like [`resolve_name`](crate::lookup::resolve_name): the prefix is the longest matching URN.
pub(crate) const fn resolve(resource_type: &'static ResourceType, text: &[u8]) -> Option<Path> {
    let scope = scope(resource_type, text);
    let base = match scope.extension {
        None => Path::ROOT,
        Some(index) => match Path::ROOT.const_child(index) {
            Some(path) => path,
            None => return None,
        },
    };
    match scope.rest {
        Some(rest) => dotted(base, scope.attributes, rest),
        // The URN of the core schema stands for the resource itself.
        None if scope.extension.is_none() => None,
        None => Some(base),
    }
}

/// The meaning of the URN prefix of a path.
pub(super) struct Scope<'t> {
    /// The URN; empty if there is none.
    pub(super) urn: &'static [u8],
    /// The root attribute, if the URN is that of an extension.
    extension: Option<usize>,
    /// The attributes below it.
    pub(super) attributes: &'static [Attribute],
    /// The path after the URN and colon; `None` if the path is the URN alone.
    pub(super) rest: Option<&'t [u8]>,
}

/// Splits the longest matching URN off a path.
pub(super) const fn scope<'t>(resource_type: &'static ResourceType, text: &'t [u8]) -> Scope<'t> {
    let attributes = borrowed(&resource_type.attributes);
    let core = name_bytes(&resource_type.schema.id);
    let mut found = Scope { urn: b"", extension: None, attributes, rest: Some(text) };
    if has_prefix(text, core) {
        found = Scope { urn: core, rest: behind(text, core), ..found };
    }
    let mut i = 0;
    while i < attributes.len() {
        let urn = name_bytes(&nth(attributes, i).name);
        if has_prefix(text, urn) && urn.len() > found.urn.len() {
            let attributes = borrowed(&nth(attributes, i).sub_attributes);
            found = Scope { urn, extension: Some(i), attributes, rest: behind(text, urn) };
        }
        i += 1;
    }
    found
}

/// Returns the text after a URN and a colon; `None` if nothing follows.
const fn behind<'t>(text: &'t [u8], urn: &[u8]) -> Option<&'t [u8]> {
    if text.len() > urn.len() { Some(skip(text, urn.len() + 1)) } else { None }
}

/// Resolves `a.b` below a path.
const fn dotted(mut path: Path, mut attributes: &'static [Attribute], mut text: &[u8]) -> Option<Path> {
    // The only colons are those of the URN prefix, which was removed.
    if contains_colon(text) {
        return None;
    }
    loop {
        let mut end = 0;
        while end < text.len() && byte(text, end) != b'.' {
            end += 1;
        }
        let mut i = 0;
        loop {
            if i == attributes.len() {
                return None;
            }
            if same(name_bytes(&nth(attributes, i).name), text, end) {
                break;
            }
            i += 1;
        }
        path = match path.const_child(i) {
            Some(path) => path,
            None => return None,
        };
        if end == text.len() {
            return Some(path);
        }
        attributes = borrowed(&nth(attributes, i).sub_attributes);
        text = skip(text, end + 1);
    }
}

#[cfg(test)]
mod tests;
