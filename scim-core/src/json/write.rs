//! Streams a resource through a projection.

use std::{borrow::Cow, io::Write as _};

use super::projection::{Choices, Projection};
use crate::{
    reflect::{ObjectRef, Reflect, Scalar, ValueRef, version_tag},
    schema::{Attribute, DataType, ResourceType, common},
};

/// Writes a resource as JSON (RFC 7643 §3).
///
/// `location` is the resource's absolute URL; `meta.location` and `meta.resourceType` are computed, never stored.
/// `null` and empty lists or objects are never written. `schemas` names the core schema and each extension with written
/// attributes.
///
/// ```
/// use scim_core::{ScimResource, json::{Projection, write}, model::User};
///
/// let user = User { id: "1".into(), user_name: "bjensen".into(), ..User::default() };
/// let mut out = Vec::new();
/// let projection = Projection::only(User::TYPE, ["userName"], &Default::default());
/// write(&mut out, User::TYPE, &user, &projection, "https://example.com/scim/v2/Users/1");
/// assert_eq!(
///     String::from_utf8(out).unwrap(),
///     r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"1","userName":"bjensen"}"#,
/// );
/// ```
pub fn write(
    out: &mut Vec<u8>,
    resource_type: &ResourceType,
    resource: &dyn Reflect,
    projection: &Projection,
    location: &str,
) {
    let ValueRef::Complex(root) = resource.view() else { return };
    let choices = projection.root();
    out.extend_from_slice(b"{\"schemas\":[");
    write_text(out, &resource_type.schema.id);
    let end_of_schemas = out.len();
    let mut extensions = Vec::new();
    out.push(b']');
    for (index, attribute) in (0u32..).zip(resource_type.attributes.iter()) {
        if index == common::SCHEMAS {
            continue;
        }
        let view = root.get(index);
        if is_nothing(&view) && index != common::META {
            continue;
        }
        let Some(choices) = choices.at(index, attribute) else { continue };
        let start = out.len();
        out.push(b',');
        name(out, attribute);
        let written = if index == common::META {
            meta(out, attribute, &view, choices, &resource_type.name, location)
        } else {
            value(out, attribute, view, choices)
        };
        if !written {
            out.truncate(start);
        } else if attribute.is_extension() {
            extensions.push(b',');
            write_text(&mut extensions, &attribute.name);
        }
    }
    out.push(b'}');
    if !extensions.is_empty() {
        out.splice(end_of_schemas..end_of_schemas, extensions);
    }
}

/// Writes a value of an attribute. Returns whether there was any.
fn value(out: &mut Vec<u8>, attribute: &Attribute, view: ValueRef<'_>, choices: Choices<'_>) -> bool {
    match view {
        ValueRef::Scalar(scalar) => write_scalar(out, attribute.data_type, &scalar),
        ValueRef::Complex(view) => object(out, &attribute.sub_attributes, view, choices),
        ValueRef::List(list) => {
            bracketed(out, [b'[', b']'], 0..list.len(), |out, index| value(out, attribute, list.at(index), choices))
        }
    }
}

fn object(out: &mut Vec<u8>, attributes: &[Attribute], view: ObjectRef<'_>, choices: Choices<'_>) -> bool {
    bracketed(out, [b'{', b'}'], (0u32..).zip(attributes), |out, (index, attribute)| {
        let part = view.get(index);
        if is_nothing(&part) {
            return false;
        }
        let Some(choices) = choices.at(index, attribute) else { return false };
        name(out, attribute);
        value(out, attribute, part, choices)
    })
}

/// Writes items between brackets, separated by commas. Returns whether there was any. An item that turns out to be
/// empty is removed again, and so are the brackets if all items are empty.
pub(super) fn bracketed<T>(
    out: &mut Vec<u8>,
    [open, close]: [u8; 2],
    items: impl Iterator<Item = T>,
    mut write: impl FnMut(&mut Vec<u8>, T) -> bool,
) -> bool {
    let start = out.len();
    out.push(open);
    let mut any = false;
    for item in items {
        let end = out.len();
        if any {
            out.push(b',');
        }
        if write(out, item) {
            any = true;
        } else {
            out.truncate(end);
        }
    }
    out.push(close);
    if !any {
        out.truncate(start);
    }
    any
}

/// Returns whether there is obviously no value, as for most attributes of most resources. Objects that turn out to be
/// empty are removed after they were written.
fn is_nothing(view: &ValueRef<'_>) -> bool {
    match view {
        ValueRef::Scalar(scalar) => scalar.is_absent(),
        // Cheaper than `is_empty`, which looks for empty elements.
        ValueRef::List(list) => matches!(list.len(), 0),
        ValueRef::Complex(_) => false,
    }
}

/// Writes `meta`: the stored sub-attributes, and those that are known only here.
fn meta(
    out: &mut Vec<u8>,
    attribute: &Attribute,
    stored: &ValueRef<'_>,
    choices: Choices<'_>,
    name_of_type: &str,
    location: &str,
) -> bool {
    bracketed(out, [b'{', b'}'], (0u32..).zip(attribute.sub_attributes.iter()), |out, (index, attribute)| {
        if choices.at(index, attribute).is_none() {
            return false;
        }
        let stored = stored.clone().at(&[index]).scalar();
        let scalar = match index {
            common::META_RESOURCE_TYPE => Scalar::Str(Cow::Borrowed(name_of_type)),
            common::META_LOCATION => Scalar::Str(Cow::Borrowed(location)),
            common::META_VERSION => version_tag(stored).map_or(Scalar::Absent, |tag| Scalar::Str(tag.into())),
            _ => stored,
        };
        name(out, attribute);
        write_scalar(out, attribute.data_type, &scalar)
    })
}

fn name(out: &mut Vec<u8>, attribute: &Attribute) {
    // Names and URNs were checked at registration, so nothing in them needs an escape.
    out.push(b'"');
    out.extend_from_slice(attribute.name.as_bytes());
    out.extend_from_slice(b"\":");
}

/// Writes a simple value. Returns whether there was any.
pub(crate) fn write_scalar(out: &mut Vec<u8>, data_type: DataType, scalar: &Scalar<'_>) -> bool {
    // Writing to a vector cannot fail.
    let written = match scalar {
        Scalar::Absent => return false,
        Scalar::Str(text) => {
            write_text(out, text);
            return true;
        }
        Scalar::Bool(true) => out.write_all(b"true"),
        Scalar::Bool(false) => out.write_all(b"false"),
        // A number that the application stores for a text attribute, such as an id.
        Scalar::Int(number) if is_text(data_type) => write!(out, "\"{number}\""),
        Scalar::Dec(_) if is_text(data_type) => {
            return scalar.digits().inspect(|digits| write_text(out, digits)).is_some();
        }
        Scalar::Int(number) if data_type == DataType::Decimal => write!(out, "{number}.0"),
        Scalar::Int(number) => write!(out, "{number}"),
        Scalar::Dec(number) => {
            return number.is_finite() && serde_json::to_writer(&mut *out, number).is_ok();
        }
        Scalar::DateTime(date) => write!(out, "\"{date}\""),
    };
    written.is_ok()
}

fn is_text(data_type: DataType) -> bool {
    matches!(data_type, DataType::String | DataType::Reference)
}

/// Writes text as a JSON string.
pub(crate) fn write_text(out: &mut Vec<u8>, text: &str) {
    // Writing to a vector cannot fail.
    let _ = serde_json::to_writer(&mut *out, text);
}
