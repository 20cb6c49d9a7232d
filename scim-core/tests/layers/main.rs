//! Tests the dependencies between modules.

#[cfg(test)]
mod floors;
