//! Reads and writes JSON without an intermediate tree.
//!
//! [`body::read`](crate::body::read) streams a body into a resource, [`write()`] streams a resource through a
//! [`Projection`]. Both walk the resource type and the resource together.

mod depth;
mod json_path;
mod key;
mod message;
mod projection;
mod reader;
mod stored;
mod unknown;
mod value;
mod write;

pub(crate) use depth::check_depth;
pub(crate) use json_path::JsonPath;
pub(crate) use key::{Key, KeySeed, Seen, Texts, Walk};
pub(crate) use message::{body_text, entries, member, message, texts};
pub use projection::Projection;
pub(crate) use reader::{Ignored, Reader, Use};
pub(crate) use unknown::{note_unknown, nothing_known};
pub(crate) use value::{Form, duplicate, read_known, read_value, skip_value};
pub use write::write;
pub(crate) use write::{write_scalar, write_text};

#[cfg(test)]
mod tests;
