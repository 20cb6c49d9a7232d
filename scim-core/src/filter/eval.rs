//! Evaluates a filter on a resource.

use std::cmp::Ordering;

use memchr::memmem;

use super::{Compare, Condition, Filter, Operator};
use crate::{
    collation,
    meter::{Meter, Unmetered},
    reflect::{Reflect, Scalar, ValueRef, opaque, version_tag},
    schema::DataType,
};

impl Filter {
    /// Returns whether a resource satisfies the filter.
    ///
    /// An attribute without a value equals nothing, so `ne` is true for it (RFC 7644 §3.4.2.2).
    #[must_use]
    pub fn matches(&self, resource: &dyn Reflect) -> bool {
        self.condition.matches(&resource.view())
    }
}

impl Condition {
    /// Returns whether a resource, or an element of a list, satisfies the condition.
    #[must_use]
    pub fn matches(&self, value: &ValueRef<'_>) -> bool {
        self.matches_within(value, &Unmetered)
    }

    /// Like [`matches`](Self::matches), with a meter. The result is meaningless once the meter is used up.
    pub(crate) fn matches_within(&self, value: &ValueRef<'_>, meter: &impl Meter) -> bool {
        match self {
            Self::And(parts) => parts.iter().all(|part| part.matches_within(value, meter)),
            Self::Or(parts) => parts.iter().any(|part| part.matches_within(value, meter)),
            Self::Not(inner) => !inner.matches_within(value, meter),
            Self::Present(path) => any(value, path.steps(), meter, &|value| is_present(value, meter)),
            Self::Compare(compare) => compare.matches(value, meter),
            Self::Element(path, inner) => {
                any(value, path.steps(), meter, &|element| !element.is_absent() && inner.matches_within(element, meter))
            }
        }
    }
}

impl Compare {
    /// Returns whether a single value satisfies the comparison.
    pub(crate) fn matches_scalar(&self, value: &Scalar<'_>) -> bool {
        compare_scalar(value, self, &Unmetered)
    }

    /// Returns whether any value of a resource, or of an element, satisfies the comparison.
    pub(super) fn matches(&self, value: &ValueRef<'_>, meter: &impl Meter) -> bool {
        any(value, self.path.steps(), meter, &|value| match value {
            ValueRef::Scalar(scalar) => compare_scalar(scalar, self, meter),
            ValueRef::Complex(_) | ValueRef::List(_) => false,
        })
    }
}

/// Returns whether any value at the end of a path satisfies a test. Every list on the way and at the end is searched.
pub(super) fn any<F: Fn(&ValueRef<'_>) -> bool, M: Meter>(
    value: &ValueRef<'_>,
    steps: &[u32],
    meter: &M,
    test: &F,
) -> bool {
    match (value, steps.split_first()) {
        // If the meter is used up, the search ends as if something was found.
        (ValueRef::List(list), _) => {
            (0..list.len()).any(|index| any(&list.at(index), steps, meter, test) || meter.is_used_up())
        }
        (ValueRef::Complex(object), Some((step, rest))) => any(&object.get(*step), rest, meter, test),
        (ValueRef::Scalar(_), Some(_)) => false,
        (value, None) => test(value),
    }
}

/// Returns whether a value is assigned and, for text, not empty (RFC 7644 table 3).
pub(super) fn is_present(value: &ValueRef<'_>, meter: &impl Meter) -> bool {
    meter.spend(1);
    match value {
        ValueRef::Scalar(Scalar::Str(text)) => !text.is_empty(),
        value => !value.is_absent(),
    }
}

#[inline]
fn compare_scalar(value: &Scalar<'_>, compare: &Compare, meter: &impl Meter) -> bool {
    if !meter.look_at(value.as_str()) {
        return false;
    }
    match (value, &compare.operand) {
        // The common case, which needs no canonical form.
        (Scalar::Str(value), Scalar::Str(_)) if compare.data_type != DataType::Binary && !compare.is_version() => {
            compare_text(value, compare)
        }
        (Scalar::Absent, _) => compare.or_absent,
        _ => compare_canonical(value, compare),
    }
}

/// Compares values that may be other than text.
fn compare_canonical(value: &Scalar<'_>, compare: &Compare) -> bool {
    match (value, &compare.operand) {
        _ if compare.is_version() => compare_version(value, compare),
        (Scalar::Bool(value), Scalar::Bool(operand)) => holds(value.cmp(operand), compare.operator),
        (Scalar::DateTime(value), Scalar::DateTime(operand)) => holds(value.cmp(operand), compare.operator),
        (value, operand) => {
            let canonical = |scalar| Scalar::canonical(scalar, compare.data_type, compare.case_exact);
            match canonical(value) {
                // An id that the application stores as a number is text in SCIM.
                Scalar::Str(text) if matches!(operand, Scalar::Str(_)) => compare_text(&text, compare),
                value => value.order(&canonical(operand)).is_some_and(|ordering| holds(ordering, compare.operator)),
            }
        }
    }
}

/// Compares the entity tag that a response shows. Tags are equal if their opaque parts are, as in `If-Match`, whether
/// or not they are weak (RFC 9110 §8.8.3.2).
fn compare_version(value: &Scalar<'_>, compare: &Compare) -> bool {
    version_tag(value.borrowed()).is_some_and(|tag| {
        let text = if compare.operator == Operator::Eq { opaque(&tag) } else { &tag };
        compare_text(text, compare)
    })
}

fn holds(ordering: Ordering, operator: Operator) -> bool {
    match operator {
        Operator::Eq => ordering.is_eq(),
        Operator::Ne => ordering.is_ne(),
        Operator::Gt => ordering.is_gt(),
        Operator::Ge => ordering.is_ge(),
        Operator::Lt => ordering.is_lt(),
        Operator::Le => ordering.is_le(),
        Operator::Co | Operator::Sw | Operator::Ew => false,
    }
}

/// Compares text with the operand's comparison key, in linear time.
pub(super) fn compare_text(value: &str, compare: &Compare) -> bool {
    let (text, key) = (value.as_bytes(), compare.key.as_bytes());
    let same = |part: &[u8]| if compare.case_exact { part == key } else { part.eq_ignore_ascii_case(key) };
    // The common case needs no key of the value: ASCII text differs from its key at most in letter case. Texts that are
    // equal byte by byte, except for ASCII letter case, are always equal.
    match compare.operator {
        Operator::Eq if same(text) => true,
        Operator::Eq | Operator::Sw | Operator::Ew if !value.is_ascii() => compare_keys(value, compare),
        Operator::Eq => false,
        Operator::Sw => text.get(..key.len()).is_some_and(same),
        Operator::Ew => text.len().checked_sub(key.len()).and_then(|at| text.get(at..)).is_some_and(same),
        _ => compare_keys(value, compare),
    }
}

fn compare_keys(value: &str, compare: &Compare) -> bool {
    let value = collation::comparison_key(value, compare.case_exact);
    match compare.operator {
        // Preparing a long key costs time proportional to its length, even if the value is too short to contain it.
        Operator::Co => {
            compare.key.len() <= value.len() && memmem::find(value.as_bytes(), compare.key.as_bytes()).is_some()
        }
        Operator::Sw => value.starts_with(&*compare.key),
        Operator::Ew => value.ends_with(&*compare.key),
        operator => holds((*value).cmp(&compare.key), operator),
    }
}
