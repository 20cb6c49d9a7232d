//! Which resource type a resource has.

use scim_core::{
    ScimResource,
    model::{Group, User},
    schema::{Attribute, ResourceType, Schema, SchemaErrors, common},
};
use serde_json::Value as Json;

/// Why there is no resource type.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TypeError {
    #[error("no schema is called `{wanted}`; there are {known}")]
    Unknown { wanted: String, known: String },
    #[error("the `schemas` of the resource do not tell its type; give `--type`, one of {known}")]
    Undecided { known: String },
    #[error("the schemas cannot be read: {0}")]
    Schemas(serde_json::Error),
    #[error("the schemas make no resource type: {0}")]
    Check(SchemaErrors),
}

/// The standard type that is named, or that the resource names.
pub(crate) fn standard(resource: &[u8], wanted: Option<&str>) -> Result<ResourceType, TypeError> {
    let types = [User::TYPE, Group::TYPE];
    let schemas = types.map(|resource_type| resource_type.schema.id.to_string());
    let chosen = core_schema(&schemas, &schemas, &schemas_of(resource), wanted)?;
    let chosen = types.into_iter().find(|resource_type| resource_type.schema.id == chosen);
    chosen.cloned().ok_or_else(|| TypeError::Undecided { known: schemas.join(", ") })
}

/// The type whose core schema is named, or that the resource names, with its extensions.
pub(crate) fn published(
    schemas: &[u8],
    resource: &[u8],
    patch: &[u8],
    wanted: Option<&str>,
) -> Result<ResourceType, TypeError> {
    let schemas = read(schemas).map_err(TypeError::Schemas)?;
    let ids: Vec<String> = schemas.iter().map(|schema| schema.head.id.to_string()).collect();
    let names: Vec<String> = schemas.iter().map(|schema| schema.head.name.to_string()).collect();
    let uris = schemas_of(resource);
    let id = core_schema(&ids, &names, &uris, wanted)?;
    let (core, others): (Vec<Schema>, Vec<Schema>) = schemas.into_iter().partition(|schema| schema.head.id == id);
    let Some(mut core) = core.into_iter().next() else {
        return Err(TypeError::Undecided { known: ids.join(", ") });
    };
    // Some servers publish the common attributes with each schema.
    let is_common =
        |attribute: &Attribute| common::ATTRIBUTES.iter().any(|common| is_same(&common.name, &attribute.name));
    core.attributes.to_mut().retain(|attribute| !is_common(attribute));

    let name = last_segment(&id).to_owned();
    let patch = String::from_utf8_lossy(patch).to_lowercase();
    let is_extension = |schema: &Schema| {
        let urn = &schema.head.id;
        uris.iter().any(|uri| is_same(uri, urn))
            || patch.contains(&urn.to_lowercase())
            || (is_extension_urn(urn) && is_same(last_segment(urn), &name))
    };
    let extensions = others.into_iter().filter(is_extension).map(|schema| (schema, false)).collect();
    let resource_type = ResourceType::new(name.clone(), format!("/{name}s"), String::new(), core, extensions);
    resource_type.check().map_err(TypeError::Check)?;
    Ok(resource_type)
}

/// The schemas of a list response, of an array, or the one that stands alone.
fn read(json: &[u8]) -> Result<Vec<Schema>, serde_json::Error> {
    let mut json: Json = serde_json::from_slice(json)?;
    let documents = match json.get_mut("Resources").map(Json::take).unwrap_or(json) {
        Json::Array(documents) => documents,
        one => vec![one],
    };
    documents.into_iter().map(serde_json::from_value).collect()
}

/// The `schemas` of the resource; of a file that is no resource, none.
fn schemas_of(resource: &[u8]) -> Vec<String> {
    #[derive(serde::Deserialize)]
    struct Head {
        schemas: Vec<String>,
    }
    serde_json::from_slice(resource).map(|head: Head| head.schemas).unwrap_or_default()
}

/// The URN of the core schema: what is wanted, by URN or name, or else the only one that the resource names, extensions
/// left aside.
fn core_schema(ids: &[String], names: &[String], uris: &[String], wanted: Option<&str>) -> Result<String, TypeError> {
    let known = || ids.join(", ");
    if let Some(wanted) = wanted {
        let by_id = ids.iter().find(|id| is_same(id, wanted));
        let by_name = || ids.iter().zip(names).find(|(_, name)| is_same(name, wanted)).map(|(id, _)| id);
        let by_segment = || ids.iter().find(|id| is_same(last_segment(id), wanted) && !is_extension_urn(id));
        let found = by_id.or_else(by_segment).or_else(by_name);
        return found.cloned().ok_or_else(|| TypeError::Unknown { wanted: wanted.to_owned(), known: known() });
    }
    let found: Vec<&String> = ids.iter().filter(|id| uris.iter().any(|uri| is_same(uri, id))).collect();
    let core: Vec<&String> = found.iter().copied().filter(|id| !is_extension_urn(id)).collect();
    match (core.as_slice(), found.as_slice()) {
        ([one], _) | ([], [one]) => Ok((*one).clone()),
        _ => Err(TypeError::Undecided { known: known() }),
    }
}

/// URNs of extensions look like `urn:ietf:params:scim:schemas:extension:enterprise:2.0:User`.
fn is_extension_urn(urn: &str) -> bool {
    urn.to_ascii_lowercase().contains(":extension:")
}

fn last_segment(urn: &str) -> &str {
    urn.rsplit(':').next().unwrap_or(urn)
}

fn is_same(left: &str, right: &str) -> bool {
    left.eq_ignore_ascii_case(right)
}
