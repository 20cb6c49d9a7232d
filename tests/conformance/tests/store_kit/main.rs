//! The test kit of stores: correct stores pass, and each faulty one is caught by the check for its fault.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod broken;
mod faulty;
mod keys;
mod sound;
