//! Many who join one team at the same time: nobody is lost.
//!
//! `SCIM_ROUNDS` says how many rounds are run instead of those that a test takes its time for.

use axum::body::Body;
use axum_example::teams::Teams;
use http::{Method, Request, StatusCode};
use serde_json::json;
use tower::ServiceExt;

use crate::{
    client::{Client, TOKEN, id, patch, send},
    database::{Database, Engine},
    membership::{OneWay, Way},
};

const WRITERS: usize = 16;

fn rounds(default: usize) -> usize {
    std::env::var("SCIM_ROUNDS").map_or(default, |rounds| rounds.parse().unwrap())
}

async fn race(client: &Client, rounds: usize) {
    for round in 0..rounds {
        let team = client.create("/scim/v2/Groups", json!({"displayName": format!("Weavers {round}")})).await;
        let path = format!("/scim/v2/Groups/{}", id(&team));
        let mut joins = tokio::task::JoinSet::new();
        for number in 0..WRITERS {
            let add = patch(&json!([{"op": "Add", "path": "members", "value": [{"value": number.to_string()}]}]));
            joins.spawn(send(client.app.clone(), Method::PATCH, path.clone(), Some(add)));
        }
        for (status, body) in joins.join_all().await {
            assert_eq!(status, StatusCode::NO_CONTENT, "round {round}: {body}");
        }
        let team = client.get(&path).await;
        let mut members: Vec<usize> = Vec::new();
        for member in team["members"].as_array().unwrap() {
            members.push(member["value"].as_str().unwrap().parse().unwrap());
        }
        members.sort_unstable();
        assert_eq!(members, (0..WRITERS).collect::<Vec<_>>(), "round {round}");
        // Each of them changed the team once.
        assert_eq!(team["meta"]["version"], format!("W/\"{}\"", WRITERS + 1), "round {round}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nobody_is_lost_by_effects() {
    for engine in Engine::all() {
        race(&Client::new(engine).await, rounds(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nobody_is_lost_by_states() {
    for engine in Engine::all() {
        let database = Database::new(engine).await;
        let teams = OneWay { teams: Teams::new(database.open.clone()), way: Way::State };
        race(&Client::of(teams, database), rounds(10)).await;
    }
}

/// All have seen the same version; one of them may change it.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_of_many_changes_a_version() {
    for engine in Engine::all() {
        let client = Client::new(engine).await;
        for round in 0..rounds(10) {
            let team = client.create("/scim/v2/Groups", json!({"displayName": format!("Weavers {round}")})).await;
            let mut joins = tokio::task::JoinSet::new();
            for number in 0..WRITERS {
                let add = patch(&json!([{"op": "Add", "path": "members", "value": [{"value": number.to_string()}]}]));
                let request = Request::patch(format!("/scim/v2/Groups/{}", id(&team))).header("if-match", "W/\"1\"");
                let request = request.header("authorization", format!("Bearer {TOKEN}"));
                let request = request.header("content-type", "application/scim+json");
                joins.spawn(client.app.clone().oneshot(request.body(Body::from(add.to_string())).unwrap()));
            }
            let answers = joins.join_all().await.into_iter().map(|answer| answer.unwrap().status());
            let (made, refused): (Vec<_>, Vec<_>) = answers.partition(|status| *status == StatusCode::NO_CONTENT);
            assert_eq!((made.len(), refused), (1, vec![StatusCode::PRECONDITION_FAILED; WRITERS - 1]), "round {round}");
        }
    }
}
