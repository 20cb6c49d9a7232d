//! Writes the impls of structs of named parts: complex attributes, extensions, nested resources.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::Lit;

use super::{Library, convert::Conversion, spec};
use crate::ast::{Derive, Field, Struct};

/// `ScimComplex` and `ScimExtension`.
pub(crate) fn expand(library: &Library, input: &Struct<'_>, derive: Derive) -> TokenStream {
    let Library { access, schema } = library;
    let ident = input.ident;
    let bound: Vec<(u32, &Field)> = (0..).zip(&input.fields).collect();
    let accessors = structure(library, ident, &bound, bound.len());
    let attributes = input.fields.iter().map(|field| spec::field(library, field));
    let checks = spec::checks(library, input.fields.iter());
    let marker = if derive == Derive::Extension {
        let urn = input.attrs.schema.as_ref();
        let name = input.attrs.name.as_ref();
        let description = &input.description;
        quote! {
            #[automatically_derived]
            impl #access::ScimExtension for #ident {
                const SCHEMA: &'static ::core::primitive::str = #urn;
                const NAME: &'static ::core::primitive::str = #name;
                const DESCRIPTION: &'static ::core::primitive::str = #description;
            }
        }
    } else {
        quote! {
            #[automatically_derived]
            impl #access::ScimComplex for #ident {}
        }
    };
    quote! {
        #accessors
        #checks

        #[automatically_derived]
        impl #access::AttributeType for #ident {
            const DATA_TYPE: #schema::DataType = #schema::DataType::Complex;
            const SUB_ATTRIBUTES: &'static [#schema::Attribute] = &[#(#attributes),*];
        }

        #marker
    }
}

/// `Struct` and `Access` for a struct whose parts, of which there are `len`, are fields.
pub(super) fn structure(library: &Library, ident: &Ident, fields: &[(u32, &Field)], len: usize) -> TokenStream {
    let Library { access, .. } = library;
    // More fields than `u32` holds would not have been parsed.
    let len = u32::try_from(len).unwrap_or(u32::MAX);
    let indices: Vec<_> = fields.iter().map(|(index, _)| index).collect();
    let reads = fields.iter().map(|(_, field)| read(library, field));
    let edits = fields.iter().map(|(_, field)| edit(library, field));
    let create = create(library, ident, fields.iter().map(|(_, field)| *field));
    let defaults = defaults(fields.iter().map(|(_, field)| *field));
    quote! {
        #defaults

        #[automatically_derived]
        impl #access::Struct for #ident {
            fn len(&self) -> ::core::primitive::u32 {
                #len
            }

            fn get(&self, __index: ::core::primitive::u32) -> #access::Value<'_> {
                match __index {
                    #(#indices => #reads,)*
                    _ => #access::Value::ABSENT,
                }
            }
        }

        #[automatically_derived]
        impl #access::Access for #ident {
            fn value(&self) -> #access::Value<'_> {
                #access::Value::Complex(#access::Object::Struct(self))
            }

            fn edit(
                &mut self,
                __at: &[::core::primitive::u32],
                __edit: #access::Edit<'_, '_>,
            ) -> ::core::result::Result<::core::primitive::u32, #access::Refused> {
                let ::core::option::Option::Some((__index, __at)) = <[::core::primitive::u32]>::split_first(__at) else {
                    return #access::structure(self, #len, __edit);
                };
                match *__index {
                    #(#indices => #edits,)*
                    _ => ::core::result::Result::Err(#access::Refused::NoPlace),
                }
            }

            #create
        }
    }
}

/// The expression that reads a field of `self`. The type is named, so that an unfit one is reported where it stands.
pub(super) fn read(library: &Library, field: &Field) -> TokenStream {
    let Library { access, .. } = library;
    if let Some(fixed) = &field.fixed {
        let scalar = scalar(library, fixed);
        return quote!(#access::Value::Scalar(#scalar));
    }
    let name = &field.ident;
    conversion(library, field).read(&quote!(self.#name))
}

fn conversion<'f>(library: &'f Library, field: &'f Field) -> Conversion<'f> {
    let mut conversion = Conversion::new(library, &field.ty, &field.attrs);
    conversion.is_meta = field.is_meta();
    conversion
}

pub(super) fn scalar(library: &Library, literal: &Lit) -> TokenStream {
    let Library { access, .. } = library;
    match literal {
        Lit::Str(text) => quote!(#access::Scalar::Str(::std::borrow::Cow::Borrowed(#text))),
        Lit::Bool(flag) => quote!(#access::Scalar::Bool(#flag)),
        number => quote!(#access::Scalar::Int(#number)),
    }
}

/// The expression that changes within a field; in scope are `self`, `__at` and `__edit`.
pub(super) fn edit(library: &Library, field: &Field) -> TokenStream {
    let Library { access, .. } = library;
    if let Some(fixed) = &field.fixed {
        let scalar = scalar(library, fixed);
        return quote!(#access::fixed(__at, &__edit, &#scalar));
    }
    let name = &field.ident;
    let edit = conversion(library, field).edit(&quote!(self.#name));
    let Some(default) = field.default_fn() else { return edit };
    quote! {
        match __edit {
            #access::Edit::Set(#access::Scalar::Absent) if <[::core::primitive::u32]>::is_empty(__at) => {
                self.#name = #default();
                ::core::result::Result::Ok(0)
            }
            __edit => #edit,
        }
    }
}

/// `Access::create`.
pub(super) fn create<'a>(library: &Library, ident: &Ident, fields: impl Iterator<Item = &'a Field>) -> TokenStream {
    let Library { access, .. } = library;
    let defaults = fields.filter_map(|field| {
        let (name, default) = (&field.ident, field.default_fn()?);
        Some(quote!(__new.#name = #default();))
    });
    quote! {
        fn create(
            __at: &[::core::primitive::u32],
            __edit: #access::Edit<'_, '_>,
        ) -> ::core::result::Result<Self, #access::Refused> {
            let mut __new = <#ident as ::core::default::Default>::default();
            #(#defaults)*
            #access::Access::edit(&mut __new, __at, __edit)?;
            ::core::result::Result::Ok(__new)
        }
    }
}

/// A function for each `default = ..`, where the user's expression sees no name of ours.
pub(super) fn defaults<'a>(fields: impl Iterator<Item = &'a Field>) -> TokenStream {
    fields
        .filter_map(|field| {
            let (ty, name, value) = (&field.ty, field.default_fn()?, field.attrs.default.as_ref()?);
            Some(quote! {
                fn #name() -> #ty {
                    #value
                }
            })
        })
        .collect()
}
