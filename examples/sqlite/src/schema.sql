-- The columns `.._key` hold what SCIM compares by, because SQLite folds the letter case of ASCII only.
CREATE TABLE IF NOT EXISTS users (
    tenant           TEXT NOT NULL,
    id               TEXT NOT NULL,
    version          INTEGER NOT NULL,
    created_at       INTEGER NOT NULL, -- milliseconds since 1970
    updated_at       INTEGER NOT NULL,
    external_id      TEXT,
    external_id_key  TEXT,
    login            TEXT NOT NULL,
    login_key        TEXT NOT NULL,
    enabled          INTEGER NOT NULL,
    display_name     TEXT,
    display_name_key TEXT,
    first_name       TEXT,
    last_name        TEXT,
    department       TEXT,
    email            TEXT,
    email_key        TEXT,
    PRIMARY KEY (tenant, id)
);
CREATE UNIQUE INDEX IF NOT EXISTS users_login_key ON users (tenant, login_key);
CREATE INDEX IF NOT EXISTS users_external_id_key ON users (tenant, external_id_key, id);
CREATE INDEX IF NOT EXISTS users_email_key ON users (tenant, email_key, id);

CREATE TABLE IF NOT EXISTS groups (
    tenant          TEXT NOT NULL,
    id              TEXT NOT NULL,
    version         INTEGER NOT NULL,
    created_at      INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL,
    external_id     TEXT,
    external_id_key TEXT,
    name            TEXT NOT NULL,
    name_key        TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
);
CREATE UNIQUE INDEX IF NOT EXISTS groups_name_key ON groups (tenant, name_key);

CREATE TABLE IF NOT EXISTS group_members (
    tenant   TEXT NOT NULL,
    group_id TEXT NOT NULL,
    user_id  TEXT NOT NULL,
    display  TEXT,
    PRIMARY KEY (tenant, group_id, user_id),
    FOREIGN KEY (tenant, group_id) REFERENCES groups (tenant, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant, user_id) REFERENCES users (tenant, id) ON DELETE CASCADE
);
CREATE INDEX IF NOT EXISTS group_members_user_id ON group_members (tenant, user_id);
