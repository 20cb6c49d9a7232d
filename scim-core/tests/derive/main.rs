//! Tests of derived code through the `reflect` traits.

#![cfg(feature = "derive")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod conversions;
mod deltas;
mod fixed;
mod flat;
mod hygiene;
mod messages;
mod nested;
mod objects;
mod parts;
mod secrets;
mod standard;
mod types;
mod values;

use scim_core::{
    ScimResource as Resource, path,
    reflect::{AttributeType, Edit, EditError, Reflect, Scalar, Value, ValueRef},
    schema::{Attribute, DataType, Mutability, Path, Returned, Uniqueness},
};
use scim_derive::{ScimComplex, ScimExtension, ScimResource, ScimValue};
use uuid::Uuid;

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

fn names(attributes: &[Attribute]) -> Vec<&str> {
    attributes.iter().map(|attribute| &*attribute.name).collect()
}

fn attribute<'a>(attributes: &'a [Attribute], name: &str) -> &'a Attribute {
    attributes.iter().find(|attribute| attribute.name == name).unwrap_or_else(|| panic!("no attribute {name}"))
}

fn text(text: &str) -> Scalar<'static> {
    Scalar::Str(text.to_owned().into())
}

fn node(value: &str) -> Value<'static> {
    Value::Scalar(text(value))
}

fn set(target: &mut impl Reflect, at: &[u32], value: &str) -> Result<u32, EditError> {
    target.edit(at, Edit::Set(text(value)))
}

fn clear(target: &mut impl Reflect, at: &[u32]) -> Result<u32, EditError> {
    target.edit(at, Edit::Set(Scalar::Absent))
}

fn get(target: &impl Reflect, at: &[u32]) -> Option<String> {
    target.view().at(at).into_str().map(std::borrow::Cow::into_owned)
}
