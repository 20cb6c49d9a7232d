//! What a client sends, and what must be there in the end.

use std::collections::{BTreeMap, BTreeSet};

use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::client::{Client, id, user};

/// Teams that all clients add to and remove from.
pub(crate) const TEAMS: usize = 2;

/// What a client was told that it did.
#[derive(Debug, Default)]
pub(crate) struct Done {
    /// The users that were created and not deleted, by their ids.
    users: BTreeMap<String, Expected>,
    /// The members of each team.
    members: Vec<BTreeSet<String>>,
    /// How often a contested login was this client's to create, by round.
    won: Vec<bool>,
}

#[derive(Debug)]
struct Expected {
    login: String,
    display_name: String,
    active: bool,
}

/// The work of one client: its own users, teams that it shares with all others, logins that all want.
pub(crate) async fn work(client: &mut Client, number: usize, teams: &[String], rounds: usize) -> Done {
    let mut done = Done { members: vec![BTreeSet::new(); teams.len()], ..Done::default() };
    let mut before: Option<String> = None;
    for round in 0..rounds {
        let login = format!("user-{number}-{round}@example.com");
        let id = client.ensure("/Users", "userName", &login, &user(&login)).await;
        let path = format!("/Users/{id}");

        let display_name = format!("User {number} {round}");
        let change = json!([{"op": "Replace", "path": "displayName", "value": display_name}]);
        assert_eq!(client.patch(&path, change).await["displayName"], display_name);
        let active = round % 3 != 0;
        let switch = json!([{"op": "Replace", "path": "active", "value": if active { "True" } else { "False" }}]);
        assert_eq!(client.patch(&path, switch).await["active"], active);

        for (team, members) in teams.iter().zip(&mut done.members) {
            let team = format!("/Groups/{team}");
            client.patch(&team, json!([{"op": "Add", "path": "members", "value": [{"value": id}]}])).await;
            members.insert(id.clone());
            if let Some(before) = before.as_ref().filter(|_| round % 4 == 1) {
                client.patch(&team, json!([{"op": "Remove", "path": "members", "value": [{"value": before}]}])).await;
                members.remove(before);
            }
        }
        if let Some(before) = before.as_ref().filter(|_| round % 5 == 2) {
            // Whoever is deleted leaves all teams.
            client.delete(&format!("/Users/{before}")).await;
            done.users.remove(before);
            done.members.iter_mut().for_each(|members| {
                members.remove(before);
            });
        }
        done.users.insert(id.clone(), Expected { login, display_name, active });
        before = Some(id);
        done.won.push(contest(client, number, round).await);
    }
    done
}

/// Tries to create a user whom all clients want to create, in other letters each.
async fn contest(client: &mut Client, number: usize, round: usize) -> bool {
    let login = if number.is_multiple_of(2) {
        format!("ÄRA-{round}@example.com")
    } else {
        format!("ära-{round}@EXAMPLE.com")
    };
    let answer = client.send(&Method::POST, "/Users", Some(&user(&login))).await;
    if answer.status == StatusCode::CREATED {
        return true;
    }
    assert_eq!((answer.status, &answer.body["scimType"]), (StatusCode::CONFLICT, &json!("uniqueness")));
    false
}

/// The teams of all clients.
pub(crate) async fn teams(client: &mut Client) -> Vec<String> {
    let mut teams = Vec::new();
    for number in 0..TEAMS {
        let name = format!("Team {number}");
        teams.push(client.ensure("/Groups", "displayName", &name, &json!({"displayName": name})).await);
    }
    teams
}

/// Compares what is there with what all clients were told.
pub(crate) async fn check(client: &mut Client, teams: &[String], rounds: usize, done: &[Done]) {
    let all = client.all("/Users").await;
    let stored: BTreeMap<String, &Value> = all.iter().map(|user| (id(user), user)).collect();
    assert_eq!(stored.len(), all.len(), "an id is there twice");
    let logins: BTreeSet<String> = all.iter().map(|user| user["userName"].as_str().unwrap().to_lowercase()).collect();
    assert_eq!(logins.len(), all.len(), "a login is there twice");

    for (id, expected) in done.iter().flat_map(|done| &done.users) {
        let user = stored.get(id).unwrap_or_else(|| panic!("{expected:?} is lost"));
        assert_eq!(user["userName"], expected.login);
        assert_eq!(user["displayName"], expected.display_name, "{user}");
        assert_eq!(user["active"], expected.active, "{user}");
    }
    for round in 0..rounds {
        assert!(logins.contains(&format!("ära-{round}@example.com")), "nobody got the login of round {round}");
        let winners = done.iter().filter(|done| done.won.get(round) == Some(&true)).count();
        assert!(winners <= 1, "{winners} clients were told that they created the login of round {round}");
    }
    let owned: usize = done.iter().map(|done| done.users.len()).sum();
    assert_eq!(all.len(), owned + rounds, "there are users whom nobody created, or who were deleted");

    for (number, team) in teams.iter().enumerate() {
        let team = client.get(&format!("/Groups/{team}")).await;
        let members = team["members"].as_array().cloned().unwrap_or_default();
        let mut found: Vec<String> =
            members.iter().map(|member| member["value"].as_str().unwrap().to_owned()).collect();
        found.sort_unstable();
        let mut expected: Vec<String> = done.iter().flat_map(|done| done.members[number].iter().cloned()).collect();
        expected.sort_unstable();
        assert_eq!(found, expected, "the members of team {number}");
    }
}
