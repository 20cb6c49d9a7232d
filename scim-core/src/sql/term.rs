//! SQL conditions as a tree, and their known properties.

use std::borrow::Cow;

use super::Bind;

/// An SQL condition.
#[derive(Clone, Debug)]
pub(super) enum Test {
    True,
    False,
    Leaf(Leaf),
    /// Two or more.
    And(Vec<Test>),
    /// Two or more.
    Or(Vec<Test>),
    Not(Box<Test>),
    Exists {
        from: Cow<'static, str>,
        on: Cow<'static, str>,
        /// How to find the rows without the resource's row, and the column with the id of their resource.
        lookup: Option<Lookup>,
        test: Box<Test>,
    },
}

/// The rows of an element on their own.
#[derive(Clone, Debug)]
pub(super) struct Lookup {
    /// The id of the resource, which is never `NULL`.
    pub(super) id: Cow<'static, str>,
    /// The condition that selects the rows.
    pub(super) on: Cow<'static, str>,
}

impl Test {
    /// Returns whether an index may find the rows to examine.
    pub(super) fn is_sought(&self) -> bool {
        match self {
            Self::Leaf(leaf) => leaf.sought,
            Self::And(tests) => tests.iter().any(Self::is_sought),
            Self::Or(tests) => tests.iter().all(Self::is_sought),
            Self::Exists { lookup, test, .. } => lookup.is_some() && test.is_sought(),
            Self::True | Self::False | Self::Not(_) => false,
        }
    }
}

impl Test {
    /// Returns the number of bound values.
    // The recursion is as deep as the filter, which the parser limits, plus two levels that lists add.
    fn binds(&self) -> usize {
        match self {
            Self::True | Self::False => 0,
            Self::Leaf(leaf) => leaf.pieces.iter().filter(|piece| matches!(piece, Piece::Bind(_))).count(),
            Self::And(tests) | Self::Or(tests) => tests.iter().map(Self::binds).sum(),
            Self::Not(inner) => inner.binds(),
            Self::Exists { test, .. } => test.binds(),
        }
    }
}

/// A condition that is written unchanged.
#[derive(Clone, Debug)]
pub(super) struct Leaf {
    pub(super) pieces: Vec<Piece>,
    /// Whether it may be unknown, i.e. `NULL`.
    pub(super) nullable: bool,
    /// Whether an index may serve it.
    pub(super) sought: bool,
}

#[derive(Clone, Debug)]
pub(super) enum Piece {
    Sql(Cow<'static, str>),
    Bind(Bind),
}

/// The direction in which a condition may be inexact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bound {
    /// It may be true for too many rows.
    Upper,
    /// It may be true for too few rows, as required below a `NOT`.
    Lower,
}

impl Bound {
    pub(super) fn flip(self) -> Self {
        match self {
            Self::Upper => Self::Lower,
            Self::Lower => Self::Upper,
        }
    }
}

/// A part of a filter as SQL.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub(super) test: Test,
    /// Whether it is true for exactly the rows that match the filter.
    pub(super) exact: bool,
    /// Whether it is true only if a column has a value.
    pub(super) strict: bool,
}

impl Part {
    pub(super) const TRUE: Self = Self { test: Test::True, exact: true, strict: false };
    pub(super) const FALSE: Self = Self { test: Test::False, exact: true, strict: true };

    /// Returns the condition for a part that SQL cannot evaluate.
    pub(super) fn unsupported(bound: Bound) -> Self {
        match bound {
            Bound::Upper => Self { exact: false, ..Self::TRUE },
            Bound::Lower => Self { exact: false, ..Self::FALSE },
        }
    }

    pub(super) fn constant(value: bool) -> Self {
        if value { Self::TRUE } else { Self::FALSE }
    }

    /// Creates a condition that is never `NULL`, and true only if the column has a value.
    pub(super) fn known(pieces: Vec<Piece>) -> Self {
        Self { test: Test::Leaf(Leaf { pieces, nullable: false, sought: false }), exact: true, strict: true }
    }

