//! What a server says of itself: the attributes of `/Schemas`, the endpoints of `/ResourceTypes`, the features of
//! `/ServiceProviderConfig`.

mod read;
pub(crate) mod standard;

use serde_json::Value;

/// The schemas, resource types and features that a server announces.
///
/// [`Kit::run`](crate::Kit::run) reads them before anything else, sends only attributes that are among them, and holds
/// every answer to them. Read them with [`Schemas::read`], or build them from documents that you have.
///
/// # Examples
///
/// ```
/// use scim_conformance::Schemas;
/// use serde_json::json;
///
/// let user = json!({
///     "id": "urn:ietf:params:scim:schemas:core:2.0:User",
///     "attributes": [{"name": "userName", "type": "string", "multiValued": false, "required": true}],
/// });
/// let schemas = Schemas::from_documents(&[user], &[], None);
/// let user = schemas.schema("urn:ietf:params:scim:schemas:core:2.0:User").expect("it is announced");
/// assert!(user.attribute("USERNAME").is_some_and(|attribute| attribute.required));
/// assert!(user.attribute("nickName").is_none());
/// ```
#[derive(Clone, Debug, Default)]
pub struct Schemas {
    announced: Vec<Schema>,
    types: Vec<ResourceType>,
    features: Option<Value>,
}

/// One schema: its URI and its attributes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Schema {
    /// The URI.
    pub id: String,
    /// The attributes, in the server's order.
    pub attributes: Vec<Attribute>,
}

/// One announced attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attribute {
    /// The name in the server's spelling.
    pub name: String,
    /// The word of `type`, such as `string` or `complex`.
    pub kind: String,
    /// Whether values come in an array.
    pub multi_valued: bool,
    /// Whether every resource has it.
    pub required: bool,
    /// The word of `mutability`, such as `readWrite`.
    pub mutability: String,
    /// The word of `uniqueness`, such as `none`.
    pub uniqueness: String,
    /// Whether texts that differ in letter case are different.
    pub case_exact: bool,
    /// The word of `returned`, such as `default` or `never`.
    pub returned: String,
    /// The values that the server suggests, such as the types of e-mail addresses that it knows.
    pub canonical_values: Vec<String>,
    /// The attributes inside, if the type is `complex`.
    pub sub_attributes: Vec<Attribute>,
}

/// One announced resource type.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ResourceType {
    /// The name, which is also the `meta.resourceType` of its resources.
    pub name: String,
    /// The path below the base of the server, such as `/Users`.
    pub endpoint: String,
    /// The URI of the schema of its resources.
    pub schema: String,
    /// The URIs of the extensions that its resources may have.
    pub extensions: Vec<String>,
}

impl Schemas {
    /// Schemas from the elements of `/Schemas` and `/ResourceTypes`, and the document `/ServiceProviderConfig`.
    ///
    /// Parts that are not of the form of RFC 7643, sections 5 to 7, are left out. Without resource types, users and
    /// groups are taken to be where RFC 7644, section 3.2, puts them.
    #[must_use]
    pub fn from_documents(schemas: &[Value], types: &[Value], features: Option<&Value>) -> Self {
        let schemas: Vec<_> = schemas.iter().filter_map(Schema::from_document).collect();
        let mut types: Vec<_> = types.iter().filter_map(ResourceType::from_document).collect();
        if types.is_empty() {
            types = standard::resource_types(|id| schemas.iter().any(|schema| schema.is(id)));
        }
        Self { announced: schemas, types, features: features.cloned() }
    }

