//! Many who join one team at the same time: nobody is lost.
//!
//! `SCIM_ROUNDS` says how many rounds are run instead of those that a test takes its time for.

use axum_example::teams::Teams;
use http::{Method, StatusCode};
use serde_json::json;

use crate::{
    client::{Client, id, patch, send},
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
