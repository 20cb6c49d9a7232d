//! Values that a store, or a test of one, needs from resources of any type.

use crate::{
    reflect::{Scalar, ValueRef, compare::written_key, opaque, version_tag},
    schema::{Attribute, Path, ResourceType, Uniqueness, common},
};

impl ResourceType {
    /// Returns the attributes and sub-attributes with unique values, in the order of the schema.
    ///
    /// Does not include `id`, because the framework or the store generates ids.
    ///
    /// # Examples
    ///
    /// ```
    /// use scim_core::{ScimResource, model::User};
    ///
    /// let names: Vec<_> = User::TYPE.unique_attributes().into_iter().map(|path| User::TYPE.name_of(path)).collect();
    /// assert_eq!(names, ["userName"]);
    /// ```
    #[must_use]
    pub fn unique_attributes(&self) -> Vec<Path> {
        let mut found = Vec::new();
        find_unique(&self.attributes, Path::ROOT, &mut found);
        found
    }
}

fn find_unique(attributes: &[Attribute], parent: Path, found: &mut Vec<Path>) {
    for (index, attribute) in (0u32..).zip(attributes) {
        let Some(path) = parent.child(index).filter(|path| *path != Path::ID) else { continue };
        if attribute.uniqueness != Uniqueness::None {
            found.push(path);
        }
        find_unique(&attribute.sub_attributes, path, found);
    }
}

impl<'v> ValueRef<'v> {
    /// Returns the simple values at a path, in every element on the path.
    ///
    /// # Examples
    ///
    /// ```
    /// use scim_core::{reflect::{Reflect, Scalar}, model::{Email, User}, path};
    ///
    /// let email = |value: &str| Email { value: Some(value.to_owned()), ..Email::default() };
    /// let user = User { emails: vec![email("a@example.com"), email("b@example.com")], ..User::default() };
    /// let values = user.view().scalars(path::<User>("emails.value"));
    /// assert_eq!(values, [Scalar::Str("a@example.com".into()), Scalar::Str("b@example.com".into())]);
    /// ```
    #[must_use]
    pub fn scalars(self, path: Path) -> Vec<Scalar<'v>> {
        let mut scalars = Vec::new();
        each_scalar(self, path.steps(), &mut |scalar| scalars.push(scalar));
        scalars
    }

    /// Returns the `id` of a resource, or `None` if the resource has no id, or one that is neither a text nor an
    /// integer.
    #[must_use]
    pub fn id(self) -> Option<String> {
        match self.at(Path::ID.steps()).scalar() {
            Scalar::Str(id) => Some(id.into_owned()),
            Scalar::Int(id) => Some(id.to_string()),
            _ => None,
        }
    }

    /// Returns the version of a resource without quotes and the weak prefix, or `None` if `meta.version` has no value
    /// or no field.
    #[must_use]
    pub fn version(self) -> Option<String> {
        let version = version_tag(self.at(&[common::META, common::META_VERSION]).scalar());
        version.map(|tag| opaque(&tag).to_owned())
    }
}

impl Attribute {
    /// Returns a key that is equal for identical values of the attribute. Values that differ in letter case are not
    /// identical, but the order of elements does not matter.
    #[must_use]
    pub fn written_key(&self, value: &ValueRef<'_>) -> Vec<u8> {
        written_key(self, value)
    }
}

/// Visits the values at a path, in every element on the path.
pub(super) fn each_scalar<'v>(value: ValueRef<'v>, steps: &[u32], visit: &mut dyn FnMut(Scalar<'v>)) {
    match (value, steps.split_first()) {
        (ValueRef::List(list), _) => list.iter().for_each(|(_, element)| each_scalar(element, steps, visit)),
        (ValueRef::Complex(object), Some((step, rest))) => each_scalar(object.get(*step), rest, visit),
        (ValueRef::Scalar(scalar), None) => visit(scalar),
        _ => {}
    }
}
