//! Warnings: attributes that a service provider lacks, and a base path that is not set.

use super::{
    Client,
    events::{logged, record},
};
use crate::{
    ScimResource,
    model::{Group, User},
    reflect::{Document, Edit, EditError, Reflect, ValueRef},
    schema::ResourceType,
    server::{BuildError, Scim, Warning},
    store::MemoryStore,
};

#[derive(Clone, Debug, Default, ScimResource)]
#[scim(schema = "urn:ietf:params:scim:schemas:core:2.0:User", name = "User", endpoint = "/Users", crate = "crate")]
struct Login {
    id: String,
    #[scim(path = "name.givenName")]
    first_name: Option<String>,
}

#[derive(Clone, Debug, Default, ScimResource)]
#[scim(schema = "urn:ietf:params:scim:schemas:core:2.0:Group", name = "Team", endpoint = "/Teams", crate = "crate")]
struct Team {
    id: String,
    external_id: Option<String>,
    display_name: String,
}

fn attributes(scim: &Scim) -> Vec<String> {
    let names = scim.warnings().iter().map(|warning| match warning {
        Warning::MissingAttribute { resource_type, attribute, .. } => format!("{resource_type} {attribute}"),
        other => format!("{other:?}"),
    });
    names.collect()
}

#[test]
fn missing_attributes_that_clients_need_are_reported_and_logged() {
    record();
    logged();
    let scim =
        Scim::builder().resource(MemoryStore::<Login>::new()).resource(MemoryStore::<Team>::new()).build().unwrap();
    assert_eq!(
        attributes(&scim),
        [
            "User externalId",
            "User meta.lastModified",
            "User meta.version",
            "User userName",
            "User active",
            "Team meta.lastModified",
            "Team meta.version",
            "Team members",
            "MissingBaseUrl"
        ]
    );
    let lines = logged();
    assert_eq!(lines.len(), scim.warnings().len());
    assert!(lines[4].starts_with("WARN message=`User` has no `active`: clients cannot disable a user"), "{lines:?}");
}

#[test]
fn standard_types_and_documents_lack_nothing() {
    let standard = Scim::builder().resource(MemoryStore::<User>::new()).resource(MemoryStore::<Group>::new());
    assert_eq!(standard.base_path("/scim").build().unwrap().warnings(), []);
    let device = super::device();
    let dynamic = Scim::builder().dynamic(device.clone(), MemoryStore::<Document>::of(device));
    assert_eq!(dynamic.base_url("https://example.com").build().unwrap().warnings(), []);
}

/// A resource with handwritten reflection.
#[derive(Clone, Default)]
struct Empty;

impl Reflect for Empty {
    fn view(&self) -> ValueRef<'_> {
        ValueRef::ABSENT
    }

    fn edit(&mut self, _: &[u32], _: Edit<'_, '_>) -> Result<u32, EditError> {
        Err(EditError::Unmapped)
    }

    fn create(_: &[u32], _: Edit<'_, '_>) -> Result<Self, EditError> {
        Ok(Self)
    }
}

impl ScimResource for Empty {
    const TYPE: &'static ResourceType = Team::TYPE;
}

#[test]
fn a_struct_without_id_is_rejected() {
    let error = Scim::builder().resource(MemoryStore::<Empty>::new()).build().unwrap_err();
    assert!(matches!(error, BuildError::Schemas(_)));
    assert!(error.to_string().contains("the struct of `Team` has no field for `id`"), "{error}");
}

#[tokio::test]
async fn an_unknown_base_path_is_logged_once() {
    record();
    let scim = Scim::builder().resource(MemoryStore::<User>::new()).base_path("/v2").build().unwrap();
    let client = Client::new(scim);
    logged();
    for path in ["/scim/v2/Nothing", "/v2/Nothing", "/v2/Users/a/b"] {
        client.get(path).await;
    }
    assert!(logged().iter().all(|line| line.starts_with("INFO")));
    for path in ["/scim/v2/Users/26", "/scim/v2/Users", "/scim/v2/Schemas"] {
        assert_eq!(client.get(path).await.status, 404);
    }
    let warnings: Vec<String> = logged().into_iter().filter(|line| line.starts_with("WARN")).collect();
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(warnings[0].contains("prefix=\"/scim/v2\""), "{warnings:?}");
}
