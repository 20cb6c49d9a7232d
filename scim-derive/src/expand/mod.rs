//! Writes the impls.

mod complex;
mod convert;
mod flat;
mod resource;
mod spec;
mod value;

use proc_macro2::{Span, TokenStream, TokenTree};
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

/// What a derive macro answers for a type.
pub(crate) fn derive(input: &DeriveInput, derive: Derive) -> TokenStream {
    let cx = Context::default();
    let impls = match derive {
        Derive::Value => value::expand(&cx, input),
        Derive::Resource | Derive::Complex | Derive::Extension => structure(&cx, input, derive),
    };
    match cx.finish() {
        // It is the macro that touches deprecated fields, not the user.
        Ok(()) => quote! {
            #[allow(deprecated, unused_qualifications)]
            const _: () = { #impls };
        },
        Err(error) => {
            // Mistakes in the words of the type have been reported already.
            let attrs = ContainerAttrs::parse(&Context::default(), &input.attrs, &symbol::ON_RESOURCE);
            fallback::expand(input, derive, &ast::library(&attrs), &error)
        }
    }
}

fn structure(cx: &Context, input: &DeriveInput, derive: Derive) -> TokenStream {
    let Some(input) = Struct::parse(cx, input, derive) else { return TokenStream::new() };
    let library = Library::new(&ast::library(&input.attrs));
    if derive != Derive::Complex {
        check::container(cx, &input, derive);
    }
    if derive == Derive::Resource {
        let layout = Layout::new(cx, &input);
        check::resource(cx, &input, &layout);
        resource::expand(&library, &input, &layout)
    } else {
        check::parts(cx, &input, derive);
        complex::expand(&library, &input, derive)
    }
}

/// The paths into the library.
pub(crate) struct Library {
    pub(crate) access: TokenStream,
    pub(crate) schema: TokenStream,
}

impl Library {
    pub(crate) fn new(root: &TokenStream) -> Self {
        Self { access: quote!(#root::access), schema: quote!(#root::schema) }
    }
}

/// The same path, reported at another place.
pub(crate) fn respan(path: &TokenStream, span: Span) -> TokenStream {
    let located = |mut token: TokenTree| {
        token.set_span(token.span().located_at(span));
        token
    };
    path.clone().into_iter().map(located).collect()
}

#[cfg(test)]
mod tests;
