//! Converts JSON values to values of attributes. No other module does this.

use crate::{
    compat::{Quirk, Tolerance},
    reflect::{Binary, DateTime, Scalar},
    schema::{Attribute, DataType},
};

/// Converts a JSON scalar (text, number, boolean) to the attribute's type. The error names the expected type.
#[inline]
pub(crate) fn coerce<'v>(
    attribute: &Attribute,
    scalar: Scalar<'v>,
    tolerance: &Tolerance,
) -> Result<Scalar<'v>, &'static str> {
    match (attribute.data_type, &scalar) {
        // The most common case.
        (DataType::String | DataType::Reference, Scalar::Str(text)) if !text.is_empty() => Ok(scalar),
        _ => coerce_other(attribute, scalar, tolerance),
    }
}

#[expect(clippy::match_same_arms, reason = "the empty text is looked at in between")]
fn coerce_other<'v>(
    attribute: &Attribute,
    scalar: Scalar<'v>,
    tolerance: &Tolerance,
) -> Result<Scalar<'v>, &'static str> {
    match (attribute.data_type, scalar) {
        (_, scalar @ Scalar::Absent)
        | (DataType::Boolean, scalar @ Scalar::Bool(_))
        | (DataType::Integer, scalar @ Scalar::Int(_))
        | (DataType::Decimal, scalar @ (Scalar::Dec(_) | Scalar::Int(_))) => Ok(scalar),
        // Checked before the types that are written as text, because an empty text is a valid value of none of them.
        (_, Scalar::Str(text)) if text.is_empty() && tolerance.tolerate(Quirk::EmptyString) => Ok(Scalar::Absent),
        (DataType::String | DataType::Reference, scalar @ Scalar::Str(_)) => Ok(scalar),
        (DataType::Boolean, Scalar::Str(text)) => match boolean(&text) {
            Some(value) if tolerance.tolerate(Quirk::BooleanString) => Ok(Scalar::Bool(value)),
            _ => Err("a boolean"),
        },
        (DataType::DateTime, Scalar::Str(text)) => {
            text.parse::<DateTime>().map(Scalar::DateTime).map_err(|_| "a date and time such as `2011-05-13T04:42:34Z`")
        }
        (DataType::Binary, Scalar::Str(text)) => match text.parse::<Binary>() {
            // Uses the canonical form, so that texts compare as the bytes do.
            Ok(binary) => Ok(Scalar::Str(binary.to_string().into())),
            Err(_) => Err("base64 text"),
        },
        (data_type, _) => Err(expected(data_type)),
    }
}

/// Returns the expected values of a type, for messages.
pub(crate) fn expected(data_type: DataType) -> &'static str {
    match data_type {
        DataType::String => "a string",
        DataType::Boolean => "a boolean",
        DataType::Decimal => "a number",
        DataType::Integer => "an integer",
        DataType::DateTime => "a date and time such as `2011-05-13T04:42:34Z`",
        DataType::Binary => "base64 text",
        DataType::Reference => "a URI as a string",
        DataType::Complex => "an object",
    }
}

fn boolean(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}
