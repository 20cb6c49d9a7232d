//! Parses the options of `#[scim(..)]` and their values, and continues after an error.

use proc_macro2::{Ident, Span, TokenTree};
use syn::{
    Attribute, Lit, LitBool, LitStr, Path, Token, ext::IdentExt as _, meta::ParseNestedMeta, parenthesized,
    parse::ParseStream, punctuated::Punctuated, spanned::Spanned as _,
};

use crate::{
    attr::With,
    context::Context,
    symbol::{self, Choices, Place},
    text::{self, Case},
};

/// Parses the options of all `#[scim(..)]`; after an error it continues with the next option.
pub(crate) fn read(
    cx: &Context,
    attrs: &[Attribute],
    place: &Place,
    mut handle: impl FnMut(&str, &ParseNestedMeta<'_>) -> syn::Result<()>,
) {
    for attr in attrs.iter().filter(|attr| attr.path().is_ident(symbol::SCIM)) {
        cx.ok(attr.parse_nested_meta(|meta| {
            read_word(cx, &meta, place, &mut handle);
            Ok(())
        }));
    }
}

/// Parses the options in the parentheses after an option.
pub(crate) fn read_list(
    cx: &Context,
    meta: &ParseNestedMeta<'_>,
    place: &Place,
    mut handle: impl FnMut(&str, &ParseNestedMeta<'_>) -> syn::Result<()>,
) -> syn::Result<()> {
    if !meta.input.peek(syn::token::Paren) {
        return Err(meta.error(format!(
            "{} needs its words in parentheses: {}",
            place.name,
            text::list(place.words.iter().copied())
        )));
    }
    meta.parse_nested_meta(|meta| {
        read_word(cx, &meta, place, &mut handle);
        Ok(())
    })
}

fn read_word(
    cx: &Context,
    meta: &ParseNestedMeta<'_>,
    place: &Place,
    handle: &mut impl FnMut(&str, &ParseNestedMeta<'_>) -> syn::Result<()>,
) {
    let word = meta.path.get_ident().map(|word| word.unraw().to_string()).unwrap_or_default();
    if !place.words.contains(&word.as_str()) {
        cx.error(meta.path.span(), unknown(&word, place));
        skip(meta.input);
        return;
    }
    if let Err(error) = handle(&word, meta) {
        cx.push(error);
        skip(meta.input);
    } else if !meta.input.is_empty() && !meta.input.peek(Token![,]) {
        cx.error(meta.input.span(), format!("expected `,` after `{word}`"));
        skip(meta.input);
    }
}

fn unknown(word: &str, place: &Place) -> String {
    let allowed = match place.words {
        [] => format!("{} takes none", place.name),
        words => format!("{} takes {}", place.name, text::list(words.iter().copied())),
    };
    match meant(word, place) {
        Some(meant) => format!("unknown word `{word}`; did you mean `{meant}`?"),
        None if symbol::is_known(word) => format!("`{word}` does not belong here; {allowed}"),
        None => format!("unknown word `{word}`; {allowed}"),
    }
}

/// Returns the likely meaning of an unknown option here: another option, the value of one, or an option under another
/// name.
fn meant(word: &str, place: &Place) -> Option<String> {
    if let Some(meant) = text::suggestion(word, place.words.iter().copied()) {
        return Some(meant.to_owned());
    }
    let is_allowed = |known: &str| place.words.contains(&known);
    let value = symbol::CHOICES.iter().filter(|(known, _)| is_allowed(known)).find_map(|(known, choices)| {
        let value = text::suggestion(word, choices.iter().map(|(value, _)| *value))?;
        Some(format!("{known} = {value}"))
    });
    let alias = || symbol::ALIASES.iter().find(|(alias, known, _)| *alias == word && is_allowed(known));
    value.or_else(|| alias().map(|(_, _, whole)| (*whole).to_owned()))
}

/// Skips to the next comma.
fn skip(input: ParseStream<'_>) {
    while !input.is_empty() && !input.peek(Token![,]) && input.parse::<TokenTree>().is_ok() {}
}

fn word_of(meta: &ParseNestedMeta<'_>) -> String {
    meta.path.get_ident().map(|word| word.unraw().to_string()).unwrap_or_default()
}

pub(crate) fn once<T>(slot: &mut Option<T>, value: T, meta: &ParseNestedMeta<'_>) -> syn::Result<()> {
    if slot.is_some() {
        return Err(syn::Error::new(meta.path.span(), format!("`{}` is given twice", word_of(meta))));
    }
    *slot = Some(value);
    Ok(())
}

/// Returns the input after the `=`.
pub(crate) fn value<'a>(meta: &ParseNestedMeta<'a>, example: &str) -> syn::Result<ParseStream<'a>> {
    if meta.input.peek(Token![=]) {
        return meta.value();
    }
    let word = word_of(meta);
    Err(syn::Error::new(meta.path.span(), format!("`{word}` needs a value: `{word} = {example}`")))
}

pub(crate) fn string(meta: &ParseNestedMeta<'_>) -> syn::Result<LitStr> {
    let input = value(meta, "\"..\"")?;
    let word = word_of(meta);
    input.parse().map_err(|error| syn::Error::new(error.span(), format!("expected text: `{word} = \"..\"`")))
}

/// Parses an option without a value.
pub(crate) fn flag(meta: &ParseNestedMeta<'_>) -> syn::Result<Span> {
    if meta.input.peek(Token![=]) || meta.input.peek(syn::token::Paren) {
        let word = word_of(meta);
        return Err(syn::Error::new(
            meta.path.span(),
            format!("`{word}` takes no value: write it alone or leave it out"),
        ));
    }
    Ok(meta.path.span())
}

/// Parses an option that can be turned off: `case_exact`, `case_exact = false`.
pub(crate) fn switch(meta: &ParseNestedMeta<'_>) -> syn::Result<LitBool> {
    if !meta.input.peek(Token![=]) {
        return Ok(LitBool::new(true, meta.path.span()));
    }
    let word = word_of(meta);
    let input = meta.value()?;
    let span = input.span();
    input.parse().map_err(|_| syn::Error::new(span, format!("write `{word}`, or `{word} = false`")))
}

/// Parses one of the keywords for a value, as its variant.
pub(crate) fn choice(meta: &ParseNestedMeta<'_>, choices: Choices) -> syn::Result<Ident> {
    let words = || choices.iter().map(|(word, _)| *word);
    let input = value(meta, choices.first().map_or("..", |(word, _)| word))?;
    let span = input.span();
    let is_quoted = input.peek(LitStr);
    let given =
        if is_quoted { input.parse::<LitStr>()?.value() } else { input.call(Ident::parse_any)?.unraw().to_string() };
    if let Some((_, variant)) = choices.iter().find(|(word, _)| given == *word && !is_quoted) {
        return Ok(Ident::new(variant, Span::call_site().located_at(span)));
    }
    let word = word_of(meta);
    let message = match text::suggestion(&given, words()) {
        Some(meant) => format!("did you mean `{word} = {meant}`?"),
        None => format!("`{word}` is one of {}, without quotation marks", text::list(words())),
    };
    Err(syn::Error::new(span, message))
}

/// Parses `word("a", "b")`.
pub(crate) fn strings(meta: &ParseNestedMeta<'_>, example: &str) -> syn::Result<Vec<LitStr>> {
    let word = word_of(meta);
    let usage = || {
        syn::Error::new(meta.path.span(), format!("`{word}` needs texts in parentheses: `{word}(\"{example}\", ..)`"))
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
    let names = || Case::ALL.iter().map(|(name, _)| *name);
    let known = Case::ALL.iter().find(|(name, _)| *name == literal.value()).map(|(_, case)| *case);
    known.ok_or_else(|| syn::Error::new(literal.span(), format!("`rename_all` is one of {}", text::list(names()))))
}

/// Parses `value = "text"`, `value = true`, `value = 3`.
pub(crate) fn literal(meta: &ParseNestedMeta<'_>) -> syn::Result<Lit> {
    let input = value(meta, "\"..\"")?;
    let span = input.span();
    match input.parse() {
        Ok(literal @ (Lit::Str(_) | Lit::Bool(_) | Lit::Int(_))) => Ok(literal),
        _ => Err(syn::Error::new(span, "a fixed value is a text, a whole number, `true` or `false`")),
    }
}

/// Parses `with = Type`, `with(to, from)`.
pub(crate) fn with(meta: &ParseNestedMeta<'_>) -> syn::Result<With> {
    let usage = || {
        let usage = "`with` names a type that implements `Convert`, as in `with = AsText`, or two functions, as in \
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
