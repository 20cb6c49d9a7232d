//! The databases, and what is in them.

use std::path::PathBuf;

use axum_example::database;
use scim_test_support::Postgres;
use uuid::Uuid;

pub(crate) const NAMES: [&str; 2] = ["SQLite", "PostgreSQL"];

/// As many as the application opens by default.
const CONNECTIONS: u32 = 10;

pub(crate) struct Database {
    pub(crate) database: database::Database,
    // Gone after it.
    _place: Place,
}

enum Place {
    File(PathBuf),
    Server(Postgres),
}

impl Database {
    /// A new database that writes to the disk before it answers, if there is a server of this name.
    pub(crate) async fn open(name: &str) -> Option<Self> {
        let place = if name == "SQLite" {
            Place::File(std::env::temp_dir().join(format!("axum-example-{}.db", Uuid::new_v4())))
        } else {
            Place::Server(Postgres::find_durable()?)
        };
        let url = match &place {
            Place::File(path) => format!("sqlite://{}", path.display()),
            Place::Server(server) => server.url().to_owned(),
        };
        let database = database::Database::open(&url, CONNECTIONS).await.unwrap();
        Some(Self { database, _place: place })
    }

    /// Makes employees, and a team of all of them.
    pub(crate) async fn fill(&self, size: usize) {
        let size = i64::try_from(size).unwrap();
        let employees = "
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)
            INSERT INTO employees (tenant, id, version, created_at, updated_at, external_id, external_id_key,
                login, login_key, enabled, display_name, display_name_key, work_email, work_email_key,
                work_email_first, private_email_first, work_phone_first, mobile_first, fax_first, work_address_first)
            SELECT 'contoso', 'u' || i, 1, 0, 0, 'x' || i, 'x' || i,
                'User' || i || '@example.com', 'user' || i || '@example.com', TRUE, 'User ' || i, 'user ' || i,
                'user' || i || '@example.com', 'user' || i || '@example.com',
                TRUE, FALSE, FALSE, FALSE, FALSE, FALSE FROM n";
        let team = "INSERT INTO teams (tenant, id, version, created_at, updated_at, name, name_key) \
                    VALUES ('contoso', 'team', 1, 0, 0, 'Team', 'team')";
        let members = "INSERT INTO team_members (tenant, team_id, member_id, member_key) \
                       SELECT 'contoso', 'team', id, id FROM employees";
        sqlx::query(employees).bind(size).execute(&mut self.database.acquire().await.unwrap()).await.unwrap();
        for sql in [team, members, "ANALYZE"] {
            sqlx::query(sql).execute(&mut self.database.acquire().await.unwrap()).await.unwrap();
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Self::File(path) = self else { return };
        for suffix in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{suffix}", path.display()));
        }
    }
}
