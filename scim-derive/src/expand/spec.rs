//! Generates attributes of a schema.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{LitStr, spanned::Spanned as _};

use super::{Library, convert::Conversion};
use crate::{
    ast::Field,
    characteristics::Characteristics,
    inherit,
    layout::{Layout, META_PARTS, Meta},
    standard::Standard,
};

/// Returns the attribute of a field, from its type and its options.
pub(crate) fn field(library: &Library, field: &Field) -> TokenStream {
    typed(library, field, &field.path.attribute, &field.description(), &field.attrs.characteristics)
}

/// Returns an attribute with the characteristics of a type and of the options.
pub(crate) fn typed(
    library: &Library,
    field: &Field,
    name: &str,
    description: &str,
    characteristics: &Characteristics,
) -> TokenStream {
    let Library { private } = library;
    let mut options = options(library, description, &characteristics.with(field.standard));
    let mut spec = Conversion::new(library, &field.ty, &field.attrs).spec(library, name);
    options.extend(field.standard.and_then(|standard| parts(library, &spec, standard)));
    if let Some(standard) = field.standard {
        let data_type = Ident::new(standard.data_type, Span::call_site());
        spec.extend(quote!(.standard(#private::DataType::#data_type)));
        if characteristics.canonical.is_none() && !standard.canonical.is_empty() {
            let values = texts(standard.canonical.iter().map(|text| (*text).to_owned()));
            spec.extend(quote!(.suggesting(#values)));
        }
    }
    if options.is_empty() { spec } else { quote!(#private::AttributeSpec { #options ..#spec }) }
}

/// Returns the field of an `AttributeSpec` for the sub-attributes of a standard attribute that uses a type of the
/// application.
fn parts(library: &Library, spec: &TokenStream, standard: &Standard) -> Option<TokenStream> {
    let Library { private } = library;
    let none = Characteristics::default();
    let sub_attributes = standard.parts.iter().map(|part| {
        let mut options = options(library, "", &none.with(Some(part)));
        if !part.canonical.is_empty() {
            let values = texts(part.canonical.iter().map(|text| (*text).to_owned()));
            options.extend(quote!(canonical_values: #values,));
        }
        let (name, data_type) = (part.name, Ident::new(part.data_type, Span::call_site()));
        let spec = quote!(#private::AttributeSpec::new(#name, #private::DataType::#data_type));
        if options.is_empty() { spec } else { quote!(#private::AttributeSpec { #options ..#spec }) }
    });
    let sub_attributes: Vec<_> = sub_attributes.collect();
    (!sub_attributes.is_empty()).then(|| {
        quote! {
            sub_attributes: {
                const OWN: &'static [#private::Attribute] = #spec.sub_attributes;
                const STANDARD: &'static [#private::AttributeSpec] = &[#(#sub_attributes),*];
                const PARTS: &'static [#private::Attribute] = &#private::stricter::<{ OWN.len() }>(OWN, STANDARD);
                PARTS
            },
        }
    })
}

/// Returns constants that fail to compile if the types of fields are unsuitable; `objects` determines whether
/// attributes may be objects.
pub(crate) fn checks<'f>(library: &Library, fields: impl Iterator<Item = &'f Field>, objects: bool) -> TokenStream {
    let Library { private } = library;
    let mut checks = TokenStream::new();
    for field in fields.filter(|field| field.attrs.extension.is_none()) {
        let conversion = Conversion::new(library, &field.ty, &field.attrs);
        checks.extend(conversion.checks(library, objects && field.path.sub.is_none()));
        let Some(standard) = field.standard else { continue };
        let data_type = Ident::new(standard.data_type, Span::call_site());
        let many = standard.multi_valued;
        let name = field.path.name();
        let message = format!("RFC 7643 defines `{name}` as {}", inherit::kind(standard.data_type, many));
        let arguments = quote!(#private::DataType::#data_type, #many);
        checks.extend(conversion.check(library, "fits", &arguments, &message));
        for part in standard.parts {
            let data_type = Ident::new(part.data_type, Span::call_site());
            let part_name = part.name;
            let message = format!(
                "RFC 7643 defines `{name}.{part_name}` as {}; this type defines it differently",
                inherit::kind(part.data_type, part.multi_valued)
            );
            let arguments = quote!(#part_name, #private::DataType::#data_type);
            checks.extend(conversion.check(library, "part_fits", &arguments, &message));
        }
    }
    checks
}

/// Returns items that do not compile if the types of the fields of common attributes cannot hold the values that RFC
/// 7643 §3.1 specifies: the framework could not fill them.
pub(crate) fn common_checks(library: &Library, layout: &Layout<'_>) -> TokenStream {
    let Library { private } = library;
    let check = |field: &Field, name: &str, method: &str, arguments: &TokenStream, kind: &str| {
        let message = format!("RFC 7643 defines `{name}` as {kind}");
        Conversion::new(library, &field.ty, &field.attrs).check(library, method, arguments, &message)
    };
    let text = quote!(#private::DataType::String, false);
    let date = quote!(#private::DataType::DateTime, false);
    let mut checks = TokenStream::new();
    checks.extend(layout.id.map(|field| check(field, "id", "fits", &text, "a string")));
    checks.extend(layout.external_id.map(|field| check(field, "externalId", "fits", &text, "a string")));
    match &layout.meta {
        Meta::Unbound => {}
        Meta::Whole(field) => checks.extend(meta_check(field)),
        Meta::Parts(parts) => {
            for (name, field) in META_PARTS.iter().zip(parts) {
                let Some(field) = field else { continue };
                let name = &format!("meta.{name}");
                checks.extend(if name == "meta.version" {
                    check(
                        field,
                        name,
                        "fits_version",
                        &TokenStream::new(),
                        "a string; expected a string, integer or date-time type",
                    )
                } else {
                    check(field, name, "fits", &date, "a date-time; use a type such as `scim_core::reflect::DateTime`")
                });
            }
        }
    }
    checks
}

/// Returns an item that compiles only if the type of `meta` has its sub-attributes where the framework expects them.
fn meta_check(field: &Field) -> TokenStream {
    let here = Span::call_site().located_at(field.ty.span());
    let ty = &field.ty;
    let Library { private } = Library::at(here);
    quote_spanned! {here=>
        const _: () = {
            const fn check<T: #private::ResourceMeta>() {}
            check::<#ty>();
        };
    }
}

/// Returns which checks inspect objects, for the impl of `ScimResource` or `ScimExtension`: `(whether, statement)`.
/// Returns nothing if there are none.
pub(crate) fn object_checks(
    library: &Library,
    checks: impl Iterator<Item = (TokenStream, TokenStream)>,
    index: &TokenStream,
) -> Option<TokenStream> {
    let Library { private } = library;
    let (any, statements): (Vec<_>, Vec<_>) = checks.unzip();
    (!any.is_empty()).then(|| {
        quote! {
            const CHECKS_OBJECTS: ::core::primitive::bool = #(#any)||*;

            fn check_objects(&self, #index __report: &mut #private::InvalidObjects<'_>) {
                #(#statements)*
            }
        }
    })
}

/// Returns the check of the objects in a field.
pub(crate) fn object_check(
    library: &Library,
    field: &Field,
    place: &TokenStream,
) -> Option<(TokenStream, TokenStream)> {
    let name = &field.ident;
    Conversion::new(library, &field.ty, &field.attrs).check_objects(&quote!(self.#name), place)
}

/// Returns a complex attribute with the given sub-attributes.
pub(crate) fn complex(library: &Library, name: &str, options: &TokenStream, parts: &[TokenStream]) -> TokenStream {
    let Library { private } = library;
    quote! {
        {
            const PARTS: &'static [#private::Attribute] = &#private::build([#(#parts),*]);
            #private::AttributeSpec {
                #options
                sub_attributes: PARTS,
                ..#private::AttributeSpec::new(#name, #private::DataType::Complex)
            }
        }
    }
}

/// Returns the fields of an `AttributeSpec` that options determine, each with a comma.
pub(crate) fn options(library: &Library, description: &str, characteristics: &Characteristics) -> TokenStream {
    let Library { private } = library;
    let mut fields = TokenStream::new();
    if !description.is_empty() {
        fields.extend(quote!(description: #description,));
    }
    if characteristics.required.is_some() {
        fields.extend(quote!(required: true,));
    }
    match &characteristics.case_exact {
        Some(case_exact) => {
            let case_exact = case_exact.value;
            fields.extend(quote!(case_exact: #case_exact,));
        }
        // RFC 7643 §2.3.7.
        None if characteristics.is_reference() => fields.extend(quote!(case_exact: true,)),
        None => {}
    }
    if let Some(values) = &characteristics.canonical {
        let values = texts(values.iter().map(LitStr::value));
        fields.extend(quote!(canonical_values: #values,));
    }
    if let Some(mutability) = &characteristics.mutability {
        fields.extend(quote!(mutability: #private::Mutability::#mutability,));
    }
    if let Some(returned) = &characteristics.returned {
        fields.extend(quote!(returned: #private::Returned::#returned,));
    }
    if let Some(uniqueness) = &characteristics.uniqueness {
        fields.extend(quote!(uniqueness: #private::Uniqueness::#uniqueness,));
    }
    if let Some(types) = &characteristics.reference {
        let types = texts(types.iter().map(LitStr::value));
        fields.extend(quote!(reference_types: #types,));
    }
    if let Some(data_type) = &characteristics.data_type {
        fields.extend(quote!(data_type: #private::DataType::#data_type,));
    } else if characteristics.reference.is_some() {
        fields.extend(quote!(data_type: #private::DataType::Reference,));
    }
    fields
}

/// Returns a constant list of texts.
pub(crate) fn texts(values: impl Iterator<Item = String>) -> TokenStream {
    quote! {
        {
            const VALUES: &'static [::std::borrow::Cow<'static, ::core::primitive::str>] =
                &[#(::std::borrow::Cow::Borrowed(#values)),*];
            VALUES
        }
    }
}
