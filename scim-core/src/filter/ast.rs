//! The syntax tree of a filter as it was written: names are not yet resolved (RFC 7644 §3.4.2.2).

use std::{borrow::Cow, fmt};

/// A part of the parsed text, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// The start.
    pub start: usize,
    /// The end, exclusive.
    pub end: usize,
}

/// A filter. Chains of `and` and `or` are flat: `a or b or c` is one [`Or`](Self::Or) of three.
#[derive(Clone, Debug, PartialEq)]
pub enum Expression<'a> {
    /// All of two or more conditions hold.
    And(Vec<Expression<'a>>),
    /// At least one of two or more conditions holds.
    Or(Vec<Expression<'a>>),
    /// The inner condition does not hold.
    Not(Box<Expression<'a>>),
    /// `title pr`: the attribute has a value.
    Present(AttributeName<'a>),
    /// `userName eq "bjensen"`.
    Compare(Comparison<'a>),
    /// `emails[type eq "work"]`: one element satisfies the whole inner filter.
    ValuePath(AttributeName<'a>, Box<Expression<'a>>),
}

/// An attribute, an operator and a value.
#[derive(Clone, Debug)]
pub struct Comparison<'a> {
    /// The attribute that is compared.
    pub attribute: AttributeName<'a>,
    /// The operator.
    pub operator: Operator,
    /// The value that it is compared with.
    pub value: Literal<'a>,
    /// The position of the value.
    pub value_span: Span,
}

impl PartialEq for Comparison<'_> {
    /// Compares without positions, as [`AttributeName`]s do.
    fn eq(&self, other: &Self) -> bool {
        self.attribute == other.attribute && self.operator == other.operator && self.value == other.value
    }
}

/// The name of an attribute as it was written: `[URN ":"] name ["." sub-attribute]`.
///
/// It is not split here: a URN itself contains dots and colons, so only a schema determines where it ends.
#[derive(Clone, Copy, Debug)]
pub struct AttributeName<'a> {
    /// The whole name.
    pub text: &'a str,
    /// The position of the name.
    pub span: Span,
}

impl PartialEq for AttributeName<'_> {
    /// Names are equal regardless of letter case (RFC 7643 §2.1) and position.
    fn eq(&self, other: &Self) -> bool {
        self.text.eq_ignore_ascii_case(other.text)
    }
}

/// An operator of a comparison (RFC 7644 table 3); `pr` is [`Expression::Present`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operator {
    /// Equal.
    Eq,
    /// Not equal.
    Ne,
    /// Contains.
    Co,
    /// Starts with.
    Sw,
    /// Ends with.
    Ew,
    /// Greater than.
    Gt,
    /// Greater than or equal.
    Ge,
    /// Less than.
    Lt,
    /// Less than or equal.
    Le,
}

/// A value in a filter: a JSON literal. `Debug` shows its kind and not the value.
#[derive(Clone, PartialEq)]
pub enum Literal<'a> {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A number without fraction and exponent that fits.
    Int(i64),
    /// Any other number.
    Dec(f64),
    /// Text, without quotes and escapes; borrowed where there was no escape.
    Str(Cow<'a, str>),
}

impl fmt::Debug for Literal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("Null"),
            Self::Bool(_) => f.write_str("Bool(..)"),
            Self::Int(_) => f.write_str("Int(..)"),
            Self::Dec(_) => f.write_str("Dec(..)"),
            Self::Str(text) => write!(f, "Str({} bytes)", text.len()),
        }
    }
}

/// The path of a PATCH operation as it was written: `name`, `name[filter]` or `name[filter].sub` (RFC 7644 §3.5.2).
#[derive(Clone, Debug, PartialEq)]
pub struct PatchPath<'a> {
    /// The attribute, which may include a sub-attribute when there is no filter.
    pub attribute: AttributeName<'a>,
    /// A filter that selects elements of the attribute.
    pub filter: Option<Expression<'a>>,
    /// The sub-attribute of the selected elements.
    pub sub_attribute: Option<AttributeName<'a>>,
}

/// Deviations from the RFC's grammar that the parser accepted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tolerated {
    /// `emails[type eq "work"].value eq "x"`: read as `emails[type eq "work" and value eq "x"]`.
    pub value_path_sub_attribute: bool,
    /// `active eq True`: a literal in another letter case.
    pub literal_case: bool,
}