    /// Creates a condition that is `NULL` if the column is `NULL`.
    pub(super) fn leaf(pieces: Vec<Piece>) -> Self {
        Self { test: Test::Leaf(Leaf { pieces, nullable: true, sought: false }), exact: true, strict: true }
    }

    /// Creates a condition that an index may serve.
    pub(super) fn sought(pieces: Vec<Piece>) -> Self {
        Self { test: Test::Leaf(Leaf { pieces, nullable: true, sought: true }), exact: true, strict: true }
    }

    pub(super) fn all(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut tests = Vec::new();
        let mut whole = Self::TRUE;
        for part in parts {
            match part.test {
                Test::False if part.exact => return Self::FALSE,
                Test::True => {}
                test => tests.push(test),
            }
            whole.exact &= part.exact;
            whole.strict |= part.strict;
        }
        if tests.iter().any(|test| matches!(test, Test::False)) {
            return Self { exact: false, ..Self::FALSE };
        }
        whole.test = chain(tests, Test::True, Test::And);
        whole
    }

    pub(super) fn any(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut tests = Vec::new();
        let mut whole = Self::FALSE;
        for part in parts {
            match part.test {
                Test::True if part.exact => return Self::TRUE,
                Test::False => {}
                test => tests.push(test),
            }
            whole.exact &= part.exact;
            whole.strict &= part.strict;
        }
        if tests.iter().any(|test| matches!(test, Test::True)) {
            return Self { exact: false, ..Self::TRUE };
        }
        whole.test = chain(tests, Test::False, Test::Or);
        whole
    }

    pub(super) fn negate(self) -> Self {
        let test = match self.test {
            Test::True => return Self { exact: self.exact, ..Self::FALSE },
            Test::False => return Self { exact: self.exact, ..Self::TRUE },
            Test::Not(inner) => *inner,
            test => Test::Not(Box::new(test)),
        };
        Self { test, exact: self.exact, strict: false }
    }

    /// Returns the condition without the parts that would exceed this number of values, so it may be true for too many
    /// rows.
    pub(super) fn at_most(self, binds: usize) -> Self {
        if self.test.binds() <= binds {
            return self;
        }
        let mut left = binds;
        match self.test {
            Test::And(mut tests) => {
                tests.retain(|test| match left.checked_sub(test.binds()) {
                    Some(rest) => {
                        left = rest;
                        true
                    }
                    None => false,
                });
                Self { test: chain(tests, Test::True, Test::And), exact: false, strict: false }
            }
            _ => Self::unsupported(Bound::Upper),
        }
    }

    pub(super) fn inexact(self) -> Self {
        Self { exact: false, ..self }
    }
}

fn chain(mut tests: Vec<Test>, none: Test, many: fn(Vec<Test>) -> Test) -> Test {
    match (tests.pop(), tests.is_empty()) {
        (None, _) => none,
        (Some(only), true) => only,
        (Some(last), false) => {
            tests.push(last);
            many(tests)
        }
    }
}

/// The pieces of a leaf: `pieces![expr, " = ", Bind::Int(1)]`.
macro_rules! pieces {
    ($($piece:expr),+ $(,)?) => { vec![$($crate::sql::term::Piece::from($piece)),+] };
}
pub(super) use pieces;

impl From<&'static str> for Piece {
    fn from(sql: &'static str) -> Self {
        Self::Sql(Cow::Borrowed(sql))
    }
}

impl From<String> for Piece {
    fn from(sql: String) -> Self {
        Self::Sql(Cow::Owned(sql))
    }
}

impl From<&Cow<'static, str>> for Piece {
    fn from(sql: &Cow<'static, str>) -> Self {
        Self::Sql(sql.clone())
    }
}

impl From<Bind> for Piece {
    fn from(bind: Bind) -> Self {
        Self::Bind(bind)
    }
}
