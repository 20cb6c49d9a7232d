//! From what clients send to canonical operations: an attribute's place, the elements that are meant, a typed value.

use crate::{
    access::Node,
    compat::{Quirk, Restriction},
    error::{Error, excerpt},
    filter::{Condition, Operator, parse_path, resolve_elements},
    json::{Reader, Trail, entries, read_value},
    path::{find_name, resolve_name, resolve_sub},
    schema::{Attribute, DataType, Path, ResourceType, find},
};

use super::request::RawOperation;

/// What an operation does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Add,
    Replace,
    Remove,
}

/// A canonical operation.
#[derive(Debug)]
pub(crate) struct Operation<'t, 'v> {
    pub(crate) kind: Kind,
    /// The attribute: a single one, or a whole list.
    pub(crate) path: Path,
    pub(crate) attribute: &'t Attribute,
    /// Which elements of the list are meant, and a sub-attribute of them.
    pub(crate) elements: Option<Elements<'t>>,
    /// The value, of the type of the sub-attribute, of one element, or of the attribute; absent unassigns.
    pub(crate) value: Node<'v>,
    /// Whether the attribute was named by a key of a value and not by a path.
    pub(crate) from_value: bool,
}

/// Some elements of a list.
#[derive(Debug)]
pub(crate) struct Elements<'t> {
    /// Which; `None` means every one.
    pub(crate) condition: Option<Condition>,
    pub(crate) sub_attribute: Option<(u32, &'t Attribute)>,
}

impl Operation<'_, '_> {
    /// Whether this operation and the one that follows are one: both add to the same list, or both remove listed
    /// elements from it.
    pub(super) fn absorbs(&self, next: &Self) -> bool {
        self.kind == next.kind
            && self.kind != Kind::Replace
            && self.path == next.path
            && self.from_value == next.from_value
            && self.elements.is_none()
            && next.elements.is_none()
            && matches!((&self.value, &next.value), (Node::List(_), Node::List(_)))
    }

    /// Takes in an operation that it [`absorbs`](Self::absorbs).
    pub(super) fn absorb(&mut self, next: Self) {
        if let (Node::List(items), Node::List(more)) = (&mut self.value, next.value) {
            items.extend(more);
        }
    }
}

/// Turns one operation as it was sent into canonical ones: one, or one for each key of a value without a path.
pub(super) fn normalize<'t, 'v>(
    resource_type: &'t ResourceType,
    operation: &RawOperation<'v>,
    reader: &Reader<'_>,
) -> Result<Vec<Operation<'t, 'v>>, Error> {
    let kind = kind(&operation.op, reader)?;
    let path = operation.path.as_deref().map(str::trim).filter(|path| !path.is_empty());
    // The URN of the core schema alone means the resource, as no path does.
    let path = path.filter(|path| !path.eq_ignore_ascii_case(&resource_type.schema.id));
    let missing = || Error::invalid_value("the operation has no `value`");
    let Some(path) = path else {
        if kind == Kind::Remove {
            return Err(Error::no_target("a remove operation needs a `path`"));
        }
        if reader.tolerance.restricts(Restriction::PathRequired) {
            return Err(Error::invalid_syntax("the operation needs a `path`"));
        }
        let mut operations = Vec::new();
        expand(resource_type, kind, operation.value.ok_or_else(missing)?, reader, &mut operations)?;
        return Ok(operations);
    };
    let target = Target::resolve(resource_type, path, reader)?;
    let is_whole_element = target.elements.as_ref().is_some_and(|elements| elements.sub_attribute.is_none());
    if is_whole_element && kind != Kind::Remove && reader.tolerance.restricts(Restriction::SubAttributeRequired) {
        return Err(Error::invalid_path(format!("name a sub-attribute behind the filter, `{}.value`", excerpt(path))));
    }
    if kind == Kind::Add && target.elements.is_some() && target.attribute.data_type != DataType::Complex {
        let detail = format!("add values to `{}` without a filter", target.attribute.name);
        return Err(Error::invalid_path(detail));
    }
    let value = match (kind, operation.value) {
        (Kind::Remove, Some(json)) if target.elements.is_none() && target.attribute.multi_valued => {
            let value = target.read(&Trail::root(path), json, reader)?;
            if !value.is_absent() && !reader.tolerance.accepts(Quirk::RemoveByValue) {
                let detail = format!(
                    "a remove operation takes no `value`; select entries by a filter, `{}[value eq \"..\"]`",
                    excerpt(path)
                );
                return Err(Error::invalid_value(detail));
            }
            // `[]` removes nothing, while no value (or `null`) removes all.
            if value.is_absent() && json.get() != "null" { Node::List(Vec::new()) } else { value }
        }
        // For anything else a value adds nothing to what the path says.
        (Kind::Remove, _) => {
            if let Some(value) = target.by_value() {
                let elements = Node::List(vec![value]);
                return Ok(vec![Target { elements: None, ..target }.operation(kind, elements, false)]);
            }
            Node::ABSENT
        }
        (Kind::Add | Kind::Replace, Some(json)) => target.read(&Trail::root(path), json, reader)?,
        (Kind::Add | Kind::Replace, None) => return Err(missing()),
    };
    Ok(vec![target.operation(kind, value, false)])
}

