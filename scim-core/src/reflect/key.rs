//! The key of a simple value, which defines when two values of an attribute are equal and how they are ordered.
//!
//! Unique indexes, look-ups, filters, sorting and the comparison of elements all use this file, so that `5` and `5.0`,
//! or the same point in time in two time zones, cannot be equal for one of them and different for another.

use std::{borrow::Cow, cmp::Ordering};

use super::{Binary, DateTime, Scalar};
use crate::{
    collation,
    schema::{Attribute, DataType},
};

/// Returns the entity tag that a response shows as `meta.version`: the stored text if it is a tag, otherwise a weak tag
/// with the stored value (RFC 7644 §3.14).
pub(crate) fn version_tag(version: Scalar<'_>) -> Option<String> {
    let version = match version {
        Scalar::Str(text) => text,
        Scalar::Int(number) => Cow::Owned(number.to_string()),
        Scalar::DateTime(date) => Cow::Owned(date.to_string()),
        Scalar::Absent | Scalar::Bool(_) | Scalar::Dec(_) => return None,
    };
    let opaque = version.strip_prefix("W/").unwrap_or(&version);
    let is_tag = opaque.len() >= 2 && opaque.starts_with('"') && opaque.ends_with('"');
    Some(if is_tag { version.into_owned() } else { format!("W/\"{version}\"") })
}

/// Returns the part of an entity tag that identifies the version.
pub(crate) fn opaque(tag: &str) -> &str {
    let tag = tag.strip_prefix("W/").unwrap_or(tag);
    tag.strip_prefix('"').and_then(|tag| tag.strip_suffix('"')).unwrap_or(tag)
}

/// The smallest integer that exceeds the range of `i64`, as a decimal.
const BEYOND: f64 = 9_223_372_036_854_775_808.0;

