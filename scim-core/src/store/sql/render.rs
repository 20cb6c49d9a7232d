//! Writes conditions.

use std::fmt::Write as _;

use super::{
    Bind, Dialect,
    term::{Leaf, Piece, Test},
};

pub(super) struct Writer {
    dialect: Dialect,
    /// How many placeholders the store has before the first of these.
    before: usize,
    pub(super) sql: String,
    pub(super) binds: Vec<Bind>,
}

/// How many terms of a chain are written side by side. SQLite reads `a OR b OR c` as a tree that leans to the left, and
/// refuses one deeper than 1000; in longer chains halves are put in parentheses.
const SIDE_BY_SIDE: usize = 4;

impl Writer {
    pub(super) fn new(dialect: Dialect, before: usize) -> Self {
        Self { dialect, before, sql: String::new(), binds: Vec::new() }
    }

    /// Writes a condition as one term. Where `known`, it is never `NULL`.
    pub(super) fn test(&mut self, test: &Test, known: bool) {
        match test {
            Test::True => self.sql.push_str("TRUE"),
            Test::False => self.sql.push_str("FALSE"),
            Test::Leaf(leaf) => self.leaf(leaf, known),
            Test::And(tests) => self.chain(tests, " AND ", known),
            Test::Or(tests) => self.chain(tests, " OR ", known),
            Test::Not(inner) => {
                self.sql.push_str("NOT ");
                match &**inner {
                    leaf @ Test::Leaf(Leaf { nullable: false, .. }) => {
                        self.sql.push('(');
                        self.test(leaf, true);
                        self.sql.push(')');
                    }
                    other => self.test(other, true),
                }
            }
            Test::Exists { from, on, test } => {
                let _ = write!(self.sql, "EXISTS (SELECT 1 FROM {from} WHERE {on}");
                if !matches!(**test, Test::True) {
                    self.sql.push_str(" AND ");
                    // What is unknown of a row leaves it out, so the whole is known.
                    self.test(test, false);
                }
                self.sql.push(')');
            }
        }
    }

    fn chain(&mut self, tests: &[Test], operator: &str, known: bool) {
        self.sql.push('(');
        if tests.len() > SIDE_BY_SIDE {
            let (left, right) = tests.split_at_checked(tests.len() / 2).unwrap_or_default();
            self.chain(left, operator, known);
            self.sql.push_str(operator);
            self.chain(right, operator, known);
        } else {
            for (index, test) in tests.iter().enumerate() {
                if index > 0 {
                    self.sql.push_str(operator);
                }
                self.test(test, known);
            }
        }
        self.sql.push(')');
    }

    fn leaf(&mut self, leaf: &Leaf, known: bool) {
        let guarded = known && leaf.nullable;
        if guarded {
            self.sql.push_str("COALESCE(");
        }
        self.pieces(&leaf.pieces);
        if guarded {
            self.sql.push_str(", FALSE)");
        }
    }

    pub(super) fn pieces(&mut self, pieces: &[Piece]) {
        for piece in pieces {
            match piece {
                Piece::Sql(sql) => self.sql.push_str(sql),
                Piece::Bind(bind) => self.bind(bind.clone()),
            }
        }
    }

    pub(super) fn bind(&mut self, bind: Bind) {
        // The type is told where a driver would otherwise guess it from the column.
        let (sign, cast) = match (self.dialect, &bind) {
            (Dialect::Postgres, Bind::Text(_)) => ('$', ""),
            (Dialect::Postgres, Bind::Int(_)) => ('$', "::bigint"),
            (Dialect::Postgres, Bind::Float(_)) => ('$', "::float8"),
            // The collation of one operand is that of the comparison; on a column it would keep indexes from being used.
            (Dialect::MariaDb, Bind::Text(_)) => ('?', " COLLATE utf8mb4_nopad_bin"),
            (Dialect::MariaDb | Dialect::Sqlite, _) => ('?', ""),
        };
        self.binds.push(bind);
        self.sql.push(sign);
        if self.dialect != Dialect::MariaDb {
            let _ = write!(self.sql, "{}", self.before.saturating_add(self.binds.len()));
        }
        self.sql.push_str(cast);
    }
}
