//! The standard resources of RFC 7643 §4, derived in the same way as those of an application.
//!
//! An application with its own structs derives [`ScimResource`](macro@crate::ScimResource) on those instead.

use crate::schema::ResourceType;

/// Returns the standard type that has the same core schema as a resource type, identified by its URN.
pub(crate) fn standard_of(resource_type: &ResourceType) -> Option<&'static ResourceType> {
    #[cfg(feature = "derive")]
    {
        use crate::ScimResource as _;
        let standard = [User::TYPE, Group::TYPE];
        standard.into_iter().find(|standard| standard.schema.id.eq_ignore_ascii_case(&resource_type.schema.id))
    }
    #[cfg(not(feature = "derive"))]
    {
        let _ = resource_type;
        None
    }
}

pub(crate) mod config;
#[cfg(feature = "derive")]
pub(crate) mod describe;
#[cfg(feature = "derive")]
mod group;
mod meta;
#[cfg(feature = "derive")]
mod user;

#[cfg(feature = "derive")]
pub use group::{Group, Member};
pub use meta::Meta;
#[cfg(feature = "derive")]
pub use user::{
    Address, Certificate, Email, EnterpriseUser, Entitlement, GroupRef, InstantMessaging, Manager, Name, PhoneNumber,
    Photo, Role, User,
};
