//! Members that come and go without the others being read.

use async_trait::async_trait;
use axum::body::Body;
use axum_example::{team::Team, teams::Teams};
use http::{Method, Request, StatusCode};
use scim_core::{
    Context,
    json::Projection,
    store::{Change, Creation, Delta, DeltaOutcome, Page, Query, Removal, Store, StoreError, Stored},
};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::{
    client::{Client, TOKEN, id, patch},
    database::{Database, Engine},
};

/// The store of teams with one way of making a PATCH.
pub(crate) enum Way {
    /// By its effects; what is loaded or replaced is an error.
    Effects,
    /// By a new state of the team.
    State,
}

pub(crate) struct OneWay {
    pub(crate) teams: Teams,
    pub(crate) way: Way,
}

impl OneWay {
    fn state(&self) -> Result<&Teams, StoreError> {
        match self.way {
            Way::Effects => Err(StoreError::fatal("the team is loaded")),
            Way::State => Ok(&self.teams),
        }
    }
}

#[async_trait]
impl Store<Team> for OneWay {
    async fn get(&self, cx: &Context, id: &str, wanted: &Projection) -> Result<Option<Stored<Team>>, StoreError> {
        self.state()?.get(cx, id, wanted).await
    }

    async fn search(&self, cx: &Context, query: &Query<'_>) -> Result<Page<Team>, StoreError> {
        self.state()?.search(cx, query).await
    }

    async fn create(&self, cx: &Context, creation: Creation<'_, Team>) -> Result<Stored<Team>, StoreError> {
        self.teams.create(cx, creation).await
    }

    async fn replace(&self, cx: &Context, change: Change<'_, Team>) -> Result<Stored<Team>, StoreError> {
        self.state()?.replace(cx, change).await
    }

    async fn delete(&self, cx: &Context, removal: Removal<'_>) -> Result<Option<Stored<Team>>, StoreError> {
        self.teams.delete(cx, removal).await
    }

    fn supports_deltas(&self) -> bool {
        matches!(self.way, Way::Effects)
    }

    async fn apply_delta(&self, cx: &Context, delta: Delta<'_>) -> Result<DeltaOutcome, StoreError> {
        self.teams.apply_delta(cx, delta).await
    }
}

/// A client of both ways, over one database each.
async fn client(engine: Engine, way: Way) -> Client {
    let database = Database::new(engine).await;
    Client::of(OneWay { teams: Teams::new(database.open.clone()), way }, database)
}

async fn team(client: &Client, name: &str, members: &[&str]) -> String {
    let members: Vec<Value> = members.iter().map(|id| json!({"value": id})).collect();
    let team = client.create("/scim/v2/Groups", json!({"displayName": name, "externalId": "X", "members": members}));
    format!("/scim/v2/Groups/{}", id(&team.await))
}

/// Name, external id and version of the only team, then its members.
async fn stored(client: &Client) -> (String, Option<String>, i64, Vec<String>) {
    let mut connection = client.database.open.acquire().await.unwrap();
    let team = sqlx::query_as("SELECT name, external_id, version FROM teams").fetch_one(&mut connection).await.unwrap();
    let (name, external_id, version): (String, Option<String>, i64) = team;
    let members =
        sqlx::query_scalar("SELECT member_id FROM team_members ORDER BY member_id").fetch_all(&mut connection);
    (name, external_id, version, members.await.unwrap())
}

/// Who stays and what is written is the same by effects and by states. The tables: operations, then what is stored.
#[tokio::test]
async fn effects_do_what_states_do() {
    for engine in Engine::all() {
        let cases = [
            (json!([{"op": "Add", "path": "members", "value": [{"value": "c"}]}]), 2, "abc"),
            (
                json!([{"op": "add", "path": "members", "value": {"value": "c", "display": "C", "type": "User"}}]),
                2,
                "abc",
            ),
            (json!([{"op": "add", "value": {"members": [{"value": "c"}, {"value": "c"}, {"value": "d"}]}}]), 2, "abcd"),
            (json!([{"op": "add", "path": "members", "value": [{"value": "a", "display": "again"}]}]), 1, "ab"),
            (json!([{"op": "add", "path": "members", "value": [{"value": "A"}]}]), 2, "Aab"),
            (json!([{"op": "Remove", "path": "members", "value": [{"value": "a"}]}]), 2, "b"),
            (json!([{"op": "Remove", "path": "members[value eq \"a\"]"}]), 2, "b"),
            (json!([{"op": "remove", "path": "members[value eq \"nobody\"]"}]), 1, "ab"),
            (json!([{"op": "remove", "path": "members", "value": [{"value": "b"}, {"value": "a"}]}]), 2, ""),
            (json!([{"op": "remove", "path": "members"}]), 2, ""),
            (json!([{"op": "replace", "path": "members", "value": []}]), 2, ""),
            (json!([{"op": "replace", "path": "displayName", "value": "Weavers"}]), 1, "ab"),
            (json!([{"op": "replace", "value": {"displayName": "WEAVERS", "externalId": "Y"}}]), 2, "ab"),
            (json!([{"op": "remove", "path": "externalId"}]), 2, "ab"),
            (json!([{"op": "add", "path": "members", "value": [{"value": "c"}, null]}]), 2, "abc"),
            (
                json!([
                    {"op": "remove", "path": "members[value eq \"a\"]"},
                    {"op": "add", "path": "members", "value": [{"value": "a"}, {"value": "c"}]},
                    {"op": "replace", "path": "displayName", "value": "Spinners"},
                    {"op": "remove", "path": "members[value eq \"c\"]"},
                ]),
                2,
                "ab",
            ),
        ];
        let clients = [client(engine, Way::Effects).await, client(engine, Way::State).await];
        for (operations, version, members) in cases {
            let mut outcomes = Vec::new();
            for client in &clients {
                let path = team(client, "Weavers", &["a", "b"]).await;
                let (status, body) = client.send(Method::PATCH, &path, Some(patch(&operations))).await;
                assert_eq!(status, StatusCode::NO_CONTENT, "{operations}: {body}");
                outcomes.push(stored(client).await);
                assert_eq!(client.send(Method::DELETE, &path, None).await.0, StatusCode::NO_CONTENT);
            }
            assert_eq!(outcomes[0], outcomes[1], "{operations}");
            assert_eq!((outcomes[0].2, outcomes[0].3.concat().as_str()), (version, members), "{operations}");
        }
    }
}

