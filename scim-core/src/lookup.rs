//! Resolves names as clients write them: in filters, PATCH paths, `attributes`, `sortBy` (RFC 7644 §3.10).
//!
//! A URN itself contains dots and colons, so punctuation does not show where it ends: the prefix of a name is the
//! longest matching URN of the resource type, in any letter case.

use std::fmt;

use crate::{
    collation::strip_prefix,
    compat::{Quirk, Tolerance},
    error::excerpt,
    schema::{Attribute, Path, ResourceType, common, difference, find},
};

/// A name that does not match any attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownName {
    name: String,
    suggestion: Option<String>,
}

impl std::error::Error for UnknownName {}

impl fmt::Display for UnknownName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown attribute `{}`", self.name)?;
        match &self.suggestion {
            Some(suggestion) => write!(f, "; did you mean `{suggestion}`?"),
            None => Ok(()),
        }
    }
}

/// Returns the attribute for a name such as `userName`, `name.givenName`, `urn:..:User:manager.value` or the URN of an
/// extension.
///
/// # Errors
///
/// Fails if there is no such attribute. The error contains the most similar name that exists.
pub fn resolve_name<'t>(
    resource_type: &'t ResourceType,
    name: &str,
    tolerance: &Tolerance,
) -> Result<(Path, &'t Attribute), UnknownName> {
    find_name(resource_type, name, tolerance).ok_or_else(|| unknown(resource_type, name))
}

/// The same as [`resolve_name`], for callers that ignore unknown names. The search for the most similar name costs more
/// than a lookup, and a body may contain many unknown names.
pub(crate) fn find_name<'t>(
    resource_type: &'t ResourceType,
    name: &str,
    tolerance: &Tolerance,
) -> Option<(Path, &'t Attribute)> {
    if name.contains(':') { qualified(resource_type, name, tolerance) } else { plain(resource_type, name, tolerance) }
}

/// Returns the sub-attribute with a name below an attribute.
///
/// # Errors
///
/// Fails if there is no such sub-attribute. The error contains the most similar name that exists.
pub(crate) fn resolve_sub<'t>(attribute: &'t Attribute, name: &str) -> Result<(u32, &'t Attribute), UnknownName> {
    find(&attribute.sub_attributes, name).ok_or_else(|| {
        let names = attribute.sub_attributes.iter().map(|sub| sub.name.to_string());
        UnknownName { name: format!("{}.{}", attribute.name, excerpt(name)), suggestion: nearest(name, names) }
    })
}

fn plain<'t>(resource_type: &'t ResourceType, name: &str, tolerance: &Tolerance) -> Option<(Path, &'t Attribute)> {
    if let Some(found) = dotted(&resource_type.attributes, Path::ROOT, name) {
        return Some(found);
    }
    let first = name.split('.').next().unwrap_or_default();
    if find(&resource_type.attributes, first).is_some() {
        return None;
    }
    let mut candidates =
        extensions(resource_type).filter_map(|(path, extension)| dotted(&extension.sub_attributes, path, name));
    let only = candidates.next()?;
    (candidates.next().is_none() && tolerance.tolerate(Quirk::UnqualifiedExtension)).then_some(only)
}

fn qualified<'t>(resource_type: &'t ResourceType, name: &str, tolerance: &Tolerance) -> Option<(Path, &'t Attribute)> {
    let Qualifier { path, extension, rest } =
        qualifier(resource_type, name, || tolerance.tolerate(Quirk::DotAfterUrn))?;
    if rest.is_empty() {
        return extension.map(|extension| (path, extension));
    }
    let attributes = extension.map_or(&resource_type.attributes, |extension| &extension.sub_attributes);
    dotted(attributes, path, rest.strip_prefix([':', '.'])?)
}

/// Returns whether a name is the URN of a schema of the resource type, alone or followed by a colon.
pub(crate) fn is_qualified(resource_type: &ResourceType, name: &str) -> bool {
    name.contains(':') && qualifier(resource_type, name, || false).is_some()
}

/// The schema at the start of a name.
struct Qualifier<'t, 'n> {
    path: Path,
    /// The extension; `None` for the core schema.
    extension: Option<&'t Attribute>,
    /// The text after the URN, including the separator.
    rest: &'n str,
}

fn qualifier<'t, 'n>(
    resource_type: &'t ResourceType,
    name: &'n str,
    accepts_dot: impl Fn() -> bool,
) -> Option<Qualifier<'t, 'n>> {
    let core = (&*resource_type.schema.id, Path::ROOT, None);
    let extensions = extensions(resource_type).map(|(path, extension)| (&*extension.name, path, Some(extension)));
    let named = std::iter::once(core).chain(extensions).filter_map(|(urn, path, extension)| {
        let rest = strip_prefix(name, urn)?;
        let is_separated = match rest.as_bytes().first() {
            None | Some(b':') => true,
            Some(b'.') => accepts_dot(),
            Some(_) => false,
        };
        is_separated.then_some(Qualifier { path, extension, rest })
    });
    // The longest URN leaves the shortest rest.
    named.min_by_key(|named| named.rest.len())
}