impl Scalar<'_> {
    /// Returns the text that is the same for equal values of an attribute and different for different values.
    ///
    /// Returns `None` only for absent values: [`Scalar::Absent`], or a number that JSON cannot represent (`NaN` and the
    /// infinities), which a response omits.
    ///
    /// | type of the attribute | values are equal if |
    /// |---|---|
    /// | string, reference | they are the same text under the rule of `caseExact`; a number counts as its digits |
    /// | integer | they are the same integer, without rounding |
    /// | decimal | they are the same double, as JSON numbers are: `5` and `5.0` are one value |
    /// | dateTime | they are the same point in time, in whatever zone it is written |
    /// | binary | they are the same bytes |
    /// | boolean | they are the same |
    ///
    /// A text under an attribute of another type is parsed as that type if possible; otherwise it is compared as text.
    pub(crate) fn key(&self, attribute: &Attribute) -> Option<Cow<'_, str>> {
        self.key_as(attribute.data_type, attribute.case_exact)
    }

    /// The same as [`key`](Self::key), given the relevant characteristics of the attribute.
    pub(crate) fn key_as(&self, data_type: DataType, case_exact: bool) -> Option<Cow<'_, str>> {
        Some(match self.canonical(data_type, case_exact) {
            Scalar::Absent => return None,
            Scalar::Str(text) => text,
            Scalar::Bool(value) => Cow::Borrowed(if value { "true" } else { "false" }),
            Scalar::Int(number) => Cow::Owned(number.to_string()),
            // The shortest text that parses as this double. No other double has it.
            Scalar::Dec(number) => Cow::Owned(format!("{number:e}")),
            Scalar::DateTime(time) => Cow::Owned(time.to_string()),
        })
    }

    /// Returns the value in the form that all equal values of an attribute share. For text this is its comparison key.
    pub(crate) fn canonical(&self, data_type: DataType, case_exact: bool) -> Scalar<'_> {
        let as_text = |text| Scalar::Str(collation::comparison_key(text, case_exact));
        match (data_type, self) {
            (_, Scalar::Absent) => Scalar::Absent,
            (_, Scalar::Dec(number)) if !number.is_finite() => Scalar::Absent,
            (DataType::String | DataType::Reference | DataType::Boolean | DataType::Complex, Scalar::Str(text)) => {
                as_text(text)
            }
            (DataType::String | DataType::Reference, _) => match self.digits() {
                Some(digits) => Scalar::Str(Cow::Owned(collation::comparison_key(&digits, case_exact).into_owned())),
                None => self.borrowed(),
            },
            (DataType::Integer, Scalar::Dec(number)) => whole(*number).map_or(Scalar::Dec(*number), Scalar::Int),
            (DataType::Integer, Scalar::Str(text)) => text.parse().map_or_else(|_| as_text(text), Scalar::Int),
            (DataType::Decimal, Scalar::Dec(number)) => Scalar::Dec(positive_zero(*number)),
            (DataType::Decimal, Scalar::Int(_)) => self.number().map_or(Scalar::Absent, Scalar::Dec),
            (DataType::Decimal, Scalar::Str(text)) => match text.parse::<f64>() {
                Ok(number) if number.is_finite() => Scalar::Dec(positive_zero(number)),
                _ => as_text(text),
            },
            (DataType::DateTime, Scalar::Str(text)) => {
                text.parse::<DateTime>().map_or_else(|_| as_text(text), Scalar::DateTime)
            }
            (DataType::Binary, Scalar::Str(text)) => match text.parse::<Binary>() {
                Ok(bytes) => Scalar::Str(Cow::Owned(bytes.to_string())),
                Err(_) => Scalar::Str(Cow::Borrowed(text)),
            },
            (_, value) => value.borrowed(),
        }
    }

    /// Returns the order of two values in their [canonical](Self::canonical) form, or `None` if they have none.
    pub(crate) fn order(&self, other: &Scalar<'_>) -> Option<Ordering> {
        match (self, other) {
            (Scalar::Str(left), Scalar::Str(right)) => Some(left.cmp(right)),
            (Scalar::Bool(left), Scalar::Bool(right)) => Some(left.cmp(right)),
            (Scalar::Int(left), Scalar::Int(right)) => Some(left.cmp(right)),
            (Scalar::DateTime(left), Scalar::DateTime(right)) => Some(left.cmp(right)),
            // An integer and a number with a fraction, which are never equal.
            (Scalar::Int(left), Scalar::Dec(right)) => Some(order_of_int(*left, *right)),
            (Scalar::Dec(left), Scalar::Int(right)) => Some(order_of_int(*right, *left).reverse()),
            (Scalar::Dec(left), Scalar::Dec(right)) => left.partial_cmp(right),
            _ => None,
        }
    }

    /// Returns the text that a response shows for a value of another type under a string attribute, such as a numeric
    /// id.
    pub(crate) fn digits(&self) -> Option<String> {
        match self {
            Scalar::Int(number) => Some(number.to_string()),
            Scalar::Dec(number) => number.is_finite().then(|| number.to_string()),
            Scalar::DateTime(time) => Some(time.to_string()),
            Scalar::Absent | Scalar::Bool(_) | Scalar::Str(_) => None,
        }
    }

    /// Returns the same value with borrowed text.
    pub(crate) fn borrowed(&self) -> Scalar<'_> {
        match self {
            Scalar::Absent => Scalar::Absent,
            Scalar::Bool(value) => Scalar::Bool(*value),
            Scalar::Int(number) => Scalar::Int(*number),
            Scalar::Dec(number) => Scalar::Dec(*number),
            Scalar::DateTime(time) => Scalar::DateTime(*time),
            Scalar::Str(text) => Scalar::Str(Cow::Borrowed(text)),
        }
    }
}

fn positive_zero(number: f64) -> f64 {
    if number == 0.0 { 0.0 } else { number }
}

/// Returns a decimal as an integer of 64 bits, if it is one.
#[expect(clippy::cast_possible_truncation, reason = "the range is checked first")]
pub(crate) fn whole(number: f64) -> Option<i64> {
    (number.fract() == 0.0 && (-BEYOND..BEYOND).contains(&number)).then_some(number as i64)
}

