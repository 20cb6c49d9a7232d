//! Filters with resolved names and values of the right types; evaluating them cannot fail.

use std::{borrow::Cow, fmt};

use super::{AttributeName, Comparison, Expression, Literal, Operator};
use crate::{
    coerce::{coerce, expected},
    collation,
    compat::{Quirk, Tolerance},
    error::Error,
    lookup::{is_computed, resolve_name, resolve_sub},
    reflect::{Scalar, opaque},
    schema::{Attribute, DataType, Path, ResourceType, at, common},
};

/// A filter that is ready to be evaluated, or to be translated to a database's language.
///
/// ```
/// use scim_core::{ScimResource, filter::Filter, model::User};
///
/// let filter = Filter::parse(User::TYPE, r#"userName eq "bjensen" and active eq true"#)?;
/// let user = User { user_name: "BJensen".into(), active: Some(true), ..User::default() };
/// assert!(filter.matches(&user));
/// # Ok::<(), scim_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Filter {
    pub(super) condition: Condition,
}

/// What a [`Filter`] tests.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// All of them hold; true if there are none.
    And(Vec<Condition>),
    /// At least one of them holds; false if there are none.
    Or(Vec<Condition>),
    /// The inner one does not hold. Every condition is either true or false, never unknown.
    Not(Box<Condition>),
    /// The attribute has a value. For a sub-attribute of a multi-valued attribute: some element has a value.
    Present(Path),
    /// A comparison. If there are several values, one match is enough.
    Compare(Compare),
    /// One element of the attribute satisfies the condition, whose paths are relative to the element.
    Element(Path, Box<Condition>),
}

/// A comparison of an attribute with a value. `Debug` does not show the value.
#[derive(Clone, PartialEq)]
pub struct Compare {
    /// The attribute. Within [`Condition::Element`] the path is relative to the element; the element itself, if it is
    /// simple, is [`Path::ROOT`].
    pub path: Path,
    /// The operator; never [`Operator::Ne`], which is [`Condition::Not`] of [`Operator::Eq`].
    pub operator: Operator,
    /// The value as it was written, of the attribute's type.
    pub operand: Scalar<'static>,
    /// For text, the comparison key of the value: [`collation::case_fold`] or [`collation::normalize`]. For [`Operator::Eq`] of
    /// `meta.version` it is the opaque part of the entity tag, `7` of `W/"7"`, because tags are equal if that part is.
    pub key: String,
    /// Whether letter case is significant.
    pub case_exact: bool,
    /// The type of the attribute.
    pub data_type: DataType,
    /// Whether an element without the attribute satisfies the comparison: `primary eq false` does, because an absent
    /// `primary` is assumed to be `false` (RFC 7643 §2.4). Such a comparison only occurs within [`Condition::Element`].
    pub or_absent: bool,
}

impl Compare {
    /// Returns whether this compares `meta.version`, which a response shows as an entity tag, however it is stored.
    pub(crate) fn is_version(&self) -> bool {
        self.path == Path::META_VERSION
    }
}

impl fmt::Debug for Compare {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Compare")
            .field("path", &self.path)
            .field("operator", &self.operator)
            .field("operand", &self.operand)
            .field("case_exact", &self.case_exact)
            .finish_non_exhaustive()
    }
}

impl Condition {
    const TRUE: Self = Self::And(Vec::new());
    const FALSE: Self = Self::Or(Vec::new());

    fn constant(value: bool) -> Self {
        if value { Self::TRUE } else { Self::FALSE }
    }
}

impl Filter {
    /// Parses a filter for a resource type, with the default limits and tolerances.
    ///
    /// # Errors
    ///
    /// 400 `invalidFilter` (RFC 7644 §3.4.2.2): the syntax is wrong, an attribute does not exist or cannot be used in a
    /// filter, or the value does not fit.
    pub fn parse(resource_type: &ResourceType, text: &str) -> Result<Self, Error> {
        Self::parse_with(resource_type, text, &Tolerance::default())
    }

