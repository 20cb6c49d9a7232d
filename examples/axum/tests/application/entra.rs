//! The application as Entra sees it.

use axum::body::Body;
use http::{Method, Request, StatusCode};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::{
    client::{Client, id, patch, user},
    database::Engine,
};

#[tokio::test]
async fn a_life() {
    for engine in Engine::all() {
        let client = Client::new(engine).await;
        let ada = client.create("/scim/v2/Users", user("Ada@contoso.com")).await;
        assert_eq!((&ada["active"], &ada["meta"]["version"]), (&json!(true), &json!("W/\"1\"")));
        let path = format!("/scim/v2/Users/{}", id(&ada));
        assert!(ada["meta"]["location"].as_str().unwrap().ends_with(&path));
        let (status, error) = client.send(Method::POST, "/scim/v2/Users", Some(user("ADA@contoso.com"))).await;
        assert_eq!((status, &error["scimType"]), (StatusCode::CONFLICT, &json!("uniqueness")));

        let changed = client
            .patch(
                &path,
                json!([
                    {"op": "Replace", "path": "active", "value": "False"},
                    {"op": "Add", "path": "emails[type eq \"work\"].value", "value": "ada@work"},
                    {"op": "Add", "path": "emails[type eq \"other\"].value", "value": "ada@other"},
                ]),
            )
            .await;
        assert_eq!((&changed["active"], &changed["meta"]["version"]), (&json!(false), &json!("W/\"2\"")));
        assert_eq!(changed["emails"].as_array().unwrap().len(), 2);
        assert_eq!(client.get(&path).await, changed);

        assert_eq!(client.send(Method::DELETE, &path, None).await.0, StatusCode::NO_CONTENT);
        assert_eq!(client.send(Method::GET, &path, None).await.0, StatusCode::NOT_FOUND);
        // The name is free again.
        client.create("/scim/v2/Users", user("ada@contoso.com")).await;
    }
}

