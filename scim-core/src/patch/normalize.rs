//! Turns what clients send into canonical operations. This is the only place that knows what providers send.

use std::collections::HashSet;

use serde_json::value::RawValue;

use super::{
    error,
    operation::{Action, Elements, Kind, Operation, Part},
    request::RawOperation,
    target::{Meaning, Named},
};
use crate::{
    compat::{Quirk, Restriction},
    error::{Error, excerpt},
    json::{self, Form, JsonPath, Reader, Use, entries, read_value},
    reflect::{Scalar, Value},
    schema::{Attribute, DataType, Mutability, Path, ResourceType, at},
};

/// The result of normalizing one operation of a request.
pub(super) enum Normalized<'t, 'v> {
    /// An operation with a path.
    One(Operation<'t, 'v>),
    /// One operation for each key of a value without a path.
    Each(Vec<Operation<'t, 'v>>),
    /// The operation is skipped. Holds the error that is returned if there are no other operations.
    LeftOut(Option<Error>),
}

/// Converts one operation of a request to canonical operations.
///
/// # Errors
///
/// 400 if the operation is malformed, names an unknown attribute, or has a `path` or `value` without a meaning: each of
/// its known members is used or rejected.
pub(super) fn normalize<'t, 'v>(
    resource_type: &'t ResourceType,
    operation: &RawOperation<'v>,
    reader: &Reader<'_>,
) -> Result<Normalized<'t, 'v>, Error> {
    let kind = kind(&operation.op, reader)?;
    reader.set_use(match kind {
        Kind::Add => Use::Add,
        Kind::Replace => Use::Replace,
        Kind::Remove => Use::Remove,
    });
    let path = operation.path.as_deref().map(str::trim).filter(|path| !path.is_empty());
    // The URN of the core schema alone names the resource, just like no path.
    let path = path.filter(|path| !path.eq_ignore_ascii_case(&resource_type.schema.id));
    let Some(path) = path else {
        if kind == Kind::Remove {
            return Err(Error::no_target("a remove operation needs a `path`"));
        }
        if reader.tolerance.restricts(Restriction::PathRequired) {
            return Err(Error::invalid_syntax("the operation needs a `path`"));
        }
        let value = operation.value.ok_or_else(no_value)?;
        return expand(resource_type, kind, value, reader);
    };
    let trail = JsonPath::root(path);
    let named = match Meaning::of_path(resource_type, path, reader)? {
        Meaning::Attribute(named) => named,
        // `of_path` rejects unknown names, so only unmapped attributes get here.
        Meaning::Unmapped | Meaning::Core | Meaning::Unknown => {
            reader.ignore(&trail);
            return Ok(Normalized::LeftOut(None));
        }
    };
    if named.path != Path::SCHEMAS && named.is_read_only(resource_type) {
        let error = error::read_only(&resource_type.name_of(named.whole_path()));
        if !reader.tolerance.tolerate(Quirk::ReadOnlyInValue) {
            return Err(error);
        }
        reader.ignore(&trail);
        return Ok(Normalized::LeftOut(Some(error)));
    }
    let is_whole_element = named.elements.as_ref().is_some_and(|elements| elements.sub.is_none());
    if is_whole_element && kind != Kind::Remove && reader.tolerance.restricts(Restriction::SubAttributeRequired) {
        return Err(Error::invalid_path(format!("name a sub-attribute after the filter, `{}.value`", excerpt(path))));
    }
    if kind == Kind::Add && named.elements.is_some() && named.attribute.data_type != DataType::Complex {
        let detail = format!("add values to `{}` without a filter", named.attribute.name);
        return Err(Error::invalid_path(detail));
    }
    let action = match (kind, operation.value) {
        (Kind::Add | Kind::Replace, Some(json)) => assignment(kind, &named, &trail, json, reader)?,
        (Kind::Add | Kind::Replace, None) => return Err(no_value()),
        (Kind::Remove, None) => Action::Clear,
        (Kind::Remove, Some(json)) => removal(&named, path, json, reader)?,
    };
    Ok(Normalized::One(operation_of(kind, named, action, false)))
}

fn no_value() -> Error {
    Error::invalid_value("the operation has no `value`")
}

