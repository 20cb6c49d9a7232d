//! The tables of people in each database.

use scim_core::sql::Dialect;

pub(crate) fn of(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Sqlite => SQLITE,
        Dialect::MariaDb => MARIADB,
        _ => POSTGRES,
    }
}

const SQLITE: &str = "
CREATE TABLE people (tenant TEXT NOT NULL, id TEXT NOT NULL PRIMARY KEY, external_key TEXT, created INTEGER,
    modified INTEGER, login_key TEXT NOT NULL, display_key TEXT, nick TEXT, title TEXT, code TEXT, badge TEXT,
    active INTEGER, level INTEGER, score REAL, grade INTEGER, hired INTEGER, family_key TEXT, given_key TEXT,
    work_phone TEXT, mobile TEXT, department_key TEXT, manager TEXT, document TEXT NOT NULL);
CREATE INDEX people_login ON people (tenant, login_key);
CREATE TABLE emails (person TEXT NOT NULL, position INTEGER NOT NULL, value_key TEXT, kind_key TEXT, display TEXT,
    is_primary INTEGER, PRIMARY KEY (person, position));
CREATE INDEX emails_value ON emails (value_key);
CREATE TABLE sites (person TEXT NOT NULL, position INTEGER NOT NULL, site_key TEXT, PRIMARY KEY (person, position));
CREATE TABLE desks (person TEXT NOT NULL, floor INTEGER);
";

const POSTGRES: &str = "
CREATE TEMP TABLE people (tenant text, id text PRIMARY KEY, external_key text, created timestamptz, modified bigint,
    login_key varchar(100) NOT NULL, display_key text, nick text, title text, code text, badge text, active boolean,
    level bigint, score float8, grade bigint, hired bigint, family_key text, given_key text, work_phone text,
    mobile text, department_key text, manager text, document jsonb NOT NULL);
CREATE TEMP TABLE emails (person text, position integer, value_key text, kind_key text, display text, is_primary boolean);
CREATE TEMP TABLE sites (person text, position integer, site_key text);
CREATE TEMP TABLE desks (person text, floor integer);
";

/// Keys that need an index are declared as recommended. All other columns have various collations and character sets,
/// on which the result must not depend.
const MARIADB: &str = "
CREATE TABLE people (tenant VARCHAR(20) CHARACTER SET ascii NOT NULL,
    id VARCHAR(64) COLLATE utf8mb4_nopad_bin NOT NULL PRIMARY KEY, external_key VARCHAR(255) COLLATE utf8mb4_nopad_bin,
    created DATETIME(6), modified BIGINT, login_key VARCHAR(255) COLLATE utf8mb4_nopad_bin NOT NULL,
    display_key VARCHAR(255), nick VARCHAR(255) COLLATE utf8mb4_turkish_ci, title VARCHAR(255) COLLATE utf8mb4_bin,
    code VARCHAR(255) CHARACTER SET latin1, badge VARBINARY(255), active BOOLEAN, level BIGINT, score DOUBLE, grade BIGINT,
    hired BIGINT, family_key TEXT COLLATE utf8mb4_unicode_ci, given_key VARBINARY(1020),
    work_phone VARCHAR(255) CHARACTER SET ascii, mobile VARCHAR(255) COLLATE utf8mb4_swedish_ci,
    department_key VARCHAR(255), manager VARCHAR(255), document JSON NOT NULL, KEY people_login (tenant, login_key),
    KEY people_display (display_key), KEY people_id (tenant, id));
CREATE TABLE emails (person VARCHAR(64) COLLATE utf8mb4_nopad_bin NOT NULL, position INT NOT NULL, value_key VARCHAR(255),
    kind_key VARCHAR(255), display VARCHAR(255), is_primary BOOLEAN, PRIMARY KEY (person, position));
CREATE TABLE sites (person VARCHAR(64) COLLATE utf8mb4_nopad_bin NOT NULL, position INT NOT NULL, site_key VARCHAR(255),
    PRIMARY KEY (person, position));
CREATE TABLE desks (person VARCHAR(64) COLLATE utf8mb4_nopad_bin, floor INT);
";
