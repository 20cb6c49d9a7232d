//! The effects of a PATCH, applied one by one by a naive store, have the same result as the PATCH itself.

use std::collections::BTreeMap;

use scim_core::{
    collation,
    json::Projection,
    patch::{self, Effect, Effects},
    reflect::{Edit, Reflect, Scalar, Value, ValueRef},
    schema::{Attribute, Mutability, Path, ResourceType},
};
use scim_test_support::semantics::{
    engine::{Engine, write},
    table::{comparable, kind, rows, tolerance, with_required},
};

use crate::patch::{TABLES, body};

#[test]
fn effects_have_the_same_result_as_applying() {
    let (mut known, mut unknown) = (0, 0);
    for (name, text) in TABLES {
        let table = rows(name, text);
        for row in table["rows"].as_array().unwrap() {
            let start = row["start"].as_str().map_or(&row["start"], |start| &table["starts"][start]);
            let start = with_required(kind(row), start);
            for engine in [Engine::Nested, Engine::Document] {
                let Some((resource_type, mut applied)) = engine.stored(kind(row), &start) else { continue };
                let (_, mut by_effects) = engine.stored(kind(row), &start).unwrap();
                let body = body(row);
                let result = patch::apply(resource_type, &mut *applied, &body, &tolerance(row));
                let label = format!("{engine}: {name}: {}", row["name"]);
                match (result, Effects::of(resource_type, &body, &tolerance(row))) {
                    (_, Ok(None)) => unknown += 1,
                    (Err(_), Err(_)) => known += 1,
                    (Ok(_), Ok(Some((effects, _)))) => {
                        known += 1;
                        effects.iter().for_each(|effect| make(resource_type, &mut *by_effects, effect));
                        let seen = |resource: &dyn Reflect| {
                            comparable(&write(resource_type, resource, &Projection::DEFAULT), true)
                        };
                        assert_eq!(seen(&*by_effects), seen(&*applied), "{label}: {effects:?}");
                    }
                    (result, effects) => panic!("{label}: applied {result:?}, but {effects:?}"),
                }
            }
        }
    }
    // A test that compares nothing would prove nothing.
    assert!(known > 200 && unknown > 50, "{known} known, {unknown} unknown");
}

fn make(resource_type: &ResourceType, resource: &mut dyn Reflect, effect: &Effect<'_>) {
    let attribute = resource_type.attribute(effect.path()).unwrap();
    let place = effect.path();
    let mut edit = |edit: Edit<'_, '_>| {
        resource.edit(place.steps(), edit).unwrap();
    };
    match effect {
        Effect::Set(_, value) => edit(Edit::Set(value.clone())),
        Effect::Clear(_) => edit(Edit::Set(Scalar::Absent)),
        Effect::Replace(_, items) => {
            edit(Edit::Set(Scalar::Absent));
            add(attribute, resource, place, items);
        }
        Effect::Add(_, items) => add(attribute, resource, place, items),
        Effect::Remove(_, values) => {
            let (value, sub) = attribute.sub_attribute("value").unwrap();
            let gone: Vec<u32> = elements(resource, place)
                .filter(|(_, element)| {
                    let present = key(sub, &element.clone().at(&[value]).to_value());
                    values.iter().any(|value| key(sub, &Value::Scalar(value.clone())) == present)
                })
                .map(|(index, _)| index)
                .collect();
            resource.edit(place.steps(), Edit::Remove(&gone)).unwrap();
        }
        _ => panic!("an effect that this store does not know"),
    }
}

fn add(attribute: &Attribute, resource: &mut dyn Reflect, place: Path, items: &[Value<'_>]) {
    for item in items {
        let is_there =
            elements(resource, place).any(|(_, element)| key(attribute, &element.to_value()) == key(attribute, item));
        if !is_there {
            resource.edit(place.steps(), Edit::Insert(&mut item.clone())).unwrap();
        }
    }
}

fn elements(resource: &dyn Reflect, place: Path) -> impl Iterator<Item = (u32, ValueRef<'_>)> {
    let list = match resource.view().at(place.steps()) {
        ValueRef::List(list) => Some(list),
        _ => None,
    };
    list.into_iter().flat_map(scim_core::reflect::ListRef::iter)
}

/// Returns the identity of an element: its `value` if that cannot change, otherwise all assigned sub-attributes.
fn key(attribute: &Attribute, node: &Value<'_>) -> BTreeMap<u32, String> {
    let parts = match node {
        Value::Scalar(Scalar::Str(value)) => {
            return BTreeMap::from([(0, collation::comparison_key(value, attribute.case_exact).into_owned())]);
        }
        Value::Scalar(scalar) => return BTreeMap::from([(0, format!("{scalar:?}"))]),
        Value::Complex(parts) => parts,
        Value::List(_) => panic!("a list in a list"),
    };
    let identity = attribute.sub_attribute("value").filter(|(_, value)| value.mutability == Mutability::Immutable);
    let counts = |index: u32| identity.is_none_or(|(identity, _)| identity == index);
    let assigned = parts.iter().filter(|(index, part)| counts(*index) && !part.is_absent());
    assigned
        .filter(|(_, part)| !matches!(part, Value::Scalar(Scalar::Bool(false))))
        .map(|(index, part)| (*index, key(&attribute.sub_attributes[*index as usize], part).remove(&0).unwrap()))
        .collect()
}
