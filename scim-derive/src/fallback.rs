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
    let private = quote!(#root::__private);
    let reflect_impl = quote! {
        impl #private::Reflect for #ident {
            fn view(&self) -> #private::ValueRef<'_> {
                #private::ValueRef::ABSENT
            }

            fn edit(
                &mut self,
                _: &[::core::primitive::u32],
                _: #private::Edit<'_, '_>,
            ) -> ::core::result::Result<::core::primitive::u32, #private::EditError> {
                ::core::result::Result::Err(#private::EditError::Unmapped)
            }

            fn create(
                _: &[::core::primitive::u32],
                _: #private::Edit<'_, '_>,
            ) -> ::core::result::Result<Self, #private::EditError> {
                ::core::result::Result::Err(#private::EditError::Unmapped)
            }
        }
    };
    // Constants built from these fail without a message, because they contain the errors.
    let attribute_type = quote! {
        impl #private::AttributeType for #ident {
            const DATA_TYPE: #private::DataType = #private::DataType::String;
            const SUB_ATTRIBUTES: &'static [#private::Attribute] = { #error };
        }
    };
    let own = match derive {
        Derive::Resource => quote! {
            impl #private::ScimResource for #ident {
                const TYPE: &'static #private::ResourceType = { #error };
            }
        },
        Derive::Complex => quote! {
            #attribute_type

            impl #private::Struct for #ident {
                fn len(&self) -> ::core::primitive::u32 {
                    0
                }

                fn get(&self, _: ::core::primitive::u32) -> #private::ValueRef<'_> {
                    #private::ValueRef::ABSENT
                }
            }

            impl #private::ScimComplex for #ident {}
        },
        Derive::Extension => quote! {
            #attribute_type

            impl #private::ScimExtension for #ident {
                const SCHEMA: &'static ::core::primitive::str = "";
                const NAME: &'static ::core::primitive::str = "";
                const DESCRIPTION: &'static ::core::primitive::str = "";
            }
        },
        Derive::Value => attribute_type,
    };
    quote! {
        const _: () = {
            #reflect_impl
            #own
        };
    }
}
