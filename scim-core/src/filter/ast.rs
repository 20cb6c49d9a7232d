//! What a filter says, as it was written: names are not yet looked up (RFC 7644 §3.4.2.2).

use std::{borrow::Cow, fmt};

/// A part of the text that was parsed, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// Where it starts.
    pub start: usize,
    /// Where it ends, exclusive.
    pub end: usize,
}

/// A filter. Chains of `and` and `or` are flat: `a or b or c` is one [`Or`](Self::Or) of three.
#[derive(Clone, Debug, PartialEq)]
pub enum Expression<'a> {
    /// All of two or more hold.
    And(Vec<Expression<'a>>),
    /// At least one of two or more holds.
    Or(Vec<Expression<'a>>),
    /// The inner one does not hold.
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
    /// What is compared.
    pub attribute: AttributeName<'a>,
    /// How.
    pub operator: Operator,
    /// With what.
    pub value: Literal<'a>,
    /// Where the value stands.
    pub value_span: Span,
}

impl PartialEq for Comparison<'_> {
    /// Comparisons are equal wherever they stand, as [`AttributeName`]s are.
    fn eq(&self, other: &Self) -> bool {
        self.attribute == other.attribute && self.operator == other.operator && self.value == other.value
    }
}

/// The name of an attribute as it was written: `[URN ":"] name ["." sub-attribute]`.
///
/// It is not split here: a URN holds dots and colons itself, so only a schema can tell where it ends.
#[derive(Clone, Copy, Debug)]
pub struct AttributeName<'a> {
    /// The whole name.
    pub text: &'a str,
    /// Where it stands.
    pub span: Span,
}

impl PartialEq for AttributeName<'_> {
    /// Names are equal whatever their letter case (RFC 7643 §2.1), and wherever they stand.
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
    /// Which elements of the attribute are meant.
    pub filter: Option<Expression<'a>>,
    /// A sub-attribute of those elements.
    pub sub_attribute: Option<AttributeName<'a>>,
}

/// What a parser accepted although it is outside of the RFC's grammar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tolerated {
    /// `emails[type eq "work"].value eq "x"`: read as `emails[type eq "work" and value eq "x"]`.
    pub value_path_sub_attribute: bool,
    /// `active eq True`: a literal in another letter case.
    pub literal_case: bool,
}
