//! The schemas of the documents that the server itself publishes (RFC 7643 §5 to §7).

use std::borrow::Cow;

use crate::schema::{Attribute, AttributeSpec, DataType, Mutability, Schema, SchemaHead, Uniqueness};

/// The schema of `/ServiceProviderConfig`.
pub(crate) const SERVICE_PROVIDER_CONFIG: &str = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig";
const RESOURCE_TYPE: &str = "urn:ietf:params:scim:schemas:core:2.0:ResourceType";
const SCHEMA: &str = "urn:ietf:params:scim:schemas:core:2.0:Schema";

/// Returns the three schemas.
pub(crate) fn schemas() -> [Schema; 3] {
    let schema = |head, attributes| Schema { head, attributes: Cow::Borrowed(attributes) };
    [
        schema(
            SchemaHead::new(
                SERVICE_PROVIDER_CONFIG,
                "Service Provider Configuration",
                "What the service provider can do.",
            ),
            CONFIG,
        ),
        schema(SchemaHead::new(RESOURCE_TYPE, "ResourceType", "A kind of resource and its schemas."), TYPE),
        schema(SchemaHead::new(SCHEMA, "Schema", "The attributes of a schema."), ATTRIBUTES_OF_SCHEMA),
    ]
}

const CONFIG: &[Attribute] = &[
    uri("documentationUri", "Where people read about the service provider.").build(),
    complex("patch", "Whether PATCH works.", SUPPORTED).required().build(),
    complex("bulk", "Whether bulk requests work.", BULK).required().build(),
    complex("filter", "Whether filters work.", FILTER).required().build(),
    complex("changePassword", "Whether passwords can be changed.", SUPPORTED).required().build(),
    complex("sort", "Whether lists can be sorted.", SUPPORTED).required().build(),
    complex("etag", "Whether resources have versions.", SUPPORTED).required().build(),
    complex("authenticationSchemes", "How clients authenticate.", SCHEMES).required().many().build(),
];

const SUPPORTED: &[Attribute] = &[supported()];

const BULK: &[Attribute] = &[
    supported(),
    integer("maxOperations", "The most operations of a request."),
    integer("maxPayloadSize", "The most bytes of a request."),
];

const FILTER: &[Attribute] = &[supported(), integer("maxResults", "The most resources of an answer.")];

const SCHEMES: &[Attribute] = &[
    text("type", "The kind of scheme.").one_of(SCHEME_TYPES).required().build(),
    text("name", "The name for people.").required().build(),
    text("description", "What it is.").required().build(),
    uri("specUri", "Where its specification is found.").build(),
    uri("documentationUri", "Where its documentation is found.").build(),
    flag("primary", "Whether it is the preferred one.").build(),
];

const TYPE: &[Attribute] = &[
    text("id", "The same as the name.").build(),
    text("name", "The name of the resource type.").exact().unique().required().build(),
    text("description", "What the resources are.").build(),
    reference("endpoint", "Where they are found, below the base URL.", URI).unique().required().build(),
    reference("schema", "The URN of the core schema.", URI).required().build(),
    complex("schemaExtensions", "The extensions.", EXTENSIONS).many().build(),
];

const EXTENSIONS: &[Attribute] = &[
    reference("schema", "The URN of the extension.", URI).required().build(),
    flag("required", "Whether every resource has it.").required().build(),
];

const ATTRIBUTES_OF_SCHEMA: &[Attribute] = &[
    text("id", "The URN of the schema.").exact().required().build(),
    text("name", "The name for people.").build(),
    text("description", "What the schema is for.").build(),
    complex("attributes", "The attributes.", WITH_SUB_ATTRIBUTES).required().many().build(),
];

/// Returns the characteristics of an attribute. This is the only place in SCIM where a complex attribute contains
/// another.
const WITH_SUB_ATTRIBUTES: &[Attribute] = &[
    NAME,
    text("type", "The type of a value.").one_of(TYPES).required().build(),
    MULTI_VALUED,
    DESCRIPTION,
    REQUIRED,
    CANONICAL_VALUES,
    CASE_EXACT,
    MUTABILITY,
    RETURNED,
    UNIQUENESS,
    REFERENCE_TYPES,
    complex("subAttributes", "The parts of a complex attribute.", SUB_ATTRIBUTES).many().build(),
];