    /// Parses a filter with the limits and tolerances of a request.
    ///
    /// # Errors
    ///
    /// See [`parse`](Self::parse).
    pub fn parse_with(resource_type: &ResourceType, text: &str, tolerance: &Tolerance) -> Result<Self, Error> {
        let (expression, tolerated) =
            super::parse(text, &tolerance.limits().filter).map_err(|error| Error::invalid_filter(error.to_string()))?;
        tolerated.check(tolerance)?;
        Ok(Self { condition: Resolver { resource_type, tolerance }.condition(Scope::Root, &expression)? })
    }

    /// Returns the condition that the filter tests.
    #[must_use]
    pub fn condition(&self) -> &Condition {
        &self.condition
    }
}

impl super::Tolerated {
    /// Fails if the profile does not accept what the parser tolerated.
    pub(crate) fn check(self, tolerance: &Tolerance) -> Result<(), Error> {
        let check = |is_used: bool, quirk: Quirk, detail: &'static str| {
            if is_used && !tolerance.tolerate(quirk) { Err(Error::invalid_filter(detail)) } else { Ok(()) }
        };
        check(
            self.value_path_sub_attribute,
            Quirk::ValuePathSubAttribute,
            "a filter has no sub-attribute after `]`; put it inside of the brackets",
        )?;
        check(self.literal_case, Quirk::LiteralCase, "`true`, `false` and `null` are written in lower case")
    }
}

/// Resolves the filter of a value path, whose names are sub-attributes of `attribute`.
pub(crate) fn resolve_elements(
    resource_type: &ResourceType,
    attribute: &Attribute,
    expression: &Expression<'_>,
    tolerance: &Tolerance,
) -> Result<Condition, Error> {
    check_visible(attribute)?;
    Resolver { resource_type, tolerance }.condition(Scope::Element(attribute), expression)
}

struct Resolver<'r> {
    resource_type: &'r ResourceType,
    tolerance: &'r Tolerance,
}

/// The scope in which names are resolved.
#[derive(Clone, Copy)]
enum Scope<'r> {
    Root,
    Element(&'r Attribute),
}

impl<'r> Resolver<'r> {
    // Recursion is as deep as the expression, which the parser limits.
    fn condition(&self, scope: Scope<'r>, expression: &Expression<'_>) -> Result<Condition, Error> {
        let all = |parts: &[Expression<'_>]| {
            parts.iter().map(|part| self.condition(scope, part)).collect::<Result<Vec<_>, Error>>()
        };
        match expression {
            Expression::And(parts) => Ok(Condition::And(all(parts)?)),
            Expression::Or(parts) => Ok(Condition::Or(all(parts)?)),
            Expression::Not(inner) => Ok(Condition::Not(Box::new(self.condition(scope, inner)?))),
            Expression::Present(name) => self.present(scope, name),
            Expression::Compare(comparison) => self.compare(scope, comparison),
            Expression::ValuePath(name, inner) => {
                let (path, attribute) = self.lookup(scope, name)?;
                check_value_path(path, attribute)?;
                let inner = self.condition(Scope::Element(attribute), inner)?;
                Ok(Condition::Element(path, Box::new(inner)))
            }
        }
    }

    fn lookup(&self, scope: Scope<'r>, name: &AttributeName<'_>) -> Result<(Path, &'r Attribute), Error> {
        let found = match scope {
            Scope::Root => resolve_name(self.resource_type, name.text, self.tolerance),
            // The elements of a simple multi-valued attribute are called `value`.
            Scope::Element(attribute)
                if attribute.sub_attributes.is_empty() && name.text.eq_ignore_ascii_case("value") =>
            {
                Ok((Path::ROOT, attribute))
            }
            Scope::Element(attribute) => resolve_sub(attribute, name.text).map(|(index, sub)| (Path::of(index), sub)),
        };
        let (path, attribute) = found.map_err(|unknown| Error::invalid_filter(unknown.to_string()))?;
        if let Scope::Root = scope {
            let mut parents: &[Attribute] = &self.resource_type.attributes;
            for step in path.steps() {
                let Some(parent) = at(parents, *step) else { break };
                check_visible(parent)?;
                parents = &parent.sub_attributes;
            }
        }
        check_visible(attribute)?;
        Ok((path, attribute))
    }

    fn present(&self, scope: Scope<'r>, name: &AttributeName<'_>) -> Result<Condition, Error> {
        let (path, attribute) = self.lookup(scope, name)?;
        Ok(present(scope, path, attribute))
    }

