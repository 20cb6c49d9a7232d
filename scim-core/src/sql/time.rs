//! Comparisons of points in time.

use super::{
    Bind, Dialect,
    column::{Expr, Unit},
    operator::ordering,
    term::{Bound, Part, Piece, pieces},
};
use crate::{filter::Operator, reflect::DateTime};

/// Compares a column that counts whole units with a point in time that may be between two of them.
pub(super) fn compare(
    dialect: Dialect,
    expr: &Expr,
    unit: Unit,
    operator: Operator,
    value: DateTime,
    bound: Bound,
) -> Part {
    if unit == Unit::Native && dialect == Dialect::Sqlite {
        return Part::unsupported(bound);
    }
    let (floor, is_between) = floor(value, unit);
    // A time is later than a point between two units if it is later than the unit before that point.
    let operator = match (operator, is_between) {
        (Operator::Eq, true) => return Part::FALSE,
        (Operator::Ge, true) => Operator::Gt,
        (Operator::Lt, true) => Operator::Le,
        (operator, _) => operator,
    };
    match operand(dialect, unit, floor) {
        Operand::Pieces(pieces) => ordering(operator, bound, |sign| {
            let mut leaf = pieces![expr, sign];
            leaf.extend(pieces);
            leaf
        }),
        // The column cannot hold this time.
        Operand::Later if matches!(operator, Operator::Lt | Operator::Le) => Part::known(pieces![expr, " IS NOT NULL"]),
        Operand::Earlier if matches!(operator, Operator::Gt | Operator::Ge) => {
            Part::known(pieces![expr, " IS NOT NULL"])
        }
        Operand::Later | Operand::Earlier => Part::FALSE,
        Operand::Unknown => Part::unsupported(bound),
    }
}

enum Operand {
    Pieces(Vec<Piece>),
    /// Later than any value of the column.
    Later,
    Earlier,
    /// Not representable in the column's type.
    Unknown,
}

/// Converts a number of units since 1970 to a value of the column's type.
fn operand(dialect: Dialect, unit: Unit, count: i128) -> Operand {
    match (i64::try_from(count), unit) {
        (Err(_), _) if count > 0 => Operand::Later,
        (Err(_), _) => Operand::Earlier,
        (Ok(count), Unit::Native) => native(dialect, count).map_or(Operand::Unknown, Operand::Pieces),
        (Ok(count), _) => Operand::Pieces(pieces![Bind::Int(count)]),
    }
}

/// Returns the column value for this point in time, in the form in which the column is compared.
pub(super) fn value(dialect: Dialect, unit: Unit, value: DateTime) -> Option<Vec<Piece>> {
    match operand(dialect, unit, floor(value, unit).0) {
        Operand::Pieces(pieces) => Some(pieces),
        _ => None,
    }
}

/// Returns the unit at or before a point in time, as far as the column can count.
pub(super) fn units(value: DateTime, unit: Unit) -> Option<i64> {
    i64::try_from(floor(value, unit).0).ok()
}

/// Returns `timestamptz` from text, for years with four digits; in MariaDB `DATETIME`, which has no time zone.
fn native(dialect: Dialect, micros: i64) -> Option<Vec<Piece>> {
    const FIRST: i64 = -62_135_596_800; // 0001-01-01T00:00:00Z
    const LAST: i64 = 253_402_300_799; // 9999-12-31T23:59:59Z
    let seconds = micros.div_euclid(1_000_000);
    let nanoseconds = u32::try_from(micros.rem_euclid(1_000_000)).ok()?.checked_mul(1000)?;
    let text = (FIRST..=LAST).contains(&seconds).then(|| DateTime::from_unix(seconds, nanoseconds).to_string())?;
    Some(match dialect {
        Dialect::MariaDb => pieces!["CAST(", Bind::Text(text.replace('Z', "")), " AS DATETIME(6))"],
        Dialect::Postgres | Dialect::Sqlite => pieces!["CAST(CAST(", Bind::Text(text), " AS text) AS timestamptz)"],
    })
}

/// Returns the unit at or before a point in time, and whether the point is after it.
fn floor(value: DateTime, unit: Unit) -> (i128, bool) {
    let per_second: i128 = match unit {
        Unit::Seconds => 1,
        Unit::Millis => 1_000,
        Unit::Micros | Unit::Native => 1_000_000,
    };
    let nanoseconds = i128::from(value.subsec_nanos());
    let size = 1_000_000_000 / per_second;
    (i128::from(value.unix_seconds()) * per_second + nanoseconds / size, nanoseconds % size != 0)
}
