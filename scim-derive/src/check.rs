//! Rules that involve several options or several fields.

use proc_macro2::Span;
use syn::{LitStr, Type, spanned::Spanned as _};

use crate::{
    ast::{Derive, Field, Struct},
    attr::FieldAttrs,
    characteristics::Characteristics,
    context::Context,
    inherit,
    layout::{Attribute, Elements, Extension, Group, Layout, Meta, Slot},
    path,
    standard::{self, Standard},
    symbol, ty,
};

/// Checks the options that a schema needs.
pub(crate) fn container(cx: &Context, input: &Struct<'_>, derive: Derive) {
    let attrs = &input.attrs;
    let mut words = vec![(symbol::SCHEMA, &attrs.schema, "urn:.."), (symbol::NAME, &attrs.name, "..")];
    if derive == Derive::Resource {
        words.push((symbol::ENDPOINT, &attrs.endpoint, "/.."));
    }
    let missing = words.iter().filter(|(_, value, _)| value.is_none());
    let missing: Vec<_> = missing.map(|(word, _, example)| format!("{word} = \"{example}\"")).collect();
    // A misspelled option is reported as such.
    if !missing.is_empty() && !attrs.broken {
        cx.error(input.ident.span(), format!("`{}` is missing: add `#[scim({})]`", derive.name(), missing.join(", ")));
    }
    if let Some(name) = attrs.name.as_ref().filter(|name| name.value().is_empty()) {
        cx.error(name.span(), "the name is empty");
    }
    if let Some(schema) = &attrs.schema {
        urn(cx, &schema.value(), schema.span(), attrs.custom.is_some());
    }
    if let Some(endpoint) = &attrs.endpoint {
        let text = endpoint.value();
        let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.~".contains(letter);
        if text.strip_prefix('/').is_none_or(|segment| segment.is_empty() || !segment.chars().all(plain)) {
            cx.error(endpoint.span(), "an endpoint starts with `/` and has one segment, such as `/Users`");
        }
    }
}

/// Reports text that is not a URN, and URNs that seem to misspell a standard one, which would be schemas unknown to
/// every client.
fn urn(cx: &Context, text: &str, span: Span, is_custom: bool) {
    if !path::is_urn(text) {
        cx.error(span, "a schema is named by a URN, which starts with `urn:`");
    } else if let Some(meant) = standard::misspelled(text) {
        if text.eq_ignore_ascii_case(meant) {
            cx.error(span, format!("`{text}` is a standard URN in another letter case: write `{meant}`"));
        } else if !is_custom {
            cx.error(
                span,
                format!("did you mean the standard URN `{meant}`? If the schema is your own, add `custom` to its URN"),
            );
        }
    }
}

/// Checks the struct of a complex attribute or of an extension.
pub(crate) fn parts(cx: &Context, input: &Struct<'_>, derive: Derive) {
    let mut known: Vec<&Field> = Vec::new();
    for field in input.fields.iter().filter(|field| !field.broken) {
        let name = &field.path.attribute;
        match known.iter().find(|other| other.path.attribute.eq_ignore_ascii_case(name)) {
            Some(other) => cx.error(field.span, format!("`{name}` is already the name of the field `{}`", other.ident)),
            None => known.push(field),
        }
        words(cx, field);
        // Attributes of an extension are set individually, like those of a resource; the sub-attributes of an object
        // are set with it.
        if derive == Derive::Extension {
            assigned(cx, field);
        }
    }
}

/// Checks the options of one field.
fn words(cx: &Context, field: &Field) {
    conversions(cx, &field.ty, &field.attrs);
    if let Some(standard) = field.standard {
        inherit::check(cx, &field.path.name(), &field.attrs.characteristics, standard);
    }
    write_only(cx, &field.attrs.characteristics, field.standard);
    let is = |word: &Option<proc_macro2::Ident>, variant: &str| word.as_ref().is_some_and(|word| word == variant);
    let all = field.characteristics();
    if is(&all.returned, "Never") && is(&all.mutability, "ReadOnly") {
        let words = &field.attrs.characteristics;
        let given = words.returned.as_ref().or(words.mutability.as_ref());
        cx.error(
            given.map_or(field.span, proc_macro2::Ident::span),
            "what clients neither write nor read is no attribute: mark the field `skip`",
        );
    }
}

