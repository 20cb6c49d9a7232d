-- The application's own tables. Every index starts with the tenant, so that one database can serve several customers.
--
-- The columns `.._key` hold what SCIM compares by: letter case does not count, in any script. SQLite's NOCASE and
-- lower() know ASCII only, so the application computes these keys. A unique index is called after its column: by that
-- the application knows which attribute is taken.

CREATE TABLE employees (
    tenant              TEXT NOT NULL,
    id                  TEXT NOT NULL,
    version             INTEGER NOT NULL,
    created_at          INTEGER NOT NULL, -- milliseconds since 1970
    updated_at          INTEGER NOT NULL,
    external_id         TEXT,
    login               TEXT NOT NULL,
    enabled             INTEGER NOT NULL,
    display_name        TEXT,
    full_name           TEXT,
    first_name          TEXT,
    middle_name         TEXT,
    last_name           TEXT,
    name_prefix         TEXT,
    name_suffix         TEXT,
    nick_name           TEXT,
    title               TEXT,
    user_type           TEXT,
    profile_url         TEXT,
    preferred_language  TEXT,
    locale              TEXT,
    time_zone           TEXT,
    work_email          TEXT,
    work_email_label    TEXT,
    work_email_first    INTEGER NOT NULL,
    private_email       TEXT,
    private_email_label TEXT,
    private_email_first INTEGER NOT NULL,
    work_phone          TEXT,
    work_phone_first    INTEGER NOT NULL,
    mobile              TEXT,
    mobile_first        INTEGER NOT NULL,
    fax                 TEXT,
    fax_first           INTEGER NOT NULL,
    work_address        TEXT,
    street              TEXT,
    city                TEXT,
    region              TEXT,
    postal_code         TEXT,
    country             TEXT,
    work_address_first  INTEGER NOT NULL,
    employee_number     TEXT,
    cost_center         TEXT,
    organization        TEXT,
    division            TEXT,
    department          TEXT,
    manager             TEXT,
    login_key           TEXT NOT NULL,
    external_id_key     TEXT,
    work_email_key      TEXT,
    private_email_key   TEXT,
    employee_number_key TEXT,
    display_name_key    TEXT,
    first_name_key      TEXT,
    last_name_key       TEXT,
    title_key           TEXT,
    department_key      TEXT,
    PRIMARY KEY (tenant, id)
);

-- With the id at the end an index gives rows in the order of a list, too.
CREATE UNIQUE INDEX employees_login_key ON employees (tenant, login_key);
CREATE INDEX employees_external_id_key ON employees (tenant, external_id_key, id);
CREATE INDEX employees_work_email_key ON employees (tenant, work_email_key, id);
CREATE INDEX employees_private_email_key ON employees (tenant, private_email_key, id);
CREATE INDEX employees_employee_number_key ON employees (tenant, employee_number_key, id);

-- What an employee may have any number of.

CREATE TABLE employee_emails (
    tenant      TEXT NOT NULL,
    employee_id TEXT NOT NULL,
    position    INTEGER NOT NULL,
    value       TEXT,
    display     TEXT,
    kind        TEXT,
    "primary"   INTEGER,
    value_key   TEXT,
    kind_key    TEXT,
    PRIMARY KEY (tenant, employee_id, position),
    FOREIGN KEY (tenant, employee_id) REFERENCES employees (tenant, id) ON DELETE CASCADE
);

CREATE INDEX employee_emails_value_key ON employee_emails (tenant, value_key, kind_key, employee_id);

CREATE TABLE employee_phones (
    tenant      TEXT NOT NULL,
    employee_id TEXT NOT NULL,
    position    INTEGER NOT NULL,
    value       TEXT,
    kind        TEXT,
    "primary"   INTEGER,
    PRIMARY KEY (tenant, employee_id, position),
    FOREIGN KEY (tenant, employee_id) REFERENCES employees (tenant, id) ON DELETE CASCADE
);

CREATE TABLE employee_addresses (
    tenant         TEXT NOT NULL,
    employee_id    TEXT NOT NULL,
    position       INTEGER NOT NULL,
    formatted      TEXT,
    street_address TEXT,
    locality       TEXT,
    region         TEXT,
    postal_code    TEXT,
    country        TEXT,
    kind           TEXT,
    "primary"      INTEGER,
    PRIMARY KEY (tenant, employee_id, position),
    FOREIGN KEY (tenant, employee_id) REFERENCES employees (tenant, id) ON DELETE CASCADE
);

CREATE TABLE employee_roles (
    tenant      TEXT NOT NULL,
    employee_id TEXT NOT NULL,
    position    INTEGER NOT NULL,
    value       TEXT,
    display     TEXT,
    kind        TEXT,
    "primary"   INTEGER,
    PRIMARY KEY (tenant, employee_id, position),
    FOREIGN KEY (tenant, employee_id) REFERENCES employees (tenant, id) ON DELETE CASCADE
);

CREATE TABLE teams (
    tenant          TEXT NOT NULL,
    id              TEXT NOT NULL,
    version         INTEGER NOT NULL,
    created_at      INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL,
    external_id     TEXT,
    name            TEXT NOT NULL,
    name_key        TEXT NOT NULL,
    external_id_key TEXT,
    PRIMARY KEY (tenant, id)
);

CREATE UNIQUE INDEX teams_name_key ON teams (tenant, name_key);
CREATE INDEX teams_external_id_key ON teams (tenant, external_id_key, id);

-- A member is an employee, or another team: no foreign key names two tables. Clients also add members that they have
-- not created yet.
CREATE TABLE team_members (
    position   INTEGER PRIMARY KEY, -- who joined later has a higher one
    tenant     TEXT NOT NULL,
    team_id    TEXT NOT NULL,
    member_id  TEXT NOT NULL,
    display    TEXT,
    kind       TEXT,
    member_key TEXT NOT NULL,
    UNIQUE (tenant, team_id, member_id),
    FOREIGN KEY (tenant, team_id) REFERENCES teams (tenant, id) ON DELETE CASCADE
);

CREATE INDEX team_members_member_key ON team_members (tenant, member_key, team_id);
