//! The tables in MariaDB, and scripts that fill and ask them.

use std::fmt::Write as _;

use scim_core::{
    access::DateTime,
    schema::Path,
    store::sql::{Bind, Column},
    text::{exact, fold},
};

use crate::{
    mariadb_server::Server,
    people::Person,
    tables::{self, document},
};

/// As in SQLite, with the type for times that MariaDB has besides, and ids that are sorted through their index.
pub(crate) fn column(path: Path) -> Column {
    match path {
        tables::CREATED => Column::timestamptz("p.created"),
        Path::ID => Column::ascii("p.id").bytewise(),
        path => tables::column(path),
    }
}

/// Keys are declared as they should be where an index is asked for. All else has whatever collations and character sets are
/// met: a result that depends on them is wrong.
const SCHEMA: &str = "
CREATE TABLE people (tenant VARCHAR(20) CHARACTER SET ascii NOT NULL,
    id VARCHAR(64) COLLATE utf8mb4_nopad_bin NOT NULL PRIMARY KEY, external_key VARCHAR(255) COLLATE utf8mb4_nopad_bin,
    created DATETIME(6), modified BIGINT, login_key VARCHAR(255) COLLATE utf8mb4_nopad_bin NOT NULL,
    display_key VARCHAR(255), nick VARCHAR(255) COLLATE utf8mb4_turkish_ci, title VARCHAR(255) COLLATE utf8mb4_bin,
    code VARCHAR(255) CHARACTER SET latin1, badge VARBINARY(255), active BOOLEAN, level BIGINT, score DOUBLE, grade BIGINT,
    hired BIGINT, family_key TEXT COLLATE utf8mb4_unicode_ci, given_key VARBINARY(1020),
    work_phone VARCHAR(255) CHARACTER SET ascii, mobile VARCHAR(255) COLLATE utf8mb4_swedish_ci,
    department_key VARCHAR(255), manager VARCHAR(255), document JSON NOT NULL, KEY people_login (tenant, login_key), KEY people_display (display_key),
    KEY people_id (tenant, id));
CREATE TABLE emails (person VARCHAR(64) COLLATE utf8mb4_nopad_bin NOT NULL, position INT NOT NULL, value_key VARCHAR(255),
    kind_key VARCHAR(255), display VARCHAR(255), is_primary BOOLEAN, PRIMARY KEY (person, position));
CREATE TABLE sites (person VARCHAR(64) COLLATE utf8mb4_nopad_bin NOT NULL, position INT NOT NULL, site_key VARCHAR(255),
    PRIMARY KEY (person, position));
CREATE TABLE desks (person VARCHAR(64) COLLATE utf8mb4_nopad_bin, floor INT);
";

/// What ends the rows of one statement.
const END: &str = "--";

/// Statements for one run of the client, in a database of their own.
pub(crate) struct Script {
    text: String,
    asked: usize,
}

impl Script {
    pub(crate) fn new(database: &str, sql_mode: &str) -> Self {
        // The time zone of a session has no part in the comparison of times.
        let text = format!(
            "CREATE OR REPLACE DATABASE {database} CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci; USE {database};
             SET sql_mode = '{sql_mode}', time_zone = '+05:00', autocommit = 0;"
        );
        Self { text, asked: 0 }
    }

    pub(crate) fn statement(&mut self, sql: &str) {
        self.text += sql;
        self.text += ";\n";
    }

    pub(crate) fn fill(&mut self, people: &[Person]) {
        self.text += SCHEMA;
        for (table, row) in people.iter().flat_map(rows) {
            let row: Vec<String> =
                row.iter().map(|value| value.as_ref().map_or_else(|| "NULL".to_owned(), literal)).collect();
            let _ = writeln!(self.text, "INSERT INTO {table} VALUES ({});", row.join(", "));
        }
        self.text += "COMMIT;\n";
    }

