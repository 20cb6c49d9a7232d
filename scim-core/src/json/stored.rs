//! Values as a store keeps them: by name, including everything that clients cannot write or read.

use std::collections::HashSet;

use serde_json::value::RawValue;

use super::{
    json_path::JsonPath,
    message::{entries, without_mark},
    reader::{Reader, Use},
    value::{Form, duplicate, read_value},
    write::{bracketed, write_scalar, write_text},
};
use crate::{
    ScimResource,
    compat::{Compat, Quirk, Tolerance},
    error::Error,
    reflect::{Document, DynamicExtensions, Edit, ObjectRef, Reflect, Value, ValueRef},
    schema::{Attribute, Path, ResourceType, at, find},
};

impl Document {
    /// Returns the resource as JSON for storage: with `id`, `meta` and everything else that clients cannot read or
    /// write, by name, so that the order of the attributes in the type does not matter. `schemas` is omitted because it
    /// follows from the rest.
    ///
    /// ```
    /// use scim_core::{ScimResource, model::User, reflect::Document};
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
    /// If it has values for which the type has no attribute, which means that it is a resource of another type.
    pub fn to_json(&self, resource_type: &ResourceType) -> Result<String, Error> {
        to_json(resource_type, &self.view())
    }

    /// Reads what [`to_json`](Self::to_json) wrote, or JSON as a server returns it. Unlike
    /// [`body::read`](crate::body::read()), which reads what clients send, it also accepts what clients cannot write.
    /// Also returns the ignored names that the type does not have, at most 64.
    ///
    /// ```
    /// use scim_core::{ScimResource, model::User, reflect::{Reflect, Document}};
    ///
    /// let (user, unknown) = Document::from_json(User::TYPE, r#"{"id":"26","userName":"bjensen","shoeSize":44}"#)?;
    /// assert_eq!(user.view().at(&[1]).into_str().as_deref(), Some("26"));
    /// assert_eq!(unknown, ["shoeSize"]);
    /// # Ok::<(), scim_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// 400 `invalidSyntax` for text that is not a JSON object, or has a name twice; 400 `invalidValue` for a value that
    /// does not fit the attribute of this name.
    pub fn from_json(resource_type: &ResourceType, json: impl AsRef<[u8]>) -> Result<(Self, Vec<String>), Error> {
        let (mut node, unknown) = read_stored(resource_type, 0, json.as_ref())?;
        let mut document = Self::new();
        let unreadable = |_| Error::invalid_value("the resource cannot be held");
        document.edit(&[], Edit::Insert(&mut node)).map_err(unreadable)?;
        Ok((document, unknown))
    }
}

impl DynamicExtensions {
    /// Returns the values as a JSON object for storage: by the URNs of the extensions and the names of attributes, so
    /// that it does not matter which extensions are registered, and in which order, when it is read. Returns `{}` if
    /// there are no values.
    ///
    /// The object also contains what clients cannot read.
    ///
    /// # Errors
    ///
    /// If there are values of an extension that the resource type does not have, which means that it is not the type
    /// being served.
    pub fn to_json(&self, resource_type: &ResourceType) -> Result<String, Error> {
        to_json(resource_type, &self.as_document().view())
    }

    /// Reads what [`to_json`](Self::to_json) wrote, for a struct `R`. Also returns the names that could not be read, at
    /// most 64: extensions and attributes that the resource type no longer has, and extensions for which `R` now has a
    /// field of its own. They are not part of the values, so a store that needs to keep them must keep the text.
    ///
    /// # Errors
    ///
    /// 400 `invalidSyntax` for text that is not a JSON object, or has a name twice; 400 `invalidValue` for a value that
    /// does not fit the attribute of this name, because the attribute now has another type.
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

/// Reads the attributes from an index of the resource type on. Also returns the names that are not among them.
///
/// # Errors
///
/// 400 `invalidSyntax` for text that is not a JSON object, or names an attribute twice; 400 `invalidValue` for a value
/// of the wrong type.
fn read_stored<'j>(
    resource_type: &ResourceType,
    first: u32,
    json: &'j [u8],
) -> Result<(Value<'j>, Vec<String>), Error> {
    // Lenient with data that people export and edit, but a stored empty text is a text.
    let tolerance = Tolerance::new(Compat::entra().without(Quirk::EmptyString));
    let reader = Reader::new(&tolerance, Use::Stored, resource_type);
    let raw: &RawValue = serde_json::from_slice(without_mark(json))
        .map_err(|error| Error::invalid_syntax(format!("the resource is not readable JSON: {error}")))?;
    let entries = entries(raw).ok_or_else(|| Error::invalid_syntax("the resource is not a JSON object"))?;
    let mut parts = Vec::with_capacity(entries.len());
    let mut seen = HashSet::with_capacity(entries.len());
    for (name, json) in entries {
        let trail = JsonPath::root(&name);
        let Some((index, attribute)) = find(&resource_type.attributes, &name).filter(|(index, _)| *index >= first)
        else {
            reader.unknown(&trail)?;
            continue;
        };
        if !seen.insert(index) {
            return Err(duplicate(&trail));
        }
        let form = if attribute.multi_valued { Form::Many } else { Form::One };
        // `schemas` follows from the attributes.
        if Path::of(index) != Path::SCHEMAS {
            parts.push((index, read_value(&reader, attribute, form, &trail, json)?));
        }
    }
    Ok((Value::Complex(parts), reader.ignored.into_names()))
}

/// Writes the attributes of a resource as a JSON object; `{}` if there are no values.
///
/// # Errors
///
/// If there is a value for which the resource type has no attribute, which means that it is not the type being served.
fn to_json(resource_type: &ResourceType, value: &ValueRef<'_>) -> Result<String, Error> {
    let ValueRef::Complex(object) = value else { return Ok("{}".to_owned()) };
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

/// Returns whether every value has an attribute, at every level.
fn are_known(attributes: &[Attribute], object: ObjectRef<'_>) -> bool {
    (0..object.len()).all(|index| match (at(attributes, index), object.get(index)) {
        (None, value) => value.is_absent(),
        (Some(attribute), ValueRef::Complex(part)) => are_known(&attribute.sub_attributes, part),
        (Some(attribute), ValueRef::List(list)) => list.iter().all(|(_, element)| match element {
            ValueRef::Complex(part) => are_known(&attribute.sub_attributes, part),
            ValueRef::Scalar(_) | ValueRef::List(_) => true,
        }),
        (Some(_), ValueRef::Scalar(_)) => true,
    })
}

/// Writes an object of attributes. Returns whether any has a value.
fn write_stored<'a>(out: &mut Vec<u8>, parts: impl Iterator<Item = (&'a Attribute, ValueRef<'a>)>) -> bool {
    bracketed(out, [b'{', b'}'], parts, |out, (attribute, value)| {
        write_text(out, &attribute.name);
        out.push(b':');
        write_value(out, attribute, value)
    })
}

fn write_value(out: &mut Vec<u8>, attribute: &Attribute, value: ValueRef<'_>) -> bool {
    match value {
        ValueRef::Scalar(scalar) => write_scalar(out, attribute.data_type, &scalar),
        ValueRef::Complex(object) => {
            let parts = (0u32..).zip(attribute.sub_attributes.iter()).map(|(index, sub)| (sub, object.get(index)));
            write_stored(out, parts)
        }
        ValueRef::List(list) => {
            bracketed(out, [b'[', b']'], 0..list.len(), |out, index| write_value(out, attribute, list.at(index)))
        }
    }
}
