//! What the derive macros write, seen through the access traits.

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
    access::{Access, AttributeType, Edit, Node, Refused, Scalar, ScimResource as Resource, Value},
    path,
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

fn node(value: &str) -> Node<'static> {
    Node::Scalar(text(value))
}

fn set(target: &mut impl Access, at: &[u32], value: &str) -> Result<u32, Refused> {
    target.edit(at, Edit::Set(text(value)))
}

fn clear(target: &mut impl Access, at: &[u32]) -> Result<u32, Refused> {
    target.edit(at, Edit::Set(Scalar::Absent))
}

fn get(target: &impl Access, at: &[u32]) -> Option<String> {
    target.value().at(at).into_str().map(std::borrow::Cow::into_owned)
}
