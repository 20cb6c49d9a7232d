//! POST, PUT, PATCH and DELETE.

use super::*;

#[tokio::test]
async fn a_client_can_write_writable_attributes_only() {
    let client = Client::standard();
    let user = client
        .user(json!({
            "id": "mine", "ID2": 1, "meta": {"version": "9", "created": "2001-01-01T00:00:00Z", "location": "x", "resourceType": "Group"},
            "groups": [{"value": "g"}], "userName": "a", "title": null, "emails": [], "nickName": "n", "password": PASSWORD
        }))
        .await;
    assert_eq!(user["id"], "id-1");
    assert_eq!(user["meta"]["resourceType"], "User");
    assert_eq!(user["meta"]["location"], format!("{BASE}/Users/id-1"));
    assert_eq!(user["meta"]["created"], "2023-11-14T22:13:20.000Z");
    for absent in ["groups", "title", "emails", "password", "ID2"] {
        assert!(user.get(absent).is_none(), "{absent}");
    }
    for (body, scim_type) in [
        (json!({"schemas": [USER]}), "invalidValue"),
        (json!({"userName": null}), "invalidValue"),
        (json!({"userName": ""}), "invalidValue"),
        (json!({"userName": 5}), "invalidValue"),
        (json!({"userName": "b", "active": "maybe"}), "invalidValue"),
        (json!({"userName": "b", "name": "x"}), "invalidValue"),
    ] {
        assert_eq!(client.post("/Users", body.clone()).await.fault(), fault(400, scim_type), "{body}");
    }
    assert_eq!(
        client.post("/Devices", json!({"serial": "1", "owner": {"badge": "b"}})).await.fault(),
        fault(400, "invalidValue")
    );
    let extended = client.user(json!({"userName": "b", ENTERPRISE: {"department": "d"}})).await;
    assert_eq!(extended["schemas"], json!([USER, ENTERPRISE]));
}

#[tokio::test]
async fn a_put_replaces_the_writable_attributes() {
    let client = Client::standard();
    let full = json!({
        "schemas": [USER, ENTERPRISE], "userName": "a", "externalId": "e", "title": "t", "active": false,
        "name": {"givenName": "g"}, "emails": [{"value": "a@x"}], ENTERPRISE: {"department": "d"}
    });
    let created = client.post("/Users", full.clone()).await.json();

    // Repeating it changes nothing, not even with attributes that only the server writes.
    let mut echo = created.clone();
    for body in [&full, &echo] {
        let again = client.write("PUT", "/Users/id-1", body).await;
        assert_eq!((again.status, again.json()), (StatusCode::OK, created.clone()));
        assert_eq!(again.header("etag"), created["meta"]["version"]);
        assert_eq!(again.header("location"), created["meta"]["location"]);
    }
    echo["id"] = json!("another");
    echo["meta"] = json!({"version": "x", "created": "2001-01-01T00:00:00Z"});
    echo["groups"] = json!([{"value": "g"}]);
    assert_eq!(client.write("PUT", "/Users/id-1", &echo).await.json(), created);

    let replaced = client.write("PUT", "/Users/id-1", &json!({"schemas": [USER], "userName": "B"})).await;
    let body = replaced.json();
    let mut keys: Vec<_> = body.as_object().unwrap().keys().collect();
    keys.sort();
    // A disabled account stays disabled, because the request does not enable it.
    assert_eq!(keys, ["active", "id", "meta", "schemas", "userName"], "what is left out is cleared");
    assert_eq!(body["active"], false);
    assert_eq!(body["meta"]["created"], created["meta"]["created"]);
    assert_ne!(body["meta"]["lastModified"], created["meta"]["lastModified"]);
    assert_ne!(body["meta"]["version"], created["meta"]["version"]);
    assert_eq!(client.get("/Users/id-1").await.json(), body);

    for refused in [json!({"title": "x"}), json!({"userName": null}), json!({"userName": ""})] {
        assert_eq!(client.write("PUT", "/Users/id-1", &refused).await.fault(), fault(400, "invalidValue"), "{refused}");
    }
    assert_eq!(client.write("PUT", "/Users/unknown", &full).await.fault(), fault(404, ""));
    assert_eq!(client.get("/Users/id-1").await.json(), body);
    assert_eq!(client.get("/Users").await.json()["totalResults"], 1);
}

