//! Several server processes on one database, with clients that behave as Entra does: connections break, processes are
//! killed, and whatever was acknowledged is there.
//!
//! `SCIM_ROUNDS` says how much is done instead of what a test takes its time for.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod client;
mod crash;
mod limits;
mod random;
mod server;
mod together;
mod traffic;

fn rounds(default: usize) -> usize {
    std::env::var("SCIM_ROUNDS").map_or(default, |rounds| rounds.parse().unwrap())
}
