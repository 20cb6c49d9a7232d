//! Collects every error, so that all of them are reported at once.

use std::{cell::RefCell, fmt::Display};

use proc_macro2::Span;

/// The errors found so far.
#[derive(Default)]
pub(crate) struct Context {
    errors: RefCell<Vec<syn::Error>>,
}

impl Context {
    /// Reports an error at the user's tokens.
    pub(crate) fn error(&self, span: Span, message: impl Display) {
        self.push(syn::Error::new(span, message));
    }

    /// Reports an error of the parser.
    pub(crate) fn push(&self, error: syn::Error) {
        self.errors.borrow_mut().push(error);
    }

    /// Returns how many errors were reported so far.
    pub(crate) fn count(&self) -> usize {
        self.errors.borrow().len()
    }

    /// Takes the value of a result and reports its error.
    pub(crate) fn ok<T>(&self, result: syn::Result<T>) -> Option<T> {
        result.map_err(|error| self.push(error)).ok()
    }

    /// Returns all errors as one.
    pub(crate) fn finish(self) -> syn::Result<()> {
        let all = self.errors.into_inner().into_iter().reduce(|mut all, error| {
            all.combine(error);
            all
        });
        all.map_or(Ok(()), Err)
    }
}
