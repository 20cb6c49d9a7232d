//! JSON whose members keep their order: it is part of what clients send.

use std::fmt;

use serde::de::{Deserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// The members of an object in the order of the text.
pub(super) struct Members<'a>(pub(super) Vec<(String, &'a RawValue)>);

impl<'a> Members<'a> {
    /// `None` when the text is no object.
    pub(super) fn read(text: &'a str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

/// The elements of an array; `None` when the text is none.
pub(super) fn elements(text: &str) -> Option<Vec<&RawValue>> {
    serde_json::from_str(text).ok()
}

/// An object with these members, whose values are JSON texts.
pub(super) fn object(members: &[(String, String)]) -> String {
    let quoted = |name: &str| serde_json::Value::from(name).to_string();
    let members: Vec<_> = members.iter().map(|(name, value)| format!("{}:{value}", quoted(name))).collect();
    format!("{{{}}}", members.join(","))
}

/// An array with these elements, which are JSON texts.
pub(super) fn array(elements: &[String]) -> String {
    format!("[{}]", elements.join(","))
}

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(InOrder)
    }
}

/// Whether a JSON text says that there is no value.
pub(super) fn is_nothing(text: &str) -> bool {
    #[derive(Deserialize, Serialize)]
    #[serde(untagged)]
    enum Nothing {
        Null(()),
        Array([(); 0]),
    }
    serde_json::from_str::<Nothing>(text).is_ok()
}
