#![doc = include_str!("reference.md")]

mod ast;
mod attr;
mod characteristics;
mod check;
mod context;
mod expand;
mod fallback;
mod inherit;
mod layout;
mod path;
mod standard;
mod suggest;
mod symbol;
mod text;
mod ty;
mod words;

use proc_macro::TokenStream;
use proc_macro2::{Span, TokenTree};
use quote::quote_spanned;
use syn::{DeriveInput, LitStr, Token, Type, parse::ParseStream, parse_macro_input};

use crate::ast::Derive;

/// Derives `Reflect` and `ScimResource` for a struct that is a SCIM resource.
///
/// The struct implements `Clone` and `Default`, and owns its values. If a field is bound to a sub-attribute, an element
/// or an extension's attribute (`path = "name.givenName"`), it is a *flat* resource, otherwise a *nested* one; nothing
/// else distinguishes them. See the [reference](crate) of the options.
///
/// ```ignore
/// #[derive(Clone, Debug, Default, ScimResource)]
/// #[scim(schema = "urn:ietf:params:scim:schemas:core:2.0:User", name = "User", endpoint = "/Users")]
/// struct Employee {
///     #[scim(path = "id")]
///     key: Uuid,
///     #[scim(path = "userName", required, uniqueness = server)]
///     login: String,
///     #[scim(path = r#"emails[type eq "work"].value"#, primary)]
///     email: Option<String>,
/// }
/// ```
#[proc_macro_derive(ScimResource, attributes(scim))]
pub fn derive_scim_resource(input: TokenStream) -> TokenStream {
    expand::derive(&parse_macro_input!(input as DeriveInput), Derive::Resource).into()
}

/// Derives `Reflect`, `Struct`, `AttributeType` and `ScimComplex` for a struct that is a complex attribute.
///
/// The struct implements `Default`. See the [reference](crate) of the options.
///
/// ```ignore
/// #[derive(Clone, Debug, Default, ScimComplex)]
/// struct Email {
///     value: Option<String>,
///     r#type: Option<EmailType>,
///     primary: Option<bool>,
/// }
/// ```
#[proc_macro_derive(ScimComplex, attributes(scim))]
pub fn derive_scim_complex(input: TokenStream) -> TokenStream {
    expand::derive(&parse_macro_input!(input as DeriveInput), Derive::Complex).into()
}

/// Derives `Reflect`, `Struct`, `AttributeType` and `ScimExtension` for a struct that is a schema extension.
///
/// The struct implements `Default`. See the [reference](crate) of the options.
///
/// ```ignore
/// #[derive(Clone, Debug, Default, ScimExtension)]
/// #[scim(schema = "urn:example:params:scim:schemas:extension:badge:2.0:User", name = "Badge")]
/// struct Badge {
///     #[scim(required, case_exact)]
///     number: String,
/// }
/// ```
#[proc_macro_derive(ScimExtension, attributes(scim))]
pub fn derive_scim_extension(input: TokenStream) -> TokenStream {
    expand::derive(&parse_macro_input!(input as DeriveInput), Derive::Extension).into()
}

/// Derives `Reflect` and `AttributeType` for a simple value: an enum of texts, or a type around one value.
///
/// See the [reference](crate) of the options.
///
/// ```ignore
/// #[derive(Clone, Debug, ScimValue)]
/// enum EmailType {
///     Work,
///     Home,
///     #[scim(other)]
///     Other(String),
/// }
///
/// #[derive(Clone, Debug, ScimValue)]
/// struct EmployeeNumber(String);
/// ```
#[proc_macro_derive(ScimValue, attributes(scim))]
pub fn derive_scim_value(input: TokenStream) -> TokenStream {
    expand::derive(&parse_macro_input!(input as DeriveInput), Derive::Value).into()
}

/// Expands `scim_core::path!` with the crate, the resource and the path: a call whose tokens all have the location of
/// the path, so that the compiler points there.
#[doc(hidden)]
#[proc_macro]
pub fn path(input: TokenStream) -> TokenStream {
    let call = |input: ParseStream<'_>| {
        let library: syn::Path = input.parse()?;
        input.parse::<Token![,]>()?;
        let resource: Type = input.parse()?;
        input.parse::<Token![,]>()?;
        let path: LitStr = input.parse()?;
        let here = Span::call_site().located_at(path.span());
        let located = |mut token: TokenTree| {
            token.set_span(token.span().located_at(here));
            token
        };
        let library: proc_macro2::TokenStream =
            quote::ToTokens::into_token_stream(library).into_iter().map(located).collect();
        // An item, which is always evaluated; a `const` block in a function is evaluated only if the function is
        // compiled completely.
        Ok(quote_spanned! {here=>
            {
                const PATH: #library::schema::Path = #library::path::<#resource>(#path);
                PATH
            }
        })
    };
    syn::parse::Parser::parse(call, input).unwrap_or_else(syn::Error::into_compile_error).into()
}
