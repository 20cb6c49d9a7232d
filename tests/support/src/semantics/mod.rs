//! Tables that specify the semantics of requests, and the representations of resources that they are tested with.

#![expect(clippy::missing_panics_doc, reason = "tests fail by panicking")]

pub mod engine;
pub mod flat;
pub mod table;
