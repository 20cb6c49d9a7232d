//! Tables of semantic tests, run against every representation of a resource.
//!
//! A row of a table specifies the effect of a request. A nested struct, two flat structs and a [`Document`] must all
//! agree. The tables are in `tests/data/*.json` and in `scim_test_support`, which also contains the engines.
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
