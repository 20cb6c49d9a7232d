//! Which names of a request are standard and yet not mapped.

use super::{Mapping, Unmapped};
use crate::schemas::Attribute;
use crate::schemas::standard::{
    ENTERPRISE, FABRIKAM, GROUP, KNOWN, USER, has_canonical_values, is_indispensable, is_standard, is_standard_type,
    spelling,
};

/// The names that mean something in requests to one endpoint.
pub(super) struct Names<'a> {
    core: &'static str,
    mapping: Mapping<'a>,
}

impl<'a> Names<'a> {
    /// The names at the endpoint of a path: none for discovery and for the root, an error for an endpoint of users or
    /// groups that the server does not have.
    pub(super) fn at(path: &str, mapping: Mapping<'a>) -> Result<Option<Self>, String> {
        let first = path.trim_start_matches('/').split(['/', '?']).next().unwrap_or_default();
        let core = match first.to_ascii_lowercase().as_str() {
            "users" => USER,
            "groups" => GROUP,
            _ => return Ok(None),
        };
        if mapping.schemas.is_empty() || mapping.schemas.type_at(path).is_some() {
            Ok(Some(Self { core, mapping }))
        } else {
            Err(format!("/{first}"))
        }
    }

    /// The names of a schema, without an endpoint.
    pub(super) fn of(schema: &str, mapping: Mapping<'a>) -> Self {
        let core = KNOWN.into_iter().find(|known| known.eq_ignore_ascii_case(schema)).unwrap_or("");
        Self { core, mapping }
    }

    /// The name of what a path names, if that is standard and not mapped.
    ///
    /// The path is one of SCIM, such as `emails[type eq "work"].value`. Names that no standard schema has are missing only
    /// if the kit is told to do without them.
    pub(super) fn missing(&self, path: &str) -> Option<(String, Unmapped)> {
        let (schema, rest) = self.split(path);
        if rest.is_empty() {
            let is_missing = KNOWN.contains(&schema) && self.is_announcing() && self.schema(schema).is_none();
            let reason = self.is_told(schema, "", None).then_some(Unmapped::Told);
            return reason.or(is_missing.then_some(Unmapped::NotAnnounced)).map(|reason| (schema.to_owned(), reason));
        }
        let (attribute, sub) = parts(rest)?;
        if is_indispensable(schema, attribute) {
            return None;
        }
        let prefix = if schema == self.core { String::new() } else { format!("{schema}:") };
        let whole = || format!("{prefix}{}", spelling(schema, attribute, None).unwrap_or(attribute));
        let inner = |sub: &str| format!("{}.{}", whole(), spelling(schema, attribute, Some(sub)).unwrap_or(sub));
        if self.is_told(schema, attribute, None) {
            return Some((whole(), Unmapped::Told));
        }
        if let Some(sub) = sub.filter(|sub| self.is_told(schema, attribute, Some(sub))) {
            return Some((inner(sub), Unmapped::Told));
        }
        if !self.is_announcing() || !is_standard(schema, attribute, None) {
            return None;
        }
        let Some(found) = self.schema(schema).and_then(|schema| schema.attribute(attribute)) else {
            return Some((whole(), Unmapped::NotAnnounced));
        };
        // Nothing can be said of an attribute whose `value` cannot be sent.
        if is_closed(found) || found.sub_attribute("value").is_some_and(is_closed) {
            return Some((whole(), Unmapped::Closed));
        }
        let sub = sub.filter(|sub| is_standard(schema, attribute, Some(sub)))?;
        match found.sub_attribute(sub) {
            None => Some((inner(sub), Unmapped::NotAnnounced)),
            Some(found) if is_closed(found) && !has_canonical_values(schema, attribute, sub) => {
                Some((inner(sub), Unmapped::Closed))
            }
            Some(_) => None,
        }
    }

    /// The elements of this type, if it is a standard one and the server announces other types for the attribute.
    ///
    /// Microsoft's tools read the types in the same way: an application with one column for the work e-mail announces
    /// `work`, and gets no other.
    pub(super) fn missing_type(&self, path: &str, word: &str) -> Option<(String, Unmapped)> {
        let (schema, rest) = self.split(path);
        let name = rest.split(['.', '[']).next()?;
        let attribute = self.schema(schema)?.attribute(name).filter(|attribute| attribute.multi_valued)?;
        let known = &attribute.sub_attribute("type")?.canonical_values;
        let is_known = known.is_empty() || known.iter().any(|known| known.eq_ignore_ascii_case(word));
        let is_missing = is_standard_type(word) && !is_known;
        is_missing.then(|| (format!("{}[type eq \"{word}\"]", attribute.name), Unmapped::NotAnnounced))
    }

    fn schema(&self, id: &str) -> Option<&'a crate::schemas::Schema> {
        self.mapping.schemas.schema(id)
    }

    fn is_announcing(&self) -> bool {
        !self.mapping.schemas.is_empty()
    }

    /// Whether the kit is to do without this attribute, or this sub-attribute. Without its `value`, nothing can be said of
    /// an attribute.
    fn is_told(&self, schema: &str, attribute: &str, sub: Option<&str>) -> bool {
        self.mapping.without.iter().any(|told| {
            let (of, rest) = self.split(told);
            let (told, told_sub) = parts(rest).unwrap_or_default();
            let told_sub = told_sub.filter(|sub| !sub.eq_ignore_ascii_case("value"));
            let same_sub = match (told_sub, sub) {
                (None, None) => true,
                (Some(told), Some(sub)) => told.eq_ignore_ascii_case(sub),
                _ => false,
            };
            of == schema && told.eq_ignore_ascii_case(attribute) && same_sub
        })
    }

    /// The schema that a path is in, and the rest of the path. An unqualified name of the enterprise extension is in it.
    fn split<'p>(&self, path: &'p str) -> (&'static str, &'p str) {
        for known in KNOWN {
            if let Some((start, rest)) = path.split_at_checked(known.len())
                && start.eq_ignore_ascii_case(known)
                && (rest.is_empty() || rest.starts_with([':', '.']))
            {
                return (known, rest.trim_start_matches([':', '.']));
            }
        }
        let attribute = path.split(['.', '[']).next().unwrap_or_default();
        let unqualified = [ENTERPRISE, FABRIKAM].into_iter().find(|schema| is_standard(schema, attribute, None));
        match unqualified {
            Some(schema) if self.core == USER && !is_standard(USER, attribute, None) => (schema, path),
            _ => (self.core, path),
        }
    }
}

/// Whether a server takes only values that it announces. RFC 7643, section 7, leaves it to the server whether it refuses
/// others.
fn is_closed(attribute: &Attribute) -> bool {
    !attribute.canonical_values.is_empty() && attribute.kind.eq_ignore_ascii_case("string")
}

/// Attribute and sub-attribute of a path without its schema: `emails` and `value` of `emails[type eq "work"].value`.
fn parts(path: &str) -> Option<(&str, Option<&str>)> {
    let end = path.find(['.', '[']).unwrap_or(path.len());
    let (attribute, after) = path.split_at_checked(end)?;
    // What follows the last `]`, or the first dot.
    let after = after.rsplit_once(']').map_or(after, |(_, after)| after);
    Some((attribute, after.strip_prefix('.').filter(|sub| !sub.is_empty())))
}
