//! The stores keep the contract, also when one database is used by two of them, as it is by two processes.
//!
//! `SCIM_SEED` makes other resources and filters.

use axum_example::{
    database::Database as Connections, device, documents::Documents, employees::Employees, teams::Teams,
};
use scim_conformance::store::TestKit;
use scim_core::{reflect::Resource, store::Store};

use crate::database::{Database, Engine};

/// Checks two stores of one database, which share no connection.
async fn check<R: Resource, S: Store<R>>(
    name: &str,
    store: impl Fn(Connections) -> S,
    start: impl Fn(S) -> TestKit<R>,
) {
    for engine in Engine::all() {
        let database = Database::new(engine).await;
        let other = Connections::open(&database.url, 8).await.unwrap();
        let seed = std::env::var("SCIM_SEED").map_or(1, |seed| seed.parse().unwrap());
        let kit = start(store(database.open.clone())).and(store(other));
        let report = kit.spawn(tokio::spawn).seed(seed).check().await;
        println!("{name} on {engine:?}: {report}");
        assert!(report.passed());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn employees() {
    check("employees", Employees::new, TestKit::new).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn teams() {
    check("teams", Teams::new, TestKit::new).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn documents() {
    let device = device().unwrap();
    let start = |store| TestKit::of(device.clone(), store);
    check("documents", |database| Documents::new(database, device.clone()), start).await;
}
