//! The grammar of filters (RFC 7644 §3.4.2.2, with the errata that are common practice) and of the paths of PATCH
//! operations (§3.5.2).
//!
//! Alternatives are chosen by their first tokens, so the text is read once, from left to right. Expressions are returned
//! by functions and not by combinators, because moving them costs as much as reading them.

use std::{cell::Cell, mem};

use nom::{
    Finish, Parser,
    character::char,
    combinator::{all_consuming, cut, opt, peek},
    sequence::preceded,
};

use super::ast::{AttributeName, Comparison, Expression, Literal, Operator, PatchPath, Span, Tolerated};
use super::error::{Cause, Fault, Parsed, Subject, SyntaxError, SyntaxErrorKind as Kind, required};
use super::lex::{
    BLANKS, Predicate, as_predicate, blanks, blanks1, check_attribute, check_plain, comp_value, conjunction,
    has_sub_attribute, keyword, predicate, word,
};
use crate::{error::excerpt, limits::FilterLimits};

/// Parses a filter.
///
/// [`Tolerated`] reports what was accepted beyond the grammar, except superfluous blanks.
///
/// # Errors
///
/// If the text is not a filter, or exceeds the limits: 400 `invalidFilter` (RFC 7644 §3.12).
pub fn parse<'a>(text: &'a str, limits: &FilterLimits) -> Result<(Expression<'a>, Tolerated), SyntaxError> {
    check_length(text, limits.length, Subject::Filter)?;
    let grammar = Grammar::new(text, limits);
    match whole(text, |input| grammar.filter(Scope::default(), input)).finish() {
        Ok((_, expression)) => Ok((expression, grammar.tolerated.get())),
        Err(fault) => Err(settle(fault, text, Subject::Filter)),
    }
}

/// Parses a path: `name`, `name.sub`, `name[filter]` or `name[filter].sub`, each with or without its schema.
///
/// # Errors
///
/// If the text is not a path, or exceeds the limits: 400, with `invalidFilter` if [`SyntaxError::in_filter`], otherwise
/// `invalidPath` (RFC 7644 §3.12).
pub fn parse_path<'a>(text: &'a str, limits: &FilterLimits) -> Result<(PatchPath<'a>, Tolerated), SyntaxError> {
    check_length(text, limits.length, Subject::Path)?;
    let grammar = Grammar::new(text, limits);
    match whole(text, |input| grammar.path(input)).finish() {
        Ok((_, path)) => Ok((path, grammar.tolerated.get())),
        Err(fault) => Err(settle(fault, text, Subject::Path)),
    }
}

/// Parses a whole text, which may have blanks around it.
fn whole<'a, T>(text: &'a str, production: impl FnOnce(&'a str) -> Parsed<'a, T>) -> Parsed<'a, T> {
    if is_blank(text) {
        return Err(Fault::at(text, text.len(), Kind::Empty).into());
    }
    let parsed = production(text);
    if let Ok((rest, _)) = &parsed {
        all_consuming(blanks()).parse_complete(*rest)?;
    }
    parsed
}

/// The productions of the grammar, and what they count and note.
struct Grammar<'l> {
    limits: &'l FilterLimits,
    /// The length of the text.
    total: usize,
    terms: Cell<usize>,
    tolerated: Cell<Tolerated>,
}

/// What encloses a production.
#[derive(Clone, Copy, Default)]
struct Scope {
    depth: usize,
    in_brackets: bool,
}

impl<'l> Grammar<'l> {
    fn new(text: &str, limits: &'l FilterLimits) -> Self {
        Self { limits, total: text.len(), terms: Cell::default(), tolerated: Cell::default() }
    }

