//! What a PATCH does, told without looking at the resource.

use super::{
    Patch,
    list::strip_read_only,
    operation::{Action, Elements, Operation, Part},
    refusal,
    session::{has_kept_parts, is_switch},
};
use crate::{
    access::{Node, Scalar, compare::Identity},
    compat::{Quirk, Restriction, Tolerance},
    error::Error,
    filter::{Condition, Operator},
    json::Ignored,
    report::WriteReport,
    schema::{Attribute, Mutability, Path, ResourceType, common},
    validate::{is_missing, missing},
};

/// What a PATCH does, told without looking at the resource: so a store can add a member to a group of 100 000 by writing
/// one row. See [`Store::apply_delta`](crate::store::Store::apply_delta).
///
/// Effects are to be made in their order, all or none. A PATCH whose outcome depends on what is stored has none: one that
/// writes to the elements that a filter selects, makes an element primary, or writes an immutable attribute.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Effects<'v> {
    effects: Vec<Effect<'v>>,
}

impl<'v> FromIterator<Effect<'v>> for Effects<'v> {
    fn from_iter<I: IntoIterator<Item = Effect<'v>>>(effects: I) -> Self {
        Self { effects: effects.into_iter().collect() }
    }
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
    /// A list of simple values gets these in the place of all that it has.
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
        resource_type: &'v ResourceType,
        body: &'v [u8],
        tolerance: &Tolerance,
    ) -> Result<Option<(Self, WriteReport)>, Error> {
        Patch::parse(resource_type, body, tolerance)?.effects(tolerance)
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

impl<'v> Patch<'v> {
    /// What the PATCH does, or `None` if that depends on what is stored.
    ///
    /// # Errors
    ///
    /// As [`apply`](Self::apply), as far as it does not depend on what is stored.
    pub fn effects(&self, tolerance: &Tolerance) -> Result<Option<(Effects<'v>, WriteReport)>, Error> {
        let mut collector = Collector {
            resource_type: self.resource_type,
            tolerance,
            effects: Vec::new(),
            is_known: true,
            passed_over: Vec::new(),
        };
        for (operation, context) in &self.operations {
            collector.operation(operation).map_err(|error| error.context(context))?;
        }
        if !collector.is_known || !collector.makes_whole_objects() {
            return Ok(None);
        }
        // Alone it is refused, unless it has the value that is there.
        if collector.effects.is_empty() && !collector.passed_over.is_empty() {
            return Ok(None);
        }
        let quirks = self.quirks.and(tolerance.met());
        let mut ignored = self.ignored.clone();
        ignored.extend(collector.passed_over);
        ignored.truncate(Ignored::MOST);
        let report = WriteReport { touched: self.touched(), ignored, quirks };
        Ok(Some((Effects { effects: collector.effects }, report)))
    }
}

struct Collector<'r, 'v> {
    resource_type: &'r ResourceType,
    tolerance: &'r Tolerance,
    effects: Vec<Effect<'v>>,
    /// Whether the outcome can be told so far.
    is_known: bool,
    /// What clients cannot write, and named in a value.
    passed_over: Vec<String>,
}

impl<'v> Collector<'_, 'v> {
    fn operation(&mut self, operation: &Operation<'_, 'v>) -> Result<(), Error> {
        let path = operation.path;
        if operation.from_value && matches!(operation.action, Action::Nothing) {
            return Ok(());
        }
        if path.steps() == [common::SCHEMAS] {
            self.is_known = false;
            return Ok(());
        }
        match self.resource_type.mutability(path) {
            Mutability::ReadOnly => return self.read_only(path, operation.from_value),
            Mutability::Immutable => self.is_known = false,
            Mutability::ReadWrite | Mutability::WriteOnly => {}
        }
        self.action(path, operation.attribute, &operation.action)
    }

    /// In a value it is passed over, if the profile says so; else it counts what is stored.
    fn read_only(&mut self, path: Path, from_value: bool) -> Result<(), Error> {
        if !from_value {
            return Err(refusal::read_only(&self.resource_type.name_of(path)));
        }
        self.is_known &= self.tolerance.accepts(Quirk::ReadOnlyInValue);
        self.passed_over.push(self.resource_type.name_of(path));
        Ok(())
    }

    fn action(&mut self, path: Path, attribute: &Attribute, action: &Action<'_, 'v>) -> Result<(), Error> {
        match action {
            Action::Nothing => Ok(()),
            Action::Set(scalar) => self.set(path, attribute, scalar),
            Action::Clear => self.clear(path, attribute),
            Action::Merge(parts) => self.merge(path, attribute, parts),
            Action::Append(items) => {
                self.list(path, attribute, items, Effect::Add);
                Ok(())
            }
            Action::Replace(items) => {
                // Elements that stay keep what clients cannot write, so it counts which are there.
                self.is_known &= attribute.sub_attributes.is_empty();
                self.list(path, attribute, items, Effect::Replace);
                Ok(())
            }
            Action::RemoveListed(items) => {
                let values: Option<Vec<_>> = items.iter().map(|item| listed_value(attribute, item)).collect();
                self.remove(path, attribute, values);
                Ok(())
            }
            Action::ClearValue(_) => {
                self.is_known = false;
                Ok(())
            }
            Action::Elements(elements) => {
                let values = selected_values(attribute, elements, self.tolerance);
                self.remove(path, attribute, values);
                Ok(())
            }
        }
    }

    fn set(&mut self, path: Path, attribute: &Attribute, scalar: &Scalar<'v>) -> Result<(), Error> {
        if attribute.required && is_missing(&Node::Scalar(scalar.clone()).view()) {
            return Err(missing(&format!("`{}`", self.resource_type.name_of(path))));
        }
        self.effects.push(Effect::Set(path, scalar.clone()));
        Ok(())
    }

    fn clear(&mut self, path: Path, attribute: &Attribute) -> Result<(), Error> {
        if attribute.required {
            return Err(refusal::required(&self.resource_type.name_of(path)));
        }
        // What a client cannot write stays, and so does an `active` that is false.
        let keeps_parts = |attribute: &Attribute| !attribute.multi_valued && has_kept_parts(attribute);
        let keeps_value = is_switch(path.steps(), attribute);
        self.is_known &= !keeps_value && !keeps_parts(attribute) && !attribute.sub_attributes.iter().any(keeps_parts);
        self.effects.push(Effect::Clear(path));
        Ok(())
    }

    fn merge(&mut self, path: Path, attribute: &Attribute, parts: &[Part<'_, 'v>]) -> Result<(), Error> {
        // What is left of a reference decides whether all of it goes.
        let empties = |part: &Part<'_, '_>| matches!(part.action, Action::Clear);
        self.is_known &= !(attribute.sub_attribute("value").is_some() && parts.iter().any(empties));
        for part in parts {
            let Some(path) = path.child(part.index) else { continue };
            match part.attribute.mutability {
                Mutability::ReadOnly => self.read_only(path, true)?,
                Mutability::Immutable => self.is_known = false,
                Mutability::ReadWrite | Mutability::WriteOnly => self.action(path, part.attribute, &part.action)?,
            }
        }
        Ok(())
    }

    fn list(
        &mut self,
        path: Path,
        attribute: &Attribute,
        items: &[Node<'v>],
        effect: impl FnOnce(Path, Vec<Node<'v>>) -> Effect<'v>,
    ) {
        // An element that is there and is not told by its `value` alone takes on what is said of it.
        self.is_known &= match Identity::of(attribute) {
            Identity::Value(value) => items.iter().all(|item| item.part(value).is_some_and(|part| !part.is_absent())),
            Identity::ValueAndType(..) | Identity::Whole => attribute.sub_attributes.is_empty(),
        };
        let mut items = items.to_vec();
        let primary = attribute.primary().map(|(primary, _)| primary);
        for item in &mut items {
            strip_read_only(attribute, item);
            let claims = primary.and_then(|primary| item.part(primary)).is_some_and(|part| part.is_bool(true));
            let lacks = |(index, sub): (u32, &Attribute)| sub.required && item.part(index).is_none_or(Node::is_absent);
            self.is_known &= !claims && !(0u32..).zip(attribute.sub_attributes.iter()).any(lacks);
        }
        let effect = effect(path, items);
        match (self.effects.last_mut(), effect) {
            // Many clients add one member with each operation.
            (Some(Effect::Add(last, items)), Effect::Add(path, more)) if *last == path => items.extend(more),
            (_, effect) => self.effects.push(effect),
        }
    }

    fn remove(&mut self, path: Path, attribute: &Attribute, values: Option<Vec<Scalar<'v>>>) {
        match values {
            // The last one may go, and that a required list does not allow.
            Some(more) if !attribute.required => match self.effects.last_mut() {
                Some(Effect::Remove(last, values)) if *last == path => values.extend(more),
                _ => self.effects.push(Effect::Remove(path, more)),
            },
            _ => self.is_known = false,
        }
    }

    /// Whether every object that may come into being has all that is required of it.
    fn makes_whole_objects(&self) -> bool {
        let sets = |path: Path| self.effects.iter().any(|effect| matches!(effect, Effect::Set(set, _) if *set == path));
        let required = |parent: Path| {
            let subs = self.resource_type.attribute(parent).map(|parent| &parent.sub_attributes);
            let subs = subs.into_iter().flat_map(|subs| (0u32..).zip(subs.iter())).filter(|(_, sub)| sub.required);
            subs.filter_map(move |(index, _)| parent.child(index))
        };
        self.effects.iter().all(|effect| {
            let path = effect.path();
            let mut parent = Path::ROOT;
            path.steps().iter().all(|step| {
                let is_whole = parent == Path::ROOT || required(parent).all(|sub| path.starts_with(sub) || sets(sub));
                parent = parent.child(*step).unwrap_or(parent);
                is_whole
            })
        })
    }
}

/// The `value` of a listed element, if nothing else that is listed tells which one is meant.
fn listed_value<'v>(attribute: &Attribute, item: &Node<'v>) -> Option<Scalar<'v>> {
    let (value, _) = attribute.sub_attribute("value")?;
    let Node::Complex(parts) = item else { return None };
    let is_told_by_value = Identity::is_value_alone(attribute);
    if !is_told_by_value && parts.iter().any(|(index, part)| *index != value && !part.is_absent()) {
        return None;
    }
    match item.part(value)? {
        Node::Scalar(scalar) if !scalar.is_absent() => Some(scalar.clone()),
        _ => None,
    }
}

/// The values of elements that are removed by a filter that asks for nothing but `value`.
fn selected_values<'v>(
    attribute: &Attribute,
    elements: &Elements<'_, 'v>,
    tolerance: &Tolerance,
) -> Option<Vec<Scalar<'v>>> {
    let removes = matches!(elements.action, Action::Clear) && elements.sub.is_none() && attribute.multi_valued;
    if !removes || tolerance.restricts(Restriction::SingleMatch) {
        return None;
    }
    let (value, _) = attribute.sub_attribute("value")?;
    let mut values = Vec::new();
    asked(elements.condition.as_ref()?, Path::of(value), &mut values)?;
    Some(values)
}

/// The values that a condition asks for, if it is nothing but `value eq ..`, or several of these joined by `or`.
fn asked(condition: &Condition, value: Path, values: &mut Vec<Scalar<'_>>) -> Option<()> {
    match condition {
        Condition::Or(conditions) => conditions.iter().try_for_each(|condition| asked(condition, value, values)),
        Condition::Compare(compare) if compare.operator == Operator::Eq && compare.path == value => {
            values.push(compare.operand.clone());
            Some(())
        }
        _ => None,
    }
}
