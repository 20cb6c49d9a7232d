//! The arguments of the command line.

use scim_conformance::{Kit, Level, Requirement};

/// The text of `--help`.
pub(crate) const USAGE: &str = "\
usage: scim-conformance --url URL [--token TOKEN] [options]

  --url URL            base URL of the SCIM server, http only: http://127.0.0.1:8080/scim/v2
  --token TOKEN        bearer token; without it, SCIM_TOKEN from the environment
  --suite NAME         only this suite; may be repeated
  --only TEXT          only sequences with this text in their names
  --level LEVEL        only sequences of this level or higher: must, should, optional (default)
  --custom-extension   the server has the extension that some sequences need
  --no-observations    only what each sequence expects, no general rules
  --list               print the sequences, send nothing
  --help               print this text

exit code: 0 all passed, 1 some failed, 2 nothing was run";

/// What the command line asks for.
#[derive(Debug)]
pub(crate) struct Arguments {
    pub(crate) action: Action,
    pub(crate) url: Option<String>,
    pub(crate) kit: Kit,
}

/// What to do with the sequences.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Run,
    List,
    Help,
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
}

impl Arguments {
    /// Reads the words after the name of the program; `token` is used when they have none.
    pub(crate) fn parse(
        mut words: impl Iterator<Item = String>,
        mut token: Option<String>,
    ) -> Result<Self, ArgumentError> {
        let (mut action, mut url, mut kit) = (Action::Run, None, Kit::standard());
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or_else(|| ArgumentError::NoValue(word.clone()));
            match word.as_str() {
                "--url" => url = Some(value()?),
                "--token" => token = Some(value()?),
                "--suite" => kit = kit.suite(value()?),
                "--only" => kit = kit.only(value()?),
                "--level" => kit = kit.level(level(value()?)?),
                "--custom-extension" => kit = kit.supports(Requirement::CustomExtension),
                "--no-observations" => kit = kit.observing(false),
                "--list" => action = Action::List,
                "--help" | "-h" => action = Action::Help,
                _ => return Err(ArgumentError::Unknown(word)),
            }
        }
        if let Some(token) = token {
            kit = kit.token(token);
        }
        Ok(Self { action, url, kit })
    }
}

fn level(word: String) -> Result<Level, ArgumentError> {
    match word.as_str() {
        "must" => Ok(Level::Must),
        "should" => Ok(Level::Should),
        "optional" => Ok(Level::Optional),
        _ => Err(ArgumentError::Level(word)),
    }
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
    }

    #[test]
    fn the_last_action_counts() {
        assert_eq!(parse("--list").unwrap().action, Action::List);
        assert_eq!(parse("--list --help").unwrap().action, Action::Help);
    }

    #[test]
    fn mistakes_are_errors() {
        let error = |line| parse(line).unwrap_err().to_string();
        assert_eq!(error("--ur http://h"), "unknown argument `--ur`");
        assert_eq!(error("--suite a --url"), "`--url` needs a value");
        assert_eq!(error("--level most"), "`most` is not a level");
    }
}
