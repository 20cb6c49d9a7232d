//! The standard resources, RFC 7643 §4: derived, as an application's own are.
//!
//! An application that has structs of its own derives [`ScimResource`](macro@crate::ScimResource) on those instead.

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
