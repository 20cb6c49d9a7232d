//! Generates the impls of a flat resource: two matches over its fields, and the table that binds them.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::LitStr;

use super::{Library, complex, spec};
use crate::{
    ast::{Field, Struct},
    layout::{Attribute, Elements, Extension, Group, Layout, Meta, Part, Slot},
    ty,
};

const PRIMARY: &str = "primary";

/// Generates `Fields`, the table, and `Reflect`.
pub(super) fn expand(library: &Library, input: &Struct<'_>, layout: &Layout<'_>) -> TokenStream {
    let Library { private } = library;
    let ident = input.ident;
    let table = table(library, layout, input.dynamic.as_ref());
    let numbers: Vec<_> = input.fields.iter().map(|field| field.number).collect();
    let reads = input.fields.iter().map(|field| read(library, field));
    let edits = input.fields.iter().map(|field| complex::edit(library, field));
    let defaults = complex::defaults(input.fields.iter());
    let create = complex::create(library, ident, input.fields.iter());
    let (read_rest, edit_rest) = input
        .dynamic
        .as_ref()
        .map(|field| {
            let (number, dynamic) = (field.number, complex::Dynamic::new(field));
            let (read, edit) = (dynamic.read(), dynamic.edit(&quote!(__at)));
            (quote!(#number => #read,), quote!(#number => #edit,))
        })
        .unzip();
    quote! {
        #defaults

        static __SCIM_MAP: &'static [#private::Binding] = {
            #table
        };

        #[automatically_derived]
        impl #private::Fields for #ident {
            fn field(&self, __index: ::core::primitive::u16) -> #private::ValueRef<'_> {
                match __index {
                    #(#numbers => #reads,)*
                    #read_rest
                    _ => #private::ValueRef::ABSENT,
                }
            }

            fn edit_field(
                &mut self,
                __index: ::core::primitive::u16,
                __at: &[::core::primitive::u32],
                __edit: #private::Edit<'_, '_>,
            ) -> ::core::result::Result<::core::primitive::u32, #private::EditError> {
                match __index {
                    #(#numbers => #edits,)*
                    #edit_rest
                    _ => ::core::result::Result::Err(#private::EditError::Unmapped),
                }
            }
        }

        #[automatically_derived]
        impl #private::Reflect for #ident {
            fn view(&self) -> #private::ValueRef<'_> {
                #private::ValueRef::Complex(#private::ObjectRef::Bound(self, __SCIM_MAP))
            }

            fn edit(
                &mut self,
                __at: &[::core::primitive::u32],
                __edit: #private::Edit<'_, '_>,
            ) -> ::core::result::Result<::core::primitive::u32, #private::EditError> {
                #private::flat_edit(self, __SCIM_MAP, __at, __edit)
            }

            fn edit_tracked(
                &mut self,
                __tracker: &mut #private::Tracker,
                __at: &[::core::primitive::u32],
                __edit: #private::Edit<'_, '_>,
            ) -> ::core::result::Result<::core::primitive::u32, #private::EditError> {
                #private::flat_edit_tracked(self, __SCIM_MAP, __tracker, __at, __edit)
            }

            #create
        }
    }
}

