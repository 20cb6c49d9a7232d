#![doc = include_str!("../docs/crate.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[doc(hidden)]
pub mod __private;
pub mod body;
mod coerce;
pub mod collation;
pub mod compat;
mod context;
mod error;
pub mod explain;
pub mod filter;
pub mod json;
mod limits;
mod lookup;
mod meter;
pub mod model;
pub mod patch;
mod reference;
pub mod reflect;
mod report;
pub mod schema;
pub mod server;
pub mod sql;
pub mod store;
mod turn;
mod validate;

pub use async_trait::async_trait;
pub use context::{Context, Identity};
pub use error::{Error, ScimType};
pub use limits::{FilterLimits, Limits};
pub use lookup::{UnknownName, resolve_name};
pub use reflect::{ScimComplex, ScimExtension, ScimResource, path};
pub use report::WriteReport;
#[cfg(feature = "derive")]
pub use scim_derive::{ScimComplex, ScimExtension, ScimResource, ScimValue};
pub use server::Scim;
pub use validate::{Change, validate};

/// Like the function [`path`](fn@crate::path), but always resolved while the application compiles; the compiler
/// underlines the wrong path itself. The resource must be a concrete type: use the function in generic code, and for
/// `Self`.
///
/// ```
/// use scim_core::{model::User, path, schema::Path};
///
/// const USER_NAME: Path = path!(User, "userName");
/// assert_eq!(path!(User, "emails.value").steps().len(), 2);
/// ```
///
/// ```compile_fail
/// scim_core::path!(scim_core::model::User, "usrName");
/// ```
#[cfg(feature = "derive")]
#[macro_export]
macro_rules! path {
    ($resource:ty, $path:tt $(,)?) => {
        $crate::__private::path!($crate, $resource, $path)
    };
}

#[cfg(any(doc, doctest))]
#[cfg(feature = "derive")]
pub mod guide {
    //! Guides, page by page.

    #[doc = include_str!("../docs/mapping.md")]
    pub mod mapping {}

    #[doc = include_str!("../docs/scaling.md")]
    pub mod scaling {}
}