    /// Whether nothing is announced: the server has no `/Schemas`, or it cannot be read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.announced.is_empty()
    }

    /// The schema with this URI, in any letter case.
    #[must_use]
    pub fn schema(&self, id: &str) -> Option<&Schema> {
        self.announced.iter().find(|schema| schema.is(id))
    }

    /// The resource types, in the server's order.
    #[must_use]
    pub fn resource_types(&self) -> &[ResourceType] {
        &self.types
    }

    /// Whether `/ServiceProviderConfig` says that a feature, such as `bulk`, is supported. `None` when it does not say.
    #[must_use]
    pub fn feature(&self, name: &str) -> Option<bool> {
        self.features.as_ref()?.get(name)?.get("supported")?.as_bool()
    }

    /// The resource type whose endpoint is the first segment of this path.
    pub(crate) fn type_at(&self, path: &str) -> Option<&ResourceType> {
        let first = first_segment(path);
        self.types.iter().find(|kind| first_segment(&kind.endpoint).eq_ignore_ascii_case(first))
    }

    pub(crate) fn type_named(&self, name: &str) -> Option<&ResourceType> {
        self.types.iter().find(|kind| kind.name == name)
    }
}

impl Schema {
    /// The attribute with this name, in any letter case.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        find(&self.attributes, name)
    }

    fn is(&self, id: &str) -> bool {
        self.id.eq_ignore_ascii_case(id)
    }

    fn from_document(document: &Value) -> Option<Self> {
        let attributes = document.get("attributes").map(attributes).unwrap_or_default();
        Some(Self { id: text(document, "id")?, attributes })
    }
}

impl Attribute {
    /// The sub-attribute with this name, in any letter case.
    #[must_use]
    pub fn sub_attribute(&self, name: &str) -> Option<&Self> {
        find(&self.sub_attributes, name)
    }

    /// Whether any resource can have any text as its value, and clients see it.
    pub(crate) fn takes_any_text(&self) -> bool {
        let is = |word: &str, expected: &str| word.eq_ignore_ascii_case(expected);
        is(&self.kind, "string")
            && is(&self.mutability, "readWrite")
            && is(&self.uniqueness, "none")
            && (is(&self.returned, "default") || is(&self.returned, "always"))
            && !self.multi_valued
            && self.canonical_values.is_empty()
    }

    fn from_document(document: &Value) -> Option<Self> {
        let flag = |name: &str| document.get(name).and_then(Value::as_bool).unwrap_or_default();
        let word = |name: &str, default: &str| text(document, name).unwrap_or_else(|| default.to_owned());
        Some(Self {
            name: text(document, "name")?,
            kind: word("type", "string"),
            multi_valued: flag("multiValued"),
            required: flag("required"),
            mutability: word("mutability", "readWrite"),
            uniqueness: word("uniqueness", "none"),
            case_exact: flag("caseExact"),
            returned: word("returned", "default"),
            canonical_values: strings(document.get("canonicalValues")),
            sub_attributes: document.get("subAttributes").map(attributes).unwrap_or_default(),
        })
    }
}

impl ResourceType {
    fn from_document(document: &Value) -> Option<Self> {
        let extensions = document.get("schemaExtensions").and_then(Value::as_array);
        Some(Self {
            name: text(document, "name")?,
            endpoint: text(document, "endpoint")?,
            schema: text(document, "schema")?,
            extensions: extensions.into_iter().flatten().filter_map(|extension| text(extension, "schema")).collect(),
        })
    }
}

fn attributes(list: &Value) -> Vec<Attribute> {
    list.as_array().into_iter().flatten().filter_map(Attribute::from_document).collect()
}

fn strings(list: Option<&Value>) -> Vec<String> {
    let list = list.and_then(Value::as_array).into_iter().flatten();
    list.filter_map(|value| value.as_str().map(str::to_owned)).collect()
}

fn find<'a>(attributes: &'a [Attribute], name: &str) -> Option<&'a Attribute> {
    attributes.iter().find(|attribute| attribute.name.eq_ignore_ascii_case(name))
}

fn text(document: &Value, name: &str) -> Option<String> {
    document.get(name)?.as_str().map(str::to_owned)
}

/// `Users` of `/Users/1?count=2`, of `Users` and of `https://host/scim/v2/Users` no more than `https:`: endpoints are
/// relative (RFC 7643, section 6).
fn first_segment(path: &str) -> &str {
    path.trim_start_matches('/').split(['/', '?']).next().unwrap_or_default()
}
