//! `validate` on objects, which runs after all changes of a request.

use bytes::Bytes;
use http::Request;
use scim_core::{
    Context, Identity, Scim,
    model::Meta,
    store::{Creation, MemoryStore, Store},
};
use serde_json::{Value as Json, json};

use super::*;

#[derive(Clone, Debug, Default, ScimResource)]
#[scim(schema = "urn:ietf:params:scim:schemas:core:2.0:User", name = "User", endpoint = "/Users")]
struct Nested {
    id: String,
    meta: Meta,
    #[scim(validate = lower_case)]
    user_name: String,
    #[scim(validate = whole)]
    name: Option<Name>,
    #[scim(validate = dialable)]
    phone_numbers: Vec<Phone>,
    #[scim(extension)]
    employment: Option<Employment>,
}

#[derive(Clone, Debug, Default, ScimResource)]
#[scim(schema = "urn:ietf:params:scim:schemas:core:2.0:User", name = "User", endpoint = "/Users")]
struct Flat {
    id: String,
    #[scim(path = "meta.version")]
    version: i64,
    #[scim(path = "userName", validate = lower_case)]
    login: String,
    #[scim(validate = whole)]
    name: Name,
    #[scim(path = r#"phoneNumbers[type eq "mobile"].value"#)]
    mobile: Option<String>,
    #[scim(path = "phoneNumbers", overflow, validate = dialable)]
    others: Vec<Phone>,
    #[scim(path = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager", validate = known)]
    manager: Option<Manager>,
}

#[derive(Clone, Debug, Default, ScimComplex)]
struct Name {
    given_name: Option<String>,
    family_name: Option<String>,
}

#[derive(Clone, Debug, Default, ScimComplex)]
struct Phone {
    value: Option<String>,
    r#type: Option<String>,
    primary: Option<bool>,
}

#[derive(Clone, Debug, Default, ScimExtension)]
#[scim(schema = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", name = "EnterpriseUser")]
struct Employment {
    #[scim(validate = known)]
    manager: Option<Manager>,
}

#[derive(Clone, Debug, Default, ScimComplex)]
struct Manager {
    value: Option<String>,
    #[scim(name = "$ref")]
    reference: Option<String>,
}

fn lower_case(name: &str) -> Result<(), &'static str> {
    if name.chars().any(char::is_uppercase) { Err("expected small letters") } else { Ok(()) }
}

fn whole(name: &Name) -> Result<(), &'static str> {
    if name.given_name.is_some() && name.family_name.is_none() {
        Err("expected a family name with a given name")
    } else {
        Ok(())
    }
}

fn dialable(phone: &Phone) -> Result<(), String> {
    let value = phone.value.as_deref().unwrap_or_default();
    if phone.r#type.as_deref() == Some("fax") && !value.starts_with('+') {
        return Err(format!("expected fax numbers such as `+{value}`"));
    }
    Ok(())
}

fn known(manager: &Manager) -> Result<(), &'static str> {
    if manager.value.is_none() { Err("expected a manager with a `value`") } else { Ok(()) }
}

const SCHEMA: &str = "urn:ietf:params:scim:schemas:core:2.0:User";

pub(super) async fn send(scim: &Scim, method: &str, uri: &str, body: &Json) -> (u16, Json) {
    let mut request = Request::builder().method(method).uri(uri).body(Bytes::from(body.to_string())).unwrap();
    request.extensions_mut().insert(Identity::new("tenant", "client"));
    let response = scim.handle(request).await;
    (response.status().as_u16(), serde_json::from_slice(response.body()).unwrap_or_default())
}

/// Returns a service, and the URI of a user that satisfies all rules.
async fn start(scim: Scim) -> (Scim, String) {
    let user = json!({
        "schemas": [SCHEMA], "userName": "kim",
        // The sub-attributes come in an order that violates the rule temporarily.
        "name": {"givenName": "Kim", "familyName": "Berg"},
        "phoneNumbers": [{"type": "fax", "value": "+1"}, {"type": "mobile", "value": "2"}],
        ENTERPRISE: {"manager": {"$ref": "../Users/7", "value": "7"}},
    });
    let (status, user) = send(&scim, "POST", "/Users", &user).await;
    assert_eq!(status, 201, "{user}");
    let uri = format!("/Users/{}", user["id"].as_str().unwrap());
    (scim, uri)
}

fn services() -> [Scim; 2] {
    [
        Scim::builder().resource(MemoryStore::<Nested>::new()).build().unwrap(),
        Scim::builder().resource(MemoryStore::<Flat>::new()).build().unwrap(),
    ]
}

pub(super) fn patch(operations: &Json) -> Json {
    json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations})
}

