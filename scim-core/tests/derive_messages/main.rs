//! What the compiler says about mistakes, by topic: one file of each kind of mistake, with the output beside it.
//!
//! `TRYBUILD=overwrite cargo test -p scim-core --test derive_messages` writes the output anew.

#![cfg(feature = "derive")]

#[test]
fn messages() {
    let cases = trybuild::TestCases::new();
    for topic in ["words", "paths", "conflicts", "types", "values", "extensions"] {
        cases.compile_fail(format!("tests/compile_fail/{topic}/*.rs"));
    }
}
