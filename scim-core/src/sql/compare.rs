//! Comparisons of one column.

use super::{
    Bind, Column, Dialect,
    column::{Expr, Form, Kind, Text, Uuid},
    operator::ordering,
    term::{Bound, Part, pieces},
    text, time,
};
use crate::{
    filter::{Compare, Operator},
    reflect::Scalar,
};

/// Returns the condition for `pr` of a simple attribute: it has a value that is not an empty text.
pub(super) fn present(dialect: Dialect, column: &Column, bound: Bound) -> Part {
    match &column.0 {
        Kind::Text(text) => text::is_empty(dialect, &text.expr, " <> "),
        Kind::Constant(Scalar::Str(text)) => Part::constant(!text.is_empty()),
        _ => assigned(dialect, column, bound),
    }
}

/// Returns the condition that a simple attribute has a value.
pub(super) fn assigned(dialect: Dialect, column: &Column, bound: Bound) -> Part {
    match &column.0 {
        Kind::Unsupported | Kind::List(_) => Part::unsupported(bound),
        Kind::Absent => Part::FALSE,
        Kind::Constant(_) => Part::TRUE,
        Kind::Text(text) if text.empty_is_absent => text::is_empty(dialect, &text.expr, " <> "),
        Kind::Uuid(uuid) if uuid.nil_is_absent => not_nil(dialect, &uuid.expr),
        Kind::Text(Text { expr, .. })
        | Kind::Uuid(Uuid { expr, .. })
        | Kind::Bool(expr)
        | Kind::Int(expr)
        | Kind::Float(expr)
        | Kind::Instant(expr, _) => Part::known(pieces![expr, " IS NOT NULL"]),
    }
}

/// Translates a comparison with the semantics of the in-memory evaluator.
pub(super) fn compare(dialect: Dialect, column: &Column, compare: &Compare, bound: Bound) -> Part {
    match (&column.0, &compare.operand) {
        // In an existing element, an absent `primary` counts as `false`.
        (Kind::Absent, _) if compare.or_absent => Part::TRUE,
        (Kind::Absent, _) => Part::FALSE,
        (Kind::Constant(value), _) => Part::constant(compare.matches_scalar(value)),
        _ if compare.is_version() => version(dialect, column, compare, bound),
        (Kind::Bool(expr), Scalar::Bool(false)) if compare.or_absent => {
            Part { strict: false, ..Part::known(pieces![expr, " IS NOT TRUE"]) }
        }
        (Kind::Text(text), Scalar::Str(_)) => text::compare(dialect, text, compare, bound),
        (Kind::Uuid(column), Scalar::Str(_)) => uuid(dialect, column, compare, bound),
        (Kind::Bool(expr), Scalar::Bool(value)) if compare.operator == Operator::Eq => {
            Part::known(pieces![expr, if *value { " IS TRUE" } else { " IS FALSE" }])
        }
        (Kind::Int(expr), Scalar::Int(value)) => {
            ordering(compare.operator, bound, |sign| pieces![expr, sign, Bind::Int(*value)])
        }
        // As in memory, comparing with a fractional number rounds both to doubles.
        (Kind::Int(expr), Scalar::Dec(value)) => {
            let cast = match dialect {
                Dialect::Postgres => " AS double precision)",
                Dialect::Sqlite => " AS REAL)",
                Dialect::MariaDb => " AS DOUBLE)",
            };
            ordering(compare.operator, bound, |sign| pieces!["CAST(", expr, cast, sign, Bind::Float(*value)])
        }
        (Kind::Int(expr), Scalar::Str(_)) => digits(dialect, expr, compare, bound),
        (Kind::Float(expr), Scalar::Dec(value)) => {
            ordering(compare.operator, bound, |sign| pieces![expr, sign, Bind::Float(*value)])
        }
        (Kind::Float(expr), Scalar::Int(value)) => {
            #[expect(clippy::cast_precision_loss, reason = "a JSON number is a double anyway")]
            let value = *value as f64;
            ordering(compare.operator, bound, |sign| pieces![expr, sign, Bind::Float(value)])
        }
        (Kind::Instant(expr, unit), Scalar::DateTime(value)) => {
            time::compare(dialect, expr, *unit, compare.operator, *value, bound)
        }
        _ => Part::unsupported(bound),
    }
}

