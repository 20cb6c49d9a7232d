//! What a field inherits from its standard attribute.

use proc_macro2::{Ident, Span};
use syn::{LitBool, LitStr};

use crate::{
    characteristics::Characteristics,
    context::Context,
    path::FieldPath,
    standard::{self, Schema, Standard},
    symbol::{self, Choices},
    text,
};

/// Returns the standard attribute of a path, and spells the path's names as the standard does. Reports a path that a
/// standard schema does not have.
pub(crate) fn resolve(cx: &Context, path: &mut FieldPath, own_urn: &str, span: Span) -> Option<&'static Standard> {
    let is_core = path.urn.as_ref().is_none_or(|urn| urn.eq_ignore_ascii_case(own_urn));
    let schema = standard::schema(path.urn.as_deref().unwrap_or(own_urn))?;
    if is_core && standard::is_common(&path.attribute) {
        return None;
    }
    let Some(attribute) = standard::find(schema.attributes, &path.attribute) else {
        cx.error(span, unknown(schema, &path.attribute));
        return None;
    };
    attribute.name.clone_into(&mut path.attribute);
    let name = attribute.name;
    if !attribute.is_complex() && (path.sub.is_some() || path.selector.is_some()) {
        cx.error(span, format!("`{name}` is a simple attribute and has no sub-attributes"));
        return None;
    }
    if !attribute.multi_valued && path.selector.is_some() {
        cx.error(span, format!("`{name}` is not multi-valued; remove the filter"));
        return None;
    }
    if attribute.multi_valued && path.selector.is_none() && path.sub.is_some() {
        let sub = path.sub.as_deref().unwrap_or_default();
        let example = if standard::find(attribute.parts, "type").is_some() { "type eq \"work\"" } else { ".." };
        cx.error(span, format!("`{name}` is multi-valued; select an element, such as `{name}[{example}].{sub}`"));
        return None;
    }
    for (selected, _) in path.selector.iter_mut().flatten() {
        let part = part(cx, attribute, selected, span)?;
        part.name.clone_into(selected);
        if part.data_type != "String" {
            cx.error(span, format!("`{name}.{}` is not a string; only strings can select an element", part.name));
        }
    }
    let Some(sub) = &mut path.sub else { return Some(attribute) };
    let part = part(cx, attribute, sub, span)?;
    part.name.clone_into(sub);
    Some(part)
}

/// Returns the standard attribute of which the fields with these paths are sub-attributes.
pub(crate) fn whole(path: &FieldPath, own_urn: &str) -> Option<&'static Standard> {
    let schema = standard::schema(path.urn.as_deref().unwrap_or(own_urn))?;
    standard::find(schema.attributes, &path.attribute)
}

fn part(cx: &Context, attribute: &'static Standard, name: &str, span: Span) -> Option<&'static Standard> {
    let found = standard::find(attribute.parts, name);
    if found.is_none() {
        let parts = || attribute.parts.iter().map(|part| part.name);
        let whole = attribute.name;
        cx.error(
            span,
            match text::suggestion(name, parts()) {
                Some(meant) => format!("`{whole}` has no sub-attribute `{name}`; did you mean `{whole}.{meant}`?"),
                None => format!("`{whole}` has no sub-attribute `{name}`; {}", text::expected(parts())),
            },
        );
    }
    found
}

fn unknown(schema: &Schema, name: &str) -> String {
    let names = schema.attributes.iter().map(|attribute| attribute.name).chain(["id", "externalId", "meta"]);
    match text::suggestion(name, names) {
        Some(meant) => format!("{} has no attribute `{name}`; did you mean `{meant}`?", schema.name),
        None => match standard::extension_with(name) {
            Some(urn) => format!("{} has no attribute `{name}`; did you mean `{urn}:{name}`?", schema.name),
            None => format!(
                "{} has no attribute `{name}`; define your own attributes in an extension, or use `skip`",
                schema.name
            ),
        },
    }
}

/// Reports options that are looser than what a standard schema specifies.
pub(crate) fn check(cx: &Context, name: &str, given: &Characteristics, standard: &Standard) {
    let looser = |option: &str, standard: &str, span: Span| {
        cx.error(
            span,
            format!("RFC 7643 requires `{option} = {standard}` for `{name}`; options can be stricter, but not looser"),
        );
    };
    if let Some(case_exact) = given.case_exact.as_ref().filter(|case_exact| standard.case_exact && !case_exact.value) {
        looser(symbol::CASE_EXACT, "true", case_exact.span());
    }
    let check = |option, choices, value: &Option<Ident>, standard: &'static str, allowed: &[&str]| {
        if let Some(value) = value.as_ref().filter(|value| *value != standard && !allowed.iter().any(|a| value == a)) {
            looser(option, keyword(choices, standard), value.span());
        }
    };
    let stricter: &[&str] = match standard.mutability {
        "ReadWrite" => &["ReadOnly", "Immutable", "WriteOnly"],
        "Immutable" => &["ReadOnly"],
        _ => &[],
    };
    check(symbol::MUTABILITY, symbol::MUTABILITIES, &given.mutability, standard.mutability, stricter);
    let stricter: &[&str] = if standard.returned == "Never" { &[] } else { &["Always", "Never", "Request"] };
    check(symbol::RETURNED, symbol::RETURNS, &given.returned, standard.returned, stricter);
    let stricter: &[&str] = if standard.uniqueness == "None" { &["Server", "Global"] } else { &["Global"] };
    check(symbol::UNIQUENESS, symbol::UNIQUENESSES, &given.uniqueness, standard.uniqueness, stricter);
    check(symbol::DATA_TYPE, symbol::DATA_TYPES, &given.data_type, standard.data_type, &[]);
    let types = given.reference.as_ref().filter(|_| standard.data_type != "Reference");
    if let Some(literal) = types.and_then(|types| types.first()) {
        cx.error(
            literal.span(),
            format!("`{name}` is {} in RFC 7643, not a reference", kind(standard.data_type, false)),
        );
    }
}

/// Returns the keyword for a variant.
fn keyword(choices: Choices, variant: &'static str) -> &'static str {
    choices.iter().find(|(_, known)| *known == variant).map_or(variant, |(keyword, _)| keyword)
}

/// Returns the name of a data type in messages.
pub(crate) fn kind(data_type: &str, multi_valued: bool) -> &'static str {
    match (data_type, multi_valued) {
        ("Boolean", _) => "a boolean",
        ("Binary", _) => "a binary value",
        ("Reference", _) => "a reference",
        ("Complex", false) => "a complex attribute",
        ("Complex", true) => "a multi-valued complex attribute",
        _ => "a string",
    }
}

impl Characteristics {
    /// Returns these options, completed by those of a standard attribute.
    pub(crate) fn with(&self, standard: Option<&'static Standard>) -> Self {
        let mut all = self.clone();
        let Some(standard) = standard else { return all };
        let span = Span::call_site();
        let unless = |given: &mut Option<Ident>, standard: &str, default: &str| {
            if given.is_none() && standard != default {
                *given = Some(Ident::new(standard, span));
            }
        };
        unless(&mut all.mutability, standard.mutability, "ReadWrite");
        unless(&mut all.returned, standard.returned, "Default");
        unless(&mut all.uniqueness, standard.uniqueness, "None");
        all.required = all.required.or(standard.required.then_some(span));
        if standard.case_exact {
            all.case_exact = Some(LitBool::new(true, span));
        }
        if all.reference.is_none() && !standard.reference.is_empty() {
            all.reference = Some(standard.reference.iter().map(|name| LitStr::new(name, span)).collect());
        }
        all
    }
}
