//! Shared helpers of tests: throw-away database servers, and the tables of semantic tests.
//!
//! ```no_run
//! let Some(database) = scim_test_support::Postgres::find() else { return };
//! println!("{}", database.url());
//! ```

#![expect(clippy::panic, clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod mariadb;
mod postgres;
pub mod semantics;

pub use mariadb::MariaDb;
pub use postgres::Postgres;
