//! Values as a store keeps them: by name, with all that clients cannot write or read.

use std::collections::HashSet;

use serde_json::value::RawValue;

use super::{
    message::{entries, without_mark},
    reader::{Reader, Use},
    trail::Trail,
    value::{Form, duplicate, read_value},
    write::{bracketed, write_scalar, write_text},
};
use crate::{
    access::{Access, Document, DynamicExtensions, Edit, Node, Object, ScimResource, Value},
    compat::{Compat, Quirk, Tolerance},
    error::Error,
    schema::{Attribute, Path, ResourceType, at, find},
};

impl Document {
    /// The resource as JSON, to be stored: with `id`, `meta` and all else that clients cannot read or write, by names, so that
    /// it does not count in which order the type has its attributes. `schemas` is not there; it follows from the rest.
    ///
    /// ```
    /// use scim_core::{access::{Document, ScimResource}, model::User};
    ///
    /// let json = r#"{"id":"26","userName":"bjensen","password":"t1meMa$heen"}"#;
    /// let (user, unknown) = Document::from_json(User::TYPE, json)?;
    /// assert_eq!(user.to_json(User::TYPE)?, json);
    /// # assert!(unknown.is_empty());
    /// # Ok::<(), scim_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If it has values that the type has no attribute for: it is a resource of another type.
    pub fn to_json(&self, resource_type: &ResourceType) -> Result<String, Error> {
        to_json(resource_type, &self.value())
    }

    /// Reads what [`to_json`](Self::to_json) wrote, or JSON as a server shows it. Unlike
    /// [`body::read`](crate::body::read()), which reads what clients send, it takes what clients cannot write, too. Returns
    /// also the names that the type does not have, at most 64; they are left out.
    ///
    /// ```
    /// use scim_core::{access::{Access, Document, ScimResource}, model::User};
    ///
    /// let (user, unknown) = Document::from_json(User::TYPE, r#"{"id":"26","userName":"bjensen","shoeSize":44}"#)?;
    /// assert_eq!(user.value().at(&[1]).into_str().as_deref(), Some("26"));
    /// assert_eq!(unknown, ["shoeSize"]);
    /// # Ok::<(), scim_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// 400 `invalidSyntax` for text that is no JSON object, or has a name twice; 400 `invalidValue` for a value that the
    /// attribute of this name does not take.
    pub fn from_json(resource_type: &ResourceType, json: impl AsRef<[u8]>) -> Result<(Self, Vec<String>), Error> {
        let (mut node, unknown) = read_stored(resource_type, 0, json.as_ref())?;
        let mut document = Self::new();
        let unreadable = |_| Error::invalid_value("the resource cannot be held");
        document.edit(&[], Edit::Insert(&mut node)).map_err(unreadable)?;
        Ok((document, unknown))
    }
}

impl DynamicExtensions {
    /// The values as a JSON object, to be stored: by the URNs of the extensions and the names of attributes, so that it
    /// does not count which extensions are registered, and in which order, when it is read. `{}` if there are none.
    ///
    /// It holds what clients cannot read, too.
    ///
    /// # Errors
    ///
    /// If there are values of an extension that the resource type does not have: it is not the one that is served.
    pub fn to_json(&self, resource_type: &ResourceType) -> Result<String, Error> {
        to_json(resource_type, &self.as_document().value())
    }

    /// Reads what [`to_json`](Self::to_json) wrote, of a struct `R`. Answers also the names for which there is no place,
    /// at most 64: extensions and attributes that the resource type no longer has, and extensions that `R` has itself by
    /// now. They are not a part of the values, so a store that is to keep them keeps the text.
    ///
    /// # Errors
    ///
    /// 400 `invalidSyntax` for text that is no JSON object, or has a name twice; 400 `invalidValue` for a value that the
    /// attribute of this name does not take, because it has another type by now.
    pub fn from_json<R: ScimResource>(
        resource_type: &ResourceType,
        json: impl AsRef<[u8]>,
    ) -> Result<(Self, Vec<String>), Error> {
        let first = u32::try_from(R::TYPE.attributes.len()).unwrap_or(u32::MAX);
        let (mut node, unknown) = read_stored(resource_type, first, json.as_ref())?;
        let mut document = Document::new();
        let unreadable = |_| Error::invalid_value("the extensions cannot be held");
        document.edit(&[], Edit::Insert(&mut node)).map_err(unreadable)?;
        Ok((Self::from_document(document), unknown))
    }
}