const SUB_ATTRIBUTES: &[Attribute] = &[
    NAME,
    text("type", "The type of a value.").one_of(SIMPLE_TYPES).required().build(),
    MULTI_VALUED,
    DESCRIPTION,
    REQUIRED,
    CANONICAL_VALUES,
    CASE_EXACT,
    MUTABILITY,
    RETURNED,
    UNIQUENESS,
    REFERENCE_TYPES,
];

const NAME: Attribute = text("name", "The name.").exact().required().build();
const MULTI_VALUED: Attribute = flag("multiValued", "Whether it is a list.").required().build();
const DESCRIPTION: Attribute = text("description", "What it means.").exact().build();
const REQUIRED: Attribute = flag("required", "Whether it must have a value.").build();
const CANONICAL_VALUES: Attribute = text("canonicalValues", "Suggested values.").exact().many().build();
const CASE_EXACT: Attribute = flag("caseExact", "Whether the case of letters counts.").build();
const MUTABILITY: Attribute = text("mutability", "Who may write it.").exact().one_of(MUTABILITIES).build();
const RETURNED: Attribute = text("returned", "When it is part of an answer.").exact().one_of(RETURNS).build();
const UNIQUENESS: Attribute = text("uniqueness", "How widely a value is unique.").exact().one_of(UNIQUENESSES).build();
const REFERENCE_TYPES: Attribute = text("referenceTypes", "What it may refer to.").exact().many().build();

type Words = &'static [Cow<'static, str>];

/// Defines lists of canonical values.
macro_rules! words {
    ($($name:ident = $($word:literal)+;)+) => { $(const $name: Words = &[$(Cow::Borrowed($word)),+];)+ };
}

words! {
    URI = "uri";
    EXTERNAL = "external";
    SCHEME_TYPES = "oauth" "oauth2" "oauthbearertoken" "httpbasic" "httpdigest";
    TYPES = "string" "boolean" "decimal" "integer" "dateTime" "binary" "reference" "complex";
    SIMPLE_TYPES = "string" "boolean" "decimal" "integer" "dateTime" "binary" "reference";
    MUTABILITIES = "readOnly" "readWrite" "immutable" "writeOnly";
    RETURNS = "always" "never" "default" "request";
    UNIQUENESSES = "none" "server" "global";
}

const fn supported() -> Attribute {
    flag("supported", "Whether it is.").required().build()
}

const fn read_only(name: &'static str, description: &'static str, data_type: DataType) -> AttributeSpec {
    AttributeSpec { description, mutability: Mutability::ReadOnly, ..AttributeSpec::new(name, data_type) }
}

const fn text(name: &'static str, description: &'static str) -> AttributeSpec {
    read_only(name, description, DataType::String)
}

const fn flag(name: &'static str, description: &'static str) -> AttributeSpec {
    read_only(name, description, DataType::Boolean)
}

const fn integer(name: &'static str, description: &'static str) -> Attribute {
    read_only(name, description, DataType::Integer).required().build()
}

const fn reference(name: &'static str, description: &'static str, reference_types: Words) -> AttributeSpec {
    AttributeSpec { reference_types, case_exact: true, ..read_only(name, description, DataType::Reference) }
}

const fn uri(name: &'static str, description: &'static str) -> AttributeSpec {
    reference(name, description, EXTERNAL)
}

const fn complex(name: &'static str, description: &'static str, sub_attributes: &'static [Attribute]) -> AttributeSpec {
    AttributeSpec { sub_attributes, ..read_only(name, description, DataType::Complex) }
}

impl AttributeSpec {
    const fn required(self) -> Self {
        Self { required: true, ..self }
    }

    const fn many(self) -> Self {
        Self { multi_valued: true, ..self }
    }

    const fn exact(self) -> Self {
        Self { case_exact: true, ..self }
    }

    const fn unique(self) -> Self {
        Self { uniqueness: Uniqueness::Server, ..self }
    }

    const fn one_of(self, canonical_values: Words) -> Self {
        Self { canonical_values, ..self }
    }
}
