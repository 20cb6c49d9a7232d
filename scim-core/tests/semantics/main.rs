//! Tables of semantic tests, run against every way to hold a resource.
//!
//! A row of a table says what a request means; a nested struct, two flat structs and a [`Document`] must all agree.
//! The tables are `tests/data/*.json` and those of `scim_test_support`, which also has the engines.
//!
//! [`Document`]: scim_core::reflect::Document

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
mod filter;
mod guarded;
mod hostile;
mod patch;
mod property;
mod read;
mod schemas;
mod write;
