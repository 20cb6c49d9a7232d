//! The test kit of stores: sound stores pass, and each broken one is caught by the check that is meant for it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod broken;
mod faulty;
mod keys;
mod sound;
