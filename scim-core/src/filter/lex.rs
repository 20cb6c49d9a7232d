//! The tokens of a filter: blanks, names, operators and values.
//!
//! Names, blanks and strings are scanned by byte: they end at an ASCII character, and nom's own parsers decode each
//! character. Parsers run with `parse_complete`, as the whole text is there.

use std::borrow::Cow;

use nom::{
    Mode, OutputMode, PResult, Parser,
    branch::alt,
    bytes::tag,
    character::{char, digit1, one_of, satisfy},
    combinator::{eof, map, map_opt, not, opt, peek, recognize},
    error::{ErrorKind, ParseError},
    multi::many0_count,
    sequence::{delimited, preceded, terminated},
};

use super::ast::{Literal, Operator};
use super::error::{Fault, Parsed, SyntaxErrorKind as Kind, required};
use crate::error::excerpt;

/// The characters that separate tokens. The RFC has only the space.
pub(super) const BLANKS: [char; 2] = [' ', '\t'];

/// What is tested about an attribute.
pub(super) enum Predicate {
    Present,
    Compare(Operator),
}

/// `*(SP / HTAB)`
#[inline]
pub(super) fn blanks<'a>() -> impl Parser<&'a str, Output = &'a str, Error = Fault> {
    take_while(BLANK)
}

/// `1*(SP / HTAB)`
#[inline]
pub(super) fn blanks1<'a>() -> impl Parser<&'a str, Output = &'a str, Error = Fault> {
    take_while1(BLANK)
}

/// Reads a word: one or more characters that a name with its schema may have. Whether it is a name is checked later.
#[inline]
pub(super) fn word<'a>() -> impl Parser<&'a str, Output = &'a str, Error = Fault> {
    take_while1(NAME)
}

/// `SP word SP`. The second blank is not consumed, and may be missing at the end of the text.
#[inline]
pub(super) fn conjunction<'a>(word: &'static str) -> impl Parser<&'a str, Output = &'a str, Error = Fault> {
    delimited(blanks1(), keyword(word), peek(alt((blanks1(), eof))))
}

/// Reads a literal of the ABNF, in any ASCII letter case (RFC 5234 §2.3). nom's `tag_no_case` compares by Unicode.
#[inline]
pub(super) fn keyword<'a>(text: &'static str) -> impl Parser<&'a str, Output = &'a str, Error = Fault> {
    Keyword(text)
}

/// `"pr" / compareOp`
#[inline]
pub(super) fn predicate<'a>() -> impl Parser<&'a str, Output = Predicate, Error = Fault> {
    map_opt(word(), as_predicate)
}

/// Returns the predicate that a word denotes, in any letter case.
pub(super) fn as_predicate(word: &str) -> Option<Predicate> {
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
        [b'p', b'r'] => return Some(Predicate::Present),
        _ => return None,
    };
    Some(Predicate::Compare(operator))
}

/// `compValue = false / null / true / number / string`
#[inline]
pub(super) fn comp_value<'a>() -> impl Parser<&'a str, Output = Literal<'a>, Error = Fault> {
    let string = map(preceded(peek(char('"')), string), Literal::Str);
    let number = preceded(peek(satisfy(|first| matches!(first, '0'..='9' | '-' | '+'))), number);
    alt((string, number, literal()))
}

/// `false / null / true`, in any letter case: RFC 7644 has them in lower case only, but `True` is common among clients.
#[inline]
fn literal<'a>() -> impl Parser<&'a str, Output = Literal<'a>, Error = Fault> {
    map_opt(word(), |word: &str| match word {
        _ if word.eq_ignore_ascii_case("true") => Some(Literal::Bool(true)),
        _ if word.eq_ignore_ascii_case("false") => Some(Literal::Bool(false)),
        _ if word.eq_ignore_ascii_case("null") => Some(Literal::Null),
        _ => None,
    })
}