#[tokio::test]
async fn a_put_keeps_immutable_and_unreadable_attributes() {
    let store = Arc::new(stores::Shared::<User>::default());
    let client = Client::new(builder().resource(Arc::clone(&store)).build().unwrap());
    let password = || store.only().password.map(|password| password.expose().to_owned());
    client.user(json!({"userName": "a", "password": PASSWORD})).await;
    client.write("PUT", "/Users/id-1", &json!({"userName": "a", "title": "t"})).await;
    assert_eq!(password().as_deref(), Some(PASSWORD));
    client.write("PUT", "/Users/id-1", &json!({"userName": "a", "password": "other"})).await;
    assert_eq!(password().as_deref(), Some("other"));
    client.patch("/Users/id-1", json!([{"op": "replace", "path": "displayName", "value": "x"}])).await;
    assert_eq!(password().as_deref(), Some("other"));
    client.write("PUT", "/Users/id-1", &json!({"userName": "a", "password": null})).await;
    assert_eq!(password(), None);

    let client = Client::standard();
    client.device(json!({"serial": "1"})).await;
    let put = async |body: Json| client.write("PUT", "/Devices/id-1", &body).await;
    assert_eq!(put(json!({"serial": "1", "site": "Oslo"})).await.json()["site"], "Oslo");
    for (body, kept) in [
        (json!({"serial": "1"}), true),
        (json!({"serial": "1", "site": "oslo"}), false),
        (json!({"serial": "1", "site": "Rome"}), false),
    ] {
        let reply = put(body.clone()).await;
        if kept {
            assert_eq!(reply.status, 200, "{body}");
        } else {
            assert_eq!(reply.fault(), fault(400, "mutability"), "{body}");
        }
    }
}

#[tokio::test]
async fn an_attribute_returned_on_request_is_returned_after_it_was_written() {
    let client = Client::standard();
    let created = client.device(json!({"serial": "1", "notes": "n"})).await;
    assert_eq!(created["notes"], "n");
    assert!(client.get("/Devices/id-1").await.json().get("notes").is_none());
    assert_eq!(client.get("/Devices/id-1?attributes=notes").await.json()["notes"], "n");
    let patched = client.patch("/Devices/id-1", json!([{"op": "replace", "path": "notes", "value": "m"}])).await;
    assert_eq!(patched.json()["notes"], "m");
    let other = client.patch("/Devices/id-1", json!([{"op": "replace", "path": "weight", "value": 1}])).await;
    assert!(other.json().get("notes").is_none());
}

#[tokio::test]
async fn a_patch_without_effect_writes_nothing() {
    let client = Client::standard();
    let user = client.user(json!({"userName": "a", "title": "t", "emails": [{"value": "a@x", "type": "work"}]})).await;
    for operations in [
        json!([{"op": "replace", "path": "title", "value": "t"}]),
        json!([{"op": "add", "path": "emails", "value": [{"value": "a@x", "type": "work"}]}]),
        json!([{"op": "remove", "path": "nickName"}]),
        json!([{"op": "add", "path": "nickName", "value": "x"}, {"op": "remove", "path": "nickName"}]),
        json!([{"op": "remove", "path": "emails[type eq \"home\"]"}]),
        json!([]),
    ] {
        let reply = client.patch("/Users/id-1", operations.clone()).await;
        assert_eq!((reply.status, reply.json()), (StatusCode::OK, user.clone()), "{operations}");
        assert_eq!(reply.header("etag"), user["meta"]["version"]);
    }
    // A different case is a change of the stored value.
    let reply = client.patch("/Users/id-1", json!([{"op": "replace", "path": "title", "value": "T"}])).await;
    assert_ne!(reply.header("etag"), user["meta"]["version"]);
}

#[tokio::test]
async fn a_patch_is_all_or_nothing() {
    let client = Client::standard();
    let before = client.user(json!({"userName": "a", "title": "t", "emails": [{"value": "a@x"}]})).await;
    client.user(json!({"userName": "taken"})).await;
    let bytes = client.get("/Users/id-1").await.body;
    let good = [
        json!({"op": "replace", "path": "title", "value": "new"}),
        json!({"op": "add", "path": "emails", "value": {"value": "b@x"}}),
        json!({"op": "remove", "path": "title"}),
    ];
    for (bad, expected) in [
        (json!({"op": "replace", "path": "nonsense", "value": 1}), fault(400, "invalidPath")),
        (json!({"op": "replace", "path": "active", "value": "maybe"}), fault(400, "invalidValue")),
        (json!({"op": "remove", "path": "userName"}), fault(400, "mutability")),
        (json!({"op": "remove"}), fault(400, "noTarget")),
        (json!({"op": "move", "path": "title"}), fault(400, "invalidSyntax")),
        (json!({"op": "replace", "path": "emails[", "value": 1}), fault(400, "invalidPath")),
        (json!({"op": "replace", "path": "userName", "value": "TAKEN"}), fault(409, "uniqueness")),
    ] {
        for at in 0..=good.len() {
            let mut operations = good.to_vec();
            operations.insert(at, bad.clone());
            assert_eq!(client.patch("/Users/id-1", json!(operations)).await.fault(), expected, "{bad} at {at}");
            assert_eq!(client.get("/Users/id-1").await.body, bytes);
        }
    }
    assert_eq!(client.get("/Users/id-1").await.json(), before);
}

