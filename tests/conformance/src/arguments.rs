//! The arguments of the command line.

use std::{fmt, path::PathBuf};

use clap::{
    Parser, ValueEnum,
    builder::{PossibleValuesParser, TypedValueParser},
};
use scim_conformance::{Kit, Level, LoadError, Requirement};

const LEVELS: &[Level] = &[Level::Must, Level::Should, Level::Optional];

const INSTEAD: &str = "Without a server";

const USAGE: &str = "scim-conformance --url <URL> [OPTIONS]
       scim-conformance --list [OPTIONS]
       scim-conformance --explain <ENTRY>
       scim-conformance --catalogue";

const AFTER_HELP: &str = "\
Exit code:
  0  everything passed, perhaps with warnings
  1  at least one sequence failed
  2  nothing was run

Example:
  SCIM_TOKEN=secret scim-conformance --url http://127.0.0.1:8080/scim/v2 --level must";

/// Replays the requests of SCIM clients against a server, and reports the answers that do not suit them.
#[derive(Debug, Parser)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
#[command(version, args_override_self = true, max_term_width = 120)]
#[command(override_usage = USAGE, after_help = AFTER_HELP)]
pub(crate) struct Arguments {
    /// Sets the base URL of the SCIM server, such as `http://127.0.0.1:8080/scim/v2`
    #[arg(long, required_unless_present = "instead", help_heading = "Server")]
    pub(crate) url: Option<String>,
    /// Sends this bearer token
    #[arg(long, env = "SCIM_TOKEN", hide_env_values = true, help_heading = "Server")]
    token: Option<String>,
    /// Runs only this suite; may be repeated
    #[arg(long, value_name = "NAME", help_heading = "Sequences")]
    suite: Vec<String>,
    /// Runs only sequences with this text in their names
    #[arg(long, value_name = "TEXT", help_heading = "Sequences")]
    only: Option<String>,
    /// Runs only sequences of this level or higher
    #[arg(long, value_parser = one_of(LEVELS), default_value = "optional", help_heading = "Sequences")]
    level: Level,
    /// Runs also the sequences of this JSON file; may be repeated
    #[arg(long, value_name = "FILE", help_heading = "Sequences")]
    sequences: Vec<PathBuf>,
    /// Skips the sequence of this name; the report repeats the reason; may be repeated
    #[arg(long, value_name = "NAME=REASON", value_parser = skip, help_heading = "Sequences")]
    skip: Vec<(String, String)>,
    /// Does not send this attribute; may be repeated
    #[arg(long, value_name = "PATH", help_heading = "Server")]
    without: Vec<String>,
    /// Runs what requires this, whatever the server announces; may be repeated
    #[arg(long, value_name = "WHAT", value_parser = one_of(&Requirement::ALL), help_heading = "Server")]
    supports: Vec<Requirement>,
    /// Skips what requires this, whatever the server announces; may be repeated
    #[arg(long, value_name = "WHAT", value_parser = one_of(&Requirement::ALL), help_heading = "Server")]
    lacks: Vec<Requirement>,
    /// The same as `--supports custom-extension`
    #[arg(long, hide = true)]
    custom_extension: bool,
    /// Checks only what each sequence expects, no general rules
    #[arg(long, help_heading = "Sequences")]
    no_observations: bool,
    /// Does not read /Schemas: sends also attributes that the server does not announce
    #[arg(long, help_heading = "Server")]
    no_schemas: bool,
    /// Sets the format of the report
    #[arg(long, value_enum, default_value = "table", help_heading = "Output")]
    pub(crate) format: Format,
    /// Writes the report to this file, and only the table to the standard output
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub(crate) output: Option<PathBuf>,
    /// Prints a line for each sequence on the standard error, even if that is not a terminal
    #[arg(long, overrides_with = "no_progress", help_heading = "Output")]
    pub(crate) progress: bool,
    /// Shows no progress, even if the standard error is a terminal
    #[arg(long, overrides_with = "progress", help_heading = "Output")]
    pub(crate) no_progress: bool,
    /// Prints the selected sequences
    #[arg(long, group = "instead", help_heading = INSTEAD)]
    pub(crate) list: bool,
    /// Prints an entry of the catalogue, such as E38
    #[arg(long, value_name = "ENTRY", group = "instead", help_heading = INSTEAD)]
    pub(crate) explain: Option<String>,
    /// Prints the whole catalogue as Markdown
    #[arg(long, group = "instead", help_heading = INSTEAD)]
    pub(crate) catalogue: bool,
}

/// How the report is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Table,
    Json,
    Junit,
}

/// A file of sequences that cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FileError {
    #[error("cannot read `{}`: {}", .0.display(), .1)]
    Read(PathBuf, std::io::Error),
    #[error("`{}`: {}", .0.display(), .1)]
    Load(PathBuf, LoadError),
}

