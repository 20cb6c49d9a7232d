//! Tests which extensions a type accepts, and which structs can serve it.

use scim_core::{
    Scim, ScimResource,
    model::User,
    path,
    reflect::{Edit, EditError, Reflect as _, Scalar, Struct as _, Value},
    schema::{AttributeSpec, DataType, Path, ResourceType, Schema, SchemaErrors},
    store::MemoryStore,
};
use serde_json::json;

use crate::{CORE, ENTERPRISE, Flat, LOCKER, Nested, SHOES, extended, schema};

fn rejection(result: Result<ResourceType, SchemaErrors>) -> String {
    result.expect_err("it is refused").to_string()
}

fn shoes(urn: &str) -> Schema {
    let mut shoes = schema("shoes");
    shoes.head.id = urn.to_owned().into();
    shoes
}

#[test]
fn a_urn_can_be_added_only_once() {
    for urn in [ENTERPRISE, &SHOES.to_ascii_uppercase(), CORE] {
        let once = Nested::TYPE.clone().with_extension(schema("shoes")).unwrap();
        let message = rejection(once.with_extension(shoes(urn)));
        assert!(message.eq_ignore_ascii_case(&format!("`{urn}` is declared twice")), "{message}");
    }
    let message = rejection(Nested::TYPE.clone().with_extension(shoes("shoes")));
    assert!(message.contains("`shoes` is not a URN"), "{message}");
    let broken: Schema = serde_json::from_value(json!({
        "id": "urn:x:y", "attributes": [{"name": "a"}, {"name": "A"}, {"name": "b", "type": "complex"}]
    }))
    .unwrap();
    assert_eq!(
        rejection(Nested::TYPE.clone().with_extension(broken)),
        "`urn:x:y:A` is declared twice; `urn:x:y:b` is complex and has no sub-attributes"
    );
}

#[test]
fn constant_paths_remain_valid() {
    const DEPARTMENT: Path = path::<Nested>("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department");
    let extended = extended(Nested::TYPE);
    assert_eq!(extended.name_of(DEPARTMENT), format!("{ENTERPRISE}:department"));
    assert_eq!(extended.extensions.len(), 3);
    assert!(!extended.extension(LOCKER).unwrap().1.required);
    let required = Nested::TYPE.clone().with_required_extension(schema("locker")).unwrap();
    assert!(required.extension(LOCKER).unwrap().1.required);
}

#[tokio::test]
async fn an_extension_can_be_required() {
    let required = Flat::TYPE.clone().with_required_extension(schema("locker")).unwrap();
    let scim = Scim::builder().resource_as(required.clone(), MemoryStore::<Flat>::of(required)).build().unwrap();
    let (status, answer) = crate::send(&scim, "POST", "/Users", &json!({"schemas": [CORE], "userName": "kim"})).await;
    assert_eq!(status, 400);
    assert_eq!(answer["detail"], format!("required and without a value: `{LOCKER}`"));
    let full = json!({"schemas": [CORE], "userName": "kim", LOCKER: {"number": "1"}});
    assert_eq!(crate::send(&scim, "POST", "/Users", &full).await.0, 201);
}

/// Returns the error of serving a type with a struct that does not fit.
fn misfit<R: ScimResource>(resource_type: ResourceType) -> String {
    let built = Scim::builder().resource_as(resource_type.clone(), MemoryStore::<R>::of(resource_type)).build();
    built.expect_err("it is refused").to_string()
}

#[test]
fn a_struct_without_a_field_for_extensions_is_rejected() {
    let message = misfit::<User>(extended(User::TYPE));
    for urn in [SHOES, LOCKER] {
        let part = format!("the struct of `User` has no field for the extension `{urn}`, which is added at run time");
        assert!(message.contains(&part), "{message}");
    }
    assert!(message.contains("`#[scim(dynamic_extensions)]`"), "{message}");
}

#[test]
fn a_type_with_other_attributes_is_rejected() {
    let title = || AttributeSpec::new("title", DataType::String).build();
    let mut added = extended(Nested::TYPE);
    added.attributes.to_mut().push(title());
    let mut inserted = extended(Nested::TYPE);
    inserted.attributes.to_mut().insert(5, title());
    let mut altered = extended(Nested::TYPE);
    altered.attributes.to_mut()[4].case_exact = true;
    let mut shortened = Nested::TYPE.clone();
    shortened.attributes.to_mut().pop();
    shortened.extensions.to_mut().pop();
    for (resource_type, attribute) in
        [(added, "title"), (inserted, "name"), (altered, "userName"), (shortened, ENTERPRISE)]
    {
        let message = misfit::<Nested>(resource_type);
        let part = format!("has another attribute in the place of `{attribute}`");
        assert!(message.contains(&part), "{message}");
    }
    // The name and endpoint of the type may differ.
    let mut renamed = extended(Nested::TYPE);
    (renamed.name, renamed.endpoint) = ("Person".into(), "/People".into());
    let store = MemoryStore::<Nested>::of(renamed.clone());
    assert!(Scim::builder().resource_as(renamed, store).build().is_ok());
}

#[test]
fn only_runtime_extensions_reach_the_field() {
    let own = u32::try_from(Nested::TYPE.attributes.len()).unwrap();
    let text = || Edit::Set(Scalar::Str("x".into()));
    let mut nested = Nested::default();
    let mut flat = Flat::default();
    // `schemas`, and the sub-attributes of `meta` without a field.
    for place in [&[0][..], &[3, 1], &[3, 1, 0]] {
        assert!(nested.edit(place, text()).is_err());
        assert_eq!(flat.edit(place, text()), Err(EditError::Unmapped));
    }
    assert!(nested.extra.is_empty() && flat.extra.is_empty());
    assert_eq!(nested.len(), own);

    let shoes = || Value::Complex(vec![(own + 1, Value::Complex(vec![(0, Value::Scalar(Scalar::Int(39)))]))]);
    assert_eq!(nested.edit(&[], Edit::Insert(&mut shoes())), Ok(0));
    assert_eq!(flat.edit(&[], Edit::Insert(&mut shoes())), Ok(0));
    assert_eq!((nested.len(), &nested.extra), (own + 2, &flat.extra));
    for value in [nested.view(), flat.view()] {
        assert_eq!(value.clone().at(&[own + 1, 0]).scalar(), Scalar::Int(39));
        assert!(value.clone().at(&[own]).is_absent());
        assert_eq!(value.to_value().part(own + 1), shoes().part(own + 1));
    }
    assert_eq!(nested.edit(&[], Edit::Set(Scalar::Absent)), Ok(0));
    assert_eq!(flat.edit(&[], Edit::Set(Scalar::Absent)), Ok(0));
    assert!(nested.extra.is_empty() && flat.extra.is_empty());
}
