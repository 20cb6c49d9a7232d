//! The parsed input of the macros: a struct's own options, and its fields with their paths.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::{Data, DeriveInput, Fields, GenericParam, Lit, LitStr, Type, parse_quote, spanned::Spanned as _};

use crate::{
    attr::{self, ContainerAttrs, FieldAttrs, FixedAttrs},
    characteristics::Characteristics,
    context::Context,
    inherit,
    path::{self, FieldPath},
    standard::Standard,
    symbol::{self, Position},
    text::{self, Case},
};

/// A struct with named fields.
pub(crate) struct Struct<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) attrs: ContainerAttrs,
    pub(crate) description: String,
    /// The fields, except those that are skipped.
    pub(crate) fields: Vec<Field>,
    /// The field for extensions that are known only at run time; it is not an attribute.
    pub(crate) dynamic: Option<Field>,
}

/// A field, or an attribute with a fixed value.
pub(crate) struct Field {
    pub(crate) ident: Ident,
    pub(crate) ty: Type,
    pub(crate) attrs: FieldAttrs,
    pub(crate) doc: String,
    pub(crate) path: FieldPath,
    /// Whether the path was reported as wrong, which means that the field has no valid path.
    pub(crate) broken: bool,
    /// The attribute of a standard schema that the field is bound to.
    pub(crate) standard: Option<&'static Standard>,
    pub(crate) fixed: Option<Lit>,
    /// Where the user wrote the path, or the field's name.
    pub(crate) span: Span,
    pub(crate) number: u16,
}

/// The derive macro that is running.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Derive {
    Resource,
    Complex,
    Extension,
    Value,
}

impl Derive {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Derive::Resource => "ScimResource",
            Derive::Complex => "ScimComplex",
            Derive::Extension => "ScimExtension",
            Derive::Value => "ScimValue",
        }
    }

    /// Returns the positions of the options of the type and of its fields.
    fn positions(self) -> (&'static Position, &'static Position) {
        match self {
            Derive::Resource => (&symbol::ON_RESOURCE, &symbol::FIELD_OF_RESOURCE),
            Derive::Complex => (&symbol::ON_COMPLEX, &symbol::FIELD_OF_COMPLEX),
            Derive::Extension => (&symbol::ON_EXTENSION, &symbol::FIELD_OF_EXTENSION),
            Derive::Value => (&symbol::ON_VALUE, &symbol::FIELD_OF_VALUE),
        }
    }
}

impl<'a> Struct<'a> {
    /// Reads a struct. Returns `None` if the input is not a struct, which is then reported.
    pub(crate) fn parse(cx: &Context, input: &'a DeriveInput, derive: Derive) -> Option<Self> {
        let (on_struct, on_field) = derive.positions();
        let attrs = ContainerAttrs::parse(cx, &input.attrs, on_struct);
        check_generics(cx, input);
        let named = match &input.data {
            Data::Struct(data) => match &data.fields {
                Fields::Named(fields) => Some(&fields.named),
                Fields::Unnamed(_) | Fields::Unit => None,
            },
            Data::Enum(_) | Data::Union(_) => None,
        };
        let Some(named) = named else {
            let hint = match &input.data {
                Data::Enum(_) => "; use `ScimValue` for an enum of strings",
                Data::Struct(data) if data.fields.len() == 1 => "; use `ScimValue` for a type that wraps one value",
                _ => "",
            };
            let message = format!("`{}` can only be derived for structs with named fields{hint}", derive.name());
            cx.error(input.ident.span(), message);
            return None;
        };
        let mut fields: Vec<Field> = Vec::new();
        let mut dynamic: Option<Field> = None;
        let case = attrs.rename_all.unwrap_or_default();
        let schema = attrs.schema.as_ref().map(LitStr::value).unwrap_or_default();
        for original in named {
            let Some(field) = Field::parse(cx, original, on_field, fields.len(), case, &schema) else { continue };
            match (field.attrs.dynamic_extensions, &dynamic) {
                (None, _) => fields.push(field),
                (Some(_), None) => dynamic = Some(field),
                (Some(span), Some(first)) => {
                    let first = &first.ident;
                    cx.error(span, format!("duplicate `dynamic_extensions`; already used on field `{first}`"));
                }
            }
        }
        for fixed in &attrs.fixed {
            if let Some(field) = Field::fixed(cx, fixed, &input.ident, fields.len(), &schema) {
                fields.push(field);
            }
        }
        let description = attrs.description.as_ref().map_or_else(|| attr::doc(&input.attrs), LitStr::value);
        // The numbers of the attributes come first.
        if let (Some(field), Ok(number)) = (&mut dynamic, u16::try_from(fields.len())) {
            field.number = number;
        }
        Some(Self { ident: &input.ident, attrs, description, fields, dynamic })
    }
}

