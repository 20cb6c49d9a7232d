//! Why a filter or a path could not be read.

use super::ast::{Operator, Span};

/// A filter or a PATCH path that could not be read.
///
/// [`Display`](std::fmt::Display) gives one sentence for the administrator who finds it in a provisioning log;
/// [`render`](Self::render) draws the place.
///
/// The protocol answer is 400 with `scimType` `invalidFilter` if [`in_filter`](Self::in_filter), otherwise `invalidPath`
/// (RFC 7644 §3.12).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct SyntaxError {
    pub(super) span: Span,
    pub(super) column: usize,
    pub(super) kind: SyntaxErrorKind,
    pub(super) subject: Subject,
    pub(super) in_filter: bool,
}

/// What was being read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    Filter,
    Path,
}

/// What was wrong. Quoted input is cut to 40 characters.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SyntaxErrorKind {
    /// There is nothing but blanks.
    Empty,
    /// The text has more bytes than [`FilterLimits::length`](crate::FilterLimits::length).
    TooLong {
        /// How many there may be.
        limit: usize,
    },
    /// More parentheses and brackets are open than [`FilterLimits::depth`](crate::FilterLimits::depth).
    TooDeep {
        /// How many there may be.
        limit: usize,
    },
    /// There are more comparisons than [`FilterLimits::terms`](crate::FilterLimits::terms).
    TooManyTerms {
        /// How many there may be.
        limit: usize,
    },
    /// Something else stands where an attribute is named.
    ExpectedAttribute {
        /// What stands there; empty at the end of the text.
        found: String,
    },
    /// The word is no attribute name.
    InvalidName {
        /// The word.
        name: String,
    },
    /// The name has two sub-attributes; SCIM knows one level.
    SecondSubAttribute {
        /// The name.
        name: String,
    },
    /// Within brackets, or after them, a name has a schema or a sub-attribute.
    QualifiedName {
        /// The name.
        name: String,
    },
    /// Neither a blank nor a bracket follows a name.
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
    /// A comparison ends with its operator, or something that begins no value follows it.
    ExpectedValue {
        /// The operator.
        operator: Operator,
    },
    /// A string is in single quotes.
    SingleQuotes,
    /// A word that is neither string nor number, `true`, `false` or `null` is compared with.
    UnquotedValue {
        /// The word.
        word: String,
    },
    /// The number is not written as in JSON.
    InvalidNumber {
        /// The number.
        text: String,
    },
    /// The number is too large to be held.
    NumberOutOfRange {
        /// The number.
        text: String,
    },
    /// The closing quote is missing.
    UnclosedString,
    /// A control character stands in a string.
    ControlCharacter {
        /// The character.
        character: char,
    },
    /// A backslash in a string is not followed by what JSON allows.
    InvalidEscape,
    /// A parenthesis or bracket is not closed.
    Unclosed {
        /// The one that opens.
        bracket: char,
    },
    /// A parenthesis or bracket is closed that was not opened.
    Unopened {
        /// The one that closes.
        bracket: char,
    },
    /// Something other than `and` or `or` follows a complete term.
    ExpectedConjunction {
        /// What follows.
        found: String,
        /// The parenthesis or bracket that could stand there, inside of one that is open.
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
    /// A path goes on after its end.
    TrailingPath {
        /// What follows.
        found: String,
    },
}

impl SyntaxError {
    /// The part of the text that is wrong, in bytes.
    #[must_use]
    pub fn span(&self) -> Span {
        self.span
    }

    /// Where the wrong part starts, in characters, the first being 1.
    #[must_use]
    pub fn column(&self) -> usize {
        self.column
    }

    /// What was wrong.
    #[must_use]
    pub fn kind(&self) -> &SyntaxErrorKind {
        &self.kind
    }

    /// Whether the fault lies in a filter, the part of a path in brackets included, and not in the path itself.
    ///
    /// What is wrong between brackets is a fault of the filter. Where brackets are never closed, the path has no filter, so
    /// whatever is wrong with it is a fault of the path; so is what stands before and after the brackets.
    #[must_use]
    pub fn in_filter(&self) -> bool {
        self.in_filter
    }

    /// Draws the text that was parsed, with carets under the wrong part; of a long text only the surroundings.
    #[must_use]
    pub fn render(&self, source: &str) -> String {
        super::render::render(source, self.span)
    }
}
