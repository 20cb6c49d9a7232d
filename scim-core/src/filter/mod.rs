//! Filters: the small query language of SCIM, and the paths of PATCH that contain it.
//!
//! SCIM is the protocol by which a company's directory creates, updates and removes user accounts in other applications.
//! Before it creates an account the directory asks whether there is one, and it does so with a *filter*:
//!
//! ```text
//! GET /Users?filter=userName eq "bjensen"
//! ```
//!
//! A filter compares attributes of a resource with values (`eq`, `ne`, `co` for contains, `sw` and `ew` for starts and ends
//! with, `gt`, `ge`, `lt`, `le`), asks whether an attribute has a value (`title pr`), and combines such terms with `and`,
//! `or`, `not (..)` and parentheses. Brackets ask for one element of a list that satisfies everything within:
//! `emails[type eq "work" and value ew "@example.com"]`.
//!
//! [`parse()`] reads a filter into an [`Expression`], in which names are as they were written; it knows no schema.
//! [`parse_path`] reads the path of a PATCH operation, such as `emails[type eq "work"].value`. Both borrow from the text,
//! stop at the [`FilterLimits`](crate::FilterLimits), and refuse with a [`SyntaxError`] that says where and why. Displaying what was read gives text
//! in one canonical form.
//!
//! # What is compared
//!
//! A filter compares what an answer shows, so that whatever a client has read finds the resource again:
//!
//! - `meta.version` is the entity tag, `W/"7"`, whatever is stored. `eq` and `ne` compare its opaque part, as `If-Match` does.
//! - A number that is kept under an attribute that is text, such as an `id`, is its digits. (Lists are sorted by the number.)
//! - Numbers, points in time and bytes are equal when the values are, however they are written: `5` and `5.0`, one time in
//!   two zones, base64 with and without padding.
//! - `schemas` holds the URN of an extension if the answer shows something of it.
//! - Text is compared by [the rule of Unicode](crate::text), by the letter where the attribute is `caseExact`.
//! - `meta.location` depends on the request and is refused with 400 `invalidFilter`.
//!
//! An element of a list whose `primary` is absent has the `primary` `false` (RFC 7643 §2.4), for `eq` and `ne`, in brackets
//! and without, in queries and in PATCH paths. `primary pr` asks whether it is assigned (RFC 7644 table 3), which an absent
//! one is not; `primary eq null` is the contrary of that.
//!
//! What no client may read ([`Attribute::is_readable`](crate::schema::Attribute::is_readable)) cannot be asked for, and makes
//! nothing present.
//!
//! # What is wrong with a path
//!
//! In the path of a PATCH operation, what is wrong between a pair of brackets is `invalidFilter`. Everything else is
//! `invalidPath`: what stands before and after the brackets, and whatever is wrong where brackets are never closed.
//!
//! RFC 7644 §3.4.2.2 and §3.5.2.

mod ast;
mod diagnose;
mod error;
mod eval;
mod fault;
mod lex;
mod matcher;
mod message;
mod name;
mod parse;
mod path;
mod print;
mod render;
mod resolve;
mod rules;

#[cfg(test)]
mod tests;

pub use self::ast::{AttributeName, Comparison, Expression, Literal, Operator, PatchPath, Span, Tolerated};
pub use self::error::{SyntaxError, SyntaxErrorKind};
pub(crate) use self::matcher::Matcher;
pub use self::parse::parse;
pub use self::path::parse_path;
pub(crate) use self::resolve::resolve_elements;
pub use self::resolve::{Compare, Condition, Filter};
