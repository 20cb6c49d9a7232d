//! Compiles and runs the programs of the repository's README. They need crates that `scim-core` does not depend on.
#![doc = include_str!("../../../README.md")]
