# Lists the recipes.
default:
    @just --list

# Checks the formatting, the lints and the supported Rust version.
check:
    .ci/run format lint msrv

# Runs all tests; skips those that need a database server that is not installed.
test *arguments:
    cargo test --workspace --locked {{arguments}}

# Runs all tests; fails if PostgreSQL or MariaDB is missing.
test-sql *arguments:
    SCIM_TEST_POSTGRES_REQUIRED=1 SCIM_TEST_MARIADB_REQUIRED=1 cargo test --workspace --locked {{arguments}}

# Builds the documentation; fails on warnings.
docs:
    .ci/run docs

# Runs the benchmarks of the engine; see BENCHMARKING.md.
bench *arguments:
    cargo bench --package scim-core {{arguments}}

# Builds, tests and documents each published crate from its package.
package:
    .ci/run packages

# Runs the steps of CI (by default all except `deny`); installs missing Debian packages.
ci *steps:
    .ci/run {{steps}}