#[tokio::test]
async fn what_has_no_effects_here_is_loaded() {
    for engine in Engine::all() {
        let client = Client::new(engine).await;
        let path = team(&client, "Weavers", &["a", "b"]).await;
        for (operations, expected, members) in [
            (json!([{"op": "replace", "path": "members", "value": [{"value": "b"}, {"value": "c"}]}]), 204, "bc"),
            (json!([{"op": "remove", "path": "members[value sw \"b\"]"}]), 204, "c"),
            (json!([{"op": "remove", "path": "members", "value": [{"value": "c", "type": "User"}]}]), 204, ""),
            // A member without a value is refused and not ignored.
            (json!([{"op": "add", "path": "members", "value": [{"value": null}]}]), 400, ""),
            // Nothing of a PATCH is made if one step is refused.
            (
                json!([{"op": "add", "path": "members", "value": [{"value": "x"}]},
                   {"op": "replace", "path": "displayName", "value": ""}]),
                400,
                "",
            ),
            (json!([{"op": "add", "path": "members", "value": [{"display": "nobody"}]}]), 400, ""),
            (json!([{"op": "remove", "path": "displayName"}]), 400, ""),
        ] {
            let (status, body) = client.send(Method::PATCH, &path, Some(patch(&operations))).await;
            assert_eq!(status, expected, "{operations}: {body}");
            assert_eq!(stored(&client).await.3.concat(), members, "{operations}");
        }
    }
}

#[tokio::test]
async fn a_refused_patch_changes_nothing() {
    for engine in Engine::all() {
        let client = Client::new(engine).await;
        let path = team(&client, "Weavers", &["a"]).await;
        team(&client, "Spinners", &[]).await;
        let operations = json!([
            {"op": "add", "path": "members", "value": [{"value": "b"}]},
            {"op": "replace", "path": "displayName", "value": "SPINNERS"},
        ]);
        let (status, error) = client.send(Method::PATCH, &path, Some(patch(&operations))).await;
        assert_eq!((status, &error["scimType"]), (StatusCode::CONFLICT, &json!("uniqueness")));
        assert!(error["detail"].as_str().unwrap().contains("displayName"), "{error}");

        let add = json!([{"op": "add", "path": "members", "value": [{"value": "b"}]}]);
        let send = async |path: &str, version: &str, operations: &Value| {
            let request = Request::patch(path).header("authorization", format!("Bearer {TOKEN}"));
            let request = request.header("content-type", "application/scim+json").header("if-match", version);
            let request = request.body(Body::from(patch(operations).to_string())).unwrap();
            let answer = client.app.clone().oneshot(request).await.unwrap();
            (answer.status(), answer.headers().get("etag").cloned())
        };
        let version = |version: &str| Some(version.parse().unwrap());
        assert_eq!(send(&path, "W/\"7\"", &add).await.0, StatusCode::PRECONDITION_FAILED);
        let group = client.get(&path).await;
        assert_eq!(group["members"], json!([{"value": "a"}]));
        assert_eq!(group["meta"]["version"], "W/\"1\"");

        for present in ["W/\"1\"", "W/\"2\""] {
            // The second time it is there already.
            assert_eq!(send(&path, present, &add).await, (StatusCode::NO_CONTENT, version("W/\"2\"")));
        }
        let group = client.get(&path).await;
        assert_eq!(group["meta"]["version"], "W/\"2\"");
        assert!(group["meta"]["lastModified"].as_str() >= group["meta"]["created"].as_str());

        let (status, _) = client.send(Method::PATCH, "/scim/v2/Groups/none", Some(patch(&add))).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        // Whoever asks for attributes is answered with them.
        let answer = client.patch(&format!("{path}?attributes=members"), add).await;
        assert_eq!(answer["members"].as_array().unwrap().len(), 2);
    }
}

#[tokio::test]
async fn two_rows_are_written_for_one_member_of_5000() {
    for engine in Engine::all() {
        let client = client(engine, Way::Effects).await;
        let many: Vec<String> = (0..5000).map(|number| format!("m{number}")).collect();
        let path = team(&client, "Weavers", &many.iter().map(String::as_str).collect::<Vec<_>>()).await;
        let writes = [client.database.watch("teams").await, client.database.watch("team_members").await];
        for (operations, rows) in [
            (json!([{"op": "Add", "path": "members", "value": [{"value": "new"}]}]), [1, 1]),
            (json!([{"op": "Add", "path": "members", "value": [{"value": "new"}]}]), [1, 1]),
            (json!([{"op": "Remove", "path": "members[value eq \"m7\"]"}]), [2, 2]),
            (json!([{"op": "Remove", "path": "members", "value": [{"value": "m4999"}]}]), [3, 3]),
        ] {
            let (status, body) = client.send(Method::PATCH, &path, Some(patch(&operations))).await;
            assert_eq!(status, StatusCode::NO_CONTENT, "{body}");
            assert_eq!([writes[0].rows().await, writes[1].rows().await], rows, "{operations}");
        }
    }
}
