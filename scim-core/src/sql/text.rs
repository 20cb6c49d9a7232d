//! Comparisons of text.

use super::{
    Bind, Dialect,
    column::{Expr, Form, Text},
    operator::sign,
    term::{Bound, Part, pieces},
};
use crate::filter::{Compare, Operator};

pub(super) fn compare(dialect: Dialect, text: &Text, compare: &Compare, bound: Bound) -> Part {
    let key = &*compare.key;
    match (compare.operator, key.is_empty()) {
        // Every text contains the empty one.
        (Operator::Co | Operator::Sw | Operator::Ew | Operator::Ge, true) => return not_absent(dialect, text),
        (Operator::Eq | Operator::Le, true) if text.empty_is_absent => return Part::FALSE,
        // No other text has an empty key.
        (Operator::Eq | Operator::Le, true) => return is_empty(dialect, &text.expr, " = "),
        (Operator::Gt, true) => return is_empty(dialect, &text.expr, " <> "),
        (Operator::Lt, true) => return Part::FALSE,
        _ => {}
    }
    let part = match text.form {
        Form::Key => keys(dialect, &text.expr, compare.operator, key, bound),
        Form::Ascii => ascii(dialect, text, compare, bound),
        Form::Raw => {
            let part = ascii(dialect, text, compare, bound);
            match bound {
                Bound::Upper => Part::any([part, is_ascii(dialect, &text.expr, " <> ")]),
                Bound::Lower => Part::all([part, is_ascii(dialect, &text.expr, " = ")]),
            }
            .inexact()
        }
    };
    if text.empty_is_absent && matches!(compare.operator, Operator::Lt | Operator::Le) {
        return Part::all([part, not_absent(dialect, text)]);
    }
    part
}

fn not_absent(dialect: Dialect, text: &Text) -> Part {
    if text.empty_is_absent {
        return is_empty(dialect, &text.expr, " <> ");
    }
    Part::known(pieces![&text.expr, " IS NOT NULL"])
}

/// Compares a text with the empty text. In MariaDB a blank equals the empty text in most collations.
pub(super) fn is_empty(dialect: Dialect, expr: &Expr, sign: &'static str) -> Part {
    Part::leaf(match dialect {
        Dialect::Postgres | Dialect::Sqlite => pieces![expr, sign, "''"],
        Dialect::MariaDb => pieces!["octet_length(", expr, ")", sign, "0"],
    })
}

/// Compares text that is ASCII.
fn ascii(dialect: Dialect, text: &Text, compare: &Compare, bound: Bound) -> Part {
    let ordered = sign(compare.operator).is_some() && compare.operator != Operator::Eq;
    if !compare.key.is_ascii() && !ordered {
        return Part::FALSE;
    }
    keys(dialect, &folded(dialect, text, compare.case_exact), compare.operator, &compare.key, bound)
}

/// Returns the comparison key of a text that is ASCII or is already the key.
pub(super) fn folded(dialect: Dialect, text: &Text, case_exact: bool) -> Expr {
    match dialect {
        _ if case_exact || text.form == Form::Key => text.expr.clone(),
        // Other collations may fold `I` to a letter other than `i`.
        Dialect::Postgres => format!("lower({} COLLATE \"C\")", text.expr).into(),
        Dialect::Sqlite => format!("lower({})", text.expr).into(),
        Dialect::MariaDb => format!("lower({} COLLATE utf8mb4_nopad_bin)", utf8(&text.expr)).into(),
    }
}

/// Checks whether a text is ASCII, i.e. has as many bytes as characters. SQLite counts up to the first NUL; in MariaDB
/// a column may have a character set in which each character is a byte.
fn is_ascii(dialect: Dialect, expr: &Expr, sign: &'static str) -> Part {
    Part::leaf(match dialect {
        Dialect::Postgres => pieces!["octet_length(", expr, ")", sign, "char_length(", expr, ")"],
        Dialect::Sqlite => pieces!["length(CAST(", expr, " AS BLOB))", sign, "length(", expr, ")"],
        Dialect::MariaDb => {
            let expr = utf8(expr);
            pieces![format!("octet_length({expr})"), sign, format!("char_length({expr})")]
        }
    })
}

/// Compares keys byte by byte, which is also the order of Rust's `str`.
fn keys(dialect: Dialect, expr: &Expr, operator: Operator, key: &str, bound: Bound) -> Part {
    match (dialect, key.split_once('\0')) {
        (Dialect::Postgres, Some((before, _))) => without_nul(expr, operator, before, bound),
        _ => bytes(dialect, expr, operator, key, bound),
    }
}

