//! Resources beside what the server announces of them.

use bytes::Bytes;
use http::{Method, Request};
use serde_json::{Map, Value};

use super::{Findings, Rule, attribute, member, shown};
use crate::schemas::{Attribute, ResourceType, Schema, Schemas};

/// The core attribute `externalId`, and those of `meta` (RFC 7643, section 3.1): no schema announces them.
const META: [(&str, &str); 5] = [
    ("resourceType", "string"),
    ("created", "dateTime"),
    ("lastModified", "dateTime"),
    ("location", "reference"),
    ("version", "string"),
];

const DISCOVERY: [(&str, &str); 3] = [
    ("/Schemas", "urn:ietf:params:scim:schemas:core:2.0:Schema"),
    ("/ResourceTypes", "urn:ietf:params:scim:schemas:core:2.0:ResourceType"),
    ("/ServiceProviderConfig", "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"),
];

/// What is known of the resources in an answer from the request for them.
pub(super) struct About<'a> {
    schemas: Option<&'a Schemas>,
    path: &'a str,
    /// Whether the client asked for some attributes only.
    projected: bool,
    /// Whether attributes that are `returned: request` may come: they were asked for, or written.
    on_request: bool,
}

impl<'a> About<'a> {
    pub(super) fn of(request: &'a Request<Bytes>, schemas: Option<&'a Schemas>) -> Self {
        let path = request.uri().path();
        let query = request.uri().query().unwrap_or_default().to_ascii_lowercase();
        let searched = path.ends_with("/.search");
        let projected = searched || query.contains("attributes=");
        Self { schemas, path, projected, on_request: projected || request.method() != Method::GET }
    }

    /// Everything that is wrong with one resource.
    pub(super) fn check(&self, place: &str, resource: &Value, findings: &mut Findings) {
        let (Some(schemas), Some(members)) = (self.schemas, resource.as_object()) else { return };
        let is_at = |endpoint: &str| self.path.trim_end_matches('/').starts_with(endpoint);
        if let Some((_, id)) = DISCOVERY.iter().find(|(endpoint, _)| is_at(endpoint)) {
            if let Some(schema) = schemas.schema(id) {
                self.attributes(place, members, &without_end(schema), &[], findings);
                listed(place, members, schema, &[], true, findings);
            }
        } else if let Some(kind) = type_of(self.path, resource, schemas)
            && let Some(schema) = schemas.schema(&kind.schema)
        {
            self.identity(place, resource, kind, findings);
            let extensions: Vec<_> = kind.extensions.iter().filter_map(|id| schemas.schema(id)).collect();
            listed(place, members, schema, &extensions, !self.projected, findings);
            self.attributes(place, members, schema, &extensions, findings);
        }
    }

    fn identity(&self, place: &str, resource: &Value, kind: &ResourceType, findings: &mut Findings) {
        match resource.get("id") {
            Some(Value::String(id)) if !id.is_empty() => {}
            Some(id) => findings.add(Rule::Identity, format!("`{place}.id` must be a string, but it is {}", shown(id))),
            None => findings.add(Rule::Identity, format!("`{place}.id` must be there")),
        }
        let found = resource.get("meta").and_then(|meta| meta.get("resourceType"));
        if found.and_then(Value::as_str) != Some(&kind.name) && !(self.projected && found.is_none()) {
            let found = found.map_or_else(|| "absent".to_owned(), shown);
            let text = format!("`{place}.meta.resourceType` must be `{}`, but it is {found}", kind.name);
            findings.add(Rule::Identity, text);
        }
    }