    fn compare(&self, scope: Scope<'r>, comparison: &Comparison<'_>) -> Result<Condition, Error> {
        let (mut path, mut attribute) = self.lookup(scope, &comparison.attribute)?;
        if let Literal::Null = comparison.value {
            let absent = Condition::Not(Box::new(present(scope, path, attribute)));
            return match comparison.operator {
                Operator::Eq => Ok(absent),
                Operator::Ne => Ok(Condition::Not(Box::new(absent))),
                operator => Err(Error::invalid_filter(format!(
                    "`null` can be compared with eq and ne only, not with {operator}"
                ))),
            };
        }
        if attribute.data_type == DataType::Complex {
            // `emails co "x"` means `emails.value co "x"`.
            let (index, value) = attribute.sub_attribute("value").ok_or_else(|| {
                Error::invalid_filter(format!("`{}` is complex; compare one of its sub-attributes", attribute.name))
            })?;
            check_visible(value)?;
            (path, attribute) = (path.child(index).unwrap_or(path), value);
        }
        let (operator, negated) = match comparison.operator {
            Operator::Ne => (Operator::Eq, true),
            operator => (operator, false),
        };
        check_operator(attribute, operator)?;
        let operand = self.operand(attribute, &comparison.value)?;
        let key = if let Scalar::Str(text) = &operand {
            collation::comparison_key(text, attribute.case_exact).into_owned()
        } else {
            String::new()
        };
        let (case_exact, data_type) = (attribute.case_exact, attribute.data_type);
        let mut compare = Compare { path, operator, operand, key, case_exact, data_type, or_absent: false };
        if compare.is_version() && operator == Operator::Eq {
            compare.key = String::from(opaque(&compare.key));
        }
        let condition = match scope {
            Scope::Root if is_computed(path) => self.computed(&compare)?,
            _ if is_not_primary(attribute, &compare) => self.not_primary(scope, compare),
            _ => Condition::Compare(compare),
        };
        Ok(if negated { Condition::Not(Box::new(condition)) } else { condition })
    }

    /// Returns `primary eq false`, which is also true for an element without `primary`, but only if there is an
    /// element.
    fn not_primary(&self, scope: Scope<'r>, compare: Compare) -> Condition {
        match scope {
            Scope::Element(list) if list.multi_valued => Condition::Compare(Compare { or_absent: true, ..compare }),
            Scope::Element(_) => Condition::Compare(compare),
            Scope::Root => match compare.path.parent() {
                Some((list, index)) if self.resource_type.attribute(list).is_some_and(|list| list.multi_valued) => {
                    let compare = Compare { path: Path::of(index), or_absent: true, ..compare };
                    Condition::Element(list, Box::new(Condition::Compare(compare)))
                }
                _ => Condition::Compare(compare),
            },
        }
    }

