//! Compares what a store returns with what it was given.

use super::setup::Setup;
use scim_core::{
    json::Projection,
    reflect::{Edit, EditError, Resource, Scalar, Value, ValueRef},
    schema::{Attribute, Mutability, Path, at, common},
};

/// The most characters of a value that a report shows.
const SHOWN: usize = 160;

impl<R: Resource> Setup<R> {
    /// Returns the attributes in which two states of a resource differ, and how. Attributes that clients cannot read, or
    /// that only the application writes, do not count.
    pub(super) fn differences(&self, left: &R, right: &R) -> Vec<String> {
        self.compare(left, right, |_, _| true)
    }

    /// As [`differences`](Self::differences), where the right one was loaded for a projection: what that leaves out may
    /// be missing.
    pub(super) fn lacks(&self, left: &R, right: &R, wanted: &Projection) -> Vec<String> {
        self.compare(left, right, |path, value| wanted.includes(path) || !value.is_absent())
    }

    fn compare(&self, left: &R, right: &R, counts: impl Fn(Path, &Value<'_>) -> bool) -> Vec<String> {
        let mut differences = Vec::new();
        for (path, attribute) in self.attributes() {
            if path == Path::META || path == Path::SCHEMAS || (path != Path::ID && self.is_passed_over(path, attribute))
            {
                continue;
            }
            let node = |resource: &R| self.visible(path, attribute, &resource.view().at(path.steps()));
            self.compare_nodes(path, attribute, &node(left), &node(right), &counts, &mut differences);
        }
        differences
    }

    fn compare_nodes(
        &self,
        path: Path,
        attribute: &Attribute,
        left: &Value<'_>,
        right: &Value<'_>,
        counts: &impl Fn(Path, &Value<'_>) -> bool,
        differences: &mut Vec<String>,
    ) {
        if !attribute.multi_valued && !attribute.sub_attributes.is_empty() {
            for (index, sub) in (0u32..).zip(attribute.sub_attributes.iter()) {
                let part = |node: &Value<'static>| node.part(index).cloned().unwrap_or_default();
                let (left, right) = (part(&left.clone().into_owned()), part(&right.clone().into_owned()));
                let Some(path) = path.child(index) else { continue };
                self.compare_nodes(path, sub, &left, &right, counts, differences);
            }
            return;
        }
        if counts(path, right) && keys(attribute, left) != keys(attribute, right) {
            let name = self.resource_type.name_of(path);
            differences.push(format!("`{name}` is {}, not {}", show(attribute, right), show(attribute, left)));
        }
    }

    /// Returns whether an attribute is excluded from comparisons.
    fn is_passed_over(&self, path: Path, attribute: &Attribute) -> bool {
        attribute.mutability == Mutability::ReadOnly
            || !attribute.is_readable()
            || self.ignored.iter().any(|ignored| path.starts_with(*ignored))
    }

    /// Returns a value without the parts that do not count.
    fn visible(&self, path: Path, attribute: &Attribute, value: &ValueRef<'_>) -> Value<'static> {
        let mut node = value.to_value();
        self.hide(path, attribute, &mut node);
        node
    }

    fn hide(&self, path: Path, attribute: &Attribute, node: &mut Value<'static>) {
        match node {
            Value::List(items) => items.iter_mut().for_each(|item| self.hide(path, attribute, item)),
            Value::Complex(parts) => parts.retain_mut(|(index, part)| {
                let sub = at(&attribute.sub_attributes, *index).zip(path.child(*index));
                sub.is_some_and(|(sub, path)| {
                    self.hide(path, sub, part);
                    !self.is_passed_over(path, sub)
                })
            }),
            Value::Scalar(_) => {}
        }
    }
}

/// Returns keys that are equal for equal values; the order of elements does not count (RFC 7643 §2.4).
fn keys(attribute: &Attribute, node: &Value<'_>) -> Vec<Vec<u8>> {
    let mut keys: Vec<Vec<u8>> = match node.view() {
        ValueRef::List(list) => list.iter().map(|(_, item)| attribute.written_key(&item)).collect(),
        value if value.is_absent() => Vec::new(),
        value => vec![attribute.written_key(&value)],
    };
    keys.sort_unstable();
    keys
}

fn show(attribute: &Attribute, node: &Value<'_>) -> String {
    let text = match node {
        Value::Scalar(Scalar::Absent) => "absent".to_owned(),
        Value::Scalar(Scalar::Str(text)) => format!("{text:?}"),
        Value::Scalar(Scalar::Bool(value)) => value.to_string(),
        Value::Scalar(Scalar::Int(value)) => value.to_string(),
        Value::Scalar(Scalar::Dec(value)) => value.to_string(),
        Value::Scalar(Scalar::DateTime(value)) => value.to_string(),
        Value::List(items) => {
            let items: Vec<String> = items.iter().map(|item| show(attribute, item)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Complex(parts) => {
            let part = |(index, node): &(u32, Value<'_>)| {
                let sub = at(&attribute.sub_attributes, *index)?;
                Some(format!("{}: {}", sub.name, show(sub, node)))
            };
            let parts: Vec<String> = parts.iter().filter_map(part).collect();
            format!("{{{}}}", parts.join(", "))
        }
    };
    match text.char_indices().nth(SHOWN).and_then(|(end, _)| text.get(..end)) {
        Some(start) => format!("{start}.."),
        None => text,
    }
}

/// Returns the id of a stored resource.
pub(super) fn id<R: Resource>(resource: &R) -> String {
    resource.view().id().unwrap_or_default()
}

/// Returns the same resource with another id, as the framework passes it to `create` when a request is repeated.
pub(super) fn with_new_id<R: Resource>(resource: &R) -> R {
    let mut copy = resource.clone();
    let new = Scalar::Str(uuid::Uuid::now_v7().to_string().into());
    // The store may make ids itself.
    let _ = copy.edit(Path::ID.steps(), Edit::Set(new));
    copy
}

/// Returns the version of a stored resource, if it has a field for it.
pub(super) fn version<R: Resource>(resource: &R) -> Option<String> {
    resource.view().version()
}

/// Returns whether resources have a field for `meta.version`.
pub(super) fn keeps_versions<R: Resource>() -> bool {
    let version = Edit::Set(Scalar::Str("1".into()));
    !matches!(R::default().edit(&[common::META, common::META_VERSION], version), Err(EditError::Unmapped))
}

/// Returns a version as a report shows it.
pub(super) fn shown(version: Option<&str>) -> String {
    version.map_or_else(|| "none".to_owned(), |version| format!("`{version}`"))
}

/// Returns the parts of `meta` that a store keeps, as one text.
pub(super) fn meta<R: Resource>(resource: &R) -> String {
    let date = |index| match resource.view().at(&[common::META, index]).scalar() {
        Scalar::DateTime(date) => date.to_string(),
        _ => "none".to_owned(),
    };
    let version = version(resource).unwrap_or_else(|| "none".to_owned());
    let (created, modified) = (date(common::META_CREATED), date(common::META_LAST_MODIFIED));
    format!("version {version}, created {created}, lastModified {modified}")
}
