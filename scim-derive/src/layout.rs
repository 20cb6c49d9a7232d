//! Groups the fields of a resource by the attributes that they are bound to.

use proc_macro2::Span;
use syn::LitStr;

use crate::{
    ast::{Field, Struct},
    attr::{ExtensionAttrs, GroupAttrs},
    characteristics::Characteristics,
    context::Context,
    inherit, path,
    standard::Standard,
    text, ty,
};

/// `id`, `externalId`, `meta`, the core attributes and the extensions of a resource.
pub(crate) struct Layout<'a> {
    pub(crate) id: Option<&'a Field>,
    pub(crate) external_id: Option<&'a Field>,
    pub(crate) meta: Meta<'a>,
    pub(crate) core: Vec<Attribute<'a>>,
    pub(crate) extensions: Vec<Extension<'a>>,
}

/// How `meta` is bound.
pub(crate) enum Meta<'a> {
    Unbound,
    Whole(&'a Field),
    /// In the order of [`META_PARTS`].
    Parts(Vec<Option<&'a Field>>),
}

/// The sub-attributes of `meta`, in the order of their indices.
pub(crate) const META_PARTS: [&str; 5] = ["resourceType", "created", "lastModified", "location", "version"];

/// An attribute of a core schema or of an extension.
pub(crate) struct Attribute<'a> {
    pub(crate) name: String,
    pub(crate) slot: Slot<'a>,
    pub(crate) attrs: Option<&'a GroupAttrs>,
    /// The attribute of a standard schema that this is.
    pub(crate) standard: Option<&'static Standard>,
}

/// How an attribute is stored.
pub(crate) enum Slot<'a> {
    Field(&'a Field),
    Parts(Vec<Part<'a>>),
    Elements(Elements<'a>),
}

/// A sub-attribute that fields are bound to.
pub(crate) struct Part<'a> {
    pub(crate) name: String,
    /// The first of these fields; every element may have its own.
    pub(crate) field: &'a Field,
    pub(crate) shared: bool,
    pub(crate) characteristics: Characteristics,
}

/// A multi-valued attribute that is bound element by element.
pub(crate) struct Elements<'a> {
    pub(crate) groups: Vec<Group<'a>>,
    pub(crate) parts: Vec<Part<'a>>,
    pub(crate) overflow: Option<&'a Field>,
}

/// The fields of one element.
pub(crate) struct Group<'a> {
    pub(crate) selector: &'a [(String, String)],
    pub(crate) fields: Vec<(&'a str, &'a Field)>,
    pub(crate) primary: Option<Span>,
}

/// An extension.
pub(crate) enum Extension<'a> {
    /// A struct.
    Struct(&'a Field),
    /// Fields that are bound by paths.
    Bound { urn: &'a str, attrs: Option<&'a ExtensionAttrs>, attributes: Vec<Attribute<'a>> },
}

impl<'a> Layout<'a> {
    pub(crate) fn new(cx: &Context, input: &'a Struct<'a>) -> Self {
        let own_urn = input.attrs.schema.as_ref().map(LitStr::value).unwrap_or_default();
        let is_core = |urn: &str| urn.eq_ignore_ascii_case(&own_urn);
        let mut core = Vec::new();
        let mut extensions: Vec<Extension<'a>> = Vec::new();
        let mut bound: Vec<(&'a str, Vec<&'a Field>)> = Vec::new();
        for field in input.fields.iter().filter(|field| !field.broken) {
            let urn = field.path.urn.as_deref().filter(|urn| !is_core(urn));
            if field.attrs.extension.is_some() {
                extensions.push(Extension::Struct(field));
            } else if let Some(urn) = urn {
                if let Some((_, fields)) = bound.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(urn)) {
                    fields.push(field);
                } else {
                    bound.push((urn, vec![field]));
                    extensions.push(Extension::Bound { urn, attrs: None, attributes: Vec::new() });
                }
            } else {
                core.push(field);
            }
        }
        let groups = group_paths(cx, input);
        let groups_of = |urn: Option<&str>| -> Vec<(&'a str, &'a GroupAttrs)> {
            let same = |known: Option<&str>| match (known.filter(|known| !is_core(known)), urn) {
                (None, None) => true,
                (Some(known), Some(urn)) => known.eq_ignore_ascii_case(urn),
                _ => false,
            };
            groups
                .iter()
                .filter(|(path, _, _)| same(path.urn.as_deref()))
                .map(|(_, name, attrs)| (*name, *attrs))
                .collect()
        };
        for extension in &mut extensions {
            if let Extension::Bound { urn, attrs, attributes } = extension {
                let found = |attrs: &&ExtensionAttrs| {
                    attrs.schema.as_ref().is_some_and(|schema| schema.value().eq_ignore_ascii_case(urn))
                };
                *attrs = input.attrs.extensions.iter().find(found);
                let fields = bound.iter().find(|(known, _)| known == urn).map(|(_, fields)| fields.as_slice());
                *attributes = self::attributes(cx, &own_urn, fields.unwrap_or_default(), &groups_of(Some(urn)));
            }
        }
        let mut this = Self { id: None, external_id: None, meta: Meta::Unbound, core: Vec::new(), extensions };
        for attribute in attributes(cx, &own_urn, &core, &groups_of(None)) {
            this.insert(cx, attribute);
        }
        this
    }

    /// Adds an attribute: a common one to its own field, others to the core schema.
    fn insert(&mut self, cx: &Context, attribute: Attribute<'a>) {
        let name = attribute.name.to_ascii_lowercase();
        match (name.as_str(), attribute.slot) {
            ("id", Slot::Field(field)) => self.id = Some(field),
            ("externalid", Slot::Field(field)) => self.external_id = Some(field),
            ("meta", Slot::Field(field)) => self.meta = Meta::Whole(field),
            ("meta", Slot::Parts(parts)) => self.meta = Meta::Parts(meta_parts(cx, &parts)),
            ("schemas", Slot::Field(field)) => {
                cx.error(field.span, "no field can be bound to `schemas`; it is computed from the data");
            }
            ("id" | "externalid" | "schemas", Slot::Parts(parts)) => {
                for part in parts {
                    cx.error(part.field.span, format!("`{}` has no sub-attributes", attribute.name));
                }
            }
            ("id" | "externalid" | "meta" | "schemas", Slot::Elements(Elements { parts, .. })) => {
                for part in parts {
                    cx.error(part.field.span, format!("no field can be bound to an element of `{}`", attribute.name));
                }
            }
            (_, slot) => self.core.push(Attribute { slot, ..attribute }),
        }
    }

    /// Returns whether every attribute is a field.
    pub(crate) fn is_nested(&self) -> bool {
        !matches!(self.meta, Meta::Parts(_))
            && self.core.iter().all(|attribute| matches!(attribute.slot, Slot::Field(_)))
            && self.extensions.iter().all(|extension| matches!(extension, Extension::Struct(_)))
    }
}

