//! What the service provider knows about a resource, RFC 7643 §3.1.

use crate::{
    access::{Access, DateTime, Edit, Object, Refused, ResourceMeta, Struct, Value, structure},
    schema::common,
};

/// `meta`: when a resource was made and changed, and which version it is.
///
/// `meta.resourceType` and `meta.location` follow from the endpoint and the request, so nobody stores them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Meta {
    /// When the resource was made.
    pub created: Option<DateTime>,
    /// When it was last changed.
    pub last_modified: Option<DateTime>,
    /// The version; what is no entity tag is sent as a weak one, `W/"3"`.
    pub version: Option<String>,
}

impl Struct for Meta {
    fn len(&self) -> u32 {
        common::META_VERSION + 1
    }

    fn get(&self, index: u32) -> Value<'_> {
        match index {
            common::META_CREATED => self.created.value(),
            common::META_LAST_MODIFIED => self.last_modified.value(),
            common::META_VERSION => self.version.value(),
            _ => Value::ABSENT,
        }
    }
}

impl ResourceMeta for Meta {}

impl Access for Meta {
    fn value(&self) -> Value<'_> {
        Value::Complex(Object::Struct(self))
    }

    fn edit(&mut self, at: &[u32], edit: Edit<'_, '_>) -> Result<u32, Refused> {
        match at.split_first() {
            None => {
                let mut stored = Self::default();
                structure(&mut stored, 0, edit)?;
                *self = stored;
                Ok(0)
            }
            Some((&common::META_CREATED, at)) => self.created.edit(at, edit),
            Some((&common::META_LAST_MODIFIED, at)) => self.last_modified.edit(at, edit),
            Some((&common::META_VERSION, at)) => self.version.edit(at, edit),
            Some(_) => Err(Refused::NoPlace),
        }
    }

    fn create(at: &[u32], edit: Edit<'_, '_>) -> Result<Self, Refused> {
        let mut new = Self::default();
        new.edit(at, edit)?;
        Ok(new)
    }
}
