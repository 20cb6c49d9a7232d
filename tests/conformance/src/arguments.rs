//! The arguments of the command line.

use std::path::PathBuf;

use scim_conformance::{Kit, Level, LoadError, Requirement};

/// The text of `--help`.
pub(crate) const USAGE: &str = "\
usage: scim-conformance --url URL [--token TOKEN] [options]

  --url URL            base URL of the SCIM server, http only: http://127.0.0.1:8080/scim/v2
  --token TOKEN        bearer token; without it, SCIM_TOKEN from the environment
  --suite NAME         only this suite; may be repeated
  --only TEXT          only sequences with this text in their names
  --level LEVEL        only sequences of this level or higher: must, should, optional (default)
  --sequences FILE     run also the sequences of this JSON file; may be repeated
  --skip NAME=REASON   leave the sequence of this name out; may be repeated
  --without PATH       treat this attribute as one that the application does not have; may be repeated
  --supports WHAT      run what requires auth, custom-extension, bulk, sort or etag, whatever the server announces
  --lacks WHAT         skip what requires it, whatever the server announces
  --custom-extension   the same as --supports custom-extension
  --no-observations    only what each sequence expects, no general rules
  --no-schemas         do not read /Schemas: send everything as it is written
  --format FORMAT      table (default), json or junit
  --output FILE        write the report there, and only the table to the standard output
  --progress           a line for each sequence on the standard error; the default when that is a terminal
  --no-progress        no such lines
  --list               print the sequences, send nothing
  --explain ENTRY      print an entry of the catalogue, such as E38, send nothing
  --catalogue          print the whole catalogue as Markdown, send nothing
  --help               print this text

exit code: 0 all passed, though perhaps with warnings, 1 some failed, 2 nothing was run";

/// What the command line asks for.
#[derive(Debug)]
pub(crate) struct Arguments {
    pub(crate) action: Action,
    pub(crate) url: Option<String>,
    pub(crate) kit: Kit,
    pub(crate) format: Format,
    pub(crate) output: Option<PathBuf>,
    /// `None`: when somebody is there to see it.
    pub(crate) progress: Option<bool>,
}

/// What to do with the sequences.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Run,
    List,
    Explain(String),
    Catalogue,
    Help,
}

/// How the report is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Table,
    Json,
    Junit,
}

/// Arguments that make no sense.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ArgumentError {
    #[error("unknown argument `{0}`")]
    Unknown(String),
    #[error("`{0}` needs a value")]
    NoValue(String),
    #[error("`{0}` is not a level")]
    Level(String),
    #[error("`{0}` is not a format: it is one of table, json, junit")]
    Format(String),
    #[error("`{0}` is not something that a server can support: it is one of {1}")]
    Requirement(String, String),
    #[error("`{0}` is not of the form NAME=REASON")]
    Skip(String),
    #[error("cannot read `{0}`: {1}")]
    Read(String, std::io::Error),
    #[error("`{0}`: {1}")]
    Load(String, LoadError),
}

impl Arguments {
    /// Reads the words after the name of the program; `token` is used when they have none.
    pub(crate) fn parse(
        mut words: impl Iterator<Item = String>,
        mut token: Option<String>,
    ) -> Result<Self, ArgumentError> {
        let mut arguments = Self {
            action: Action::Run,
            url: None,
            kit: Kit::standard(),
            format: Format::Table,
            output: None,
            progress: None,
        };
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or_else(|| ArgumentError::NoValue(word.clone()));
            match word.as_str() {
                "--token" => token = Some(value()?),
                "--url" => arguments.url = Some(value()?),
                "--format" => arguments.format = format(value()?)?,
                "--output" => arguments.output = Some(value()?.into()),
                "--progress" => arguments.progress = Some(true),
                "--no-progress" => arguments.progress = Some(false),
                "--list" => arguments.action = Action::List,
                "--explain" => arguments.action = Action::Explain(value()?),
                "--catalogue" => arguments.action = Action::Catalogue,
                "--help" | "-h" => arguments.action = Action::Help,
                _ => arguments.kit = choose(arguments.kit, &word, value)?,
            }
        }
        if let Some(token) = token {
            // What was said of `auth` before counts.
            let lacks_auth = arguments.kit.is_said_to_lack(Requirement::Auth);
            arguments.kit = arguments.kit.token(token);
            if lacks_auth {
                arguments.kit = arguments.kit.lacks(Requirement::Auth);
            }
        }
        Ok(arguments)
    }
}

