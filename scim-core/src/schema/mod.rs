//! The schema model: attributes, schemas, resource types (RFC 7643 §2 to §7).
//!
//! A [`ResourceType`] is a tree of [`Attribute`]s. The library processes a resource by walking this tree and the
//! resource together: an attribute is addressed by its index in its parent, and a [`Path`] is such a list of indices.
//!
//! The root of the tree contains, in this order: the [common attributes](common), the attributes of the core schema,
//! and one complex attribute for each extension, named by the extension's URN.

mod attribute;
pub mod common;
mod const_str;
mod error;
mod json;
mod path;
mod place;
mod resolve;
mod resource_type;
pub(crate) mod spec;
mod suggest;
mod unknown;
mod validate;

pub(crate) use attribute::find_near;
pub use attribute::{Attribute, AttributeSpec, DataType, Mutability, Returned, Uniqueness, at, find};
pub use error::{SchemaError, SchemaErrors};
pub use path::Path;
pub(crate) use place::Place;
pub(crate) use resolve::{index_of, resolve};
pub use resource_type::{ResourceType, Schema, SchemaHead};
pub(crate) use suggest::difference;
pub(crate) use unknown::unknown;
