//! The server: the configured one, or one that this process starts.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Once,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

/// How long a server may take to start.
const PATIENCE: Duration = Duration::from_secs(60);

/// Creates a cluster and serves it on a socket, until standard input ends. That happens when this process ends,
/// regardless of the signal. A line on standard input kills the server and starts it again. PostgreSQL does not run as
/// root, so root hands the directory to `nobody`. The default collation is that of a language, as on most servers, so
/// that a missing `COLLATE` is noticed.
const SCRIPT: &str = r#"
trap '' INT TERM HUP
as=
if [ "$(id -u)" = 0 ]; then
    chown 65534:65534 "$DIRECTORY"
    as='setpriv --reuid=65534 --regid=65534 --clear-groups'
fi
cd "$DIRECTORY"
initialize() {
    $as "$BINARIES/initdb" --pgdata="$DIRECTORY/data" --username=postgres --auth=trust --encoding=UTF8 --no-sync "$@"
}
serve() {
    $as "$BINARIES/postgres" -D "$DIRECTORY/data" -c listen_addresses= -c unix_socket_directories="$DIRECTORY" \
        -c fsync="$DURABLE" -c full_page_writes="$DURABLE" -c max_connections=200
}
# After a crash the server starts once all that it left running has noticed that it is gone.
keep() {
    until [ -e stop ]; do
        serve
        sleep 0.1
    done
    touch stopped
}
signal() {
    kill "-$1" "$(head -n 1 data/postmaster.pid)"
}
if initialize --locale=C --locale-provider=icu --icu-locale=en || initialize --locale=C; then
    keep &
    while read -r _; do
        signal KILL
    done
    touch stop
    until [ -e stopped ]; do
        signal QUIT
        sleep 0.1
    done
fi
cd /
rm -rf "$DIRECTORY" "$DIRECTORY.log"
"#;

#[derive(Debug)]
pub(crate) struct Server {
    /// A database to connect to in order to create others.
    pub(crate) url: String,
    psql: PathBuf,
    /// The script that runs the server, if this process started it. It ends with its standard input.
    script: Option<Child>,
}

impl Server {
    pub(crate) fn find(durable: bool) -> Option<Self> {
        let found = match std::env::var("SCIM_TEST_POSTGRES_URL") {
            Ok(url) if !url.is_empty() => Ok(Self { url, psql: psql(binaries().as_deref()), script: None }),
            _ => {
                binaries().ok_or("no PostgreSQL is installed".to_owned()).and_then(|found| Self::start(&found, durable))
            }
        };
        match found {
            Ok(server) => Some(server),
            Err(why) if std::env::var_os("SCIM_TEST_POSTGRES_REQUIRED").is_some() => panic!("{why}"),
            Err(why) => {
                static SAID: Once = Once::new();
                SAID.call_once(|| {
                    // Not a macro, whose output is hidden for passing tests. A failure to print is harmless.
                    let _ = writeln!(
                        std::io::stderr(),
                        "left out the tests on PostgreSQL: {why}; install one (Debian: postgresql) or set SCIM_TEST_POSTGRES_URL"
                    );
                });
                None
            }
        }
    }

    fn start(binaries: &Path, durable: bool) -> Result<Self, String> {
        // A process may start one server of each kind at the same time.
        let kind = if durable { "durable" } else { "quick" };
        let directory = std::env::temp_dir().join(format!("scim-postgres-{kind}-{}-{}", std::process::id(), now()));
        fs::create_dir(&directory).map_err(|error| format!("{}: {error}", directory.display()))?;
        let log = directory.with_extension("log");
        let script = fs::File::create(&log).and_then(|output| {
            let mut command = Command::new("sh");
            // A separate process group: signals for the group of the test must not end it before it has cleaned up.
            #[cfg(unix)]
            std::os::unix::process::CommandExt::process_group(&mut command, 0);
            command.args(["-c", SCRIPT]).stdin(Stdio::piped()).stdout(output.try_clone()?).stderr(output);
            command.env("BINARIES", binaries).env("DIRECTORY", &directory);
            command.env("DURABLE", if durable { "on" } else { "off" }).env_remove("PGDATA").spawn()
        });
        let mut script = script.map_err(|error| format!("sh: {error}"))?;
        let url = format!("postgres://postgres@localhost/postgres?host={}", directory.display());
        let server = Self { url, psql: psql(Some(binaries)), script: None };
        let ready = server.is_ready(|| script.try_wait().is_ok_and(|ended| ended.is_some()));
        let output = fs::read_to_string(&log).unwrap_or_default();
        // The server continues to write to it.
        let _ = fs::remove_file(&log);
        if ready {
            Ok(Self { script: Some(script), ..server })
        } else {
            Err(format!("PostgreSQL does not start:\n{output}"))
        }
    }