#[tokio::test]
async fn filters_find_in_sql_and_beside_it() {
    for engine in Engine::all() {
        let client = Client::new(engine).await;
        let bo = json!({"userName": "Bo", "externalId": "B1", "title": "Weaver", "userType": "Conträctor", "emails": [
        {"type": "work", "value": "bo@work"}, {"type": "work", "value": "Bö@second"}, {"type": "home", "value": "bo@home"},
    ], "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"employeeNumber": "N7"}});
        let bo = client.create("/scim/v2/Users", bo).await;
        client.create("/scim/v2/Users", user("Åsa")).await;
        for filter in [
            r#"userName eq "BO""#,
            r#"externalId eq "B1" and active eq true"#,
            r#"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber eq "n7""#,
            r#"emails[type eq "work"].value eq "BO@work""#,
            // The second work address has no column; it is in the child table.
            r#"emails[type eq "work"].value eq "bÖ@SECOND""#,
            r#"emails.value eq "bo@home""#,
            r#"emails[type eq "home" and value eq "bo@home"] and title eq "weaver""#,
            r#"userName eq "bo" and not (title eq "Spinner")"#,
            r#"userType eq "CONTRÄCTOR""#,
            "title pr",
            &format!(r#"id eq "{}""#, id(&bo)),
        ] {
            assert_eq!(client.find(filter).await, ["Bo"], "{filter}");
        }
        assert_eq!(client.find(r#"userName eq "åSA""#).await, ["Åsa"]);
        for filter in [
            r#"externalId eq "b1""#,
            "active eq false",
            r#"emails[type eq "work"].value eq "bo@home""#,
            r#"userName eq "bo" and title eq "Spinner""#,
        ] {
            assert!(client.find(filter).await.is_empty(), "{filter}");
        }
    }
}

#[tokio::test]
async fn pages_follow_each_other() {
    for engine in Engine::all() {
        let client = Client::new(engine).await;
        for number in 0..7 {
            let mut user = user(&format!("user{number}"));
            user["userType"] = json!("Contractor");
            client.create("/scim/v2/Users", user).await;
        }
        // Cut in SQL, and cut by the framework: SQL has no key of the type.
        for filter in ["", "&filter=userName+sw+%22USER%22", "&filter=userType+eq+%22contractor%22"] {
            let mut logins = Vec::new();
            for start in [1, 4, 7, 10] {
                let page = client.get(&format!("/scim/v2/Users?startIndex={start}&count=3{filter}")).await;
                assert_eq!((&page["totalResults"], &page["startIndex"]), (&json!(7), &json!(start)));
                let users = page["Resources"].as_array().cloned().unwrap_or_default();
                assert_eq!(page["itemsPerPage"], users.len());
                logins.extend(users.iter().map(|user| user["userName"].as_str().unwrap().to_owned()));
            }
            assert_eq!(logins, ["user0", "user1", "user2", "user3", "user4", "user5", "user6"]);
        }
        let sorted = client.get("/scim/v2/Users?sortBy=userName&sortOrder=descending&count=1").await;
        assert_eq!(sorted["Resources"][0]["userName"], "user6");
        assert_eq!(client.get("/scim/v2/Users?count=0").await["totalResults"], 7);
    }
}

#[tokio::test]
async fn members_are_read_only_when_they_are_wanted() {
    for engine in Engine::all() {
        let client = Client::new(engine).await;
        let team = json!({"displayName": "Weavers", "members": [{"value": "a"}, {"value": "b"}]});
        let path = format!("/scim/v2/Groups/{}", id(&client.create("/scim/v2/Groups", team).await));
        assert_eq!(client.get(&path).await["members"].as_array().unwrap().len(), 2);
        assert!(client.get(&format!("{path}?excludedAttributes=members")).await.get("members").is_none());
        let list = client.get("/scim/v2/Groups?excludedAttributes=members&filter=members+eq+%22b%22").await;
        assert_eq!((&list["totalResults"], list["Resources"][0].get("members")), (&json!(1), None));

        // Renaming a team whose members were not asked for keeps them.
        client
            .patch(
                &format!("{path}?attributes=displayName"),
                json!([{"op": "replace", "path": "displayName", "value": "Spinners"}]),
            )
            .await;
        assert_eq!(client.get(&path).await["members"].as_array().unwrap().len(), 2);
    }
}

#[tokio::test]
async fn a_resource_has_one_url() {
    for engine in Engine::all() {
        let client = Client::new(engine).await;
        client.get("/scim/v2/Users").await;
        for path in ["/scim/v2/scim/v2/Users", "/scim/v2//Users", "/scim/v2/v2/Users", "/scim/v2/Users//"] {
            let (status, error) = client.send(Method::GET, path, None).await;
            assert_eq!((status, &error["status"]), (StatusCode::NOT_FOUND, &json!("404")), "{path}");
        }
    }
}

#[tokio::test]
async fn paths_that_nobody_serves_are_not_found() {
    let client = Client::new(Engine::Sqlite).await;
    for path in ["/", "/Users", "/scim", "/scim/v2Users"] {
        let answer = client.app.clone().oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap();
        let status = answer.status();
        let body = axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
        assert!(body.starts_with(b"This server has no such path."), "{path}: {body:?}");
    }
}

#[tokio::test]
async fn health_needs_no_token() {
    for engine in Engine::all() {
        let client = Client::new(engine).await;
        let health = || client.app.clone().oneshot(Request::get("/healthz").body(Body::empty()).unwrap());
        assert_eq!(health().await.unwrap().status(), StatusCode::OK);
        client.database.open.close().await;
        assert_eq!(health().await.unwrap().status(), StatusCode::SERVICE_UNAVAILABLE);
    }
}

/// Only `true` enables a disabled account again. A request that leaves `active` out, or removes its value, does not
/// change it.
#[tokio::test]
async fn who_is_switched_off_stays_so_until_switched_on() {
    for engine in Engine::all() {
        let client = Client::new(engine).await;
        let created = client.create("/scim/v2/Users", user("ada@contoso.com")).await;
        assert_eq!(created["active"], true);
        let path = format!("/scim/v2/Users/{}", id(&created));
        client.patch(&path, json!([{"op": "replace", "path": "active", "value": false}])).await;
        let put = |active: Option<Value>| {
            let mut body = user("ada@contoso.com");
            if let Some(active) = active {
                body["active"] = active;
            }
            (Method::PUT, body)
        };
        let change = |operation| (Method::PATCH, patch(&json!([operation])));
        for (method, body) in [
            put(None),
            put(Some(Value::Null)),
            put(Some(json!(""))),
            change(json!({"op": "remove", "path": "active"})),
            change(json!({"op": "remove", "path": "active", "value": false})),
            change(json!({"op": "replace", "path": "active", "value": null})),
            change(json!({"op": "replace", "path": "active", "value": ""})),
            change(json!({"op": "add", "path": "active", "value": ""})),
            change(json!({"op": "replace", "value": {"active": null}})),
            change(json!({"op": "replace", "value": {"active": "", "title": "Weaver"}})),
            change(json!({"op": "add", "value": {"active": []}})),
        ] {
            // The server may accept or refuse the request: the account stays disabled.
            let (status, answer) = client.send(method.clone(), &path, Some(body.clone())).await;
            assert!(!status.is_server_error(), "{method} {body}: {answer}");
            assert_eq!(client.get(&path).await["active"], false, "{method} {body}: {status}");
        }
        for (active, expected) in [(json!(true), true), (json!("False"), false), (json!("True"), true)] {
            client.patch(&path, json!([{"op": "replace", "path": "active", "value": active}])).await;
            assert_eq!(client.get(&path).await["active"], expected);
        }
    }
}
