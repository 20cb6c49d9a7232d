//! The stores fulfill the contract, and the service responds as clients expect.

use std::path::PathBuf;

use scim_conformance::{Kit, ServiceClient, store::TestKit};
use scim_core::{
    Context, path,
    reflect::{Edit, Reflect, Scalar},
    schema::Path,
    sql::{Record, SqlStore},
    store::{Creation, Store},
};
use uuid::Uuid;

use crate::{app, group::Group, sqlite::Sqlite, user::User};

const MEMBER: Path = path::<Group>("members.value");

/// A database file that is deleted after the test.
struct File(PathBuf);

impl File {
    fn new() -> Self {
        Self(std::env::temp_dir().join(format!("sqlite-example-{}.db", Uuid::new_v4())))
    }

    async fn open(&self) -> Sqlite {
        Sqlite::open(self.0.to_str().unwrap()).await.unwrap()
    }
}

impl Drop for File {
    fn drop(&mut self) {
        for suffix in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{suffix}", self.0.display()));
        }
    }
}

/// Returns two stores of one database that share no connection, as in two processes.
async fn kit<R: Record<Sqlite>>(file: &File) -> TestKit<R> {
    let store = async || SqlStore::<R, _>::new(file.open().await);
    TestKit::new(store().await).and(store().await).spawn(tokio::spawn)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn users_keep_the_contract() {
    let file = File::new();
    let report = kit::<User>(&file).await.check().await;
    assert!(report.passed(), "{report}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn groups_keep_the_contract() {
    let file = File::new();
    // The foreign key accepts only users.
    let users = file.open().await;
    let kit = kit::<Group>(&file).await.references(MEMBER, move |cx, number| user(users.clone(), cx, number));
    let report = kit.check().await;
    assert!(report.passed(), "{report}");
}

/// Creates a user and returns its id.
async fn user(users: Sqlite, cx: Context, number: u64) -> String {
    let (mut new, id) = (User::default(), Uuid::now_v7().to_string());
    for (path, text) in [(Path::ID, id.clone()), (path::<User>("userName"), format!("user {number}"))] {
        new.edit(path.steps(), Edit::Set(Scalar::Str(text.into()))).unwrap();
    }
    SqlStore::<User, _>::new(users).create(&cx, Creation::new(new)).await.unwrap();
    id
}

#[tokio::test]
async fn what_clients_send_succeeds() {
    let file = File::new();
    let client = ServiceClient::new(app(file.open().await).unwrap()).base("/scim/v2");
    let report = Kit::standard().token("secret").run(&client).await;
    let failed: Vec<&str> = report.failures().map(|result| result.name.as_str()).collect();
    // The foreign key of this example accepts only users as members, not groups: 400.
    assert_eq!(failed, ["nested group as a member"], "{report}");
    assert!(report.counts().passed > 150, "{report}");
}
