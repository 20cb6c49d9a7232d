//! Reads the names of object members, and skips values.

use std::{borrow::Cow, fmt};

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::schema::{Attribute, find_near};

/// A key of an object, looked up without copying it.
pub(crate) enum Key<'s, 'de> {
    Known(u32, &'s Attribute),
    Unknown(Cow<'de, str>),
}

/// Looks up a key among attributes; the index is where the key is expected.
pub(crate) struct KeySeed<'s>(pub(crate) &'s [Attribute], pub(crate) u32);

impl<'s, 'de> DeserializeSeed<'de> for KeySeed<'s> {
    type Value = Key<'s, 'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'s, 'de> Visitor<'de> for KeySeed<'s> {
    type Value = Key<'s, 'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of an attribute")
    }

    fn visit_borrowed_str<E: de::Error>(self, name: &'de str) -> Result<Self::Value, E> {
        Ok(match find_near(self.0, name, self.1) {
            Some((index, attribute)) => Key::Known(index, attribute),
            None => Key::Unknown(Cow::Borrowed(name)),
        })
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<Self::Value, E> {
        Ok(match find_near(self.0, name, self.1) {
            Some((index, attribute)) => Key::Known(index, attribute),
            None => Key::Unknown(Cow::Owned(name.to_owned())),
        })
    }
}

/// Receives the texts of a JSON value that is otherwise ignored.
pub(crate) trait Texts {
    /// Receives the name of an object member.
    fn name(&mut self, _name: &str) {}

    /// Receives a text that is a value.
    fn value(&mut self, _text: &str) {}
}

/// Ignores all texts.
impl Texts for () {}

/// Walks a JSON value of any depth. Unlike `serde`'s `IgnoredAny` it recurses, so that `serde_json`'s limit of 128
/// levels applies.
pub(crate) struct Walk<'t, T: ?Sized>(pub(crate) &'t mut T);

impl<'de, T: Texts + ?Sized> DeserializeSeed<'de> for Walk<'_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T: Texts + ?Sized> Visitor<'de> for Walk<'_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E: de::Error>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E: de::Error>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<(), E> {
        self.0.value(text);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element_seed(Walk(&mut *self.0))?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while map.next_key_seed(Name(&mut *self.0))?.is_some() {
            map.next_value_seed(Walk(&mut *self.0))?;
        }
        Ok(())
    }
}

/// Reads the name of an object member.
struct Name<'t, T: ?Sized>(&'t mut T);

impl<'de, T: Texts + ?Sized> DeserializeSeed<'de> for Name<'_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<T: Texts + ?Sized> Visitor<'_> for Name<'_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<(), E> {
        self.0.name(name);
        Ok(())
    }
}

/// A set of indices, such as those of the keys of an object that were already read.
#[derive(Default)]
pub(crate) struct Seen {
    /// One bit for each of the lowest indices.
    low: u64,
    high: Vec<u32>,
}

impl Seen {
    /// Adds an index. Returns whether it is new.
    #[inline]
    pub(crate) fn mark(&mut self, index: u32) -> bool {
        if let Some(bit) = 1u64.checked_shl(index) {
            let new = self.low & bit == 0;
            self.low |= bit;
            return new;
        }
        let new = !self.high.contains(&index);
        self.high.push(index);
        new
    }

    /// Returns whether the set contains an index.
    #[inline]
    pub(crate) fn contains(&self, index: u32) -> bool {
        1u64.checked_shl(index).map_or_else(|| self.high.contains(&index), |bit| self.low & bit != 0)
    }
}
