//! Which names of a request are standard and yet not announced.

use crate::schemas::Schemas;
use crate::schemas::standard::{
    ENTERPRISE, FABRIKAM, GROUP, KNOWN, USER, is_indispensable, is_standard, is_standard_type,
};

/// The names that mean something in requests to one endpoint.
pub(super) struct Names<'a> {
    core: &'static str,
    schemas: &'a Schemas,
}

impl<'a> Names<'a> {
    /// The names at the endpoint of a path: none for discovery and for the root, an error for an endpoint of users or
    /// groups that the server does not have.
    pub(super) fn at(path: &str, schemas: &'a Schemas) -> Result<Option<Self>, String> {
        let first = path.trim_start_matches('/').split(['/', '?']).next().unwrap_or_default();
        let core = match first.to_ascii_lowercase().as_str() {
            "users" => USER,
            "groups" => GROUP,
            _ => return Ok(None),
        };
        match schemas.type_at(path) {
            Some(_) => Ok(Some(Self { core, schemas })),
            None => Err(format!("/{first}")),
        }
    }

    /// The names of a schema, without an endpoint.
    pub(super) fn of(schema: &str, schemas: &'a Schemas) -> Self {
        let core = KNOWN.into_iter().find(|known| known.eq_ignore_ascii_case(schema)).unwrap_or("");
        Self { core, schemas }
    }

    /// The name of what a path names, if that is standard and the server does not announce it.
    ///
    /// The path is one of SCIM, such as `emails[type eq "work"].value`. Names that no standard schema has are not missing.
    pub(super) fn missing(&self, path: &str) -> Option<String> {
        let (schema, rest) = self.split(path);
        let announced = self.schemas.schema(schema);
        if rest.is_empty() {
            let is_known = KNOWN.contains(&schema);
            return (is_known && announced.is_none()).then(|| schema.to_owned());
        }
        let end = rest.find(['.', '[']).unwrap_or(rest.len());
        let (attribute, after) = rest.split_at_checked(end)?;
        // What follows the last `]`, or the first dot.
        let after = after.rsplit_once(']').map_or(after, |(_, after)| after);
        let sub = after.strip_prefix('.').filter(|sub| !sub.is_empty());
        let prefix = if schema == self.core { String::new() } else { format!("{schema}:") };
        if !is_standard(schema, attribute, None) || is_indispensable(schema, attribute) {
            return None;
        }
        let Some(found) = announced.and_then(|schema| schema.attribute(attribute)) else {
            return Some(format!("{prefix}{attribute}"));
        };
        let sub = sub.filter(|sub| is_standard(schema, attribute, Some(sub)))?;
        found.sub_attribute(sub).is_none().then(|| format!("{prefix}{}.{sub}", found.name))
    }

    /// The elements of this type, if it is a standard one and the server announces other types for the attribute.
    ///
    /// Microsoft's tools read the types in the same way: an application with one column for the work e-mail announces
    /// `work`, and gets no other.
    pub(super) fn missing_type(&self, path: &str, word: &str) -> Option<String> {
        let (schema, rest) = self.split(path);
        let name = rest.split(['.', '[']).next()?;
        let attribute = self.schemas.schema(schema)?.attribute(name).filter(|attribute| attribute.multi_valued)?;
        let known = &attribute.sub_attribute("type")?.canonical_values;
        let is_known = known.is_empty() || known.iter().any(|known| known.eq_ignore_ascii_case(word));
        (is_standard_type(word) && !is_known).then(|| format!("{}[type eq \"{word}\"]", attribute.name))
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
