//! Error messages for invalid values and for attributes that cannot change: they contain the full name of the
//! attribute.

use scim_core::{Error, ScimResource, body, patch};
use serde_json::{Value as Json, json};

use super::*;

#[derive(Clone, Debug, Default, ScimExtension)]
#[scim(schema = "urn:example:params:scim:schemas:extension:badge:2.0:User", name = "Badge")]
struct Badge {
    #[scim(required)]
    number: String,
    #[scim(mutability = immutable)]
    issuer: Option<String>,
    #[scim(mutability = read_only)]
    printed: Option<String>,
    floor: Option<i32>,
}

#[derive(Clone, Debug, Default, ScimResource)]
#[scim(schema = "urn:ietf:params:scim:schemas:core:2.0:User", name = "User", endpoint = "/Users")]
struct Worker {
    id: String,
    #[scim(required)]
    user_name: String,
    #[scim(path = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value")]
    manager: Option<Uuid>,
    #[scim(extension)]
    badge: Option<Badge>,
}

const BADGE: &str = "urn:example:params:scim:schemas:extension:badge:2.0:User";

fn read(body: &Json) -> Error {
    body::read(
        Worker::TYPE,
        &mut Worker::default(),
        body.to_string().as_bytes(),
        &scim_core::compat::Tolerance::default(),
    )
    .unwrap_err()
}

fn change(operation: &Json) -> Error {
    let badge = Badge { number: "1".into(), issuer: Some("HR".into()), printed: Some("today".into()), floor: None };
    let mut worker = Worker { badge: Some(badge), ..Worker::default() };
    let body = json!({"Operations": [operation]}).to_string();
    patch::apply(Worker::TYPE, &mut worker, body.as_bytes(), &scim_core::compat::Tolerance::default()).unwrap_err()
}

#[test]
fn an_invalid_value_is_reported_with_the_full_name() {
    let manager = format!("{ENTERPRISE}:manager");
    let expected = format!("invalid value for `{manager}.value`: expected a UUID");
    assert_eq!(read(&json!({ENTERPRISE: {"manager": {"value": "26"}}})).detail(), expected);
    for (path, value) in [
        (Json::Null, json!({ENTERPRISE: {"manager": {"value": "26"}}})),
        (json!(manager), json!("26")),
        (json!(format!("{manager}.value")), json!("26")),
    ] {
        let detail = change(&json!({"op": "add", "path": path, "value": value})).detail().to_owned();
        assert!(detail.ends_with(&format!(": {expected}")), "{detail}");
    }
}

#[test]
fn a_forbidden_change_is_reported_with_the_full_name() {
    for (operation, expected) in [
        (json!({"op": "remove", "path": format!("{BADGE}:number")}), "number` is required and cannot be removed"),
        (json!({"op": "replace", "path": format!("{BADGE}:printed"), "value": "x"}), "printed` is read-only"),
        (
            json!({"op": "replace", "path": format!("{BADGE}:issuer"), "value": "x"}),
            "issuer` is immutable and already has a value",
        ),
    ] {
        let error = change(&operation);
        assert_eq!(error.scim_type().map(scim_core::ScimType::as_str), Some("mutability"), "{error}");
        assert!(error.detail().ends_with(&format!(": `{BADGE}:{expected}")), "{error}");
    }
}

fn range<T: Reflect>() -> String {
    match T::create(&[], Edit::Set(text("x"))).map(drop) {
        Err(EditError::Expected(what)) => what.into_owned(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_invalid_number_is_reported_with_its_range() {
    let floor = format!("invalid value for `{BADGE}:floor`: expected an integer from -2147483648 to 2147483647");
    assert_eq!(read(&json!({BADGE: {"number": "1", "floor": 2_147_483_648_i64}})).detail(), floor);
    let error = change(&json!({"op": "add", "path": format!("{BADGE}:floor"), "value": -2_147_483_649_i64}));
    assert!(error.detail().ends_with(&floor), "{error}");

    macro_rules! check {
        ($($type:ty),+) => { $(
            assert_eq!(range::<$type>(), format!("an integer from {} to {}", <$type>::MIN, <$type>::MAX));
        )+ };
    }
    check!(i8, i16, i32, i64, u8, u16, u32);
    // A larger JSON number is not read as an integer.
    assert_eq!(range::<u64>(), format!("an integer from 0 to {}", i64::MAX));
}