fn kind(op: &str, reader: &Reader<'_>) -> Result<Kind, Error> {
    for (name, kind) in [("add", Kind::Add), ("replace", Kind::Replace), ("remove", Kind::Remove)] {
        if op == name || (op.eq_ignore_ascii_case(name) && reader.tolerance.tolerate(Quirk::OperationCase)) {
            return Ok(kind);
        }
    }
    if op.is_empty() {
        return Err(Error::invalid_syntax("the operation has no `op`; expected `add`, `replace` or `remove`"));
    }
    Err(Error::invalid_syntax(format!("`op` is `{}`; expected `add`, `replace` or `remove`", excerpt(op))))
}

/// Expands the keys of the value of an operation without a path: attributes, extensions, or paths.
fn expand<'t, 'v>(
    resource_type: &'t ResourceType,
    kind: Kind,
    json: &'v RawValue,
    reader: &Reader<'_>,
) -> Result<Normalized<'t, 'v>, Error> {
    let mut found = Found {
        resource_type,
        kind,
        reader,
        operations: Vec::new(),
        named: Vec::new(),
        selections: HashSet::new(),
        known: 0,
        unknown: Vec::new(),
    };
    let entries = entries(json)
        .ok_or_else(|| Error::invalid_value("without a `path`, `value` must be an object of attributes"))?;
    for (key, json) in entries {
        match Meaning::of_key(resource_type, &key, reader)? {
            Meaning::Core => {
                // This recurses only once, because the core schema has no attribute with its own URN as name.
                let Some(entries) = self::entries(json) else {
                    return Err(Error::invalid_value(format!("`{}` must be an object of attributes", excerpt(&key))));
                };
                for (key, json) in entries {
                    let meaning = Meaning::of_key(resource_type, &key, reader)?;
                    found.key(&key, meaning, json)?;
                }
            }
            meaning => found.key(&key, meaning, json)?,
        }
    }
    if found.known == 0 && !found.unknown.is_empty() {
        return Err(json::nothing_known("`value`", &found.unknown, &resource_type.attributes));
    }
    // The keys of an object have no order (RFC 8259 §4), so elements are changed after their lists are set, as in a
    // POST.
    found.operations.sort_by_key(|operation| matches!(operation.action, Action::Elements(_)));
    Ok(Normalized::Each(found.operations))
}

/// The operations that result from the keys of the value of an operation without a path.
struct Found<'t, 'v, 'r> {
    resource_type: &'t ResourceType,
    kind: Kind,
    reader: &'r Reader<'r>,
    operations: Vec<Operation<'t, 'v>>,
    /// The attributes that the keys assign values to, down to sub-attributes of single-valued objects.
    named: Vec<Path>,
    /// The keys that select elements of a list, in lower case.
    selections: HashSet<String>,
    /// The number of known keys.
    known: usize,
    /// Some of the unknown keys.
    unknown: Vec<String>,
}

impl<'t, 'v> Found<'t, 'v, '_> {
    fn key(&mut self, key: &str, meaning: Meaning<'t>, json: &'v RawValue) -> Result<(), Error> {
        let trail = JsonPath::root(key);
        let named = match meaning {
            Meaning::Attribute(named) => named,
            Meaning::Core | Meaning::Unknown => {
                self.reader.unknown(&trail)?;
                json::note_unknown(&mut self.unknown, key);
                return Ok(());
            }
            Meaning::Unmapped => {
                self.known += 1;
                return self.reader.unknown(&trail);
            }
        };
        self.known += 1;
        // `schemas` follows from the data.
        if named.path == Path::SCHEMAS {
            return Ok(());
        }
        if named.elements.is_some() && !self.selections.insert(key.to_ascii_lowercase()) {
            return Err(json::duplicate(&trail));
        }
        if named.elements.is_some() && named.is_read_only(self.resource_type) {
            if !self.reader.tolerance.tolerate(Quirk::ReadOnlyInValue) {
                return Err(error::read_only(&self.resource_type.name_of(named.whole_path())));
            }
            self.reader.ignore(&trail);
            return Ok(());
        }
        let action = assignment(self.kind, &named, &trail, json, self.reader)?;
        let operation = operation_of(self.kind, named, action, true);
        self.claim(&operation, &trail)?;
        self.operations.push(operation);
        Ok(())
    }

    /// Records the attributes that an operation assigns values to. An object and the path of another of its
    /// sub-attributes are combined, as in a POST.
    fn claim(&mut self, operation: &Operation<'_, '_>, trail: &JsonPath<'_>) -> Result<(), Error> {
        let before = self.named.len();
        match &operation.action {
            // Elements are changed after the list itself is set.
            Action::Elements(_) => return Ok(()),
            // The object has no known sub-attributes.
            Action::Merge(parts) if parts.is_empty() => return Ok(()),
            Action::Append(_) | Action::Replace(_) => self.named.push(operation.path),
            _ => operation.each_path(&mut |path| self.named.push(path)),
        }
        let (others, new) = self.named.split_at_checked(before).unwrap_or_default();
        let is_again = |path: &Path| others.iter().any(|other| other.starts_with(*path) || path.starts_with(*other));
        if new.iter().any(is_again) {
            return Err(json::duplicate(trail));
        }
        Ok(())
    }
}

