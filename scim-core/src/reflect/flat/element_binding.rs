//! The fields of one element of a multi-valued attribute.

use std::borrow::Cow;

use super::{ElementBinding, Fields};
use crate::{
    collation,
    reflect::{Edit, EditError, Scalar, Value, ValueRef, edit},
};

impl ElementBinding {
    pub(in crate::reflect) fn len(&self) -> u32 {
        let indices = self.selector.iter().map(|(sub, _)| *sub);
        let indices =
            indices.chain(self.fixed.iter().map(|(sub, _)| *sub)).chain(self.fields.iter().map(|(sub, _)| *sub));
        indices.max().map_or(0, |highest| highest.saturating_add(1))
    }

    pub(in crate::reflect) fn is_empty(&self, fields: &dyn Fields) -> bool {
        self.fields.iter().all(|(_, field)| fields.field(*field).is_absent())
    }

    pub(in crate::reflect) fn get<'a>(&'static self, fields: &'a dyn Fields, sub: u32) -> ValueRef<'a> {
        if let Some(field) = self.field(sub) {
            return fields.field(field);
        }
        if let Some(selected) = self.selected(sub) {
            return ValueRef::Scalar(Scalar::Str(Cow::Borrowed(selected)));
        }
        self.fixed(sub).map_or(ValueRef::ABSENT, |fixed| ValueRef::Scalar(Scalar::Bool(fixed)))
    }

    /// Returns whether an element with these fields can have a sub-attribute.
    pub(crate) fn has(&self, sub: u32) -> bool {
        self.field(sub).is_some() || self.selected(sub).is_some() || self.fixed(sub).is_some()
    }

    pub(crate) fn field(&self, sub: u32) -> Option<u16> {
        self.fields.iter().find(|(index, _)| *index == sub).map(|(_, field)| *field)
    }

    pub(crate) fn selected(&self, sub: u32) -> Option<&'static str> {
        self.selector.iter().find(|(index, _)| *index == sub).map(|(_, value)| *value)
    }

    pub(crate) fn fixed(&self, sub: u32) -> Option<bool> {
        self.fixed.iter().find(|(index, _)| *index == sub).map(|(_, value)| *value)
    }

    pub(super) fn clear(&self, fields: &mut dyn Fields) -> Result<(), EditError> {
        self.fields
            .iter()
            .try_for_each(|(_, field)| fields.edit_field(*field, &[], Edit::Set(Scalar::Absent)).map(drop))
    }

    /// Returns whether a new element belongs here: it matches the selector, or it has none of the selector's
    /// sub-attributes and this binding is `untyped`.
    pub(crate) fn takes(&self, node: &Value<'_>) -> bool {
        let named = |sub: u32| node.part(sub).filter(|part| !part.is_absent());
        if self.untyped && self.selector.iter().all(|(sub, _)| named(*sub).is_none()) {
            return true;
        }
        self.selector.iter().all(
            |(sub, value)| matches!(named(*sub), Some(Value::Scalar(Scalar::Str(text))) if collation::eq_ignore_case(text, value)),
        )
    }

    /// Returns whether the sub-attributes of an element match the selector.
    pub(super) fn is_named_by(&self, element: &ValueRef<'_>) -> bool {
        self.selector.iter().all(|(sub, value)| {
            matches!(element.clone().at(&[*sub]), ValueRef::Scalar(Scalar::Str(text)) if collation::eq_ignore_case(&text, value))
        })
    }

    /// Returns a sub-attribute of an element that the fields cannot hold. Without a field, `false` is the same as no
    /// value.
    pub(super) fn lost(&self, node: &Value<'_>) -> Option<u32> {
        let Value::Complex(parts) = node else { return None };
        let is_kept = |sub: u32, part: &Value<'_>| {
            !part.is_assigned()
                || self.field(sub).is_some()
                || self.selected(sub).is_some()
                || self.fixed(sub) == Some(true)
        };
        parts.iter().find(|(sub, part)| !is_kept(*sub, part)).map(|(sub, _)| *sub)
    }

    /// Returns whether the fields already have the values that they would have if the element were put here.
    pub(super) fn holds(&self, fields: &dyn Fields, node: &Value<'_>) -> bool {
        self.fields.iter().all(|(sub, field)| {
            let part = node.part(*sub).map_or(ValueRef::ABSENT, Value::view);
            match (fields.field(*field), part) {
                (ValueRef::Scalar(Scalar::Absent), ValueRef::Scalar(Scalar::Bool(false))) => true,
                (ValueRef::Scalar(present), ValueRef::Scalar(part)) => present == part,
                (present, part) => present.is_absent() && part.is_absent(),
            }
        })
    }

    /// Sets every sub-attribute that has a field. Others are skipped, including those that the mapping fixes.
    pub(super) fn fill(&self, fields: &mut dyn Fields, node: &mut Value<'_>) -> Result<(), EditError> {
        let Value::Complex(parts) = node else { return Err(EditError::NOT_AN_OBJECT) };
        for (sub, part) in parts {
            if let Some(field) = self.field(*sub) {
                edit::put(part, &mut |at, edit| fields.edit_field(field, at, edit))?;
            }
        }
        Ok(())
    }

    /// The same as [`fill`](Self::fill), for empty fields, which stay empty if one of the sub-attributes is rejected.
    pub(super) fn fill_or_clear(&self, fields: &mut dyn Fields, node: &mut Value<'_>) -> Result<(), EditError> {
        let filled = self.fill(fields, node);
        if filled.is_err() {
            self.clear(fields)?;
        }
        filled
    }
}
