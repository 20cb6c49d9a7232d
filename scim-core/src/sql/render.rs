//! Rendering of conditions.

use std::fmt::Write as _;

use super::{
    Bind, BindType, Dialect, Statement,
    term::{Leaf, Piece, Test},
};

pub(super) struct Writer<'a> {
    dialect: Dialect,
    /// The number of the store's own placeholders before the first of these.
    before: usize,
    /// The id of the row, and the text after `FROM` to find it; `None` if the row is not a resource's row.
    pub(super) rows: Option<(&'a str, &'a str)>,
    pub(super) sql: String,
    pub(super) binds: Vec<Bind>,
}

/// The number of terms of a chain that are written side by side. SQLite parses `a OR b OR c` as a left-leaning tree and
/// rejects one deeper than 1000; in longer chains, halves are put in parentheses.
const SIDE_BY_SIDE: usize = 4;

/// The maximum number of alternatives that are looked up one by one. SQLite rejects 500.
const LOOKUPS: usize = 16;

impl Writer<'_> {
    pub(super) fn new(dialect: Dialect, before: usize) -> Self {
        Self { dialect, before, rows: None, sql: String::new(), binds: Vec::new() }
    }

    /// Writes a condition as a single term. If `known`, it is never `NULL`.
    pub(super) fn test(&mut self, test: &Test, known: bool) {
        match test {
            // Indexes do not help under a `NOT`.
            test if !known && self.lookup(test) => {}
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
            Test::Exists { from, on, test, .. } => {
                // SQLite 3.51 turns an `EXISTS` within `AND` into a join, in which `OFFSET` counts a row once for each
                // matching row. With a sign before it, it is only an operand.
                if self.dialect == Dialect::Sqlite {
                    self.sql.push('+');
                }
                let _ = write!(self.sql, "EXISTS (SELECT 1 FROM {from} WHERE {on}");
                self.within(test);
                self.sql.push(')');
            }
        }
    }

    /// Writes a further condition for the rows of a `SELECT`.
    fn within(&mut self, test: &Test) {
        if matches!(test, Test::True) {
            return;
        }
        let rows = self.rows.take();
        self.sql.push_str(" AND ");
        // A row whose condition is unknown is left out, so the result is known.
        self.test(test, false);
        self.rows = rows;
    }

    /// Writes alternatives as look-ups of ids, if an index may serve each of them.
    fn lookup(&mut self, test: &Test) -> bool {
        let Some((id, from)) = self.rows else { return false };
        if !matches!(test, Test::Or(_) | Test::Exists { .. }) || !test.is_sought() {
            return false;
        }
        let mut alternatives = Vec::new();
        flatten(test, &mut alternatives);
        if alternatives.len() > LOOKUPS {
            return false;
        }
        let _ = write!(self.sql, "{id} IN (");
        for (index, alternative) in alternatives.into_iter().enumerate() {
            if index > 0 {
                self.sql.push_str(" UNION ALL ");
            }
            if let Test::Exists { from, lookup: Some(lookup), test, .. } = alternative {
                let _ = write!(self.sql, "SELECT {} FROM {from} WHERE {}", lookup.id, lookup.on);
                self.within(test);
            } else {
                let _ = write!(self.sql, "SELECT {id} FROM {from}");
                self.within(alternative);
            }
        }
        self.sql.push(')');
        true
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

    /// Writes the placeholder of a value that is compared with a column.
    pub(super) fn bind(&mut self, bind: Bind) {
        // The collation of one operand applies to the comparison; on a column it would prevent the use of indexes.
        let is_text = self.dialect == Dialect::MariaDb && matches!(bind, Bind::Text(_));
        self.value(bind);
        if is_text {
            self.sql.push_str(" COLLATE utf8mb4_nopad_bin");
        }
    }

    /// Writes the placeholder of a value that is stored.
    pub(super) fn value(&mut self, bind: Bind) {
        // The type is explicit where a driver would otherwise infer it from the column.
        let cast = match (self.dialect, &bind) {
            (Dialect::Postgres, Bind::Int(_) | Bind::Null(BindType::Int)) => "::bigint",
            (Dialect::Postgres, Bind::Float(_) | Bind::Null(BindType::Float)) => "::float8",
            (Dialect::Postgres, Bind::Bool(_) | Bind::Null(BindType::Bool)) => "::boolean",
            _ => "",
        };
        self.binds.push(bind);
        let number = self.before.saturating_add(self.binds.len());
        self.sql.push_str(&self.dialect.placeholder(number));
        self.sql.push_str(cast);
    }

    /// Returns the statement.
    pub(super) fn finish(self) -> Statement {
        Statement { sql: self.sql.into(), binds: self.binds }
    }
}

/// Collects the alternatives of nested alternatives.
fn flatten<'t>(test: &'t Test, into: &mut Vec<&'t Test>) {
    match test {
        Test::Or(tests) => tests.iter().for_each(|test| flatten(test, into)),
        test => into.push(test),
    }
}