fn meta_parts<'a>(cx: &Context, parts: &[Part<'a>]) -> Vec<Option<&'a Field>> {
    for part in parts {
        if !["created", "lastmodified", "version"].contains(&part.name.to_ascii_lowercase().as_str()) {
            cx.error(
                part.field.span,
                format!(
                    "no field can be bound to `meta.{}`; {}",
                    part.name,
                    text::expected(["meta.created", "meta.lastModified", "meta.version"])
                ),
            );
        }
    }
    let bound = |name: &str| parts.iter().find(|part| part.name.eq_ignore_ascii_case(name)).map(|part| part.field);
    META_PARTS.into_iter().map(bound).collect()
}

/// Returns the paths of `group(path = "..")`, with their attribute names.
fn group_paths<'a>(cx: &Context, input: &'a Struct<'a>) -> Vec<(path::FieldPath, &'a str, &'a GroupAttrs)> {
    let mut groups = Vec::new();
    for attrs in &input.attrs.groups {
        let Some(literal) = &attrs.path else {
            cx.error(input.ident.span(), "`group(..)` requires `path = \"..\"`");
            continue;
        };
        let same = |field: &&'a Field, path: &path::FieldPath| {
            let urn = |path: &path::FieldPath| path.urn.as_deref().map(str::to_ascii_lowercase);
            field.path.attribute.eq_ignore_ascii_case(&path.attribute) && urn(&field.path) == urn(path)
        };
        let unused = |name: &str| format!("unused `group(..)`; no field is bound to a sub-attribute of `{name}`");
        match path::parse(&literal.value()) {
            Ok(path) if path.sub.is_some() => {
                cx.error(
                    literal.span(),
                    "`group(..)` requires the path of a whole attribute; remove the sub-attribute",
                );
            }
            Ok(path) => match input.fields.iter().find(|field| field.path.sub.is_some() && same(field, &path)) {
                Some(field) => groups.push((path, field.path.attribute.as_str(), attrs)),
                None => cx.error(literal.span(), unused(&path.attribute)),
            },
            Err(message) => cx.error(literal.span(), message),
        }
    }
    groups
}

/// Groups the fields of one schema, in the order in which its attributes first appear.
fn attributes<'a>(
    cx: &Context,
    own_urn: &str,
    fields: &[&'a Field],
    groups: &[(&'a str, &'a GroupAttrs)],
) -> Vec<Attribute<'a>> {
    let mut grouped: Vec<(&'a str, Vec<&'a Field>)> = Vec::new();
    for field in fields {
        let name = field.path.attribute.as_str();
        match grouped.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
            Some((_, fields)) => fields.push(field),
            None => grouped.push((name, vec![*field])),
        }
    }
    let attribute = |(name, fields): (&'a str, Vec<&'a Field>)| {
        let standard = fields.first().and_then(|field| inherit::whole(&field.path, own_urn));
        let slot = slot(cx, name, &fields)?;
        let attrs = groups.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, attrs)| *attrs);
        Some(Attribute { name: name.to_owned(), slot, attrs, standard })
    };
    grouped.into_iter().filter_map(attribute).collect()
}