/// Checks that a write-only attribute is never returned (RFC 7643 §7).
fn write_only(cx: &Context, words: &Characteristics, standard: Option<&'static Standard>) {
    let is_write_only = words.with(standard).mutability.is_some_and(|mutability| mutability == "WriteOnly");
    // For a standard attribute that is never returned, another check has already reported this.
    let is_known = standard.is_some_and(|standard| standard.returned == "Never");
    if let Some(returned) = words.returned.as_ref().filter(|returned| *returned != "Never")
        && is_write_only
        && !is_known
    {
        cx.error(
            returned.span(),
            "what clients only write is never returned (RFC 7643 §7): leave `returned` out, or write `returned = never`",
        );
    }
}

/// Checks that `with` and `validate` are used with one value at a time.
pub(crate) fn conversions(cx: &Context, ty: &Type, attrs: &FieldAttrs) {
    if attrs.with.is_some() && ty::is_vec(ty) {
        cx.error(
            ty.span(),
            "`with` converts one value: for a list of them make a type around one that derives `ScimValue`, and \
             write `with` at its field",
        );
    }
}

/// Checks a resource.
pub(crate) fn resource(cx: &Context, input: &Struct<'_>, layout: &Layout<'_>) {
    // Another error may already be about the field for the `id`.
    let is_id = |field: &Field| field.broken || field.path.attribute.eq_ignore_ascii_case("id");
    if layout.id.is_none() && !input.fields.iter().any(is_id) {
        cx.error(
            input.ident.span(),
            "a resource needs an `id`, by which clients address it: add a field `id: String`, or write \
`#[scim(path = \"id\")]` at the field that holds the key",
        );
    }
    extension_heads(cx, input, layout);
    extension_urns(cx, input);
    schema_as_attribute(cx, input);
    for field in &input.fields {
        if field.attrs.extension.is_some() {
            extension(cx, field);
            continue;
        }
        words(cx, field);
        if let Some(span) = field.attrs.primary.filter(|_| field.path.selector.is_none()) {
            cx.error(
                span,
                "`primary` marks a field that is bound to an element, as by \
`path = \"emails[type eq \\\"work\\\"].value\"`",
            );
        }
        if let Some(span) = field.attrs.overflow.filter(|_| field.path.sub.is_some()) {
            cx.error(span, "`overflow` marks a field that is bound to the whole attribute, as by `path = \"emails\"`");
        }
    }
    common(cx, layout);
    let bound = layout.extensions.iter().filter_map(|extension| match extension {
        Extension::Bound { attributes, .. } => Some(attributes),
        Extension::Struct(_) => None,
    });
    for attribute in layout.core.iter().chain(bound.flatten()) {
        if let (Some(head), Some(standard)) = (attribute.head, attribute.standard) {
            inherit::check(cx, &attribute.name, &head.characteristics, standard);
        }
        if let Some(head) = attribute.head {
            write_only(cx, &head.characteristics, attribute.standard);
        }
        match &attribute.slot {
            Slot::Field(field) => assigned(cx, field),
            Slot::Parts(parts) => parts.iter().for_each(|part| assigned(cx, part.field)),
            Slot::Elements(elements) => self::elements(cx, attribute, elements),
        }
    }
}