    /// `PATH = attrPath / valuePath [subAttr]`
    fn path<'a>(&self, input: &'a str) -> Parsed<'a, PatchPath<'a>> {
        let scope = Scope::default();
        let (input, attribute) = preceded(blanks(), |input| self.attr_path(scope, input)).parse_complete(input)?;
        let Ok((input, _)) = preceded(blanks(), char('[')).parse_complete(input) else {
            return Ok((input, PatchPath { attribute, filter: None, sub_attribute: None }));
        };
        let (input, filter) = self.brackets(scope, attribute, input)?;
        let (input, sub_attribute) = opt(|input| self.sub_attr(input)).parse_complete(input)?;
        Ok((input, PatchPath { attribute, filter: Some(filter), sub_attribute }))
    }

    /// `FILTER = all *(SP "or" SP all)` and `all = term *(SP "and" SP term)`: `and` binds stronger (erratum 4670).
    fn filter<'a>(&self, scope: Scope, input: &'a str) -> Parsed<'a, Expression<'a>> {
        let mut step = self.term(scope, input);
        if matches!(step, Ok(("", _))) {
            // The common filter has a single term, which is returned without a move.
            return step;
        }
        let (mut any, mut all) = (Vec::new(), Vec::new());
        loop {
            let (rest, term) = step?;
            if let Ok((rest, _)) = conjunction("and").parse_complete(rest) {
                all.push(term);
                step = self.term(scope, rest);
                continue;
            }
            let member = join(&mut all, term, Expression::And);
            match conjunction("or").parse_complete(rest) {
                Ok((rest, _)) => {
                    any.push(member);
                    step = self.term(scope, rest);
                }
                Err(_) => return Ok((rest, join(&mut any, member, Expression::Or))),
            }
        }
    }

    /// `term = ["not"] "(" FILTER ")" / valuePath / attrExp`
    fn term<'a>(&self, scope: Scope, input: &'a str) -> Parsed<'a, Expression<'a>> {
        let (input, _) = blanks().parse_complete(input)?;
        // An attribute may be called `not`.
        let mut group = (opt((keyword("not"), blanks())), char('('));
        let Ok((input, (not, _))) = group.parse_complete(input) else {
            return self.attribute_term(scope, input);
        };
        let (input, inner) = self.enclosed(scope, ['(', ')'], input)?;
        Ok((input, if not.is_some() { Expression::Not(Box::new(inner)) } else { inner }))
    }

    /// `valuePath / attrExp`, separate from `term` to keep the stack of nested terms small.
    fn attribute_term<'a>(&self, scope: Scope, input: &'a str) -> Parsed<'a, Expression<'a>> {
        let (input, attribute) = self.attr_path(scope, input)?;
        match preceded(blanks(), char('[')).parse_complete(input) {
            Ok((input, _)) => self.value_path(scope, attribute, input),
            Err(_) => self.attr_exp(attribute, input),
        }
    }

    /// `valuePath = attrPath "[" FILTER "]"`, from the bracket on.
    ///
    /// Some clients continue with a comparison of a sub-attribute: `emails[type eq "work"].value eq "x"`. One element
    /// must satisfy both.
    fn value_path<'a>(&self, scope: Scope, name: AttributeName<'a>, input: &'a str) -> Parsed<'a, Expression<'a>> {
        let (input, inner) = self.brackets(scope, name, input)?;
        let (input, sub_attribute) = opt(|input| self.sub_attr(input)).parse_complete(input)?;
        let Some(sub_attribute) = sub_attribute else {
            return Ok((input, Expression::ValuePath(name, Box::new(inner))));
        };
        let (input, test) = self.attr_exp(sub_attribute, input)?;
        self.tolerated.update(|noted| Tolerated { value_path_sub_attribute: true, ..noted });
        let both = match inner {
            Expression::And(mut members) => {
                members.push(test);
                members
            }
            inner => vec![inner, test],
        };
        Ok((input, Expression::ValuePath(name, Box::new(Expression::And(both)))))
    }

    /// `FILTER "]"`, after the bracket that follows the attribute `name`.
    fn brackets<'a>(&self, scope: Scope, name: AttributeName<'a>, input: &'a str) -> Parsed<'a, Expression<'a>> {
        if scope.in_brackets {
            return Err(Fault::before(input, 1, Kind::NestedValuePath).into());
        }
        if has_sub_attribute(name.text) {
            let name = excerpt(name.text).into_owned();
            return Err(Fault::before(input, 1, Kind::ValuePathOnSubAttribute { name }).into());
        }
        let inner = Scope { in_brackets: true, ..scope };
        self.enclosed(inner, ['[', ']'], input).map_err(|error| error.map(Fault::in_brackets))
    }

    /// `FILTER close`, after the bracket `open`.
    fn enclosed<'a>(&self, scope: Scope, [open, close]: [char; 2], input: &'a str) -> Parsed<'a, Expression<'a>> {
        let limit = self.limits.effective_depth();
        if scope.depth == limit {
            return Err(Fault::before(input, 1, Kind::TooDeep { limit }).into());
        }
        let unclosed = || Fault::before(input, 1, Kind::Unclosed { bracket: open });
        if is_blank(input) {
            return Err(unclosed().into());
        }
        let (rest, inner) = self.filter(Scope { depth: scope.depth + 1, ..scope }, input)?;
        match preceded(blanks(), cut(char(close))).parse_complete(rest) {
            Ok((rest, _)) => Ok((rest, inner)),
            Err(nom::Err::Failure(Fault { left: 0, .. })) => Err(unclosed().into()),
            Err(error) => Err(error),
        }
    }

    /// `attrExp = attrPath SP "pr" / attrPath SP compareOp SP compValue`, from the blank on.
    fn attr_exp<'a>(&self, name: AttributeName<'a>, input: &'a str) -> Parsed<'a, Expression<'a>> {
        if self.terms.get() == self.limits.terms {
            return Err(Fault::before(input, name.text.len(), Kind::TooManyTerms { limit: self.limits.terms }).into());
        }
        self.terms.update(|terms| terms + 1);

        let (input, predicate) =
            required(preceded(blanks1(), predicate()), |at| no_operator(name, at)).parse_complete(input)?;
        let Predicate::Compare(operator) = predicate else {
            return match preceded(blanks(), peek(char('"'))).parse_complete(input) {
                Ok((at, _)) => Err(Fault::at(at, 1, Kind::ValueAfterPresent).into()),
                Err(_) => Ok((input, Expression::Present(name))),
            };
        };
        let (input, _) = blanks().parse_complete(input)?;
        let (rest, value) = required(comp_value(), |at| no_value(operator, at)).parse_complete(input)?;
        if let Literal::Null | Literal::Bool(_) = value {
            let literal_case = input.bytes().take(input.len() - rest.len()).any(|byte| byte.is_ascii_uppercase());
            self.tolerated.update(|noted| Tolerated { literal_case: noted.literal_case || literal_case, ..noted });
        }
        let value_span = self.span(input, rest);
        Ok((rest, Expression::Compare(Comparison { attribute: name, operator, value, value_span })))
    }

    /// `attrPath = [URI ":"] ATTRNAME *1subAttr`, which is only `ATTRNAME` between brackets.
    fn attr_path<'a>(&self, scope: Scope, input: &'a str) -> Parsed<'a, AttributeName<'a>> {
        self.name(if scope.in_brackets { check_plain } else { check_attribute }, input)
    }

    /// `subAttr = "." ATTRNAME`
    fn sub_attr<'a>(&self, input: &'a str) -> Parsed<'a, AttributeName<'a>> {
        preceded(char('.'), |input| self.name(check_plain, input)).parse_complete(input)
    }

    fn name<'a>(&self, check: fn(&str) -> Result<(), Kind>, input: &'a str) -> Parsed<'a, AttributeName<'a>> {
        let (rest, text) = required(word(), no_attribute).parse_complete(input)?;
        check(text).map_err(|kind| Fault::at(input, text.len(), kind))?;
        Ok((rest, AttributeName { text, span: self.span(input, rest) }))
    }

    /// Returns the position of what was read, where `input` starts with it and `rest` follows it.
    fn span(&self, input: &str, rest: &str) -> Span {
        Span { start: self.total - input.len(), end: self.total - rest.len() }
    }
}

