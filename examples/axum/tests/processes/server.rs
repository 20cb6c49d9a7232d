//! Server processes, and databases for them.

use std::{
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::Mutex,
};

use uuid::Uuid;

pub(crate) const TOKEN: &str = "secret";

/// A process of the application.
pub(crate) struct Server {
    pub(crate) url: String,
    process: Mutex<Child>,
}

impl Server {
    /// Starts a process, and waits until it can be reached.
    pub(crate) fn start(database: &str) -> Self {
        Self::run(Command::new(env!("CARGO_BIN_EXE_axum-example")), database)
    }

    /// Like [`start`](Self::start), but the process may open at most this many files.
    pub(crate) fn start_with_files(database: &str, files: usize) -> Self {
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("ulimit -n {files}; exec \"$0\" \"$@\""), env!("CARGO_BIN_EXE_axum-example")]);
        Self::run(shell, database)
    }

    fn run(mut command: Command, database: &str) -> Self {
        let mut process = command
            .args(["--listen", "127.0.0.1:0", "--token", TOKEN, "--database", database])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(process.stdout.take().unwrap());
        let mut line = String::new();
        while !line.starts_with("Tenant URL:") {
            line.clear();
            assert!(output.read_line(&mut line).unwrap() > 0, "the server did not start");
        }
        // Somebody has to read what else is printed, or the process waits.
        std::thread::spawn(move || std::io::copy(&mut output, &mut std::io::sink()));
        Self { url: line.trim_start_matches("Tenant URL:").trim().to_owned(), process: Mutex::new(process) }
    }

    /// Returns the address that the process listens on.
    pub(crate) fn address(&self) -> &str {
        self.url.trim_start_matches("http://").split('/').next().unwrap_or_default()
    }

    /// Sends the process the termination signal, as the system does, and waits until the process has stopped.
    pub(crate) fn stop(&self) {
        let mut process = self.process.lock().unwrap();
        assert!(Command::new("kill").arg(process.id().to_string()).status().unwrap().success());
        assert!(process.wait().unwrap().success());
    }

    /// Ends the process as a loss of power does: it is not asked.
    pub(crate) fn kill(&self) {
        let mut process = self.process.lock().unwrap();
        // Killed twice, it is gone already.
        let _ = process.kill();
        process.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A database file that is gone after the test.
pub(crate) struct File(PathBuf);

impl File {
    pub(crate) fn new() -> Self {
        Self(std::env::temp_dir().join(format!("axum-example-{}.db", Uuid::new_v4())))
    }

    pub(crate) fn url(&self) -> String {
        format!("sqlite://{}", self.0.display())
    }
}

impl Drop for File {
    fn drop(&mut self) {
        for suffix in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{suffix}", self.0.display()));
        }
    }
}