#[tokio::test]
async fn a_patch_of_a_group_returns_no_body() {
    let client = Client::standard();
    let group = client.post("/Groups", json!({"displayName": "g"})).await;
    let add = json!([{"op": "add", "path": "members", "value": [{"value": "1"}]}]);
    let reply = client.patch("/Groups/id-1", add.clone()).await;
    assert_eq!((reply.status.as_u16(), reply.body.len()), (204, 0));
    assert_ne!(reply.header("etag"), group.header("etag"));
    let again = client.patch("/Groups/id-1", add.clone()).await;
    assert_eq!((again.status.as_u16(), again.header("etag")), (204, reply.header("etag")));
    let asked = client.patch("/Groups/id-1?attributes=members", add.clone()).await;
    assert_eq!((asked.status.as_u16(), &asked.json()["members"]), (200, &json!([{"value": "1"}])));
    assert_eq!(client.patch("/Groups/id-1?excludedAttributes=members", add.clone()).await.status, 200);

    let client = Client::new(
        builder()
            .resource(MemoryStore::<Group>::new())
            .patch_answer(crate::server::PatchAnswer::Resource)
            .build()
            .unwrap(),
    );
    client.post("/Groups", json!({"displayName": "g"})).await;
    assert_eq!(client.patch("/Groups/id-1", add).await.status, 200);
}