/// Returns the action of an add or replace operation on the target of its path.
fn assignment<'t, 'v>(
    kind: Kind,
    named: &Named<'t>,
    trail: &JsonPath<'_>,
    json: &'v RawValue,
    reader: &Reader<'_>,
) -> Result<Action<'t, 'v>, Error> {
    let (attribute, form) = shape(named);
    let node = read_value(reader, attribute, form, trail, json)?;
    // Adding nothing has no effect. An empty string is a value: it clears the attribute, as with `replace`.
    if kind == Kind::Add && matches!(node, Value::Scalar(Scalar::Absent)) && !reader.was_empty_text() {
        return Ok(Action::Nothing);
    }
    assign(kind, attribute, form, node, reader)
}

/// Returns the attribute whose value is read, and the form of the value.
fn shape<'t>(named: &Named<'t>) -> (&'t Attribute, Form) {
    let form = |attribute: &Attribute| if attribute.multi_valued { Form::Many } else { Form::One };
    match &named.elements {
        None => (named.attribute, form(named.attribute)),
        Some(elements) => match elements.sub {
            None if named.attribute.multi_valued => (named.attribute, Form::Part),
            None => (named.attribute, Form::One),
            Some((_, sub)) => (sub, form(sub)),
        },
    }
}

/// Returns the action that assigns a value to an attribute.
fn assign<'t, 'v>(
    kind: Kind,
    attribute: &'t Attribute,
    form: Form,
    node: Value<'v>,
    reader: &Reader<'_>,
) -> Result<Action<'t, 'v>, Error> {
    let wrong = || Error::invalid_value(format!("invalid value for `{}`", attribute.name));
    match (node, form) {
        (Value::Scalar(Scalar::Absent), _) => Ok(Action::Clear),
        (Value::Scalar(scalar), Form::One | Form::Part) => Ok(Action::Set(scalar)),
        (Value::List(items), Form::Many) => Ok(match (kind, items.is_empty()) {
            (Kind::Add, true) => Action::Nothing,
            (Kind::Add, false) => Action::Append(items),
            (Kind::Replace | Kind::Remove, true) => Action::Clear,
            (Kind::Replace | Kind::Remove, false) => Action::Replace(items),
        }),
        (Value::Complex(parts), Form::One | Form::Part) => merge(kind, attribute, parts, reader),
        (Value::Scalar(_) | Value::Complex(_), Form::Many) | (Value::List(_), Form::One | Form::Part) => Err(wrong()),
    }
}