/// The words that choose sequences.
fn choose(
    kit: Kit,
    word: &str,
    mut value: impl FnMut() -> Result<String, ArgumentError>,
) -> Result<Kit, ArgumentError> {
    Ok(match word {
        "--suite" => kit.suite(value()?),
        "--only" => kit.only(value()?),
        "--level" => kit.level(level(value()?)?),
        "--sequences" => {
            let file = value()?;
            let text = std::fs::read_to_string(&file).map_err(|error| ArgumentError::Read(file.clone(), error))?;
            kit.and_from_json(&text).map_err(|error| ArgumentError::Load(file, error))?
        }
        "--skip" => {
            let pair = value()?;
            match pair.rsplit_once('=') {
                Some((name, reason)) => kit.skip(name, reason),
                None => return Err(ArgumentError::Skip(pair)),
            }
        }
        "--without" => kit.without(value()?),
        "--supports" => kit.supports(requirement(value()?)?),
        "--lacks" => kit.lacks(requirement(value()?)?),
        "--custom-extension" => kit.supports(Requirement::CustomExtension),
        "--no-observations" => kit.observing(false),
        "--no-schemas" => kit.reading_schemas(false),
        _ => return Err(ArgumentError::Unknown(word.to_owned())),
    })
}

fn level(word: String) -> Result<Level, ArgumentError> {
    match word.as_str() {
        "must" => Ok(Level::Must),
        "should" => Ok(Level::Should),
        "optional" => Ok(Level::Optional),
        _ => Err(ArgumentError::Level(word)),
    }
}

fn format(word: String) -> Result<Format, ArgumentError> {
    match word.as_str() {
        "table" => Ok(Format::Table),
        "json" => Ok(Format::Json),
        "junit" => Ok(Format::Junit),
        _ => Err(ArgumentError::Format(word)),
    }
}

fn requirement(word: String) -> Result<Requirement, ArgumentError> {
    Requirement::ALL.into_iter().find(|requirement| requirement.to_string() == word).ok_or_else(|| {
        let all = Requirement::ALL.map(|requirement| requirement.to_string()).join(", ");
        ArgumentError::Requirement(word, all)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Arguments, ArgumentError> {
        Arguments::parse(line.split_whitespace().map(str::to_owned), None)
    }

    #[test]
    fn arguments_choose_sequences() {
        let arguments = parse("--url http://h/ --suite 9-discovery --only schemas").unwrap();
        assert_eq!((arguments.action, arguments.url.as_deref()), (Action::Run, Some("http://h/")));
        let names: Vec<_> = arguments.kit.sequences().map(|sequence| &sequence.name).collect();
        assert!(!names.is_empty());
        assert!(names.iter().all(|name| name.to_lowercase().contains("schemas")), "{names:?}");
        let count = |line| parse(line).unwrap().kit.sequences().count();
        assert!(count("--suite 6-groups --suite 7-lifecycle") > count("--suite 6-groups"));
        assert!(count("--level must") < count(""));
        assert_eq!(count("--without title --without manager.value"), count(""));
    }

    #[test]
    fn the_last_action_counts() {
        assert_eq!(parse("--list").unwrap().action, Action::List);
        assert_eq!(parse("--list --help").unwrap().action, Action::Help);
        assert_eq!(parse("--help --explain E38").unwrap().action, Action::Explain("E38".to_owned()));
    }

    #[test]
    fn arguments_choose_the_output() {
        let arguments = parse("--format junit --output report.xml --no-progress").unwrap();
        assert_eq!((arguments.format, arguments.progress), (Format::Junit, Some(false)));
        assert_eq!(arguments.output, Some("report.xml".into()));
        assert_eq!(parse("").unwrap().progress, None);
    }

    #[test]
    fn what_is_said_of_the_server_outlasts_the_token() {
        let lacks = |line| parse(line).unwrap().kit.is_said_to_lack(Requirement::Auth);
        assert!(lacks("--lacks auth --token t") && lacks("--token t --lacks auth") && !lacks("--token t"));
    }

    #[test]
    fn mistakes_are_errors() {
        let error = |line| parse(line).unwrap_err().to_string();
        assert_eq!(error("--ur http://h"), "unknown argument `--ur`");
        assert_eq!(error("--suite a --url"), "`--url` needs a value");
        assert_eq!(error("--level most"), "`most` is not a level");
        assert_eq!(error("--format xml"), "`xml` is not a format: it is one of table, json, junit");
        assert_eq!(error("--skip name"), "`name` is not of the form NAME=REASON");
        assert!(error("--supports luck").ends_with("it is one of auth, custom-extension, bulk, sort, etag"));
        assert!(error("--sequences /no/such/file").starts_with("cannot read `/no/such/file`: "));
        assert!(error("--sequences Cargo.toml").starts_with("`Cargo.toml`: cannot read the sequences: "));
    }
}
