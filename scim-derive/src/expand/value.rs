//! Generates `ScimValue`: enums of strings, and types that wrap one value.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::{Data, DataEnum, DeriveInput, Fields, LitStr, Member, Type, spanned::Spanned as _};

use super::{Library, convert::Conversion, spec};
use crate::{
    ast,
    attr::{ContainerAttrs, FieldAttrs, VariantAttrs},
    check,
    context::Context,
    symbol,
    text::{self, Case},
};

/// Generates `ScimValue`.
pub(super) fn expand(cx: &Context, input: &DeriveInput) -> TokenStream {
    ast::check_generics(cx, input);
    let ident = &input.ident;
    match &input.data {
        Data::Enum(data) => {
            let attrs = ContainerAttrs::parse(cx, &input.attrs, &symbol::ON_VALUE);
            let library = Library::new();
            let texts = Texts::parse(cx, ident, data, attrs.rename_all.unwrap_or_default());
            library.scope(&ast::library(&attrs), &texts.expand(&library, ident, attrs.case_exact.is_some()))
        }
        Data::Struct(data) => {
            let attrs = ContainerAttrs::parse(cx, &input.attrs, &symbol::ON_NEWTYPE);
            let (library, root) = (Library::new(), ast::library(&attrs));
            let mut fields = data.fields.members().zip(&data.fields);
            let (Some((member, field)), None) = (fields.next(), fields.next()) else {
                cx.error(
                    ident.span(),
                    "`ScimValue` can only be derived for enums and for structs with one field; use `ScimComplex` for a \
                     struct of attributes",
                );
                return TokenStream::new();
            };
            let attrs = FieldAttrs::parse(cx, &field.attrs, &symbol::FIELD_OF_VALUE);
            check::conversions(cx, &field.ty, &attrs);
            library.scope(&root, &newtype(&library, ident, &member, &field.ty, &attrs))
        }
        Data::Union(_) => {
            cx.error(ident.span(), "`ScimValue` can only be derived for enums and for structs with one field");
            TokenStream::new()
        }
    }
}

