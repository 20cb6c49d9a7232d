//! Parses the paths of PATCH operations (RFC 7644 §3.5.2).

use super::ast::{PatchPath, Tolerated};
use super::error::{Subject, SyntaxError, SyntaxErrorKind as Kind};
use super::fault::{Stop, check_length, fail, first_word, settle};
use super::lex::{skip_blanks, word};
use super::parse::Parser;
use crate::{error::excerpt, limits::FilterLimits};

/// Parses a path: `name`, `name.sub`, `name[filter]` or `name[filter].sub`, each with or without its schema.
///
/// # Errors
///
/// If the text is not a path, or exceeds the limits: 400, with `invalidFilter` if [`SyntaxError::in_filter`], otherwise
/// `invalidPath` (RFC 7644 §3.12).
pub fn parse_path<'a>(text: &'a str, limits: &FilterLimits) -> Result<(PatchPath<'a>, Tolerated), SyntaxError> {
    check_length(text, limits.length, Subject::Path)?;
    let mut parser = Parser::new(text, limits);
    match path(&mut parser, text) {
        Ok(path) => Ok((path, parser.tolerated)),
        Err(stop) => Err(settle(stop, text, Subject::Path, parser.in_brackets)),
    }
}

fn path<'a>(parser: &mut Parser, text: &'a str) -> Result<PatchPath<'a>, Stop> {
    let start = skip_blanks(text);
    if start.is_empty() {
        return Err(fail(text, text.len(), Kind::Empty));
    }
    let (rest, name) = word(start);
    let attribute = parser.attribute(start, name)?;
    let open = skip_blanks(rest);
    if !open.starts_with('[') {
        end(rest)?;
        return Ok(PatchPath { attribute, filter: None, sub_attribute: None });
    }

    let (rest, filter) = parser.brackets(attribute, open)?;
    let (rest, sub_attribute) = match rest.strip_prefix('.') {
        Some(sub) => {
            let (rest, name) = parser.sub_attribute(sub)?;
            (rest, Some(name))
        }
        None => (rest, None),
    };
    end(rest)?;
    Ok(PatchPath { attribute, filter: Some(filter), sub_attribute })
}

fn end(rest: &str) -> Result<(), Stop> {
    let start = skip_blanks(rest);
    if start.is_empty() {
        return Ok(());
    }
    let found = first_word(start);
    Err(fail(start, found.len(), Kind::TrailingPath { found: excerpt(found).into_owned() }))
}
