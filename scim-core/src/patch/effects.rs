//! What a PATCH does, told without looking at the resource.

use super::{
    PatchReport,
    apply::unassigns,
    each_operation,
    list::{is_true, primary, strip_read_only},
    normalize::{Kind, Operation},
    refusal, unobserved,
};
use crate::{
    access::{Node, Scalar},
    compat::{Quirk, Restriction, Tolerance},
    error::Error,
    json::Reader,
    schema::{Attribute, Mutability, Path, ResourceType, at, common},
};

/// What a PATCH does, told without looking at the resource: so a store can add a member to a group of 100 000 by writing
/// one row. See [`Store::patch`](crate::store::Store::patch).
///
/// Effects are to be made in their order, all or none. A PATCH whose outcome depends on what is stored has none: one that
/// writes to the elements that a filter selects, makes an element primary, or writes an immutable attribute.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Effects<'v> {
    effects: Vec<Effect<'v>>,
}

/// One step of a PATCH.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Effect<'v> {
    /// A simple attribute gets a value.
    Set(Path, Scalar<'v>),
    /// An attribute, single or a list, loses its value.
    Clear(Path),
    /// A list gets these elements, but for those that it has already: an element whose `value` cannot change is told by that
    /// alone.
    Add(Path, Vec<Node<'v>>),
    /// A list gets these elements in the place of all that it has.
    Replace(Path, Vec<Node<'v>>),
    /// A list loses the elements that have one of these as their `value`.
    Remove(Path, Vec<Scalar<'v>>),
}

impl<'v> Effects<'v> {
    /// The effects of the body of a PATCH request, or `None` if they depend on what is stored.
    ///
    /// # Errors
    ///
    /// As [`apply`](super::apply), as far as it does not depend on what is stored.
    pub fn of(
        resource_type: &ResourceType,
        body: &'v [u8],
        tolerance: &Tolerance,
    ) -> Result<Option<(Self, PatchReport)>, Error> {
        let reader = Reader::new(tolerance, true);
        let mut touched = Vec::new();
        let mut collector = Collector { resource_type, tolerance, effects: Vec::new(), is_known: true };
        each_operation(resource_type, body, &reader, unobserved, |operation| {
            touched.push(operation.path);
            collector.operation(operation)
        })?;
        if !collector.is_known {
            return Ok(None);
        }
        let effects = Self { effects: collector.effects };
        Ok(Some((effects, PatchReport { touched, ignored: reader.into_ignored(), quirks: tolerance.met() })))
    }

    /// The effects, in their order.
    pub fn iter(&self) -> impl Iterator<Item = &Effect<'v>> {
        self.effects.iter()
    }

    /// Whether the PATCH does nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.effects.is_empty()
    }

    /// Whether the PATCH does nothing but to these attributes: a store that knows no others can take it.
    #[must_use]
    pub fn are_on(&self, paths: &[Path]) -> bool {
        self.effects.iter().all(|effect| paths.contains(&effect.path()))
    }
}

impl Effect<'_> {
    /// The attribute.
    #[must_use]
    pub fn path(&self) -> Path {
        match self {
            Self::Set(path, _)
            | Self::Clear(path)
            | Self::Add(path, _)
            | Self::Replace(path, _)
            | Self::Remove(path, _) => *path,
        }
    }
}

struct Collector<'r, 'v> {
    resource_type: &'r ResourceType,
    tolerance: &'r Tolerance,
    effects: Vec<Effect<'v>>,
    /// Whether the outcome can be told so far.
    is_known: bool,
}