impl Arguments {
    /// Returns the chosen sequences, with what is said of the server. What it is said to lack, it does not support.
    pub(crate) fn kit(&self) -> Result<Kit, FileError> {
        let mut kit =
            Kit::standard().level(self.level).observing(!self.no_observations).reading_schemas(!self.no_schemas);
        for file in &self.sequences {
            let text = std::fs::read_to_string(file).map_err(|error| FileError::Read(file.clone(), error))?;
            kit = kit.and_from_json(&text).map_err(|error| FileError::Load(file.clone(), error))?;
        }
        kit = self.suite.iter().fold(kit, Kit::suite);
        kit = self.only.iter().fold(kit, Kit::only);
        kit = self.token.iter().fold(kit, Kit::token);
        kit = self.without.iter().fold(kit, Kit::without);
        kit = self.skip.iter().fold(kit, |kit, (name, reason)| kit.skip(name, reason));
        let extension = self.custom_extension.then_some(Requirement::CustomExtension);
        kit = self.supports.iter().copied().chain(extension).fold(kit, Kit::supports);
        Ok(self.lacks.iter().copied().fold(kit, Kit::lacks))
    }
}

/// Parses the text of one of these values.
fn one_of<T: fmt::Display + Copy + Send + Sync>(all: &'static [T]) -> impl TypedValueParser<Value = T> {
    PossibleValuesParser::new(all.iter().map(ToString::to_string))
        .try_map(|text| all.iter().copied().find(|value| value.to_string() == text).ok_or("unknown value"))
}

fn skip(text: &str) -> Result<(String, String), &'static str> {
    let (name, reason) = text.rsplit_once('=').ok_or("expected NAME=REASON")?;
    Ok((name.to_owned(), reason.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Arguments, clap::Error> {
        Arguments::try_parse_from(["scim-conformance"].into_iter().chain(line.split_whitespace()))
    }

    fn kit(line: &str) -> Kit {
        parse(&format!("--url http://h/ {line}")).unwrap().kit().unwrap()
    }

    #[test]
    fn arguments_choose_sequences() {
        let kit_of_two = kit("--suite 9-discovery --only schemas");
        let names: Vec<_> = kit_of_two.sequences().map(|sequence| &sequence.name).collect();
        assert!(!names.is_empty());
        assert!(names.iter().all(|name| name.to_lowercase().contains("schemas")), "{names:?}");
        let count = |line| kit(line).sequences().count();
        assert!(count("--suite 6-groups --suite 7-lifecycle") > count("--suite 6-groups"));
        assert!(count("--level must") < count(""));
        assert_eq!(count("--level must --level optional"), count(""));
        assert_eq!(count("--without title --without manager.value"), count(""));
    }

    #[test]
    fn a_url_is_needed_to_send_something() {
        assert!(parse("--list").unwrap().list && parse("--catalogue").unwrap().catalogue);
        assert_eq!(parse("--explain E38").unwrap().explain.as_deref(), Some("E38"));
        assert!(parse("").unwrap_err().to_string().contains("--url <URL>"));
        assert!(parse("--list --explain E38").unwrap_err().to_string().contains("cannot be used with"));
    }

    #[test]
    fn arguments_choose_the_output() {
        let arguments = parse("--url u --format junit --output report.xml --progress --no-progress").unwrap();
        assert_eq!((arguments.format, arguments.progress, arguments.no_progress), (Format::Junit, false, true));
        assert_eq!(arguments.output, Some("report.xml".into()));
        let arguments = parse("--url u").unwrap();
        assert_eq!((arguments.format, arguments.progress, arguments.no_progress), (Format::Table, false, false));
    }

    #[test]
    fn what_is_said_of_the_server_outlasts_the_token() {
        let lacks = |line| kit(line).is_said_to_lack(Requirement::Auth);
        assert!(lacks("--lacks auth --token t") && lacks("--token t --lacks auth") && !lacks("--token t"));
        assert!(lacks("--lacks auth --supports auth"));
    }

    #[test]
    fn mistakes_are_errors() {
        for (line, expected) in [
            ("--ur http://h", "unexpected argument '--ur' found"),
            ("--suite a --url", "a value is required for '--url <URL>'"),
            ("--level most", "[possible values: must, should, optional]"),
            ("--format xml", "[possible values: table, json, junit]"),
            ("--skip name", "expected NAME=REASON"),
            ("--supports luck", "[possible values: auth, custom-extension, bulk, sort, etag"),
        ] {
            let error = parse(line).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
        let error = |line: &str| parse(&format!("--url u {line}")).unwrap().kit().unwrap_err().to_string();
        assert!(error("--sequences /no/such/file").starts_with("cannot read `/no/such/file`: "));
        assert!(error("--sequences Cargo.toml").starts_with("`Cargo.toml`: cannot read the sequences: "));
    }
}
