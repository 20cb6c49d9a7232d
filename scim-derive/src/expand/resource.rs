//! Generates the impls of a resource.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{LitStr, ext::IdentExt as _};

use super::{Library, complex, flat, spec};
use crate::{
    ast::{Field, Struct},
    characteristics::Characteristics,
    layout::{Attribute, Extension, Layout, Meta, Slot},
    text,
};

/// Generates `ScimResource`.
pub(crate) fn expand(library: &Library, input: &Struct<'_>, layout: &Layout<'_>) -> TokenStream {
    let accessors =
        if layout.is_nested() { nested(library, input, layout) } else { flat::expand(library, input, layout) };
    let resource_type = resource_type(library, input, layout);
    let common = [layout.id, layout.external_id].into_iter().flatten().chain(match &layout.meta {
        Meta::Unbound => Vec::new(),
        Meta::Whole(field) => vec![*field],
        Meta::Parts(parts) => parts.iter().copied().flatten().collect(),
    });
    let common: Vec<u16> = common.map(|field| field.number).collect();
    let checks = spec::checks(library, input.fields.iter().filter(|field| !common.contains(&field.number)), true);
    let common_checks = spec::common_checks(library, layout);
    quote! { #accessors #checks #common_checks #resource_type }
}

/// Generates a struct in which every attribute is a field.
fn nested(library: &Library, input: &Struct<'_>, layout: &Layout<'_>) -> TokenStream {
    let numbers = numbers(layout);
    let field = |number: u16| input.fields.iter().find(|field| field.number == number);
    let fields: Vec<(u32, &Field)> =
        (0..).zip(&numbers).filter_map(|(index, number)| Some((index, field((*number)?)?))).collect();
    complex::structure(library, input.ident, &fields, numbers.len(), input.dynamic.as_ref())
}

/// Returns the fields of a nested struct, by the indices of their attributes.
fn numbers(layout: &Layout<'_>) -> Vec<Option<u16>> {
    let meta = match layout.meta {
        Meta::Whole(field) => Some(field),
        Meta::Unbound | Meta::Parts(_) => None,
    };
    let whole = |attribute: &Attribute<'_>| match attribute.slot {
        Slot::Field(field) => Some(field.number),
        Slot::Parts(_) | Slot::Elements(_) => None,
    };
    let common = [None, layout.id, layout.external_id, meta].map(|field| field.map(|field| field.number));
    let core = layout.core.iter().map(whole);
    let extensions = layout.extensions.iter().map(|extension| match extension {
        Extension::Struct(field) => Some(field.number),
        Extension::Bound { .. } => None,
    });
    common.into_iter().chain(core).chain(extensions).collect()
}

