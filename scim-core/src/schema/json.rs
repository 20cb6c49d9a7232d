//! Converts schemas to and from JSON documents (RFC 7643 §6 and §7).

use serde::{Deserialize, Deserializer, Serialize, Serializer, ser::SerializeMap};

use super::{Attribute, DataType, Mutability, ResourceType, Returned, Schema, SchemaHead, Uniqueness};

impl Serialize for Attribute {
    /// Returns the attribute as `/Schemas` shows it. Characteristics without meaning for its type are omitted.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let is_text = matches!(self.data_type, DataType::String | DataType::Reference | DataType::Binary);
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("name", &self.name)?;
        map.serialize_entry("type", &self.data_type)?;
        map.serialize_entry("multiValued", &self.multi_valued)?;
        if !self.description.is_empty() {
            map.serialize_entry("description", &self.description)?;
        }
        map.serialize_entry("required", &self.required)?;
        if !self.canonical_values.is_empty() {
            map.serialize_entry("canonicalValues", &self.canonical_values)?;
        }
        if is_text {
            map.serialize_entry("caseExact", &self.case_exact)?;
        }
        map.serialize_entry("mutability", &self.mutability)?;
        // RFC 7643 §7: write-only attributes are not returned.
        let is_never = self.mutability == Mutability::WriteOnly;
        map.serialize_entry("returned", if is_never { &Returned::Never } else { &self.returned })?;
        if is_text || self.uniqueness != Uniqueness::None {
            map.serialize_entry("uniqueness", &self.uniqueness)?;
        }
        if !self.reference_types.is_empty() {
            map.serialize_entry("referenceTypes", &self.reference_types)?;
        }
        if !self.sub_attributes.is_empty() {
            map.serialize_entry("subAttributes", &self.sub_attributes)?;
        }
        map.end()
    }
}

/// Reads an attribute of a document, with the defaults of RFC 7643 §2.2.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AttributeDocument {
    name: String,
    #[serde(default, rename = "type")]
    data_type: DataType,
    #[serde(default)]
    multi_valued: bool,
    #[serde(default)]
    description: String,
    #[serde(default)]
    required: bool,
    #[serde(default)]
    canonical_values: Vec<String>,
    #[serde(default)]
    case_exact: Option<bool>,
    #[serde(default)]
    mutability: Mutability,
    #[serde(default)]
    returned: Option<Returned>,
    #[serde(default)]
    uniqueness: Uniqueness,
    #[serde(default)]
    reference_types: Vec<String>,
    #[serde(default)]
    sub_attributes: Vec<AttributeDocument>,
}

impl From<AttributeDocument> for Attribute {
    fn from(document: AttributeDocument) -> Self {
        let texts = |texts: Vec<String>| texts.into_iter().map(Into::into).collect();
        let is_binary = document.data_type == DataType::Binary;
        // RFC 7643 §2.3.7, unless the document specifies it.
        let is_exact = document.case_exact.unwrap_or(document.data_type == DataType::Reference);
        let returned = match (document.mutability, document.returned) {
            (Mutability::WriteOnly, None | Some(Returned::Default)) => Returned::Never,
            (_, returned) => returned.unwrap_or_default(),
        };
        Self {
            name: document.name.into(),
            description: document.description.into(),
            data_type: document.data_type,
            multi_valued: document.multi_valued,
            required: document.required,
            // RFC 7643 §2.3.6
            case_exact: is_exact || is_binary,
            canonical_values: texts(document.canonical_values),
            mutability: document.mutability,
            returned,
            uniqueness: document.uniqueness,
            reference_types: texts(document.reference_types),
            sub_attributes: document.sub_attributes.into_iter().map(Self::from).collect(),
        }
    }
}

impl<'de> Deserialize<'de> for Attribute {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        AttributeDocument::deserialize(deserializer).map(Self::from)
    }
}

impl Serialize for Schema {
    /// Returns the document of RFC 7643 §7 without `meta`, whose location only a server knows.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("schemas", &["urn:ietf:params:scim:schemas:core:2.0:Schema"])?;
        map.serialize_entry("id", &self.head.id)?;
        map.serialize_entry("name", &self.head.name)?;
        if !self.head.description.is_empty() {
            map.serialize_entry("description", &self.head.description)?;
        }
        map.serialize_entry("attributes", &self.attributes)?;
        map.end()
    }
}

#[derive(Deserialize)]
struct SchemaDocument {
    id: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    description: String,
    attributes: Vec<Attribute>,
}

