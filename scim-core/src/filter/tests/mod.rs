mod hostile;
mod message;
mod round_trip;
mod shown;
mod table;

use super::{Expression, Limits, PatchPath, SyntaxError, Tolerated};

fn filter(text: &str) -> Result<(Expression<'_>, Tolerated), SyntaxError> {
    super::parse(text, &Limits::default())
}

fn path(text: &str) -> Result<(PatchPath<'_>, Tolerated), SyntaxError> {
    super::parse_path(text, &Limits::default())
}
