//! Words and values: the parts of a filter that contain no other parts.

use std::borrow::Cow;

use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::{tag, tag_no_case};
use nom::character::complete::{char, digit1, one_of, space1};
use nom::combinator::{eof, opt, peek, recognize};
use nom::sequence::{delimited, preceded};

use super::ast::{Literal, Operator};
use super::error::SyntaxErrorKind as Kind;
use super::fault::{Step, Stop, fail, first_word};
use super::name::is_name_byte;
use crate::error::excerpt;

/// The result of an attempt whose failure is not a syntax error, so it carries no error.
type Attempt<I, T> = nom::IResult<I, T, ()>;

/// What follows an attribute.
pub(super) enum Test {
    Present,
    Compare(Operator),
}

/// Skips blanks at the start of the text.
pub(super) fn skip_blanks(input: &str) -> &str {
    leading(input, |byte| matches!(byte, b' ' | b'\t')).1
}

/// Splits off the longest run of name characters, which may be empty, and returns it with the rest.
pub(super) fn word(input: &str) -> (&str, &str) {
    let (word, rest) = leading(input, is_name_byte);
    (rest, word)
}

/// Splits after the leading bytes that satisfy the predicate, all of which have to be ASCII.
///
/// Working on bytes is much faster than nom's way of working on characters, and a filter consists mostly of words and
/// blanks.
fn leading(input: &str, holds: impl Fn(u8) -> bool) -> (&str, &str) {
    let length = input.bytes().position(|byte| !holds(byte)).unwrap_or(input.len());
    input.split_at_checked(length).unwrap_or(("", input))
}

/// Returns what follows `and` or `or`, if that word comes next.
pub(super) fn conjunction<'a>(input: &'a str, word: &str) -> Option<&'a str> {
    if input.is_empty() {
        return None;
    }
    let attempt: Attempt<&[u8], _> =
        delimited(space1, tag_no_case(word), peek(alt((space1, eof)))).parse(input.as_bytes());
    let (rest, _) = attempt.ok()?;
    input.get(input.len() - rest.len()..)
}

/// Returns the operator that a word denotes, in any letter case.
pub(super) fn operator(word: &str) -> Option<Test> {
    let &[first, second] = word.as_bytes() else {
        return None;
    };
    // Setting this bit turns a letter to lower case, and turns only letters into letters.
    let operator = match [first | 0x20, second | 0x20] {
        [b'e', b'q'] => Operator::Eq,
        [b'n', b'e'] => Operator::Ne,
        [b'c', b'o'] => Operator::Co,
        [b's', b'w'] => Operator::Sw,
        [b'e', b'w'] => Operator::Ew,
        [b'g', b't'] => Operator::Gt,
        [b'g', b'e'] => Operator::Ge,
        [b'l', b't'] => Operator::Lt,
        [b'l', b'e'] => Operator::Le,
        [b'p', b'r'] => return Some(Test::Present),
        _ => return None,
    };
    Some(Test::Compare(operator))
}

/// Parses the value of a comparison. The second result is whether a literal was written in another letter case.
pub(super) fn value(input: &str, operator: Operator) -> Step<'_, (Literal<'_>, bool)> {
    match input.as_bytes().first() {
        Some(b'"') => {
            let (rest, text) = string(input)?;
            Ok((rest, (Literal::Str(text), false)))
        }
        Some(b'0'..=b'9' | b'-' | b'+') => {
            let (rest, number) = number(input)?;
            Ok((rest, (number, false)))
        }
        Some(b'\'') => Err(fail(input, 1, Kind::SingleQuotes)),
        _ => keyword(input, operator),
    }
}

