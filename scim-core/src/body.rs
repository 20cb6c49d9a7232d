//! Reads the body of a POST or PUT into a resource.
//!
//! Attributes are read by name while the body is parsed. All other keys (paths, the URN of the core schema, attributes
//! of extensions) are resolved at the end, by the same code that resolves the keys of a PATCH value.

use std::{borrow::Cow, collections::HashSet, fmt};

use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::{
    compat::{Quirk, Tolerance},
    error::{Error, excerpt},
    json::{
        Form, JsonPath, Key, KeySeed, Reader, Seen, Use, body_text, duplicate, entries, note_unknown, nothing_known,
        read_known, read_value, skip_value,
    },
    patch::{Fill, Meaning, Operation, Session, body_operation},
    reflect::{Reflect, Scalar, Value},
    report::WriteReport,
    schema::{Mutability, Path, ResourceType, common},
};

/// Reads the body of a POST into an empty resource.
///
/// Names are matched in any letter case, at every depth. `null` and `[]` unassign (RFC 7643 §2.5). Attributes that
/// clients cannot write are ignored (RFC 7644 §3.3). Equal elements of a list are merged (RFC 7643 §2.4).
///
/// # Errors
///
/// 400 `invalidSyntax` for a body that is not a JSON object, nests deeper than 128 levels, or names an attribute twice;
/// 400 `invalidValue` for a value of the wrong type, and for a value without any known name. The detail names the
/// attribute. On an error the resource may be partly filled.
pub fn read(
    resource_type: &ResourceType,
    target: &mut dyn Reflect,
    body: &[u8],
    tolerance: &Tolerance,
) -> Result<WriteReport, Error> {
    read_as(Fill::New, resource_type, target, body, tolerance)
}

/// Reads the body of a PUT into the resource that it replaces. Sets everything that clients can write as in the body,
/// and keeps everything else, also within attributes in the body (RFC 7644 §3.5.1).
///
/// # Errors
///
/// The same as [`read`]; also 400 `mutability` for a changed immutable sub-attribute of an element.
pub(crate) fn replace(
    resource_type: &ResourceType,
    target: &mut dyn Reflect,
    body: &[u8],
    tolerance: &Tolerance,
) -> Result<WriteReport, Error> {
    read_as(Fill::Replacement, resource_type, target, body, tolerance)
}

fn read_as(
    fill: Fill,
    resource_type: &ResourceType,
    target: &mut dyn Reflect,
    body: &[u8],
    tolerance: &Tolerance,
) -> Result<WriteReport, Error> {
    let reader = Reader::new(tolerance, Use::Body, resource_type);
    // UTF-8 is checked once for the whole body, not again for every string in it.
    let body = body_text(body)?;
    let mut session = Session::new(resource_type, target, tolerance, &reader.ignored);
    let mut read = Body {
        reader: &reader,
        resource_type,
        session: &mut session,
        fill,
        touched: Vec::with_capacity(32),
        known: 0,
        others: Vec::new(),
        elements: Vec::new(),
    };
    let mut deserializer = serde_json::Deserializer::from_str(body);
    let result = (&mut read).deserialize(&mut deserializer).and_then(|()| deserializer.end());
    result.map_err(|error| reader.error(&error))?;
    read.others()?;
    let (mut touched, elements) = (read.touched, read.elements);
    session.fill_elements(fill, &elements, &mut touched)?;
    if fill == Fill::Replacement {
        session.unassign_others(&touched)?;
    }
    session.finish()?;
    Ok(WriteReport { touched, ignored: reader.ignored.into_names(), quirks: tolerance.used() })
}

/// The state of reading a body.
struct Body<'s, 'r, 'v> {
    reader: &'r Reader<'r>,
    resource_type: &'r ResourceType,
    session: &'s mut Session<'r>,
    fill: Fill,
    touched: Vec<Path>,
    /// The number of known keys.
    known: usize,
    /// Keys that are not the name of an attribute, with their unparsed values.
    others: Vec<(Cow<'v, str>, &'v RawValue)>,
    /// The operations of keys that select elements of lists.
    elements: Vec<Operation<'r, 'v>>,
}