/// Reads the attributes at and behind an index of the resource type. Answers also the names of what it has not there.
///
/// # Errors
///
/// 400 `invalidSyntax` for text that is no JSON object, or names an attribute twice; 400 `invalidValue` for a value of
/// the wrong type.
fn read_stored<'j>(resource_type: &ResourceType, first: u32, json: &'j [u8]) -> Result<(Node<'j>, Vec<String>), Error> {
    // Lenient with what people export and edit; but an empty text that is stored is a text.
    let tolerance = Tolerance::new(Compat::entra().without(Quirk::EmptyString));
    let reader = Reader::new(&tolerance, Use::Stored, resource_type);
    let raw: &RawValue = serde_json::from_slice(without_mark(json))
        .map_err(|error| Error::invalid_syntax(format!("the resource is not readable JSON: {error}")))?;
    let entries = entries(raw).ok_or_else(|| Error::invalid_syntax("the resource is not a JSON object"))?;
    let mut parts = Vec::with_capacity(entries.len());
    let mut seen = HashSet::with_capacity(entries.len());
    for (name, json) in entries {
        let trail = Trail::root(&name);
        let Some((index, attribute)) = find(&resource_type.attributes, &name).filter(|(index, _)| *index >= first)
        else {
            reader.unknown(&trail)?;
            continue;
        };
        if !seen.insert(index) {
            return Err(duplicate(&trail));
        }
        let form = if attribute.multi_valued { Form::Many } else { Form::One };
        // It follows from the attributes.
        if Path::of(index) != Path::SCHEMAS {
            parts.push((index, read_value(&reader, attribute, form, &trail, json)?));
        }
    }
    Ok((Node::Complex(parts), reader.ignored.into_names()))
}

/// Writes the attributes of a resource as a JSON object; `{}` if none has a value.
///
/// # Errors
///
/// If there is a value that the resource type has no attribute for: it is not the one that is served.
fn to_json(resource_type: &ResourceType, value: &Value<'_>) -> Result<String, Error> {
    let Value::Complex(object) = value else { return Ok("{}".to_owned()) };
    if !are_known(&resource_type.attributes, *object) {
        let what = format!("`{}` lacks an attribute that has a value: it is not as served", resource_type.name);
        return Err(Error::internal(what));
    }
    let known = (0u32..).zip(resource_type.attributes.iter());
    let known = known.map(|(index, attribute)| (attribute, object.get(index)));
    let mut out = Vec::new();
    if !write_stored(&mut out, known) {
        return Ok("{}".to_owned());
    }
    String::from_utf8(out).map_err(Error::internal)
}

/// Whether there is an attribute for each value, at every level.
fn are_known(attributes: &[Attribute], object: Object<'_>) -> bool {
    (0..object.len()).all(|index| match (at(attributes, index), object.get(index)) {
        (None, value) => value.is_absent(),
        (Some(attribute), Value::Complex(part)) => are_known(&attribute.sub_attributes, part),
        (Some(attribute), Value::List(list)) => list.iter().all(|(_, element)| match element {
            Value::Complex(part) => are_known(&attribute.sub_attributes, part),
            Value::Scalar(_) | Value::List(_) => true,
        }),
        (Some(_), Value::Scalar(_)) => true,
    })
}

/// Writes an object of attributes, and answers whether any has a value.
fn write_stored<'a>(out: &mut Vec<u8>, parts: impl Iterator<Item = (&'a Attribute, Value<'a>)>) -> bool {
    bracketed(out, [b'{', b'}'], parts, |out, (attribute, value)| {
        write_text(out, &attribute.name);
        out.push(b':');
        write_value(out, attribute, value)
    })
}

fn write_value(out: &mut Vec<u8>, attribute: &Attribute, value: Value<'_>) -> bool {
    match value {
        Value::Scalar(scalar) => write_scalar(out, attribute.data_type, &scalar),
        Value::Complex(object) => {
            let parts = (0u32..).zip(attribute.sub_attributes.iter()).map(|(index, sub)| (sub, object.get(index)));
            write_stored(out, parts)
        }
        Value::List(list) => {
            bracketed(out, [b'[', b']'], 0..list.len(), |out, index| write_value(out, attribute, list.at(index)))
        }
    }
}
