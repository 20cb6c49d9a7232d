//! The messages of a [`SyntaxError`] for an administrator.

use std::fmt;

use super::error::{Subject, SyntaxError, SyntaxErrorKind as Kind};

const OPERATORS: &str = "eq, ne, co, sw, ew, gt, ge, lt, le, pr";

impl fmt::Display for SyntaxError {
    #[expect(clippy::too_many_lines, reason = "one sentence for each kind of fault")]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let column = self.column;
        let subject = match self.subject {
            Subject::Filter => "filter",
            Subject::Path => "path",
        };
        match &self.kind {
            Kind::Empty => write!(f, "the {subject} is empty"),
            Kind::TooLong { limit } => write!(f, "the {subject} is longer than {limit} bytes"),
            Kind::TooDeep { limit } => write!(f, "the filter nests deeper than {limit} levels"),
            Kind::TooManyTerms { limit } => write!(f, "the filter has more than {limit} terms"),
            Kind::ExpectedAttribute { found } if found.is_empty() => {
                write!(f, "the {subject} ends at column {column} where an attribute name is expected")
            }
            Kind::ExpectedAttribute { found } => {
                write!(f, "expected an attribute name at column {column} but found `{found}`")
            }
            Kind::InvalidName { name } => write!(
                f,
                "`{name}` at column {column} is not an attribute name; a name starts with a letter, \
                 as in `userName` or `name.familyName`"
            ),
            Kind::SecondSubAttribute { name } => write!(
                f,
                "`{name}` at column {column} has more than one sub-attribute; \
                 expected one at most, as in `name.familyName`"
            ),
            Kind::QualifiedName { name } => write!(
                f,
                "`{name}` at column {column} is not the name of a sub-attribute alone; \
                 inside of and after brackets neither a schema nor a second name is written, as in `emails[type eq \"work\"]`"
            ),
            Kind::ForeignCharacter { character } => {
                let character = character.escape_debug();
                write!(
                    f,
                    "unexpected character `{character}` at column {column} after an attribute name; expected a blank"
                )
            }
            Kind::ExpectedOperator { attribute } => {
                write!(f, "an operator is missing after `{attribute}` at column {column}; expected one of {OPERATORS}")
            }
            Kind::UnknownOperator { word } => {
                write!(f, "unknown operator `{word}` at column {column}; expected one of {OPERATORS}")
            }
            Kind::UngroupedNot => {
                write!(f, "`not` at column {column} needs parentheses, as in `not (title pr)`")
            }
            Kind::ValueAfterPresent => write!(f, "unexpected value at column {column}; the operator `pr` takes none"),
            Kind::ExpectedValue { operator } => write!(
                f,
                "the operator `{operator}` has no value at column {column}; \
                 expected a string in double quotes, a number, true, false or null"
            ),
            Kind::SingleQuotes => {
                write!(f, "unexpected single quote at column {column}; strings are written in double quotes")
            }
            Kind::UnquotedValue { word } => {
                write!(f, "the value `{word}` at column {column} has no quotes; strings are written in double quotes")
            }
            Kind::InvalidNumber { text } => write!(
                f,
                "`{text}` at column {column} is not a number; numbers are written as in JSON, \
                 without a plus sign or leading zeros"
            ),
            Kind::NumberOutOfRange { text } => {
                write!(f, "the number `{text}` at column {column} is too large")
            }
            Kind::UnclosedString => {
                write!(f, "the string that starts at column {column} is not closed")
            }
            Kind::ControlCharacter { character } => write!(
                f,
                "control character in a string at column {column}; it is written `\\u{:04x}`",
                u32::from(*character)
            ),
            Kind::InvalidEscape => write!(
                f,
                "wrong escape in a string at column {column}; a backslash is written `\\\\`, a double quote `\\\"`"
            ),
            Kind::Unclosed { bracket } => {
                write!(f, "the `{bracket}` at column {column} is not closed")
            }
            Kind::Unopened { bracket } => {
                write!(f, "the `{bracket}` at column {column} closes nothing")
            }
            Kind::ExpectedConjunction { found, close: Some(close) } => {
                write!(f, "unexpected `{found}` at column {column}; expected `and`, `or` or `{close}`")
            }
            Kind::ExpectedConjunction { found, close: None } => {
                write!(f, "unexpected `{found}` at column {column}; expected `and`, `or` or the end of the filter")
            }
            Kind::MissingBlank { word } => {
                write!(f, "a blank is missing beside `{word}` at column {column}")
            }
            Kind::NestedValuePath => {
                write!(
                    f,
                    "brackets within brackets at column {column}; expected a comparison, as in `type eq \"work\"`"
                )
            }
            Kind::ValuePathOnSubAttribute { name } => write!(
                f,
                "brackets after the sub-attribute `{name}` at column {column}; they follow an attribute, \
                 as in `emails[type eq \"work\"]`"
            ),
            Kind::TrailingPath { found } => write!(
                f,
                "unexpected `{found}` at column {column} after the end of the path; expected a path such as \
                 `name.familyName` or `emails[type eq \"work\"].value`"
            ),
        }
    }
}