    /// Waits until the server responds, and returns whether it does.
    fn is_ready(&self, mut has_failed: impl FnMut() -> bool) -> bool {
        let end = Instant::now() + PATIENCE;
        while self.try_run("SELECT 1").is_err() {
            if Instant::now() > end || has_failed() {
                return false;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        true
    }

    /// Kills the server and starts it again. Returns `false` if this process did not start it.
    pub(crate) fn crash(&self) -> bool {
        let Some(mut keeper) = self.script.as_ref().and_then(|script| script.stdin.as_ref()) else { return false };
        let started = || self.answer("SELECT pg_postmaster_start_time()");
        let before = started();
        if let Err(error) = keeper.write_all(b"crash\n") {
            panic!("the server's keeper is gone: {error}");
        }
        let end = Instant::now() + PATIENCE;
        loop {
            match started() {
                Ok(now) if Ok(&now) != before.as_ref() => return true,
                _ if Instant::now() > end => panic!("PostgreSQL did not start again"),
                _ => std::thread::sleep(Duration::from_millis(20)),
            }
        }
    }

    pub(crate) fn psql(&self, url: &str) -> Command {
        let mut command = Command::new(&self.psql);
        command.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", url]).env("PGCLIENTENCODING", "UTF8");
        command
    }

    pub(crate) fn run(&self, sql: &str) {
        if let Err(error) = self.try_run(sql) {
            panic!("{sql}: {error}");
        }
    }

    pub(crate) fn try_run(&self, sql: &str) -> Result<(), String> {
        self.answer(sql).map(drop)
    }

    fn answer(&self, sql: &str) -> Result<String, String> {
        let output = self.psql(&self.url).args(["-c", sql]).output().map_err(|error| format!("psql: {error}"))?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
    }
}

/// Returns the path of `psql`: next to the server, or on the path.
fn psql(binaries: Option<&Path>) -> PathBuf {
    let beside = binaries.map(|binaries| binaries.join("psql")).filter(|psql| psql.is_file());
    beside.unwrap_or_else(|| "psql".into())
}

/// Returns the folder of `initdb`: on the path, or in Debian's folder of the newest version.
fn binaries() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path).find(|folder| folder.join("initdb").is_file());
    on_path.or_else(|| {
        let folders = fs::read_dir("/usr/lib/postgresql").ok()?;
        let mut versions: Vec<(u32, PathBuf)> = folders
            .filter_map(|folder| {
                let folder = folder.ok()?;
                let binaries = folder.path().join("bin");
                let version = folder.file_name().to_str()?.parse().ok()?;
                binaries.join("initdb").is_file().then_some((version, binaries))
            })
            .collect();
        versions.sort_unstable();
        versions.pop().map(|(_, binaries)| binaries)
    })
}

/// Returns the URL of another database on the same server.
pub(crate) fn at(url: &str, name: &str) -> String {
    let (base, parameters) =
        url.split_once('?').map_or((url, String::new()), |(base, rest)| (base, format!("?{rest}")));
    let (scheme, rest) = base.split_once("://").unwrap_or(("postgres", base));
    let host = rest.split_once('/').map_or(rest, |(host, _)| host);
    format!("{scheme}://{host}/{name}{parameters}")
}

/// Returns a number that no earlier process had.
pub(crate) fn now() -> u128 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_micros()
}

#[cfg(test)]
mod tests {
    use super::at;
    use crate::postgres::Postgres;

    #[test]
    fn each_test_has_its_own_database() {
        let (Some(one), Some(other)) = (Postgres::find(), Postgres::find()) else { return };
        assert_ne!(one.url(), other.url());
        assert!(one.psql().args(["-c", "CREATE TABLE t ()"]).status().unwrap().success());
        let rows = |sql| String::from_utf8(other.psql().args(["-c", sql]).output().unwrap().stdout).unwrap();
        assert_eq!(rows("SELECT count(*) FROM information_schema.tables WHERE table_name = 't'"), "0\n");
        let databases = format!("SELECT count(*) FROM pg_database WHERE datname = '{}'", one.name);
        assert_eq!(rows(&databases), "1\n");
        drop(one);
        assert_eq!(rows(&databases), "0\n");
    }

    #[test]
    fn a_durable_server_survives_a_crash() {
        let Some(database) = Postgres::find_durable() else { return };
        let output = database.psql().args(["-c", "SHOW fsync"]).output().unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap(), "on\n");
        assert!(database.psql().args(["-c", "CREATE TABLE t ()"]).status().unwrap().success());
        if database.crash() {
            assert!(database.psql().args(["-c", "SELECT * FROM t"]).status().unwrap().success());
        }
    }

    #[test]
    fn the_database_of_a_url_is_replaced() {
        assert_eq!(at("postgres://u:p@h:1/x?sslmode=disable", "y"), "postgres://u:p@h:1/y?sslmode=disable");
        assert_eq!(at("postgres://h", "y"), "postgres://h/y");
        assert_eq!(at("postgresql://u@/x?host=/tmp", "y"), "postgresql://u@/y?host=/tmp");
    }
}
