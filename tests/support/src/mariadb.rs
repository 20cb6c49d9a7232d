//! A private MariaDB server: started from the installed binaries for this process, and removed when the process ends.
//! All tests share it.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::OnceLock,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

/// How long a server may take to start.
const PATIENCE: Duration = Duration::from_secs(60);

/// Creates a data directory and serves it on a socket, until standard input ends. That happens when this process ends,
/// regardless of the signal. MariaDB does not run as root, so root hands the directory to `nobody`.
const SCRIPT: &str = r#"
trap '' INT TERM HUP
as=
if [ "$(id -u)" = 0 ]; then
    chown 65534:65534 "$DIRECTORY"
    as='setpriv --reuid=65534 --regid=65534 --clear-groups'
fi
cd "$DIRECTORY"
if $as mariadb-install-db --no-defaults --datadir="$DIRECTORY/data" --auth-root-authentication-method=normal \
    --skip-test-db --skip-name-resolve
then
    $as mariadbd --no-defaults --datadir="$DIRECTORY/data" --socket="$DIRECTORY/socket" --skip-networking \
        --pid-file="$DIRECTORY/pid" --innodb-flush-log-at-trx-commit=0 --innodb-fast-shutdown=2 &
    read -r _
    kill -KILL $!
    wait
fi
cd /
rm -rf "$DIRECTORY"
"#;

/// A server that all tests of a process share.
#[derive(Debug)]
pub struct MariaDb {
    socket: PathBuf,
    /// Holds the other end of the script's standard input.
    _script: Child,
}

fn find_or_report() -> Option<MariaDb> {
    match start() {
        Ok(server) => Some(server),
        Err(why) if std::env::var_os("SCIM_TEST_MARIADB_REQUIRED").is_some() => panic!("{why}"),
        Err(why) => {
            // Not a macro, whose output is hidden for passing tests. A failure to print is harmless.
            let _ = writeln!(
                std::io::stderr(),
                "left out the tests on MariaDB: {why}; install one (Debian: mariadb-server)"
            );
            None
        }
    }
}

fn start() -> Result<MariaDb, String> {
    // Database servers are not in every user's path.
    let path = format!("{}:/usr/local/sbin:/usr/sbin:/sbin", std::env::var("PATH").unwrap_or_default());
    for program in ["mariadbd", "mariadb-install-db", "mariadb"] {
        if !std::env::split_paths(&path).any(|folder| folder.join(program).is_file()) {
            return Err(format!("no MariaDB is installed, there is no `{program}`"));
        }
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_micros();
    let directory = std::env::temp_dir().join(format!("scim-mariadb-{}-{now}", std::process::id()));
    fs::create_dir(&directory).map_err(|error| format!("{}: {error}", directory.display()))?;
    let log = directory.with_extension("log");
    let mut script = spawn(&directory, &log, &path).map_err(|error| format!("sh: {error}"))?;
    let socket = directory.join("socket");
    let end = Instant::now() + PATIENCE;
    let ready = loop {
        if socket.exists() && run(&socket, "SELECT 1").is_ok() {
            break true;
        }
        if Instant::now() > end || script.try_wait().is_ok_and(|ended| ended.is_some()) {
            break false;
        }
        std::thread::sleep(Duration::from_millis(50));
    };
    let output = fs::read_to_string(&log).unwrap_or_default();
    // The server continues to write to it.
    let _ = fs::remove_file(&log);
    if ready { Ok(MariaDb { socket, _script: script }) } else { Err(format!("MariaDB does not start:\n{output}")) }
}

fn spawn(directory: &Path, log: &Path, path: &str) -> std::io::Result<Child> {
    let output = fs::File::create(log)?;
    let mut command = Command::new("sh");
    // A separate process group: signals for the group of the test must not end it before it has cleaned up.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command.args(["-c", SCRIPT]).stdin(Stdio::piped()).stdout(output.try_clone()?).stderr(output);
    command.env("PATH", path).env("DIRECTORY", directory).spawn()
}

impl MariaDb {
    /// Returns the server, which is started by the first call. Returns `None` if MariaDB is not installed, and reports
    /// that once.
    ///
    /// # Panics
    ///
    /// If there is no server although `SCIM_TEST_MARIADB_REQUIRED` is set.
    #[must_use]
    pub fn find() -> Option<&'static Self> {
        static SERVER: OnceLock<Option<MariaDb>> = OnceLock::new();
        SERVER.get_or_init(find_or_report).as_ref()
    }

    /// Runs a script and returns the lines that it selects.
    ///
    /// # Errors
    ///
    /// With the output of the client if a statement fails.
    pub fn run(&self, script: &str) -> Result<Vec<String>, String> {
        run(&self.socket, script)
    }
}

fn run(socket: &Path, script: &str) -> Result<Vec<String>, String> {
    let mut child = Command::new("mariadb")
        .args(["--no-defaults", "--user=root", "--default-character-set=utf8mb4"])
        .args(["--batch", "--raw", "--skip-column-names"])
        .arg(format!("--socket={}", socket.display()))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| error.to_string())?;
    let stdin = child.stdin.take();
    let script = script.to_owned();
    let writer = std::thread::spawn(move || stdin.map(|mut stdin| stdin.write_all(script.as_bytes())));
    let output = child.wait_with_output().map_err(|error| error.to_string())?;
    let _ = writer.join();
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    Ok(String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect())
}