    /// Names and types of the members.
    fn attributes(
        &self,
        place: &str,
        members: &Map<String, Value>,
        schema: &Schema,
        extensions: &[&Schema],
        findings: &mut Findings,
    ) {
        let mut core = members.clone();
        core.remove("schemas");
        if let Some(id) = core.remove("id").filter(|id| !id.is_string()) {
            findings.add(Rule::Type, format!("`{place}.id` must be a string, but it is {}", shown(&id)));
        }
        for extension in extensions {
            let Some(data) = core.remove(&extension.id) else { continue };
            let place = member(place, &extension.id);
            match &data {
                Value::Object(data) => {
                    attribute::members(&place, data, &extension.attributes, self.on_request, findings);
                }
                Value::Null => {}
                other => findings.add(Rule::Type, format!("`{place}` must be an object, but it is {}", shown(other))),
            }
        }
        let mut announced = schema.attributes.clone();
        announced.retain(|attribute| !["meta", "schemas", "id"].contains(&attribute.name.as_str()));
        announced.push(plain("externalId", "string", Vec::new()));
        announced.push(plain("meta", "complex", META.map(|(name, kind)| plain(name, kind, Vec::new())).into()));
        attribute::members(place, &core, &announced, self.on_request, findings);
    }
}

/// The type of a resource: by the endpoint that was asked, and below the root by what the resource says.
fn type_of<'a>(path: &str, resource: &Value, schemas: &'a Schemas) -> Option<&'a ResourceType> {
    let said = || schemas.type_named(resource.get("meta")?.get("resourceType")?.as_str()?);
    let listed = || {
        let ids = resource.get("schemas")?.as_array()?;
        schemas.resource_types().iter().find(|kind| ids.contains(&kind.schema.as_str().into()))
    };
    let is_message = |id: &Value| id.as_str().is_some_and(|id| id.starts_with("urn:ietf:params:scim:api:messages:"));
    if resource.get("schemas").and_then(Value::as_array).is_some_and(|ids| ids.iter().any(is_message)) {
        return None;
    }
    schemas.type_at(path).or_else(said).or_else(listed)
}

/// `schemas` beside the extensions that are there.
fn listed(
    place: &str,
    members: &Map<String, Value>,
    schema: &Schema,
    extensions: &[&Schema],
    exactly: bool,
    findings: &mut Findings,
) {
    let Some(ids) = members.get("schemas").and_then(Value::as_array) else {
        return findings.add(Rule::Schemas, format!("`{place}.schemas` must be an array"));
    };
    let listed = |id: &str| ids.iter().any(|listed| listed.as_str() == Some(id));
    if !listed(&schema.id) {
        findings.add(Rule::Schemas, format!("`{place}.schemas` must list `{}`", schema.id));
    }
    for extension in extensions {
        let text = match (members.contains_key(&extension.id), listed(&extension.id)) {
            (true, false) => format!("`{place}.schemas` must list `{}`, whose attributes are there", extension.id),
            (false, true) if exactly => {
                format!("`{place}.schemas` lists `{}`, none of whose attributes are there", extension.id)
            }
            _ => continue,
        };
        findings.add(Rule::Schemas, text);
    }
    for id in ids {
        let known = id.as_str().is_some_and(|id| id == schema.id || extensions.iter().any(|known| known.id == id));
        if !known {
            findings
                .add(Rule::Schemas, format!("`{place}.schemas` lists {}, which is not announced for it", shown(id)));
        }
    }
}

/// The schema of schemas cannot say that sub-attributes have sub-attributes (RFC 7643, section 8.7.2); its own document
/// has them. So whatever is below the second level is not looked at.
fn without_end(schema: &Schema) -> Schema {
    let mut schema = schema.clone();
    for attribute in &mut schema.attributes {
        for sub in &mut attribute.sub_attributes {
            if sub.name == "subAttributes" && sub.sub_attribute("subAttributes").is_none() {
                let mut below = plain("subAttributes", "complex", Vec::new());
                below.multi_valued = true;
                sub.sub_attributes.push(below);
            }
        }
    }
    schema
}

fn plain(name: &str, kind: &str, sub_attributes: Vec<Attribute>) -> Attribute {
    Attribute {
        name: name.to_owned(),
        kind: kind.to_owned(),
        multi_valued: false,
        required: false,
        mutability: "readWrite".to_owned(),
        uniqueness: "none".to_owned(),
        case_exact: false,
        returned: "default".to_owned(),
        canonical_values: Vec::new(),
        sub_attributes,
    }
}