impl Field {
    /// Reads a field. Returns `None` if it is skipped.
    fn parse(
        cx: &Context,
        original: &syn::Field,
        position: &Position,
        number: usize,
        case: Case,
        schema: &str,
    ) -> Option<Self> {
        let ident = original.ident.as_ref()?;
        let attrs = FieldAttrs::parse(cx, &original.attrs, position);
        if let Some(span) = attrs.skip {
            if attrs.has_other_options() || attrs.dynamic_extensions.is_some() {
                cx.error(span, "`skip` cannot be combined with other options");
            }
            return None;
        }
        if let Some(span) = attrs.dynamic_extensions.filter(|_| attrs.has_other_options()) {
            cx.error(span, "`dynamic_extensions` cannot be combined with other options");
        }
        let Ok(number) = u16::try_from(number) else {
            cx.error(ident.span(), "too many fields; at most 65536 are supported");
            return None;
        };
        let before = cx.count();
        let (mut path, span) = path_of(cx, ident, &attrs, case);
        let is_attribute = attrs.extension.is_none() && attrs.dynamic_extensions.is_none();
        // A path that could not be parsed is not looked up in a standard schema.
        let is_readable = cx.count() == before;
        let standard = if is_attribute && is_readable { inherit::resolve(cx, &mut path, schema, span) } else { None };
        Some(Self {
            ident: ident.clone(),
            ty: original.ty.clone(),
            doc: attr::doc(&original.attrs),
            attrs,
            path,
            broken: cx.count() > before,
            standard,
            fixed: None,
            span,
            number,
        })
    }

    /// Reads an attribute that has one value in every resource.
    fn fixed(cx: &Context, attrs: &FixedAttrs, ident: &Ident, number: usize, schema: &str) -> Option<Self> {
        let (Some(literal), Some(value)) = (&attrs.path, &attrs.value) else {
            cx.error(ident.span(), "`fixed(..)` requires `path = \"..\"` and `value = ..`");
            return None;
        };
        let before = cx.count();
        let mut path =
            cx.ok(path::parse(&literal.value()).map_err(|message| syn::Error::new(literal.span(), message)))?;
        let standard = inherit::resolve(cx, &mut path, schema, literal.span());
        if path.selector.is_some() {
            cx.error(
                literal.span(),
                "`fixed(..)` cannot select an element; add the value to the filters of its fields, such as \
                 `addresses[type eq \"work\" and country eq \"NO\"].locality`",
            );
            return None;
        }
        let ty = match value {
            Lit::Str(_) => parse_quote!(::std::string::String),
            Lit::Bool(_) => parse_quote!(::core::primitive::bool),
            _ => parse_quote!(::core::primitive::i64),
        };
        let mutability = Some(Ident::new("ReadOnly", Span::call_site()));
        let characteristics = Characteristics { mutability, ..Characteristics::default() };
        Some(Self {
            ident: ident.clone(),
            ty,
            attrs: FieldAttrs { characteristics, description: attrs.description.clone(), ..FieldAttrs::default() },
            doc: String::new(),
            path,
            broken: cx.count() > before,
            standard,
            fixed: Some(value.clone()),
            span: literal.span(),
            number: number.try_into().ok()?,
        })
    }

    /// Returns the characteristics from the options, or from the standard where there is no option.
    pub(crate) fn characteristics(&self) -> Characteristics {
        self.attrs.characteristics.with(self.standard)
    }

    /// Returns `description = ".."`, or the doc comment.
    pub(crate) fn description(&self) -> String {
        self.attrs.description.as_ref().map_or_else(|| self.doc.clone(), LitStr::value)
    }

    /// Returns whether this is `meta` as a whole.
    pub(crate) fn is_meta(&self) -> bool {
        let path = &self.path;
        self.standard.is_none()
            && path.urn.is_none()
            && path.sub.is_none()
            && path.attribute.eq_ignore_ascii_case("meta")
    }

    /// Returns the name of the function that creates the field's default.
    pub(crate) fn default_fn(&self) -> Option<Ident> {
        self.attrs.default.as_ref().map(|_| quote::format_ident!("__scim_default_{}", self.number))
    }
}

impl FieldAttrs {
    fn has_other_options(&self) -> bool {
        self.name.is_some()
            || self.path.is_some()
            || self.description.is_some()
            || self.default.is_some()
            || self.with.is_some()
            || self.validate.is_some()
            || self.extension.is_some()
            || self.primary.is_some()
            || self.overflow.is_some()
            || !self.characteristics.given().is_empty()
    }
}

/// Returns the path of a field: as written, or derived from its name.
fn path_of(cx: &Context, ident: &Ident, attrs: &FieldAttrs, case: Case) -> (FieldPath, Span) {
    let own = || FieldPath::simple(text::attribute_name(ident, case));
    let (literal, parsed) = match (&attrs.path, &attrs.name) {
        (Some(literal), Some(name)) => {
            cx.error(name.span(), "`name` cannot be combined with `path`, which already names the attribute");
            (literal, path::parse(&literal.value()))
        }
        (Some(literal), None) => (literal, path::parse(&literal.value())),
        (None, Some(literal)) => (literal, path::name(&literal.value()).map(FieldPath::simple)),
        (None, None) => return (own(), ident.span()),
    };
    match parsed {
        Ok(path) => (path, literal.span()),
        Err(message) => {
            cx.error(literal.span(), message);
            (own(), ident.span())
        }
    }
}

/// Reports the generic parameters of the type.
pub(crate) fn check_generics(cx: &Context, input: &DeriveInput) {
    for param in &input.generics.params {
        let message = match param {
            GenericParam::Lifetime(_) => {
                "lifetime parameters are not supported, because values are stored and changed; use owned types, such as \
                 `String`"
            }
            GenericParam::Type(_) | GenericParam::Const(_) => {
                "generic parameters are not supported, because the schema is a constant; derive for a concrete type"
            }
        };
        cx.error(param.span(), message);
    }
}

/// Returns the path of the library, from the options of the type or the usual one.
pub(crate) fn library(attrs: &ContainerAttrs) -> TokenStream {
    attrs.krate.as_ref().map_or_else(|| quote!(::scim_core), quote::ToTokens::to_token_stream)
}
