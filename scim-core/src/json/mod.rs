//! JSON in and out, without a tree in between.
//!
//! [`read`] streams a body into a resource, [`write`] streams a resource through a [`Projection`].
//! Both walk the resource type and the resource together.

mod projection;
mod read;
mod value;
mod write;

pub use projection::Projection;
pub use read::{ReadReport, read};
pub(crate) use value::{Reader, Trail, entries, read_value};
pub(crate) use write::{version_tag, write_text};
pub use write::write;

#[cfg(test)]
mod tests;