    fn operand(&self, attribute: &Attribute, literal: &Literal<'_>) -> Result<Scalar<'static>, Error> {
        let is_text = matches!(attribute.data_type, DataType::String | DataType::Reference);
        let resolved;
        let literal = match literal {
            Literal::Str(text) => {
                resolved = Literal::Str(self.tolerance.references().resolve(attribute, Cow::Borrowed(text))?);
                &resolved
            }
            literal => literal,
        };
        let scalar = match literal {
            Literal::Null => Scalar::Absent,
            Literal::Bool(value) => Scalar::Bool(*value),
            Literal::Int(value) => Scalar::Int(*value),
            Literal::Dec(value) => Scalar::Dec(*value),
            // An empty string is compared as such, although it is no value of an attribute.
            Literal::Str(text) if is_text => {
                return Ok(Scalar::Str(Cow::Owned(text.clone().into_owned())));
            }
            Literal::Str(text) => Scalar::Str(Cow::Borrowed(text)),
        };
        match coerce(attribute, scalar, self.tolerance) {
            Ok(Scalar::Absent) => Err(expected(attribute.data_type)),
            Ok(scalar) => Ok(scalar.into_owned()),
            Err(expected) => Err(expected),
        }
        .map_err(|expected| {
            Error::invalid_filter(format!("`{}` is compared with {expected}, not with `{literal}`", attribute.name))
        })
    }

    /// Resolves a comparison of a computed attribute to its result, or to a condition on what it depends on.
    fn computed(&self, compare: &Compare) -> Result<Condition, Error> {
        let matches = |text: &str| super::eval::compare_text(text, compare);
        match compare.path.steps() {
            [common::SCHEMAS] if matches(&self.resource_type.schema.id) => Ok(Condition::TRUE),
            [common::SCHEMAS] => {
                let first = u32::try_from(self.resource_type.first_extension()).unwrap_or(u32::MAX);
                let extensions = (first..).zip(self.resource_type.extension_attributes());
                let named = extensions.filter(|(_, extension)| matches(&extension.name));
                // A response names each extension that it shows an attribute of.
                Ok(Condition::Or(named.map(|(index, extension)| shown(Path::of(index), extension)).collect()))
            }
            [common::META, common::META_RESOURCE_TYPE] => Ok(Condition::constant(matches(&self.resource_type.name))),
            _ => Err(Error::invalid_filter(
                "`meta.location` depends on the request and cannot be filtered by; filter by `id`",
            )),
        }
    }
}

/// Returns whether a comparison is `primary eq false`.
fn is_not_primary(attribute: &Attribute, compare: &Compare) -> bool {
    attribute.is_primary() && compare.operator == Operator::Eq && compare.operand == Scalar::Bool(false)
}

/// Returns the condition that an attribute has a value. A computed attribute always has one.
fn present(scope: Scope<'_>, path: Path, attribute: &Attribute) -> Condition {
    if matches!(scope, Scope::Root) && (is_computed(path) || path == Path::META) {
        return Condition::TRUE;
    }
    readable(path, attribute, &Condition::Present)
}

/// Returns the condition that a response shows anything of an attribute, even if it is an empty text.
fn shown(path: Path, attribute: &Attribute) -> Condition {
    readable(path, attribute, &|path| Condition::Element(path, Box::new(Condition::TRUE)))
}

/// Returns a test of everything in an attribute that clients may read. Other sub-attributes do not count as a value.
fn readable(path: Path, attribute: &Attribute, test: &dyn Fn(Path) -> Condition) -> Condition {
    if !attribute.has_unreadable_parts() {
        return test(path);
    }
    let subs = (0u32..).zip(attribute.sub_attributes.iter()).filter(|(_, sub)| sub.is_readable());
    Condition::Or(subs.filter_map(|(index, sub)| Some(readable(path.child(index)?, sub, test))).collect())
}

/// Checks that brackets may follow an attribute: they select elements, so it must have some, and they must be stored.
fn check_value_path(path: Path, attribute: &Attribute) -> Result<(), Error> {
    let name = &attribute.name;
    if path == Path::SCHEMAS || path == Path::META {
        return Err(Error::invalid_filter(format!(
            "`{name}` is computed, so it takes no brackets; compare it directly"
        )));
    }
    if !attribute.multi_valued && attribute.data_type != DataType::Complex {
        return Err(Error::invalid_filter(format!("`{name}` has a single value, so it takes no brackets")));
    }
    Ok(())
}

/// Checks that clients may read an attribute, because a filter reveals its value.
fn check_visible(attribute: &Attribute) -> Result<(), Error> {
    if !attribute.is_readable() {
        let detail = format!("`{}` is never returned, so it cannot be filtered by", attribute.name);
        return Err(Error::invalid_filter(detail));
    }
    Ok(())
}

/// Checks that an operator is defined for the type of an attribute (RFC 7644 table 3).
fn check_operator(attribute: &Attribute, operator: Operator) -> Result<(), Error> {
    let fits = match operator {
        Operator::Eq | Operator::Ne => true,
        Operator::Co | Operator::Sw | Operator::Ew => {
            matches!(attribute.data_type, DataType::String | DataType::Reference)
        }
        Operator::Gt | Operator::Ge | Operator::Lt | Operator::Le => {
            !matches!(attribute.data_type, DataType::Boolean | DataType::Binary | DataType::Complex)
        }
    };
    if fits {
        return Ok(());
    }
    let detail = format!(
        "`{}` is of type {} and cannot be compared with {operator}",
        attribute.name,
        attribute.data_type.as_str()
    );
    Err(Error::invalid_filter(detail))
}