/// Compares an integer with a decimal without rounding the former.
fn order_of_int(left: i64, right: f64) -> Ordering {
    if right >= BEYOND {
        return Ordering::Less;
    }
    if right < -BEYOND {
        return Ordering::Greater;
    }
    // The floor of the decimal is now in the range of `i64`.
    match whole(right.floor()) {
        Some(floor) if right.fract() != 0.0 => left.cmp(&floor).then(Ordering::Less),
        Some(same) => left.cmp(&same),
        None => Ordering::Less,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::AttributeSpec;

    fn key(data_type: DataType, scalar: &Scalar<'_>) -> Option<String> {
        scalar.key(&AttributeSpec::new("x", data_type).build()).map(Cow::into_owned)
    }

    fn text(text: &str) -> Scalar<'_> {
        Scalar::Str(text.into())
    }

    #[test]
    fn equal_values_have_one_key() {
        let date = |text: &str| Scalar::DateTime(text.parse().unwrap());
        for (data_type, left, right) in [
            (DataType::Decimal, Scalar::Int(5), Scalar::Dec(5.0)),
            (DataType::Decimal, text("5"), Scalar::Dec(5.0)),
            (DataType::Decimal, Scalar::Dec(-0.0), Scalar::Int(0)),
            (DataType::Decimal, Scalar::Dec(9_007_199_254_740_992.0), Scalar::Int(9_007_199_254_740_993)),
            (DataType::Integer, Scalar::Int(5), Scalar::Dec(5.0)),
            (DataType::Integer, Scalar::Int(5), text("5")),
            (DataType::Integer, Scalar::Int(0), Scalar::Dec(-0.0)),
            (DataType::String, Scalar::Int(5), text("5")),
            (DataType::Reference, Scalar::Int(5), text("5")),
            (DataType::String, text("Kim"), text("KIM")),
            (DataType::DateTime, date("2020-01-01T00:00:00Z"), date("2020-01-01T01:00:00+01:00")),
            (DataType::DateTime, date("2020-01-01T00:00:00Z"), text("2020-01-01T01:00:00.000+01:00")),
            (DataType::Binary, text("aGk="), text("aGk")),
        ] {
            assert!(key(data_type, &left).is_some(), "{left:?}");
            assert_eq!(key(data_type, &left), key(data_type, &right), "{left:?} {right:?}");
        }
    }

    #[test]
    fn different_values_have_different_keys() {
        for (data_type, left, right) in [
            (DataType::Integer, Scalar::Int(9_007_199_254_740_993), Scalar::Dec(9_007_199_254_740_992.0)),
            (DataType::Integer, Scalar::Int(9_007_199_254_740_993), Scalar::Int(9_007_199_254_740_992)),
            (DataType::Integer, Scalar::Int(5), Scalar::Dec(5.5)),
            (DataType::Integer, Scalar::Int(i64::MAX), Scalar::Dec(BEYOND)),
            (DataType::Decimal, Scalar::Dec(0.1), Scalar::Dec(0.100_000_001)),
            (DataType::String, Scalar::Int(5), text("05")),
            (DataType::Boolean, Scalar::Bool(true), Scalar::Bool(false)),
            (DataType::Binary, text("aGk="), text("aGK=")),
        ] {
            assert!(key(data_type, &left).is_some(), "{left:?}");
            assert_ne!(key(data_type, &left), key(data_type, &right), "{left:?} {right:?}");
        }
    }

    #[test]
    fn only_absent_values_have_no_key() {
        for data_type in [DataType::String, DataType::Integer, DataType::Decimal, DataType::DateTime, DataType::Binary]
        {
            for none in [Scalar::Absent, Scalar::Dec(f64::NAN), Scalar::Dec(f64::INFINITY)] {
                assert_eq!(key(data_type, &none), None);
            }
            for some in [Scalar::Bool(false), Scalar::Int(0), Scalar::Dec(1.5), text("x"), text("")] {
                assert!(key(data_type, &some).is_some(), "{data_type:?} {some:?}");
            }
        }
    }

    #[test]
    fn whole_numbers_are_ordered_without_rounding() {
        for (left, right, expected) in [
            (i64::MAX, BEYOND, Ordering::Less),
            (i64::MIN, -BEYOND, Ordering::Equal),
            (i64::MIN, -1e30, Ordering::Greater),
            (9_007_199_254_740_993, 9_007_199_254_740_992.0, Ordering::Greater),
            (5, 5.5, Ordering::Less),
            (6, 5.5, Ordering::Greater),
            (-5, -5.5, Ordering::Greater),
            (-6, -5.5, Ordering::Less),
        ] {
            assert_eq!(Scalar::Int(left).order(&Scalar::Dec(right)), Some(expected), "{left} {right}");
            assert_eq!(Scalar::Dec(right).order(&Scalar::Int(left)), Some(expected.reverse()), "{left} {right}");
        }
    }
}
