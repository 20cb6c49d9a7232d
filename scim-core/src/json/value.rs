//! Reads JSON values according to the type of an attribute.
//!
//! Three cases are distinguished: no value (`null`, `[]`, a missing name), a value, and a value in which nothing was
//! recognized. The third is always an error: it must not be mistaken for the first, which would unassign something.

use std::{borrow::Cow, fmt};

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::{
    json_path::JsonPath,
    key::{Key, KeySeed, Seen, Walk},
    reader::{Reader, Use},
    unknown::{content_unknown, note_unknown, nothing_known},
};
use crate::{
    coerce::{coerce, expected},
    collation::strip_prefix,
    compat::Quirk,
    error::{Error, excerpt},
    reference::References,
    reflect::{Scalar, Value, compare::Identity},
    schema::{Attribute, AttributeSpec, DataType, Mutability, at, find},
    validate::missing,
};

/// The shape of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// All values of a multi-valued attribute.
    Many,
    /// The value of a single-valued attribute.
    One,
    /// Sub-attributes of an existing element: the value of a PATCH operation whose path selects elements.
    Part,
}

/// Returns the error for a name that occurs twice in one object.
pub(crate) fn duplicate(trail: &JsonPath<'_>) -> Error {
    Error::invalid_syntax(format!("duplicate attribute `{trail}`"))
}

/// The position of a value, and which substitutes for the expected shape are still allowed there. An array and an
/// object may wrap the expected value at most once, so that text and nesting never gain an additional meaning.
#[derive(Clone, Copy, PartialEq)]
enum Position {
    Many,
    One,
    Part,
    /// An element of a list.
    Element,
    /// The only value of an array.
    InArray,
    /// The `value` of an object.
    InObject,
}

/// Reads the value of an attribute.
#[derive(Clone, Copy)]
pub(super) struct ValueSeed<'s, 'c> {
    reader: &'s Reader<'c>,
    attribute: &'s Attribute,
    trail: &'s JsonPath<'s>,
    position: Position,
    /// Whether the value may be an object that repeats the attribute's name.
    may_repeat: bool,
}

impl<'s, 'c> ValueSeed<'s, 'c> {
    /// Creates the seed for the value of a whole attribute.
    pub(super) fn new(reader: &'s Reader<'c>, attribute: &'s Attribute, trail: &'s JsonPath<'s>) -> Self {
        let position = if attribute.multi_valued { Position::Many } else { Position::One };
        Self { reader, attribute, trail, position, may_repeat: false }
    }

    fn at(&self, position: Position) -> Self {
        Self { position, ..*self }
    }

    /// Returns the seed for the value within an array or an object that was sent in place of a single value.
    fn within(&self, position: Position) -> Self {
        Self { position, may_repeat: false, ..*self }
    }

    fn expected<E: de::Error>(&self, what: &str) -> E {
        self.reader.fail(Error::invalid_value(format!("invalid value for `{}`: expected {what}", self.trail)))
    }

    fn is_list(&self) -> bool {
        self.position == Position::Many
    }

