//! Parses `#[scim(..)]`.

use proc_macro2::Span;
use syn::{Attribute, Expr, Lit, LitStr, Meta, Path, meta::ParseNestedMeta, spanned::Spanned as _};

use crate::{
    characteristics::Characteristics,
    context::Context,
    options::{self, With, flag, once, parse_list, string, value},
    symbol::{self, Position},
    text::Case,
};

/// The options of a type.
#[derive(Default)]
pub(crate) struct ContainerAttrs {
    pub(crate) schema: Option<LitStr>,
    pub(crate) name: Option<LitStr>,
    pub(crate) endpoint: Option<LitStr>,
    pub(crate) description: Option<LitStr>,
    pub(crate) krate: Option<Path>,
    pub(crate) rename_all: Option<Case>,
    pub(crate) case_exact: Option<Span>,
    pub(crate) custom: Option<Span>,
    pub(crate) extensions: Vec<ExtensionAttrs>,
    pub(crate) groups: Vec<GroupAttrs>,
    pub(crate) fixed: Vec<FixedAttrs>,
    /// Whether an option was reported as wrong.
    pub(crate) broken: bool,
}

/// `extension(schema = "..", name = "..", description = "..", required)` on a struct: an extension whose attributes are
/// bound to fields by paths.
#[derive(Default)]
pub(crate) struct ExtensionAttrs {
    pub(crate) schema: Option<LitStr>,
    pub(crate) name: Option<LitStr>,
    pub(crate) description: Option<LitStr>,
    pub(crate) required: Option<Span>,
    pub(crate) custom: Option<Span>,
}

/// `group(path = "..", description = "..", ..)` on a struct: a complex attribute whose sub-attributes are bound to
/// fields.
#[derive(Default)]
pub(crate) struct GroupAttrs {
    pub(crate) path: Option<LitStr>,
    pub(crate) description: Option<LitStr>,
    pub(crate) characteristics: Characteristics,
}

/// `fixed(path = "..", value = ..)` on a struct: an attribute that has one value in every resource.
#[derive(Default)]
pub(crate) struct FixedAttrs {
    pub(crate) path: Option<LitStr>,
    pub(crate) value: Option<Lit>,
    pub(crate) description: Option<LitStr>,
}

/// The options of a field.
#[derive(Default)]
pub(crate) struct FieldAttrs {
    pub(crate) name: Option<LitStr>,
    pub(crate) path: Option<LitStr>,
    pub(crate) description: Option<LitStr>,
    pub(crate) characteristics: Characteristics,
    pub(crate) default: Option<Expr>,
    pub(crate) with: Option<With>,
    pub(crate) validate: Option<Path>,
    pub(crate) extension: Option<Span>,
    pub(crate) dynamic_extensions: Option<Span>,
    pub(crate) primary: Option<Span>,
    pub(crate) overflow: Option<Span>,
    pub(crate) skip: Option<Span>,
}

/// The options of a variant of an enum.
#[derive(Default)]
pub(crate) struct VariantAttrs {
    pub(crate) name: Option<LitStr>,
    pub(crate) other: Option<Span>,
    pub(crate) default: Option<Span>,
}

impl ContainerAttrs {
    pub(crate) fn parse(cx: &Context, attrs: &[Attribute], position: &Position) -> Self {
        let mut this = Self::default();
        let before = cx.count();
        options::parse(cx, attrs, position, |option, meta| match option {
            symbol::SCHEMA => once(&mut this.schema, string(meta)?, meta),
            symbol::NAME => once(&mut this.name, string(meta)?, meta),
            symbol::ENDPOINT => once(&mut this.endpoint, string(meta)?, meta),
            symbol::DESCRIPTION => once(&mut this.description, string(meta)?, meta),
            symbol::CRATE => once(&mut this.krate, string(meta)?.parse_with(Path::parse_mod_style)?, meta),
            symbol::RENAME_ALL => once(&mut this.rename_all, options::case(meta)?, meta),
            symbol::CASE_EXACT => once(&mut this.case_exact, flag(meta)?, meta),
            symbol::CUSTOM => once(&mut this.custom, flag(meta)?, meta),
            symbol::EXTENSION => {
                let mut nested = ExtensionAttrs::default();
                parse_list(cx, meta, &symbol::IN_EXTENSION, |option, meta| nested.set(option, meta))?;
                this.extensions.push(nested);
                Ok(())
            }
            symbol::FIXED => {
                let mut nested = FixedAttrs::default();
                parse_list(cx, meta, &symbol::IN_FIXED, |option, meta| match option {
                    symbol::PATH => once(&mut nested.path, string(meta)?, meta),
                    symbol::DESCRIPTION => once(&mut nested.description, string(meta)?, meta),
                    _ => once(&mut nested.value, options::literal(meta)?, meta),
                })?;
                this.fixed.push(nested);
                Ok(())
            }
            symbol::GROUP => {
                let mut nested = GroupAttrs::default();
                parse_list(cx, meta, &symbol::IN_GROUP, |option, meta| match option {
                    symbol::PATH => once(&mut nested.path, string(meta)?, meta),
                    symbol::DESCRIPTION => once(&mut nested.description, string(meta)?, meta),
                    _ => nested.characteristics.set(option, meta),
                })?;
                this.groups.push(nested);
                Ok(())
            }
            _ => Ok(()),
        });
        this.broken = cx.count() > before;
        this
    }
}

