//! Processes that are killed while they write.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use http::{Method, StatusCode};
use scim_test_support::Postgres;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::{
    client::{Client, Tally},
    random::Random,
    rounds,
    server::{File, Server},
};

const WRITERS: usize = 8;
/// How often the power goes.
const CUTS: usize = 5;

/// A user all of whose attributes say the same number, in columns and in rows of other tables.
fn state(login: &str, number: usize) -> Value {
    let text = number.to_string();
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": login,
        "title": text,
        "name": {"familyName": text},
        "emails": [{"type": "work", "value": text}, {"type": "other", "value": text}, {"type": "third", "value": text}],
        "roles": [{"value": text}, {"value": format!("{text} again")}],
    })
}

/// The number that all attributes of a user say.
fn number(user: &Value) -> usize {
    let text = &user["title"];
    let is_whole = user["name"]["familyName"] == *text
        && user["emails"]
            .as_array()
            .is_some_and(|all| all.len() == 3 && all.iter().all(|email| email["value"] == *text))
        && user["roles"].as_array().is_some_and(|all| all.len() == 2 && all[0]["value"] == *text);
    assert!(is_whole, "half of a user: {user}");
    text.as_str().unwrap().parse().unwrap()
}

/// What a writer knows of its users, by their logins.
#[derive(Default)]
struct Known {
    /// The last number that was acknowledged.
    acknowledged: BTreeMap<String, usize>,
    /// What was sent, and never answered.
    open: Option<(String, usize)>,
}

/// Creates users and replaces them by the next number, until the server is gone.
async fn write(mut client: Client, writer: usize, mut known: Known, written: Arc<AtomicUsize>) -> Known {
    let mut ids: BTreeMap<String, String> = BTreeMap::new();
    loop {
        // The first request of a process finds out what its users are called.
        let fresh = known.acknowledged.keys().find(|login| !ids.contains_key(*login)).cloned();
        let one_more = client.random.once_in(4) || known.acknowledged.is_empty();
        if let Some(login) = fresh {
            let Some((_, list)) =
                client.attempt(&Method::GET, &format!("/Users?filter=userName+eq+%22{login}%22"), None).await
            else {
                return known;
            };
            ids.insert(login, list["Resources"][0]["id"].as_str().unwrap().to_owned());
            continue;
        }
        let (method, path, login, number) = if one_more {
            let login = format!("writer-{writer}-{}", uuid::Uuid::new_v4());
            (Method::POST, "/Users".to_owned(), login, 1)
        } else {
            let chosen = client.random.below(u64::try_from(ids.len()).unwrap());
            let (login, id) = ids.iter().nth(usize::try_from(chosen).unwrap()).unwrap();
            (Method::PUT, format!("/Users/{id}"), login.clone(), known.acknowledged[login] + 1)
        };
        let body = state(&login, number);
        known.open = Some((login.clone(), number));
        let Some((status, answer)) = client.attempt(&method, &path, Some(&body)).await else { return known };
        if status == StatusCode::SERVICE_UNAVAILABLE {
            // Nobody knows what became of it: the database went away.
            return known;
        }
        assert!(status.is_success(), "{method} {path}: {status} {answer}");
        ids.insert(login.clone(), answer["id"].as_str().unwrap().to_owned());
        known.acknowledged.insert(login, number);
        known.open = None;
        written.fetch_add(1, Ordering::Relaxed);
    }
}

/// Compares what is there with what was acknowledged; what was sent and not answered may be there or not.
fn check(stored: &BTreeMap<String, usize>, known: &mut Known) {
    for (login, acknowledged) in &mut known.acknowledged {
        let stored = *stored.get(login).unwrap_or_else(|| panic!("{login} was acknowledged and is not there"));
        let is_open = known.open.as_ref().is_some_and(|(open, number)| open == login && *number == stored);
        assert!(stored == *acknowledged || is_open, "{login}: {acknowledged} was acknowledged, {stored} is there");
        *acknowledged = stored;
    }
    // A user whose creation was not answered is there whole, or not at all.
    if let Some((login, _)) = known.open.take()
        && let Some(stored) = stored.get(&login)
    {
        known.acknowledged.insert(login, *stored);
    }
}

/// Writes until the power goes, several times, and looks at what is there each time the power is back.
async fn survive(name: &str, database: &str, total: usize, mut power_cut: impl FnMut()) {
    let written = Arc::new(AtomicUsize::new(0));
    let (mut random, tally) = (Random::new(7), Arc::new(Tally::default()));
    let mut known: Vec<Known> = (0..WRITERS).map(|_| Known::default()).collect();
    for cut in 1..=CUTS {
        let server = vec![Server::start(database)];
        let (mut writers, mut finished) = (JoinSet::new(), Vec::new());
        for (writer, known) in known.drain(..).enumerate() {
            let client = Client::new(&server, u64::try_from(writer + cut * WRITERS).unwrap(), 0, &tally);
            let written = Arc::clone(&written);
            writers.spawn(async move { (writer, write(client, writer, known, written).await) });
        }
        while written.load(Ordering::Relaxed) < total * cut / CUTS {
            tokio::time::sleep(Duration::from_micros(500 + random.below(2000))).await;
            if let Some(ended) = writers.try_join_next() {
                finished.push(ended.unwrap());
            }
            assert!(!writers.is_empty(), "no writer is answered any more");
        }
        server[0].kill();
        power_cut();
        finished.extend(writers.join_all().await);
        finished.sort_by_key(|(writer, _)| *writer);
        known = finished.into_iter().map(|(_, known)| known).collect();

        let server = vec![Server::start(database)];
        let all = Client::new(&server, 0, 0, &tally).all("/Users").await;
        let login = |user: &Value| user["userName"].as_str().unwrap().to_owned();
        let stored: BTreeMap<String, usize> = all.iter().map(|user| (login(user), number(user))).collect();
        assert_eq!(stored.len(), all.len());
        for known in &mut known {
            check(&stored, known);
        }
        let mine = |login: &String| known.iter().any(|known| known.acknowledged.contains_key(login));
        assert!(stored.keys().all(mine), "there are users whom nobody created");
    }
    println!("{name}: killed {CUTS} times in {} acknowledged writes", written.load(Ordering::Relaxed));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_keeps_what_was_acknowledged() {
    let file = File::new();
    // The process is all that there is of SQLite.
    survive("SQLite", &file.url(), rounds(1000), || ()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_keeps_what_was_acknowledged() {
    let Some(database) = Postgres::find_durable() else { return };
    // A server that is not our own is not killed; the application is.
    survive("PostgreSQL", database.url(), rounds(1000), || {
        let _ = database.crash();
    })
    .await;
}
