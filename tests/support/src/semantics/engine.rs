//! The representations of a resource, and how a test creates them.

use std::fmt;

use scim_core::{
    ScimResource, body,
    compat::{Compat, Quirk, Tolerance},
    json::{self, Projection},
    model::{Group, User},
    reflect::{Document, Reflect},
    schema::{Attribute, Mutability, ResourceType},
};
use serde_json::Value as Json;

use super::flat::{Employee, Roomy, Team};

/// A representation of a resource.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Engine {
    /// The structs of `scim_core::model`.
    Nested,
    /// A resource without a struct.
    Document,
    /// A flat struct that also has a list for emails without columns.
    Roomy,
    /// A flat struct without such a list.
    Flat,
}

/// A kind of resource.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// A user, with the enterprise extension.
    User,
    /// A group.
    Group,
}

impl Engine {
    /// All engines.
    pub const ALL: [Self; 4] = [Self::Nested, Self::Document, Self::Roomy, Self::Flat];

    /// Returns whether a bound element has a place of its own, before those of the overflow list.
    #[must_use]
    pub fn is_flat(self) -> bool {
        matches!(self, Self::Roomy | Self::Flat)
    }

    /// Returns an empty resource, or `None` if the engine does not support the kind.
    #[must_use]
    pub fn start(self, kind: Kind) -> Option<(&'static ResourceType, Box<dyn Reflect>)> {
        Some(match (self, kind) {
            (Self::Nested, Kind::User) => (User::TYPE, Box::new(User::default())),
            (Self::Nested, Kind::Group) => (Group::TYPE, Box::new(Group::default())),
            (Self::Document, Kind::User) => (User::TYPE, Box::new(Document::new())),
            (Self::Document, Kind::Group) => (Group::TYPE, Box::new(Document::new())),
            (Self::Roomy, Kind::User) => (Roomy::TYPE, Box::new(Roomy::default())),
            (Self::Roomy, Kind::Group) => return None,
            (Self::Flat, Kind::User) => (Employee::TYPE, Box::new(Employee::default())),
            (Self::Flat, Kind::Group) => (Team::TYPE, Box::new(Team::default())),
        })
    }

    /// Returns a stored resource. Read-only attributes are read from the JSON too.
    #[must_use]
    pub fn stored(self, kind: Kind, json: &Json) -> Option<(&'static ResourceType, Box<dyn Reflect>)> {
        let (resource_type, mut resource) = self.start(kind)?;
        let writable = writable(resource_type);
        let body = serde_json::to_vec(json).unwrap();
        // Here an empty text is stored as one.
        let tolerance = Tolerance::new(Compat::entra().without(Quirk::EmptyString));
        if let Err(error) = body::read(&writable, &mut *resource, &body, &tolerance) {
            panic!("{self}: the start does not read: {error}");
        }
        Some((resource_type, resource))
    }
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// Returns the resource type without read-only attributes.
fn writable(resource_type: &ResourceType) -> ResourceType {
    fn all(attributes: &[Attribute]) -> Vec<Attribute> {
        let attributes = attributes.iter().cloned().map(|mut attribute| {
            if attribute.mutability == Mutability::ReadOnly {
                attribute.mutability = Mutability::ReadWrite;
            }
            attribute.sub_attributes = all(&attribute.sub_attributes).into();
            attribute
        });
        attributes.collect()
    }
    ResourceType { attributes: all(&resource_type.attributes).into(), ..resource_type.clone() }
}

/// Returns the resource as a client sees it.
pub fn write(resource_type: &ResourceType, resource: &dyn Reflect, projection: &Projection) -> Json {
    let mut out = Vec::new();
    json::write(&mut out, resource_type, resource, projection, "https://example.com/scim/v2/Users/1");
    serde_json::from_slice(&out).unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&out)))
}
