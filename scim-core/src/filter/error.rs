//! The errors of parsing a filter or a path.

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
    pub(super) span: Span,
    pub(super) column: usize,
    pub(super) kind: SyntaxErrorKind,
    pub(super) subject: Subject,
    pub(super) in_filter: bool,
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
        super::render::render(source, self.span)
    }
}
