//! Reads JSON values by the type of an attribute.

use std::{borrow::Cow, cell::RefCell, fmt};

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::{
    key::{Key, KeySeed, Seen, Skip},
    trail::Trail,
};
use crate::{
    access::{Node, Scalar},
    coerce::{coerce, expected},
    compat::{Quirk, Tolerance},
    error::Error,
    schema::{Attribute, AttributeSpec, DataType, Mutability},
};

/// What is shared by all that is read of one body.
pub(crate) struct Reader<'c> {
    pub(crate) tolerance: &'c Tolerance,
    /// Whether this is the value of a PATCH operation: single values may stand for lists there (RFC 7644 §3.5.2.1), and
    /// values of read-only attributes are kept, to be compared with what is there.
    patch: bool,
    /// Names without an attribute, for the report.
    ignored: RefCell<Vec<String>>,
    /// The error that ended reading. `serde` carries only text, so the real one waits here.
    fault: RefCell<Option<Error>>,
}

impl<'c> Reader<'c> {
    pub(crate) fn new(tolerance: &'c Tolerance, patch: bool) -> Self {
        Self { tolerance, patch, ignored: RefCell::default(), fault: RefCell::default() }
    }

    /// Ends reading.
    pub(super) fn fail<E: de::Error>(&self, error: Error) -> E {
        self.fault.replace(Some(error));
        E::custom("refused")
    }

    /// The error that ended reading, or what is wrong with the JSON text.
    pub(crate) fn error(&self, error: &serde_json::Error) -> Error {
        let fault = self.fault.take();
        fault.unwrap_or_else(|| Error::invalid_syntax(format!("the body is not readable JSON: {error}")))
    }

    /// A name that no attribute has: ignored and reported, or an error.
    pub(crate) fn unknown(&self, trail: &Trail<'_>) -> Result<(), Error> {
        /// A body of nothing but unknown names is not worth more memory than this.
        const REPORTED: usize = 64;
        if !self.tolerance.accepts(Quirk::UnknownAttribute) {
            let detail = format!("there is no attribute `{trail}`");
            return Err(if self.patch { Error::invalid_path(detail) } else { Error::invalid_syntax(detail) });
        }
        self.ignore(trail);
        debug_assert!(self.ignored.borrow().len() <= REPORTED);
        Ok(())
    }

    /// Reports something that is left out.
    pub(crate) fn ignore(&self, trail: &Trail<'_>) {
        const REPORTED: usize = 64;
        let mut ignored = self.ignored.borrow_mut();
        if ignored.len() < REPORTED {
            ignored.push(trail.to_string());
        }
    }

    pub(crate) fn into_ignored(self) -> Vec<String> {
        self.ignored.into_inner()
    }
}

/// The error for a name that stands twice in one object.
pub(super) fn duplicate(trail: &Trail<'_>) -> Error {
    Error::invalid_syntax(format!("`{trail}` is given twice"))
}

/// Reads the value of an attribute: all of its values, if it is multi-valued and `many` is set.
pub(super) struct ValueSeed<'s, 'c> {
    pub(super) reader: &'s Reader<'c>,
    pub(super) attribute: &'s Attribute,
    pub(super) trail: &'s Trail<'s>,
    pub(super) many: bool,
}

impl<'de> DeserializeSeed<'de> for ValueSeed<'_, '_> {
    type Value = Node<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl ValueSeed<'_, '_> {
    fn expected<E: de::Error>(&self, what: &str) -> E {
        self.reader.fail(Error::invalid_value(format!("`{}` takes {what}", self.trail)))
    }

    fn scalar<E: de::Error>(self, scalar: Scalar<'_>) -> Result<Node<'_>, E> {
        if self.many {
            return self.wrap(|one| one.scalar(scalar));
        }
        if self.attribute.data_type != DataType::Complex {
            let scalar = coerce(self.attribute, scalar, self.reader.tolerance).map_err(|what| self.expected(what))?;
            return Ok(Node::Scalar(scalar));
        }
        let value = self.attribute.sub_attribute("value").filter(|(_, value)| value.data_type != DataType::Complex);
        match value {
            Some((index, value)) if self.reader.tolerance.accepts(Quirk::ScalarForComplex) => {
                let scalar = coerce(value, scalar, self.reader.tolerance).map_err(|what| self.expected(what))?;
                Ok(if scalar.is_absent() { Node::ABSENT } else { Node::Complex(vec![(index, Node::Scalar(scalar))]) })
            }
            _ => Err(self.expected(expected(DataType::Complex))),
        }
    }

    /// A text, or the id that it stands for in a bulk request.
    fn text<E: de::Error>(self, text: Cow<'_, str>) -> Result<Node<'_>, E> {
        let text = self.reader.tolerance.references().resolve(text).map_err(|error| self.reader.fail(error))?;
        self.scalar(Scalar::Str(text))
    }

    /// An object where a simple value is due: its `value` is meant.
    fn object_for_scalar<'de, A: MapAccess<'de>>(self, mut map: A) -> Result<Node<'de>, A::Error> {
        const VALUE: &[Attribute] = &[AttributeSpec::new("value", DataType::String).build()];
        let mut value = None;
        while let Some(key) = map.next_key_seed(KeySeed(VALUE, 0))? {
            match key {
                Key::Known(..) => value = Some(map.next_value_seed(ValueSeed { ..self })?),
                Key::Unknown(_) => map.next_value_seed(Skip)?,
            }
        }
        match value {
            Some(value) if self.reader.tolerance.accepts(Quirk::ObjectForScalar) => Ok(value),
            _ => Err(self.expected(expected(self.attribute.data_type))),
        }
    }

    /// One value where a list is due.
    fn wrap<'de, E: de::Error>(self, one: impl FnOnce(Self) -> Result<Node<'de>, E>) -> Result<Node<'de>, E> {
        if !self.reader.patch && !self.reader.tolerance.accepts(Quirk::SingleForArray) {
            return Err(self.expected("an array"));
        }
        let node = one(Self { many: false, ..self })?;
        Ok(if node.is_absent() { Node::ABSENT } else { Node::List(vec![node]) })
    }
}

