//! Generates the impls of structs with named parts: complex attributes, extensions, nested resources.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Lit, spanned::Spanned as _};

use super::{Library, convert::Conversion, resource, spec};
use crate::ast::{Derive, Field, Struct};

/// Generates `ScimComplex` and `ScimExtension`.
pub(crate) fn expand(library: &Library, input: &Struct<'_>, derive: Derive) -> TokenStream {
    let Library { private } = library;
    let ident = input.ident;
    let bound: Vec<(u32, &Field)> = (0..).zip(&input.fields).collect();
    let accessors = structure(library, ident, &bound, bound.len(), None);
    let attributes = input.fields.iter().map(|field| spec::field(library, field));
    let checks = spec::checks(library, input.fields.iter(), derive == Derive::Extension);
    let marker = if derive == Derive::Extension {
        let urn = input.attrs.schema.as_ref();
        let name = input.attrs.name.as_ref();
        let description = &input.description;
        let checks =
            bound.iter().filter_map(|(index, field)| spec::object_check(library, field, &quote!(&[__index, #index])));
        let object_checks = spec::object_checks(library, checks, &quote!(__index: ::core::primitive::u32,));
        quote! {
            #[automatically_derived]
            impl #private::ScimExtension for #ident {
                const SCHEMA: &'static ::core::primitive::str = #urn;
                const NAME: &'static ::core::primitive::str = #name;
                const DESCRIPTION: &'static ::core::primitive::str = #description;

                #object_checks
            }
        }
    } else {
        let fields = input.fields.iter().map(|field| resource::stored(library, field));
        quote! {
            #[automatically_derived]
            impl #private::ScimComplex for #ident {
                const ROW: #private::Row = #private::Row { binds: &[], fields: &[#(#fields),*] };
            }
        }
    };
    quote! {
        #accessors
        #checks

        #[automatically_derived]
        impl #private::AttributeType for #ident {
            const DATA_TYPE: #private::DataType = #private::DataType::Complex;
            const SUB_ATTRIBUTES: &'static [#private::Attribute] = &#private::build([#(#attributes),*]);
        }

        #marker
    }
}

/// Generates `Struct` and `Reflect` for a struct whose first `len` parts are fields; the parts after them are in the
/// `dynamic` field.
pub(super) fn structure(
    library: &Library,
    ident: &Ident,
    fields: &[(u32, &Field)],
    len: usize,
    dynamic: Option<&Field>,
) -> TokenStream {
    let Library { private } = library;
    // More fields than fit in `u32` would not have been parsed.
    let len = u32::try_from(len).unwrap_or(u32::MAX);
    let indices: Vec<_> = fields.iter().map(|(index, _)| index).collect();
    let reads = fields.iter().map(|(_, field)| read(library, field));
    let edits = fields.iter().map(|(_, field)| edit(library, field));
    let create = create(library, ident, fields.iter().map(|(_, field)| *field));
    let defaults = defaults(fields.iter().map(|(_, field)| *field));
    let dynamic = dynamic.map(Dynamic::new);
    let end = dynamic.as_ref().map_or_else(|| quote!(#len), |dynamic| dynamic.end(len));
    let read_rest = dynamic.as_ref().map(|dynamic| {
        let read = dynamic.read();
        quote!(#len.. => #private::ValueRef::at(#read, &[__index]),)
    });
    let edit_rest = dynamic.as_ref().map(|dynamic| {
        let edit = dynamic.edit(&quote!(__place));
        quote!(#len.. if !<[::core::primitive::u32]>::is_empty(__place) => #edit,)
    });
    let whole = if dynamic.is_some() {
        // `self` is read before it is borrowed.
        quote!({ let __len = #end; #private::whole(self, __len, __place, __edit) })
    } else {
        quote!(#private::whole(self, #len, __place, __edit))
    };
    quote! {
        #defaults

        #[automatically_derived]
        impl #private::Struct for #ident {
            fn len(&self) -> ::core::primitive::u32 {
                #end
            }

            fn get(&self, __index: ::core::primitive::u32) -> #private::ValueRef<'_> {
                match __index {
                    #(#indices => #reads,)*
                    #read_rest
                    _ => #private::ValueRef::ABSENT,
                }
            }
        }

        #[automatically_derived]
        impl #private::Reflect for #ident {
            fn view(&self) -> #private::ValueRef<'_> {
                #private::ValueRef::Complex(#private::ObjectRef::Struct(self))
            }

            fn edit(
                &mut self,
                __place: &[::core::primitive::u32],
                __edit: #private::Edit<'_, '_>,
            ) -> ::core::result::Result<::core::primitive::u32, #private::EditError> {
                let (__index, __at) = #private::part(__place);
                match __index {
                    #(#indices => #edits,)*
                    #edit_rest
                    _ => #whole,
                }
            }

            #create
        }
    }
}

/// Generates the access to the field for extensions that are known only at run time. Its trait is required at the type
/// of the field, so that a wrong type is reported there, once.
pub(super) struct Dynamic<'f> {
    field: &'f Ident,
    field_trait: TokenStream,
}

impl<'f> Dynamic<'f> {
    pub(super) fn new(field: &'f Field) -> Self {
        let ty = &field.ty;
        let here = Span::call_site().located_at(ty.span());
        let Library { private } = Library::at(here);
        Self { field: &field.ident, field_trait: quote_spanned!(here=> <#ty as #private::DynamicField>) }
    }

    pub(super) fn read(&self) -> TokenStream {
        let Self { field, field_trait } = self;
        quote!(#field_trait::read(&self.#field))
    }

    pub(super) fn edit(&self, place: &TokenStream) -> TokenStream {
        let Self { field, field_trait } = self;
        quote!(#field_trait::change(&mut self.#field, #place, __edit))
    }

    fn end(&self, own: u32) -> TokenStream {
        let Self { field, field_trait } = self;
        quote!(#field_trait::end(&self.#field, #own))
    }
}

/// Returns the expression that reads a field of `self`. It names the type, so that an unsuitable type is reported at
/// its position.
pub(super) fn read(library: &Library, field: &Field) -> TokenStream {
    let Library { private } = library;
    if let Some(fixed) = &field.fixed {
        let scalar = scalar(library, fixed);
        return quote!(#private::ValueRef::Scalar(#scalar));
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
    let Library { private } = library;
    match literal {
        Lit::Str(text) => quote!(#private::Scalar::Str(::std::borrow::Cow::Borrowed(#text))),
        Lit::Bool(flag) => quote!(#private::Scalar::Bool(#flag)),
        number => quote!(#private::Scalar::Int(#number)),
    }
}

/// Returns the expression that edits within a field; `self`, `__at` and `__edit` are in scope.
pub(super) fn edit(library: &Library, field: &Field) -> TokenStream {
    let Library { private } = library;
    if let Some(fixed) = &field.fixed {
        let scalar = scalar(library, fixed);
        return quote!(#private::fixed(__at, &__edit, &#scalar));
    }
    let name = &field.ident;
    let edit = conversion(library, field).edit(&quote!(self.#name));
    let Some(default) = field.default_fn() else { return edit };
    quote! {
        match __edit {
            #private::Edit::Set(#private::Scalar::Absent) if <[::core::primitive::u32]>::is_empty(__at) => {
                self.#name = #default();
                ::core::result::Result::Ok(0)
            }
            __edit => #edit,
        }
    }
}

/// Generates `Reflect::create`.
pub(super) fn create<'a>(library: &Library, ident: &Ident, fields: impl Iterator<Item = &'a Field>) -> TokenStream {
    let Library { private } = library;
    let defaults = fields.filter_map(|field| {
        let (name, default) = (&field.ident, field.default_fn()?);
        Some(quote!(__new.#name = #default();))
    });
    let defaults: Vec<_> = defaults.collect();
    let new = if defaults.is_empty() {
        quote!(#private::create(<#ident as ::core::default::Default>::default(), __at, __edit))
    } else {
        quote! {
            let mut __new = <#ident as ::core::default::Default>::default();
            #(#defaults)*
            #private::create(__new, __at, __edit)
        }
    };
    quote! {
        fn create(
            __at: &[::core::primitive::u32],
            __edit: #private::Edit<'_, '_>,
        ) -> ::core::result::Result<Self, #private::EditError> {
            #new
        }
    }
}

/// Generates a function for each `default = ..`, so that the user's expression cannot see generated names.
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
