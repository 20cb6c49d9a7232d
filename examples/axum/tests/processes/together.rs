//! Several processes, one database, sixteen clients.

use std::{
    sync::{Arc, atomic::Ordering, mpsc::RecvTimeoutError},
    time::{Duration, Instant},
};

use scim_test_support::Postgres;
use tokio::task::JoinSet;

use crate::{
    client::{Client, Tally},
    rounds,
    server::{File, Server},
    traffic::{self, check, work},
};

const CLIENTS: usize = 16;
/// One request in so many loses its connection.
const CUTS: u64 = 12;

/// Lets all clients work on all servers, kills one of the servers in the middle, and looks at what is there.
async fn work_together(name: &str, servers: Vec<Server>, rounds: usize) {
    let (start, tally) = (Instant::now(), Arc::new(Tally::default()));
    let teams = traffic::teams(&mut Client::new(&servers, 0, 0, &tally)).await;
    let mut clients = JoinSet::new();
    for number in 0..CLIENTS {
        let mut client = Client::new(&servers, u64::try_from(number).unwrap() + 1, CUTS, &tally);
        let teams = teams.clone();
        clients.spawn(async move { work(&mut client, number, &teams, rounds).await });
    }
    let mut done = Vec::new();
    // About ten requests are sent in each round.
    while tally.answers.load(Ordering::Relaxed) < CLIENTS * rounds * 4 {
        tokio::time::sleep(Duration::from_millis(10)).await;
        if let Some(ended) = clients.try_join_next() {
            done.push(ended.unwrap());
        }
    }
    let (killed, alive) = servers.split_last().unwrap();
    killed.kill();
    done.extend(clients.join_all().await);
    let took = start.elapsed();
    check(&mut Client::new(alive, 0, 0, &tally), &teams, rounds, &done).await;
    println!("{name}: {} processes, one of them killed, {CLIENTS} clients, {took:.1?}: {tally:?}", servers.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_one_sqlite_file() {
    let file = File::new();
    let servers = vec![Server::start(&file.url()), Server::start(&file.url())];
    work_together("SQLite", servers, rounds(8)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_one_postgres() {
    let Some(database) = Postgres::find() else { return };
    let servers = (0..3).map(|_| Server::start(database.url())).collect();
    // Not only clients lose their connections: the database ends those of the servers, too.
    let (stop, stopped) = std::sync::mpsc::channel::<()>();
    let cutter = std::thread::spawn(move || {
        let mut cut = 0;
        while stopped.recv_timeout(Duration::from_millis(150)) == Err(RecvTimeoutError::Timeout) {
            let end = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
                       WHERE datname = current_database() AND pid <> pg_backend_pid()";
            let output = database.psql().args(["-c", end]).output().unwrap();
            cut += String::from_utf8(output.stdout).unwrap().trim().parse::<usize>().unwrap();
        }
        (database, cut)
    });
    work_together("PostgreSQL", servers, rounds(8)).await;
    drop(stop);
    let (_database, cut) = cutter.join().unwrap();
    println!("PostgreSQL: {cut} connections to the database were cut");
    assert!(cut > 0);
}
