//! The compiler output for mistakes, by topic. Each kind of mistake has one file, with the output beside it.
//!
//! `TRYBUILD=overwrite cargo test -p scim-core --test derive_messages` records the output again.

#![cfg(feature = "derive")]

#[test]
fn messages() {
    let cases = trybuild::TestCases::new();
    for topic in ["options", "paths", "conflicts", "types", "values", "extensions"] {
        cases.compile_fail(format!("tests/compile_fail/{topic}/*.rs"));
    }
}
