//! The standard resources, RFC 7643 §4: derived, as an application's own are.
//!
//! An application that has structs of its own derives [`ScimResource`](macro@crate::ScimResource) on those instead.

pub(crate) mod config;
mod group;
mod meta;
mod user;

pub use group::{Group, Member};
pub use meta::Meta;
pub use user::{
    Address, Certificate, Email, EnterpriseUser, Entitlement, GroupRef, InstantMessaging, Manager, Name, PhoneNumber, Photo, Role, User,
};