fn kind(op: &str, reader: &Reader<'_>) -> Result<Kind, Error> {
    for (name, kind) in [("add", Kind::Add), ("replace", Kind::Replace), ("remove", Kind::Remove)] {
        if op == name || (op.eq_ignore_ascii_case(name) && reader.tolerance.accepts(Quirk::OperationCase)) {
            return Ok(kind);
        }
    }
    Err(Error::invalid_syntax(format!("`op` is `{}`; expected `add`, `replace` or `remove`", excerpt(op))))
}

/// The keys of a value without a path: attributes, extensions, or paths.
fn expand<'t, 'v>(
    resource_type: &'t ResourceType,
    kind: Kind,
    json: &'v serde_json::value::RawValue,
    reader: &Reader<'_>,
    operations: &mut Vec<Operation<'t, 'v>>,
) -> Result<(), Error> {
    let entries = entries(json)
        .ok_or_else(|| Error::invalid_value("without a `path`, `value` must be an object of attributes"))?;
    for (key, json) in entries {
        // The attributes of the core schema may stand under its URN.
        if key.eq_ignore_ascii_case(&resource_type.schema.id) && reader.tolerance.accepts(Quirk::KeyIsPath) {
            expand(resource_type, kind, json, reader, operations)?;
            continue;
        }
        let Some(target) = Target::of_key(resource_type, &key, reader)? else {
            reader.unknown(&Trail::root(&key))?;
            continue;
        };
        // `schemas` follows from the data.
        if target.path == Path::SCHEMAS {
            continue;
        }
        let again = |other: &Operation<'_, '_>| other.path == target.path && other.elements.is_none();
        if target.elements.is_none() && operations.iter().any(again) {
            return Err(Error::invalid_syntax(format!("`{}` is given twice", excerpt(&key))));
        }
        let value = target.read(&Trail::root(&key), json, reader)?;
        operations.push(target.operation(kind, value, true));
    }
    Ok(())
}

/// What a path means.
struct Target<'t> {
    path: Path,
    attribute: &'t Attribute,
    elements: Option<Elements<'t>>,
}

impl<'t> Target<'t> {
    /// What a key of a value without a path means: an attribute, an extension, or a path; `None` if it is unknown.
    fn of_key(resource_type: &'t ResourceType, key: &str, reader: &Reader<'_>) -> Result<Option<Self>, Error> {
        if let Some((index, attribute)) = find(&resource_type.attributes, key) {
            return Ok(Some(Self { path: Path::of(index), attribute, elements: None }));
        }
        if key.contains(['.', ':', '[']) && !reader.tolerance.accepts(Quirk::KeyIsPath) {
            return Ok(None);
        }
        if key.contains('[') {
            // A filter that is wrong is a mistake, not an attribute that somebody else knows.
            return Self::resolve(resource_type, key, reader).map(Some);
        }
        let found = find_name(resource_type, key, reader.tolerance);
        Ok(found.map(|(path, attribute)| Self::plain(resource_type, path, attribute)))
    }

