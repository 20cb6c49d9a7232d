//! SQL forms of the operators that compare values with an order.

use super::term::{Bound, Part, Piece};
use crate::filter::Operator;

/// Compares values that have an order.
pub(super) fn ordering(operator: Operator, bound: Bound, pieces: impl FnOnce(&'static str) -> Vec<Piece>) -> Part {
    sign(operator).map_or_else(|| Part::unsupported(bound), |sign| Part::leaf(pieces(sign)))
}

/// Returns the SQL form of an operator.
pub(super) fn sign(operator: Operator) -> Option<&'static str> {
    match operator {
        Operator::Eq => Some(" = "),
        Operator::Gt => Some(" > "),
        Operator::Ge => Some(" >= "),
        Operator::Lt => Some(" < "),
        Operator::Le => Some(" <= "),
        Operator::Ne | Operator::Co | Operator::Sw | Operator::Ew => None,
    }
}
