//! Extensions that are added to derived types at run time: a nested struct, a flat one and a [`Document`] must agree.
//!
//! [`Document`]: scim_core::reflect::Document

#![cfg(feature = "derive")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod discovery;
mod registration;
mod requests;
mod stored;

use std::collections::BTreeMap;

use bytes::Bytes;
use http::Request;
use scim_core::{
    Identity, Scim, ScimComplex, ScimExtension, ScimResource,
    compat::Compat,
    model::Meta,
    reflect::{Document, DynamicExtensions},
    schema::{ResourceType, Schema},
    store::MemoryStore,
};
use serde_json::Value as Json;

const CORE: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const SHOES: &str = "urn:example:params:scim:schemas:extension:shoes:2.0:User";
const LOCKER: &str = "urn:example:params:scim:schemas:extension:locker:2.0:User";

#[derive(Clone, Debug, Default, ScimResource)]
#[scim(schema = "urn:ietf:params:scim:schemas:core:2.0:User", name = "User", endpoint = "/Users")]
struct Nested {
    id: String,
    meta: Meta,
    user_name: String,
    name: Option<Name>,
    #[scim(dynamic_extensions)]
    extra: DynamicExtensions,
    #[scim(extension)]
    employment: Option<Employment>,
}

#[derive(Clone, Debug, Default, ScimComplex)]
struct Name {
    given_name: Option<String>,
}

#[derive(Clone, Debug, Default, ScimExtension)]
#[scim(schema = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", name = "EnterpriseUser")]
struct Employment {
    department: Option<String>,
}

#[derive(Clone, Debug, Default, ScimResource)]
#[scim(schema = "urn:ietf:params:scim:schemas:core:2.0:User", name = "User", endpoint = "/Users")]
struct Flat {
    id: String,
    #[scim(path = "meta.version")]
    version: i64,
    #[scim(dynamic_extensions)]
    extra: DynamicExtensions,
    #[scim(path = "userName")]
    login: String,
    #[scim(path = "name.givenName")]
    first_name: Option<String>,
    #[scim(path = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department")]
    department: Option<String>,
}

/// Returns the table with the URNs filled in.
fn table() -> Json {
    let text = include_str!("../data/dynamic.json")
        .replace("<shoes>", &SHOES.to_ascii_uppercase())
        .replace("<CORE>", CORE)
        .replace("<ENT>", ENTERPRISE)
        .replace("<SHOES>", SHOES)
        .replace("<LOCKER>", LOCKER);
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}"))
}

fn schema(name: &str) -> Schema {
    serde_json::from_value(table()[name].clone()).unwrap_or_else(|error| panic!("{error}"))
}

/// Returns the type with both extensions.
fn extended(resource_type: &ResourceType) -> ResourceType {
    resource_type.clone().with_extension(schema("shoes")).unwrap().with_extension(schema("locker")).unwrap()
}

/// Returns the same service for every representation of a user.
fn services(compat: Compat) -> BTreeMap<&'static str, Scim> {
    let (nested, flat) = (extended(Nested::TYPE), extended(Flat::TYPE));
    let builders = [
        ("nested", Scim::builder().resource_as(nested.clone(), MemoryStore::<Nested>::of(nested.clone()))),
        ("flat", Scim::builder().resource_as(flat.clone(), MemoryStore::<Flat>::of(flat))),
        ("document", Scim::builder().dynamic(nested.clone(), MemoryStore::<Document>::of(nested))),
    ];
    builders.into_iter().map(|(name, builder)| (name, builder.compat(compat).build().unwrap())).collect()
}

async fn send(scim: &Scim, method: &str, uri: &str, body: &Json) -> (u16, Json) {
    let body = if body.is_null() { Bytes::new() } else { body.to_string().into() };
    let mut request = Request::builder().method(method).uri(uri).body(body).unwrap();
    request.extensions_mut().insert(Identity::new("tenant", "client"));
    let response = scim.handle(request).await;
    let json = if response.body().is_empty() { Json::Null } else { serde_json::from_slice(response.body()).unwrap() };
    (response.status().as_u16(), json)
}
