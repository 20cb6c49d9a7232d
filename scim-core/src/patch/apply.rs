//! The rules of RFC 7644 §3.5.2 for attributes with a single value; those for lists are in [`list`](super::list)
//! and [`elements`](super::elements).

use super::{
    compare::same,
    elements, list,
    normalize::{Kind, Operation},
    refusal,
};
use crate::{
    access::{Access, Edit, Node, Refused, Scalar, Value},
    compat::{Quirk, Restriction, Tolerance},
    error::{Error, excerpt},
    json::{Reader, Trail},
    schema::{Attribute, Mutability, ResourceType, at, common},
};

/// The resource that operations change.
pub(super) struct Patched<'r> {
    resource_type: &'r ResourceType,
    resource: &'r mut dyn Access,
    /// Takes note of what is left out.
    reader: &'r Reader<'r>,
    pub(super) tolerance: &'r Tolerance,
}

/// The place of an attribute or an element, from the root: at most `urn`, attribute, element, sub-attribute, item.
pub(super) type Place = Vec<u32>;

pub(super) fn apply(
    resource_type: &ResourceType,
    resource: &mut dyn Access,
    operation: Operation<'_, '_>,
    reader: &Reader<'_>,
) -> Result<(), Error> {
    let tolerance = reader.tolerance;
    let mut patched = Patched { resource_type, resource, reader, tolerance };
    let path = operation.path;
    let steps = path.steps();
    if steps == [common::SCHEMAS] {
        return change_schemas(resource_type, &operation, tolerance);
    }
    if !patched.may_write(steps, &operation)? {
        return Ok(());
    }
    let change = |patched: &mut Patched<'_>| {
        let Operation { kind, attribute, elements: selected, value, .. } = operation;
        match selected {
            Some(selected) => elements::change_elements(patched, kind, steps, attribute, selected, value),
            None => patched.assign(kind, steps, attribute, value),
        }
    };
    match immutable_on(resource_type, steps) {
        Some((place, attribute)) => patched.guarded(place, attribute, change),
        None => change(&mut patched),
    }
}

/// `schemas` follows from the attributes that have values, so a client may name it and changes nothing by that.
fn change_schemas(
    resource_type: &ResourceType,
    operation: &Operation<'_, '_>,
    tolerance: &Tolerance,
) -> Result<(), Error> {
    if operation.kind == Kind::Remove {
        return Err(Error::mutability("`schemas` follows from the attributes; remove those of the schema"));
    }
    let items = if let Node::List(items) = &operation.value { items.as_slice() } else { &[] };
    for item in items {
        let Node::Scalar(Scalar::Str(uri)) = item else { continue };
        let known = uri.eq_ignore_ascii_case(&resource_type.schema.id) || resource_type.extension(uri).is_some();
        if !known && !tolerance.accepts(Quirk::Schemas) {
            return Err(Error::invalid_value(format!(
                "a {} does not have the schema `{}`",
                resource_type.name,
                excerpt(uri)
            )));
        }
    }
    Ok(())
}

/// The outermost immutable attribute on a path.
fn immutable_on<'t, 's>(resource_type: &'t ResourceType, steps: &'s [u32]) -> Option<(&'s [u32], &'t Attribute)> {
    let mut attributes: &[Attribute] = &resource_type.attributes;
    for (index, step) in steps.iter().enumerate() {
        let attribute = at(attributes, *step)?;
        if attribute.mutability == Mutability::Immutable {
            return steps.get(..=index).map(|place| (place, attribute));
        }
        attributes = &attribute.sub_attributes;
    }
    None
}

