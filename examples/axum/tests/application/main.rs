//! The application over a real database, seen from both ends: by its stores, and over HTTP.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod client;
mod contract;
mod database;
mod documents;
mod entra;
mod faults;
mod membership;
mod races;
mod stores;
