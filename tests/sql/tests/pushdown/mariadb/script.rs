//! Scripts that fill tables in MariaDB and query them.

use std::fmt::Write as _;

use scim_core::sql::{Bind, Dialect};
use scim_test_support::MariaDb;

use crate::sample::{Sample, bound};

/// The line that ends the rows of one statement.
const END: &str = "--";

/// Statements for one run of the client, in their own database.
pub(crate) struct Script {
    text: String,
    queries: usize,
}

impl Script {
    pub(crate) fn new(database: &str, sql_mode: &str) -> Self {
        // The time zone of a session does not affect the comparison of times.
        let text = format!(
            "CREATE OR REPLACE DATABASE {database} CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci; USE {database};
             SET sql_mode = '{sql_mode}', time_zone = '+05:00', autocommit = 0;"
        );
        Self { text, queries: 0 }
    }

    /// Adds one or more statements.
    pub(crate) fn statement(&mut self, sql: &str) {
        // The client reports an empty statement between two semicolons as an error.
        self.text += sql.trim_end().trim_end_matches(';');
        self.text += ";\n";
    }

    /// Adds the tables of a sample with their rows.
    pub(crate) fn fill<S: Sample>(&mut self, all: &[S]) {
        self.statement(&S::script(Dialect::MariaDb, all));
        self.statement("COMMIT");
    }

    /// Adds a prepared statement in the form that drivers send: the text first, then the values, typed and in the
    /// character set of the connection.
    pub(crate) fn ask(&mut self, sql: &str, binds: &[Bind]) {
        let values: Vec<String> = binds.iter().map(|bind| bound(Dialect::MariaDb, bind)).collect();
        let using = if values.is_empty() { "" } else { " USING " };
        let _ = writeln!(
            self.text,
            "PREPARE q FROM '{}'; EXECUTE q{using}{}; SELECT '{END}';",
            sql.replace('\'', "''"),
            values.join(", ")
        );
        self.queries += 1;
    }

    /// Returns the rows of each query.
    pub(crate) fn run(self, server: &MariaDb) -> Vec<Vec<String>> {
        let lines = server.run(&self.text).unwrap_or_else(|error| panic!("{error}"));
        let mut rows: Vec<Vec<String>> = lines.split(|line| line == END).map(<[String]>::to_vec).collect();
        assert_eq!(rows.pop().as_deref(), Some(&[][..]));
        assert_eq!(rows.len(), self.queries);
        rows
    }
}