/// Returns the chain of all members, or the last one if it is the only one.
fn join<'a>(
    chain: &mut Vec<Expression<'a>>,
    last: Expression<'a>,
    build: fn(Vec<Expression<'a>>) -> Expression<'a>,
) -> Expression<'a> {
    if chain.is_empty() {
        return last;
    }
    chain.push(last);
    build(mem::take(chain))
}

/// Returns whether the text is empty or has only blanks.
fn is_blank(text: &str) -> bool {
    all_consuming(blanks()).parse_complete(text).is_ok()
}

/// Checks the length of a text, before anything else reads it.
fn check_length(source: &str, limit: usize, subject: Subject) -> Result<(), SyntaxError> {
    if source.len() <= limit {
        return Ok(());
    }
    let span = Span { start: limit, end: source.len() };
    Err(SyntaxError::new(source, span, Kind::TooLong { limit }, subject, subject == Subject::Filter))
}

/// Converts the error of the parsers to the public one.
#[cold]
fn settle(fault: Fault, source: &str, subject: Subject) -> SyntaxError {
    let start = source.len().saturating_sub(fault.left);
    let (length, kind) = match fault.cause {
        Cause::Wrong { length, kind } => (length, kind),
        Cause::Mismatch { expected } => unexpected(source.get(start..).unwrap_or_default(), expected, subject),
    };
    // A caret needs at least one character above it.
    let span = Span { start, end: (start + length.max(1)).min(source.len()) };
    // A path whose brackets are never closed has no filter.
    let in_filter = subject == Subject::Filter || fault.in_brackets && closes_brackets(source);
    SyntaxError::new(source, span, kind, subject, in_filter)
}

