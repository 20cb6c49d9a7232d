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
//! stop at the [`Limits`], and refuse with a [`SyntaxError`] that says where and why. Displaying what was read gives text
//! in one canonical form.
//!
//! RFC 7644 §3.4.2.2 and §3.5.2.

mod ast;
mod diagnose;
mod error;
mod eval;
mod fault;
mod lex;
mod limits;
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
pub use self::limits::Limits;
#[allow(unused_imports, reason = "PATCH is about to use it")]
pub(crate) use self::matcher::Matcher;
pub use self::parse::parse;
pub use self::path::parse_path;
pub(crate) use self::resolve::resolve_elements;
pub use self::resolve::{Compare, Condition, Filter};
