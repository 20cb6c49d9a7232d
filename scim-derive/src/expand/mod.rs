//! Generates the impls.

mod complex;
mod convert;
mod flat;
mod resource;
mod spec;
mod value;

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::DeriveInput;

use crate::{
    ast::{self, Derive, Struct},
    attr::ContainerAttrs,
    check,
    context::Context,
    fallback,
    layout::Layout,
    symbol,
};

/// Returns the output of a derive macro for a type.
pub(crate) fn derive(input: &DeriveInput, derive: Derive) -> TokenStream {
    let cx = Context::default();
    let impls = match derive {
        Derive::Value => value::expand(&cx, input),
        Derive::Resource | Derive::Complex | Derive::Extension => structure(&cx, input, derive),
    };
    match cx.finish() {
        // The macro uses deprecated fields here, not the user.
        Ok(()) => quote! {
            #[allow(deprecated, unused_qualifications)]
            const _: () = { #impls };
        },
        Err(error) => {
            // Errors in the options of the type have already been reported.
            let attrs = ContainerAttrs::parse(&Context::default(), &input.attrs, &symbol::ON_RESOURCE);
            fallback::expand(input, derive, &ast::library(&attrs), &error)
        }
    }
}

fn structure(cx: &Context, input: &DeriveInput, derive: Derive) -> TokenStream {
    let Some(input) = Struct::parse(cx, input, derive) else { return TokenStream::new() };
    let library = Library::new();
    if derive != Derive::Complex {
        check::container(cx, &input, derive);
    }
    let impls = if derive == Derive::Resource {
        let layout = Layout::new(cx, &input);
        check::resource(cx, &input, &layout);
        resource::expand(&library, &input, &layout)
    } else {
        check::parts(cx, &input, derive);
        complex::expand(&library, &input, derive)
    };
    library.scope(&ast::library(&input.attrs), &impls)
}

/// What the generated code uses of the library, as one name that is valid in the scope of the impls. A name is one token,
/// which is shorter to write and to resolve than a path.
pub(crate) struct Library {
    pub(crate) private: Ident,
}

impl Library {
    pub(crate) fn new() -> Self {
        Self::at(Span::call_site())
    }

    /// Returns the same names, with errors reported at another location.
    pub(crate) fn at(span: Span) -> Self {
        Self { private: Ident::new("__private", span) }
    }

    /// Returns the impls, preceded by the names.
    fn scope(&self, root: &TokenStream, impls: &TokenStream) -> TokenStream {
        let Self { private } = self;
        quote!(use #root::__private as #private; #impls)
    }
}

#[cfg(test)]
mod tests;