/// Handles `urn:..:2.0:User`, which reads as the attribute `User` of `urn:..:2.0`. If the whole is the URN of a known
/// schema, that schema is used.
fn schema_as_attribute(cx: &Context, input: &Struct<'_>) {
    let heads = input.attrs.extensions.iter().filter_map(|head| head.schema.as_ref());
    let mut known: Vec<String> = heads.chain(&input.attrs.schema).map(LitStr::value).collect();
    known.extend(input.fields.iter().filter_map(|field| field.path.urn.clone()));
    for field in &input.fields {
        let Some(urn) = &field.path.urn else { continue };
        let whole = format!("{urn}:{}", field.path.attribute);
        if known.iter().any(|known| known.eq_ignore_ascii_case(&whole)) {
            cx.error(field.span, format!("`{whole}` is a schema: a colon and one of its attributes must follow"));
        }
    }
}

/// Checks the URNs in the paths of fields, unless `extension(..)` describes them, where they are also checked.
fn extension_urns(cx: &Context, input: &Struct<'_>) {
    let heads = input.attrs.extensions.iter().filter_map(|head| head.schema.as_ref());
    let known: Vec<String> = heads.chain(&input.attrs.schema).map(LitStr::value).collect();
    for field in &input.fields {
        let Some(urn) = &field.path.urn else { continue };
        if !known.iter().any(|known| known.eq_ignore_ascii_case(urn)) {
            self::urn(cx, urn, field.span, false);
        }
    }
}

fn extension_heads(cx: &Context, input: &Struct<'_>, layout: &Layout<'_>) {
    let mut known: Vec<String> = Vec::new();
    for head in &input.attrs.extensions {
        let Some(schema) = &head.schema else {
            cx.error(input.ident.span(), "`extension(..)` needs `schema = \"urn:..\"`");
            continue;
        };
        let text = schema.value();
        let before = cx.count();
        urn(cx, &text, schema.span(), head.custom.is_some());
        if cx.count() > before {
            continue;
        }
        let bound = layout.extensions.iter().any(|extension| match extension {
            Extension::Bound { urn, .. } => urn.eq_ignore_ascii_case(&text),
            Extension::Struct(_) => false,
        });
        if !bound {
            cx.error(
                schema.span(),
                format!("no field is bound to an attribute of this extension, as by `path = \"{text}:..\"`"),
            );
        }
        if known.contains(&text.to_ascii_lowercase()) {
            cx.error(schema.span(), "this extension is described twice");
        }
        known.push(text.to_ascii_lowercase());
    }
}

/// Checks a field that is a struct of an extension.
fn extension(cx: &Context, field: &Field) {
    let attrs = &field.attrs;
    for literal in [&attrs.path, &attrs.name].into_iter().flatten() {
        cx.error(literal.span(), "the extension's URN comes from its type: leave this out");
    }
    let given = attrs.characteristics.given();
    let mut others: Vec<_> =
        given.iter().filter(|(word, _)| *word != symbol::REQUIRED).map(|(_, span)| *span).collect();
    others.extend([attrs.primary, attrs.overflow].into_iter().flatten());
    let values = attrs.default.is_some() || attrs.with.is_some() || attrs.validate.is_some();
    others.extend(values.then_some(field.span));
    others.extend(attrs.description.as_ref().map(LitStr::span));
    for span in others {
        cx.error(span, "an extension has no characteristics but `required`: say this at its attributes");
    }
    match (attrs.characteristics.required, ty::is_option(&field.ty)) {
        (Some(span), true) => {
            cx.error(span, "an extension that is required is always there: take the `Option` away, or `required`");
        }
        (None, false) => {
            cx.error(
                field.ident.span(),
                "an extension may be absent: make the type an `Option`, or write `extension(required)`",
            );
        }
        _ => {}
    }
}

