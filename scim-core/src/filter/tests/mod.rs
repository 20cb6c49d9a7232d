mod hostile;
mod message;
mod round_trip;
#[cfg(feature = "derive")]
mod shown;
mod table;

use super::{Expression, PatchPath, SyntaxError, Tolerated};
use crate::FilterLimits;

fn filter(text: &str) -> Result<(Expression<'_>, Tolerated), SyntaxError> {
    super::parse(text, &FilterLimits::default())
}

fn path(text: &str) -> Result<(PatchPath<'_>, Tolerated), SyntaxError> {
    super::parse_path(text, &FilterLimits::default())
}