/// `number = [ "-" ] int [ frac ] [ exp ]` (RFC 8259 §6).
#[inline]
fn number(input: &str) -> Parsed<'_, Literal<'_>> {
    let int = alt((tag("0"), digit1()));
    let frac = (char('.'), digit1());
    let exp = (one_of("eE"), opt(one_of("+-")), digit1());
    let number = recognize((opt(char('-')), int, opt(frac), opt(exp)));
    let (rest, text) = required(terminated(number, not(word())), |at| {
        let (_, text) = word().parse_complete(at).unwrap_or_default();
        Fault::at(at, text.len(), Kind::InvalidNumber { text: excerpt(text).into_owned() })
    })
    .parse_complete(input)?;

    if let Ok(integer) = text.parse() {
        return Ok((rest, Literal::Int(integer)));
    }
    match text.parse::<f64>() {
        Ok(decimal) if decimal.is_finite() => Ok((rest, Literal::Dec(decimal))),
        _ => Err(Fault::at(input, text.len(), Kind::NumberOutOfRange { text: excerpt(text).into_owned() }).into()),
    }
}

/// `string = quotation-mark *char quotation-mark` (RFC 8259 §7), borrowed if it has no escape.
fn string(input: &str) -> Parsed<'_, Cow<'_, str>> {
    // The character after a backslash is skipped, so that `\"` does not end the string.
    let escape = (char('\\'), satisfy(|escaped| !escaped.is_control()));
    let unescaped = || take_while(UNESCAPED);
    let (at, text) = preceded(char('"'), unescaped()).parse_complete(input)?;
    if let Ok((rest, _)) = char::<_, Fault>('"').parse_complete(at) {
        return Ok((rest, Cow::Borrowed(text)));
    }
    let closing_quote = required(char('"'), |at| unclosed_string(input, at));
    let (rest, _) = terminated(many0_count((escape, unescaped())), closing_quote).parse_complete(at)?;
    let quoted = input.get(..input.len() - rest.len()).unwrap_or(input);
    match serde_json::from_str(quoted) {
        Ok(text) => Ok((rest, Cow::Owned(text))),
        Err(error) => {
            // serde_json counts bytes from 1 and stops at the byte that it could not accept.
            let at = quoted
                .get(error.column().saturating_sub(1)..)
                .map_or(input, |wrong| input.get(quoted.len() - wrong.len()..).unwrap_or(input));
            Err(Fault::at(at, 1, Kind::InvalidEscape).into())
        }
    }
}

/// Returns what is wrong at `at`, where the string that begins at `start` should end or continue.
#[cold]
fn unclosed_string(start: &str, at: &str) -> Fault {
    let at = at.strip_prefix('\\').unwrap_or(at);
    match at.chars().next() {
        Some(character) => Fault::at(at, 1, Kind::ControlCharacter { character }),
        None => Fault::at(start, start.len(), Kind::UnclosedString),
    }
}

/// Reads the bytes of a class.
#[inline]
fn take_while(class: u8) -> TakeWhile {
    TakeWhile { class, at_least: 0 }
}

/// Reads the bytes of a class, at least one.
#[inline]
fn take_while1(class: u8) -> TakeWhile {
    TakeWhile { class, at_least: 1 }
}

struct TakeWhile {
    class: u8,
    at_least: usize,
}

impl<'a> Parser<&'a str> for TakeWhile {
    type Output = &'a str;
    type Error = Fault;

    #[inline]
    fn process<OM: OutputMode>(&mut self, input: &'a str) -> PResult<OM, &'a str, &'a str, Fault> {
        let length = input.bytes().position(|byte| !is_in(byte, self.class)).unwrap_or(input.len());
        match input.split_at_checked(length) {
            Some((taken, rest)) if length >= self.at_least => Ok((rest, OM::Output::bind(|| taken))),
            _ => Err(nom::Err::Error(OM::Error::bind(|| Fault::from_error_kind(input, ErrorKind::TakeWhile1)))),
        }
    }
}

