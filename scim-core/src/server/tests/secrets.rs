//! Attributes that are never returned cannot be found out either. [`Client::send`] checks that no response contains the
//! password.

use super::*;
use crate::{
    reflect::Document,
    schema::{AttributeSpec, DataType, Mutability, ResourceType, Returned, Schema, SchemaHead},
};

#[tokio::test]
async fn no_response_contains_a_password() {
    let client = Client::standard();
    let with_password = json!({"schemas": [USER], "userName": "a", "password": PASSWORD});
    client.user(with_password.clone()).await;
    for query in [
        "",
        "?attributes=password",
        "?attributes=password,userName",
        "?excludedAttributes=title",
        "?attributes=urn:ietf:params:scim:schemas:core:2.0:User:password",
    ] {
        for base in ["/Users", "/Users/id-1"] {
            assert_eq!(client.get(&format!("{base}{query}")).await.status, 200);
        }
        assert_eq!(client.write("PUT", &format!("/Users/id-1{query}"), &with_password).await.status, 200);
        let operation = json!([{"op": "replace", "path": "password", "value": PASSWORD}, {"op": "add", "value": {"password": PASSWORD}}]);
        assert_eq!(client.patch(&format!("/Users/id-1{query}"), operation).await.status, 200);
    }
    for body in [
        json!({"userName": "a", "password": PASSWORD}),
        json!({"password": PASSWORD}),
        json!({"userName": "b", "password": [PASSWORD]}),
        json!({"userName": "b", "password": {"value": PASSWORD}, "active": "x"}),
    ] {
        client.post("/Users", body).await;
    }
    client.patch("/Users/id-1", json!([{"op": "replace", "path": "password", "value": [PASSWORD, PASSWORD]}])).await;
    client.send("POST", "/Users", &[], format!("{{\"userName\":\"c\",\"password\":\"{PASSWORD}\"")).await;
}

/// The response must not depend on the stored value: a failing operation after it would make guesses free.
#[tokio::test]
async fn removals_do_not_reveal_unreadable_values() {
    let client = Client::standard();
    client.user(json!({"userName": "a", "password": PASSWORD})).await;
    let mut faults = Vec::new();
    for guess in [PASSWORD, "wrong"] {
        for guess in [json!(guess), json!([guess]), json!({"value": guess})] {
            let operations =
                json!([{"op": "remove", "path": "password", "value": guess}, {"op": "remove", "path": "userName"}]);
            faults.push(client.patch("/Users/id-1", operations).await.fault());
        }
    }
    assert_eq!(faults, vec![fault(400, "invalidValue"); 6]);
    let removal = json!([{"op": "remove", "path": "password"}]);
    assert_eq!(client.patch("/Users/id-1", removal).await.status, 200);
}

/// The version changes whether or not the guess is right.
#[tokio::test]
async fn versions_do_not_reveal_unreadable_values() {
    let client = Client::standard();
    client.user(json!({"userName": "a", "password": PASSWORD})).await;
    let version = async || client.get("/Users/id-1").await.json()["meta"]["version"].clone();
    let replacement = json!({"schemas": [USER], "userName": "a", "password": PASSWORD});
    let operations = [
        json!([{"op": "replace", "path": "password", "value": PASSWORD}]),
        json!([{"op": "add", "value": {"password": PASSWORD, "userName": "a"}}]),
    ];
    for operations in operations {
        let before = version().await;
        assert_eq!(client.patch("/Users/id-1", operations).await.status, 200);
        assert_ne!(version().await, before);
    }
    let before = version().await;
    assert_eq!(client.write("PUT", "/Users/id-1", &replacement).await.status, 200);
    assert_ne!(version().await, before);
    // Requests that name no secret still write nothing if nothing changes.
    let before = version().await;
    let operations = json!([{"op": "replace", "path": "userName", "value": "a"}]);
    assert_eq!(client.patch("/Users/id-1", operations).await.status, 200);
    assert_eq!(version().await, before);
}

