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
mod options;
mod path;
mod standard;
mod suggest;
mod symbol;
mod text;
mod ty;

use proc_macro::TokenStream;
use proc_macro2::{Span, TokenTree};
use quote::quote_spanned;
use syn::{DeriveInput, LitStr, Token, Type, parse::ParseStream, parse_macro_input};

use crate::ast::Derive;

/// Derives `Reflect` and `ScimResource` for a struct that is a SCIM resource.
///
/// The struct must implement `Clone` and `Default`, and must own its values. If a field is bound to a sub-attribute, to an
/// element or to an attribute of an extension, as by `path = "name.givenName"`, the struct is a *flat* resource. Otherwise
/// it is a *nested* resource. There is no other difference between them. See the [reference](crate) of the options.
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
/// The struct must implement `Default`. See the [reference](crate) of the options.
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
/// The struct must implement `Default`. See the [reference](crate) of the options.
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

/// Derives `Reflect` and `AttributeType` for a simple value: an enum of strings, or a type that wraps one value.
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

/// Expands `scim_core::path!`, given the crate, the resource and the path. All tokens of the expansion have the location
/// of the path, so that the compiler reports errors there.
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
        // An item is always evaluated. A `const` block in a function is evaluated only if the function is compiled
        // completely.
        Ok(quote_spanned! {here=>
            {
                const PATH: #library::schema::Path = #library::path::<#resource>(#path);
                PATH
            }
        })
    };
    syn::parse::Parser::parse(call, input).unwrap_or_else(syn::Error::into_compile_error).into()
}
