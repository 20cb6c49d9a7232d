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
    access::{Node, Object, Value},
    compat::{Compat, Quirk, Tolerance},
    error::Error,
    schema::{Attribute, Path, ResourceType, at, find},
};

/// Reads the attributes at and behind an index of the resource type. Answers also the names of what it has not there.
///
/// # Errors
///
/// 400 `invalidSyntax` for text that is no JSON object, or names an attribute twice; 400 `invalidValue` for a value of
/// the wrong type.
pub(crate) fn read_stored<'j>(
    resource_type: &ResourceType,
    first: u32,
    json: &'j [u8],
) -> Result<(Node<'j>, Vec<String>), Error> {
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
pub(crate) fn to_json(resource_type: &ResourceType, value: &Value<'_>) -> Result<String, Error> {
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
