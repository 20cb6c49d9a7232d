//! Parses filters (RFC 7644 §3.4.2.2, with the errata that are common practice).

use std::mem;

use super::ast::{AttributeName, Comparison, Expression, Span, Tolerated};
use super::diagnose::{no_attribute, no_operator, unexpected};
use super::error::{Subject, SyntaxError, SyntaxErrorKind as Kind};
use super::fault::{Step, Stop, check_length, fail, fail_before, settle};
use super::lex::{self, Test, conjunction, skip_blanks, word};
use super::name::{check_attribute, check_plain, has_sub_attribute};
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
    let mut parser = Parser::new(text, limits);
    if skip_blanks(text).is_empty() {
        return Err(refuse(fail(text, text.len(), Kind::Empty), text));
    }
    match parser.any_of(text) {
        Ok((rest, expression)) if skip_blanks(rest).is_empty() => Ok((expression, parser.tolerated)),
        Ok((rest, _)) => Err(refuse(unexpected(rest, None), text)),
        Err(stop) => Err(refuse(stop, text)),
    }
}

fn refuse(stop: Stop, text: &str) -> SyntaxError {
    settle(stop, text, Subject::Filter, true)
}

/// The state of the parser. The text is read once, from left to right, without backtracking.
pub(super) struct Parser {
    total: usize,
    depth_limit: usize,
    term_limit: usize,
    depth: usize,
    terms: usize,
    /// Whether the position is between `[` and `]`.
    pub(super) in_brackets: bool,
    pub(super) tolerated: Tolerated,
}

impl Parser {
    pub(super) fn new(text: &str, limits: &FilterLimits) -> Self {
        Self {
            total: text.len(),
            depth_limit: limits.effective_depth(),
            term_limit: limits.terms,
            depth: 0,
            terms: 0,
            in_brackets: false,
            tolerated: Tolerated::default(),
        }
    }

