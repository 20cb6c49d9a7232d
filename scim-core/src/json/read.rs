//! Streams a body into a resource.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};

use super::{
    key::{Key, KeySeed, Seen, Skip},
    trail::Trail,
    value::{Reader, ValueSeed, duplicate},
};
use crate::{
    access::{Access, Edit, Node, Refused, Scalar},
    compat::{Quirk, Quirks, Tolerance},
    error::{Error, excerpt},
    schema::{Attribute, DataType, Mutability, Path, ResourceType, at, common},
};

/// What a body did besides filling a resource.
#[derive(Clone, Debug, Default)]
pub struct ReadReport {
    /// The attributes that the body named, also those that it unassigned with `null`. Parts of single complex attributes
    /// are named one by one, lists as a whole.
    pub touched: Vec<Path>,
    /// What was left out: names that no schema has, and entries for which a flat struct has no field. At most 64.
    pub ignored: Vec<String>,
    /// The quirks that were met.
    pub quirks: Quirks,
}

impl ReadReport {
    /// Whether the body named the attribute, a part of it, or what it is a part of.
    #[must_use]
    pub fn is_touched(&self, path: Path) -> bool {
        self.touched.iter().any(|touched| touched.starts_with(path) || path.starts_with(*touched))
    }
}

/// Reads the body of a POST or PUT into a resource that holds no values yet.
///
/// Names are taken in any letter case, at every depth. `null` and `[]` unassign (RFC 7643 §2.5). Attributes that
/// clients cannot write are passed over (RFC 7644 §3.3).
///
/// # Errors
///
/// 400 `invalidSyntax` for a body that is no JSON object, nests deeper than 128 levels, or names an attribute twice;
/// 400 `invalidValue` for a value of the wrong type. The detail names the attribute. The resource may be half filled
/// then.
pub fn read(
    resource_type: &ResourceType,
    target: &mut dyn Access,
    body: &[u8],
    tolerance: &Tolerance,
) -> Result<ReadReport, Error> {
    // A byte order mark may be ignored (RFC 8259 §8.1).
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    if body.iter().all(u8::is_ascii_whitespace) {
        return Err(Error::invalid_syntax("the request has no body"));
    }
    let reader = Reader::new(tolerance, false);
    let mut touched = Vec::with_capacity(16);
    // Checked once for the whole body, not again for every string in it.
    let body = std::str::from_utf8(body).map_err(|_| Error::invalid_syntax("the body is not UTF-8 text"))?;
    let mut deserializer = serde_json::Deserializer::from_str(body);
    let seed = ResourceSeed { reader: &reader, resource_type, target, touched: &mut touched };
    let result = seed.deserialize(&mut deserializer).and_then(|()| deserializer.end());
    result.map_err(|error| reader.error(&error))?;
    Ok(ReadReport { touched, ignored: reader.into_ignored(), quirks: tolerance.met() })
}

struct ResourceSeed<'s, 'c> {
    reader: &'s Reader<'c>,
    resource_type: &'s ResourceType,
    target: &'s mut dyn Access,
    touched: &'s mut Vec<Path>,
}

impl<'de> DeserializeSeed<'de> for ResourceSeed<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ResourceSeed<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        let mut seen = Seen::default();
        let mut has_schemas = false;
        let mut next = 0;
        while let Some(key) = map.next_key_seed(KeySeed(&self.resource_type.attributes, next))? {
            match key {
                Key::Known(index, attribute) => {
                    next = index + 1;
                    // A key that is a path may have named a part of it.
                    let path = Path::of(index);
                    if !seen.mark(index) || self.touched.iter().any(|touched| touched.starts_with(path)) {
                        return Err(self.reader.fail(duplicate(&Trail::root(&attribute.name))));
                    }
                    if index == common::SCHEMAS {
                        has_schemas = true;
                        self.schemas(attribute, &mut map)?;
                    } else {
                        self.attribute(attribute, path, &Trail::root(&attribute.name), &mut map)?;
                    }
                }
                Key::Unknown(name) => self.other(&name, &mut seen, &mut map)?,
            }
        }
        if !has_schemas && !self.reader.tolerance.accepts(Quirk::Schemas) {
            return Err(self.reader.fail(Error::invalid_syntax("the body has no `schemas`")));
        }
        Ok(())
    }
}

impl ResourceSeed<'_, '_> {
    /// The value of an attribute that was found by its key.
    fn attribute<'de, A: MapAccess<'de>>(
        &mut self,
        attribute: &Attribute,
        path: Path,
        trail: &Trail<'_>,
        map: &mut A,
    ) -> Result<(), A::Error> {
        if attribute.mutability == Mutability::ReadOnly {
            return map.next_value_seed(Skip);
        }
        let seed = ValueSeed { reader: self.reader, attribute, trail, many: attribute.multi_valued };
        let node = map.next_value_seed(seed)?;
        self.assign(attribute, path, trail, node).map_err(|error| self.reader.fail(error))
    }

