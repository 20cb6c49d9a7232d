#![doc = include_str!("../docs/crate.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod access;
pub mod body;
mod coerce;
pub mod compat;
mod context;
mod error;
pub mod explain;
pub mod filter;
pub mod json;
mod limits;
mod meter;
pub mod model;
pub mod patch;
mod path;
mod reference;
mod report;
pub mod schema;
pub mod server;
pub mod sql;
pub mod store;
pub mod text;
mod turn;
mod validate;

pub use access::{ScimComplex, ScimExtension, ScimResource, path};
pub use async_trait::async_trait;
pub use context::{Context, Identity};
pub use error::{Error, ScimType};
pub use limits::{FilterLimits, Limits};
pub use path::{UnknownName, resolve_name};
pub use report::WriteReport;
#[cfg(feature = "derive")]
#[doc(hidden)]
pub use scim_derive::path as __path;
#[cfg(feature = "derive")]
pub use scim_derive::{ScimComplex, ScimExtension, ScimResource, ScimValue};
pub use server::Scim;
pub use validate::{Change, validate};

#[cfg(any(doc, doctest))]
#[cfg(feature = "derive")]
pub mod guide {
    //! Guides, page by page.

    #[doc = include_str!("../docs/mapping.md")]
    pub mod mapping {}

    #[doc = include_str!("../docs/scaling.md")]
    pub mod scaling {}
}
