//! Warnings about a service provider that works, but not for all clients.

use std::{borrow::Cow, fmt};

use crate::schema::{ResourceType, common, find};

/// Something that many clients need and a service provider lacks.
///
/// [`ScimBuilder::build`](super::ScimBuilder::build) logs each warning once, at the level WARN.
/// [`Scim::warnings`](super::Scim::warnings) lists them, for example for a test of the application.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Warning {
    /// A resource type has no field for an attribute.
    #[non_exhaustive]
    MissingAttribute {
        /// The name of the resource type.
        resource_type: Cow<'static, str>,
        /// The name of the attribute.
        attribute: &'static str,
        /// What happens without it.
        consequence: &'static str,
    },
    /// Neither [`base_url`](super::ScimBuilder::base_url) nor [`base_path`](super::ScimBuilder::base_path) is set, so
    /// locations such as `/Users/26` are wrong if the service is mounted below a path.
    MissingBaseUrl,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingAttribute { resource_type, attribute, consequence } => {
                write!(f, "`{resource_type}` has no `{attribute}`: {consequence}")
            }
            Self::MissingBaseUrl => f.write_str(
                "neither `base_url` nor `base_path` is set: locations such as `/Users/26` are wrong if the service is \
mounted below a path",
            ),
        }
    }
}

/// The name of an attribute, and what happens without it.
type Need = (&'static str, &'static str);

/// The common attributes, by their path.
const COMMON: [(&[u32], Need); 3] = [
    (
        &[common::EXTERNAL_ID],
        (
            "externalId",
            "clients that match resources by their own identifiers, such as Entra ID, may create them twice",
        ),
    ),
    (
        &[common::META, common::META_LAST_MODIFIED],
        ("meta.lastModified", "clients cannot see which resources have changed"),
    ),
    (
        &[common::META, common::META_VERSION],
        ("meta.version", "resources have no entity tags, and a request with a tag in `If-Match` fails with 412"),
    ),
];

/// Attributes of the standard schemas.
const STANDARD: [(&str, &[Need]); 2] = [
    (
        "urn:ietf:params:scim:schemas:core:2.0:User",
        &[
            ("userName", "clients look for users by it before they create them"),
            ("active", "clients cannot disable a user, and some never delete one"),
        ],
    ),
    (
        "urn:ietf:params:scim:schemas:core:2.0:Group",
        &[
            ("displayName", "clients look for groups by it before they create them"),
            ("members", "clients cannot add users to a group"),
        ],
    ),
];

/// Returns what a resource type lacks. `has_place` returns whether resources have a field at a path.
pub(super) fn missing_attributes(
    resource_type: &ResourceType,
    has_place: impl Fn(&[u32]) -> bool,
) -> impl Iterator<Item = Warning> {
    let core = STANDARD.iter().find(|(urn, _)| urn.eq_ignore_ascii_case(&resource_type.schema.id));
    let core = core.map_or(&[][..], |(_, needs)| *needs);
    let missing = core.iter().filter(|(name, _)| find(resource_type.core_attributes(), name).is_none()).copied();
    let common = COMMON.iter().filter(move |(place, _)| !has_place(place)).map(|(_, need)| *need);
    common.chain(missing).map(|(attribute, consequence)| Warning::MissingAttribute {
        resource_type: resource_type.name.clone(),
        attribute,
        consequence,
    })
}