    /// Reads a text, or the id that it refers to in a bulk request.
    #[inline]
    fn text<'v, E: de::Error>(&self, text: Cow<'v, str>) -> Result<Value<'v>, E> {
        let references = self.reader.tolerance.references();
        let text = if references.is_bulk() { self.resolve(references, text)? } else { text };
        let is_empty = text.is_empty();
        let node = self.scalar(Scalar::Str(text))?;
        self.reader.note_empty_text(is_empty);
        Ok(node)
    }

    fn resolve<'v, E: de::Error>(&self, references: &References, text: Cow<'v, str>) -> Result<Cow<'v, str>, E> {
        // A text sent in place of an element is its `value`.
        let value = self.attribute.sub_attribute("value").map_or(self.attribute, |(_, value)| value);
        references.resolve(value, text).map_err(|error| self.reader.fail(error))
    }

    #[inline]
    fn scalar<'v, E: de::Error>(&self, scalar: Scalar<'v>) -> Result<Value<'v>, E> {
        if self.is_list() {
            return self.wrap(|one| one.scalar(scalar));
        }
        if self.attribute.data_type == DataType::Complex {
            return self.scalar_for_object(scalar);
        }
        let scalar = coerce(self.attribute, scalar, self.reader.tolerance).map_err(|what| self.expected(what))?;
        Ok(Value::Scalar(scalar))
    }

    /// Treats a simple value, where an object is expected, as the `value` of the object.
    fn scalar_for_object<'v, E: de::Error>(&self, scalar: Scalar<'v>) -> Result<Value<'v>, E> {
        let tolerance = self.reader.tolerance;
        let value = self.attribute.sub_attribute("value").filter(|(_, value)| value.data_type != DataType::Complex);
        let Some((index, value)) = value.filter(|_| tolerance.tolerate(Quirk::ScalarForComplex)) else {
            return Err(self.expected(expected(DataType::Complex)));
        };
        if matches!(&scalar, Scalar::Str(text) if is_json(text)) {
            return Err(self.expected("an object, not JSON as a text"));
        }
        let scalar = coerce(value, scalar, tolerance).map_err(|what| self.expected(what))?;
        Ok(if scalar.is_absent() { Value::ABSENT } else { Value::Complex(vec![(index, Value::Scalar(scalar))]) })
    }

    /// Reads the `value` of an object that was sent in place of a simple value.
    fn object_for_scalar<'de, A: MapAccess<'de>>(&self, mut map: A) -> Result<Value<'de>, A::Error> {
        const VALUE: &[Attribute] = &[AttributeSpec::new("value", DataType::String).build()];
        let wrong = || self.expected(expected(self.attribute.data_type));
        if self.position == Position::InObject {
            return Err(wrong());
        }
        let mut value = None;
        while let Some(key) = map.next_key_seed(KeySeed(VALUE, 0))? {
            match key {
                Key::Known(..) if value.is_some() => {
                    return Err(self.reader.fail(duplicate(&self.trail.name("value"))));
                }
                Key::Known(..) => {
                    value = Some(map.next_value_seed(self.within(Position::InObject))?);
                }
                Key::Unknown(name) if self.repeats(&name) => return self.repeated(map),
                Key::Unknown(_) => map.next_value_seed(Walk(&mut ()))?,
            }
        }
        match value {
            Some(value) if self.reader.tolerance.tolerate(Quirk::ObjectForScalar) => Ok(value),
            _ => Err(wrong()),
        }
    }

    /// Wraps a single value that was sent in place of a list.
    fn wrap<'de, E: de::Error>(&self, one: impl FnOnce(Self) -> Result<Value<'de>, E>) -> Result<Value<'de>, E> {
        if !self.reader.purpose().is_patch() && !self.reader.tolerance.tolerate(Quirk::SingleForArray) {
            return Err(self.expected("an array"));
        }
        let (reader, attribute, trail) = (self.reader, self.attribute, self.trail);
        match one(self.at(Position::Element))? {
            // The value of a repeated attribute.
            list @ Value::List(_) => Ok(list),
            // An empty text is not a list: treating it as an empty list would remove all existing elements.
            Value::Scalar(Scalar::Absent) if matches!(reader.purpose(), Use::Remove | Use::Stored) => Ok(Value::ABSENT),
            Value::Scalar(Scalar::Absent) => Err(reader.fail(without_content(attribute, trail))),
            Value::Scalar(Scalar::Str(text)) if is_json(&text) => Err(self.expected("an array, not JSON in a text")),
            node => match checked_element(reader, attribute, node, trail) {
                Ok(item) => Ok(Value::List(item.into_iter().collect())),
                Err(error) => Err(reader.fail(error)),
            },
        }
    }

    /// Returns whether a key repeats the name of the attribute whose value this is.
    fn repeats(&self, key: &str) -> bool {
        self.may_repeat
            && (key.eq_ignore_ascii_case(&self.attribute.name)
                || matches!(self.trail.step, super::json_path::Step::Name(path) if key.eq_ignore_ascii_case(path)))
            && self.reader.tolerance.tolerate(Quirk::RepeatedAttribute)
    }

    /// Reads the value of the repeated name, which must be the only key.
    fn repeated<'de, A: MapAccess<'de>>(&self, mut map: A) -> Result<Value<'de>, A::Error> {
        let (reader, trail) = (self.reader, self.trail);
        let node = map.next_value_seed(Self::new(reader, self.attribute, trail))?;
        if let Some(Key::Unknown(other)) = map.next_key_seed(KeySeed(&[], 0))? {
            let detail = format!("`{trail}` repeats its name and also has `{}`", excerpt(&other));
            return Err(reader.fail(Error::invalid_value(detail)));
        }
        Ok(node)
    }

    /// Returns whether the sub-attributes of an object have content of their own, so that an unknown key beside them
    /// adds to that content. Labels such as `type` do not count: they would stand for other content than the client
    /// sent, or for all elements of a type.
    fn has_content(&self, parts: &[(u32, Value<'_>)]) -> bool {
        let value = self.attribute.sub_attribute("value").map(|(index, _)| index);
        let is_element = matches!(self.position, Position::Element | Position::Many);
        match value {
            Some(value) if is_element => parts.iter().any(|(index, _)| *index == value),
            // An element listed for removal is selected by all of its sub-attributes.
            None if is_element && self.reader.purpose() == Use::Remove => false,
            _ => parts
                .iter()
                .any(|(index, _)| at(&self.attribute.sub_attributes, *index).is_some_and(Attribute::has_content)),
        }
    }

    /// Checks the unknown keys of an object without content of its own. All of them may be attributes of a standard schema
    /// that the application does not map.
    fn check_unknown(&self, unknown: &[Cow<'_, str>], has_known: bool) -> Result<(), Error> {
        let mut found = Vec::new();
        let mut has_unmapped = false;
        for name in unknown {
            if self.reader.is_unmapped_at(&self.trail.name(name)) {
                has_unmapped = true;
            } else {
                note_unknown(&mut found, name);
            }
        }
        if found.is_empty() {
            return Ok(());
        }
        if !has_known && !has_unmapped {
            return Err(nothing_known(&format!("`{}`", self.trail), &found, &self.attribute.sub_attributes));
        }
        // Sub-attributes that the application does not map may be content, unless the attribute has a `value`.
        if has_known || self.attribute.sub_attribute("value").is_some() {
            return Err(content_unknown(self.attribute, self.trail, &found));
        }
        Ok(())
    }

    /// Returns whether a key of an object has a meaning that only a key of the whole resource can have: the name of the
    /// attribute again, or a path to one of its sub-attributes. Such a key is understood, so it must not be ignored.
    fn is_path(&self, key: &str) -> bool {
        if self.repeats(key) {
            return true;
        }
        let name = &*self.attribute.name;
        let is_separated = strip_prefix(key, name).is_some_and(|rest| rest.starts_with(['.', ':', '[']));
        let (first, _) = key.split_once(['.', '[']).unwrap_or_default();
        is_separated || self.reader.is_qualified(key) || find(&self.attribute.sub_attributes, first).is_some()
    }

    /// Reads the sub-attributes of an object.
    fn object<'de, A: MapAccess<'de>>(&self, mut map: A) -> Result<Value<'de>, A::Error> {
        let (reader, trail) = (self.reader, self.trail);
        let attributes = &self.attribute.sub_attributes;
        let mut parts = Vec::with_capacity(attributes.len().min(8));
        let mut seen = Seen::default();
        let mut unknown: Vec<Cow<'de, str>> = Vec::new();
        let mut has_known = false;
        let mut next = 0;
        while let Some(key) = map.next_key_seed(KeySeed(attributes, next))? {
            let (index, attribute) = match key {
                Key::Known(index, attribute) => (index, attribute),
                Key::Unknown(name) if !has_known && unknown.is_empty() && self.repeats(&name) => {
                    return self.repeated(map);
                }
                Key::Unknown(name) => {
                    if reader.purpose() != Use::Stored && self.is_path(&name) {
                        return Err(reader.fail(misplaced(trail, &name)));
                    }
                    reader.unknown(&trail.name(&name)).map_err(|error| reader.fail(error))?;
                    map.next_value_seed(Walk(&mut ()))?;
                    unknown.push(name);
                    continue;
                }
            };
            next = index + 1;
            has_known = true;
            let trail = trail.name(&attribute.name);
            if !seen.mark(index) {
                return Err(reader.fail(duplicate(&trail)));
            }
            if attribute.mutability == Mutability::ReadOnly && !reader.purpose().is_patch() {
                map.next_value_seed(Walk(&mut ()))?;
                continue;
            }
            reader.note_empty_text(false);
            let part = map.next_value_seed(ValueSeed::new(reader, attribute, &trail))?;
            // For an `add`, an empty value has no effect; elsewhere, and for an empty text, it unassigns.
            let is_nothing = matches!(part, Value::Scalar(Scalar::Absent)) && !reader.was_empty_text();
            if !(is_nothing && reader.purpose() == Use::Add && self.position != Position::Element) {
                parts.push((index, part));
            }
        }
        let is_empty = !has_known && unknown.is_empty();
        if is_empty && matches!(self.position, Position::Part | Position::InArray | Position::InObject) {
            return Err(reader.fail(without_content(self.attribute, trail)));
        }
        if !unknown.is_empty() && reader.purpose() != Use::Stored && !self.has_content(&parts) {
            self.check_unknown(&unknown, has_known).map_err(|error| reader.fail(error))?;
        }
        Ok(Value::Complex(parts))
    }
}

impl<'de> DeserializeSeed<'de> for ValueSeed<'_, '_> {
    type Value = Value<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(&self)
    }
}

