//! A client of the application, without a network.

use axum::{Router, body::Body};
use axum_example::{BASE_PATH, app, team::Team};
use http::{Method, Request, StatusCode};
use http_body_util::BodyExt;
use scim_core::{Identity, Scim, store::Store};
use scim_tower::{BearerAuth, ScimService, StaticTokens};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::database::{Database, Engine};

pub(crate) const TOKEN: &str = "secret";
pub(crate) const BASE_URL: &str = "https://app.example.com/scim/v2";

pub(crate) struct Client {
    pub(crate) app: Router,
    // Gone with the client.
    pub(crate) database: Database,
}

impl Client {
    pub(crate) async fn new(engine: Engine) -> Self {
        let database = Database::new(engine).await;
        Self { app: app(database.open.clone(), TOKEN, BASE_URL).unwrap(), database }
    }

    /// The teams alone, in another store.
    pub(crate) fn of(teams: impl Store<Team>, database: Database) -> Self {
        let scim = Scim::builder().resource(teams).base_path(BASE_PATH).build().unwrap();
        let tokens = StaticTokens::new().with(TOKEN, Identity::new("contoso", "entra"));
        let scim = ScimService::new(scim, BearerAuth::new(tokens));
        Self { app: Router::new().nest_service(BASE_PATH, scim), database }
    }

    pub(crate) async fn send(&self, method: Method, path: &str, body: Option<Value>) -> (StatusCode, Value) {
        send(self.app.clone(), method, path.to_owned(), body).await
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        let (status, body) = self.send(Method::GET, path, None).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        body
    }

    pub(crate) async fn create(&self, path: &str, body: Value) -> Value {
        let (status, body) = self.send(Method::POST, path, Some(body)).await;
        assert_eq!(status, StatusCode::CREATED, "{body}");
        body
    }

    pub(crate) async fn patch(&self, path: &str, operations: Value) -> Value {
        let (status, body) = self.send(Method::PATCH, path, Some(patch(&operations))).await;
        assert!(status.is_success(), "{body}");
        body
    }

    /// The logins that a filter finds.
    pub(crate) async fn find(&self, filter: &str) -> Vec<String> {
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

pub(crate) async fn send(app: Router, method: Method, path: String, body: Option<Value>) -> (StatusCode, Value) {
    let request = Request::builder().method(method).uri(path).header("authorization", format!("Bearer {TOKEN}"));
    let request = request.header("content-type", "application/scim+json");
    let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
    let response = app.oneshot(request.body(body).unwrap()).await.unwrap();
    let status = response.status();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, serde_json::from_slice(&body).unwrap_or_default())
}

pub(crate) fn patch(operations: &Value) -> Value {
    json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations})
}

pub(crate) fn user(login: &str) -> Value {
    json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": login})
}

pub(crate) fn id(resource: &Value) -> &str {
    resource["id"].as_str().unwrap()
}
