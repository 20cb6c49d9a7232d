//! What a filter may ask.

use super::Operator;
use crate::{
    error::Error,
    schema::{Attribute, DataType, Path},
};

/// Brackets select elements, so there must be some, and they must be stored.
pub(super) fn check_value_path(path: Path, attribute: &Attribute) -> Result<(), Error> {
    let name = &attribute.name;
    if path == Path::SCHEMAS || path == Path::META {
        return Err(Error::invalid_filter(format!(
            "`{name}` is computed, so it takes no brackets; compare it directly"
        )));
    }
    if !attribute.multi_valued && attribute.data_type != DataType::Complex {
        return Err(Error::invalid_filter(format!("`{name}` has a single value, so it takes no brackets")));
    }
    Ok(())
}

/// An answer must not tell what an attribute holds that no client may read.
pub(super) fn check_visible(attribute: &Attribute) -> Result<(), Error> {
    if !attribute.is_readable() {
        let detail = format!("`{}` is never returned, so it cannot be filtered by", attribute.name);
        return Err(Error::invalid_filter(detail));
    }
    Ok(())
}

/// Which operators make sense for a type (RFC 7644 table 3).
pub(super) fn check_operator(attribute: &Attribute, operator: Operator) -> Result<(), Error> {
    let fits = match operator {
        Operator::Eq | Operator::Ne => true,
        Operator::Co | Operator::Sw | Operator::Ew => {
            matches!(attribute.data_type, DataType::String | DataType::Reference)
        }
        Operator::Gt | Operator::Ge | Operator::Lt | Operator::Le => {
            !matches!(attribute.data_type, DataType::Boolean | DataType::Binary | DataType::Complex)
        }
    };
    if fits {
        return Ok(());
    }
    let detail = format!(
        "`{}` is of type {} and cannot be compared with {operator}",
        attribute.name,
        attribute.data_type.as_str()
    );
    Err(Error::invalid_filter(detail))
}
