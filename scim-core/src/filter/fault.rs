//! The error type of the parser for nom; it is converted to a [`SyntaxError`] once, at the end.

use nom::error::{ErrorKind, ParseError};

use super::ast::Span;
use super::error::{Subject, SyntaxError, SyntaxErrorKind};
use crate::error::excerpt;

/// What went wrong, and where: as the parser sees only the rest of the text, positions are counted from the end.
#[derive(Debug)]
pub(super) struct Fault {
    left: usize,
    length: usize,
    kind: SyntaxErrorKind,
}

/// The result of one parser step: the rest of the text, and what was read.
pub(super) type Step<'a, T> = nom::IResult<&'a str, T, Fault>;

/// The failure of a step.
pub(super) type Stop = nom::Err<Fault>;

impl ParseError<&str> for Fault {
    /// Only reached by combinators that try alternatives; the caller reports what was expected.
    fn from_error_kind(input: &str, _: ErrorKind) -> Self {
        let found = first_word(input);
        let kind = SyntaxErrorKind::ExpectedConjunction { found: excerpt(found).into_owned(), close: None };
        Self { left: input.len(), length: found.len(), kind }
    }

    fn append(_: &str, _: ErrorKind, other: Self) -> Self {
        other
    }
}

/// Fails without backtracking at the start of `at`: no construct is tried a second way.
#[cold]
pub(super) fn fail(at: &str, length: usize, kind: SyntaxErrorKind) -> Stop {
    nom::Err::Failure(Fault { left: at.len(), length, kind })
}

/// Fails at the word of `length` bytes that ends where `after` starts.
#[cold]
pub(super) fn fail_before(after: &str, length: usize, kind: SyntaxErrorKind) -> Stop {
    nom::Err::Failure(Fault { left: after.len() + length, length, kind })
}

/// Converts nom's error to the public error.
#[cold]
pub(super) fn settle(stop: Stop, source: &str, subject: Subject, in_filter: bool) -> SyntaxError {
    let fault = match stop {
        nom::Err::Error(fault) | nom::Err::Failure(fault) => fault,
        // Only streaming parsers request more input, and none is used here.
        nom::Err::Incomplete(_) => Fault { left: 0, length: 0, kind: SyntaxErrorKind::Empty },
    };
    // A path whose brackets are never closed has no filter.
    let in_filter = in_filter && (subject == Subject::Filter || closes_brackets(source));
    let start = source.len().saturating_sub(fault.left);
    // A caret needs at least one character above it.
    let end = (start + fault.length.max(1)).min(source.len());
    SyntaxError { span: Span { start, end }, column: column(source, start), kind: fault.kind, subject, in_filter }
}

/// Returns whether the first bracket of a path is closed, outside of strings.
fn closes_brackets(path: &str) -> bool {
    let behind = path.split_once('[').map_or("", |(_, behind)| behind);
    let (mut in_string, mut escaped) = (false, false);
    behind.bytes().any(|byte| {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b']' => return !in_string,
            _ => {}
        }
        false
    })
}

/// Refuses a text for its length alone, before anything else reads it.
pub(super) fn check_length(source: &str, limit: usize, subject: Subject) -> Result<(), SyntaxError> {
    if source.len() <= limit {
        return Ok(());
    }
    Err(SyntaxError {
        span: Span { start: limit, end: source.len() },
        column: column(source, limit),
        kind: SyntaxErrorKind::TooLong { limit },
        subject,
        in_filter: subject == Subject::Filter,
    })
}

/// Returns the number of the character that starts at a byte, counted from 1.
fn column(source: &str, byte: usize) -> usize {
    source.char_indices().take_while(|(at, _)| *at < byte).count() + 1
}

/// Returns the text before the first blank.
pub(super) fn first_word(input: &str) -> &str {
    input.split([' ', '\t']).next().unwrap_or_default()
}
