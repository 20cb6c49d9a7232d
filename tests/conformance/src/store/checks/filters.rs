//! Filters on anything that a resource has.

use serde_json::Value as Json;
use unicode_normalization::UnicodeNormalization as _;

use super::super::random::Random;
use scim_core::{
    reflect::{Resource, Scalar},
    schema::{Attribute, DataType, Path, ResourceType},
};

/// Makes filters whose values come from resources, so that they find some.
pub(super) struct Filters<'f, R> {
    pub(super) resource_type: &'f ResourceType,
    pub(super) resources: &'f [R],
}

impl<R: Resource> Filters<'_, R> {
    /// A filter; not every one that is made is one that the schema allows.
    pub(super) fn any(&self, random: &mut Random) -> String {
        self.nested(random, 2)
    }

    fn nested(&self, random: &mut Random, depth: usize) -> String {
        let kind = if depth == 0 { 9 } else { random.below(10) };
        match kind {
            0 | 1 => format!("({} and {})", self.nested(random, depth - 1), self.nested(random, depth - 1)),
            2 | 3 => format!("({} or {})", self.nested(random, depth - 1), self.nested(random, depth - 1)),
            4 => format!("not ({})", self.nested(random, depth - 1)),
            5 => self.value_path(random),
            _ => self.leaf(random),
        }
    }

    fn leaf(&self, random: &mut Random) -> String {
        let mut path = Path::ROOT;
        let mut attributes: &[Attribute] = &self.resource_type.attributes;
        let mut data_type = DataType::Complex;
        // Down to a simple attribute, or now and then to a complex one.
        while !attributes.is_empty() && (path == Path::ROOT || !random.one_in(6)) {
            let index = random.below(attributes.len());
            let Some((child, attribute)) =
                u32::try_from(index).ok().and_then(|step| path.child(step)).zip(attributes.get(index))
            else {
                break;
            };
            (path, data_type, attributes) = (child, attribute.data_type, &attribute.sub_attributes);
        }
        let name = self.resource_type.name_of(path);
        self.comparison(random, &name, path, data_type)
    }

    /// A condition on one element of a list.
    fn value_path(&self, random: &mut Random) -> String {
        let lists: Vec<(u32, &Attribute)> = (0u32..)
            .zip(self.resource_type.attributes.iter())
            .filter(|(_, attribute)| attribute.multi_valued && !attribute.sub_attributes.is_empty())
            .collect();
        let Some((index, list)) = random.of(&lists).copied() else { return self.leaf(random) };
        let mut part = || {
            let at = random.below(list.sub_attributes.len());
            let sub = list.sub_attributes.get(at)?;
            let path = Path::of(index).child(u32::try_from(at).ok()?)?;
            Some(self.comparison(random, &sub.name, path, sub.data_type))
        };
        let (first, second) = (part().unwrap_or_default(), part().unwrap_or_default());
        let joined = if random.one_in(2) { format!("{first} and {second}") } else { first };
        format!("{}[{joined}]", list.name)
    }

    fn comparison(&self, random: &mut Random, name: &str, path: Path, data_type: DataType) -> String {
        if random.one_in(6) {
            return format!("{name} pr");
        }
        let operators: &[&str] = match data_type {
            DataType::Boolean => &["eq", "ne"],
            DataType::Integer | DataType::Decimal | DataType::DateTime => &["eq", "ne", "gt", "ge", "lt", "le"],
            _ => &["eq", "eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"],
        };
        let operator = random.of(operators).copied().unwrap_or("eq");
        let operand = self.stored_value(random, path).unwrap_or(Json::Null);
        match operand {
            Json::String(text) => format!("{name} {operator} {}", Json::from(variant(random, operator, &text))),
            Json::Null => format!("{name} {operator} {}", Json::from(random.word())),
            other => format!("{name} {operator} {other}"),
        }
    }

    /// A value that some resource has.
    fn stored_value(&self, random: &mut Random, path: Path) -> Option<Json> {
        let scalars = random.of(self.resources)?.view().scalars(path);
        random.of(&scalars).map(|scalar| match scalar {
            Scalar::Str(text) => Json::from(&**text),
            Scalar::Bool(value) => Json::from(*value),
            Scalar::Int(value) => Json::from(*value),
            Scalar::Dec(value) => Json::from(*value),
            Scalar::DateTime(value) => Json::from(value.to_string()),
            Scalar::Absent => Json::Null,
        })
    }
}

/// The text in another form, or a part of it.
fn variant(random: &mut Random, operator: &str, text: &str) -> String {
    let text = match random.below(8) {
        0 => text.to_uppercase(),
        1 => text.to_lowercase(),
        2 => text.nfd().collect(),
        3 => random.word(),
        _ => text.to_owned(),
    };
    let count = text.chars().count();
    let cut = random.below(count + 1);
    match operator {
        "co" => text.chars().skip(cut).take(3).collect(),
        "sw" => text.chars().take(cut).collect(),
        "ew" => text.chars().skip(cut).collect(),
        _ => text,
    }
}