impl<'de> Visitor<'de> for ValueSeed<'_, '_> {
    type Value = Node<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(expected(self.attribute.data_type))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(Node::ABSENT)
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
        let mut items = Vec::new();
        for index in 0usize.. {
            let trail = self.trail.index(index);
            let seed = ValueSeed { many: false, trail: if self.many { &trail } else { self.trail }, ..self };
            let Some(item) = seq.next_element_seed(seed)? else { break };
            // `null` in a list says nothing.
            if !item.is_absent() {
                items.push(item);
            }
            if !self.many && items.len() > 1 {
                return Err(self.expected("a single value, not an array"));
            }
        }
        if self.many {
            return match check_primary(self.attribute, &items, self.trail) {
                Ok(()) => Ok(Node::List(items)),
                Err(error) => Err(self.reader.fail(error)),
            };
        }
        match items.pop() {
            None => Ok(Node::ABSENT),
            Some(item) if self.reader.tolerance.accepts(Quirk::ArrayForSingle) => Ok(item),
            Some(_) => Err(self.expected("a single value, not an array")),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        if self.many {
            return self.wrap(|one| one.visit_map(map));
        }
        if self.attribute.data_type != DataType::Complex {
            return self.object_for_scalar(map);
        }
        let attributes = &self.attribute.sub_attributes;
        let mut parts = Vec::with_capacity(attributes.len().min(8));
        let mut seen = Seen::default();
        let mut next = 0;
        while let Some(key) = map.next_key_seed(KeySeed(attributes, next))? {
            match key {
                Key::Known(index, attribute) => {
                    next = index + 1;
                    let trail = self.trail.name(&attribute.name);
                    if !seen.mark(index) {
                        return Err(self.reader.fail(duplicate(&trail)));
                    }
                    if attribute.mutability == Mutability::ReadOnly && !self.reader.patch {
                        map.next_value_seed(Skip)?;
                        continue;
                    }
                    let value =
                        ValueSeed { reader: self.reader, attribute, trail: &trail, many: attribute.multi_valued };
                    parts.push((index, map.next_value_seed(value)?));
                }
                Key::Unknown(name) => {
                    self.reader.unknown(&self.trail.name(&name)).map_err(|error| self.reader.fail(error))?;
                    map.next_value_seed(Skip)?;
                }
            }
        }
        Ok(Node::Complex(parts))
    }
}

/// One operation may make at most one element primary (RFC 7643 §2.4).
fn check_primary(attribute: &Attribute, items: &[Node<'_>], trail: &Trail<'_>) -> Result<(), Error> {
    let Some((primary, _)) = attribute.sub_attribute("primary") else { return Ok(()) };
    let claims = items.iter().filter(|item| matches!(item.part(primary), Some(Node::Scalar(Scalar::Bool(true)))));
    if claims.count() > 1 {
        return Err(Error::invalid_value(format!("more than one entry of `{trail}` is primary")));
    }
    Ok(())
}

/// Reads the value of an attribute from JSON text, for PATCH.
pub(crate) fn read_value<'de>(
    reader: &Reader<'_>,
    attribute: &Attribute,
    many: bool,
    trail: &Trail<'_>,
    json: &'de RawValue,
) -> Result<Node<'de>, Error> {
    let mut deserializer = serde_json::Deserializer::from_str(json.get());
    let seed = ValueSeed { reader, attribute, trail, many };
    seed.deserialize(&mut deserializer).map_err(|error| reader.error(&error))
}

/// The members of a message, values unread.
///
/// # Errors
///
/// 400 `invalidSyntax` if the body is no JSON object; `what` is what the message is called.
pub(crate) fn message<'b>(body: &'b [u8], what: &str) -> Result<Vec<(Cow<'b, str>, &'b RawValue)>, Error> {
    // A byte order mark may be ignored (RFC 8259 §8.1).
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    let body: &RawValue = serde_json::from_slice(body)
        .map_err(|error| Error::invalid_syntax(format!("the body is not readable JSON: {error}")))?;
    entries(body).ok_or_else(|| Error::invalid_syntax(format!("{what} is a JSON object")))
}

/// The members of a JSON object, values unread; `None` if the text is no object.
pub(crate) fn entries(json: &RawValue) -> Option<Vec<(Cow<'_, str>, &RawValue)>> {
    struct Entries;

    impl<'de> Visitor<'de> for Entries {
        type Value = Vec<(Cow<'de, str>, &'de RawValue)>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut entries = Vec::new();
            while let Some(Key::Unknown(name)) = map.next_key_seed(KeySeed(&[], 0))? {
                entries.push((name, map.next_value()?));
            }
            Ok(entries)
        }
    }

    serde_json::Deserializer::from_str(json.get()).deserialize_map(Entries).ok()
}