impl Patched<'_> {
    /// The value at a place.
    pub(super) fn value(&self, place: &[u32]) -> Value<'_> {
        self.resource.value().at(place)
    }

    /// How many elements a list has, holes included.
    pub(super) fn len(&self, place: &[u32]) -> u32 {
        if let Value::List(list) = self.value(place) { list.len() } else { 0 }
    }

    /// The name of what is at a place.
    pub(super) fn name(&self, place: &[u32]) -> String {
        refusal::name_of(self.resource_type, &self.resource.value(), place)
    }

    pub(super) fn immutable(&self, place: &[u32]) -> Error {
        refusal::immutable(&self.name(place))
    }

    /// Changes the resource; what is refused becomes an error that names the attribute.
    pub(super) fn edit(&mut self, place: &[u32], edit: Edit<'_, '_>) -> Result<u32, Error> {
        self.try_edit(place, edit).map_err(|refused| self.refused(place, &refused))
    }

    fn refused(&self, place: &[u32], refused: &Refused) -> Error {
        refusal::edit(self.resource_type, &self.resource.value(), place, refused)
    }

    /// Adds an element to a list and answers its index; `None` if it says no more than what the application fixes.
    pub(super) fn add_entry(
        &mut self,
        place: &[u32],
        attribute: &Attribute,
        item: &mut Node<'_>,
    ) -> Result<Option<u32>, Error> {
        match self.try_edit(place, Edit::Insert(item)) {
            Ok(index) => Ok(Some(index)),
            Err(Refused::Fixed) if self.tolerance.accepts(Quirk::FixedValue) => {
                self.reader.ignore(&Trail::root(&self.name(place)));
                Ok(None)
            }
            Err(refused) => {
                let resource = self.resource.value();
                Err(refusal::entry(self.resource_type, &resource, place, (attribute, item), &refused))
            }
        }
    }

    /// A required attribute cannot be removed.
    pub(super) fn check_required(&self, place: &[u32], attribute: &Attribute) -> Result<(), Error> {
        if attribute.required { Err(refusal::required(&self.name(place))) } else { Ok(()) }
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
                let from_value = operation.from_value && operation.elements.is_none();
                return self.pass_over(operation.attribute, from_value, &operation.value, steps);
            }
            attributes = &attribute.sub_attributes;
        }
        let sub = operation.elements.as_ref().and_then(|elements| elements.sub_attribute);
        match sub {
            Some((index, sub)) if sub.mutability == Mutability::ReadOnly => {
                let path = operation.path.child(index).unwrap_or(operation.path);
                Err(refusal::read_only(&self.resource_type.name_of(path)))
            }
            _ => Ok(true),
        }
    }

    /// Answers `false` where a read-only attribute may be passed over.
    fn pass_over(
        &self,
        attribute: &Attribute,
        from_value: bool,
        value: &Node<'_>,
        place: &[u32],
    ) -> Result<bool, Error> {
        let unchanged = from_value && same(attribute, &value.view(), &self.value(place));
        if unchanged || (from_value && self.tolerance.accepts(Quirk::ReadOnlyInValue)) {
            return Ok(false);
        }
        Err(refusal::read_only(&self.name(place)))
    }

    /// Changes an attribute as a whole: sets, merges, or unassigns it.
    pub(super) fn assign(
        &mut self,
        kind: Kind,
        place: &[u32],
        attribute: &Attribute,
        value: Node<'_>,
    ) -> Result<(), Error> {
        if attribute.multi_valued {
            return list::change_list(self, kind, place, attribute, value);
        }
        match value {
            // To add nothing is to do nothing.
            value if kind == Kind::Add && value.is_absent() => Ok(()),
            value if unassigns(attribute, &value) => self.clear(place, attribute),
            Node::Complex(parts) => {
                if kind == Kind::Replace && self.tolerance.restricts(Restriction::ReplaceWhole) {
                    self.clear_others(place, attribute, &parts)?;
                }
                self.merge(kind, place, attribute, parts)
            }
            Node::Scalar(scalar) => self.set(place, attribute, scalar),
            // Only lists have elements.
            Node::List(_) => Ok(()),
        }
    }

    /// Makes a change out of which an immutable attribute that has a value must come with the same one.
    fn guarded(
        &mut self,
        place: &[u32],
        attribute: &Attribute,
        change: impl FnOnce(&mut Self) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let before = match attribute.mutability {
            Mutability::Immutable => self.value(place).to_node(),
            _ => Node::ABSENT,
        };
        change(self)?;
        if before.is_absent() || same(attribute, &before.view(), &self.value(place)) {
            return Ok(());
        }
        Err(self.immutable(place))
    }

    /// Unassigns an attribute.
    pub(super) fn clear(&mut self, place: &[u32], attribute: &Attribute) -> Result<(), Error> {
        self.check_required(place, attribute)?;
        if self.value(place).is_absent() {
            return Ok(());
        }
        if attribute.mutability == Mutability::Immutable {
            return Err(self.immutable(place));
        }
        self.edit(place, Edit::Set(Scalar::Absent)).map(drop)
    }

    /// Unassigns the parts of a complex attribute that are not named, for profiles where a replacement replaces all.
    fn clear_others(&mut self, place: &[u32], attribute: &Attribute, named: &[(u32, Node<'_>)]) -> Result<(), Error> {
        for (index, sub) in (0u32..).zip(attribute.sub_attributes.iter()) {
            let is_writable = matches!(sub.mutability, Mutability::ReadWrite);
            if is_writable && !named.iter().any(|(named, _)| *named == index) {
                // Whether anything required is missing then, the whole resource is asked in the end.
                self.edit(&[place, &[index]].concat(), Edit::Set(Scalar::Absent))?;
            }
        }
        Ok(())
    }

    /// Sets a simple attribute.
    fn set(&mut self, place: &[u32], attribute: &Attribute, scalar: Scalar<'_>) -> Result<(), Error> {
        let present = self.value(place);
        let is_same = same(attribute, &present, &Value::Scalar(scalar.clone()));
        if attribute.mutability == Mutability::Immutable && !present.is_absent() {
            return if is_same { Ok(()) } else { Err(self.immutable(place)) };
        }
        match self.try_edit(place, Edit::Set(scalar)) {
            // What is there already needs no field: `primary` is false without one.
            Err(Refused::NoPlace | Refused::Fixed) if is_same => Ok(()),
            Err(Refused::Fixed) if self.tolerance.accepts(Quirk::FixedValue) => {
                self.reader.ignore(&Trail::root(&self.name(place)));
                Ok(())
            }
            result => result.map(drop).map_err(|refused| self.refused(place, &refused)),
        }
    }

    /// Changes the parts of a complex attribute that are named; the others stay (RFC 7644 §3.5.2.3).
    pub(super) fn merge(
        &mut self,
        kind: Kind,
        place: &[u32],
        attribute: &Attribute,
        mut parts: Vec<(u32, Node<'_>)>,
    ) -> Result<(), Error> {
        // `type` last: it may move an element of a flat struct to other fields, and the parts with it.
        let kind_of_element = attribute.sub_attribute("type").map(|(index, _)| index);
        parts.sort_by_key(|(index, _)| Some(*index) == kind_of_element);
        for (index, part) in parts {
            let Some(sub) = at(&attribute.sub_attributes, index) else { continue };
            let mut place = place.to_vec();
            place.push(index);
            if sub.mutability == Mutability::ReadOnly {
                self.pass_over(sub, true, &part, &place)?;
                continue;
            }
            self.guarded(&place, sub, |this| this.assign(kind, &place, sub, part))?;
        }
        Ok(())
    }
}

/// Whether a value says that its attribute has none: `null`, or an object in which nothing is assigned and `value` is
/// named. `{"value": ""}` unassigns a manager, while `{"familyName": null}` unassigns a part of a name.
pub(super) fn unassigns(attribute: &Attribute, value: &Node<'_>) -> bool {
    match value {
        Node::Scalar(scalar) => scalar.is_absent(),
        Node::Complex(_) => {
            let names_value = attribute.sub_attribute("value").is_some_and(|(index, _)| value.part(index).is_some());
            names_value && value.is_absent()
        }
        Node::List(_) => false,
    }
}
