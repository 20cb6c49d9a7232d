//! The path of an attribute in a resource type, as a list of indices; resolved at compile time.

use std::{borrow::Cow, fmt};

use super::{Attribute, ResourceType};

/// The address of an attribute: at most three indices, the deepest being `urn:..:User` / `manager` / `value`.
///
/// A path is a constant that can be compared and matched, so a store maps attributes to columns with a `match`:
///
/// ```
/// use scim_core::{model::User, path, schema::Path};
///
/// const USER_NAME: Path = path::<User>("userName");
/// const FAMILY_NAME: Path = path::<User>("name.familyName");
///
/// fn column(path: Path) -> Option<&'static str> {
///     match path {
///         USER_NAME => Some("login"),
///         FAMILY_NAME => Some("last_name"),
///         _ => None,
///     }
/// }
/// assert_eq!(column(USER_NAME), Some("login"));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path {
    steps: [u32; Self::MAX],
    len: u8,
}

impl Path {
    /// The maximum number of steps.
    pub const MAX: usize = 3;
    /// The resource itself.
    pub const ROOT: Self = Self { steps: [0; Self::MAX], len: 0 };
    /// `schemas`.
    pub const SCHEMAS: Self = Self::of(super::common::SCHEMAS);
    /// `id`.
    pub const ID: Self = Self::of(super::common::ID);
    /// `externalId`.
    pub const EXTERNAL_ID: Self = Self::of(super::common::EXTERNAL_ID);
    /// `meta`.
    pub const META: Self = Self::of(super::common::META);

    /// `meta.version`.
    pub(crate) const META_VERSION: Self = Self { steps: [super::common::META, super::common::META_VERSION, 0], len: 2 };

    /// Returns a path of one step.
    #[must_use]
    pub const fn of(index: u32) -> Self {
        Self { steps: [index, 0, 0], len: 1 }
    }

    /// Returns the path extended by a step, or `None` if SCIM allows no deeper path.
    #[must_use]
    pub fn child(mut self, index: u32) -> Option<Self> {
        *self.steps.get_mut(usize::from(self.len))? = index;
        self.len += 1;
        Some(self)
    }

    /// Returns the path extended by another path, or `None` if SCIM allows no deeper path.
    pub(crate) fn join(self, rest: Self) -> Option<Self> {
        rest.steps().iter().try_fold(self, |path, step| path.child(*step))
    }

    /// Returns the path without its last step, and that step; `None` for the resource itself.
    pub(crate) fn parent(&self) -> Option<(Self, u32)> {
        let (last, steps) = self.steps().split_last()?;
        let parent = steps.iter().try_fold(Self::ROOT, |path, step| path.child(*step))?;
        Some((parent, *last))
    }

    /// Returns the steps.
    #[must_use]
    pub fn steps(&self) -> &[u32] {
        self.steps.get(..usize::from(self.len)).unwrap_or_default()
    }

    /// Returns whether this path equals the other or is below it.
    #[must_use]
    pub fn starts_with(&self, other: Self) -> bool {
        self.steps().starts_with(other.steps())
    }
}

impl fmt::Debug for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Path").field(&self.steps()).finish()
    }
}

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
        Some(index) => match const_child(Path::ROOT, index) {
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
        path = match const_child(path, i) {
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

#[expect(clippy::indexing_slicing, clippy::cast_possible_truncation, reason = "the length is compared first")]
const fn const_child(mut path: Path, index: usize) -> Option<Path> {
    if path.len as usize == Path::MAX {
        return None;
    }
    path.steps[path.len as usize] = index as u32;
    path.len += 1;
    Some(path)
}

#[expect(clippy::ptr_arg, reason = "a `Cow` cannot be dereferenced in a constant")]
pub(super) const fn borrowed(attributes: &'static Cow<'static, [Attribute]>) -> &'static [Attribute] {
    match attributes {
        Cow::Borrowed(attributes) => attributes,
        Cow::Owned(attributes) => attributes.as_slice(),
    }
}

#[expect(clippy::ptr_arg, reason = "a `Cow` cannot be dereferenced in a constant")]
pub(super) const fn name_bytes(name: &'static Cow<'static, str>) -> &'static [u8] {
    match name {
        Cow::Borrowed(name) => name.as_bytes(),
        Cow::Owned(name) => name.as_bytes(),
    }
}

#[expect(clippy::indexing_slicing, reason = "callers count up to the length")]
pub(super) const fn nth(attributes: &'static [Attribute], i: usize) -> &'static Attribute {
    &attributes[i]
}

#[expect(clippy::indexing_slicing, reason = "callers count up to the length")]
pub(super) const fn byte(text: &[u8], i: usize) -> u8 {
    text[i]
}

const fn skip(text: &[u8], n: usize) -> &[u8] {
    match text.split_at_checked(n) {
        Some((_, rest)) => rest,
        None => &[],
    }
}

const fn contains_colon(text: &[u8]) -> bool {
    let mut i = 0;
    while i < text.len() {
        if byte(text, i) == b':' {
            return true;
        }
        i += 1;
    }
    false
}

/// Returns whether the text is the URN, or the URN followed by a colon and more.
const fn has_prefix(text: &[u8], urn: &[u8]) -> bool {
    let ends = text.len() == urn.len() || (text.len() > urn.len() + 1 && byte(text, urn.len()) == b':');
    ends && contains_colon(urn) && same(urn, text, urn.len())
}

/// Returns whether the name equals the first `end` bytes of the text, ignoring case.
pub(super) const fn same(name: &[u8], text: &[u8], end: usize) -> bool {
    if name.len() != end || text.len() < end {
        return false;
    }
    let mut i = 0;
    while i < end {
        if !byte(name, i).eq_ignore_ascii_case(&byte(text, i)) {
            return false;
        }
        i += 1;
    }
    true
}

#[cfg(test)]
mod tests;
