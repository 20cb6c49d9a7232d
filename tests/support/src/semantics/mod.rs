//! Tables that say what requests mean, and the ways to hold a resource that they are tried with.

#![expect(clippy::missing_panics_doc, reason = "tests fail by panicking")]

pub mod engine;
pub mod flat;
pub mod table;
