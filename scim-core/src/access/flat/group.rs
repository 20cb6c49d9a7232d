//! One element that has fields of its own.

use std::borrow::Cow;

use super::Group;
use crate::{
    access::{Edit, Fields, Node, Refused, Scalar, Value, standard},
    text,
};

impl Group {
    pub(in crate::access) fn len(&self) -> u32 {
        let indices = self.selector.iter().map(|(sub, _)| *sub);
        let indices =
            indices.chain(self.fixed.iter().map(|(sub, _)| *sub)).chain(self.fields.iter().map(|(sub, _)| *sub));
        indices.max().map_or(0, |highest| highest.saturating_add(1))
    }

    pub(in crate::access) fn is_empty(&self, fields: &dyn Fields) -> bool {
        self.fields.iter().all(|(_, field)| fields.field(*field).is_absent())
    }

    pub(in crate::access) fn get<'a>(&'static self, fields: &'a dyn Fields, sub: u32) -> Value<'a> {
        if let Some(field) = self.field(sub) {
            return fields.field(field);
        }
        if let Some(selected) = self.selected(sub) {
            return Value::Scalar(Scalar::Str(Cow::Borrowed(selected)));
        }
        self.fixed(sub).map_or(Value::ABSENT, |fixed| Value::Scalar(Scalar::Bool(fixed)))
    }

    /// Whether an element with these fields can have a sub-attribute.
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

    pub(super) fn clear(&self, fields: &mut dyn Fields) -> Result<(), Refused> {
        self.fields
            .iter()
            .try_for_each(|(_, field)| fields.edit_field(*field, &[], Edit::Set(Scalar::Absent)).map(drop))
    }

    /// Whether an element belongs here: it matches the selector, or names none of it and this group takes those.
    pub(crate) fn takes(&self, node: &Node<'_>) -> bool {
        let named = |sub: u32| node.part(sub).filter(|part| !part.is_absent());
        if self.untyped && self.selector.iter().all(|(sub, _)| named(*sub).is_none()) {
            return true;
        }
        self.selector.iter().all(
            |(sub, value)| matches!(named(*sub), Some(Node::Scalar(Scalar::Str(text))) if text::same_fold(text, value)),
        )
    }

    /// Whether an element is named as this one by its own parts.
    pub(super) fn is_named_by(&self, element: &Value<'_>) -> bool {
        self.selector.iter().all(|(sub, value)| {
            matches!(element.clone().at(&[*sub]), Value::Scalar(Scalar::Str(text)) if text::same_fold(&text, value))
        })
    }

    /// A part of an element that the fields would not hold. Where there is no field, `false` is the same as no value.
    pub(super) fn lost(&self, node: &Node<'_>) -> Option<u32> {
        let Node::Complex(parts) = node else { return None };
        let is_kept = |sub: u32, part: &Node<'_>| {
            !part.is_assigned()
                || self.field(sub).is_some()
                || self.selected(sub).is_some()
                || self.fixed(sub) == Some(true)
        };
        parts.iter().find(|(sub, part)| !is_kept(*sub, part)).map(|(sub, _)| *sub)
    }

    /// Whether the fields hold just what they would if the element were put here.
    pub(super) fn holds(&self, fields: &dyn Fields, node: &Node<'_>) -> bool {
        self.fields.iter().all(|(sub, field)| {
            let part = node.part(*sub).map_or(Value::ABSENT, Node::view);
            match (fields.field(*field), part) {
                (Value::Scalar(Scalar::Absent), Value::Scalar(Scalar::Bool(false))) => true,
                (Value::Scalar(present), Value::Scalar(part)) => present == part,
                (present, part) => present.is_absent() && part.is_absent(),
            }
        })
    }

    /// Sets every part that has a field; what the mapping says anyway, and parts without a field, are left out.
    pub(super) fn fill(&self, fields: &mut dyn Fields, node: &mut Node<'_>) -> Result<(), Refused> {
        let Node::Complex(parts) = node else { return Err(standard::NOT_AN_OBJECT) };
        for (sub, part) in parts {
            if let Some(field) = self.field(*sub) {
                standard::put(part, &mut |at, edit| fields.edit_field(field, at, edit))?;
            }
        }
        Ok(())
    }

    /// As [`fill`](Self::fill), for fields that are empty and stay so if one of the parts is refused.
    pub(super) fn fill_or_clear(&self, fields: &mut dyn Fields, node: &mut Node<'_>) -> Result<(), Refused> {
        let filled = self.fill(fields, node);
        if filled.is_err() {
            self.clear(fields)?;
        }
        filled
    }
}
