//! Parses the options of `#[scim(..)]` and their values. Parsing continues after an error.

use proc_macro2::{Ident, Span, TokenTree};
use quote::ToTokens as _;
use syn::{
    Attribute, Lit, LitBool, LitStr, Path, Token, ext::IdentExt as _, meta::ParseNestedMeta, parenthesized,
    parse::ParseStream, punctuated::Punctuated, spanned::Spanned as _,
};

use crate::{
    context::Context,
    symbol::{self, Choices, Position},
    text::{self, Case},
};

/// The value of `with`: what converts the values of a field.
pub(crate) enum With {
    /// A type that implements `Convert`.
    Type(Path),
    /// Two functions: to SCIM, and from it.
    Functions(Path, Path),
}

/// Parses the options of all `#[scim(..)]`. After an error it continues with the next option.
pub(crate) fn parse(
    cx: &Context,
    attrs: &[Attribute],
    position: &Position,
    mut handle: impl FnMut(&str, &ParseNestedMeta<'_>) -> syn::Result<()>,
) {
    for attr in attrs.iter().filter(|attr| attr.path().is_ident(symbol::SCIM)) {
        cx.ok(attr.parse_nested_meta(|meta| {
            parse_option(cx, &meta, position, &mut handle);
            Ok(())
        }));
    }
}

/// Parses the options in the parentheses after an option.
pub(crate) fn parse_list(
    cx: &Context,
    meta: &ParseNestedMeta<'_>,
    position: &Position,
    mut handle: impl FnMut(&str, &ParseNestedMeta<'_>) -> syn::Result<()>,
) -> syn::Result<()> {
    if !meta.input.peek(syn::token::Paren) {
        let options = text::list(position.options.iter().copied());
        return Err(meta.error(format!("`{}` requires options in parentheses: {options}", option_name(meta))));
    }
    meta.parse_nested_meta(|meta| {
        parse_option(cx, &meta, position, &mut handle);
        Ok(())
    })
}

fn parse_option(
    cx: &Context,
    meta: &ParseNestedMeta<'_>,
    position: &Position,
    handle: &mut impl FnMut(&str, &ParseNestedMeta<'_>) -> syn::Result<()>,
) {
    let option = option_name(meta);
    if !position.options.contains(&option.as_str()) {
        cx.error(meta.path.span(), unknown(&option, position));
        skip(meta.input);
        return;
    }
    if let Err(error) = handle(&option, meta) {
        cx.push(error);
        skip(meta.input);
    } else if !meta.input.is_empty() && !meta.input.peek(Token![,]) {
        cx.error(meta.input.span(), format!("expected `,` after `{option}`"));
        skip(meta.input);
    }
}

fn unknown(option: &str, position: &Position) -> String {
    let name = position.name;
    let expected = || text::expected(position.options.iter().copied());
    match likely(option, position) {
        Some(likely) => format!("unknown `scim` option `{option}`; did you mean `{likely}`?"),
        None if symbol::is_known(option) => format!("`{option}` is not supported {name}; {}", expected()),
        None => format!("unknown `scim` option `{option}` {name}; {}", expected()),
    }
}

/// Returns the likely meaning of an unknown option: another option, the value of one, or an option under another name.
fn likely(option: &str, position: &Position) -> Option<String> {
    if let Some(likely) = text::suggestion(option, position.options.iter().copied()) {
        return Some(likely.to_owned());
    }
    let is_allowed = |known: &str| position.options.contains(&known);
    let value = symbol::CHOICES.iter().filter(|(known, _)| is_allowed(known)).find_map(|(known, choices)| {
        let value = text::suggestion(option, choices.iter().map(|(value, _)| *value))?;
        Some(format!("{known} = {value}"))
    });
    let alias = || symbol::ALIASES.iter().find(|(alias, known, _)| *alias == option && is_allowed(known));
    value.or_else(|| alias().map(|(_, _, whole)| (*whole).to_owned()))
}

/// Skips to the next comma.
fn skip(input: ParseStream<'_>) {
    while !input.is_empty() && !input.peek(Token![,]) && input.parse::<TokenTree>().is_ok() {}
}

fn option_name(meta: &ParseNestedMeta<'_>) -> String {
    match meta.path.get_ident() {
        Some(ident) => ident.unraw().to_string(),
        None => meta.path.to_token_stream().to_string().replace(' ', ""),
    }
}

pub(crate) fn once<T>(slot: &mut Option<T>, value: T, meta: &ParseNestedMeta<'_>) -> syn::Result<()> {
    if slot.is_some() {
        let message = format!("duplicate `scim` option `{}`", option_name(meta));
        return Err(syn::Error::new(meta.path.span(), message));
    }
    *slot = Some(value);
    Ok(())
}

/// Returns the input after the `=`.
pub(crate) fn value<'a>(meta: &ParseNestedMeta<'a>, example: &str) -> syn::Result<ParseStream<'a>> {
    if meta.input.peek(Token![=]) {
        return meta.value();
    }
    let option = option_name(meta);
    let message = format!("missing value for `{option}`; expected `{option} = {example}`");
    Err(syn::Error::new(meta.path.span(), message))
}

pub(crate) fn string(meta: &ParseNestedMeta<'_>) -> syn::Result<LitStr> {
    let input = value(meta, "\"..\"")?;
    let option = option_name(meta);
    input.parse().map_err(|error| syn::Error::new(error.span(), format!("expected a string: `{option} = \"..\"`")))
}

/// Parses an option without a value.
pub(crate) fn flag(meta: &ParseNestedMeta<'_>) -> syn::Result<Span> {
    if meta.input.peek(Token![=]) || meta.input.peek(syn::token::Paren) {
        let message = format!("`{}` does not take a value", option_name(meta));
        return Err(syn::Error::new(meta.path.span(), message));
    }
    Ok(meta.path.span())
}

/// Parses an option that can be turned off: `case_exact`, `case_exact = false`.
pub(crate) fn switch(meta: &ParseNestedMeta<'_>) -> syn::Result<LitBool> {
    if !meta.input.peek(Token![=]) {
        return Ok(LitBool::new(true, meta.path.span()));
    }
    let option = option_name(meta);
    let input = meta.value()?;
    let span = input.span();
    input.parse().map_err(|_| syn::Error::new(span, format!("expected a boolean: `{option} = false`")))
}

/// Parses a value that is one of a few keywords. Returns the name of its variant.
pub(crate) fn choice(meta: &ParseNestedMeta<'_>, choices: Choices) -> syn::Result<Ident> {
    let keywords = || choices.iter().map(|(keyword, _)| *keyword);
    let input = value(meta, choices.first().map_or("..", |(keyword, _)| keyword))?;
    let span = input.span();
    let is_quoted = input.peek(LitStr);
    let given =
        if is_quoted { input.parse::<LitStr>()?.value() } else { input.call(Ident::parse_any)?.unraw().to_string() };
    if let Some((_, variant)) = choices.iter().find(|(keyword, _)| given == *keyword && !is_quoted) {
        return Ok(Ident::new(variant, Span::call_site().located_at(span)));
    }
    let option = option_name(meta);
    let found = if is_quoted { format!("\"{given}\"") } else { given.clone() };
    let help = match text::suggestion(&given, keywords()) {
        Some(likely) => format!("did you mean `{option} = {likely}`?"),
        None if is_quoted => format!("{}, without quotes", text::expected(keywords())),
        None => text::expected(keywords()),
    };
    Err(syn::Error::new(span, format!("unknown value `{found}` for `{option}`; {help}")))
}

/// Parses `canonical("a", "b")`.
pub(crate) fn strings(meta: &ParseNestedMeta<'_>, example: &str) -> syn::Result<Vec<LitStr>> {
    let option = option_name(meta);
    let usage = || {
        let message = format!("expected strings in parentheses: `{option}(\"{example}\", ..)`");
        syn::Error::new(meta.path.span(), message)
    };
    if !meta.input.peek(syn::token::Paren) {
        return Err(usage());
    }
    let content;
    parenthesized!(content in meta.input);
    let values = Punctuated::<LitStr, Token![,]>::parse_terminated(&content).map_err(|_| usage())?;
    if values.is_empty() { Err(usage()) } else { Ok(values.into_iter().collect()) }
}

/// Parses `rename_all = "snake_case"`.
pub(crate) fn case(meta: &ParseNestedMeta<'_>) -> syn::Result<Case> {
    let literal = string(meta)?;
    let given = literal.value();
    let known = Case::ALL.iter().find(|(name, _)| *name == given).map(|(_, case)| *case);
    known.ok_or_else(|| {
        let expected = text::expected(Case::ALL.iter().map(|(name, _)| *name));
        syn::Error::new(literal.span(), format!("unknown rename rule `{given}`; {expected}"))
    })
}

/// Parses `value = "text"`, `value = true`, `value = 3`.
pub(crate) fn literal(meta: &ParseNestedMeta<'_>) -> syn::Result<Lit> {
    let input = value(meta, "\"..\"")?;
    let span = input.span();
    match input.parse() {
        Ok(literal @ (Lit::Str(_) | Lit::Bool(_) | Lit::Int(_))) => Ok(literal),
        _ => Err(syn::Error::new(span, "expected a string, an integer or a boolean")),
    }
}

/// Parses `with = Type`, `with(to, from)`.
pub(crate) fn with(meta: &ParseNestedMeta<'_>) -> syn::Result<With> {
    let usage = || {
        let usage = "expected a type that implements `Convert`, such as `with = AsText`, or two functions, such as \
                     `with(to_text, from_text)`";
        syn::Error::new(meta.path.span(), usage)
    };
    if meta.input.peek(Token![=]) {
        return meta.value()?.call(Path::parse_mod_style).map(With::Type).map_err(|_| usage());
    }
    if !meta.input.peek(syn::token::Paren) {
        return Err(usage());
    }
    let content;
    parenthesized!(content in meta.input);
    let paths = Punctuated::<Path, Token![,]>::parse_terminated_with(&content, Path::parse_mod_style);
    let mut paths = paths.map_err(|_| usage())?.into_iter();
    match (paths.next(), paths.next(), paths.next()) {
        (Some(to), Some(from), None) => Ok(With::Functions(to, from)),
        _ => Err(usage()),
    }
}