#[tokio::test]
async fn unique_values_are_unique() {
    let client = Client::standard();
    client.user(json!({"userName": "jos\u{e9}"})).await;
    client.user(json!({"userName": "other"})).await;
    for name in ["jos\u{e9}", "JOS\u{c9}", "jose\u{301}", "JOSE\u{301}"] {
        let reply = client.post("/Users", json!({"userName": name})).await;
        assert_eq!(reply.fault(), fault(409, "uniqueness"), "{name}");
        assert!(reply.json()["detail"].as_str().unwrap().contains("userName"));
        assert_eq!(
            client.write("PUT", "/Users/id-2", &json!({"userName": name})).await.fault(),
            fault(409, "uniqueness")
        );
        let renamed = client.patch("/Users/id-2", json!([{"op": "replace", "path": "userName", "value": name}])).await;
        assert_eq!(renamed.fault(), fault(409, "uniqueness"));
        let found = client.user_names(&format!("filter=userName+eq+{}", encoded(&format!("\"{name}\"")))).await;
        assert_eq!(found, ["jos\u{e9}"]);
    }
    // A resource does not conflict with itself, and its value becomes free when it is deleted.
    assert_eq!(
        client.write("PUT", "/Users/id-1", &json!({"userName": "JOSE\u{301}"})).await.json()["userName"],
        "JOSE\u{301}"
    );
    client.delete("/Users/id-1").await;
    client.user(json!({"userName": "jos\u{e9}"})).await;

    client.device(json!({"serial": "A", "slot": 1, "codes": ["x", "y"], "owner": {"value": "1", "badge": "b"}})).await;
    for (body, name) in [
        (json!({"serial": "A"}), "serial"),
        (json!({"serial": "B", "slot": 1}), "slot"),
        (json!({"serial": "B", "codes": ["z", "Y"]}), "codes"),
        (json!({"serial": "B", "owner": {"value": "2", "badge": "B"}}), "owner.badge"),
    ] {
        let reply = client.post("/Devices", body.clone()).await;
        assert_eq!(reply.fault(), fault(409, "uniqueness"), "{body}");
        assert!(reply.json()["detail"].as_str().unwrap().contains(&format!("`{name}`")), "{body}");
    }
    client.device(json!({"serial": "a", "slot": 2, "codes": ["z"]})).await;
    for (filter, total) in [
        ("slot eq 1", 1),
        ("slot eq 3", 0),
        ("codes eq \"y\"", 1),
        ("owner.badge eq \"B\"", 1),
        ("serial eq \"A\"", 1),
        ("slot gt 0", 2),
    ] {
        let list = client.get(&format!("/Devices?filter={}", encoded(filter))).await.json();
        assert_eq!(list["totalResults"], total, "{filter}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_many_creations_with_the_same_name_succeeds() {
    let client = Client::standard();
    for round in 0..20 {
        let mut tasks = tokio::task::JoinSet::new();
        for number in 0..16 {
            let client = client.clone();
            let name = if number % 2 == 0 { format!("user{round}") } else { format!("USER{round}") };
            tasks.spawn(async move { client.post("/Users", json!({"userName": name})).await });
        }
        let (mut created, mut conflicts) = (0, 0);
        for reply in tasks.join_all().await {
            if reply.status == 201 {
                created += 1;
            } else {
                assert_eq!(reply.fault(), fault(409, "uniqueness"));
                conflicts += 1;
            }
        }
        assert_eq!((created, conflicts), (1, 15));
    }
    assert_eq!(client.get("/Users?count=0").await.json()["totalResults"], 20);
}

/// The order of keys does not matter.
#[tokio::test]
async fn a_null_member_does_not_prevent_other_changes() {
    for nothing in [json!({"id": null}), json!({"meta": null}), json!({"groups": null, "id": null})] {
        for kind in ["add", "replace"] {
            let client = Client::standard();
            client.user(json!({"userName": "a", "active": true})).await;
            let mut value = nothing.clone();
            value["active"] = json!(false);
            let one = json!([{"op": kind, "value": value}]);
            let two = json!([{"op": kind, "value": nothing}, {"op": "replace", "path": "active", "value": false}]);
            for operations in [one, two] {
                let answer = client.patch("/Users/id-1", operations.clone()).await;
                assert_eq!((answer.status.as_u16(), &answer.json()["active"]), (200, &json!(false)), "{operations}");
                client.patch("/Users/id-1", json!([{"op": "replace", "path": "active", "value": true}])).await;
            }
        }
    }
}

#[tokio::test]
async fn removing_with_part_of_an_object_does_not_remove_the_whole() {
    let client = Client::standard();
    client.user(json!({"userName": "a", "name": {"givenName": "A", "familyName": "B"}})).await;
    let remove = |value: Json| json!([{"op": "remove", "path": "name", "value": value}]);
    for part in [json!({"givenName": "A"}), json!({"givenName": "A", "familyName": "X"}), json!({"givenName": null})] {
        assert_eq!(client.patch("/Users/id-1", remove(part.clone())).await.status, 400, "{part}");
    }
    let name = &client.get("/Users/id-1").await.json()["name"];
    assert_eq!(name, &json!({"givenName": "A", "familyName": "B"}));
    let whole = json!({"familyName": "B", "givenName": "A"});
    assert_eq!(client.patch("/Users/id-1", remove(whole)).await.status, 200);
    assert!(client.get("/Users/id-1").await.json().get("name").is_none());
}

#[tokio::test]
async fn removing_with_an_empty_object_removes_no_members() {
    let client = Client::standard();
    let members = json!([{"value": "u1"}, {"value": "u2"}]);
    let group = client.post("/Groups", json!({"displayName": "g", "members": members})).await.json();
    let uri = format!("/Groups/{}", group["id"].as_str().unwrap());
    for value in [json!({"members": null}), json!({"value": null}), json!({})] {
        let operations = json!([{"op": "remove", "path": "members", "value": value}]);
        assert_eq!(client.patch(&uri, operations).await.status, 400, "{value}");
        assert_eq!(client.get(&uri).await.json()["members"].as_array().unwrap().len(), 2, "{value}");
    }
}

#[tokio::test]
async fn the_schemas_of_a_patch_may_be_a_string() {
    for (client, status) in [
        (Client::standard(), 200),
        (Client::new(everything().compat(crate::compat::Compat::strict()).build().unwrap()), 400),
    ] {
        client.user(json!({"userName": "a"})).await;
        let operations = json!([{"op": "replace", "path": "active", "value": false}]);
        let answer =
            client.write("PATCH", "/Users/id-1", &json!({"schemas": PATCH_OP, "Operations": operations})).await;
        assert_eq!(answer.status, status);
    }
}

/// A list, and a path into it, in one value.
#[tokio::test]
async fn the_order_of_keys_does_not_matter() {
    let client = Client::standard();
    for (number, value) in [
        r#"{"emails[type eq \"home\"].value":"h","emails":[{"value":"w","type":"work"}]}"#,
        r#"{"emails":[{"value":"w","type":"work"}],"emails[type eq \"home\"].value":"h"}"#,
    ]
    .into_iter()
    .enumerate()
    {
        let id = client.user(json!({"userName": number.to_string()})).await["id"].as_str().unwrap().to_owned();
        let body = format!(r#"{{"schemas":["{PATCH_OP}"],"Operations":[{{"op":"replace","value":{value}}}]}}"#);
        let answer = client.send("PATCH", &format!("/Users/{id}"), &[], body).await.json();
        let values: Vec<&Json> = answer["emails"].as_array().unwrap().iter().map(|email| &email["value"]).collect();
        assert_eq!(values, ["w", "h"], "{value}");
    }
}
