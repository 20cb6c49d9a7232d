//! Filters: the small query language of SCIM, and the paths of PATCH that contain it.
//!
//! SCIM is the protocol by which a company's directory creates, updates and removes user accounts in other
//! applications. Before the directory creates an account, it checks whether the account exists, using a *filter*:
//!
//! ```text
//! GET /Users?filter=userName eq "bjensen"
//! ```
//!
//! A filter compares attributes of a resource with values (`eq`, `ne`, `co` for contains, `sw` and `ew` for starts and
//! ends with, `gt`, `ge`, `lt`, `le`), tests whether an attribute has a value (`title pr`), and combines such terms
//! with `and`, `or`, `not (..)` and parentheses. Brackets match if one element of a list satisfies everything within:
//! `emails[type eq "work" and value ew "@example.com"]`.
//!
//! [`parse()`] parses a filter into an [`Expression`], which has names as they were written, because it does not know
//! any schema. [`parse_path`] parses the path of a PATCH operation, such as `emails[type eq "work"].value`. Both borrow
//! from the text, enforce the [`FilterLimits`](crate::FilterLimits), and fail with a [`SyntaxError`] that reports where
//! and why. Displaying the result gives text in one canonical form.
//!
//! # What is compared
//!
//! A filter compares what a response shows, so that a client can find a resource by any value that it has read:
//!
//! - `meta.version` is the entity tag, `W/"7"`, however it is stored. `eq` and `ne` compare its opaque part, as
//!   `If-Match` does.
//! - A number that is stored for a text attribute, such as an `id`, is compared as its digits. (Lists are sorted by the
//!   number.)
//! - Numbers, points in time and bytes are equal if their values are, however they are written: `5` and `5.0`, the same
//!   time in two zones, base64 with and without padding.
//! - `schemas` contains the URN of an extension if the response shows any of its attributes.
//! - Text is compared by [the rule of Unicode](crate::collation), or exactly if the attribute is `caseExact`.
//! - `meta.location` depends on the request and is refused with 400 `invalidFilter`.
//!
//! An element of a list without `primary` is treated as if `primary` was `false` (RFC 7643 §2.4), for `eq` and `ne`, in
//! brackets and outside, in queries and in PATCH paths. `primary pr` tests whether it is assigned (RFC 7644 table 3),
//! which an absent one is not; `primary eq null` is the opposite.
//!
//! An attribute that no client may read ([`Attribute::is_readable`](crate::schema::Attribute::is_readable)) cannot be
//! used in a filter, and does not count as a value for `pr`.
//!
//! # What is wrong with a path
//!
//! In the path of a PATCH operation, a fault between a pair of brackets is `invalidFilter`. Every other fault is
//! `invalidPath`: before and after the brackets, and everywhere if brackets are never closed.
//!
//! RFC 7644 §3.4.2.2 and §3.5.2.

mod ast;
mod error;
mod eval;
mod lex;
mod matcher;
mod parse;
mod print;
mod resolve;

#[cfg(test)]
mod tests;

pub use self::ast::{AttributeName, Comparison, Expression, Literal, Operator, PatchPath, Span, Tolerated};
pub use self::error::{SyntaxError, SyntaxErrorKind};
pub(crate) use self::matcher::Matcher;
pub use self::parse::{parse, parse_path};
pub(crate) use self::resolve::resolve_elements;
pub use self::resolve::{Compare, Condition, Filter};
