//! The meaning of an operation's path, or of a key in a body.

use crate::{
    compat::Quirk,
    error::Error,
    filter::{Condition, Expression, parse_path, resolve_elements},
    json::Reader,
    lookup::{find_name, resolve_name, resolve_sub},
    schema::{Attribute, DataType, Mutability, Path, ResourceType, find},
};

/// The meaning of a path or a key.
pub(crate) enum Meaning<'t> {
    /// An attribute, or a selection of the elements of a list.
    Attribute(Named<'t>),
    /// An attribute of a standard schema that the application does not map.
    Unmapped,
    /// The URN of the core schema as a key: its value contains the attributes.
    Core,
    /// A key that is in no schema.
    Unknown,
}

/// An attribute, or a selection of the elements of a list.
pub(crate) struct Named<'t> {
    /// The attribute: a single-valued one, or a whole list.
    pub(crate) path: Path,
    pub(crate) attribute: &'t Attribute,
    pub(crate) elements: Option<Selection<'t>>,
}

/// Some elements of a list and one of their sub-attributes.
pub(crate) struct Selection<'t> {
    /// Selects the elements; `None` selects all.
    pub(crate) condition: Option<Condition>,
    pub(crate) sub: Option<(u32, &'t Attribute)>,
}

impl<'t> Meaning<'t> {
    /// Returns the meaning of a key, in a body and in the value of a PATCH operation: an attribute, an extension, or a
    /// path.
    ///
    /// A key that is a path to an attribute is rejected if the profile does not accept such keys. It is not skipped as
    /// unknown, because its meaning is known.
    pub(crate) fn of_key(resource_type: &'t ResourceType, key: &str, reader: &Reader<'_>) -> Result<Self, Error> {
        if let Some((index, attribute)) = find(&resource_type.attributes, key) {
            return Ok(Self::Attribute(Named { path: Path::of(index), attribute, elements: None }));
        }
        let accepts_paths = || {
            if reader.tolerance.tolerate(Quirk::KeyIsPath) {
                return Ok(());
            }
            Err(reader.unknown_error(&crate::json::JsonPath::root(key)))
        };
        if key.eq_ignore_ascii_case(&resource_type.schema.id) {
            return accepts_paths().map(|()| Self::Core);
        }
        if let Some((name, _)) = key.split_once('[') {
            if find_name(resource_type, name, reader.tolerance).is_none() {
                return Ok(if reader.is_unmapped(name) { Self::Unmapped } else { Self::Unknown });
            }
            // An invalid filter is a mistake, not an attribute that another server knows.
            let meaning = Self::of_path(resource_type, key, reader)?;
            return accepts_paths().map(|()| meaning);
        }
        match find_name(resource_type, key, reader.tolerance) {
            // An attribute name without a dot or a URN is not a path: it belongs to an extension.
            Some((path, attribute)) => {
                if key.contains(['.', ':']) {
                    accepts_paths()?;
                }
                Ok(Self::Attribute(Named::plain(resource_type, path, attribute)))
            }
            None if reader.is_unmapped(key) => Ok(Self::Unmapped),
            None => Ok(Self::Unknown),
        }
    }

    /// Returns the meaning of the path of a PATCH operation.
    ///
    /// # Errors
    ///
    /// 400 `invalidPath` or `invalidFilter`.
    pub(crate) fn of_path(resource_type: &'t ResourceType, text: &str, reader: &Reader<'_>) -> Result<Self, Error> {
        let tolerance = reader.tolerance;
        let (parsed, tolerated) = parse_path(text, &tolerance.limits().filter).map_err(|error| {
            let detail = error.to_string();
            if error.in_filter() { Error::invalid_filter(detail) } else { Error::invalid_path(detail) }
        })?;
        tolerated.check(tolerance)?;
        let is_unmapped = |name: &str| reader.is_unmapped(name) && tolerance.tolerate(Quirk::UnknownAttribute);
        let name = parsed.attribute.text;
        let (path, attribute) = match resolve_name(resource_type, name, tolerance) {
            Ok(found) => found,
            Err(_) if is_unmapped(name) => return Ok(Self::Unmapped),
            Err(unknown) => return Err(Error::invalid_path(unknown.to_string())),
        };
        let Some(filter) = &parsed.filter else {
            return Ok(Self::Attribute(Named::plain(resource_type, path, attribute)));
        };
        if !attribute.multi_valued && attribute.data_type != DataType::Complex {
            return Err(Error::invalid_path(format!(
                "`{}` has a single value, so a filter selects nothing",
                attribute.name
            )));
        }
        let sub = match &parsed.sub_attribute {
            None => None,
            Some(sub) => match resolve_sub(attribute, sub.text) {
                Ok(found) => Some(found),
                Err(_) if is_unmapped(&format!("{name}.{}", sub.text)) => return Ok(Self::Unmapped),
                Err(unknown) => return Err(Error::invalid_path(unknown.to_string())),
            },
        };
        let is_unmapped_sub = |sub: &str| resolve_sub(attribute, sub).is_err() && is_unmapped(&format!("{name}.{sub}"));
        if names_any(filter, &is_unmapped_sub) {
            return Ok(Self::Unmapped);
        }
        let condition = resolve_elements(resource_type, attribute, filter, tolerance)?;
        let elements = Some(Selection { condition: Some(condition), sub });
        Ok(Self::Attribute(Named { path, attribute, elements }))
    }
}

/// Returns whether one of the sub-attributes that a filter names passes a test.
fn names_any(filter: &Expression<'_>, test: &dyn Fn(&str) -> bool) -> bool {
    match filter {
        Expression::And(parts) | Expression::Or(parts) => parts.iter().any(|part| names_any(part, test)),
        Expression::Not(inner) => names_any(inner, test),
        Expression::Present(name) | Expression::ValuePath(name, _) => test(name.text),
        Expression::Compare(comparison) => test(comparison.attribute.text),
    }
}

impl<'t> Named<'t> {
    /// Creates the meaning of a path without a filter; `emails.value` names the sub-attribute of every element.
    fn plain(resource_type: &'t ResourceType, path: Path, attribute: &'t Attribute) -> Self {
        if let Some((sub, parent)) = path.steps().split_last() {
            let parent = parent.iter().try_fold(Path::ROOT, |path, step| path.child(*step)).unwrap_or(Path::ROOT);
            if let Some(list) = resource_type.attribute(parent).filter(|parent| parent.multi_valued) {
                let elements = Selection { condition: None, sub: Some((*sub, attribute)) };
                return Self { path: parent, attribute: list, elements: Some(elements) };
            }
        }
        Self { path, attribute, elements: None }
    }

    /// Returns the path of the attribute that changes, including the sub-attribute after a filter.
    pub(crate) fn whole_path(&self) -> Path {
        let sub = self.elements.as_ref().and_then(|elements| elements.sub);
        sub.and_then(|(index, _)| self.path.child(index)).unwrap_or(self.path)
    }

    /// Returns whether only the server writes the named attribute.
    pub(crate) fn is_read_only(&self, resource_type: &ResourceType) -> bool {
        resource_type.mutability(self.whole_path()) == Mutability::ReadOnly
    }
}