    /// A key that is no attribute's name: the core schema's URN with its attributes, a path, or unknown.
    fn other<'de, A: MapAccess<'de>>(&mut self, name: &str, seen: &mut Seen, map: &mut A) -> Result<(), A::Error> {
        let resource_type = self.resource_type;
        if name.eq_ignore_ascii_case(&resource_type.schema.id) && self.reader.tolerance.accepts(Quirk::KeyIsPath) {
            let core = Attribute {
                sub_attributes: resource_type.attributes.clone(),
                ..crate::schema::AttributeSpec::new("", DataType::Complex).build()
            };
            let trail = Trail::root(name);
            let node =
                map.next_value_seed(ValueSeed { reader: self.reader, attribute: &core, trail: &trail, many: false })?;
            let Node::Complex(parts) = node else { return Ok(()) };
            for (index, part) in parts {
                let Some(attribute) = at(&resource_type.attributes, index) else { continue };
                let trail = trail.name(&attribute.name);
                if !seen.mark(index) {
                    return Err(self.reader.fail(duplicate(&trail)));
                }
                if index != common::SCHEMAS && attribute.mutability != Mutability::ReadOnly {
                    self.assign(attribute, Path::of(index), &trail, part).map_err(|error| self.reader.fail(error))?;
                }
            }
            return Ok(());
        }
        let resolved = if name.contains([':', '.']) {
            crate::path::find_name(resource_type, name, self.reader.tolerance)
        } else {
            None
        };
        if let Some((path, attribute)) = resolved.filter(|_| self.reader.tolerance.accepts(Quirk::KeyIsPath)) {
            let trail = Trail::root(name);
            let again = match path.steps() {
                [index] => !seen.mark(*index),
                _ => self.touched.iter().any(|touched| touched.starts_with(path)),
            };
            if again {
                return Err(self.reader.fail(duplicate(&trail)));
            }
            return self.attribute(attribute, path, &trail, map);
        }
        self.reader.unknown(&Trail::root(name)).map_err(|error| self.reader.fail(error))?;
        map.next_value_seed(Skip)
    }

    /// `schemas` must name the core schema, and nothing else than the resource type has (RFC 7643 §3).
    fn schemas<'de, A: MapAccess<'de>>(&mut self, attribute: &Attribute, map: &mut A) -> Result<(), A::Error> {
        let trail = Trail::root(&attribute.name);
        let node = map.next_value_seed(ValueSeed { reader: self.reader, attribute, trail: &trail, many: true })?;
        let items = if let Node::List(items) = node { items } else { Vec::new() };
        let mut has_core = false;
        for item in &items {
            let Node::Scalar(Scalar::Str(uri)) = item else { continue };
            let is_core = uri.eq_ignore_ascii_case(&self.resource_type.schema.id);
            has_core |= is_core;
            let known = is_core || self.resource_type.extension(uri).is_some();
            if !known && !self.reader.tolerance.accepts(Quirk::Schemas) {
                let detail =
                    format!("`schemas` names `{}`, which a {} does not have", excerpt(uri), self.resource_type.name);
                return Err(self.reader.fail(Error::invalid_syntax(detail)));
            }
        }
        if !has_core && !self.reader.tolerance.accepts(Quirk::Schemas) {
            let detail = format!("`schemas` lacks `{}`", self.resource_type.schema.id);
            return Err(self.reader.fail(Error::invalid_syntax(detail)));
        }
        Ok(())
    }

    /// Puts what was read where it belongs.
    fn assign(&mut self, attribute: &Attribute, path: Path, trail: &Trail<'_>, node: Node<'_>) -> Result<(), Error> {
        let place = path.steps();
        match node {
            Node::Complex(parts) if !attribute.multi_valued => {
                for (index, part) in parts {
                    let Some((attribute, path)) = at(&attribute.sub_attributes, index).zip(path.child(index)) else {
                        continue;
                    };
                    self.assign(attribute, path, &trail.name(&attribute.name), part)?;
                }
                return Ok(());
            }
            Node::List(items) => {
                self.edit(place, Edit::Set(Scalar::Absent), trail)?;
                for (index, mut item) in items.into_iter().enumerate() {
                    self.edit(place, Edit::Insert(&mut item), &trail.index(index))?;
                }
            }
            Node::Scalar(scalar) => self.edit(place, Edit::Set(scalar), trail)?,
            Node::Complex(_) => {}
        }
        self.touched.push(path);
        Ok(())
    }

    fn edit(&mut self, place: &[u32], edit: Edit<'_, '_>, trail: &Trail<'_>) -> Result<(), Error> {
        match self.target.edit(place, edit) {
            Ok(_) => Ok(()),
            Err(Refused::Value(what)) => Err(Error::invalid_value(format!("`{trail}` takes {what}"))),
            // The application has no field for this entry, as it has none for attributes that it does not map.
            Err(Refused::NoPlace | Refused::NoPart(_) | Refused::Occupied | Refused::Fixed) => {
                self.reader.ignore(trail);
                Ok(())
            }
        }
    }
}