struct Keyword(&'static str);

impl<'a> Parser<&'a str> for Keyword {
    type Output = &'a str;
    type Error = Fault;

    #[inline]
    fn process<OM: OutputMode>(&mut self, input: &'a str) -> PResult<OM, &'a str, &'a str, Fault> {
        match input.split_at_checked(self.0.len()) {
            Some((word, rest)) if word.eq_ignore_ascii_case(self.0) => Ok((rest, OM::Output::bind(|| word))),
            _ => Err(nom::Err::Error(OM::Error::bind(|| Fault::from_error_kind(input, ErrorKind::Tag)))),
        }
    }
}

/// A space or a tab.
const BLANK: u8 = 1;
/// A character of a name with its schema.
const NAME: u8 = 2;
/// `nameChar`, a character of a name after the first (RFC 7644 figure 1, with erratum 8924 for `$`).
const NAME_CHAR: u8 = 4;
/// A byte of a string that is written as it is.
const UNESCAPED: u8 = 8;

/// The classes of each byte. A filter consists mostly of names and strings, and a table is the fastest way to scan them.
const CLASSES: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0u8;
    let mut rest: &mut [u8] = &mut table;
    while let [entry, others @ ..] = rest {
        *entry = classes(byte);
        byte = byte.wrapping_add(1);
        rest = others;
    }
    table
};

const fn classes(byte: u8) -> u8 {
    match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'$' | b'-' | b'_' => NAME | NAME_CHAR | UNESCAPED,
        b':' | b'.' | b'~' | b'/' | b'%' | b'+' | b'@' | b'#' => NAME | UNESCAPED,
        b' ' => BLANK | UNESCAPED,
        b'\t' => BLANK,
        0..0x20 | b'"' | b'\\' => 0,
        _ => UNESCAPED,
    }
}

#[inline]
fn is_in(byte: u8, class: u8) -> bool {
    CLASSES.get(usize::from(byte)).is_some_and(|classes| classes & class != 0)
}

/// Checks `attrPath = [URI ":"] ATTRNAME *1subAttr`. A URN alone passes too, because its last part is read as a name.
pub(super) fn check_attribute(text: &str) -> Result<(), Kind> {
    // Most names are plain.
    if is_plain(text) {
        return Ok(());
    }
    let tail = match text.rsplit_once(':') {
        Some((urn, _)) if urn.is_empty() || urn.contains('$') => return Err(invalid(text)),
        Some((_, tail)) => tail,
        None => text,
    };
    let valid = match tail.split_once('.') {
        None => is_plain(tail),
        Some((name, sub)) if is_plain(name) && is_plain(sub) => true,
        Some(_) if tail.split('.').all(is_plain) => {
            return Err(Kind::SecondSubAttribute { name: excerpt(text).into_owned() });
        }
        Some(_) => false,
    };
    if valid { Ok(()) } else { Err(invalid(text)) }
}

/// Checks a single `ATTRNAME`, which is all that is allowed within brackets and after them.
pub(super) fn check_plain(text: &str) -> Result<(), Kind> {
    if is_plain(text) {
        return Ok(());
    }
    check_attribute(text)?;
    Err(Kind::QualifiedName { name: excerpt(text).into_owned() })
}

/// Returns whether a name has a sub-attribute. Dots before the last colon belong to the URN.
pub(super) fn has_sub_attribute(text: &str) -> bool {
    text.rsplit(':').next().is_some_and(|tail| tail.contains('.'))
}

/// Returns whether a text is `ATTRNAME = ["$"] ALPHA *(nameChar)`.
fn is_plain(name: &str) -> bool {
    let mut bytes = name.bytes();
    let first = match bytes.next() {
        Some(b'$') => bytes.next(),
        first => first,
    };
    first.is_some_and(|byte| byte.is_ascii_alphabetic()) && bytes.all(|byte| is_in(byte, NAME_CHAR))
}

fn invalid(name: &str) -> Kind {
    Kind::InvalidName { name: excerpt(name).into_owned() }
}
