//! The rules of RFC 7644 §3.5.2 for attributes with a single value; those for lists are in [`list`](super::list).

use super::{
    compare::same,
    list,
    normalize::{Kind, Operation},
};
use crate::{
    access::{Access, Edit, Node, Refused, Scalar, Value},
    compat::{Quirk, Tolerance},
    error::Error,
    schema::{Attribute, Mutability, ResourceType, at},
};

/// The resource that operations change.
pub(super) struct Patched<'r> {
    resource_type: &'r ResourceType,
    resource: &'r mut dyn Access,
    pub(super) tolerance: &'r Tolerance,
}

/// The place of an attribute or an element, from the root: at most `urn`, attribute, element, sub-attribute, item.
pub(super) type Place = Vec<u32>;

pub(super) fn apply(
    resource_type: &ResourceType,
    resource: &mut dyn Access,
    operation: Operation<'_, '_>,
    tolerance: &Tolerance,
) -> Result<(), Error> {
    let mut patched = Patched { resource_type, resource, tolerance };
    let attribute = operation.attribute;
    let place = operation.path.steps().to_vec();
    if !patched.may_write(operation.path.steps(), &operation)? {
        return Ok(());
    }
    match operation.elements {
        Some(elements) => list::change_elements(&mut patched, operation.kind, &place, attribute, elements, operation.value),
        None => patched.assign(operation.kind, &place, attribute, operation.value),
    }
}

impl Patched<'_> {
    /// The value at a place.
    pub(super) fn value(&self, place: &[u32]) -> Value<'_> {
        self.resource.value().at(place)
    }

    /// Changes the resource; what is refused becomes an error that names the attribute.
    pub(super) fn edit(&mut self, place: &[u32], attribute: &Attribute, edit: Edit<'_, '_>) -> Result<u32, Error> {
        self.try_edit(place, edit).map_err(|refused| refusal(attribute, &refused))
    }

    pub(super) fn try_edit(&mut self, place: &[u32], edit: Edit<'_, '_>) -> Result<u32, Refused> {
        self.resource.edit(place, edit)
    }

    /// Whether clients may write what the operation names. Read-only attributes that stand in a value, and not in a
    /// path, are passed over if they change nothing, or if the profile says so.
    fn may_write(&self, steps: &[u32], operation: &Operation<'_, '_>) -> Result<bool, Error> {
        let mut attributes: &[Attribute] = &self.resource_type.attributes;
        for step in steps {
            let Some(attribute) = at(attributes, *step) else { break };
            if attribute.mutability == Mutability::ReadOnly {
                return self.pass_over(attribute, operation.from_value && operation.elements.is_none(), &operation.value, steps);
            }
            attributes = &attribute.sub_attributes;
        }
        let sub = operation.elements.as_ref().and_then(|elements| elements.sub_attribute);
        match sub {
            Some((_, sub)) if sub.mutability == Mutability::ReadOnly => Err(read_only(sub)),
            _ => Ok(true),
        }
    }

    /// Answers `false` where a read-only attribute may be passed over.
    fn pass_over(&self, attribute: &Attribute, from_value: bool, value: &Node<'_>, place: &[u32]) -> Result<bool, Error> {
        let unchanged = from_value && same(attribute, &value.view(), &self.value(place));
        if unchanged || (from_value && self.tolerance.accepts(Quirk::ReadOnlyInValue)) {
            return Ok(false);
        }
        Err(read_only(attribute))
    }

    /// Changes an attribute as a whole: sets, merges, or unassigns it.
    pub(super) fn assign(&mut self, kind: Kind, place: &[u32], attribute: &Attribute, value: Node<'_>) -> Result<(), Error> {
        if attribute.multi_valued {
            return list::change_list(self, kind, place, attribute, value);
        }
        match value {
            Node::Complex(parts) if !unassigns(attribute, &parts) => self.merge(kind, place, attribute, parts),
            Node::Complex(_) | Node::List(_) | Node::Scalar(Scalar::Absent) => match kind {
                // To add nothing is to do nothing.
                Kind::Add => Ok(()),
                Kind::Replace | Kind::Remove => self.clear(place, attribute),
            },
            Node::Scalar(scalar) => self.set(place, attribute, scalar),
        }
    }

    /// Unassigns an attribute.
    pub(super) fn clear(&mut self, place: &[u32], attribute: &Attribute) -> Result<(), Error> {
        if attribute.required {
            return Err(Error::mutability(format!("`{}` is required and cannot be removed", attribute.name)));
        }
        if self.value(place).is_absent() {
            return Ok(());
        }
        if attribute.mutability == Mutability::Immutable {
            return Err(immutable(attribute));
        }
        self.edit(place, attribute, Edit::Set(Scalar::Absent)).map(drop)
    }

    /// Sets a simple attribute.
    fn set(&mut self, place: &[u32], attribute: &Attribute, scalar: Scalar<'_>) -> Result<(), Error> {
        if attribute.mutability == Mutability::Immutable {
            let present = self.value(place);
            if !present.is_absent() {
                let same = same(attribute, &present, &Value::Scalar(scalar));
                return if same { Ok(()) } else { Err(immutable(attribute)) };
            }
        }
        self.edit(place, attribute, Edit::Set(scalar)).map(drop)
    }

    /// Changes the parts of a complex attribute that are named; the others stay (RFC 7644 §3.5.2.3).
    pub(super) fn merge(&mut self, kind: Kind, place: &[u32], attribute: &Attribute, parts: Vec<(u32, Node<'_>)>) -> Result<(), Error> {
        for (index, part) in parts {
            let Some(sub) = at(&attribute.sub_attributes, index) else { continue };
            let mut place = place.to_vec();
            place.push(index);
            if sub.mutability == Mutability::ReadOnly {
                self.pass_over(sub, true, &part, &place)?;
                continue;
            }
            self.assign(kind, &place, sub, part)?;
        }
        Ok(())
    }
}

/// Whether an object says that its attribute has no value: nothing in it is assigned, and its `value` is named.
/// `{"value": ""}` unassigns a manager, while `{"familyName": null}` unassigns a part of a name.
fn unassigns(attribute: &Attribute, parts: &[(u32, Node<'_>)]) -> bool {
    let value = attribute.sub_attribute("value").map(|(index, _)| index);
    let names_value = parts.iter().any(|(index, _)| Some(*index) == value);
    names_value && parts.iter().all(|(_, part)| part.is_absent())
}

fn read_only(attribute: &Attribute) -> Error {
    Error::mutability(format!("`{}` is read-only", attribute.name))
}

pub(super) fn immutable(attribute: &Attribute) -> Error {
    Error::mutability(format!("`{}` is immutable and already has a value", attribute.name))
}

fn refusal(attribute: &Attribute, refused: &Refused) -> Error {
    let name = &attribute.name;
    match refused {
        Refused::Value(what) => Error::invalid_value(format!("`{name}` takes {what}")),
        Refused::NoPlace => Error::invalid_value(format!("the application has no field for this value of `{name}`")),
        Refused::Occupied => Error::invalid_value(format!("the application has a field for one such entry of `{name}` only, and it is in use")),
        Refused::Fixed => Error::invalid_value(format!("the application fixes the value of `{name}`")),
    }
}
