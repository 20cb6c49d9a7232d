//! The command line of the conformance kit: `scim-conformance --help`.

mod arguments;
mod bar;

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use arguments::{Arguments, Format};
use bar::Bar;
use clap::Parser;
use scim_conformance::{CatalogueEntry, Kit, Report, UrlClient, catalogue_document};

/// Everything passed, or gave warnings.
const PASSED: u8 = 0;
/// At least one sequence failed.
const FAILED: u8 = 1;
/// The run did not take place. It is also the exit code of `clap` for arguments that make no sense.
const NOT_RUN: u8 = 2;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    run(Arguments::parse()).await.into()
}

async fn run(arguments: Arguments) -> u8 {
    if arguments.catalogue {
        return print(catalogue_document(Kit::standard().sequences()).trim_end());
    }
    if let Some(id) = &arguments.explain {
        return match CatalogueEntry::named(id) {
            Some(entry) => print(entry.to_string().trim_end()),
            None => not_run(&format!("no entry `{id}`: they are E1 to E54 and E60 to E103")),
        };
    }
    let kit = match arguments.kit() {
        Ok(kit) => kit,
        Err(error) => return not_run(&error.to_string()),
    };
    if kit.sequences().next().is_none() {
        return not_run("no sequence matches; `--list` shows them");
    }
    match &arguments.url {
        Some(url) if !arguments.list => test(url, kit, &arguments).await,
        _ => list(&kit),
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

async fn test(url: &str, mut kit: Kit, arguments: &Arguments) -> u8 {
    let client = match UrlClient::new(url) {
        Ok(client) => client,
        Err(error) => return not_run(&error.to_string()),
    };
    if let Err(error) = client.connect().await {
        return not_run(&error.to_string());
    }
    let bar = Bar::new();
    if std::io::stderr().is_terminal() && !arguments.no_progress {
        let bar = bar.clone();
        kit = kit.on_progress(move |progress| bar.show(progress));
    } else if arguments.progress {
        kit = kit.on_progress(|progress| {
            eprint!("{progress}");
            let _ = std::io::stderr().flush();
        });
    }
    let report = kit.run(&client).await;
    bar.clear();
    let text = match arguments.format {
        Format::Table => report.to_string(),
        Format::Json => report.to_json(),
        Format::Junit => report.to_junit(),
    };
    match &arguments.output {
        None => print!("{text}"),
        Some(file) => match std::fs::write(file, text) {
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
