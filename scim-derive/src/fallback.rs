//! Replaces the impls after an error, so that one error gives one message.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, Error};

use crate::ast::Derive;

/// Returns the errors, and impls that do nothing.
pub(crate) fn expand(input: &DeriveInput, derive: Derive, root: &TokenStream, error: &Error) -> TokenStream {
    let error = error.to_compile_error();
    if !input.generics.params.is_empty() {
        return error;
    }
    let ident = &input.ident;
    let (access, schema) = (quote!(#root::access), quote!(#root::schema));
    let access_impl = quote! {
        impl #access::Access for #ident {
            fn value(&self) -> #access::Value<'_> {
                #access::Value::ABSENT
            }

            fn edit(
                &mut self,
                _: &[::core::primitive::u32],
                _: #access::Edit<'_, '_>,
            ) -> ::core::result::Result<::core::primitive::u32, #access::Refused> {
                ::core::result::Result::Err(#access::Refused::NoPlace)
            }

            fn create(
                _: &[::core::primitive::u32],
                _: #access::Edit<'_, '_>,
            ) -> ::core::result::Result<Self, #access::Refused> {
                ::core::result::Result::Err(#access::Refused::NoPlace)
            }
        }
    };
    // Constants built from these fail without a message, because they contain the errors.
    let attribute_type = quote! {
        impl #access::AttributeType for #ident {
            const DATA_TYPE: #schema::DataType = #schema::DataType::String;
            const SUB_ATTRIBUTES: &'static [#schema::Attribute] = { #error };
        }
    };
    let own = match derive {
        Derive::Resource => quote! {
            impl #access::ScimResource for #ident {
                const TYPE: &'static #schema::ResourceType = { #error };
            }
        },
        Derive::Complex => quote! {
            #attribute_type

            impl #access::Struct for #ident {
                fn len(&self) -> ::core::primitive::u32 {
                    0
                }

                fn get(&self, _: ::core::primitive::u32) -> #access::Value<'_> {
                    #access::Value::ABSENT
                }
            }

            impl #access::ScimComplex for #ident {}
        },
        Derive::Extension => quote! {
            #attribute_type

            impl #access::ScimExtension for #ident {
                const SCHEMA: &'static ::core::primitive::str = "";
                const NAME: &'static ::core::primitive::str = "";
                const DESCRIPTION: &'static ::core::primitive::str = "";
            }
        },
        Derive::Value => attribute_type,
    };
    quote! {
        const _: () = {
            #access_impl
            #own
        };
    }
}