impl<'v> Collector<'_, 'v> {
    fn operation(&mut self, operation: Operation<'_, 'v>) -> Result<(), Error> {
        let steps = operation.path.steps();
        if steps == [common::SCHEMAS] || operation.elements.is_some() {
            self.is_known = false;
            return Ok(());
        }
        let mut attributes: &[Attribute] = &self.resource_type.attributes;
        for step in steps {
            let Some(attribute) = at(attributes, *step) else { break };
            match attribute.mutability {
                Mutability::ReadOnly => return self.read_only(operation.path, operation.from_value),
                Mutability::Immutable => self.is_known = false,
                Mutability::ReadWrite | Mutability::WriteOnly => {}
            }
            attributes = &attribute.sub_attributes;
        }
        self.assign(operation.kind, operation.path, operation.attribute, operation.value)
    }

    /// In a value it is passed over, if the profile says so; else it counts what is stored.
    fn read_only(&mut self, path: Path, from_value: bool) -> Result<(), Error> {
        if !from_value {
            return Err(refusal::read_only(&self.resource_type.name_of(path)));
        }
        self.is_known &= self.tolerance.accepts(Quirk::ReadOnlyInValue);
        Ok(())
    }

    fn assign(&mut self, kind: Kind, path: Path, attribute: &Attribute, value: Node<'v>) -> Result<(), Error> {
        match value {
            value if kind == Kind::Add && value.is_absent() => {}
            Node::List(items) if attribute.multi_valued => return self.list(kind, path, attribute, items),
            value if unassigns(attribute, &value) => self.clear(path, attribute)?,
            // What is not named would have to be looked at.
            Node::Complex(_) if kind == Kind::Replace && self.tolerance.restricts(Restriction::ReplaceWhole) => {
                self.is_known = false;
            }
            Node::Complex(parts) => {
                for (index, part) in parts {
                    let Some((sub, path)) = at(&attribute.sub_attributes, index).zip(path.child(index)) else {
                        continue;
                    };
                    match sub.mutability {
                        Mutability::ReadOnly => self.read_only(path, true)?,
                        Mutability::Immutable => self.is_known = false,
                        Mutability::ReadWrite | Mutability::WriteOnly => self.assign(kind, path, sub, part)?,
                    }
                }
            }
            Node::Scalar(scalar) => self.effects.push(Effect::Set(path, scalar)),
            Node::List(_) => {}
        }
        Ok(())
    }

    fn clear(&mut self, path: Path, attribute: &Attribute) -> Result<(), Error> {
        if attribute.required {
            return Err(refusal::required(&self.resource_type.name_of(path)));
        }
        self.effects.push(Effect::Clear(path));
        Ok(())
    }

    fn list(&mut self, kind: Kind, path: Path, attribute: &Attribute, mut items: Vec<Node<'v>>) -> Result<(), Error> {
        if kind == Kind::Remove {
            let values: Option<Vec<Scalar<'v>>> = items.into_iter().map(|item| plain_value(attribute, item)).collect();
            match values {
                // The last one may go, and that a required list does not allow.
                Some(values) if !attribute.required => self.effects.push(Effect::Remove(path, values)),
                _ => self.is_known = false,
            }
            return Ok(());
        }
        if items.is_empty() {
            return self.clear(path, attribute);
        }
        let primary = primary(attribute);
        for item in &mut items {
            strip_read_only(attribute, item);
            let claims = primary.is_some_and(|primary| is_true(item.part(primary)));
            let lacks = |(index, sub): (u32, &Attribute)| sub.required && item.part(index).is_none_or(Node::is_absent);
            self.is_known &= !claims && !(0u32..).zip(attribute.sub_attributes.iter()).any(lacks);
        }
        self.effects.push(if kind == Kind::Add { Effect::Add(path, items) } else { Effect::Replace(path, items) });
        Ok(())
    }
}

/// The `value` of an element of which nothing else is told.
fn plain_value<'v>(attribute: &Attribute, item: Node<'v>) -> Option<Scalar<'v>> {
    let (value, _) = attribute.sub_attribute("value")?;
    let Node::Complex(parts) = item else { return None };
    let mut assigned = parts.into_iter().filter(|(_, part)| !part.is_absent());
    match (assigned.next(), assigned.next()) {
        (Some((index, Node::Scalar(scalar))), None) if index == value => Some(scalar),
        _ => None,
    }
}
