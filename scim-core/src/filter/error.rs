//! The errors of parsing a filter or a path.

use std::fmt;

use nom::{
    Check, IResult, OutputM, OutputMode, PResult, Parser,
    error::{ErrorKind, ParseError},
};

use super::ast::{Operator, Span};

/// A filter or a PATCH path that could not be parsed.
///
/// [`Display`](std::fmt::Display) gives one sentence for the administrator who finds it in a provisioning log;
/// [`render`](Self::render) shows the position.
///
/// The protocol response is 400 with `scimType` `invalidFilter` if [`in_filter`](Self::in_filter), otherwise
/// `invalidPath`
/// (RFC 7644 §3.12).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct SyntaxError {
    span: Span,
    column: usize,
    kind: SyntaxErrorKind,
    subject: Subject,
    in_filter: bool,
}

/// What was being parsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    Filter,
    Path,
}

/// What was wrong. Quoted input is truncated to 40 characters.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SyntaxErrorKind {
    /// The text is empty or blank.
    Empty,
    /// The text has more bytes than [`FilterLimits::length`](crate::FilterLimits::length).
    TooLong {
        /// The maximum.
        limit: usize,
    },
    /// More parentheses and brackets are open than [`FilterLimits::depth`](crate::FilterLimits::depth).
    TooDeep {
        /// The maximum.
        limit: usize,
    },
    /// There are more comparisons than [`FilterLimits::terms`](crate::FilterLimits::terms).
    TooManyTerms {
        /// The maximum.
        limit: usize,
    },
    /// Something else was found where an attribute name is expected.
    ExpectedAttribute {
        /// What was found; empty at the end of the text.
        found: String,
    },
    /// The word is not an attribute name.
    InvalidName {
        /// The word.
        name: String,
    },
    /// The name has two sub-attributes; SCIM has only one level.
    SecondSubAttribute {
        /// The name.
        name: String,
    },
    /// A name within or after brackets has a schema or a sub-attribute.
    QualifiedName {
        /// The name.
        name: String,
    },
    /// A name is followed by neither a blank nor a bracket.
    ForeignCharacter {
        /// What follows.
        character: char,
    },
    /// No operator follows the attribute.
    ExpectedOperator {
        /// The attribute.
        attribute: String,
    },
    /// The word after the attribute is not an operator.
    UnknownOperator {
        /// The word.
        word: String,
    },
    /// `not` without parentheses.
    UngroupedNot,
    /// `pr` with a value.
    ValueAfterPresent,
    /// A comparison ends after its operator, or continues with something that is not the start of a value.
    ExpectedValue {
        /// The operator.
        operator: Operator,
    },
    /// A string is in single quotes.
    SingleQuotes,
    /// The compared word is neither a string nor a number, `true`, `false` or `null`.
    UnquotedValue {
        /// The word.
        word: String,
    },
    /// The number is not written as in JSON.
    InvalidNumber {
        /// The number.
        text: String,
    },
    /// The number is too large to be represented.
    NumberOutOfRange {
        /// The number.
        text: String,
    },
    /// The closing quote is missing.
    UnclosedString,
    /// A string contains a control character.
    ControlCharacter {
        /// The character.
        character: char,
    },
    /// A backslash in a string is not followed by a character that JSON allows.
    InvalidEscape,
    /// A parenthesis or bracket is not closed.
    Unclosed {
        /// The opening one.
        bracket: char,
    },
    /// A parenthesis or bracket is closed that was not opened.
    Unopened {
        /// The closing one.
        bracket: char,
    },
    /// Something other than `and` or `or` follows a complete term.
    ExpectedConjunction {
        /// What follows.
        found: String,
        /// The parenthesis or bracket that could close the open one there.
        close: Option<char>,
    },
    /// A blank is missing before or after `and` or `or`.
    MissingBlank {
        /// `and` or `or`.
        word: String,
    },
    /// Brackets within brackets.
    NestedValuePath,
    /// Brackets after a sub-attribute.
    ValuePathOnSubAttribute {
        /// The attribute with the sub-attribute.
        name: String,
    },
    /// A path continues after its end.
    TrailingPath {
        /// What follows.
        found: String,
    },
}

impl SyntaxError {
    /// Returns the error of a text, with the column of its position.
    #[cold]
    pub(super) fn new(source: &str, span: Span, kind: SyntaxErrorKind, subject: Subject, in_filter: bool) -> Self {
        Self { span, column: count_before(source, span.start) + 1, kind, subject, in_filter }
    }

    /// Returns the faulty part of the text, in bytes.
    #[must_use]
    pub fn span(&self) -> Span {
        self.span
    }

    /// Returns where the faulty part starts, in characters, counted from 1.
    #[must_use]
    pub fn column(&self) -> usize {
        self.column
    }

    /// Returns what was wrong.
    #[must_use]
    pub fn kind(&self) -> &SyntaxErrorKind {
        &self.kind
    }