#[tokio::test]
async fn queries_do_not_reveal_unreadable_values() {
    let client = Client::standard();
    client.user(json!({"userName": "a", "password": PASSWORD})).await;
    client.user(json!({"userName": "b"})).await;
    for filter in [
        "password eq \"x\"",
        "password sw \"c\"",
        "password pr",
        "not (password co \"z\")",
        "password gt \"a\"",
        "password eq null",
        "PASSWORD pr",
        "urn:ietf:params:scim:schemas:core:2.0:User:password pr",
        "userName pr or password pr",
        "password[value pr]",
    ] {
        assert_eq!(
            client.get(&format!("/Users?filter={}", encoded(filter))).await.fault(),
            fault(400, "invalidFilter"),
            "{filter}"
        );
    }
    for sort in ["password", "urn:ietf:params:scim:schemas:core:2.0:User:password", "PassWord"] {
        assert_eq!(client.get(&format!("/Users?sortBy={sort}")).await.fault(), fault(400, "invalidPath"), "{sort}");
    }
    // This includes sub-attributes of such an attribute, and a complex attribute that stands for its `value`.
    client
        .device(json!({"serial": "1", "pin": {"value": "1234", "hint": "h"}, "key": {"value": "k", "kind": "rsa"}}))
        .await;
    for name in ["pin", "pin.value", "pin.hint", "key", "key.value"] {
        assert_eq!(client.get(&format!("/Devices?sortBy={name}")).await.fault(), fault(400, "invalidPath"), "{name}");
    }
    assert_eq!(client.get("/Devices?sortBy=key.kind").await.status, 200);
    for query in ["", "?attributes=pin,pin.value,pin.hint,key.value,key"] {
        let text = String::from_utf8(client.get(&format!("/Devices{query}")).await.body.to_vec()).unwrap();
        assert!(!text.contains("1234") && !text.contains("\"hint\"") && !text.contains("\"k\""), "{text}");
    }
}

#[tokio::test]
async fn filters_cannot_bypass_this() {
    let client = Client::standard();
    client
        .device(json!({"serial": "1", "pin": {"value": "1234", "hint": "h"}, "key": {"value": "k", "kind": "rsa"}}))
        .await;
    for filter in [
        "pin pr",
        "pin.value eq \"1234\"",
        "pin.hint pr",
        "pin[value eq \"1234\"]",
        "key eq \"k\"",
        "key.value pr",
        "key[value sw \"k\"]",
    ] {
        let reply = client.get(&format!("/Devices?filter={}", encoded(filter))).await;
        assert_eq!(reply.status, 400, "{filter}");
        assert_eq!(reply.fault().1, "invalidFilter", "{filter}");
    }
}