/// Generates the impls of a type that is represented in SCIM by its inner value.
fn newtype(library: &Library, ident: &Ident, member: &Member, ty: &Type, attrs: &FieldAttrs) -> TokenStream {
    let Library { private } = library;
    let conversion = Conversion::new(library, ty, attrs);
    let (spec, checks) = (conversion.spec(library, ""), conversion.checks(library, false));
    let value = conversion.read(&quote!(self.#member));
    let (create, edit) = (conversion.create(), conversion.edit(&quote!(self.#member)));
    let assigned =
        if attrs.with.is_some() { value.clone() } else { quote!(<#ty as #private::Reflect>::assigned(&self.#member)) };
    let stored = attrs.with.is_none().then(|| {
        quote! {
            const COLUMN: #private::ColumnHint = <#ty as #private::AttributeType>::COLUMN;
        }
    });
    quote! {
        const __SCIM_SPEC: #private::AttributeSpec = #spec;
        #checks

        #[automatically_derived]
        impl #private::Reflect for #ident {
            fn view(&self) -> #private::ValueRef<'_> {
                #value
            }

            fn assigned(&self) -> #private::ValueRef<'_> {
                #assigned
            }

            fn edit(
                &mut self,
                __at: &[::core::primitive::u32],
                __edit: #private::Edit<'_, '_>,
            ) -> ::core::result::Result<::core::primitive::u32, #private::EditError> {
                #edit
            }

            fn create(
                __at: &[::core::primitive::u32],
                __edit: #private::Edit<'_, '_>,
            ) -> ::core::result::Result<Self, #private::EditError> {
                ::core::result::Result::Ok(Self { #member: #create? })
            }
        }

        #[automatically_derived]
        impl #private::AttributeType for #ident {
            const DATA_TYPE: #private::DataType = __SCIM_SPEC.data_type;
            const MULTI_VALUED: ::core::primitive::bool = __SCIM_SPEC.multi_valued;
            const CASE_EXACT: ::core::primitive::bool = __SCIM_SPEC.case_exact;
            const CANONICAL_VALUES: &'static [::std::borrow::Cow<'static, ::core::primitive::str>] = __SCIM_SPEC.canonical_values;
            const SUB_ATTRIBUTES: &'static [#private::Attribute] = __SCIM_SPEC.sub_attributes;
            #stored
        }
    }
}

/// The variants of an enum.
#[derive(Default)]
struct Texts<'a> {
    known: Vec<(&'a Ident, String)>,
    /// The variant for all other strings.
    other: Option<&'a Ident>,
    /// The variant for no value.
    absent: Option<&'a Ident>,
}

impl<'a> Texts<'a> {
    fn parse(cx: &Context, ident: &Ident, data: &'a DataEnum, case: Case) -> Self {
        let mut this = Self::default();
        for variant in &data.variants {
            let attrs = VariantAttrs::parse(cx, &variant.attrs);
            if let Some(span) = attrs.default {
                if let Some(first) = this.absent {
                    cx.error(span, format!("duplicate `default`; already used on variant `{first}`"));
                }
                this.absent = Some(&variant.ident);
            }
            match (&variant.fields, attrs.other) {
                (Fields::Unit, None) => this.add(cx, &variant.ident, attrs.name.as_ref(), case),
                (Fields::Unnamed(fields), Some(span)) if fields.unnamed.len() == 1 => {
                    if attrs.name.is_some() || attrs.default.is_some() {
                        cx.error(span, "`other` cannot be combined with `name` or `default`");
                    }
                    if let Some(first) = this.other {
                        cx.error(span, format!("duplicate `other`; already used on variant `{first}`"));
                    }
                    this.other = Some(&variant.ident);
                }
                (_, Some(span)) => {
                    cx.error(span, "`other` requires a variant with one unnamed field: `#[scim(other)] Other(String)`");
                }
                (_, None) => cx.error(
                    variant.span(),
                    "variants cannot have fields, except one variant for all other strings: `#[scim(other)] Other(String)`",
                ),
            }
        }
        if data.variants.is_empty() {
            cx.error(ident.span(), "`ScimValue` requires at least one variant");
        }
        this
    }

    fn add(&mut self, cx: &Context, variant: &'a Ident, name: Option<&LitStr>, case: Case) {
        let text = name.map_or_else(|| text::variant_text(variant, case), LitStr::value);
        let span = name.map_or_else(|| variant.span(), LitStr::span);
        if text.is_empty() {
            cx.error(span, "`name` must not be empty");
        }
        match self.known.iter().find(|(_, known)| known.eq_ignore_ascii_case(&text)) {
            Some((first, _)) => cx.error(span, format!("duplicate string `{text}`; already used by variant `{first}`")),
            None => self.known.push((variant, text)),
        }
    }

    fn expand(&self, library: &Library, ident: &Ident, case_exact: bool) -> TokenStream {
        let Library { private } = library;
        let (variants, texts): (Vec<&Ident>, Vec<&String>) =
            self.known.iter().map(|(variant, text)| (*variant, text)).unzip();
        let value = quote!(#private::ValueRef::Scalar(#private::Scalar::Str(::std::borrow::Cow::Borrowed(__text))));
        let read_other = self.other.map(|other| {
            quote! {
                Self::#other(__text) if ::core::primitive::str::is_empty(__text) => return #private::ValueRef::ABSENT,
                Self::#other(__text) => __text,
            }
        });
        let expected = match self.other {
            Some(_) => "a string".to_owned(),
            None => format!("one of {}", text::list(texts.iter().map(|text| text.as_str()))),
        };
        let refused = quote! {
            ::core::result::Result::Err(#private::EditError::Expected(::std::borrow::Cow::Borrowed(#expected)))
        };
        let otherwise = match self.other {
            Some(other) => quote!(::core::result::Result::Ok(Self::#other(::std::borrow::Cow::into_owned(__text)))),
            None => refused.clone(),
        };
        let absent = match (self.absent, self.other) {
            (Some(variant), _) => quote!(::core::result::Result::Ok(Self::#variant)),
            (None, Some(other)) => quote!(::core::result::Result::Ok(Self::#other(::std::string::String::new()))),
            (None, None) => refused.clone(),
        };
        let same = if case_exact {
            quote!(<::core::primitive::str as ::core::cmp::PartialEq>::eq)
        } else {
            quote!(::core::primitive::str::eq_ignore_ascii_case)
        };
        let canonical = spec::texts(texts.iter().map(|text| (*text).clone()));
        quote! {
            #[automatically_derived]
            impl #private::Reflect for #ident {
                fn view(&self) -> #private::ValueRef<'_> {
                    let __text: &::core::primitive::str = match self {
                        #(Self::#variants => #texts,)*
                        #read_other
                    };
                    #value
                }

                fn edit(
                    &mut self,
                    __at: &[::core::primitive::u32],
                    __edit: #private::Edit<'_, '_>,
                ) -> ::core::result::Result<::core::primitive::u32, #private::EditError> {
                    *self = <Self as #private::Reflect>::create(__at, __edit)?;
                    ::core::result::Result::Ok(0)
                }

                fn create(
                    __at: &[::core::primitive::u32],
                    __edit: #private::Edit<'_, '_>,
                ) -> ::core::result::Result<Self, #private::EditError> {
                    if !<[::core::primitive::u32]>::is_empty(__at) {
                        return ::core::result::Result::Err(#private::EditError::Unmapped);
                    }
                    let __scalar = match __edit {
                        #private::Edit::Set(__scalar) => __scalar,
                        #private::Edit::Insert(#private::Value::Scalar(__scalar)) => ::core::mem::take(__scalar),
                        _ => return #refused,
                    };
                    match __scalar {
                        #private::Scalar::Absent => #absent,
                        #private::Scalar::Str(__text) => {
                            let __known: &::core::primitive::str = &__text;
                            #(if #same(__known, #texts) {
                                return ::core::result::Result::Ok(Self::#variants);
                            })*
                            #otherwise
                        }
                        _ => #refused,
                    }
                }
            }

            #[automatically_derived]
            impl #private::AttributeType for #ident {
                const DATA_TYPE: #private::DataType = #private::DataType::String;
                const CASE_EXACT: ::core::primitive::bool = #case_exact;
                const CANONICAL_VALUES: &'static [::std::borrow::Cow<'static, ::core::primitive::str>] = #canonical;
            }
        }
    }
}
