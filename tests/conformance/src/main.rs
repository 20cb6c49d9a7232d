//! The command line of the conformance kit: `scim-conformance --help`.

mod arguments;

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use arguments::{Action, Arguments, Format, USAGE};
use scim_conformance::{CatalogueEntry, Kit, Report, UrlClient, catalogue_document};

/// Everything passed, or gave warnings.
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

async fn run(arguments: Arguments) -> u8 {
    match &arguments.action {
        Action::Help => print(USAGE),
        Action::Catalogue => print(catalogue_document(Kit::standard().sequences()).trim_end()),
        Action::Explain(id) => match CatalogueEntry::named(id) {
            Some(entry) => print(entry.to_string().trim_end()),
            None => not_run(&format!("no entry `{id}`: they are E1 to E54 and E60 to E103")),
        },
        Action::List | Action::Run if arguments.kit.sequences().next().is_none() => {
            not_run("no sequence matches; `--list` shows them")
        }
        Action::List => list(&arguments.kit),
        Action::Run => test(arguments).await,
    }
}

fn print(text: &str) -> u8 {
    println!("{text}");
    PASSED
}

fn list(kit: &Kit) -> u8 {
    for sequence in kit.sequences() {
        println!("{}\t{}\t{}", sequence.suite, sequence.level, sequence.name);
    }
    PASSED
}

async fn test(Arguments { url, mut kit, format, output, progress, .. }: Arguments) -> u8 {
    let Some(url) = url else { return not_run(&format!("`--url` is missing\n\n{USAGE}")) };
    let client = match UrlClient::new(&url) {
        Ok(client) => client,
        Err(error) => return not_run(&error.to_string()),
    };
    if let Err(error) = client.connect().await {
        return not_run(&error.to_string());
    }
    if progress.unwrap_or_else(|| std::io::stderr().is_terminal()) {
        kit = kit.on_progress(|progress| {
            eprint!("{progress}");
            let _ = std::io::stderr().flush();
        });
    }
    let report = kit.run(&client).await;
    let text = match format {
        Format::Table => report.to_string(),
        Format::Json => report.to_json(),
        Format::Junit => report.to_junit(),
    };
    match output {
        None => print!("{text}"),
        Some(file) => match std::fs::write(&file, text) {
            Ok(()) => print!("{}", report.table()),
            Err(error) => return not_run(&format!("cannot write `{}`: {error}", file.display())),
        },
    }
    exit_code(&report)
}

fn exit_code(report: &Report) -> u8 {
    match report.counts() {
        counts if counts.failed > 0 => FAILED,
        counts if counts.passed + counts.warned == 0 => NOT_RUN,
        _ => PASSED,
    }
}

fn not_run(message: &str) -> u8 {
    eprintln!("scim-conformance: {message}");
    NOT_RUN
}
