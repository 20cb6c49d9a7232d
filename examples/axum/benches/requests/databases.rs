//! The databases, and what is in them.

use axum_example::database;
use sqlx::SqlitePool;
use uuid::Uuid;

pub(crate) const NAMES: [&str; 1] = ["SQLite"];

pub(crate) struct Database {
    pub(crate) pool: SqlitePool,
    path: std::path::PathBuf,
}

impl Database {
    /// A new database, if there is a server of this name.
    pub(crate) async fn open(_name: &str) -> Option<Self> {
        let path = std::env::temp_dir().join(format!("axum-example-{}.db", Uuid::new_v4()));
        let pool = database::open(&format!("sqlite://{}", path.display())).await.unwrap();
        Some(Self { pool, path })
    }

    /// Makes employees, and a team of all of them.
    pub(crate) async fn fill(&self, size: usize) {
        let size = i64::try_from(size).unwrap();
        let employees = "
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)
            INSERT INTO employees (tenant, id, version, created_at, updated_at, external_id, external_key, login, login_key,
                enabled, display_name, first_name, last_name, work_email, work_email_key, work_email_first,
                private_email_first, work_phone_first, mobile_first, fax_first, work_address_first)
            SELECT 'contoso', 'u' || i, 1, 0, 0, 'x' || i, 'x' || i, 'User' || i || '@example.com',
                'user' || i || '@example.com', TRUE, 'User ' || i, 'User', 'Number ' || i, 'user' || i || '@example.com',
                'user' || i || '@example.com', TRUE, FALSE, FALSE, FALSE, FALSE, FALSE FROM n";
        let team = "INSERT INTO teams (tenant, id, version, created_at, updated_at, name, name_key) \
                    VALUES ('contoso', 'team', 1, 0, 0, 'Team', 'team')";
        let members =
            "INSERT INTO team_members (tenant, team_id, member_id) SELECT 'contoso', 'team', id FROM employees";
        sqlx::query(employees).bind(size).execute(&self.pool).await.unwrap();
        for sql in [team, members, "ANALYZE"] {
            sqlx::query(sql).execute(&self.pool).await.unwrap();
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        for suffix in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{suffix}", self.path.display()));
        }
    }
}