/// Parses `true`, `false` or `null`: RFC 7644 has them in lower case only, but `True` is common among clients.
fn keyword(input: &str, operator: Operator) -> Step<'_, (Literal<'_>, bool)> {
    let (rest, word) = word(input);
    for (name, literal) in [("true", Literal::Bool(true)), ("false", Literal::Bool(false)), ("null", Literal::Null)] {
        if word.eq_ignore_ascii_case(name) {
            return Ok((rest, (literal, word != name)));
        }
    }
    if input.chars().next().is_some_and(char::is_alphanumeric) {
        let word = first_word(input).split([')', ']']).next().unwrap_or_default();
        return Err(fail(input, word.len(), Kind::UnquotedValue { word: excerpt(word).into_owned() }));
    }
    Err(fail(input, 1, Kind::ExpectedValue { operator }))
}

/// Parses a number according to the grammar of JSON (RFC 8259 §6).
fn number(input: &str) -> Step<'_, Literal<'_>> {
    let fraction = preceded(char('.'), digit1);
    let exponent = (one_of("eE"), opt(one_of("+-")), digit1);
    let attempt: Attempt<&str, _> =
        recognize((opt(char('-')), alt((tag("0"), digit1)), opt(fraction), opt(exponent))).parse(input);

    let (after_word, word) = word(input);
    let invalid = || fail(input, word.len(), Kind::InvalidNumber { text: excerpt(word).into_owned() });
    let (rest, text) = attempt.map_err(|_| invalid())?;
    if rest.len() != after_word.len() {
        return Err(invalid());
    }
    if let Ok(integer) = text.parse() {
        return Ok((rest, Literal::Int(integer)));
    }
    match text.parse::<f64>() {
        Ok(decimal) if decimal.is_finite() => Ok((rest, Literal::Dec(decimal))),
        _ => Err(fail(input, text.len(), Kind::NumberOutOfRange { text: excerpt(text).into_owned() })),
    }
}

/// Parses a string according to the grammar of JSON (RFC 8259 §7), borrowed if it has no escape.
fn string(input: &str) -> Step<'_, Cow<'_, str>> {
    let unclosed = || fail(input, input.len(), Kind::UnclosedString);
    let (_, body) = input.split_at_checked(1).ok_or_else(unclosed)?;
    let stop = body.bytes().position(is_special).ok_or_else(unclosed)?;
    let (text, tail) = body.split_at_checked(stop).ok_or_else(unclosed)?;
    if let Some(rest) = tail.strip_prefix('"') {
        return Ok((rest, Cow::Borrowed(text)));
    }

    let mut tail = tail;
    loop {
        match tail.as_bytes().first() {
            None => return Err(unclosed()),
            Some(b'"') => break,
            Some(b'\\') => {
                // The character after a backslash is skipped, so that `\"` does not end the string.
                let mut characters = tail.chars();
                if characters.by_ref().nth(1).is_some_and(char::is_control) {
                    return Err(control(tail.get(1..).unwrap_or(tail)));
                }
                tail = characters.as_str();
            }
            Some(_) => return Err(control(tail)),
        }
        let skip = tail.bytes().position(is_special).ok_or_else(unclosed)?;
        tail = tail.split_at_checked(skip).ok_or_else(unclosed)?.1;
    }
    let (rest, quoted) = input
        .split_at_checked(input.len() - tail.len() + 1)
        .map(|(quoted, rest)| (rest, quoted))
        .ok_or_else(unclosed)?;
    match serde_json::from_str(quoted) {
        Ok(text) => Ok((rest, Cow::Owned(text))),
        Err(error) => {
            // serde_json counts bytes from 1 and stops at the byte that it could not accept.
            let at = quoted
                .get(error.column().saturating_sub(1)..)
                .map_or(input, |wrong| input.get(quoted.len() - wrong.len()..).unwrap_or(input));
            Err(fail(at, 1, Kind::InvalidEscape))
        }
    }
}

/// Returns whether a byte ends the plain part of a string.
fn is_special(byte: u8) -> bool {
    byte == b'"' || byte == b'\\' || byte < 0x20
}

#[cold]
fn control(at: &str) -> Stop {
    let character = at.chars().next().unwrap_or_default();
    fail(at, 1, Kind::ControlCharacter { character })
}