/// Returns the action that assigns values to the sub-attributes of an object.
fn merge<'t, 'v>(
    kind: Kind,
    attribute: &'t Attribute,
    nodes: Vec<(u32, Value<'v>)>,
    reader: &Reader<'_>,
) -> Result<Action<'t, 'v>, Error> {
    let mut parts = Vec::with_capacity(nodes.len());
    for (index, node) in nodes {
        let Some(sub) = at(&attribute.sub_attributes, index) else { continue };
        let form = if sub.multi_valued { Form::Many } else { Form::One };
        let action = assign(kind, sub, form, node, reader)?;
        parts.push(Part { index, attribute: sub, action });
    }
    if kind == Kind::Replace && reader.tolerance.restricts(Restriction::ReplaceWhole) {
        for (index, sub) in (0u32..).zip(attribute.sub_attributes.iter()) {
            let is_named = parts.iter().any(|part| part.index == index);
            if sub.mutability == Mutability::ReadWrite && !is_named {
                parts.push(Part { index, attribute: sub, action: Action::Clear });
            }
        }
    }
    // `type` comes last: it may move an element of a flat struct, with its sub-attributes, to other fields.
    let kind_of_element = attribute.sub_attribute("type").map(|(index, _)| index);
    parts.sort_by_key(|part| Some(part.index) == kind_of_element);
    Ok(Action::Merge(parts))
}

/// Returns the action of a remove operation with a `value`.
fn removal<'t, 'v>(
    named: &Named<'t>,
    path: &str,
    json: &'v RawValue,
    reader: &Reader<'_>,
) -> Result<Action<'t, 'v>, Error> {
    let (attribute, form) = shape(named);
    // With a filter the value lists elements, as it does for a whole list.
    let form = if matches!(form, Form::Part) { Form::Many } else { form };
    let node = read_value(reader, attribute, form, &JsonPath::root(path), json)?;
    let is_whole_list = matches!(form, Form::Many) && named.elements.is_none();
    match &node {
        // An empty string must not remove all elements of a list just because a client had none to name.
        Value::Scalar(Scalar::Absent) if reader.was_empty_text() && is_whole_list => return Ok(Action::Nothing),
        // An object is not `null`, so an empty one does not select the whole value.
        Value::Scalar(Scalar::Absent) if !json.get().starts_with('{') => return Ok(Action::Clear),
        Value::List(items) if items.is_empty() => return Ok(Action::Nothing),
        node if node.is_absent() => {
            return Err(Error::invalid_value(format!(
                "`{}` has a `value` that names nothing to remove",
                excerpt(path)
            )));
        }
        Value::Scalar(_) | Value::Complex(_) | Value::List(_) => {}
    }
    if !reader.is_readable(named.path) || !attribute.is_readable() || names_secret(attribute, &node) {
        return Err(Error::invalid_value(format!(
            "`{}` holds what is never returned, so it cannot be compared with a `value`; remove it without one",
            excerpt(path)
        )));
    }
    if !reader.tolerance.tolerate(Quirk::RemoveByValue) {
        return Err(Error::invalid_value(format!(
            "a remove operation must not have a `value`; select values by a filter, `{}[value eq \"..\"]`",
            excerpt(path)
        )));
    }
    Ok(match node {
        Value::List(items) => Action::RemoveListed(items),
        single => Action::ClearValue(single),
    })
}

/// Returns whether a value has a sub-attribute that clients cannot read. The result of a comparison would reveal it.
fn names_secret(attribute: &Attribute, node: &Value<'_>) -> bool {
    match node {
        Value::List(items) => items.iter().any(|item| names_secret(attribute, item)),
        Value::Complex(parts) => parts.iter().any(|(index, part)| {
            let sub = at(&attribute.sub_attributes, *index).filter(|_| !part.is_absent());
            sub.is_some_and(|sub| !sub.is_readable() || names_secret(sub, part))
        }),
        Value::Scalar(_) => {
            let value = attribute.sub_attribute("value");
            value.is_some_and(|(_, value)| !value.is_readable())
        }
    }
}

/// Returns the operation for a key in the body of a POST or PUT that is a path to elements of a list.
pub(crate) fn body_operation<'t, 'v>(
    named: Named<'t>,
    trail: &JsonPath<'_>,
    json: &'v RawValue,
    reader: &Reader<'_>,
) -> Result<Operation<'t, 'v>, Error> {
    let action = assignment(Kind::Replace, &named, trail, json, reader)?;
    Ok(operation_of(Kind::Replace, named, action, true))
}

fn operation_of<'t, 'v>(kind: Kind, named: Named<'t>, action: Action<'t, 'v>, from_value: bool) -> Operation<'t, 'v> {
    let action = match named.elements {
        None => action,
        Some(selection) => {
            Action::Elements(Box::new(Elements { condition: selection.condition, sub: selection.sub, action }))
        }
    };
    Operation { kind, path: named.path, attribute: named.attribute, action, from_value }
}
