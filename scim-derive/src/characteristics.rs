//! The characteristics of an attribute, as specified by options.

use proc_macro2::{Ident, Span};
use syn::{LitBool, LitStr, meta::ParseNestedMeta};

use crate::{
    options::{choice, flag, once, strings, switch},
    symbol,
};

/// The characteristics of an attribute that options specify (RFC 7643 §7).
#[derive(Clone, Default)]
pub(crate) struct Characteristics {
    pub(crate) required: Option<Span>,
    pub(crate) case_exact: Option<LitBool>,
    pub(crate) mutability: Option<Ident>,
    pub(crate) returned: Option<Ident>,
    pub(crate) uniqueness: Option<Ident>,
    pub(crate) data_type: Option<Ident>,
    pub(crate) canonical: Option<Vec<LitStr>>,
    pub(crate) reference: Option<Vec<LitStr>>,
}

impl Characteristics {
    /// Parses an option, if it is one of these.
    pub(crate) fn set(&mut self, option: &str, meta: &ParseNestedMeta<'_>) -> syn::Result<()> {
        match option {
            symbol::REQUIRED => once(&mut self.required, flag(meta)?, meta),
            symbol::CASE_EXACT => once(&mut self.case_exact, switch(meta)?, meta),
            symbol::MUTABILITY => once(&mut self.mutability, choice(meta, symbol::MUTABILITIES)?, meta),
            symbol::RETURNED => once(&mut self.returned, choice(meta, symbol::RETURNS)?, meta),
            symbol::UNIQUENESS => once(&mut self.uniqueness, choice(meta, symbol::UNIQUENESSES)?, meta),
            symbol::DATA_TYPE => once(&mut self.data_type, choice(meta, symbol::DATA_TYPES)?, meta),
            symbol::CANONICAL => once(&mut self.canonical, strings(meta, "work")?, meta),
            symbol::REFERENCE => once(&mut self.reference, strings(meta, "User")?, meta),
            _ => Ok(()),
        }
    }

    /// Returns whether only the service provider writes the attribute.
    pub(crate) fn is_read_only(&self) -> bool {
        self.mutability.as_ref().is_some_and(|mutability| mutability == "ReadOnly")
    }

    /// Returns whether the values are URIs.
    pub(crate) fn is_reference(&self) -> bool {
        match &self.data_type {
            Some(data_type) => data_type == "Reference",
            None => self.reference.is_some(),
        }
    }

    /// Returns the options that were specified.
    pub(crate) fn given(&self) -> Vec<(&'static str, Span)> {
        let strings =
            |values: &Option<Vec<LitStr>>| values.as_ref().and_then(|values| values.first()).map(LitStr::span);
        let ident = |value: &Option<Ident>| value.as_ref().map(Ident::span);
        [
            (symbol::REQUIRED, self.required),
            (symbol::CASE_EXACT, self.case_exact.as_ref().map(LitBool::span)),
            (symbol::MUTABILITY, ident(&self.mutability)),
            (symbol::RETURNED, ident(&self.returned)),
            (symbol::UNIQUENESS, ident(&self.uniqueness)),
            (symbol::DATA_TYPE, ident(&self.data_type)),
            (symbol::CANONICAL, strings(&self.canonical)),
            (symbol::REFERENCE, strings(&self.reference)),
        ]
        .into_iter()
        .filter_map(|(option, span)| Some((option, span?)))
        .collect()
    }

    /// Adds the options of another field of the same attribute. Returns the conflicting options.
    pub(crate) fn merge(&mut self, other: &Self) -> Vec<(&'static str, Span)> {
        fn add<T: Clone>(slot: &mut Option<T>, other: Option<&T>, same: impl Fn(&T, &T) -> bool) -> bool {
            match (&slot, other) {
                (Some(known), Some(other)) => same(known, other),
                (None, Some(other)) => {
                    *slot = Some(other.clone());
                    true
                }
                (_, None) => true,
            }
        }
        let mut conflicts = Vec::new();
        let mut check = |option, agrees: bool| {
            if !agrees {
                conflicts.push(option);
            }
        };
        check(symbol::REQUIRED, add(&mut self.required, other.required.as_ref(), |_, _| true));
        check(symbol::CASE_EXACT, add(&mut self.case_exact, other.case_exact.as_ref(), PartialEq::eq));
        check(symbol::MUTABILITY, add(&mut self.mutability, other.mutability.as_ref(), PartialEq::eq));
        check(symbol::RETURNED, add(&mut self.returned, other.returned.as_ref(), PartialEq::eq));
        check(symbol::UNIQUENESS, add(&mut self.uniqueness, other.uniqueness.as_ref(), PartialEq::eq));
        check(symbol::DATA_TYPE, add(&mut self.data_type, other.data_type.as_ref(), PartialEq::eq));
        check(symbol::CANONICAL, add(&mut self.canonical, other.canonical.as_ref(), PartialEq::eq));
        check(symbol::REFERENCE, add(&mut self.reference, other.reference.as_ref(), PartialEq::eq));
        other.given().into_iter().filter(|(option, _)| conflicts.contains(option)).collect()
    }
}
