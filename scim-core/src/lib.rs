//! SCIM core.
pub mod access;
pub mod schema;
pub mod text;
