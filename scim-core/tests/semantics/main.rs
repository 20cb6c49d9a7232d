//! Tables of semantic tests, run against every way to hold a resource.
//!
//! A row of a table says what a request means; a nested struct, two flat structs and a [`Document`] must all agree.
//! The tables are `tests/data/*.json`; `engine` says how a row reaches an implementation.
//!
//! [`Document`]: scim_core::access::Document

#![cfg(feature = "derive")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test fails by panicking"
)]

mod device;
mod effects;
mod engine;
mod filter;
mod flat;
mod guarded;
mod hostile;
mod patch;
mod property;
mod read;
mod schemas;
mod table;
mod write;