    /// Returns whether the fault is in a filter, including the part of a path in brackets, and not in the path itself.
    ///
    /// A fault between brackets is a fault of the filter. If brackets are never closed, the path has no filter, so
    /// every fault is a fault of the path; so is everything before and after the brackets.
    #[must_use]
    pub fn in_filter(&self) -> bool {
        self.in_filter
    }

    /// Renders the parsed text, with carets under the faulty part; of a long text only the surroundings are shown.
    #[must_use]
    pub fn render(&self, source: &str) -> String {
        render(source, self.span)
    }
}

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
            SyntaxErrorKind::Empty => write!(f, "the {subject} is empty"),
            SyntaxErrorKind::TooLong { limit } => write!(f, "the {subject} is longer than {limit} bytes"),
            SyntaxErrorKind::TooDeep { limit } => write!(f, "the filter nests deeper than {limit} levels"),
            SyntaxErrorKind::TooManyTerms { limit } => write!(f, "the filter has more than {limit} terms"),
            SyntaxErrorKind::ExpectedAttribute { found } if found.is_empty() => {
                write!(f, "the {subject} ends at column {column} where an attribute name is expected")
            }
            SyntaxErrorKind::ExpectedAttribute { found } => {
                write!(f, "expected an attribute name at column {column} but found `{found}`")
            }
            SyntaxErrorKind::InvalidName { name } => write!(
                f,
                "`{name}` at column {column} is not an attribute name; a name starts with a letter, \
                 as in `userName` or `name.familyName`"
            ),
            SyntaxErrorKind::SecondSubAttribute { name } => write!(
                f,
                "`{name}` at column {column} has more than one sub-attribute; \
                 expected one at most, as in `name.familyName`"
            ),
            SyntaxErrorKind::QualifiedName { name } => write!(
                f,
                "`{name}` at column {column} is not the name of a sub-attribute alone; \
                 inside of and after brackets neither a schema nor a second name is written, as in `emails[type eq \"work\"]`"
            ),
            SyntaxErrorKind::ForeignCharacter { character } => {
                let character = character.escape_debug();
                write!(
                    f,
                    "unexpected character `{character}` at column {column} after an attribute name; expected a blank"
                )
            }
            SyntaxErrorKind::ExpectedOperator { attribute } => {
                write!(f, "an operator is missing after `{attribute}` at column {column}; expected one of {OPERATORS}")
            }
            SyntaxErrorKind::UnknownOperator { word } => {
                write!(f, "unknown operator `{word}` at column {column}; expected one of {OPERATORS}")
            }
            SyntaxErrorKind::UngroupedNot => {
                write!(f, "`not` at column {column} needs parentheses, as in `not (title pr)`")
            }
            SyntaxErrorKind::ValueAfterPresent => {
                write!(f, "unexpected value at column {column}; the operator `pr` takes none")
            }
            SyntaxErrorKind::ExpectedValue { operator } => write!(
                f,
                "the operator `{operator}` has no value at column {column}; \
                 expected a string in double quotes, a number, true, false or null"
            ),
            SyntaxErrorKind::SingleQuotes => {
                write!(f, "unexpected single quote at column {column}; strings are written in double quotes")
            }
            SyntaxErrorKind::UnquotedValue { word } => {
                write!(f, "the value `{word}` at column {column} has no quotes; strings are written in double quotes")
            }
            SyntaxErrorKind::InvalidNumber { text } => write!(
                f,
                "`{text}` at column {column} is not a number; numbers are written as in JSON, \
                 without a plus sign or leading zeros"
            ),
            SyntaxErrorKind::NumberOutOfRange { text } => {
                write!(f, "the number `{text}` at column {column} is too large")
            }
            SyntaxErrorKind::UnclosedString => {
                write!(f, "the string that starts at column {column} is not closed")
            }
            SyntaxErrorKind::ControlCharacter { character } => write!(
                f,
                "control character in a string at column {column}; it is written `\\u{:04x}`",
                u32::from(*character)
            ),
            SyntaxErrorKind::InvalidEscape => write!(
                f,
                "wrong escape in a string at column {column}; a backslash is written `\\\\`, a double quote `\\\"`"
            ),
            SyntaxErrorKind::Unclosed { bracket } => {
                write!(f, "the `{bracket}` at column {column} is not closed")
            }
            SyntaxErrorKind::Unopened { bracket } => {
                write!(f, "the `{bracket}` at column {column} closes nothing")
            }
            SyntaxErrorKind::ExpectedConjunction { found, close: Some(close) } => {
                write!(f, "unexpected `{found}` at column {column}; expected `and`, `or` or `{close}`")
            }
            SyntaxErrorKind::ExpectedConjunction { found, close: None } => {
                write!(f, "unexpected `{found}` at column {column}; expected `and`, `or` or the end of the filter")
            }
            SyntaxErrorKind::MissingBlank { word } => {
                write!(f, "a blank is missing beside `{word}` at column {column}")
            }
            SyntaxErrorKind::NestedValuePath => {
                write!(
                    f,
                    "brackets within brackets at column {column}; expected a comparison, as in `type eq \"work\"`"
                )
            }
            SyntaxErrorKind::ValuePathOnSubAttribute { name } => write!(
                f,
                "brackets after the sub-attribute `{name}` at column {column}; they follow an attribute, \
                 as in `emails[type eq \"work\"]`"
            ),
            SyntaxErrorKind::TrailingPath { found } => write!(
                f,
                "unexpected `{found}` at column {column} after the end of the path; expected a path such as \
                 `name.familyName` or `emails[type eq \"work\"].value`"
            ),
        }
    }
}

