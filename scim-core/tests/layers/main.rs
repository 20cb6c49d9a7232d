//! The order of the modules.

#[cfg(test)]
mod floors;
