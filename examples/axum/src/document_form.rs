//! How a resource of any type is stored: JSON, and the keys of what is unique in it.

use std::borrow::Cow;

use scim_core::{
    access::{Access, DateTime, Document, Edit, Scalar, Value},
    compat::Tolerance,
    json::{self, Projection},
    schema::{Attribute, Mutability, Path, ResourceType, Returned, Uniqueness, common},
    store::StoreError,
    text,
};

/// A resource type, and what of it decides how resources are stored.
#[derive(Clone, Debug)]
pub(crate) struct Form {
    /// The type as the database knows it: nothing is hidden, nothing is protected. So also what no client may read is
    /// written, and read again.
    stored: ResourceType,
    /// All but what has columns.
    projection: Projection,
    /// The attributes whose values are unique.
    pub(crate) unique: Vec<Path>,
}

impl Form {
    pub(crate) fn new(resource_type: &ResourceType) -> Self {
        let mut stored = resource_type.clone();
        stored.attributes = open(&stored.attributes);
        let projection = Projection::without(&stored, ["id", "meta"], &Tolerance::default());
        let mut unique = Vec::new();
        find_unique(&stored.attributes, Path::ROOT, &mut unique);
        Self { stored, projection, unique }
    }

    /// A resource as JSON, without what has columns.
    pub(crate) fn write(&self, resource: &Document) -> Result<String, StoreError> {
        let mut json = Vec::new();
        json::write(&mut json, &self.stored, resource, &self.projection, "");
        String::from_utf8(json).map_err(StoreError::fatal)
    }

    /// The resource of a row.
    pub(crate) fn read(&self, json: &str, id: &str, version: i64, times: [i64; 2]) -> Result<Document, StoreError> {
        let mut resource = Document::new();
        json::read(&self.stored, &mut resource, json.as_bytes(), &Tolerance::default()).map_err(StoreError::fatal)?;
        let [created, updated] = times.map(|time| Scalar::DateTime(DateTime::from_unix_millis(time)));
        set(&mut resource, &[common::ID], Scalar::Str(Cow::Owned(id.to_owned())))?;
        set(&mut resource, &[common::META, common::META_CREATED], created)?;
        set(&mut resource, &[common::META, common::META_LAST_MODIFIED], updated)?;
        set_version(&mut resource, version)?;
        Ok(resource)
    }

    /// The unique values of a resource: the attribute, and what its values are compared by.
    pub(crate) fn keys(&self, resource: &Document) -> Vec<(Path, String)> {
        let mut keys = Vec::new();
        for path in &self.unique {
            let exact = self.stored.attribute(*path).is_some_and(|attribute| attribute.case_exact);
            each(resource.value(), path.steps(), &mut |value| match value {
                Scalar::Str(value) => keys.push((*path, text::key(&value, exact).into_owned())),
                Scalar::Int(number) => keys.push((*path, number.to_string())),
                _ => {}
            });
        }
        // All who want the same keys take them in the same order, so that nobody waits for one who waits for him.
        keys.sort_by(|(one, a), (other, b)| (one.steps(), a).cmp(&(other.steps(), b)));
        keys.dedup();
        keys
    }

    pub(crate) fn name_of(&self, path: Path) -> String {
        self.stored.name_of(path)
    }
}

/// Attributes that everybody may write and read.
fn open(attributes: &[Attribute]) -> Cow<'static, [Attribute]> {
    let open = |attribute: &Attribute| Attribute {
        mutability: Mutability::ReadWrite,
        returned: Returned::Default,
        sub_attributes: open(&attribute.sub_attributes),
        ..attribute.clone()
    };
    attributes.iter().map(open).collect()
}

/// The unique attributes at and below a place, but for `id`, which is the key of the row.
fn find_unique(attributes: &[Attribute], parent: Path, found: &mut Vec<Path>) {
    for (index, attribute) in (0u32..).zip(attributes) {
        let Some(path) = parent.child(index).filter(|path| *path != Path::ID) else { continue };
        if attribute.uniqueness != Uniqueness::None {
            found.push(path);
        }
        find_unique(&attribute.sub_attributes, path, found);
    }
}

/// Visits the values at a place, those of every element on the way.
fn each(value: Value<'_>, steps: &[u32], visit: &mut dyn FnMut(Scalar<'_>)) {
    match (value, steps.split_first()) {
        (Value::List(list), _) => list.iter().for_each(|(_, element)| each(element, steps, visit)),
        (Value::Complex(object), Some((step, rest))) => each(object.get(*step), rest, visit),
        (Value::Scalar(scalar), None) => visit(scalar),
        _ => {}
    }
}

pub(crate) fn set_version(resource: &mut Document, version: i64) -> Result<(), StoreError> {
    set(resource, &[common::META, common::META_VERSION], Scalar::Int(version))
}

fn set(resource: &mut Document, at: &[u32], value: Scalar<'static>) -> Result<(), StoreError> {
    resource.edit(at, Edit::Set(value)).map(drop).map_err(|_| StoreError::fatal("the document has no such place"))
}

/// A simple value of a resource.
pub(crate) fn get<'r>(resource: &'r Document, at: &[u32]) -> Scalar<'r> {
    resource.value().at(at).scalar()
}
