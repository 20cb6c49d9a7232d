//! The rules of RFC 7644 §3.5.2 for single-valued attributes. For lists, see [`list`](super::list) and
//! [`elements`](super::elements).

use std::fmt::Display;

use super::{
    elements, error, list,
    operation::{Action, Operation, Part},
    session::{Session, Target},
};
use crate::{
    compat::Quirk,
    error::{Error, excerpt},
    json::JsonPath,
    reflect::{
        Edit, EditError, Scalar, Value, ValueRef,
        compare::{same, same_written},
    },
    schema::{Attribute, Mutability, Path, Place, ResourceType, at, common},
};

impl<'r> Session<'r> {
    /// Applies one operation. Messages refer to it by its context. A rejected operation may leave the resource partly
    /// changed.
    pub(crate) fn apply(&mut self, operation: &Operation<'_, '_>, context: &dyn Display) -> Result<(), Error> {
        self.make(operation).map_err(|error| error.context(context))?;
        if !matches!(operation.action, Action::Nothing) {
            self.end_operation(context);
        }
        // Charges work that was recorded when it could no longer be rejected.
        self.tolerance().check_visits()
    }

    fn make(&mut self, operation: &Operation<'_, '_>) -> Result<(), Error> {
        let path = operation.path;
        let Some(target) = self.target(operation) else {
            return Err(Error::invalid_path("the path leads into a list"));
        };
        // A key whose value adds nothing is neither applied nor reported, whatever attribute it names.
        if operation.from_value && matches!(operation.action, Action::Nothing) {
            return Ok(());
        }
        if path.steps() == [common::SCHEMAS] {
            return match self.change_schemas(operation) {
                Err(error) => self.leave_out_because(Quirk::ReadOnlyInValue, &target, error),
                Ok(()) => Ok(()),
            };
        }
        if !self.may_write(&target, operation)? {
            return Ok(());
        }
        let guard = immutable_on(self.resource_type, path.steps());
        let act = |this: &mut Self| match &guard {
            Some(guard) => this.guarded(guard, |this| this.act(&target, &operation.action)),
            None => this.act(&target, &operation.action),
        };
        match self.object_of_value(path) {
            Some(object) => self.with_reference(&object, act).map(drop),
            None => act(self),
        }
    }

