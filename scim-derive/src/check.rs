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
    let mut options = vec![(symbol::SCHEMA, &attrs.schema, "urn:.."), (symbol::NAME, &attrs.name, "..")];
    if derive == Derive::Resource {
        options.push((symbol::ENDPOINT, &attrs.endpoint, "/.."));
    }
    let missing = options.iter().filter(|(_, value, _)| value.is_none());
    let missing: Vec<_> = missing.map(|(option, _, example)| format!("{option} = \"{example}\"")).collect();
    // A misspelled option is reported as such.
    if !missing.is_empty() && !attrs.broken {
        cx.error(input.ident.span(), format!("`{}` requires `#[scim({})]`", derive.name(), missing.join(", ")));
    }
    if let Some(name) = attrs.name.as_ref().filter(|name| name.value().is_empty()) {
        cx.error(name.span(), "`name` must not be empty");
    }
    if let Some(schema) = &attrs.schema {
        urn(cx, &schema.value(), schema.span(), attrs.custom.is_some(), CUSTOM);
    }
    if let Some(endpoint) = &attrs.endpoint {
        let text = endpoint.value();
        let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.~".contains(letter);
        if text.strip_prefix('/').is_none_or(|segment| segment.is_empty() || !segment.chars().all(plain)) {
            cx.error(
                endpoint.span(),
                format!("invalid endpoint `{text}`; expected `/` and one path segment, such as `/Users`"),
            );
        }
    }
}

/// The option that allows a URN that resembles a standard one.
const CUSTOM: &str = "`custom`";