/// Checks the common attributes, whose characteristics RFC 7643 §3.1 specifies.
fn common(cx: &Context, layout: &Layout<'_>) {
    let fixed = |field: &Field, name: &str, allowed: &[&str]| {
        for (word, span) in field.attrs.characteristics.given() {
            if !allowed.contains(&word) {
                cx.error(span, format!("`{word}` of `{name}` is fixed by RFC 7643: leave it out"));
            }
        }
    };
    if let Some(field) = layout.id {
        fixed(field, "id", &[]);
    }
    if let Some(field) = layout.external_id {
        fixed(field, "externalId", &[symbol::REQUIRED, symbol::UNIQUENESS, symbol::MUTABILITY, symbol::RETURNED]);
    }
    match &layout.meta {
        Meta::Unbound => {}
        Meta::Whole(field) => {
            fixed(field, "meta", &[]);
            if field.attrs.validate.is_some() {
                cx.error(
                    field.ident.span(),
                    "`meta` is what the service provider writes: there is nothing to validate",
                );
            }
        }
        Meta::Parts(parts) => parts.iter().flatten().for_each(|field| fixed(field, "meta", &[])),
    }
}

/// Checks that a plain `bool` or number, which always holds a value, has a default for when the client sent none.
fn assigned(cx: &Context, field: &Field) {
    let value = match &field.ty {
        ty if ty::is_bool(ty) => "false",
        ty if ty::is_number(ty) => "0",
        _ => return,
    };
    let attrs = &field.attrs;
    if attrs.default.is_some() || attrs.characteristics.required.is_some() || field.characteristics().is_read_only() {
        return;
    }
    let name = field.path.name();
    let example = if value == "false" { "true" } else { "1" };
    cx.error(
        field.ident.span(),
        format!(
            "a POST without `{name}` would set it to `{value}`: add `required`, or `default = {example}`, \
             or make the type an `Option`"
        ),
    );
}

fn elements(cx: &Context, attribute: &Attribute<'_>, elements: &Elements<'_>) {
    let name = &attribute.name;
    let primaries: Vec<Span> = elements.groups.iter().filter_map(|group| group.primary).collect();
    for span in primaries.iter().skip(1) {
        cx.error(*span, format!("another element of `{name}` is already the primary one"));
    }
    for (index, group) in elements.groups.iter().enumerate() {
        distinct(cx, name, elements.groups.get(..index).unwrap_or_default(), group);
        for (sub, field) in &group.fields {
            if group.selector.iter().any(|(known, _)| known.eq_ignore_ascii_case(sub)) {
                cx.error(field.span, format!("the filter in the path already fixes `{sub}`: no field can hold it"));
            }
            let is_primary = sub.eq_ignore_ascii_case("primary");
            if is_primary && group.primary.is_some() {
                cx.error(field.span, "the word `primary` at this element already fixes it: no field can hold it");
            }
            let plain = ty::is_number(&field.ty) || ty::is_bool(&field.ty) && !is_primary;
            if plain || field.attrs.default.is_some() {
                cx.error(
                    field.ident.span(),
                    format!(
                        "an element of `{name}` exists when one of its fields has a value, and this one \
                         always has: make it an `Option`, without `default`"
                    ),
                );
            }
        }
    }
    let Some(overflow) = elements.overflow else { return };
    for part in &elements.parts {
        for (word, span) in part.characteristics.given() {
            let field = &overflow.ident;
            cx.error(
                span,
                format!("`{word}` of `{name}.{}` is told by the type of the field `{field}`: say it there", part.name),
            );
        }
    }
}

/// Checks that no element can match two filters.
fn distinct(cx: &Context, name: &str, earlier: &[Group<'_>], group: &Group<'_>) {
    let Some((_, field)) = group.fields.first() else { return };
    let differs = |other: &Group<'_>| {
        other.selector.iter().any(|(sub, text)| {
            group.selector.iter().any(|(known, own)| known.eq_ignore_ascii_case(sub) && !own.eq_ignore_ascii_case(text))
        })
    };
    if let Some((_, first)) = earlier.iter().find(|other| !differs(other)).and_then(|other| other.fields.first()) {
        cx.error(
            field.span,
            format!(
                "an element of `{name}` could fit this filter and that of the field `{}`: compare the same \
                 sub-attribute with another text",
                first.ident
            ),
        );
    }
}
