//! The metadata of a resource (RFC 7643 §3.1).

use crate::{
    reflect::{DateTime, Edit, EditError, ObjectRef, Reflect, ResourceMeta, Struct, ValueRef, edit_object},
    schema::common,
};

/// `meta`: when a resource was created and changed, and its version.
///
/// `meta.resourceType` and `meta.location` follow from the endpoint and the request, so they are not stored.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Meta {
    /// When the resource was created.
    pub created: Option<DateTime>,
    /// When it was last changed.
    pub last_modified: Option<DateTime>,
    /// The version. A value that is not an entity tag is sent as a weak one, `W/"3"`.
    pub version: Option<String>,
}

impl Struct for Meta {
    fn len(&self) -> u32 {
        common::META_VERSION + 1
    }

    fn get(&self, index: u32) -> ValueRef<'_> {
        match index {
            common::META_CREATED => self.created.view(),
            common::META_LAST_MODIFIED => self.last_modified.view(),
            common::META_VERSION => self.version.view(),
            _ => ValueRef::ABSENT,
        }
    }
}

impl ResourceMeta for Meta {}

impl Reflect for Meta {
    fn view(&self) -> ValueRef<'_> {
        ValueRef::Complex(ObjectRef::Struct(self))
    }

    fn edit(&mut self, at: &[u32], edit: Edit<'_, '_>) -> Result<u32, EditError> {
        match at.split_first() {
            None => {
                let mut stored = Self::default();
                edit_object(&mut stored, 0, edit)?;
                *self = stored;
                Ok(0)
            }
            Some((&common::META_CREATED, at)) => self.created.edit(at, edit),
            Some((&common::META_LAST_MODIFIED, at)) => self.last_modified.edit(at, edit),
            Some((&common::META_VERSION, at)) => self.version.edit(at, edit),
            Some(_) => Err(EditError::Unmapped),
        }
    }

    fn create(at: &[u32], edit: Edit<'_, '_>) -> Result<Self, EditError> {
        let mut new = Self::default();
        new.edit(at, edit)?;
        Ok(new)
    }
}