/// Returns whether the first bracket of a path is closed, outside of strings.
fn closes_brackets(path: &str) -> bool {
    let inner = path.split_once('[').map_or("", |(_, inner)| inner);
    let (mut in_string, mut escaped) = (false, false);
    inner.bytes().any(|byte| {
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

/// Returns what is wrong where a name should start.
#[cold]
fn no_attribute(at: &str) -> Fault {
    let found = first_word(at);
    Fault::at(at, found.len(), Kind::ExpectedAttribute { found: excerpt(found).into_owned() })
}

/// Returns what is wrong where an operator should follow, directly after the attribute.
#[cold]
fn no_operator(attribute: AttributeName<'_>, at: &str) -> Fault {
    let name = attribute.text;
    let length = name.len();
    if name.eq_ignore_ascii_case("not") {
        return Fault::before(at, length, Kind::UngroupedNot);
    }
    if name.eq_ignore_ascii_case("and") || name.eq_ignore_ascii_case("or") || as_predicate(name).is_some() {
        return Fault::before(at, length, Kind::ExpectedAttribute { found: name.to_owned() });
    }
    let start = at.trim_start_matches(BLANKS);
    match start.chars().next() {
        None | Some('"' | '\'' | ')' | ']') => {
            Fault::at(start, 1, Kind::ExpectedOperator { attribute: excerpt(name).into_owned() })
        }
        Some(character) if start.len() == at.len() => Fault::at(start, 1, Kind::ForeignCharacter { character }),
        Some(_) => {
            let found = word().parse_complete(start).map_or_else(|_| first_word(start), |(_, found)| found);
            Fault::at(start, found.len(), Kind::UnknownOperator { word: excerpt(found).into_owned() })
        }
    }
}

/// Returns what is wrong where a value should start.
#[cold]
fn no_value(operator: Operator, at: &str) -> Fault {
    match at.chars().next() {
        Some('\'') => Fault::at(at, 1, Kind::SingleQuotes),
        Some(first) if first.is_alphanumeric() => {
            let word = first_word(at).split([')', ']']).next().unwrap_or_default();
            Fault::at(at, word.len(), Kind::UnquotedValue { word: excerpt(word).into_owned() })
        }
        _ => Fault::at(at, 1, Kind::ExpectedValue { operator }),
    }
}

/// Returns the length of what follows a complete filter or path instead of its end or of the closing bracket, and what
/// is wrong with it.
#[cold]
fn unexpected(at: &str, close: Option<char>, subject: Subject) -> (usize, Kind) {
    let found = first_word(at);
    if subject == Subject::Path && close.is_none() {
        return (found.len(), Kind::TrailingPath { found: excerpt(found).into_owned() });
    }
    let (_, next) = word().parse_complete(at).unwrap_or_default();
    if next.eq_ignore_ascii_case("and") || next.eq_ignore_ascii_case("or") {
        return (next.len(), Kind::MissingBlank { word: next.to_owned() });
    }
    if let Some(bracket @ (')' | ']')) = at.chars().next() {
        return (1, Kind::Unopened { bracket });
    }
    (found.len(), Kind::ExpectedConjunction { found: excerpt(found).into_owned(), close })
}

/// Returns the text before the first blank.
fn first_word(text: &str) -> &str {
    text.split(BLANKS).next().unwrap_or_default()
}
