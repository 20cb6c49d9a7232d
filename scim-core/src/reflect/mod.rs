//! Access to the values of an application's structs at run time.
//!
//! Library code does not know the structs of an application. It reads and edits them through the trait [`Reflect`],
//! which the derive macros implement. The trait knows no schema: library code walks a
//! [`ResourceType`](crate::schema::ResourceType) and the values together.
//!
//! - **Reading** returns borrowed views: [`ValueRef`], [`ObjectRef`], [`ListRef`]. A view shows a field of a struct, a
//!   value of a [`Document`], or a *virtual* object, such as an email address that a flat struct keeps in three fields.
//!   Code that reads does not distinguish them.
//! - **Editing** names a place by indices from the root, such as `[emails, 1, value]`, and an [`Edit`].
//!   [`Reflect::edit`] either makes the edit or fails. It creates objects on the way only if the edit succeeds.
//!
//! Applications use the types of this module in their structs ([`DateTime`], [`Binary`], [`Secret`],
//! [`DynamicExtensions`]), instead of a struct ([`Document`]), and to convert values of other crates ([`Convert`]).

mod binary;
pub(crate) mod check;
pub(crate) mod column_hint;
pub(crate) mod compare;
pub(crate) mod convert;
mod date_time;
mod document;
pub(crate) mod dynamic_extensions;
pub(crate) mod edit;
mod ext_types;
pub(crate) mod flat;
mod key;
pub(crate) mod object;
mod secret;
pub(crate) mod spec;
mod std_types;
pub(crate) mod traits;
mod value;
mod view;

pub use binary::{Binary, InvalidBinary};
#[doc(hidden)]
pub use column_hint::ColumnHint;
pub use convert::Convert;
pub use date_time::{DateTime, InvalidDateTime};
pub use document::Document;
pub use dynamic_extensions::DynamicExtensions;
pub use edit::{Edit, EditError};
pub(crate) use key::{opaque, version_tag};
pub use object::edit_object;
pub use secret::Secret;
pub use spec::path;
pub use traits::{AttributeType, Reflect, Resource, ResourceMeta, ScimComplex, ScimExtension, ScimResource};
pub(crate) use traits::{has_place, keeps_versions};
pub use value::{Scalar, Value};
pub use view::{Items, ListRef, ObjectRef, Struct, ValueRef};