/// Compares `meta.version`, which is shown as an entity tag. SQL checks whether a column holds the version, as given or
/// as a tag.
fn version(dialect: Dialect, column: &Column, comparison: &Compare, bound: Bound) -> Part {
    let key = &*comparison.key;
    match &column.0 {
        _ if comparison.operator != Operator::Eq || key.starts_with('"') || key.starts_with("W/") => {
            Part::unsupported(bound)
        }
        Kind::Int(expr) => digits(dialect, expr, comparison, bound),
        Kind::Text(text) => Part::any([key.to_owned(), format!("W/\"{key}\""), format!("\"{key}\"")].map(|key| {
            let form = Compare { key, ..comparison.clone() };
            text::compare(dialect, text, &form, bound)
        })),
        _ => Part::unsupported(bound),
    }
}

/// Compares a number that is text in SCIM.
fn digits(dialect: Dialect, expr: &Expr, compare: &Compare, bound: Bound) -> Part {
    if compare.operator != Operator::Eq {
        return text::compare(dialect, &as_text(dialect, expr), compare, bound);
    }
    match compare.key.parse::<i64>() {
        // Rejects `+7` and `007`.
        Ok(number) if number.to_string() == compare.key => Part::leaf(pieces![expr, " = ", Bind::Int(number)]),
        _ => Part::FALSE,
    }
}

/// The UUID that counts as no value.
pub(super) const NIL: &str = "'00000000-0000-0000-0000-000000000000'";

fn not_nil(dialect: Dialect, expr: &Expr) -> Part {
    Part::leaf(pieces![&as_uuid(dialect, expr), " <> ", NIL])
}

/// Converts a UUID for uses other than comparison with another UUID: in MariaDB its column may hold bytes or text.
pub(super) fn as_uuid(dialect: Dialect, expr: &Expr) -> Expr {
    match dialect {
        Dialect::Postgres | Dialect::Sqlite => expr.clone(),
        Dialect::MariaDb => format!("CAST({expr} AS UUID)").into(),
    }
}

fn uuid(dialect: Dialect, column: &Uuid, compare: &Compare, bound: Bound) -> Part {
    let part = any_uuid(dialect, &column.expr, compare, bound);
    // A value that equals a non-nil UUID is not nil.
    let is_nil = compare.key.bytes().all(|byte| b"0-".contains(&byte));
    if column.nil_is_absent && (compare.operator != Operator::Eq || is_nil) {
        return Part::all([part, not_nil(dialect, &column.expr)]);
    }
    part
}

fn any_uuid(dialect: Dialect, expr: &Expr, compare: &Compare, bound: Bound) -> Part {
    if dialect == Dialect::Sqlite {
        let text = Text {
            expr: expr.clone(),
            form: Form::Ascii,
            empty_is_absent: false,
            bytewise: false,
            key: None,
            limit: usize::MAX,
        };
        return text::compare(dialect, &text, compare, bound);
    }
    if compare.operator != Operator::Eq {
        return text::compare(dialect, &as_text(dialect, &as_uuid(dialect, expr)), compare, bound);
    }
    match compare.key.parse::<uuid::Uuid>() {
        Ok(uuid) if uuid.hyphenated().to_string() == compare.key => {
            let text = Bind::Text(compare.key.clone());
            Part::leaf(match dialect {
                Dialect::MariaDb => pieces![expr, " = CAST(", text, " AS UUID)"],
                Dialect::Postgres | Dialect::Sqlite => pieces![expr, " = CAST(CAST(", text, " AS text) AS uuid)"],
            })
        }
        _ => Part::FALSE,
    }
}

fn as_text(dialect: Dialect, expr: &Expr) -> Text {
    let cast = match dialect {
        Dialect::Postgres | Dialect::Sqlite => format!("CAST({expr} AS text)"),
        Dialect::MariaDb => format!("CAST({expr} AS CHAR CHARACTER SET utf8mb4)"),
    };
    Text { expr: cast.into(), form: Form::Ascii, empty_is_absent: false, bytewise: false, key: None, limit: usize::MAX }
}
