//! What derived code uses. None of this is part of the public API, and it changes without notice.

pub use crate::{
    reflect::{
        AttributeType, ColumnHint, Convert, Edit, EditError, ObjectRef, Reflect, ResourceMeta, Scalar, ScimComplex,
        ScimExtension, ScimResource, Struct, Value, ValueRef,
        check::{check_objects, checked_option, edit_checked},
        column_hint::Row,
        convert::{convert, convert_option, converted, converted_option, fixed},
        dynamic_extensions::DynamicField,
        edit::part,
        flat::{
            Binding, ElementBinding, Fields, ListBinding, Tracker, edit as flat_edit, edit_tracked as flat_edit_tracked,
        },
        object::{create, whole},
        spec::index_of,
        traits::{InvalidObjects, checked},
    },
    schema::{
        Attribute, AttributeSpec, DataType, Mutability, ResourceType, Returned, SchemaHead, Uniqueness, common,
        spec::{Fit, build, stricter},
    },
};
#[cfg(feature = "derive")]
pub use scim_derive::path;