/// How many characters of the text are shown.
const WINDOW: usize = 80;
/// How many of them precede the fault.
const BEFORE: usize = 30;

/// Returns two lines: the text, or the part of it around the span, and carets below the span.
fn render(source: &str, span: Span) -> String {
    let total = source.chars().count();
    let start = count_before(source, span.start);
    let end = count_before(source, span.end).max(start + 1);

    let (first, last) = if total <= WINDOW {
        (0, total)
    } else {
        let first = start.saturating_sub(BEFORE).min(total - WINDOW);
        (first, first + WINDOW)
    };
    let lead = if first > 0 { "…" } else { "" };
    let trail = if last < total { "…" } else { "" };
    // A tab or a line break would move the text away from its carets.
    let line: String = source
        .chars()
        .skip(first)
        .take(last - first)
        .map(|character| if character.is_control() { ' ' } else { character })
        .collect();
    let indent = lead.chars().count() + start - first;
    let carets = end.min(last.max(start + 1)) - start;
    format!("{lead}{line}{trail}\n{:indent$}{:^<carets$}", "", "")
}

/// Returns the number of characters that start before a byte.
fn count_before(source: &str, byte: usize) -> usize {
    source.char_indices().take_while(|(at, _)| *at < byte).count()
}

/// The error type of all parsers of this module, which becomes a [`SyntaxError`] at the end.
#[derive(Debug)]
pub(super) struct Fault {
    /// The number of bytes from the fault to the end of the text, because a parser sees only the rest of the text.
    pub(super) left: usize,
    pub(super) cause: Cause,
    /// Whether the fault is between brackets.
    pub(super) in_brackets: bool,
}

#[derive(Debug)]
pub(super) enum Cause {
    /// A token does not match. If no alternative does, this character is expected, or the end of the text.
    Mismatch { expected: Option<char> },
    /// The text is wrong, and no alternative is tried.
    Wrong { length: usize, kind: SyntaxErrorKind },
}

/// The result of a parser: the rest of the text, and what was read.
pub(super) type Parsed<'a, T> = IResult<&'a str, T, Fault>;

impl Fault {
    /// Returns a fault in the first `length` bytes of `rest`.
    #[cold]
    pub(super) fn at(rest: &str, length: usize, kind: SyntaxErrorKind) -> Self {
        Self { left: rest.len(), cause: Cause::Wrong { length, kind }, in_brackets: false }
    }

    /// Returns a fault in the `length` bytes before `rest`.
    #[cold]
    pub(super) fn before(rest: &str, length: usize, kind: SyntaxErrorKind) -> Self {
        Self { left: rest.len() + length, cause: Cause::Wrong { length, kind }, in_brackets: false }
    }

    /// Marks a fault between brackets.
    pub(super) fn in_brackets(self) -> Self {
        Self { in_brackets: true, ..self }
    }
}

impl ParseError<&str> for Fault {
    #[inline]
    fn from_error_kind(input: &str, _: ErrorKind) -> Self {
        Self { left: input.len(), cause: Cause::Mismatch { expected: None }, in_brackets: false }
    }

    #[inline]
    fn from_char(input: &str, expected: char) -> Self {
        Self { left: input.len(), cause: Cause::Mismatch { expected: Some(expected) }, in_brackets: false }
    }

    #[inline]
    fn append(_: &str, _: ErrorKind, other: Self) -> Self {
        other
    }
}

impl From<Fault> for nom::Err<Fault> {
    /// Fails for good: nom tries no alternative.
    fn from(fault: Fault) -> Self {
        Self::Failure(fault)
    }
}

/// Runs a parser that has no alternative. Where it does not match, `diagnose` determines what is wrong.
#[inline]
pub(super) fn required<P, D>(parser: P, diagnose: D) -> Required<P, D> {
    Required { parser, diagnose }
}

pub(super) struct Required<P, D> {
    parser: P,
    diagnose: D,
}

impl<'a, P: Parser<&'a str, Error = Fault>, D: Fn(&'a str) -> Fault> Parser<&'a str> for Required<P, D> {
    type Output = P::Output;
    type Error = Fault;

    #[inline]
    fn process<OM: OutputMode>(&mut self, input: &'a str) -> PResult<OM, &'a str, P::Output, Fault> {
        self.parser.process::<OutputM<OM::Output, Check, OM::Incomplete>>(input).map_err(|error| match error {
            nom::Err::Failure(fault) => nom::Err::Failure(fault),
            _ => nom::Err::Failure((self.diagnose)(input)),
        })
    }
}
