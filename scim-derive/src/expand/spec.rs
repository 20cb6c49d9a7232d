//! Writes attributes of a schema.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{LitStr, Type};

use super::Library;
use crate::{ast::Field, characteristics::Characteristics};

/// The attribute that a field is, by its type and its words.
pub(crate) fn field(library: &Library, field: &Field<'_>) -> TokenStream {
    typed(library, field.ty, &field.path.attribute, &field.description(), &field.attrs.characteristics)
}

/// An attribute with the characteristics of a type, and what the words say.
pub(crate) fn typed(
    library: &Library,
    ty: &Type,
    name: &str,
    description: &str,
    characteristics: &Characteristics,
) -> TokenStream {
    let Library { schema, .. } = library;
    let words = words(library, description, characteristics);
    if words.is_empty() {
        quote!(#schema::AttributeSpec::of::<#ty>(#name).build())
    } else {
        quote!(#schema::AttributeSpec { #words ..#schema::AttributeSpec::of::<#ty>(#name) }.build())
    }
}

/// A complex attribute of the parts that are given.
pub(crate) fn complex(library: &Library, name: &str, words: &TokenStream, parts: &[TokenStream]) -> TokenStream {
    let Library { schema, .. } = library;
    quote! {
        {
            const PARTS: &'static [#schema::Attribute] = &[#(#parts),*];
            #schema::AttributeSpec {
                #words
                sub_attributes: PARTS,
                ..#schema::AttributeSpec::new(#name, #schema::DataType::Complex)
            }
            .build()
        }
    }
}

/// The fields of an `AttributeSpec` that words decide, each with a comma.
pub(crate) fn words(library: &Library, description: &str, characteristics: &Characteristics) -> TokenStream {
    let Library { schema, .. } = library;
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
        fields.extend(quote!(mutability: #schema::Mutability::#mutability,));
    }
    if let Some(returned) = &characteristics.returned {
        fields.extend(quote!(returned: #schema::Returned::#returned,));
    }
    if let Some(uniqueness) = &characteristics.uniqueness {
        fields.extend(quote!(uniqueness: #schema::Uniqueness::#uniqueness,));
    }
    if let Some(types) = &characteristics.reference {
        let types = texts(types.iter().map(LitStr::value));
        fields.extend(quote!(reference_types: #types,));
    }
    if let Some(data_type) = &characteristics.data_type {
        fields.extend(quote!(data_type: #schema::DataType::#data_type,));
    } else if characteristics.reference.is_some() {
        fields.extend(quote!(data_type: #schema::DataType::Reference,));
    }
    fields
}

/// A constant list of texts.
pub(crate) fn texts(values: impl Iterator<Item = String>) -> TokenStream {
    quote! {
        {
            const VALUES: &'static [::std::borrow::Cow<'static, ::core::primitive::str>] =
                &[#(::std::borrow::Cow::Borrowed(#values)),*];
            VALUES
        }
    }
}