    /// Parses terms joined by `and` and `or`, of which `and` binds stronger (erratum 4670).
    fn any_of<'a>(&mut self, input: &'a str) -> Step<'a, Expression<'a>> {
        let mut step = self.term(input);
        if matches!(&step, Ok(("", _))) {
            // The common filter has a single term, which is returned without a move.
            return step;
        }
        let (mut any, mut all) = (Vec::new(), Vec::new());
        loop {
            let (rest, term) = step?;
            if let Some(after) = conjunction(rest, "and") {
                all.push(term);
                step = self.term(after);
                continue;
            }
            let member = join(&mut all, term, Expression::And);
            match conjunction(rest, "or") {
                Some(after) => {
                    any.push(member);
                    step = self.term(after);
                }
                None => return Ok((rest, join(&mut any, member, Expression::Or))),
            }
        }
    }

    fn term<'a>(&mut self, input: &'a str) -> Step<'a, Expression<'a>> {
        let start = skip_blanks(input);
        if start.starts_with('(') {
            return self.enclosed(start, ')');
        }
        let (rest, name) = word(start);
        // `not` is a keyword only if a parenthesis follows, because an attribute may have this name.
        if name.eq_ignore_ascii_case("not") && skip_blanks(rest).starts_with('(') {
            let (rest, inner) = self.enclosed(skip_blanks(rest), ')')?;
            return Ok((rest, Expression::Not(Box::new(inner))));
        }
        self.attribute_term(start, name, rest)
    }

    /// Parses a term that starts with an attribute. It is separate from `term` to keep the stack of nested terms small.
    fn attribute_term<'a>(&mut self, start: &'a str, name: &'a str, rest: &'a str) -> Step<'a, Expression<'a>> {
        let attribute = self.attribute(start, name)?;
        let open = skip_blanks(rest);
        if !open.starts_with('[') {
            return self.test(attribute, rest);
        }
        let (rest, inner) = self.brackets(attribute, open)?;
        match rest.strip_prefix('.') {
            Some(sub) => self.value_path_with_sub_attribute(attribute, inner, sub),
            None => Ok((rest, Expression::ValuePath(attribute, Box::new(inner)))),
        }
    }

    /// Parses a filter and the bracket that closes it; `open` starts with the opening bracket.
    fn enclosed<'a>(&mut self, open: &'a str, close: char) -> Step<'a, Expression<'a>> {
        if self.depth == self.depth_limit {
            return Err(fail(open, 1, Kind::TooDeep { limit: self.depth_limit }));
        }
        let mut characters = open.chars();
        let bracket = characters.next().unwrap_or_default();
        let unclosed = || fail(open, 1, Kind::Unclosed { bracket });
        if skip_blanks(characters.as_str()).is_empty() {
            return Err(unclosed());
        }

        self.depth += 1;
        let (rest, inner) = self.any_of(characters.as_str())?;
        self.depth -= 1;

        let end = skip_blanks(rest);
        match end.strip_prefix(close) {
            Some(rest) => Ok((rest, inner)),
            None if end.is_empty() => Err(unclosed()),
            None => Err(unexpected(rest, Some(close))),
        }
    }

    /// Parses the filter in `[` and `]` after an attribute.
    pub(super) fn brackets<'a>(&mut self, attribute: AttributeName<'a>, open: &'a str) -> Step<'a, Expression<'a>> {
        if self.in_brackets {
            return Err(fail(open, 1, Kind::NestedValuePath));
        }
        if has_sub_attribute(attribute.text) {
            return Err(fail(open, 1, Kind::ValuePathOnSubAttribute { name: excerpt(attribute.text).into_owned() }));
        }
        self.in_brackets = true;
        let step = self.enclosed(open, ']')?;
        self.in_brackets = false;
        Ok(step)
    }

    /// Parses `emails[type eq "work"].value eq "x"`, which some clients send: one element must satisfy both.
    fn value_path_with_sub_attribute<'a>(
        &mut self,
        attribute: AttributeName<'a>,
        inner: Expression<'a>,
        sub: &'a str,
    ) -> Step<'a, Expression<'a>> {
        let (rest, sub_attribute) = self.sub_attribute(sub)?;
        let (rest, test) = self.test(sub_attribute, rest)?;
        self.tolerated.value_path_sub_attribute = true;
        let both = match inner {
            Expression::And(mut members) => {
                members.push(test);
                members
            }
            inner => vec![inner, test],
        };
        Ok((rest, Expression::ValuePath(attribute, Box::new(Expression::And(both)))))
    }

    /// Parses what follows an attribute: `pr`, or an operator and a value.
    fn test<'a>(&mut self, attribute: AttributeName<'a>, input: &'a str) -> Step<'a, Expression<'a>> {
        if self.terms == self.term_limit {
            let limit = self.term_limit;
            return Err(fail_before(input, attribute.text.len(), Kind::TooManyTerms { limit }));
        }
        self.terms += 1;

        let start = skip_blanks(input);
        let (rest, name) = word(start);
        let Some(test) = lex::operator(name).filter(|_| start.len() < input.len()) else {
            return Err(no_operator(attribute, input));
        };
        let start = skip_blanks(rest);
        let operator = match test {
            Test::Present if start.starts_with('"') => {
                return Err(fail(start, 1, Kind::ValueAfterPresent));
            }
            Test::Present => return Ok((rest, Expression::Present(attribute))),
            Test::Compare(operator) => operator,
        };
        let (rest, (value, other_case)) = lex::value(start, operator)?;
        self.tolerated.literal_case |= other_case;
        let value_span = self.span(start, start.len() - rest.len());
        Ok((rest, Expression::Compare(Comparison { attribute, operator, value, value_span })))
    }

    /// Checks the name at the beginning of `start`.
    pub(super) fn attribute<'a>(&self, start: &'a str, name: &'a str) -> Result<AttributeName<'a>, Stop> {
        if name.is_empty() {
            return Err(no_attribute(start));
        }
        let checked = if self.in_brackets { check_plain(name) } else { check_attribute(name) };
        checked.map_err(|kind| fail(start, name.len(), kind))?;
        Ok(AttributeName { text: name, span: self.span(start, name.len()) })
    }

    /// Parses the name after `].`.
    pub(super) fn sub_attribute<'a>(&self, input: &'a str) -> Step<'a, AttributeName<'a>> {
        let (rest, name) = word(input);
        if name.is_empty() {
            return Err(no_attribute(input));
        }
        check_plain(name).map_err(|kind| fail(input, name.len(), kind))?;
        Ok((rest, AttributeName { text: name, span: self.span(input, name.len()) }))
    }

    fn span(&self, at: &str, length: usize) -> Span {
        let start = self.total - at.len();
        Span { start, end: start + length }
    }
}

/// Ends a chain, which is one only if something precedes its last member.
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