/// Compares with a key that contains a NUL in PostgreSQL, whose text cannot hold or bind a NUL. So nothing equals or
/// contains such a key, and the texts after it are those after the part before the NUL.
fn without_nul(expr: &Expr, operator: Operator, before: &str, bound: Bound) -> Part {
    match operator {
        Operator::Gt | Operator::Ge => bytes(Dialect::Postgres, expr, Operator::Gt, before, bound),
        Operator::Lt | Operator::Le => bytes(Dialect::Postgres, expr, Operator::Le, before, bound),
        Operator::Eq | Operator::Co | Operator::Sw | Operator::Ew => Part::FALSE,
        Operator::Ne => Part::unsupported(bound),
    }
}

fn bytes(dialect: Dialect, expr: &Expr, operator: Operator, key: &str, bound: Bound) -> Part {
    let bind = || Bind::Text(key.to_owned());
    let bytewise = bytewise(dialect);
    match (operator, dialect) {
        // Equality is bytewise in every collation except PostgreSQL's nondeterministic ones, so any index serves it.
        (Operator::Eq, Dialect::Postgres) => Part::sought(pieces![expr, " = ", bind()]),
        (Operator::Co, Dialect::Postgres) => Part::leaf(pieces!["strpos(", expr, ", ", bind(), ") > 0"]),
        (Operator::Co, Dialect::Sqlite | Dialect::MariaDb) => {
            Part::leaf(pieces!["instr(", expr, ", ", bind(), ") > 0"])
        }
        (Operator::Ew, Dialect::Postgres) => {
            Part::leaf(pieces!["right(", expr, format!(", {}) = ", key.chars().count()), bind()])
        }
        (Operator::Ew, Dialect::MariaDb) => {
            Part::leaf(pieces![format!("right({}, {}) = ", utf8(expr), key.chars().count()), bind()])
        }
        // Compared as bytes, because SQLite counts characters up to the first NUL.
        (Operator::Ew, Dialect::Sqlite) => {
            let tail = format!(" AS BLOB), -{}) = CAST(", key.len());
            Part::leaf(pieces!["substr(CAST(", expr, tail, bind(), " AS BLOB)"])
        }
        // A range, which can use an index and has no wildcards.
        (Operator::Sw, _) => {
            let end = successor(key).map(|end| Part::sought(pieces![expr, bytewise, " < ", Bind::Text(end)]));
            Part::all(std::iter::once(Part::sought(pieces![expr, bytewise, " >= ", bind()])).chain(end))
        }
        (operator, _) => match sign(operator) {
            Some(sign) => Part::sought(pieces![expr, bytewise, sign, bind()]),
            None => Part::unsupported(bound),
        },
    }
}

/// Returns the collation for comparing text by its bytes. In MariaDB the other operand specifies it.
pub(super) fn bytewise(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Postgres => " COLLATE \"C\"",
        Dialect::Sqlite => " COLLATE BINARY",
        Dialect::MariaDb => "",
    }
}

/// Returns a text that is sorted by its bytes. MariaDB ignores a trailing NUL when it sorts text that is not binary.
pub(super) fn by_bytes(dialect: Dialect, expr: &str) -> String {
    match dialect {
        Dialect::Postgres | Dialect::Sqlite => format!("{expr}{}", bytewise(dialect)),
        Dialect::MariaDb => format!("CAST({} AS BINARY)", utf8(expr)),
    }
}

/// Converts a text of MariaDB to UTF-8 from the character set of its column.
fn utf8(expr: &str) -> String {
    format!("CONVERT({expr} USING utf8mb4)")
}

/// Returns the first text after all those that begin with a prefix; `None` if there is none.
fn successor(prefix: &str) -> Option<String> {
    let mut text = prefix.to_owned();
    while let Some(last) = text.pop() {
        // The range of characters omits the surrogates.
        if let Some(next) = (last..=char::MAX).nth(1) {
            text.push(next);
            return Some(text);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::successor;

    #[test]
    fn the_range_of_a_prefix_has_an_end() {
        let end = |prefix| successor(prefix);
        assert_eq!(end("ab").as_deref(), Some("ac"));
        assert_eq!(end("a\u{7f}").as_deref(), Some("a\u{80}"));
        assert_eq!(end("\u{d7ff}").as_deref(), Some("\u{e000}"));
        assert_eq!(end("a\u{10ffff}").as_deref(), Some("b"));
        assert_eq!(end("\u{10ffff}\u{10ffff}"), None);
    }
}
