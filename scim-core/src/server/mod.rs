//! The protocol engine (RFC 7644): turns requests into responses, in the types of the `http` crate.
//!
//! [`Scim::handle`] takes a request whose body has been read, and returns the response. It depends on no runtime and no
//! HTTP server; `scim-tower` wraps it in a tower service.

mod authentication_scheme;
mod builder;
mod bulk;
mod clock;
mod discovery;
mod endpoint;
mod host;
mod mount;
mod params;
mod preconditions;
mod rejection;
mod response;
mod route;
mod service;
mod service_provider;
mod settings;
#[cfg(test)]
#[cfg(feature = "derive")]
mod tests;
mod warning;

pub use authentication_scheme::AuthenticationScheme;
pub use builder::{BuildError, ScimBuilder};
pub use clock::{Clock, IdGenerator, SystemClock, UuidV7Ids};
pub use response::{CONTENT_TYPE, error_response};
pub use service_provider::Scim;
pub use settings::PatchAnswer;
pub use warning::Warning;
