//! What databases refuse, what they do at the same time, and when they are away.

use std::time::Duration;

use axum_example::{employees::Employees, teams::Teams};
use http::{Method, StatusCode};
use scim_core::store::{Creation, Precondition, Removal, Store, StoreError};
use serde_json::json;

use crate::{
    client::{Client, id, patch, send, user},
    database::{Database, Engine},
    stores::{ALL, employee, ids, team, tenant},
};

#[tokio::test]
async fn what_cannot_be_stored_is_refused_by_both_alike() {
    for engine in Engine::all() {
        let client = Client::new(engine).await;
        let long = "x".repeat(5_000);
        for (body, expected) in [
            (json!({"userName": "a\0b"}), StatusCode::BAD_REQUEST),
            (json!({"userName": "ada", "title": "a\0b"}), StatusCode::BAD_REQUEST),
            (json!({"userName": "ada", "emails": [{"type": "other", "value": "a\0b"}]}), StatusCode::BAD_REQUEST),
            (json!({"userName": long}), StatusCode::BAD_REQUEST),
            (json!({"userName": "ada", "externalId": long}), StatusCode::BAD_REQUEST),
            (json!({"userName": "ada", "displayName": long}), StatusCode::CREATED),
        ] {
            let (status, answer) = client.send(Method::POST, "/scim/v2/Users", Some(body)).await;
            assert_eq!(status, expected, "{answer}");
            let refused = expected == StatusCode::BAD_REQUEST;
            assert_eq!(answer["scimType"] == "invalidValue", refused, "{answer}");
        }
        let team = client.create("/scim/v2/Groups", json!({"displayName": "Weavers"})).await;
        let path = format!("/scim/v2/Groups/{}", id(&team));
        for value in ["a\0b", &long] {
            let add = patch(&json!([{"op": "add", "path": "members", "value": [{"value": value}]}]));
            assert_eq!(client.send(Method::PATCH, &path, Some(add)).await.0, StatusCode::BAD_REQUEST);
            let remove = patch(&json!([{"op": "remove", "path": "members", "value": [{"value": value}]}]));
            assert_eq!(client.send(Method::PATCH, &path, Some(remove)).await.0, StatusCode::NO_CONTENT);
        }
        // Whoever asks for it is told that it is not there.
        for path in ["/scim/v2/Users/a%00b", "/scim/v2/Groups/a%00b"] {
            for method in [Method::GET, Method::DELETE] {
                assert_eq!(client.send(method, path, None).await.0, StatusCode::NOT_FOUND);
            }
        }
        for filter in [r#"userName eq "a\u0000b""#, r#"title co "\u0000""#, r#"emails.value eq "\u0000""#] {
            assert!(client.find(filter).await.is_empty(), "{filter}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_of_many_gets_a_login_that_all_want() {
    for engine in Engine::all() {
        let client = Client::new(engine).await;
        for round in 0..5 {
            let mut posts = tokio::task::JoinSet::new();
            for number in 0..16 {
                // In any letter case.
                let login = format!("Ada{round}");
                let login = if number % 2 == 0 { login.to_uppercase() } else { login };
                let body = Some(user(&login));
                posts.spawn(send(client.app.clone(), Method::POST, "/scim/v2/Users".to_owned(), body));
            }
            let answers = posts.join_all().await;
            let count = |wanted| answers.iter().filter(|(status, _)| *status == wanted).count();
            assert_eq!((count(StatusCode::CREATED), count(StatusCode::CONFLICT)), (1, 15), "{answers:?}");
        }
    }
}

/// Two processes on one database, each of which deletes members of teams that the other one changes.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn members_that_go_and_members_that_come_do_not_wait_for_each_other_forever() {
    for engine in Engine::all() {
        let database = Database::new(engine).await;
        let other = axum_example::database::Database::open(&database.url, 8).await.unwrap();
        let (here, there) = (Teams::new(database.open.clone()), Teams::new(other.clone()));
        let (employees, cx) = (Employees::new(other), tenant("contoso"));
        let (mut people, mut teams) = (Vec::new(), Vec::new());
        for number in 0..12 {
            people
                .push(employees.create(&cx, Creation::new(employee(&format!("p{number}")))).await.unwrap().id.clone());
        }
        let everybody: Vec<&str> = people.iter().map(String::as_str).collect();
        for number in 0..4 {
            teams.push(
                here.create(&cx, Creation::new(team(&format!("t{number}"), &everybody))).await.unwrap().id.clone(),
            );
        }
        let mut tasks = tokio::task::JoinSet::new();
        for person in people.clone() {
            let (employees, cx) = (employees.clone(), cx.clone());
            tasks.spawn(async move { employees.delete(&cx, Removal::new(&person, Precondition::None)).await });
        }
        // The second one holds a database that it does not use.
        let clients = [Client::of(here.clone(), database), Client::of(there, Database::new(engine).await)];
        for (number, team) in (0..).zip(teams.iter().cycle().take(24)) {
            let app = clients[number % 2].app.clone();
            let add = patch(&json!([{"op": "add", "path": "members", "value": [{"value": format!("new{number}")}]}]));
            let path = format!("/scim/v2/Groups/{team}");
            tasks.spawn(async move {
                let (status, body) = send(app, Method::PATCH, path, Some(add)).await;
                assert_eq!(status, StatusCode::NO_CONTENT, "{body}");
                Ok(None)
            });
        }
        for outcome in tasks.join_all().await {
            outcome.unwrap();
        }
        for id in teams {
            let team = here.get(&cx, &id, ALL).await.unwrap().unwrap();
            assert_eq!(ids(&team).len(), 6, "{:?}", *team);
            assert_eq!(team.version, 1 + 12 + 6);
        }
    }
}

#[tokio::test]
async fn several_processes_start_at_once() {
    for engine in Engine::all() {
        let empty = Database::place(engine);
        let open = || axum_example::database::Database::open(&empty.1, 2);
        let (one, two, three) = tokio::join!(open(), open(), open());
        for database in [one, two, three] {
            let created =
                Employees::new(database.unwrap()).create(&tenant("contoso"), Creation::new(employee("ada"))).await;
            assert!(matches!(created, Ok(_) | Err(StoreError::Conflict(_))), "{created:?}");
        }
    }
}

#[tokio::test]
async fn a_server_that_went_away_may_come_back() {
    for engine in Engine::all().into_iter().filter(|engine| *engine == Engine::Postgres) {
        let database = Database::new(engine).await;
        let employees = Employees::new(database.open.clone());
        employees.get(&tenant("contoso"), "1", ALL).await.unwrap();
        // All connections are busy.
        let mut held = Vec::new();
        for _ in 0..8 {
            held.push(database.open.acquire().await.unwrap());
        }
        let busy = employees.get(&tenant("contoso"), "1", ALL).await;
        assert!(
            matches!(busy, Err(StoreError::Transient { retry_after, .. }) if retry_after > Duration::ZERO),
            "{busy:?}"
        );
        drop(held);
        employees.get(&tenant("contoso"), "1", ALL).await.unwrap();
        // The connections are cut while a statement waits for another transaction.
        let mut other = database.open.acquire().await.unwrap();
        sqlx::raw_sql("BEGIN; LOCK TABLE employees").execute(&mut other).await.unwrap();
        let kill = async {
            let kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock' \
                        AND datname = current_database()";
            // Until it waits, there is nothing to cut.
            while sqlx::query(kill).fetch_all(&mut other).await.unwrap().is_empty() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let cx = tenant("contoso");
        let (cut, ()) = tokio::join!(employees.create(&cx, Creation::new(employee("ada"))), kill);
        assert!(matches!(cut, Err(StoreError::Transient { .. })), "{cut:?}");
        sqlx::raw_sql("ROLLBACK").execute(&mut other).await.unwrap();
        employees.create(&cx, Creation::new(employee("ada"))).await.unwrap();
    }
}
