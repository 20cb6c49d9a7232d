//! The effects of a PATCH, determined without reading the resource.

use super::{
    Patch, error,
    list::strip_read_only,
    operation::{Action, Elements, Operation, Part},
    session::{has_kept_parts, is_switch},
};
use crate::{
    compat::{Quirk, Restriction, Tolerance},
    error::Error,
    filter::{Condition, Operator},
    json::Ignored,
    reflect::{Scalar, Value, compare::Identity},
    report::WriteReport,
    schema::{Attribute, Mutability, Path, ResourceType, common},
    validate::{is_missing, missing},
};

/// The effects of a PATCH, determined without reading the resource. With them a store can add a member to a group of
/// 100 000 by writing one row. See [`Store::apply_delta`](crate::store::Store::apply_delta).
///
/// Apply effects in order, all or none. A PATCH whose outcome depends on stored data has no effects: one that writes to
/// the elements that a filter selects, makes an element primary, or writes an immutable attribute.
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
    /// Assigns a value to a simple attribute.
    Set(Path, Scalar<'v>),
    /// Unassigns an attribute, single-valued or a list.
    Clear(Path),
    /// Adds the elements that are not already present. Elements with an immutable `value` are compared by `value`
    /// alone.
    Add(Path, Vec<Value<'v>>),
    /// Replaces all elements of a list of simple values with these.
    Replace(Path, Vec<Value<'v>>),
    /// Removes the elements whose `value` is one of these.
    Remove(Path, Vec<Scalar<'v>>),
}

impl<'v> Effects<'v> {
    /// Returns the effects of the body of a PATCH request, or `None` if they depend on stored data.
    ///
    /// # Errors
    ///
    /// Fails as [`apply`](super::apply) does, as far as that does not depend on stored data.
    pub fn of(
        resource_type: &'v ResourceType,
        body: &'v [u8],
        tolerance: &Tolerance,
    ) -> Result<Option<(Self, WriteReport)>, Error> {
        Patch::parse(resource_type, body, tolerance)?.effects(tolerance)
    }

    /// Returns the effects in order.
    pub fn iter(&self) -> impl Iterator<Item = &Effect<'v>> {
        self.effects.iter()
    }

    /// Returns whether the PATCH does nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.effects.is_empty()
    }

    /// Returns whether the PATCH affects only these attributes. A store that knows no others can then apply it.
    #[must_use]
    pub fn are_on(&self, paths: &[Path]) -> bool {
        self.effects.iter().all(|effect| paths.contains(&effect.path()))
    }
}

impl Effect<'_> {
    /// Returns the attribute.
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
    /// Returns the effects of the PATCH, or `None` if they depend on stored data.
    ///
    /// # Errors
    ///
    /// Fails as [`apply`](Self::apply) does, as far as that does not depend on stored data.
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
        // Without other effects, a read-only attribute is rejected unless its value equals the stored one.
        if collector.effects.is_empty() && !collector.passed_over.is_empty() {
            return Ok(None);
        }
        let quirks = self.quirks.and(tolerance.used());
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
    /// Whether the outcome is known so far.
    is_known: bool,
    /// The read-only attributes that were named in a value.
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

    /// Skips a read-only attribute in a value if the profile allows that. Otherwise the outcome depends on stored data.
    fn read_only(&mut self, path: Path, from_value: bool) -> Result<(), Error> {
        if !from_value {
            return Err(error::read_only(&self.resource_type.name_of(path)));
        }
        self.is_known &= self.tolerance.tolerate(Quirk::ReadOnlyInValue);
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
                // Elements that stay keep sub-attributes that clients cannot write, so the outcome depends on the
                // existing elements.
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
        if attribute.required && is_missing(&Value::Scalar(scalar.clone()).view()) {
            return Err(missing(&format!("`{}`", self.resource_type.name_of(path))));
        }
        self.effects.push(Effect::Set(path, scalar.clone()));
        Ok(())
    }

    fn clear(&mut self, path: Path, attribute: &Attribute) -> Result<(), Error> {
        if attribute.required {
            return Err(error::required(&self.resource_type.name_of(path)));
        }
        // Sub-attributes that a client cannot write stay, and so does an `active` of `false`.
        let keeps_parts = |attribute: &Attribute| !attribute.multi_valued && has_kept_parts(attribute);
        let keeps_value = is_switch(path.steps(), attribute);
        self.is_known &= !keeps_value && !keeps_parts(attribute) && !attribute.sub_attributes.iter().any(keeps_parts);
        self.effects.push(Effect::Clear(path));
        Ok(())
    }

    fn merge(&mut self, path: Path, attribute: &Attribute, parts: &[Part<'_, 'v>]) -> Result<(), Error> {
        // The remaining content of a reference determines whether it is removed as a whole.
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
        items: &[Value<'v>],
        effect: impl FnOnce(Path, Vec<Value<'v>>) -> Effect<'v>,
    ) {
        // An existing element that is not identified by its `value` alone gets the new sub-attributes.
        self.is_known &= match Identity::of(attribute) {
            Identity::Value(value) => items.iter().all(|item| item.part(value).is_some_and(|part| !part.is_absent())),
            Identity::ValueAndType(..) | Identity::Whole => attribute.sub_attributes.is_empty(),
        };
        let mut items = items.to_vec();
        let primary = attribute.primary().map(|(primary, _)| primary);
        for item in &mut items {
            strip_read_only(attribute, item);
            let claims = primary.and_then(|primary| item.part(primary)).is_some_and(|part| part.is_bool(true));
            let lacks = |(index, sub): (u32, &Attribute)| sub.required && item.part(index).is_none_or(Value::is_absent);
            self.is_known &= !claims && !(0u32..).zip(attribute.sub_attributes.iter()).any(lacks);
        }
        let effect = effect(path, items);
        match (self.effects.last_mut(), effect) {
            // Many clients add one member per operation.
            (Some(Effect::Add(last, items)), Effect::Add(path, more)) if *last == path => items.extend(more),
            (_, effect) => self.effects.push(effect),
        }
    }

    fn remove(&mut self, path: Path, attribute: &Attribute, values: Option<Vec<Scalar<'v>>>) {
        match values {
            // The last element may be removed, which a required list does not allow.
            Some(more) if !attribute.required => match self.effects.last_mut() {
                Some(Effect::Remove(last, values)) if *last == path => values.extend(more),
                _ => self.effects.push(Effect::Remove(path, more)),
            },
            _ => self.is_known = false,
        }
    }

    /// Returns whether every object that may be created has all of its required sub-attributes.
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

/// Returns the `value` of a listed element if none of its other sub-attributes helps to identify it.
fn listed_value<'v>(attribute: &Attribute, item: &Value<'v>) -> Option<Scalar<'v>> {
    let (value, _) = attribute.sub_attribute("value")?;
    let Value::Complex(parts) = item else { return None };
    let is_identified_by_value = Identity::is_value_alone(attribute);
    if !is_identified_by_value && parts.iter().any(|(index, part)| *index != value && !part.is_absent()) {
        return None;
    }
    match item.part(value)? {
        Value::Scalar(scalar) if !scalar.is_absent() => Some(scalar.clone()),
        _ => None,
    }
}

/// Returns the values of the elements that an operation removes, if its filter tests only `value`.
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

/// Collects the values that a condition tests for, if it is only `value eq ..`, or several of these joined by `or`.
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
