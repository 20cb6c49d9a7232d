//! A PostgreSQL for tests: a new and empty database for each of them.
//!
//! The server is that of `SCIM_TEST_POSTGRES_URL`, whose user must be allowed to create databases; else one that is started
//! for this process from the binaries that are installed, and removed when the process ends. All tests of a process share
//! it.
//!
//! Where there is neither, [`Postgres::find`] answers `None` and says so once; with `SCIM_TEST_POSTGRES_REQUIRED` set, the
//! test fails.

mod server;

use std::{
    process::Command,
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

use server::Server;

/// A database that is there for one test, and dropped with this value.
#[derive(Debug)]
pub struct Postgres {
    server: &'static Server,
    name: String,
    url: String,
}

impl Postgres {
    /// A new database, on a server that does not wait for the disk: what it answered may be lost when the machine fails,
    /// not when a process does.
    ///
    /// # Panics
    ///
    /// If the database cannot be made, or there is no server although `SCIM_TEST_POSTGRES_REQUIRED` is set.
    #[must_use]
    pub fn find() -> Option<Self> {
        shared().map(Self::on)
    }

    /// Whether [`find`](Self::find) would find one.
    ///
    /// # Panics
    ///
    /// If there is no server although `SCIM_TEST_POSTGRES_REQUIRED` is set.
    #[must_use]
    pub fn is_found() -> bool {
        shared().is_some()
    }

    /// A new database, on a server that writes to the disk before it answers. (The server of `SCIM_TEST_POSTGRES_URL` does
    /// as it is set up to do.)
    ///
    /// # Panics
    ///
    /// As [`find`](Self::find).
    #[must_use]
    pub fn find_durable() -> Option<Self> {
        static SERVER: OnceLock<Option<Server>> = OnceLock::new();
        SERVER.get_or_init(|| Server::find(true)).as_ref().map(Self::on)
    }

    fn on(server: &'static Server) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        // Other processes may use the same server, at other times too.
        let name = format!("scim_test_{}_{}_{number}", server::now(), std::process::id());
        server.run(&format!("CREATE DATABASE {name}"));
        let url = server::at(&server.url, &name);
        Self { server, name, url }
    }

    /// Where the database is: `postgres://..`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Kills the server of a [durable](Self::find_durable) database, as a loss of power does, and starts it again. False if
    /// the server is not our own to kill.
    ///
    /// # Panics
    ///
    /// If it does not come back.
    #[must_use]
    pub fn crash(&self) -> bool {
        self.server.crash()
    }

    /// The program `psql`, connected to the database; it prints rows alone and stops at the first error.
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
        // Connections that are still open are closed. A database that cannot be dropped is no reason to fail.
        let _ = self.server.try_run(&format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
    }
}
