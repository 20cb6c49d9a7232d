//! Renders canonical operations as text.

use std::fmt::{self, Display, Formatter, Write as _};

use super::value;
use crate::{
    filter::{Condition, Operator},
    patch::{Action, Kind, Operation},
    reflect::{Scalar, Value},
    schema::{Attribute, Path, ResourceType, at},
};

/// Returns the operation as `replace emails[type eq "work"].value = "b@example.com"`.
pub(super) fn text(resource_type: &ResourceType, operation: &Operation<'_, '_>) -> String {
    let verb = match operation.kind {
        Kind::Add => "add",
        Kind::Replace => "replace",
        Kind::Remove => "remove",
    };
    let mut text = format!("{verb} {}", resource_type.name_of(operation.path));
    // The attribute whose value the operation has, and whether the value is a list.
    let mut target = operation.attribute;
    let mut is_list = target.multi_valued;
    if let Action::Elements(elements) = &operation.action {
        is_list = false;
        if let Some(condition) = &elements.condition {
            // Writing to a string cannot fail.
            let _ = write!(text, "[{}]", Selection { condition, attribute: target });
        }
        if let Some((_, sub)) = elements.sub {
            text.push('.');
            text.push_str(&sub.name);
            target = sub;
            is_list = sub.multi_valued;
        }
    }
    let node = operation.action.to_value();
    if operation.kind == Kind::Remove && matches!(node, Value::Scalar(Scalar::Absent)) {
        return text;
    }
    // Elements are added to a list or removed from it; all other values are assigned.
    text.push_str(if is_list && operation.kind != Kind::Replace { " " } else { " = " });
    let hides = !node.is_absent() && is_in_hidden(resource_type, operation.path);
    text.push_str(&if hides { value::HIDDEN.to_owned() } else { value::text(target, &node) });
    text
}

/// Returns whether clients cannot read the attribute or one of its parents.
fn is_in_hidden(resource_type: &ResourceType, path: Path) -> bool {
    let mut attributes: &[Attribute] = &resource_type.attributes;
    path.steps().iter().any(|step| {
        let Some(attribute) = at(attributes, *step) else { return false };
        attributes = &attribute.sub_attributes;
        !attribute.is_readable()
    })
}

/// Renders the filter in the brackets of a path, with the names of the schema.
struct Selection<'o> {
    condition: &'o Condition,
    /// The list whose elements are selected.
    attribute: &'o Attribute,
}

impl<'o> Selection<'o> {
    fn inner(&self, condition: &'o Condition) -> Self {
        Self { condition, ..*self }
    }

    /// Returns the name of a sub-attribute, and the sub-attribute. Simple elements are called `value`.
    fn lookup(&self, path: Path) -> (&'o str, &'o Attribute) {
        let sub = path.steps().first().and_then(|index| at(&self.attribute.sub_attributes, *index));
        sub.map_or(("value", self.attribute), |sub| (&sub.name, sub))
    }

    fn chain(&self, f: &mut Formatter<'_>, conditions: &'o [Condition], word: &str) -> fmt::Result {
        for (index, condition) in conditions.iter().enumerate() {
            if index > 0 {
                write!(f, " {word} ")?;
            }
            if matches!(condition, Condition::And(_) | Condition::Or(_)) {
                write!(f, "({})", self.inner(condition))?;
            } else {
                self.inner(condition).fmt(f)?;
            }
        }
        Ok(())
    }
}

impl Display for Selection<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.condition {
            Condition::And(conditions) => self.chain(f, conditions, "and"),
            Condition::Or(conditions) => self.chain(f, conditions, "or"),
            Condition::Not(inner) => match &**inner {
                Condition::Compare(compare) if compare.operator == Operator::Eq => {
                    let (name, attribute) = self.lookup(compare.path);
                    let operand = value::text(attribute, &Value::Scalar(compare.operand.clone()));
                    write!(f, "{name} ne {operand}")
                }
                inner => write!(f, "not ({})", self.inner(inner)),
            },
            Condition::Present(path) => write!(f, "{} pr", self.lookup(*path).0),
            Condition::Compare(compare) => {
                let (name, attribute) = self.lookup(compare.path);
                let operand = value::text(attribute, &Value::Scalar(compare.operand.clone()));
                write!(f, "{name} {} {operand}", compare.operator)
            }
            Condition::Element(path, inner) => {
                let (name, attribute) = self.lookup(*path);
                write!(f, "{name}[{}]", Selection { condition: inner, attribute })
            }
        }
    }
}
