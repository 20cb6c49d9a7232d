//! Finds the most helpful message for a syntax error.

use super::ast::AttributeName;
use super::error::SyntaxErrorKind as Kind;
use super::fault::{Stop, fail, fail_before, first_word};
use super::lex::{operator, skip_blanks, word};
use crate::error::excerpt;

/// Returns what is wrong at a position where a name should start.
#[cold]
pub(super) fn no_attribute(start: &str) -> Stop {
    let found = first_word(start);
    fail(start, found.len(), Kind::ExpectedAttribute { found: excerpt(found).into_owned() })
}

/// Returns what is wrong at a position where an operator should follow. `input` starts directly after the attribute.
#[cold]
pub(super) fn no_operator(attribute: AttributeName<'_>, input: &str) -> Stop {
    let name = attribute.text;
    let length = name.len();
    if name.eq_ignore_ascii_case("not") {
        return fail_before(input, length, Kind::UngroupedNot);
    }
    if name.eq_ignore_ascii_case("and") || name.eq_ignore_ascii_case("or") || operator(name).is_some() {
        return fail_before(input, length, Kind::ExpectedAttribute { found: name.to_owned() });
    }
    let start = skip_blanks(input);
    match start.chars().next() {
        None | Some('"' | '\'' | ')' | ']') => {
            fail(start, 1, Kind::ExpectedOperator { attribute: excerpt(name).into_owned() })
        }
        Some(character) if start.len() == input.len() => fail(start, 1, Kind::ForeignCharacter { character }),
        Some(_) => {
            let found = match word(start) {
                (_, "") => first_word(start),
                (_, found) => found,
            };
            fail(start, found.len(), Kind::UnknownOperator { word: excerpt(found).into_owned() })
        }
    }
}

/// Returns what is wrong where a complete filter could end, or be closed, but something else follows.
#[cold]
pub(super) fn unexpected(rest: &str, close: Option<char>) -> Stop {
    let start = skip_blanks(rest);
    let (_, next) = word(start);
    if next.eq_ignore_ascii_case("and") || next.eq_ignore_ascii_case("or") {
        return fail(start, next.len(), Kind::MissingBlank { word: next.to_owned() });
    }
    if let Some(bracket @ (')' | ']')) = start.chars().next() {
        return fail(start, 1, Kind::Unopened { bracket });
    }
    let found = first_word(start);
    fail(start, found.len(), Kind::ExpectedConjunction { found: excerpt(found).into_owned(), close })
}
