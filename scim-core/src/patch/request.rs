//! The body of a PATCH request, with unparsed values.

use std::{borrow::Cow, fmt};

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::{
    compat::Quirk,
    error::{Error, excerpt},
    json::{Reader, body_text},
};

const PATCH_OP: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/// One operation as it was sent.
#[derive(Default)]
pub(super) struct RawOperation<'a> {
    pub(super) op: Cow<'a, str>,
    pub(super) path: Option<Cow<'a, str>>,
    pub(super) value: Option<&'a RawValue>,
}

impl<'a> RawOperation<'a> {
    /// Returns how messages refer to this operation.
    pub(super) fn into_context(self, number: usize) -> Context<'a> {
        Context { number, op: self.op, path: self.path }
    }
}

/// How messages refer to an operation: ``operation 2 (replace `name`)``. It is formatted only when a message needs it.
#[derive(Clone, Debug)]
pub(crate) struct Context<'a> {
    number: usize,
    op: Cow<'a, str>,
    path: Option<Cow<'a, str>>,
}

impl Context<'_> {
    /// Returns the number of the operation in the request, starting at 1.
    pub(super) fn number(&self) -> usize {
        self.number
    }
}

impl fmt::Display for Context<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "operation {} ({}", self.number, excerpt(&self.op))?;
        if let Some(path) = &self.path {
            write!(f, " `{}`", excerpt(path))?;
        }
        f.write_str(")")
    }
}

/// Reads the operations of a body.
pub(super) fn read<'a>(body: &'a [u8], reader: &Reader<'_>) -> Result<Vec<RawOperation<'a>>, Error> {
    let mut deserializer = serde_json::Deserializer::from_str(body_text(body)?);
    let request = deserializer.deserialize_map(Request).and_then(|request| deserializer.end().map(|()| request));
    let (schemas, operations) = request.map_err(|error| reader.error(&error))?;
    if !schemas && !reader.tolerance.tolerate(Quirk::Schemas) {
        return Err(Error::invalid_syntax(format!("`schemas` of a PATCH request must be [\"{PATCH_OP}\"]")));
    }
    let operations = operations.ok_or_else(|| Error::invalid_syntax("the PATCH request has no `Operations`"))?;
    if operations.is_empty() && !reader.tolerance.tolerate(Quirk::EmptyOperations) {
        return Err(Error::invalid_syntax("`Operations` of the PATCH request is empty"));
    }
    Ok(operations)
}

/// Reads the message: whether it contains its schema URN, and its operations.
struct Request;

impl<'de> Visitor<'de> for Request {
    type Value = (bool, Option<Vec<RawOperation<'de>>>);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a PATCH request, which is a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut schemas = false;
        let mut operations = None;
        while let Some(key) = map.next_key_seed(Text)? {
            match key {
                Some(key) if key.eq_ignore_ascii_case("schemas") => {
                    schemas = map.next_value_seed(Schemas)?;
                }
                Some(key) if key.eq_ignore_ascii_case("Operations") => {
                    if operations.is_some() {
                        return Err(de::Error::custom("duplicate attribute `Operations`"));
                    }
                    operations = Some(map.next_value_seed(Operations)?);
                }
                _ => {
                    let _: &RawValue = map.next_value()?;
                }
            }
        }
        Ok((schemas, operations))
    }
}

/// Reads `schemas`: whether it contains the URN of the message.
struct Schemas;

impl<'de> DeserializeSeed<'de> for Schemas {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Schemas {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of URNs")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(false)
    }

    /// A string instead of an array counts as absent, as in other messages.
    fn visit_str<E: de::Error>(self, _: &str) -> Result<Self::Value, E> {
        Ok(false)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut is_there = false;
        while let Some(urn) = seq.next_element_seed(Text)? {
            is_there |= urn.is_some_and(|urn| urn == PATCH_OP || urn.eq_ignore_ascii_case(PATCH_OP));
        }
        Ok(is_there)
    }
}

struct Operations;

impl<'de> DeserializeSeed<'de> for Operations {
    type Value = Vec<RawOperation<'de>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Operations {
    type Value = Vec<RawOperation<'de>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of operations")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut operations = Vec::new();
        while let Some(operation) = seq.next_element_seed(Operation)? {
            operations.push(operation);
        }
        Ok(operations)
    }
}

struct Operation;

impl<'de> DeserializeSeed<'de> for Operation {
    type Value = RawOperation<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Operation {
    type Value = RawOperation<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an operation, which is a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut operation = RawOperation::default();
        let (mut has_op, mut has_path) = (false, false);
        while let Some(key) = map.next_key_seed(Text)? {
            let key = key.unwrap_or_default();
            let again = if key.eq_ignore_ascii_case("op") {
                operation.op = map.next_value_seed(Text)?.unwrap_or_default();
                std::mem::replace(&mut has_op, true)
            } else if key.eq_ignore_ascii_case("path") {
                operation.path = map.next_value_seed(Text)?;
                std::mem::replace(&mut has_path, true)
            } else if key.eq_ignore_ascii_case("value") {
                operation.value.replace(map.next_value()?).is_some()
            } else {
                let _: &RawValue = map.next_value()?;
                false
            };
            if again {
                return Err(de::Error::custom(format_args!("duplicate attribute `{key}` in an operation")));
            }
        }
        Ok(operation)
    }
}

/// Text that is borrowed if possible, or `null`.
struct Text;

impl<'de> DeserializeSeed<'de> for Text {
    type Value = Option<Cow<'de, str>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Text {
    type Value = Option<Cow<'de, str>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Some(Cow::Borrowed(text)))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Some(Cow::Owned(text.to_owned())))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
}
