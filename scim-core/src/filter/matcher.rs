//! Conditions prepared for evaluation on many resources, or on many elements.

use std::collections::{HashMap, HashSet};

use super::{
    Compare, Condition, Filter, Operator,
    eval::{any, is_present},
};
use crate::{
    meter::{Meter, Unmetered},
    reflect::{Reflect, ValueRef},
    schema::{DataType, Path},
};

/// The least number of operands for which a lookup is faster than comparing with each.
const MIN_LOOKUP: usize = 8;

/// A condition prepared for many values: if an `or` compares one attribute with many values, each value is looked up
/// once in a set, instead of being compared with each operand.
///
/// The results are the same as those of [`Condition::matches`].
pub(crate) enum Matcher<'c> {
    And(Vec<Matcher<'c>>),
    Or(Vec<Matcher<'c>>),
    Not(Box<Matcher<'c>>),
    Present(Path),
    Compare(&'c Compare),
    OneOf(OneOf),
    Element(Path, Box<Matcher<'c>>),
}

/// The keys of the operands. An attribute must equal one of them.
pub(crate) struct OneOf {
    path: Path,
    data_type: DataType,
    case_exact: bool,
    keys: HashSet<String>,
}

impl Filter {
    /// Prepares the filter for many resources.
    pub(crate) fn matcher(&self) -> Matcher<'_> {
        Matcher::new(self.condition())
    }
}

impl<'c> Matcher<'c> {
    /// Prepares a condition.
    // Recursion is as deep as the filter, which the parser limits.
    pub(crate) fn new(condition: &'c Condition) -> Self {
        match condition {
            Condition::And(parts) => Self::And(parts.iter().map(Self::new).collect()),
            Condition::Or(parts) => Self::any_of(parts),
            Condition::Not(inner) => Self::Not(Box::new(Self::new(inner))),
            Condition::Present(path) => Self::Present(*path),
            Condition::Compare(compare) => Self::Compare(compare),
            Condition::Element(path, inner) => Self::Element(*path, Box::new(Self::new(inner))),
        }
    }

    fn any_of(parts: &'c [Condition]) -> Self {
        let mut counts: HashMap<Path, usize> = HashMap::new();
        for compare in parts.iter().filter_map(as_key) {
            *counts.entry(compare.path).or_default() += 1;
        }
        let mut sets: HashMap<Path, OneOf> = HashMap::new();
        let mut others = Vec::new();
        for part in parts {
            match as_key(part).filter(|compare| counts.get(&compare.path).is_some_and(|count| *count >= MIN_LOOKUP)) {
                Some(compare) => {
                    let set = sets.entry(compare.path).or_insert_with(|| OneOf::new(compare));
                    set.keys.extend(compare.operand_key());
                }
                None => others.push(Self::new(part)),
            }
        }
        others.extend(sets.into_values().map(Self::OneOf));
        Self::Or(others)
    }

    /// Returns whether a resource satisfies the condition.
    pub(crate) fn matches_resource(&self, resource: &dyn Reflect) -> bool {
        self.matches(&resource.view(), &Unmetered)
    }

    /// Returns whether a resource, or an element of a list, satisfies the condition. The result is meaningless once the
    /// meter is used up.
    pub(crate) fn matches(&self, value: &ValueRef<'_>, meter: &impl Meter) -> bool {
        match self {
            Self::And(parts) => parts.iter().all(|part| part.matches(value, meter)),
            Self::Or(parts) => parts.iter().any(|part| part.matches(value, meter)),
            Self::Not(inner) => !inner.matches(value, meter),
            Self::Present(path) => any(value, path.steps(), meter, &|value| is_present(value, meter)),
            Self::Compare(compare) => compare.matches(value, meter),
            Self::OneOf(set) => any(value, set.path.steps(), meter, &|value| set.contains(value, meter)),
            Self::Element(path, inner) => {
                any(value, path.steps(), meter, &|element| !element.is_absent() && inner.matches(element, meter))
            }
        }
    }
}

impl OneOf {
    fn new(compare: &Compare) -> Self {
        let &Compare { path, data_type, case_exact, .. } = compare;
        Self { path, data_type, case_exact, keys: HashSet::new() }
    }

    fn contains(&self, value: &ValueRef<'_>, meter: &impl Meter) -> bool {
        match value {
            ValueRef::Scalar(scalar) if !meter.look_at(scalar.as_str()) => false,
            ValueRef::Scalar(scalar) => {
                scalar.key_as(self.data_type, self.case_exact).is_some_and(|key| self.keys.contains(&*key))
            }
            ValueRef::Complex(_) | ValueRef::List(_) => false,
        }
    }
}

/// Returns the comparison if it is equivalent to the equality of two keys.
fn as_key(condition: &Condition) -> Option<&Compare> {
    match condition {
        Condition::Compare(compare) if compare.is_by_key() => Some(compare),
        _ => None,
    }
}

impl Compare {
    /// Returns whether the comparison is true for exactly the values whose key is [that of the
    /// operand](Self::operand_key).
    pub(crate) fn is_by_key(&self) -> bool {
        self.operator == Operator::Eq && !self.or_absent && !self.is_version()
    }

    /// Returns the key of the operand.
    pub(crate) fn operand_key(&self) -> Option<String> {
        self.operand.key_as(self.data_type, self.case_exact).map(std::borrow::Cow::into_owned)
    }
}