impl<'de> Visitor<'de> for &ValueSeed<'_, '_> {
    type Value = Value<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(expected(self.attribute.data_type))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(Value::ABSENT)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Self::Value, E> {
        self.scalar(Scalar::Bool(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Self::Value, E> {
        self.scalar(Scalar::Int(value))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Self::Value, E> {
        match i64::try_from(value) {
            Ok(value) => self.scalar(Scalar::Int(value)),
            Err(_) if self.attribute.data_type == DataType::Integer => Err(self.expected("a smaller number")),
            #[expect(clippy::cast_precision_loss, reason = "a JSON number is a double anyway")]
            Err(_) => self.scalar(Scalar::Dec(value as f64)),
        }
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Self::Value, E> {
        self.scalar(Scalar::Dec(value))
    }

    fn visit_borrowed_str<E: de::Error>(self, value: &'de str) -> Result<Self::Value, E> {
        self.text(Cow::Borrowed(value))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Self::Value, E> {
        self.text(Cow::Owned(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let (reader, attribute, trail) = (self.reader, self.attribute, self.trail);
        if self.is_list() {
            let mut items = Vec::new();
            let (mut has_null, mut is_emptied) = (false, false);
            for index in 0usize.. {
                let trail = trail.index(index);
                let seed =
                    ValueSeed { reader, attribute, trail: &trail, position: Position::Element, may_repeat: false };
                let Some(item) = seq.next_element_seed(ElementSeed(seed))? else { break };
                // `null` beside elements is not an element, but a list of nothing but `null` is not an empty list.
                let Some(item) = item else {
                    has_null = true;
                    continue;
                };
                match checked_element(reader, attribute, item, &trail) {
                    Ok(Some(item)) => items.push(item),
                    Ok(None) => is_emptied = true,
                    Err(error) => return Err(reader.fail(error)),
                }
            }
            if has_null && !is_emptied && items.is_empty() && reader.purpose() != Use::Stored {
                return Err(reader.fail(without_content(attribute, &trail.index(0))));
            }
            return match check_primary(attribute, &items, trail) {
                Ok(()) => Ok(Value::List(items)),
                Err(error) => Err(reader.fail(error)),
            };
        }
        if matches!(self.position, Position::Element | Position::InArray | Position::InObject) {
            return Err(self.expected(&format!("{}, not an array", expected(attribute.data_type))));
        }
        let single = || {
            reader.fail(Error::invalid_value(format!(
                "invalid value for `{trail}`: expected a single value, not an array"
            )))
        };
        let mut only = None;
        while let Some(item) = seq.next_element_seed(ElementSeed(self.within(Position::InArray)))? {
            if only.replace(item).is_some() {
                return Err(single());
            }
        }
        match only {
            None => Ok(Value::ABSENT),
            Some(_) if !reader.tolerance.tolerate(Quirk::ArrayForSingle) => Err(single()),
            Some(Some(item)) => Ok(item),
            Some(None) => Err(reader.fail(without_content(attribute, &trail.index(0)))),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        if self.is_list() {
            return self.wrap(|one| one.visit_map(map));
        }
        if self.attribute.data_type == DataType::Complex { self.object(map) } else { self.object_for_scalar(map) }
    }
}

/// Reads a value; `None` for `null`.
struct ElementSeed<'s, 'c>(ValueSeed<'s, 'c>);

impl<'de> DeserializeSeed<'de> for ElementSeed<'_, '_> {
    type Value = Option<Value<'de>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        struct Element<'v, 's, 'c>(&'v ValueSeed<'s, 'c>);

        /// The seed reads all kinds of values except `null`.
        macro_rules! forward {
            ($($method:ident: $type:ty),+ $(,)?) => { $(
                fn $method<E: de::Error>(self, value: $type) -> Result<Self::Value, E> {
                    self.0.$method(value).map(Some)
                }
            )+ };
        }

        impl<'de> Visitor<'de> for Element<'_, '_, '_> {
            type Value = Option<Value<'de>>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.expecting(f)
            }

            fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
                Ok(None)
            }

            forward! {
                visit_bool: bool,
                visit_i64: i64,
                visit_u64: u64,
                visit_f64: f64,
                visit_str: &str,
                visit_borrowed_str: &'de str,
            }

            fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
                self.0.visit_seq(seq).map(Some)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                self.0.visit_map(map).map(Some)
            }
        }

        deserializer.deserialize_any(Element(&self.0))
    }
}

/// Returns whether a text is a JSON array or object. (A GUID in braces is not.)
fn is_json(text: &str) -> bool {
    let text = text.trim_start_matches(|it: char| it.is_whitespace() || it == '\u{feff}');
    text.starts_with(['[', '{']) && serde_json::from_str::<de::IgnoredAny>(text).is_ok()
}

/// Checks an element of a list: returns it, or `None` if the client emptied it.
///
/// An element without content is an error for every purpose: ignoring it would remove others. Clients empty an element
/// by sending only an empty sub-attribute and those that identify it: `{"type": "work", "value": ""}`.
fn checked_element<'v>(
    reader: &Reader<'_>,
    attribute: &Attribute,
    item: Value<'v>,
    trail: &JsonPath<'_>,
) -> Result<Option<Value<'v>>, Error> {
    let purpose = reader.purpose();
    if purpose == Use::Stored {
        return Ok(Some(item).filter(|item| !item.is_absent()));
    }
    let Value::Complex(parts) = &item else {
        if item.is_absent() {
            // An empty text in a list of texts.
            return Err(Error::invalid_value(format!(
                "`{trail}` is empty; expected {}",
                expected(attribute.data_type)
            )));
        }
        return Ok(Some(item));
    };
    let is_empty = |index: u32| item.part(index).is_none_or(Value::is_absent);
    // Attributes that only the server writes are not content here, but they may identify the element to remove.
    let is_own =
        |index: u32| at(&attribute.sub_attributes, index).is_some_and(|sub| sub.mutability != Mutability::ReadOnly);
    let counts = |index: u32| purpose == Use::Remove || attribute.mutability == Mutability::ReadOnly || is_own(index);
    if parts.iter().all(|(index, part)| part.is_absent() || !counts(*index)) {
        return Err(without_content(attribute, trail));
    }
    let names_empty = parts.iter().any(|(_, part)| part.is_absent());
    if !names_empty {
        return Ok(Some(item));
    }
    if let Identity::Value(value) = Identity::of(attribute)
        && parts.iter().any(|(index, part)| *index == value && part.is_absent())
    {
        return Err(without_content(attribute, trail));
    }
    let is_left = parts.iter().any(|(index, part)| {
        !part.is_absent() && at(&attribute.sub_attributes, *index).is_some_and(Attribute::has_content)
    });
    if is_left {
        return Ok(Some(item));
    }
    if purpose == Use::Remove {
        return Err(without_content(attribute, trail));
    }
    let mut subs = (0u32..).zip(attribute.sub_attributes.iter());
    match subs.find(|(index, sub)| sub.required && is_empty(*index)) {
        Some((_, sub)) => Err(missing(&format!("`{}`", trail.name(&sub.name)))),
        None => Ok(None),
    }
}

fn misplaced(trail: &JsonPath<'_>, key: &str) -> Error {
    Error::invalid_value(format!("`{trail}` has the key `{}`; expected the name of a sub-attribute", excerpt(key)))
}

fn without_content(attribute: &Attribute, trail: &JsonPath<'_>) -> Error {
    nothing_known(&format!("`{trail}`"), &[], &attribute.sub_attributes)
}

/// Checks that one operation makes at most one element primary (RFC 7643 §2.4). The same element may be listed twice.
fn check_primary(attribute: &Attribute, items: &[Value<'_>], trail: &JsonPath<'_>) -> Result<(), Error> {
    let Some((primary, _)) = attribute.primary() else { return Ok(()) };
    let mut claims = items.iter().filter(|item| item.part(primary).is_some_and(|part| part.is_bool(true)));
    let (Some(first), Some(second)) = (claims.next(), claims.next()) else { return Ok(()) };
    let is_secret = Identity::of(attribute).is_secret(attribute, &first.view());
    let key = |item: &Value<'_>| Identity::key_of(attribute, &item.view());
    let first = key(first);
    if is_secret || std::iter::once(second).chain(claims).any(|other| key(other) != first) {
        return Err(Error::invalid_value(format!("more than one value of `{trail}` is primary")));
    }
    Ok(())
}

/// Reads the value of an attribute from JSON text.
pub(crate) fn read_value<'de>(
    reader: &Reader<'_>,
    attribute: &Attribute,
    form: Form,
    trail: &JsonPath<'_>,
    json: &'de RawValue,
) -> Result<Value<'de>, Error> {
    let mut deserializer = serde_json::Deserializer::from_str(json.get());
    let position = match form {
        Form::Many => Position::Many,
        Form::One => Position::One,
        Form::Part => Position::Part,
    };
    let may_repeat = matches!(reader.purpose(), Use::Add | Use::Replace | Use::Remove) && form != Form::Part;
    let seed = ValueSeed { reader, attribute, trail, position, may_repeat };
    reader.note_empty_text(false);
    seed.deserialize(&mut deserializer).map_err(|error| reader.error(&error))
}

/// Reads the value of an attribute that a body has under its own name.
pub(crate) fn read_known<'de, A: MapAccess<'de>>(
    reader: &Reader<'_>,
    attribute: &Attribute,
    trail: &JsonPath<'_>,
    map: &mut A,
) -> Result<Value<'de>, A::Error> {
    if attribute.mutability == Mutability::ReadOnly {
        map.next_value_seed(Walk(&mut ()))?;
        return Ok(Value::ABSENT);
    }
    map.next_value_seed(ValueSeed::new(reader, attribute, trail))
}

/// Rejects JSON that nests too deep, for values that are ignored.
pub(crate) fn skip_value(reader: &Reader<'_>, json: &RawValue) -> Result<(), Error> {
    let mut deserializer = serde_json::Deserializer::from_str(json.get());
    Walk(&mut ()).deserialize(&mut deserializer).map_err(|error| reader.error(&error))
}
