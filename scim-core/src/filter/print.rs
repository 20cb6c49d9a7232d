//! Writes filters and paths as text that parses to the same tree.

use std::fmt::{self, Display, Formatter};

use super::ast::{AttributeName, Comparison, Expression, Literal, Operator, PatchPath};

impl Display for Expression<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::And(members) => {
                chain(f, members, " and ", |member| matches!(member, Expression::And(_) | Expression::Or(_)))
            }
            Self::Or(members) => chain(f, members, " or ", |member| matches!(member, Expression::Or(_))),
            Self::Not(inner) => write!(f, "not ({inner})"),
            Self::Present(attribute) => write!(f, "{attribute} pr"),
            Self::Compare(comparison) => comparison.fmt(f),
            Self::ValuePath(attribute, inner) => write!(f, "{attribute}[{inner}]"),
        }
    }
}

/// Puts members that bind no stronger than the chain itself in parentheses.
fn chain(
    f: &mut Formatter<'_>,
    members: &[Expression<'_>],
    conjunction: &str,
    needs_parentheses: fn(&Expression<'_>) -> bool,
) -> fmt::Result {
    for (index, member) in members.iter().enumerate() {
        if index > 0 {
            f.write_str(conjunction)?;
        }
        if needs_parentheses(member) {
            write!(f, "({member})")?;
        } else {
            member.fmt(f)?;
        }
    }
    Ok(())
}

impl Display for Comparison<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.attribute, self.operator, self.value)
    }
}

impl Display for AttributeName<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.text)
    }
}

impl Display for Operator {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Eq => "eq",
            Self::Ne => "ne",
            Self::Co => "co",
            Self::Sw => "sw",
            Self::Ew => "ew",
            Self::Gt => "gt",
            Self::Ge => "ge",
            Self::Lt => "lt",
            Self::Le => "le",
        })
    }
}

impl Display for Literal<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Int(value) => write!(f, "{value}"),
            // `Debug` keeps a fraction or an exponent, so that 1.0 does not become the integer 1.
            Self::Dec(value) => write!(f, "{value:?}"),
            Self::Str(value) => f.write_str(&serde_json::to_string(value).map_err(|_| fmt::Error)?),
        }
    }
}

impl Display for PatchPath<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.attribute.fmt(f)?;
        if let Some(filter) = &self.filter {
            write!(f, "[{filter}]")?;
        }
        if let Some(sub_attribute) = &self.sub_attribute {
            write!(f, ".{sub_attribute}")?;
        }
        Ok(())
    }
}
