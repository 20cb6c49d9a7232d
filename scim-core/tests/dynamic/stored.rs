//! Tests of the stored form: JSON by names.

use scim_core::{
    Scim, ScimResource, body, compat::Tolerance, reflect::DynamicExtensions, schema::ResourceType, store::MemoryStore,
};
use serde_json::{Value as Json, json};

use crate::{CORE, ENTERPRISE, Flat, LOCKER, Nested, SHOES, extended, schema, send};

fn kim(resource_type: &ResourceType) -> Flat {
    let body = json!({
        "userName": "kim",
        SHOES: {
            "size": 39, "color": "", "bought": "2024-01-02T03:04:05.678Z", "sole": {"thickness": 2.5},
            "pairs": [{"value": "p1", "primary": true}, {"value": "p\"2"}], "tags": ["a", "b"],
        },
        LOCKER: {"number": "1", "combination": "1234"},
    });
    let mut kim = Flat::default();
    let strict = Tolerance::new(scim_core::compat::Compat::entra().without(scim_core::compat::Quirk::EmptyString));
    body::read(resource_type, &mut kim, body.to_string().as_bytes(), &strict).unwrap();
    kim
}

fn parsed(text: &str) -> Json {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn values_round_trip_regardless_of_the_order_of_extensions() {
    let stored_with = extended(Flat::TYPE);
    let kim = kim(&stored_with);
    let text = kim.extra.to_json(&stored_with).unwrap();
    let expected = json!({
        SHOES: {
            "size": 39, "color": "", "bought": "2024-01-02T03:04:05.678Z", "sole": {"thickness": 2.5},
            "pairs": [{"value": "p1", "primary": true}, {"value": "p\"2"}], "tags": ["a", "b"],
        },
        // A store also keeps what clients cannot read.
        LOCKER: {"number": "1", "combination": "1234"},
    });
    assert_eq!(parsed(&text), expected);
    assert_eq!(DynamicExtensions::from_json::<Flat>(&stored_with, &text).unwrap(), (kim.extra.clone(), vec![]));

    let mut hat = schema("locker");
    hat.head.id = "urn:example:Hat".into();
    let other = Flat::TYPE.clone().with_extension(hat).unwrap();
    let other = other.with_extension(schema("locker")).unwrap().with_extension(schema("shoes")).unwrap();
    let (read, unknown) = DynamicExtensions::from_json::<Flat>(&other, &text).unwrap();
    assert_eq!(unknown, Vec::<String>::new());
    assert_ne!(read, kim.extra, "the places are others");
    assert_eq!(parsed(&read.to_json(&other).unwrap()), expected);
}

/// A decimal is read back with a fraction; that is not a change of a value without one.
#[tokio::test]
async fn numbers_round_trip() {
    let user = extended(Flat::TYPE);
    let (given, stored) = (r#"{"thickness": 2}"#, r#"{"thickness": 2.0}"#);
    let scim = Scim::builder().resource_as(user.clone(), MemoryStore::<Flat>::of(user)).build().unwrap();
    let body = |sole: &str| json!({"schemas": [CORE], "userName": "kim", SHOES: {"size": 39, "sole": parsed(sole)}});
    let (_, first) = send(&scim, "POST", "/Users", &body(given)).await;
    let uri = format!("/Users/{}", first["id"].as_str().unwrap());
    let (_, second) = send(&scim, "PUT", &uri, &body(stored)).await;
    assert_eq!((&first["meta"]["version"], &first[SHOES]), (&second["meta"]["version"], &second[SHOES]));
    let (_, third) = send(&scim, "PUT", &uri, &body(r#"{"thickness": 2.5}"#)).await;
    assert_ne!(first["meta"]["version"], third["meta"]["version"]);
}

#[test]
fn no_values() {
    let user = extended(Flat::TYPE);
    assert_eq!(DynamicExtensions::new().to_json(&user).unwrap(), "{}");
    assert_eq!(DynamicExtensions::new().to_json(Flat::TYPE).unwrap(), "{}");
    let (read, unknown) = DynamicExtensions::from_json::<Flat>(&user, "{}").unwrap();
    assert!(read.is_empty() && unknown.is_empty());
}

#[test]
fn names_without_an_attribute_are_reported() {
    let user = Nested::TYPE.clone().with_extension(schema("locker")).unwrap();
    let text = json!({
        SHOES: {"size": 39},
        LOCKER: {"number": "1", "key": "k"},
        // The struct itself has these attributes.
        ENTERPRISE: {"department": "D"},
        "userName": "kim",
    });
    let (read, mut unknown) = DynamicExtensions::from_json::<Nested>(&user, &text.to_string()).unwrap();
    unknown.sort();
    let mut expected = [SHOES, &format!("{LOCKER}:key"), ENTERPRISE, "userName"];
    expected.sort_unstable();
    assert_eq!(unknown, expected);
    assert_eq!(parsed(&read.to_json(&user).unwrap()), json!({LOCKER: {"number": "1"}}));
}

#[test]
fn values_that_cannot_be_stored_are_an_error() {
    let user = extended(Flat::TYPE);
    let kim = kim(&user);
    let lost = Flat::TYPE.clone().with_extension(schema("shoes")).unwrap();
    for wrong in [Flat::TYPE, &lost] {
        assert!(kim.extra.to_json(wrong).is_err());
    }
    for (text, part) in [
        ("", "not readable JSON"),
        ("[]", "not a JSON object"),
        (
            &json!({SHOES: {"size": "large"}}).to_string(),
            "invalid value for `urn:example:params:scim:schemas:extension:shoes:2.0:User:size`: expected",
        ),
        (&format!("{{\"{SHOES}\": {{}}, \"{}\": {{}}}}", SHOES.to_ascii_uppercase()), "duplicate attribute"),
    ] {
        let error = DynamicExtensions::from_json::<Flat>(&user, text).unwrap_err();
        assert!(error.detail().contains(part), "{text}: {error}");
    }
}

#[test]
fn values_without_an_attribute_are_not_silently_dropped() {
    let resource_type = extended(Flat::TYPE);
    let kim = kim(&resource_type);
    assert!(format!("{:?}", kim.extra).ends_with("{ .. }"), "what is in it may be secret");
    // An extension that has lost its last attributes since the values were read.
    for left in 1..6 {
        let mut shoes = schema("shoes");
        shoes.attributes.to_mut().truncate(left);
        let older = Flat::TYPE.clone().with_extension(shoes).unwrap().with_extension(schema("locker")).unwrap();
        assert!(kim.extra.to_json(&older).is_err(), "{left}");
    }
}