/// Returns operations and the expected message, which is empty if they are valid.
fn rows() -> Vec<(Json, &'static str)> {
    let operation = |op: &str, path: &str, value: Json| json!({"op": op, "path": path, "value": value});
    let manager = format!("{ENTERPRISE}:manager");
    vec![
        (json!([operation("replace", "name", json!({"givenName": "Kit", "familyName": "Dahl"}))]), ""),
        (json!([operation("replace", "name.givenName", json!("Kit"))]), ""),
        (
            json!([{"op": "remove", "path": "name.familyName"}]),
            "invalid value for `name`: expected a family name with a given name",
        ),
        (json!([{"op": "remove", "path": "name"}]), ""),
        // Only the result matters.
        (json!([{"op": "remove", "path": "name.familyName"}, operation("add", "name.familyName", json!("Dahl"))]), ""),
        (
            json!([operation("replace", "phoneNumbers[type eq \"fax\"].value", json!("9"))]),
            "invalid value for `phoneNumbers`: expected fax numbers such as `+9`",
        ),
        (json!([operation("replace", "phoneNumbers[type eq \"fax\"].value", json!("+9"))]), ""),
        (
            json!([operation("add", "phoneNumbers", json!([{"type": "fax", "value": "3"}]))]),
            "invalid value for `phoneNumbers`: expected fax numbers such as `+3`",
        ),
        (json!([operation("add", "phoneNumbers", json!([{"type": "fax", "value": "+3"}]))]), ""),
        (
            json!([{"op": "remove", "path": format!("{manager}.value")}]),
            "invalid value for `urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager`: expected a manager with a `value`",
        ),
        (json!([{"op": "remove", "path": manager}]), ""),
        // All violations are reported at once. Those of simple values come first, with the operation.
        (
            json!([{"op": "remove", "path": "name.familyName"}, {"op": "remove", "path": format!("{manager}.value")}]),
            "a given name; invalid value for `urn:",
        ),
        (
            json!([operation("replace", "userName", json!("Kim"))]),
            "invalid value for `userName`: expected small letters",
        ),
    ]
}

#[tokio::test]
async fn patch_of_sub_attributes() {
    for (operations, message) in rows() {
        for scim in services() {
            let (scim, uri) = start(scim).await;
            let (status, response) = send(&scim, "PATCH", &uri, &patch(&operations)).await;
            if message.is_empty() {
                assert_eq!(status, 200, "{operations}: {response}");
                continue;
            }
            assert_eq!((status, &response["scimType"]), (400, &json!("invalidValue")), "{operations}: {response}");
            assert!(response["detail"].as_str().unwrap().contains(message), "{operations}: {response}");
            let (_, kept) = send(&scim, "GET", &uri, &Json::Null).await;
            assert_eq!(kept["name"], json!({"givenName": "Kim", "familyName": "Berg"}), "{operations}");
        }
    }
}

#[tokio::test]
async fn post_and_put() {
    for scim in services() {
        let (scim, uri) = start(scim).await;
        let broken = json!({"schemas": [SCHEMA], "userName": "kit", "name": {"givenName": "Kit"}});
        for (method, uri) in [("POST", "/Users"), ("PUT", &uri)] {
            let (status, response) = send(&scim, method, uri, &broken).await;
            assert_eq!((status, &response["scimType"]), (400, &json!("invalidValue")), "{response}");
            assert_eq!(response["detail"], "invalid value for `name`: expected a family name with a given name");
        }
        let (status, _) = send(&scim, "PUT", &uri, &json!({"schemas": [SCHEMA], "userName": "kit"})).await;
        assert_eq!(status, 200);
    }
}

#[tokio::test]
async fn stored_values_may_predate_the_rule() {
    let store = std::sync::Arc::new(MemoryStore::<Nested>::new());
    let cx = Context::new(
        Identity::new("tenant", "client"),
        String::new(),
        scim_core::compat::Compat::entra(),
        http::Extensions::new(),
    );
    let old = Nested {
        user_name: "kim".into(),
        name: Some(Name { given_name: Some("Kim".into()), family_name: None }),
        phone_numbers: vec![Phone { value: Some("1".into()), r#type: Some("fax".into()), primary: None }],
        ..Nested::default()
    };
    let uri = format!("/Users/{}", store.create(&cx, Creation::new(old)).await.unwrap().id);
    let scim = Scim::builder().resource(store).build().unwrap();
    for (operation, expected) in [
        (json!({"op": "replace", "path": "userName", "value": "kit"}), 200),
        (json!({"op": "add", "path": "phoneNumbers", "value": [{"type": "fax", "value": "+2"}]}), 200),
        (json!({"op": "replace", "path": "name.givenName", "value": "Kit"}), 400),
        (json!({"op": "replace", "path": "phoneNumbers[value eq \"1\"].value", "value": "3"}), 400),
        (json!({"op": "replace", "path": "phoneNumbers[value eq \"1\"].value", "value": "+3"}), 200),
    ] {
        let (status, response) = send(&scim, "PATCH", &uri, &patch(&json!([operation]))).await;
        assert_eq!(status, expected, "{operation}: {response}");
    }
}

#[derive(Clone, Debug, Default, ScimResource)]
#[scim(schema = "urn:ietf:params:scim:schemas:core:2.0:Group", name = "Group", endpoint = "/Groups")]
struct Team {
    id: String,
    meta: Meta,
    display_name: String,
    #[scim(validate = person)]
    members: Vec<Member>,
}

#[derive(Clone, Debug, Default, ScimComplex)]
struct Member {
    value: Option<String>,
    r#type: Option<String>,
}

fn person(member: &Member) -> Result<(), &'static str> {
    if member.r#type.as_deref() == Some("Group") { Err("expected users") } else { Ok(()) }
}

/// A store that applies a PATCH without loading the resource cannot check objects, so it does not receive this PATCH.
#[tokio::test]
async fn deltas_do_not_bypass_the_checks() {
    let scim = Scim::builder().resource(MemoryStore::<Team>::new()).build().unwrap();
    let group = json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "Staff"});
    let (_, group) = send(&scim, "POST", "/Groups", &group).await;
    let uri = format!("/Groups/{}", group["id"].as_str().unwrap());
    let add = |member: Json| patch(&json!([{"op": "add", "path": "members", "value": [member]}]));
    let (status, response) = send(&scim, "PATCH", &uri, &add(json!({"value": "1", "type": "Group"}))).await;
    assert_eq!((status, &response["detail"]), (400, &json!("invalid value for `members`: expected users")));
    assert_eq!(send(&scim, "PATCH", &uri, &add(json!({"value": "1", "type": "User"}))).await.0, 204);
}