fn extensions(resource_type: &ResourceType) -> impl Iterator<Item = (Path, &Attribute)> {
    let first = u32::try_from(resource_type.first_extension()).unwrap_or(u32::MAX);
    (first..).zip(resource_type.extension_attributes()).map(|(index, extension)| (Path::of(index), extension))
}

/// Resolves `name` or `name.sub`.
fn dotted<'t>(attributes: &'t [Attribute], parent: Path, name: &str) -> Option<(Path, &'t Attribute)> {
    let (first, sub) = name.split_once('.').map_or((name, None), |(first, sub)| (first, Some(sub)));
    let (index, attribute) = find(attributes, first)?;
    let path = parent.child(index)?;
    match sub {
        None => Some((path, attribute)),
        Some(sub) => {
            let (index, attribute) = attribute.sub_attribute(sub)?;
            Some((path.child(index)?, attribute))
        }
    }
}

fn unknown(resource_type: &ResourceType, name: &str) -> UnknownName {
    let mut names = Vec::new();
    for (index, attribute) in (0..).zip(resource_type.attributes.iter()) {
        collect(resource_type, Path::of(index), attribute, &mut names);
    }
    UnknownName { name: excerpt(name).into_owned(), suggestion: nearest(name, names.into_iter()) }
}

fn collect(resource_type: &ResourceType, path: Path, attribute: &Attribute, names: &mut Vec<String>) {
    names.push(resource_type.name_of(path));
    for (index, sub) in (0..).zip(attribute.sub_attributes.iter()) {
        if let Some(path) = path.child(index) {
            collect(resource_type, path, sub, names);
        }
    }
}

/// Returns the candidate that is most similar to a mistyped name.
fn nearest(name: &str, candidates: impl Iterator<Item = String>) -> Option<String> {
    candidates
        .filter_map(|candidate| Some((difference(name.as_bytes(), candidate.as_bytes())?, candidate)))
        .min_by_key(|(difference, _)| *difference)
        .map(|(_, candidate)| candidate)
}

/// Returns whether an attribute's value is computed by the server and never stored.
pub(crate) fn is_computed(path: Path) -> bool {
    matches!(path.steps(), [common::SCHEMAS] | [common::META, common::META_RESOURCE_TYPE | common::META_LOCATION])
}

#[cfg(test)]
#[cfg(feature = "derive")]
mod tests {
    use super::*;
    use crate::{ScimResource, compat::Compat, model::User};

    fn name(text: &str, compat: Compat) -> String {
        match resolve_name(User::TYPE, text, &Tolerance::new(compat)) {
            Ok((path, _)) => User::TYPE.name_of(path),
            Err(unknown) => unknown.to_string(),
        }
    }

    #[test]
    fn names_are_found_in_every_spelling() {
        const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
        for (text, expected) in [
            ("userName", "userName".to_owned()),
            ("USERNAME", "userName".to_owned()),
            ("name.GivenName", "name.givenName".to_owned()),
            ("urn:ietf:params:scim:schemas:core:2.0:user:name.givenName", "name.givenName".to_owned()),
            ("urn:ietf:params:scim:schemas:core:2.0:User:id", "id".to_owned()),
            (ENTERPRISE, ENTERPRISE.to_owned()),
            (&format!("{ENTERPRISE}:manager.value").to_uppercase(), format!("{ENTERPRISE}:manager.value")),
            (&format!("{ENTERPRISE}.manager"), format!("{ENTERPRISE}:manager")),
            ("department", format!("{ENTERPRISE}:department")),
            ("manager.value", format!("{ENTERPRISE}:manager.value")),
        ] {
            assert_eq!(name(text, Compat::entra()), expected, "{text}");
        }
    }

    #[test]
    fn an_unknown_name_is_reported_with_the_nearest_one() {
        assert_eq!(name("usrName", Compat::entra()), "unknown attribute `usrName`; did you mean `userName`?");
        assert_eq!(
            name("name.givnName", Compat::entra()),
            "unknown attribute `name.givnName`; did you mean `name.givenName`?"
        );
        assert_eq!(name("quux", Compat::entra()), "unknown attribute `quux`");
        assert_eq!(name("userName.x", Compat::entra()), "unknown attribute `userName.x`; did you mean `userName`?");
        assert_eq!(name("department", Compat::strict()), "unknown attribute `department`");
        for text in ["", ".", "name.", "urn:", "urn:x:y", "name.a.b", &"x".repeat(100_000)] {
            assert!(name(text, Compat::entra()).starts_with("unknown"), "{text}");
        }
    }
}
