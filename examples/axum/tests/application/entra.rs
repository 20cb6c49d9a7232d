//! The application as Entra sees it.

use axum::{Router, body::Body};
use axum_example::app;
use http::{Method, Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::database::Database;

const TOKEN: &str = "secret";

struct Client {
    app: Router,
    // Gone with the client.
    database: Database,
}

impl Client {
    async fn new() -> Self {
        let database = Database::new().await;
        Self { app: app(database.pool.clone(), TOKEN).unwrap(), database }
    }

    async fn send(&self, method: Method, path: &str, body: Option<Value>) -> (StatusCode, Value) {
        send(self.app.clone(), method, path.to_owned(), body).await
    }

    async fn get(&self, path: &str) -> Value {
        let (status, body) = self.send(Method::GET, path, None).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        body
    }

    async fn create(&self, path: &str, body: Value) -> Value {
        let (status, body) = self.send(Method::POST, path, Some(body)).await;
        assert_eq!(status, StatusCode::CREATED, "{body}");
        body
    }

    async fn patch(&self, path: &str, operations: Value) -> Value {
        let (status, body) = self.send(Method::PATCH, path, Some(patch(&operations))).await;
        assert!(status.is_success(), "{body}");
        body
    }

    /// The logins that a filter finds.
    async fn find(&self, filter: &str) -> Vec<String> {
        let filter: String = form_urlencoded::byte_serialize(filter.as_bytes()).collect();
        let list = self.get(&format!("/scim/v2/Users?filter={filter}")).await;
        let found: Vec<String> = list["Resources"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|user| user["userName"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(list["totalResults"], found.len());
        found
    }
}

async fn send(app: Router, method: Method, path: String, body: Option<Value>) -> (StatusCode, Value) {
    let request = Request::builder().method(method).uri(path).header("authorization", format!("Bearer {TOKEN}"));
    let request = request.header("content-type", "application/scim+json");
    let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
    let response = app.oneshot(request.body(body).unwrap()).await.unwrap();
    let status = response.status();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, serde_json::from_slice(&body).unwrap_or_default())
}

fn patch(operations: &Value) -> Value {
    json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations})
}

fn user(login: &str) -> Value {
    json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": login})
}

fn id(resource: &Value) -> &str {
    resource["id"].as_str().unwrap()
}

#[tokio::test]
async fn a_life() {
    let client = Client::new().await;
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

#[tokio::test]
async fn filters_find_in_sql_and_beside_it() {
    let client = Client::new().await;
    let bo = json!({"userName": "Bo", "externalId": "B1", "title": "Weaver", "emails": [
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

#[tokio::test]
async fn pages_follow_each_other() {
    let client = Client::new().await;
    for number in 0..7 {
        client.create("/scim/v2/Users", user(&format!("user{number}"))).await;
    }
    // Cut in SQL, and cut by the framework.
    for filter in ["", "&filter=userName+sw+%22USER%22"] {
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

#[tokio::test]
async fn members_are_read_only_when_they_are_wanted() {
    let client = Client::new().await;
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

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nobody_is_lost_in_parallel() {
    let client = Client::new().await;
    let path =
        format!("/scim/v2/Groups/{}", id(&client.create("/scim/v2/Groups", json!({"displayName": "Weavers"})).await));
    let join = |number: usize| {
        let (app, path) = (client.app.clone(), path.clone());
        tokio::spawn(async move {
            let add = json!([{"op": "Add", "path": "members", "value": [{"value": number.to_string()}]}]);
            loop {
                let (status, body) = send(app.clone(), Method::PATCH, path.clone(), Some(patch(&add))).await;
                // Too many writers at once: the client comes back, as it is told to.
                if status != StatusCode::SERVICE_UNAVAILABLE {
                    assert_eq!(status, StatusCode::NO_CONTENT, "{body}");
                    break;
                }
            }
        })
    };
    let joins: Vec<_> = (0..16).map(join).collect();
    for join in joins {
        join.await.unwrap();
    }
    assert_eq!(client.get(&path).await["members"].as_array().unwrap().len(), 16);
}

#[tokio::test]
async fn health_needs_no_token() {
    let client = Client::new().await;
    let health = || client.app.clone().oneshot(Request::get("/healthz").body(Body::empty()).unwrap());
    assert_eq!(health().await.unwrap().status(), StatusCode::OK);
    client.database.pool.close().await;
    assert_eq!(health().await.unwrap().status(), StatusCode::SERVICE_UNAVAILABLE);
}
