//! A PostgreSQL server for tests: each test gets a new, empty database.
//!
//! The server is that of `SCIM_TEST_POSTGRES_URL`, whose user must be allowed to create databases. Otherwise one is
//! started for this process from the installed binaries, and removed when the process ends. All tests of a process
//! share it.
//!
//! If neither exists, [`Postgres::find`] returns `None` and reports that once; if `SCIM_TEST_POSTGRES_REQUIRED` is set,
//! the test fails.

mod server;

use std::{
    process::Command,
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

use server::Server;

/// A database for one test, dropped with this value.
#[derive(Debug)]
pub struct Postgres {
    server: &'static Server,
    name: String,
    url: String,
}

impl Postgres {
    /// Returns a new database on a server that does not wait for the disk. Committed data may be lost if the machine
    /// fails, but not if a process does.
    ///
    /// # Panics
    ///
    /// If the database cannot be created, or there is no server although `SCIM_TEST_POSTGRES_REQUIRED` is set.
    #[must_use]
    pub fn find() -> Option<Self> {
        shared().map(Self::on)
    }

    /// Returns whether [`find`](Self::find) would return a database.
    ///
    /// # Panics
    ///
    /// If there is no server although `SCIM_TEST_POSTGRES_REQUIRED` is set.
    #[must_use]
    pub fn is_found() -> bool {
        shared().is_some()
    }

    /// Returns a new database on a server that writes to the disk before it confirms. (The server of
    /// `SCIM_TEST_POSTGRES_URL` uses its own settings.)
    ///
    /// # Panics
    ///
    /// Like [`find`](Self::find).
    #[must_use]
    pub fn find_durable() -> Option<Self> {
        static SERVER: OnceLock<Option<Server>> = OnceLock::new();
        SERVER.get_or_init(|| Server::find(true)).as_ref().map(Self::on)
    }

    fn on(server: &'static Server) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        // Other processes may use the same server, now or later.
        let name = format!("scim_test_{}_{}_{number}", server::now(), std::process::id());
        server.run(&format!("CREATE DATABASE {name}"));
        let url = server::at(&server.url, &name);
        Self { server, name, url }
    }

    /// Returns the URL of the database: `postgres://..`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Kills the server of a [durable](Self::find_durable) database, like a power failure, and starts it again. Returns
    /// `false` if the server was not started by this process.
    ///
    /// # Panics
    ///
    /// If the server does not start again.
    #[must_use]
    pub fn crash(&self) -> bool {
        self.server.crash()
    }

    /// Returns the command `psql`, connected to the database. It prints only rows and stops at the first error.
    #[must_use]
    pub fn psql(&self) -> Command {
        self.server.psql(&self.url)
    }
}

fn shared() -> Option<&'static Server> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    SERVER.get_or_init(|| Server::find(false)).as_ref()
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // Open connections are closed. A database that cannot be dropped is not a failure.
        let _ = self.server.try_run(&format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
    }
}