/// Returns the expression that reads a field.
fn read(library: &Library, field: &Field) -> TokenStream {
    let Library { private } = library;
    let (name, value) = (&field.ident, complex::read(library, field));
    if is_flag(field) {
        // A `primary` that is false does not make an element exist.
        quote!(if self.#name { #value } else { #private::ValueRef::ABSENT })
    } else {
        value
    }
}

/// Returns whether a field only specifies which element is the primary one.
pub(super) fn is_flag(field: &Field) -> bool {
    let is_primary =
        field.path.selector.is_some() && field.path.sub.as_ref().is_some_and(|sub| sub.eq_ignore_ascii_case(PRIMARY));
    is_primary && ty::is_bool(&field.ty)
}

/// Returns the table, after the constants that it needs.
fn table(library: &Library, layout: &Layout<'_>, dynamic: Option<&Field>) -> TokenStream {
    let Library { private } = library;
    let bind = quote!(#private::Binding);
    let mut table = Table { library, consts: TokenStream::new(), count: 0 };
    let mut binds = vec![quote!(#bind::Unbound)];
    binds.extend([layout.id, layout.external_id].map(|field| table.field(field)));
    binds.push(match &layout.meta {
        Meta::Unbound => table.field(None),
        Meta::Whole(field) => table.field(Some(field)),
        Meta::Parts(parts) => {
            let parts = parts.iter().map(|part| table.field(*part));
            quote!(#bind::Object(&[#(#parts),*]))
        }
    });
    binds.extend(layout.core.iter().map(|attribute| table.attribute(attribute)));
    for extension in &layout.extensions {
        binds.push(match extension {
            Extension::Struct(field) => table.field(Some(field)),
            Extension::Bound { attributes, .. } => {
                let parts: Vec<_> = attributes.iter().map(|attribute| table.attribute(attribute)).collect();
                quote!(#bind::Object(&[#(#parts),*]))
            }
        });
    }
    binds.extend(dynamic.map(|field| field.number).map(|number| quote!(#bind::Dynamic(#number))));
    let consts = table.consts;
    quote! { #consts &[#(#binds),*] }
}

struct Table<'l> {
    library: &'l Library,
    consts: TokenStream,
    count: u32,
}

impl Table<'_> {
    fn field(&self, field: Option<&Field>) -> TokenStream {
        let Library { private } = self.library;
        field
            .map(|field| field.number)
            .map_or_else(|| quote!(#private::Binding::Unbound), |number| quote!(#private::Binding::Field(#number)))
    }

    fn attribute(&mut self, attribute: &Attribute<'_>) -> TokenStream {
        let Library { private } = self.library;
        match &attribute.slot {
            Slot::Field(field) => self.field(Some(field)),
            Slot::Parts(parts) => {
                let parts = parts.iter().map(|part| self.field(Some(part.field)));
                quote!(#private::Binding::Object(&[#(#parts),*]))
            }
            Slot::Elements(elements) => self.elements(elements),
        }
    }

    fn elements(&mut self, elements: &Elements<'_>) -> TokenStream {
        let Library { private } = self.library;
        let any_primary = elements.groups.iter().any(|group| group.primary.is_some());
        let only = elements.groups.len() == 1;
        let groups: Vec<_> = elements
            .groups
            .iter()
            .map(|group| {
                let untyped = group.primary.is_some() || !any_primary && only;
                self.group(elements, group, untyped)
            })
            .collect();
        let overflow = elements.overflow.map(|field| field.number).map_or_else(
            || quote!(::core::option::Option::None),
            |number| quote!(::core::option::Option::Some(#number)),
        );
        quote! {
            #private::Binding::Elements(#private::ListBinding { groups: &[#(#groups),*], overflow: #overflow })
        }
    }

    fn group(&mut self, elements: &Elements<'_>, group: &Group<'_>, untyped: bool) -> TokenStream {
        let Library { private } = self.library;
        let span = group.fields.first().map_or_else(Span::call_site, |(_, field)| field.span);
        let mut selector = Vec::new();
        for (name, value) in group.selector {
            let index = self.index(elements, name, span);
            selector.push(quote!((#index, #value)));
        }
        let mut fields = Vec::new();
        for (name, field) in &group.fields {
            let (index, number) = (self.index(elements, name, field.span), field.number);
            fields.push(quote!((#index, #number)));
        }
        let mut fixed = Vec::new();
        if let Some(span) = group.primary {
            let index = self.index(elements, PRIMARY, span);
            fixed.push(quote!((#index, true)));
        }
        quote! {
            #private::ElementBinding {
                selector: &[#(#selector),*],
                fixed: &[#(#fixed),*],
                fields: &[#(#fields),*],
                untyped: #untyped,
            }
        }
    }

    /// Returns the index of a sub-attribute: known here, or looked up in the type of the overflow field.
    fn index(&mut self, elements: &Elements<'_>, name: &str, field_span: Span) -> TokenStream {
        let Some(overflow) = elements.overflow else {
            let names = sub_attributes(elements);
            let index = (0u32..).zip(names).find(|(_, known)| known.eq_ignore_ascii_case(name));
            let index = index.map_or(u32::MAX, |(index, _)| index);
            return quote!(#index);
        };
        let constant = quote::format_ident!("INDEX_{}", self.count);
        self.count = self.count.saturating_add(1);
        let ty = &overflow.ty;
        // A name that the type does not have is reported at the path.
        let here = Span::call_site().located_at(field_span);
        let Library { private } = Library::at(here);
        self.consts.extend(quote_spanned! {here=>
            const #constant: ::core::primitive::u32 =
                #private::index_of(<#ty as #private::AttributeType>::SUB_ATTRIBUTES, #name);
        });
        quote!(#constant)
    }
}

/// Returns the names of the sub-attributes of an attribute that is bound by element: those with fields, those in
/// filters, and `primary` if the mapping fixes it.
fn sub_attributes<'e>(elements: &'e Elements<'_>) -> Vec<&'e str> {
    let mut names: Vec<&str> = elements.parts.iter().map(|part| part.name.as_str()).collect();
    let selectors = elements.groups.iter().flat_map(|group| group.selector).map(|(name, _)| name.as_str());
    let primary = elements.groups.iter().filter(|group| group.primary.is_some()).map(|_| PRIMARY);
    for name in selectors.chain(primary) {
        if !names.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            names.push(name);
        }
    }
    names
}

/// Returns the attribute whose elements have fields of their own.
pub(super) fn elements_attribute(
    library: &Library,
    name: &str,
    options: &TokenStream,
    elements: &Elements<'_>,
) -> TokenStream {
    let Library { private } = library;
    if let Some(overflow) = elements.overflow {
        if options.is_empty() {
            let description = overflow.description();
            return spec::typed(library, overflow, name, &description, &overflow.attrs.characteristics);
        }
        let ty = &overflow.ty;
        return quote!(#private::AttributeSpec { #options ..<#ty as #private::AttributeType>::SPEC.named(#name) });
    }
    let parts: Vec<_> = sub_attributes(elements)
        .into_iter()
        .map(|name| match elements.parts.iter().find(|part| part.name == name) {
            Some(part) => self::part(library, part),
            None => selected(library, elements, name),
        })
        .collect();
    spec::complex(library, name, &quote!(multi_valued: true, #options), &parts)
}

/// Returns a sub-attribute without a field.
fn selected(library: &Library, elements: &Elements<'_>, name: &str) -> TokenStream {
    let Library { private } = library;
    let mut values: Vec<String> = Vec::new();
    for (known, value) in elements.groups.iter().flat_map(|group| group.selector) {
        if known.eq_ignore_ascii_case(name) && !values.iter().any(|known| known.eq_ignore_ascii_case(value)) {
            values.push(value.clone());
        }
    }
    if values.is_empty() {
        return quote!(#private::AttributeSpec::new(#name, #private::DataType::Boolean));
    }
    let values = spec::texts(values.into_iter());
    quote! {
        #private::AttributeSpec {
            canonical_values: #values,
            ..#private::AttributeSpec::new(#name, #private::DataType::String)
        }
    }
}

/// Returns a sub-attribute with a field; the doc comment of a field describes it only if no other field is bound to it.
pub(super) fn part(library: &Library, part: &Part<'_>) -> TokenStream {
    let description = if part.shared {
        part.field.attrs.description.as_ref().map(LitStr::value).unwrap_or_default()
    } else {
        part.field.description()
    };
    spec::typed(library, part.field, &part.name, &description, &part.characteristics)
}