fn slot<'a>(cx: &Context, name: &str, fields: &[&'a Field]) -> Option<Slot<'a>> {
    let (whole, parts): (Vec<_>, Vec<_>) = fields.iter().copied().partition(|field| field.path.sub.is_none());
    let (elements, plain): (Vec<_>, Vec<_>) = parts.into_iter().partition(|field| field.path.selector.is_some());
    if !elements.is_empty() {
        for field in &plain {
            cx.error(
                field.span,
                format!(
                    "other fields of `{name}` select elements; select one here too, such as \
                     `{name}[type eq \"work\"].value`"
                ),
            );
        }
        return Some(Slot::Elements(elements_of(cx, name, &elements, &whole)));
    }
    for field in fields.iter().filter(|field| field.attrs.overflow.is_some()) {
        cx.error(field.span, format!("`overflow` requires another field that selects an element of `{name}`"));
    }
    if !plain.is_empty() {
        for field in &whole {
            cx.error(
                field.span,
                format!("cannot bind a field to `{name}`, because other fields are bound to its sub-attributes"),
            );
        }
        return Some(Slot::Parts(parts_of(cx, &plain, true)));
    }
    let (first, others) = whole.split_first()?;
    for field in others {
        cx.error(field.span, format!("`{name}` is already bound to field `{}`", first.ident));
    }
    Some(Slot::Field(first))
}

fn elements_of<'a>(cx: &Context, name: &str, fields: &[&'a Field], whole: &[&'a Field]) -> Elements<'a> {
    let mut groups: Vec<Group<'a>> = Vec::new();
    for field in fields {
        let (Some(selector), Some(sub)) = (&field.path.selector, &field.path.sub) else { continue };
        if !groups.iter().any(|group| same_selector(group.selector, selector)) {
            groups.push(Group { selector, fields: Vec::new(), primary: None });
        }
        let Some(group) = groups.iter_mut().find(|group| same_selector(group.selector, selector)) else { continue };
        match group.fields.iter().find(|(known, _)| known.eq_ignore_ascii_case(sub)) {
            Some((_, first)) => {
                cx.error(field.span, format!("this path is already bound to field `{}`", first.ident));
            }
            None => group.fields.push((sub, field)),
        }
        group.primary = group.primary.or(field.attrs.primary);
    }
    let mut overflow = None;
    for field in whole {
        match overflow {
            _ if field.attrs.overflow.is_none() && !ty::is_vec(&field.ty) => {
                cx.error(
                    field.span,
                    format!(
                        "other fields of `{name}` select elements; the field for the remaining elements must be a \
                         `Vec` or have `overflow`"
                    ),
                );
            }
            None => overflow = Some(*field),
            Some(first) => {
                let first: &Field = first;
                cx.error(
                    field.span,
                    format!("the remaining elements of `{name}` are already bound to field `{}`", first.ident),
                );
            }
        }
    }
    Elements { parts: parts_of(cx, fields, false), groups, overflow }
}

/// Returns the distinct sub-attributes, in the order in which they first appear.
fn parts_of<'a>(cx: &Context, fields: &[&'a Field], unique: bool) -> Vec<Part<'a>> {
    let mut parts: Vec<Part<'a>> = Vec::new();
    for field in fields {
        let Some(name) = &field.path.sub else { continue };
        let characteristics = &field.attrs.characteristics;
        match parts.iter_mut().find(|part| part.name.eq_ignore_ascii_case(name)) {
            None => {
                let characteristics = characteristics.clone();
                parts.push(Part { name: name.clone(), field, shared: false, characteristics });
            }
            Some(part) if unique => {
                let attribute = &field.path.attribute;
                cx.error(field.span, format!("`{attribute}.{name}` is already bound to field `{}`", part.field.ident));
            }
            Some(part) => {
                part.shared = true;
                for (option, span) in part.characteristics.merge(characteristics) {
                    let attribute = &field.path.attribute;
                    cx.error(
                        span,
                        format!("conflicting `{option}` for `{attribute}.{name}`; see field `{}`", part.field.ident),
                    );
                }
            }
        }
    }
    parts
}

fn same_selector(left: &[(String, String)], right: &[(String, String)]) -> bool {
    let same =
        |(a, b): &(String, String), (c, d): &(String, String)| a.eq_ignore_ascii_case(c) && b.eq_ignore_ascii_case(d);
    left.len() == right.len() && left.iter().all(|pair| right.iter().any(|other| same(pair, other)))
}