impl<'de> DeserializeSeed<'de> for &mut Body<'_, '_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for &mut Body<'_, '_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut seen = Seen::default();
        let mut has_schemas = false;
        let mut next = 0;
        while let Some(key) = map.next_key_seed(KeySeed(&self.resource_type.attributes, next))? {
            let (index, attribute) = match key {
                Key::Known(index, attribute) => (index, attribute),
                Key::Unknown(name) => {
                    self.others.push((name, map.next_value()?));
                    continue;
                }
            };
            next = index + 1;
            self.known += 1;
            let trail = JsonPath::root(&attribute.name);
            if !seen.mark(index) {
                return Err(self.reader.fail(duplicate(&trail)));
            }
            let node = read_known(self.reader, attribute, &trail, &mut map)?;
            let result = if index == common::SCHEMAS {
                has_schemas = true;
                self.schemas(node)
            } else if attribute.mutability == Mutability::ReadOnly {
                Ok(())
            } else {
                self.session.fill(self.fill, Path::of(index), attribute, node, &trail, &mut self.touched)
            };
            result.map_err(|error| self.reader.fail(error))?;
        }
        if !has_schemas && !self.reader.tolerance.tolerate(Quirk::Schemas) {
            return Err(self.reader.fail(Error::invalid_syntax("the body has no `schemas`")));
        }
        Ok(())
    }
}

impl<'r, 'v> Body<'_, 'r, 'v> {
    /// Reads the keys that are not the name of an attribute.
    fn others(&mut self) -> Result<(), Error> {
        let mut seen = HashSet::new();
        let mut unknown = Vec::new();
        for (key, json) in std::mem::take(&mut self.others) {
            if !seen.insert(key.to_ascii_lowercase()) {
                return Err(duplicate(&JsonPath::root(&key)));
            }
            let meaning = Meaning::of_key(self.resource_type, &key, self.reader)?;
            if !matches!(meaning, Meaning::Core) {
                self.other(&key, meaning, json, &mut unknown)?;
                continue;
            }
            // Expanded only once, because the core schema has no attribute with its own URN as name.
            let Some(entries) = entries(json) else {
                return Err(Error::invalid_value(format!("`{}` must be an object of attributes", excerpt(&key))));
            };
            let mut seen = HashSet::new();
            for (key, json) in entries {
                if !seen.insert(key.to_ascii_lowercase()) {
                    return Err(duplicate(&JsonPath::root(&key)));
                }
                let meaning = Meaning::of_key(self.resource_type, &key, self.reader)?;
                self.other(&key, meaning, json, &mut unknown)?;
            }
        }
        if self.known == 0 && !unknown.is_empty() {
            return Err(nothing_known("the body", &unknown, &self.resource_type.attributes));
        }
        Ok(())
    }

    fn other(
        &mut self,
        key: &str,
        meaning: Meaning<'r>,
        json: &'v RawValue,
        unknown: &mut Vec<String>,
    ) -> Result<(), Error> {
        let trail = JsonPath::root(key);
        let named = match meaning {
            Meaning::Attribute(named) => named,
            Meaning::Unmapped => {
                self.known += 1;
                self.reader.unknown(&trail)?;
                return skip_value(self.reader, json);
            }
            Meaning::Core | Meaning::Unknown => {
                note_unknown(unknown, key);
                self.reader.unknown(&trail)?;
                return skip_value(self.reader, json);
            }
        };
        self.known += 1;
        if named.path == Path::SCHEMAS || named.is_read_only(self.resource_type) {
            return skip_value(self.reader, json);
        }
        if named.elements.is_some() {
            let operation = body_operation(named, &trail, json, self.reader)?;
            self.elements.push(operation);
            return Ok(());
        }
        let (path, attribute) = (named.path, named.attribute);
        if self.touched.iter().any(|touched| touched.starts_with(path) || path.starts_with(*touched)) {
            return Err(duplicate(&trail));
        }
        let form = if attribute.multi_valued { Form::Many } else { Form::One };
        let node = read_value(self.reader, attribute, form, &trail, json)?;
        self.session.fill(self.fill, path, attribute, node, &trail, &mut self.touched)
    }

    /// Checks that `schemas` contains the core schema, and no schema that the resource type does not have (RFC 7643
    /// §3).
    fn schemas(&self, node: Value<'_>) -> Result<(), Error> {
        let items = if let Value::List(items) = node { items } else { Vec::new() };
        let accepts = || self.reader.tolerance.tolerate(Quirk::Schemas);
        let mut has_core = false;
        for item in &items {
            let Value::Scalar(Scalar::Str(uri)) = item else { continue };
            let core = &*self.resource_type.schema.id;
            let is_core = *uri == core || uri.eq_ignore_ascii_case(core);
            has_core |= is_core;
            let known = is_core || self.resource_type.extension(uri).is_some();
            if !known && !accepts() {
                let detail =
                    format!("`schemas` names `{}`, which a {} does not have", excerpt(uri), self.resource_type.name);
                return Err(Error::invalid_syntax(detail));
            }
        }
        if !has_core && !accepts() {
            return Err(Error::invalid_syntax(format!("`schemas` lacks `{}`", self.resource_type.schema.id)));
        }
        Ok(())
    }
}