/// If the same value were accepted again, guesses would find an immutable value that is never returned.
#[tokio::test]
async fn a_second_value_does_not_reveal_an_immutable_unreadable_value() {
    let sealed = |name| AttributeSpec {
        mutability: Mutability::Immutable,
        returned: Returned::Never,
        ..AttributeSpec::new(name, DataType::String)
    };
    let keys = AttributeSpec { multi_valued: true, ..AttributeSpec::new("keys", DataType::Complex) };
    let mut keys = keys.build();
    keys.sub_attributes = vec![AttributeSpec::new("value", DataType::String).build(), sealed("secret").build()].into();
    let vault = Schema {
        head: SchemaHead { id: "urn:example:Vault".into(), name: "Vault".into(), description: "".into() },
        attributes: vec![AttributeSpec::new("name", DataType::String).build(), sealed("pin").build(), keys].into(),
    };
    let vaults = ResourceType::new("Vault".into(), "/Vaults".into(), String::new(), vault, Vec::new());
    let store = MemoryStore::<Document>::of(vaults.clone());
    let client = Client::new(builder().dynamic(vaults, store).build().unwrap());
    let keys = |secret: &str| json!([{"value": "k", "secret": secret}]);
    let vault = |pin: &str, secret: &str| json!({"schemas": ["urn:example:Vault"], "name": "v", "pin": pin, "keys": keys(secret)});
    assert_eq!(client.post("/Vaults", vault("1234", "s")).await.status, 201);
    for (pin, secret) in [("1234", "s"), ("0000", "t")] {
        for operation in [
            json!({"op": "replace", "path": "pin", "value": pin}),
            json!({"op": "add", "path": "pin", "value": pin}),
            json!({"op": "add", "value": {"pin": pin}}),
            json!({"op": "replace", "path": "keys[value eq \"k\"].secret", "value": secret}),
            json!({"op": "replace", "path": "keys", "value": keys(secret)}),
            json!({"op": "add", "path": "keys", "value": keys(secret)}),
        ] {
            let reply = client.patch("/Vaults/id-1", json!([operation])).await;
            assert_eq!(reply.status, 400, "{operation}");
            assert_eq!(reply.fault(), fault(400, "mutability"), "{operation}");
        }
        for (pin, secret) in [(json!(pin), json!(null)), (json!(null), json!(secret))] {
            let mut body = vault("", "");
            body["pin"] = pin;
            body["keys"][0]["secret"] = secret;
            assert_eq!(client.write("PUT", "/Vaults/id-1", &body).await.fault(), fault(400, "mutability"), "{body}");
        }
    }
    let body = json!({"schemas": ["urn:example:Vault"], "name": "w", "keys": [{"value": "k"}]});
    assert_eq!(client.write("PUT", "/Vaults/id-1", &body).await.status, 200);
}

/// Unreadable values do not reveal either whether two elements are equal.
#[tokio::test]
async fn unreadable_values_do_not_make_elements_equal() {
    let hidden = |name| AttributeSpec { returned: Returned::Never, ..AttributeSpec::new(name, DataType::String) };
    let mut keys = AttributeSpec { multi_valued: true, ..AttributeSpec::new("keys", DataType::Complex) }.build();
    keys.sub_attributes = vec![AttributeSpec::new("kind", DataType::String).build(), hidden("secret").build()].into();
    let codes = AttributeSpec { multi_valued: true, ..hidden("codes") }.build();
    // Elements are compared by their `value`, and as a whole if they have none.
    let value = AttributeSpec { mutability: Mutability::Immutable, ..AttributeSpec::new("value", DataType::String) };
    let mut pins = AttributeSpec { multi_valued: true, ..AttributeSpec::new("pins", DataType::Complex) }.build();
    pins.sub_attributes = vec![value.build(), hidden("secret").build()].into();
    let vault = Schema {
        head: SchemaHead { id: "urn:example:Vault".into(), name: "Vault".into(), description: "".into() },
        attributes: vec![AttributeSpec::new("name", DataType::String).build(), keys, codes, pins].into(),
    };
    let vaults = ResourceType::new("Vault".into(), "/Vaults".into(), String::new(), vault, Vec::new());
    let store = MemoryStore::<Document>::of(vaults.clone());
    let client = Client::new(builder().dynamic(vaults, store).build().unwrap());
    for guess in ["s", "t"] {
        let mut body =
            json!({"schemas": ["urn:example:Vault"], "keys": [{"kind": "k", "secret": "s"}], "codes": ["s"]});
        body["pins"] = json!([{"secret": "s"}]);
        let mut before = client.post("/Vaults", body).await.json();
        let uri = format!("/Vaults/{}", before["id"].as_str().unwrap());
        for operation in [
            json!({"op": "add", "path": "keys", "value": [{"kind": "k", "secret": guess}]}),
            json!({"op": "add", "path": "codes", "value": [guess]}),
            json!({"op": "add", "path": "pins", "value": [{"secret": guess}]}),
        ] {
            let vault = client.patch(&uri, json!([operation])).await.json();
            assert_ne!(vault["meta"]["version"], before["meta"]["version"], "{guess} {operation}");
            assert_eq!(vault["keys"].as_array().unwrap().len(), 2, "{guess} {operation}");
            before = vault;
        }
    }
}