    /// Returns the object whose `value` a path names.
    fn object_of_value(&self, path: Path) -> Option<Target<'r>> {
        let (value, parent) = path.steps().split_last()?;
        let parent = parent.iter().try_fold(Path::ROOT, |path, step| path.child(*step))?;
        let resource_type: &'r ResourceType = self.resource_type;
        let attribute = resource_type.attribute(parent).filter(|attribute| !attribute.is_extension())?;
        let is_value = attribute.sub_attribute("value").is_some_and(|(index, _)| index == *value);
        is_value.then_some(())?;
        Some(Target::new(resource_type.place(parent)?, attribute))
    }

    /// Changes a single-valued object. If it is a reference and loses its `value`, the sub-attributes that the server
    /// wrote are removed, too. Returns whether the `value` was lost.
    pub(super) fn with_reference(
        &mut self,
        target: &Target<'_>,
        change: impl FnOnce(&mut Self) -> Result<(), Error>,
    ) -> Result<bool, Error> {
        let attribute = target.attribute;
        let is_single = || !attribute.multi_valued && !attribute.is_extension();
        let value = attribute.sub_attribute("value").filter(|(_, value)| value.mutability == Mutability::ReadWrite);
        let Some((index, value)) = value.filter(|_| is_single()) else { return change(self).map(|()| false) };
        let value = target.sub(index, value);
        let had_value = !self.value(&value).is_absent();
        change(self)?;
        if !had_value || !self.value(&value).is_absent() {
            return Ok(false);
        }
        for sub in target.subs().filter(|sub| sub.attribute.mutability == Mutability::ReadOnly) {
            match self.edit(&sub, Edit::Set(Scalar::Absent)) {
                Ok(_) | Err(EditError::Unmapped) => {}
                Err(refused) => return Err(self.refused(&sub, &refused)),
            }
        }
        Ok(true)
    }

    /// The same as [`with_reference`](Self::with_reference), for an assignment to the reference as a whole. If it loses
    /// its `value` and has no content left, the whole reference is removed, for profiles that accept this.
    pub(super) fn with_whole_reference(
        &mut self,
        target: &Target<'_>,
        change: impl FnOnce(&mut Self) -> Result<(), Error>,
    ) -> Result<(), Error> {
        if self.with_reference(target, change)? && self.is_hollow(target) {
            return self.clear_reference(target);
        }
        Ok(())
    }

    /// Returns the target of an operation.
    fn target<'t>(&self, operation: &Operation<'t, '_>) -> Option<Target<'t>> {
        Some(Target::new(self.resource_type.place(operation.path)?, operation.attribute))
    }

    /// `schemas` follows from the attributes that have values, so a client may name it without any effect.
    fn change_schemas(&self, operation: &Operation<'_, '_>) -> Result<(), Error> {
        let items: &[Value<'_>] = match &operation.action {
            Action::Append(items) | Action::Replace(items) => items,
            Action::Nothing => &[],
            Action::Set(_)
            | Action::Merge(_)
            | Action::Clear
            | Action::ClearValue(_)
            | Action::RemoveListed(_)
            | Action::Elements(_) => {
                return Err(Error::mutability("`schemas` follows from the attributes; remove those of the schema"));
            }
        };
        for item in items {
            let Value::Scalar(Scalar::Str(uri)) = item else { continue };
            let resource_type = self.resource_type;
            let known = uri.eq_ignore_ascii_case(&resource_type.schema.id) || resource_type.extension(uri).is_some();
            if !known && !self.tolerance().tolerate(Quirk::Schemas) {
                let detail = format!("a {} does not have the schema `{}`", resource_type.name, excerpt(uri));
                return Err(Error::invalid_value(detail));
            }
        }
        Ok(())
    }

    /// Returns whether clients may write the named attribute. A read-only attribute in a value, not in a path, is
    /// skipped if it changes nothing or the profile allows it.
    fn may_write(&mut self, target: &Target<'_>, operation: &Operation<'_, '_>) -> Result<bool, Error> {
        if self.resource_type.mutability(operation.path) != Mutability::ReadOnly {
            return Ok(true);
        }
        if !operation.from_value {
            return Err(error::read_only(&self.name(target)));
        }
        self.pass_over(target, &operation.action.to_value()).map(|()| false)
    }

    /// Skips a read-only attribute in a value if it changes nothing or the profile allows it.
    fn pass_over(&mut self, target: &Target<'_>, value: &Value<'_>) -> Result<(), Error> {
        if same(target.attribute, &value.view(), &self.value(target)) {
            return Ok(());
        }
        let error = error::read_only(&self.name(target));
        self.leave_out_because(Quirk::ReadOnlyInValue, target, error)
    }

    /// Applies an action to a whole attribute or to an element of a list.
    pub(super) fn act(&mut self, target: &Target<'_>, action: &Action<'_, '_>) -> Result<(), Error> {
        match action {
            Action::Nothing => Ok(()),
            Action::Set(scalar) => self.set(target, scalar),
            Action::Merge(parts) => self.merge(target, parts),
            Action::Clear => self.clear(target),
            Action::ClearValue(value) => self.clear_value(target, value),
            Action::Append(items) => list::append(self, target, items),
            Action::Replace(items) => list::replace(self, target, items),
            Action::RemoveListed(items) => list::remove_listed(self, target, items),
            Action::Elements(elements) => elements::change(self, target, elements),
        }
    }

    /// Makes a change that must not alter an immutable attribute that already has a value.
    pub(super) fn guarded(
        &mut self,
        target: &Target<'_>,
        change: impl FnOnce(&mut Self) -> Result<(), Error>,
    ) -> Result<(), Error> {
        if target.attribute.mutability != Mutability::Immutable {
            return change(self);
        }
        if self.is_sealed(target) {
            return Err(self.immutable(target));
        }
        self.settle(target.place)?;
        let before = self.copy(target);
        change(self)?;
        if before.is_absent() {
            return Ok(());
        }
        self.settle(target.place)?;
        if same_written(target.attribute, &before.view(), &self.value(target)) {
            return Ok(());
        }
        Err(self.immutable(target))
    }

    /// Sets a simple attribute, or an element that is simple.
    pub(super) fn set(&mut self, target: &Target<'_>, scalar: &Scalar<'_>) -> Result<(), Error> {
        let is_there = |this: &Self| same(target.attribute, &this.value(target), &ValueRef::Scalar(scalar.clone()));
        match self.edit(target, Edit::Set(scalar.clone())) {
            // A value that is already present needs no field: `primary` is false without one.
            Err(EditError::Unmapped | EditError::Fixed) if is_there(self) => Ok(()),
            Err(EditError::Fixed) if self.tolerance().tolerate(Quirk::FixedValue) => {
                self.ignored.add(&JsonPath::root(&self.name(target)));
                Ok(())
            }
            // The element has no field for this sub-attribute, although other elements have one.
            Err(refused @ EditError::Unmapped) => {
                let error = self.refused(target, &refused);
                self.leave_out_because(Quirk::UnknownAttribute, target, error)
            }
            result => result.map(drop).map_err(|refused| self.refused(target, &refused)),
        }
    }

    /// Changes the named sub-attributes of an object and keeps the others (RFC 7644 §3.5.2.3).
    pub(super) fn merge(&mut self, target: &Target<'_>, parts: &[Part<'_, '_>]) -> Result<(), Error> {
        self.with_whole_reference(target, |this| this.merge_parts(target, parts))
    }

    fn merge_parts(&mut self, target: &Target<'_>, parts: &[Part<'_, '_>]) -> Result<(), Error> {
        let mut passed_over = None;
        let mut is_any_done = parts.is_empty();
        let empties = parts.iter().any(|part| matches!(part.action, Action::Clear));
        for part in parts {
            let sub = target.sub(part.index, part.attribute);
            if part.attribute.mutability == Mutability::ReadOnly {
                if !same(sub.attribute, &part.action.to_value().view(), &self.value(&sub)) {
                    passed_over = Some(sub);
                    if !self.tolerance().tolerate(Quirk::ReadOnlyInValue) {
                        return Err(error::read_only(&self.name(&sub)));
                    }
                    self.ignored.add(&JsonPath::root(&self.name(&sub)));
                }
                continue;
            }
            is_any_done = true;
            // An emptied element is removed at its current index. Its `type`, which comes last, must not move it.
            if empties && !part.attribute.has_content() && target.list().is_some() && self.is_hollow(target) {
                continue;
            }
            if matches!(part.action, Action::Nothing) || !part.attribute.has_content() {
                self.guarded(&sub, |this| this.act(&sub, &part.action))?;
            } else {
                self.part(|this| this.guarded(&sub, |this| this.act(&sub, &part.action)))?;
            }
        }
        if let (Some(sub), false) = (passed_over, is_any_done) {
            self.note_left_out(error::read_only(&self.name(&sub)));
        }
        Ok(())
    }

    /// Unassigns a reference if only sub-attributes that describe its `value` are left. Entra removes a manager this
    /// way.
    fn clear_reference(&mut self, target: &Target<'_>) -> Result<(), Error> {
        if self.value(target).is_absent() || !self.tolerance().tolerate(Quirk::EmptyReference) {
            return Ok(());
        }
        if target.attribute.required {
            return Err(error::required(&self.name(target)));
        }
        self.unassign(target).map(drop)
    }

    /// Returns whether an object has no content: `{"type": "work"}` has only an identifying sub-attribute.
    pub(super) fn is_hollow(&self, target: &Target<'_>) -> bool {
        let ValueRef::Complex(object) = self.value(target) else { return false };
        let mut parts = (0u32..).zip(target.attribute.sub_attributes.iter());
        !parts.any(|(index, sub)| sub.has_content() && !object.get(index).is_absent())
    }

    /// Unassigns an attribute, or removes the sub-attributes of an object that a client may remove.
    pub(super) fn clear(&mut self, target: &Target<'_>) -> Result<(), Error> {
        if target.attribute.required {
            return Err(error::required(&self.name(target)));
        }
        if self.value(target).is_absent() {
            return Ok(());
        }
        if target.attribute.mutability == Mutability::Immutable {
            return Err(self.immutable(target));
        }
        let is_complex = matches!(self.value(target), ValueRef::Complex(_));
        let before = if is_complex { self.copy(target) } else { Value::ABSENT };
        let stays = self.unassign(target)?;
        if is_complex && stays && same_written(target.attribute, &before.view(), &self.value(target)) {
            // All values belong to the server.
            return Err(error::read_only(&self.name(target)));
        }
        Ok(())
    }

    /// Unassigns an attribute if it has this value.
    fn clear_value(&mut self, target: &Target<'_>, value: &Value<'_>) -> Result<(), Error> {
        let present = self.value(target);
        if present.is_absent() {
            return Ok(());
        }
        if !list::matches_item(target.attribute, value, &present) || !is_whole(target.attribute, value, &present) {
            let detail = format!("`{}` has another value than the one to remove", self.name(target));
            return Err(Error::no_target(detail));
        }
        self.clear(target)
    }
}

/// Returns whether an object has every sub-attribute with content that another one has. For a reference, `value` alone
/// is enough.
fn is_whole(attribute: &Attribute, named: &Value<'_>, present: &ValueRef<'_>) -> bool {
    let (Value::Complex(named), ValueRef::Complex(present)) = (named, present) else { return true };
    let is_named = |index: u32| named.iter().any(|(other, part)| *other == index && !part.is_absent());
    let mut parts = (0u32..).zip(attribute.sub_attributes.iter());
    attribute.sub_attribute("value").is_some()
        || parts.all(|(index, sub)| !sub.has_content() || present.get(index).is_absent() || is_named(index))
}

/// Returns the outermost immutable attribute on a path that does not lead into a list.
fn immutable_on<'t>(resource_type: &'t ResourceType, steps: &[u32]) -> Option<Target<'t>> {
    let mut attributes: &[Attribute] = &resource_type.attributes;
    let mut place = Place::ROOT;
    for step in steps {
        let attribute = at(attributes, *step)?;
        place = place.child(*step);
        if attribute.mutability == Mutability::Immutable {
            return Some(Target::new(place, attribute));
        }
        attributes = &attribute.sub_attributes;
    }
    None
}