/// Reports text that is not a URN, and URNs that seem to misspell a standard one: no client would know such a schema.
/// The message says what to add if the URN is intended.
fn urn(cx: &Context, text: &str, span: Span, is_custom: bool, if_intended: &str) {
    if !path::is_urn(text) {
        cx.error(span, format!("invalid schema URN `{text}`; expected a URN that starts with `urn:`"));
    } else if let Some(meant) = standard::misspelled(text) {
        if text.eq_ignore_ascii_case(meant) {
            cx.error(span, format!("`{text}` differs from a standard URN in letter case; use `{meant}`"));
        } else if !is_custom {
            cx.error(
                span,
                format!(
                    "`{text}` resembles a standard URN; did you mean `{meant}`? if the URN is your own, add {if_intended}"
                ),
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
            Some(other) => {
                cx.error(field.span, format!("duplicate attribute `{name}`; already used by field `{}`", other.ident));
            }
            None => known.push(field),
        }
        field_options(cx, field);
        // Attributes of an extension are set individually, like those of a resource; the sub-attributes of an object
        // are set with it.
        if derive == Derive::Extension {
            assigned(cx, field);
        }
    }
}

/// Checks the options of one field.
fn field_options(cx: &Context, field: &Field) {
    conversions(cx, &field.ty, &field.attrs);
    if let Some(standard) = field.standard {
        inherit::check(cx, &field.path.name(), &field.attrs.characteristics, standard);
    }
    write_only(cx, &field.attrs.characteristics, field.standard);
    let is = |value: &Option<proc_macro2::Ident>, variant: &str| value.as_ref().is_some_and(|value| value == variant);
    let all = field.characteristics();
    if is(&all.returned, "Never") && is(&all.mutability, "ReadOnly") {
        let given = &field.attrs.characteristics;
        let given = given.returned.as_ref().or(given.mutability.as_ref());
        cx.error(
            given.map_or(field.span, proc_macro2::Ident::span),
            "a read-only attribute that is never returned has no effect; use `skip`",
        );
    }
}

/// Checks that a write-only attribute is never returned (RFC 7643 §7).
fn write_only(cx: &Context, given: &Characteristics, standard: Option<&'static Standard>) {
    let is_write_only = given.with(standard).mutability.is_some_and(|mutability| mutability == "WriteOnly");
    // For a standard attribute that is never returned, another check has already reported this.
    let is_known = standard.is_some_and(|standard| standard.returned == "Never");
    if let Some(returned) = given.returned.as_ref().filter(|returned| *returned != "Never")
        && is_write_only
        && !is_known
    {
        cx.error(
            returned.span(),
            "a write-only attribute is never returned (RFC 7643 §7); remove `returned`, or use `returned = never`",
        );
    }
}

/// Checks that `with` and `validate` are used with one value at a time.
pub(crate) fn conversions(cx: &Context, ty: &Type, attrs: &FieldAttrs) {
    if attrs.with.is_some() && ty::is_vec(ty) {
        cx.error(
            ty.span(),
            "`with` is not supported on a list; wrap one value in a type that derives `ScimValue`, and use `with` on \
             its field",
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
            "missing field for `id`; add a field `id: String`, or add `#[scim(path = \"id\")]` to the field that holds \
             the key",
        );
    }
    described_extensions(cx, input, layout);
    extension_urns(cx, input);
    schema_as_attribute(cx, input);
    for field in &input.fields {
        if field.attrs.extension.is_some() {
            extension(cx, field);
            continue;
        }
        field_options(cx, field);
        if let Some(span) = field.attrs.primary.filter(|_| field.path.selector.is_none()) {
            cx.error(
                span,
                "`primary` requires a path that selects an element, such as `emails[type eq \"work\"].value`",
            );
        }
        if let Some(span) = field.attrs.overflow.filter(|_| field.path.sub.is_some()) {
            cx.error(span, "`overflow` requires the path of a whole attribute, such as `emails`");
        }
    }
    common(cx, layout);
    let bound = layout.extensions.iter().filter_map(|extension| match extension {
        Extension::Bound { attributes, .. } => Some(attributes),
        Extension::Struct(_) => None,
    });
    for attribute in layout.core.iter().chain(bound.flatten()) {
        if let (Some(attrs), Some(standard)) = (attribute.attrs, attribute.standard) {
            inherit::check(cx, &attribute.name, &attrs.characteristics, standard);
        }
        if let Some(attrs) = attribute.attrs {
            write_only(cx, &attrs.characteristics, attribute.standard);
        }
        match &attribute.slot {
            Slot::Field(field) => assigned(cx, field),
            Slot::Parts(parts) => parts.iter().for_each(|part| assigned(cx, part.field)),
            Slot::Elements(elements) => self::elements(cx, attribute, elements),
        }
    }
}

/// Reports a path such as `urn:..:2.0:User` if it is the URN of a known schema. It would otherwise be the attribute `User`
/// of the schema `urn:..:2.0`.
fn schema_as_attribute(cx: &Context, input: &Struct<'_>) {
    let described = input.attrs.extensions.iter().filter_map(|attrs| attrs.schema.as_ref());
    let mut known: Vec<String> = described.chain(&input.attrs.schema).map(LitStr::value).collect();
    known.extend(input.fields.iter().filter_map(|field| field.path.urn.clone()));
    for field in &input.fields {
        let Some(urn) = &field.path.urn else { continue };
        let whole = format!("{urn}:{}", field.path.attribute);
        if known.iter().any(|known| known.eq_ignore_ascii_case(&whole)) {
            cx.error(
                field.span,
                format!("`{whole}` is the URN of a schema; expected `:` and an attribute name after it"),
            );
        }
    }
}

/// Checks the URNs in the paths of fields, unless `extension(..)` describes them, where they are also checked.
fn extension_urns(cx: &Context, input: &Struct<'_>) {
    let described = input.attrs.extensions.iter().filter_map(|attrs| attrs.schema.as_ref());
    let known: Vec<String> = described.chain(&input.attrs.schema).map(LitStr::value).collect();
    for field in &input.fields {
        let Some(urn) = &field.path.urn else { continue };
        if !known.iter().any(|known| known.eq_ignore_ascii_case(urn)) {
            self::urn(cx, urn, field.span, false, "`extension(schema = \"..\", custom)` to the struct");
        }
    }
}

/// Checks `extension(..)` on the struct.
fn described_extensions(cx: &Context, input: &Struct<'_>, layout: &Layout<'_>) {
    let mut known: Vec<String> = Vec::new();
    for attrs in &input.attrs.extensions {
        let Some(schema) = &attrs.schema else {
            cx.error(input.ident.span(), "`extension(..)` requires `schema = \"urn:..\"`");
            continue;
        };
        let text = schema.value();
        let before = cx.count();
        urn(cx, &text, schema.span(), attrs.custom.is_some(), CUSTOM);
        if cx.count() > before {
            continue;
        }
        let bound = layout.extensions.iter().any(|extension| match extension {
            Extension::Bound { urn, .. } => urn.eq_ignore_ascii_case(&text),
            Extension::Struct(_) => false,
        });
        if !bound {
            cx.error(schema.span(), format!("unused `extension(..)`; no field has a path that starts with `{text}:`"));
        }
        if known.contains(&text.to_ascii_lowercase()) {
            cx.error(schema.span(), format!("duplicate `extension(..)` for `{text}`"));
        }
        known.push(text.to_ascii_lowercase());
    }
}

/// Checks a field that is a struct of an extension.
fn extension(cx: &Context, field: &Field) {
    let attrs = &field.attrs;
    for (option, literal) in [(symbol::PATH, &attrs.path), (symbol::NAME, &attrs.name)] {
        if let Some(literal) = literal {
            let message =
                format!("`{option}` cannot be combined with `extension`; the type of the field defines the URN");
            cx.error(literal.span(), message);
        }
    }
    let given = attrs.characteristics.given();
    let mut others: Vec<_> =
        given.iter().filter(|(option, _)| *option != symbol::REQUIRED).map(|(_, span)| *span).collect();
    others.extend([attrs.primary, attrs.overflow].into_iter().flatten());
    let values = attrs.default.is_some() || attrs.with.is_some() || attrs.validate.is_some();
    others.extend(values.then_some(field.span));
    others.extend(attrs.description.as_ref().map(LitStr::span));
    for span in others {
        cx.error(span, "`extension` can only be combined with `required`; set other options on the type of the field");
    }
    match (attrs.characteristics.required, ty::is_option(&field.ty)) {
        (Some(span), true) => {
            cx.error(span, "a required extension cannot be an `Option`; remove `required` or the `Option`");
        }
        (None, false) => {
            cx.error(
                field.ident.span(),
                "an optional extension must be an `Option`; change the type, or use `extension(required)`",
            );
        }
        _ => {}
    }
}

/// Checks the common attributes, whose characteristics RFC 7643 §3.1 specifies.
fn common(cx: &Context, layout: &Layout<'_>) {
    let fixed = |field: &Field, name: &str, allowed: &[&str]| {
        for (option, span) in field.attrs.characteristics.given() {
            if !allowed.contains(&option) {
                cx.error(span, format!("`{option}` of `{name}` is defined by RFC 7643 and cannot be set"));
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
                    "`validate` is not supported on `meta`, which only the service provider writes",
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
            "a POST without `{name}` would set it to `{value}`; add `required` or `default = {example}`, or use an \
             `Option`"
        ),
    );
}

fn elements(cx: &Context, attribute: &Attribute<'_>, elements: &Elements<'_>) {
    let name = &attribute.name;
    let primaries: Vec<Span> = elements.groups.iter().filter_map(|group| group.primary).collect();
    for span in primaries.iter().skip(1) {
        cx.error(*span, format!("duplicate `primary`; another element of `{name}` is already primary"));
    }
    for (index, group) in elements.groups.iter().enumerate() {
        distinct(cx, name, elements.groups.get(..index).unwrap_or_default(), group);
        for (sub, field) in &group.fields {
            if group.selector.iter().any(|(known, _)| known.eq_ignore_ascii_case(sub)) {
                cx.error(
                    field.span,
                    format!("`{sub}` is fixed by the filter in the path; no field can be bound to it"),
                );
            }
            let is_primary = sub.eq_ignore_ascii_case("primary");
            if is_primary && group.primary.is_some() {
                cx.error(
                    field.span,
                    "`primary` is fixed by the option `primary` of this element; no field can be bound to it",
                );
            }
            let plain = ty::is_number(&field.ty) || ty::is_bool(&field.ty) && !is_primary;
            if plain || field.attrs.default.is_some() {
                cx.error(
                    field.ident.span(),
                    format!(
                        "this field always has a value, so the element of `{name}` would always exist; use an `Option` \
                         without `default`"
                    ),
                );
            }
        }
    }
    let Some(overflow) = elements.overflow else { return };
    for part in &elements.parts {
        for (option, span) in part.characteristics.given() {
            let (part, field) = (&part.name, &overflow.ident);
            cx.error(span, format!("`{option}` of `{name}.{part}` is defined by the type of `{field}`; set it there"));
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
                "the filters of this field and of field `{}` can match the same element of `{name}`; compare the same \
                 sub-attribute with different strings",
                first.ident
            ),
        );
    }
}