/// Returns the names of the fields and how their columns hold them: by the numbers of the fields if a table binds them,
/// otherwise by the indices of the attributes.
fn row(library: &Library, input: &Struct<'_>, layout: &Layout<'_>) -> TokenStream {
    let Library { private } = library;
    if !layout.is_nested() {
        let fields = input.fields.iter().map(|field| stored(library, field));
        return quote!(#private::Row { binds: __SCIM_MAP, fields: &[#(#fields),*] });
    }
    let field = |number: Option<u16>| input.fields.iter().find(|field| Some(field.number) == number);
    let fields = numbers(layout).into_iter().map(|number| {
        field(number).map_or_else(|| quote!(("", #private::ColumnHint::Nowhere)), |field| stored(library, field))
    });
    quote!(#private::Row { binds: &[], fields: &[#(#fields),*] })
}

/// Returns the name of a field and how its column holds it.
pub(super) fn stored(library: &Library, field: &Field) -> TokenStream {
    let Library { private } = library;
    let (name, ty) = (field.ident.unraw().to_string(), &field.ty);
    if let Some(fixed) = &field.fixed {
        let scalar = complex::scalar(library, fixed);
        return quote!(("", #private::ColumnHint::Fixed(&#scalar)));
    }
    let stored = if field.attrs.with.is_some() || field.attrs.extension.is_some() || field.is_meta() {
        quote!(#private::ColumnHint::Unknown)
    } else if flat::is_flag(field) {
        quote!(#private::ColumnHint::Flag)
    } else {
        quote!(<#ty as #private::AttributeType>::COLUMN)
    };
    quote!((#name, #stored))
}

fn resource_type(library: &Library, input: &Struct<'_>, layout: &Layout<'_>) -> TokenStream {
    let Library { private } = library;
    let ident = input.ident;
    let (name, endpoint, urn) = (&input.attrs.name, &input.attrs.endpoint, &input.attrs.schema);
    let description = &input.description;
    let row = row(library, input, layout);
    let external_id = external_id(library, layout.external_id);
    let core = layout.core.iter().map(|attribute| self::attribute(library, attribute));
    let (heads, extensions): (Vec<_>, Vec<_>) =
        layout.extensions.iter().map(|extension| self::extension(library, extension)).unzip();
    let object_checks = spec::object_checks(library, object_checks(library, layout).into_iter(), &TokenStream::new());
    let dynamic = input.dynamic.as_ref().map(|_| {
        quote!(
            const DYNAMIC_EXTENSIONS: ::core::primitive::bool = true;
        )
    });
    quote! {
        #[automatically_derived]
        impl #private::ScimResource for #ident {
            #dynamic
            #object_checks

            const TYPE: &'static #private::ResourceType = {
                const ATTRIBUTES: &'static [#private::Attribute] = &#private::build([
                    #private::common::SCHEMAS_SPEC,
                    #private::common::ID_SPEC,
                    #external_id,
                    #private::common::META_SPEC,
                    #(#core,)*
                    #(#extensions,)*
                ]);
                const EXTENSIONS: &'static [#private::SchemaHead] = &[#(#heads),*];
                const TYPE: &'static #private::ResourceType = &#private::ResourceType {
                    name: ::std::borrow::Cow::Borrowed(#name),
                    endpoint: ::std::borrow::Cow::Borrowed(#endpoint),
                    description: ::std::borrow::Cow::Borrowed(#description),
                    schema: #private::SchemaHead::new(#urn, #name, #description),
                    extensions: ::std::borrow::Cow::Borrowed(EXTENSIONS),
                    attributes: ::std::borrow::Cow::Borrowed(ATTRIBUTES),
                };
                TYPE
            };
            const ROW: #private::Row = #row;
        }
    }
}

/// Generates the check of the objects of attributes and of extensions.
fn object_checks(library: &Library, layout: &Layout<'_>) -> Vec<(TokenStream, TokenStream)> {
    let Library { private } = library;
    let whole = |attribute: &Attribute<'_>, place: TokenStream| match &attribute.slot {
        Slot::Field(field) => spec::object_check(library, field, &place),
        Slot::Elements(elements) => spec::object_check(library, elements.overflow?, &place),
        Slot::Parts(_) => None,
    };
    // After the common attributes.
    let mut indices = 4u32..;
    let mut checks = Vec::new();
    for (attribute, index) in layout.core.iter().zip(indices.by_ref()) {
        checks.extend(whole(attribute, quote!(&[#index])));
    }
    for (extension, index) in layout.extensions.iter().zip(indices) {
        match extension {
            Extension::Struct(field) => {
                let (name, ty) = (&field.ident, &field.ty);
                let extension = quote!(<#ty as #private::ScimExtension>);
                checks.push((
                    quote!(#extension::CHECKS_OBJECTS),
                    quote!(#extension::check_objects(&self.#name, #index, __report);),
                ));
            }
            Extension::Bound { attributes, .. } => {
                for (attribute, part) in attributes.iter().zip(0u32..) {
                    checks.extend(whole(attribute, quote!(&[#index, #part])));
                }
            }
        }
    }
    checks
}

/// Returns `externalId`, for which an application may specify more than RFC 7643 does.
fn external_id(library: &Library, field: Option<&Field>) -> TokenStream {
    let Library { private } = library;
    let options = field.map(|field| spec::options(library, "", &field.attrs.characteristics)).unwrap_or_default();
    if options.is_empty() {
        return quote!(#private::common::EXTERNAL_ID_SPEC);
    }
    quote! {
        #private::AttributeSpec {
            #options
            ..#private::common::EXTERNAL_ID_SPEC
        }
    }
}

/// Returns an attribute of the core schema or of an extension.
fn attribute(library: &Library, attribute: &Attribute<'_>) -> TokenStream {
    let name = &attribute.name;
    let none = Characteristics::default();
    let description =
        attribute.attrs.and_then(|attrs| attrs.description.as_ref()).map(LitStr::value).unwrap_or_default();
    let characteristics = attribute.attrs.map_or(&none, |attrs| &attrs.characteristics);
    let options = spec::options(library, &description, &characteristics.with(attribute.standard));
    match &attribute.slot {
        Slot::Field(field) => spec::field(library, field),
        Slot::Parts(parts) => {
            let parts: Vec<_> = parts.iter().map(|part| flat::part(library, part)).collect();
            spec::complex(library, name, &options, &parts)
        }
        Slot::Elements(elements) => flat::elements_attribute(library, name, &options, elements),
    }
}

/// Returns the head of an extension, and the attribute that holds it.
fn extension(library: &Library, extension: &Extension<'_>) -> (TokenStream, TokenStream) {
    let Library { private } = library;
    match extension {
        Extension::Struct(field) => {
            let ty = &field.ty;
            let required = field.attrs.characteristics.required.is_some();
            let head = quote! {
                #private::SchemaHead::new(
                    <#ty as #private::ScimExtension>::SCHEMA,
                    <#ty as #private::ScimExtension>::NAME,
                    <#ty as #private::ScimExtension>::DESCRIPTION,
                )
            };
            let attribute = quote! {
                #private::AttributeSpec {
                    description: <#ty as #private::ScimExtension>::DESCRIPTION,
                    required: #required,
                    sub_attributes: <#ty as #private::AttributeType>::SUB_ATTRIBUTES,
                    ..#private::AttributeSpec::new(<#ty as #private::ScimExtension>::SCHEMA, #private::DataType::Complex)
                }
            };
            (head, attribute)
        }
        Extension::Bound { urn, attrs, attributes } => {
            let required = attrs.is_some_and(|attrs| attrs.required.is_some());
            let name =
                attrs.and_then(|attrs| attrs.name.as_ref()).map_or_else(|| text::extension_name(urn), LitStr::value);
            let description = attrs.and_then(|attrs| attrs.description.as_ref()).map(LitStr::value).unwrap_or_default();
            let parts: Vec<_> = attributes.iter().map(|attribute| self::attribute(library, attribute)).collect();
            let options = quote!(description: #description, required: #required,);
            (
                quote!(#private::SchemaHead::new(#urn, #name, #description)),
                spec::complex(library, urn, &options, &parts),
            )
        }
    }
}
