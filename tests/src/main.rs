//! The command line of the conformance kit: `scim-conformance --help`.

mod arguments;

use std::process::ExitCode;

use arguments::{Action, Arguments, USAGE};
use scim_conformance::{Kit, UrlClient};

/// Everything passed.
const PASSED: u8 = 0;
/// At least one sequence failed.
const FAILED: u8 = 1;
/// The run did not take place.
const NOT_RUN: u8 = 2;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let token = std::env::var("SCIM_TOKEN").ok();
    let code = match Arguments::parse(std::env::args().skip(1), token) {
        Ok(arguments) => run(arguments).await,
        Err(error) => not_run(&format!("{error}\n\n{USAGE}")),
    };
    code.into()
}

async fn run(Arguments { action, url, kit }: Arguments) -> u8 {
    if action == Action::Help {
        println!("{USAGE}");
        return PASSED;
    }
    if kit.sequences().next().is_none() {
        return not_run("no sequence matches; `--list` shows them");
    }
    match (action, url) {
        (Action::List, _) => list(&kit),
        (_, Some(url)) => test(&kit, &url).await,
        (_, None) => not_run(&format!("`--url` is missing\n\n{USAGE}")),
    }
}

fn list(kit: &Kit) -> u8 {
    for sequence in kit.sequences() {
        println!("{}\t{}\t{}", sequence.suite, sequence.level, sequence.name);
    }
    PASSED
}

async fn test(kit: &Kit, url: &str) -> u8 {
    let client = match UrlClient::new(url) {
        Ok(client) => client,
        Err(error) => return not_run(&error.to_string()),
    };
    if let Err(error) = client.connect().await {
        return not_run(&error.to_string());
    }
    let report = kit.run(&client).await;
    print!("{report}");
    match report.counts() {
        counts if counts.failed > 0 => FAILED,
        counts if counts.passed == 0 => NOT_RUN,
        _ => PASSED,
    }
}

fn not_run(message: &str) -> u8 {
    eprintln!("scim-conformance: {message}");
    NOT_RUN
}