    fn resolve(resource_type: &'t ResourceType, text: &str, reader: &Reader<'_>) -> Result<Self, Error> {
        let (parsed, tolerated) = parse_path(text, &reader.tolerance.limits().filter).map_err(|error| {
            let detail = error.to_string();
            if error.in_filter() { Error::invalid_filter(detail) } else { Error::invalid_path(detail) }
        })?;
        tolerated.check(reader.tolerance)?;
        let (path, attribute) = resolve_name(resource_type, parsed.attribute.text, reader.tolerance)
            .map_err(|unknown| Error::invalid_path(unknown.to_string()))?;
        let Some(filter) = &parsed.filter else { return Ok(Self::plain(resource_type, path, attribute)) };
        if !attribute.multi_valued && attribute.data_type != DataType::Complex {
            return Err(Error::invalid_path(format!(
                "`{}` has a single value, so a filter selects nothing",
                attribute.name
            )));
        }
        let condition = resolve_elements(resource_type, attribute, filter, reader.tolerance)?;
        let sub_attribute = match &parsed.sub_attribute {
            None => None,
            Some(name) => {
                Some(resolve_sub(attribute, name.text).map_err(|unknown| Error::invalid_path(unknown.to_string()))?)
            }
        };
        Ok(Self { path, attribute, elements: Some(Elements { condition: Some(condition), sub_attribute }) })
    }

    /// A path without a filter; `emails.value` means the sub-attribute of every element.
    fn plain(resource_type: &'t ResourceType, path: Path, attribute: &'t Attribute) -> Self {
        if let Some((sub, parent)) = path.steps().split_last() {
            let parent = parent.iter().try_fold(Path::ROOT, |path, step| path.child(*step)).unwrap_or(Path::ROOT);
            if let Some(list) = resource_type.attribute(parent).filter(|parent| parent.multi_valued) {
                let elements = Elements { condition: None, sub_attribute: Some((*sub, attribute)) };
                return Self { path: parent, attribute: list, elements: Some(elements) };
            }
        }
        Self { path, attribute, elements: None }
    }

    /// For `members[value eq "26"]`, the element that `[{"value": "26"}]` lists: removing either is the same.
    fn by_value<'v>(&self) -> Option<Node<'v>> {
        let Elements { condition: Some(Condition::Compare(compare)), sub_attribute: None } = self.elements.as_ref()?
        else {
            return None;
        };
        let (value, _) = self.attribute.sub_attribute("value").filter(|_| self.attribute.multi_valued)?;
        let is_value = compare.operator == Operator::Eq && compare.path == Path::of(value);
        is_value.then(|| Node::Complex(vec![(value, Node::Scalar(compare.operand.clone()))]))
    }

    fn read<'v>(
        &self,
        trail: &Trail<'_>,
        json: &'v serde_json::value::RawValue,
        reader: &Reader<'_>,
    ) -> Result<Node<'v>, Error> {
        let (attribute, many) = match &self.elements {
            None => (self.attribute, self.attribute.multi_valued),
            Some(Elements { sub_attribute: None, .. }) => (self.attribute, false),
            Some(Elements { sub_attribute: Some((_, sub)), .. }) => (*sub, sub.multi_valued),
        };
        read_value(reader, attribute, many, trail, json)
    }

    fn operation<'v>(self, kind: Kind, value: Node<'v>, from_value: bool) -> Operation<'t, 'v> {
        Operation { kind, path: self.path, attribute: self.attribute, elements: self.elements, value, from_value }
    }
}

/// The parts that an element must have to satisfy a condition, if that is a conjunction of `eq`.
pub(super) fn parts_of(condition: &Condition) -> Option<Vec<(u32, Node<'static>)>> {
    match condition {
        Condition::And(conditions) => {
            let mut parts: Vec<(u32, Node<'static>)> = Vec::new();
            for condition in conditions {
                for (index, node) in parts_of(condition)? {
                    match parts.iter().find(|(at, _)| *at == index) {
                        // One sub-attribute cannot have two values.
                        Some((_, other)) if *other != node => return None,
                        Some(_) => {}
                        None => parts.push((index, node)),
                    }
                }
            }
            Some(parts)
        }
        Condition::Compare(compare) if compare.operator == Operator::Eq => match compare.path.steps() {
            [index] => Some(vec![(*index, Node::Scalar(compare.operand.clone()))]),
            _ => None,
        },
        _ => None,
    }
}