impl<'de> Deserialize<'de> for Schema {
    /// Reads the document of RFC 7643 §7. Omitted characteristics have the defaults of RFC 7643 §2.2.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let document = SchemaDocument::deserialize(deserializer)?;
        let head =
            SchemaHead { id: document.id.into(), name: document.name.into(), description: document.description.into() };
        Ok(Self { head, attributes: document.attributes.into() })
    }
}

impl Serialize for ResourceType {
    /// Returns the document of RFC 7643 §6 without `meta`, whose location only a server knows.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Extension<'a> {
            schema: &'a str,
            required: bool,
        }
        let extensions: Vec<_> = self
            .extension_attributes()
            .iter()
            .map(|it| Extension { schema: &it.name, required: it.required })
            .collect();
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("schemas", &["urn:ietf:params:scim:schemas:core:2.0:ResourceType"])?;
        map.serialize_entry("id", &self.name)?;
        map.serialize_entry("name", &self.name)?;
        map.serialize_entry("endpoint", &self.endpoint)?;
        if !self.description.is_empty() {
            map.serialize_entry("description", &self.description)?;
        }
        map.serialize_entry("schema", &self.schema.id)?;
        if !extensions.is_empty() {
            map.serialize_entry("schemaExtensions", &extensions)?;
        }
        map.end()
    }
}

/// Maps an enumeration to the keywords of RFC 7643 §7 and back.
macro_rules! words {
    ($($type:ident { $($variant:ident = $word:literal),+ $(,)? })+) => { $(
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let word = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                $(if word.eq_ignore_ascii_case($word) {
                    return Ok(Self::$variant);
                })+
                Err(serde::de::Error::unknown_variant(&word, &[$($word),+]))
            }
        }

        impl $type {
            /// Returns the keyword that RFC 7643 §7 uses.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }
    )+ };
}

words! {
    DataType {
        String = "string", Boolean = "boolean", Decimal = "decimal", Integer = "integer", DateTime = "dateTime",
        Binary = "binary", Reference = "reference", Complex = "complex",
    }
    Mutability { ReadOnly = "readOnly", ReadWrite = "readWrite", Immutable = "immutable", WriteOnly = "writeOnly" }
    Returned { Always = "always", Never = "never", Default = "default", Request = "request" }
    Uniqueness { None = "none", Server = "server", Global = "global" }
}

#[cfg(test)]
mod tests {
    use super::super::AttributeSpec;
    use super::*;

    #[test]
    fn a_document_round_trips() {
        let text = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Schema"],"id":"urn:x:Device","name":"Device","attributes":[{"name":"serial","type":"string","multiValued":false,"required":true,"caseExact":true,"mutability":"immutable","returned":"always","uniqueness":"server"},{"name":"flags","type":"boolean","multiValued":true,"required":false,"mutability":"readWrite","returned":"default"}]}"#;
        let schema: Schema = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&schema).unwrap(), text);
    }

    #[test]
    fn omitted_characteristics_have_their_defaults() {
        let attribute: Attribute = serde_json::from_str(r#"{"name":"x"}"#).unwrap();
        assert_eq!(attribute, AttributeSpec::new("x", DataType::String).build());
        assert!(serde_json::from_str::<Attribute>(r#"{"name":"x","type":"text"}"#).is_err());
    }

    #[test]
    fn write_only_attributes_are_never_returned() {
        let read = |returned: &str| -> Attribute {
            serde_json::from_str(&format!(r#"{{"name":"pin","mutability":"writeOnly"{returned}}}"#)).unwrap()
        };
        for returned in ["", r#","returned":"default""#, r#","returned":"never""#] {
            assert_eq!(read(returned).returned, Returned::Never);
        }
        // `ResourceType::check` rejects this attribute, and the document always shows the effective value.
        let contradiction = read(r#","returned":"always""#);
        assert_eq!(contradiction.returned, Returned::Always);
        assert_eq!(serde_json::json!(contradiction)["returned"], "never");
    }

    #[test]
    fn a_reference_is_case_exact_unless_the_document_overrides_it() {
        let read = |case_exact: &str| -> Attribute {
            serde_json::from_str(&format!(r#"{{"name":"site","type":"reference"{case_exact}}}"#)).unwrap()
        };
        assert!(read("").case_exact && read(r#","caseExact":true"#).case_exact);
        assert!(!read(r#","caseExact":false"#).case_exact);
    }
}
