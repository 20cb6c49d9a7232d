//! The stored form of a resource of any type: JSON, and the keys of its unique values.

use std::borrow::Cow;

use scim_core::{
    collation,
    reflect::{DateTime, Document, Edit, Reflect, Scalar, ValueRef},
    schema::{Attribute, Path, ResourceType, Uniqueness, common},
    store::StoreError,
};

/// A resource type, and what determines how its resources are stored.
#[derive(Clone, Debug)]
pub(crate) struct Form {
    pub(crate) resource_type: ResourceType,
    /// The attributes whose values are unique.
    pub(crate) unique: Vec<Path>,
}

impl Form {
    pub(crate) fn new(resource_type: ResourceType) -> Self {
        let mut unique = Vec::new();
        find_unique(&resource_type.attributes, Path::ROOT, &mut unique);
        Self { resource_type, unique }
    }

    /// Returns a resource as JSON.
    pub(crate) fn write(&self, resource: &Document) -> Result<String, StoreError> {
        resource.to_json(&self.resource_type).map_err(StoreError::fatal)
    }

    /// Returns the resource of a row. The columns take precedence over the JSON.
    pub(crate) fn read(&self, json: &str, id: &str, version: i64, times: [i64; 2]) -> Result<Document, StoreError> {
        // Attributes that the type no longer has are left out, and are lost when the resource is next written.
        let (mut resource, _unknown) = Document::from_json(&self.resource_type, json).map_err(StoreError::fatal)?;
        let [created, updated] = times.map(|time| Scalar::DateTime(DateTime::from_unix_millis(time)));
        set(&mut resource, &[common::ID], Scalar::Str(Cow::Owned(id.to_owned())))?;
        set(&mut resource, &[common::META, common::META_CREATED], created)?;
        set(&mut resource, &[common::META, common::META_LAST_MODIFIED], updated)?;
        set_version(&mut resource, version)?;
        Ok(resource)
    }

    /// Returns the unique values of a resource: the attribute, and the key by which its values are compared.
    pub(crate) fn keys(&self, resource: &Document) -> Vec<(Path, String)> {
        let mut keys = Vec::new();
        for path in &self.unique {
            let exact = self.resource_type.attribute(*path).is_some_and(|attribute| attribute.case_exact);
            each(resource.view(), path.steps(), &mut |value| match value {
                Scalar::Str(value) => keys.push((*path, collation::comparison_key(&value, exact).into_owned())),
                Scalar::Int(number) => keys.push((*path, number.to_string())),
                _ => {}
            });
        }
        // All transactions take the same keys in the same order, so that they cannot deadlock.
        keys.sort_by(|(one, a), (other, b)| (one.steps(), a).cmp(&(other.steps(), b)));
        keys.dedup();
        keys
    }

    pub(crate) fn name_of(&self, path: Path) -> String {
        self.resource_type.name_of(path)
    }
}

/// Finds the unique attributes at and below `parent`, except `id`, which is the key of the row.
fn find_unique(attributes: &[Attribute], parent: Path, found: &mut Vec<Path>) {
    for (index, attribute) in (0u32..).zip(attributes) {
        let Some(path) = parent.child(index).filter(|path| *path != Path::ID) else { continue };
        if attribute.uniqueness != Uniqueness::None {
            found.push(path);
        }
        find_unique(&attribute.sub_attributes, path, found);
    }
}

/// Visits the values at a path, in every element of the lists along the way.
fn each(value: ValueRef<'_>, steps: &[u32], visit: &mut dyn FnMut(Scalar<'_>)) {
    match (value, steps.split_first()) {
        (ValueRef::List(list), _) => list.iter().for_each(|(_, element)| each(element, steps, visit)),
        (ValueRef::Complex(object), Some((step, rest))) => each(object.get(*step), rest, visit),
        (ValueRef::Scalar(scalar), None) => visit(scalar),
        _ => {}
    }
}

pub(crate) fn set_version(resource: &mut Document, version: i64) -> Result<(), StoreError> {
    set(resource, &[common::META, common::META_VERSION], Scalar::Int(version))
}

fn set(resource: &mut Document, at: &[u32], value: Scalar<'static>) -> Result<(), StoreError> {
    resource.edit(at, Edit::Set(value)).map(drop).map_err(|_| StoreError::fatal("the document has no such place"))
}

/// Returns a simple value of a resource.
pub(crate) fn get<'r>(resource: &'r Document, at: &[u32]) -> Scalar<'r> {
    resource.view().at(at).scalar()
}