impl ExtensionAttrs {
    fn set(&mut self, option: &str, meta: &ParseNestedMeta<'_>) -> syn::Result<()> {
        match option {
            symbol::SCHEMA => once(&mut self.schema, string(meta)?, meta),
            symbol::NAME => once(&mut self.name, string(meta)?, meta),
            symbol::DESCRIPTION => once(&mut self.description, string(meta)?, meta),
            symbol::CUSTOM => once(&mut self.custom, flag(meta)?, meta),
            _ => once(&mut self.required, flag(meta)?, meta),
        }
    }
}

impl FieldAttrs {
    pub(crate) fn parse(cx: &Context, attrs: &[Attribute], position: &Position) -> Self {
        let mut this = Self::default();
        options::parse(cx, attrs, position, |option, meta| match option {
            symbol::NAME => once(&mut this.name, string(meta)?, meta),
            symbol::PATH => once(&mut this.path, string(meta)?, meta),
            symbol::DESCRIPTION => once(&mut this.description, string(meta)?, meta),
            symbol::DEFAULT => once(&mut this.default, value(meta, "..")?.parse()?, meta),
            symbol::WITH => once(&mut this.with, options::with(meta)?, meta),
            symbol::VALIDATE => once(&mut this.validate, value(meta, "check")?.call(Path::parse_mod_style)?, meta),
            symbol::PRIMARY => once(&mut this.primary, flag(meta)?, meta),
            symbol::OVERFLOW => once(&mut this.overflow, flag(meta)?, meta),
            symbol::SKIP => once(&mut this.skip, flag(meta)?, meta),
            symbol::DYNAMIC_EXTENSIONS => {
                // The field is not an attribute, even if the option is malformed.
                once(&mut this.dynamic_extensions, meta.path.span(), meta)?;
                flag(meta).map(drop)
            }
            symbol::EXTENSION => {
                once(&mut this.extension, meta.path.span(), meta)?;
                if meta.input.peek(syn::token::Paren) {
                    let position = Position { name: "in `extension(..)` on a field", options: &[symbol::REQUIRED] };
                    parse_list(cx, meta, &position, |option, meta| this.characteristics.set(option, meta))?;
                }
                Ok(())
            }
            _ => this.characteristics.set(option, meta),
        });
        this
    }
}

impl VariantAttrs {
    pub(crate) fn parse(cx: &Context, attrs: &[Attribute]) -> Self {
        let mut this = Self::default();
        options::parse(cx, attrs, &symbol::VARIANT, |option, meta| match option {
            symbol::NAME => once(&mut this.name, string(meta)?, meta),
            symbol::OTHER => once(&mut this.other, flag(meta)?, meta),
            _ => once(&mut this.default, flag(meta)?, meta),
        });
        // The variant that `derive(Default)` uses, so that it need not be repeated.
        let std_default = attrs.iter().find(|attr| attr.path().is_ident(symbol::DEFAULT));
        this.default = this.default.or(std_default.map(syn::spanned::Spanned::span));
        this
    }
}

/// Returns the first paragraph of the doc comment, as one line.
pub(crate) fn doc(attrs: &[Attribute]) -> String {
    let lines = attrs.iter().filter(|attr| attr.path().is_ident("doc")).filter_map(|attr| match &attr.meta {
        Meta::NameValue(pair) => match &pair.value {
            Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    });
    let text = lines.collect::<Vec<_>>().join("\n");
    let paragraph = text.lines().map(str::trim).skip_while(|line| line.is_empty()).take_while(|line| !line.is_empty());
    paragraph.collect::<Vec<_>>().join(" ")
}