    /// A prepared statement, as drivers send it: the text first, and then the values, typed and in the character set of
    /// the connection.
    pub(crate) fn ask(&mut self, sql: &str, binds: &[Bind]) {
        let values: Vec<String> = binds.iter().map(literal).collect();
        let using = if values.is_empty() { "" } else { " USING " };
        let _ = writeln!(
            self.text,
            "PREPARE q FROM '{}'; EXECUTE q{using}{}; SELECT '{END}';",
            sql.replace('\'', "''"),
            values.join(", ")
        );
        self.asked += 1;
    }

    /// The rows of each statement that was asked.
    pub(crate) fn run(self, server: &Server) -> Vec<Vec<String>> {
        let lines = server.run(&self.text).unwrap_or_else(|error| panic!("{error}"));
        let mut rows: Vec<Vec<String>> = lines.split(|line| line == END).map(<[String]>::to_vec).collect();
        assert_eq!(rows.pop().as_deref(), Some(&[][..]));
        assert_eq!(rows.len(), self.asked);
        rows
    }
}

/// A value that is spelled so that nothing depends on quotes and escapes.
pub(crate) fn literal(value: &Bind) -> String {
    match value {
        Bind::Text(text) => text.bytes().fold("_utf8mb4 x'".to_owned(), |hex, byte| format!("{hex}{byte:02x}")) + "'",
        Bind::Int(number) => number.to_string(),
        // With an exponent it is a double.
        Bind::Float(number) => format!("{number:e}"),
    }
}

fn rows(person: &Person) -> Vec<(&'static str, Vec<Option<Bind>>)> {
    let text = |text: &Option<String>| text.clone().map(Bind::Text);
    let folded = |text: &Option<String>| text.as_ref().map(|text| Bind::Text(fold(text).into_owned()));
    let bool = |value: Option<bool>| value.map(|value| Bind::Int(value.into()));
    let date = |time: DateTime| Bind::Text(time.to_string().replace('Z', ""));
    let phone = |kind: &str| {
        person.phones.iter().find(|phone| phone.kind.as_deref() == Some(kind)).and_then(|phone| phone.value.clone())
    };
    let name = person.name.clone().unwrap_or_default();
    let work = person.work.clone().unwrap_or_default();
    let id = Some(Bind::Text(person.id.clone()));
    #[expect(clippy::cast_possible_truncation, reason = "these are whole")]
    let grade = person.grade.map(|grade| grade as i64);
    let mut rows = vec![(
        "people",
        vec![
            Some(Bind::Text("t".to_owned())),
            id.clone(),
            person.external_id.as_ref().map(|text| Bind::Text(exact(text).into_owned())),
            person.meta.created.map(date),
            person.meta.last_modified.map(|time| Bind::Int(time.unix_seconds())),
            folded(&Some(person.user_name.clone())),
            folded(&person.display_name),
            text(&person.nick_name),
            text(&person.title),
            text(&person.code),
            text(&person.badge),
            bool(person.active),
            person.level.map(Bind::Int),
            person.score.map(Bind::Float),
            grade.map(Bind::Int),
            person.hired.map(|time| Bind::Int(time.unix_millis())),
            folded(&name.family_name),
            folded(&name.given_name),
            text(&phone("work")),
            text(&phone("mobile")),
            folded(&work.department),
            work.manager.and_then(|manager| manager.value).map(Bind::Text),
            Some(Bind::Text(document(person))),
        ],
    )];
    for (position, email) in (0..).zip(&person.emails) {
        let (value, kind, primary) = (folded(&email.value), folded(&email.kind), bool(email.primary));
        rows.push(("emails", vec![id.clone(), Some(Bind::Int(position)), value, kind, text(&email.display), primary]));
    }
    for (position, site) in (0..).zip(&person.sites) {
        rows.push(("sites", vec![id.clone(), Some(Bind::Int(position)), folded(&Some(site.clone()))]));
    }
    for desk in &work.desks {
        rows.push(("desks", vec![id.clone(), desk.floor.map(Bind::Int)]));
    }
    rows
}
