//! Error details for rejected operations: the full name of the attribute, and what is expected.

use std::borrow::Cow;

use crate::{
    error::{Error, excerpt},
    reflect::{
        EditError, ListRef, Scalar, Value, ValueRef,
        flat::{ElementBinding, ListBinding},
    },
    schema::{Attribute, ResourceType, at},
};

/// Returns the name of an attribute at a place, as a client would write it. The element is included if the mapping
/// determines it, as in `emails[type eq "work"].value`, and omitted otherwise.
pub(super) fn name_of(resource_type: &ResourceType, resource: &ValueRef<'_>, place: &[u32]) -> String {
    let mut name = String::new();
    let mut separator = "";
    let mut attributes: &[Attribute] = &resource_type.attributes;
    let mut value = resource.clone();
    let mut steps = place.iter();
    while let Some(step) = steps.next() {
        let Some(attribute) = at(attributes, *step) else { break };
        name.push_str(separator);
        name.push_str(&attribute.name);
        value = value.at(&[*step]);
        if attribute.multi_valued
            && let Some(element) = steps.next()
        {
            if let Some(group) = bound(&value).and_then(|elements| elements.group(*element)) {
                name.push_str(&filter(attribute, group));
            }
            value = value.at(&[*element]);
        }
        separator = if attribute.is_extension() { ":" } else { "." };
        attributes = &attribute.sub_attributes;
    }
    name
}

pub(super) fn required(name: &str) -> Error {
    Error::mutability(format!("`{name}` is required and cannot be removed"))
}

pub(super) fn read_only(name: &str) -> Error {
    Error::mutability(format!("`{name}` is read-only"))
}

pub(super) fn immutable(name: &str) -> Error {
    Error::mutability(format!("`{name}` is immutable and already has a value"))
}

/// Returns the error for a rejected edit other than the insertion of an element.
pub(super) fn edit_failed(
    resource_type: &ResourceType,
    resource: &ValueRef<'_>,
    place: &[u32],
    refused: &EditError,
) -> Error {
    let name = name_of(resource_type, resource, place);
    Error::invalid_value(match refused {
        EditError::Expected(_) | EditError::Invalid(_) => format!("invalid value for `{name}`: {}", refused.reason()),
        EditError::Unmapped => format!("the application has no field for this value of `{name}`"),
        EditError::UnmappedSub(part) => {
            let part = lost_part(resource_type, resource, place, *part);
            format!("cannot change `{name}` to this value: the application has no field for `{part}` of such a value")
        }
        EditError::Occupied => {
            format!("`{name}` already has a value and accepts only one")
        }
        EditError::Fixed => match flag_owner(resource_type, resource, place) {
            Some((owner, flag)) => format!("`{owner}` is always `{flag}` in this application"),
            None => format!("the application fixes the value of `{name}`"),
        },
    })
}

/// Returns the name of a sub-attribute of the element that contains a place.
fn lost_part(resource_type: &ResourceType, resource: &ValueRef<'_>, place: &[u32], part: u32) -> String {
    let element = place.split_last().map(|(_, element)| element).unwrap_or_default();
    let name = name_of(resource_type, resource, &[element, &[part]].concat());
    name.rsplit_once('.').map_or_else(|| name.clone(), |(_, part)| part.to_owned())
}

/// Returns the error for a rejected new element of a list.
pub(super) fn insert_failed(
    resource_type: &ResourceType,
    resource: &ValueRef<'_>,
    place: &[u32],
    (attribute, item): (&Attribute, &Value<'_>),
    refused: &EditError,
) -> Error {
    let list = resource.clone().at(place);
    let Some(elements) =
        bound(&list).filter(|_| matches!(refused, EditError::Unmapped | EditError::Fixed | EditError::Occupied))
    else {
        return edit_failed(resource_type, resource, place, refused);
    };
    let name = name_of(resource_type, resource, place);
    if let Some(group) = elements.groups.iter().find(|group| group.takes(item)) {
        let element = format!("{name}{}", filter(attribute, group));
        return Error::invalid_value(match refused {
            EditError::Fixed => format!("the application fixes all given sub-attributes of `{element}`"),
            EditError::Occupied => format!("`{element}` already has a value and accepts only one"),
            _ => format!("the application has no field for the given sub-attributes of `{element}`"),
        });
    }
    let Some((index, types)) = types(attribute, elements).filter(|_| !matches!(refused, EditError::Occupied)) else {
        return edit_failed(resource_type, resource, place, refused);
    };
    let given = match item.part(index) {
        Some(Value::Scalar(Scalar::Str(given))) => Cow::Owned(format!("type `{}`", excerpt(given))),
        _ => Cow::Borrowed("value without a type"),
    };
    Error::invalid_value(format!("unsupported `{name}` {given}; expected {}", types.join(" or ")))
}

/// Returns the binding of a list whose elements have fields in a flat struct.
fn bound(list: &ValueRef<'_>) -> Option<&'static ListBinding> {
    if let ValueRef::List(ListRef::Bound(_, elements)) = list { Some(elements) } else { None }
}

/// Returns the filter that selects an element of a flat struct: `[type eq "work"]`.
fn filter(attribute: &Attribute, group: &ElementBinding) -> String {
    let part = |(sub, value): &(u32, &str)| Some(format!("{} eq {value:?}", at(&attribute.sub_attributes, *sub)?.name));
    let parts: Vec<String> = group.selector.iter().filter_map(part).collect();
    if parts.is_empty() { String::new() } else { format!("[{}]", parts.join(" and ")) }
}

/// Returns the name of the element that always has the flag at a place, and the name of the flag.
fn flag_owner(resource_type: &ResourceType, resource: &ValueRef<'_>, place: &[u32]) -> Option<(String, String)> {
    let (sub, element) = place.split_last()?;
    let (_, list) = element.split_last()?;
    let (owner, _) =
        (0u32..).zip(bound(&resource.clone().at(list))?.groups).find(|(_, group)| group.fixed(*sub) == Some(true))?;
    let owner = [list, &[owner]].concat();
    let flag = name_of(resource_type, resource, &[&*owner, &[*sub]].concat());
    let (owner, flag) = flag.rsplit_once('.')?;
    Some((owner.to_owned(), flag.to_owned()))
}

/// Returns the types of the elements that have fields, and the index of that sub-attribute, or `None` if another
/// sub-attribute distinguishes the elements.
fn types(attribute: &Attribute, elements: &ListBinding) -> Option<(u32, Vec<String>)> {
    let (index, _) = attribute.sub_attribute("type")?;
    let kind = |group: &ElementBinding| match group.selector {
        [(sub, kind)] if *sub == index => Some(format!("`{kind}`")),
        _ => None,
    };
    Some((index, elements.groups.iter().map(kind).collect::<Option<_>>()?))
}
