//! The arguments of the command line.

use scim_core::compat::{Compat, Quirk};

/// The text of `--help`.
pub(crate) const USAGE: &str = "\
usage: scim-explain --resource FILE --patch FILE [options]

  --resource FILE   the resource as the server stores or shows it, JSON; `-` reads the standard input
  --patch FILE      the body of the PATCH request; `-` reads the standard input
  --profile NAME    what the server tolerates: entra (default), okta, interop, strict
  --with QUIRK      and this quirk, such as `boolean-string`; may be repeated
  --without QUIRK   but not this quirk; may be repeated
  --schemas FILE    the server's answer to GET /Schemas, or an array of schemas; without it, the User with the
                    enterprise extension and the Group of RFC 7643. A schema is an extension of the resource if the
                    resource or the PATCH names it, or if its URN says so
  --type NAME       the resource type by its schema's name or URN; without it, what the resource's `schemas` name
  --help            print this text

exit code: 0 accepted, 1 refused, 2 nothing was explained";

/// What the command line asks for.
#[derive(Debug)]
pub(crate) enum Action {
    Help,
    Explain(Arguments),
}

/// What to explain.
#[derive(Debug)]
pub(crate) struct Arguments {
    pub(crate) resource: String,
    pub(crate) patch: String,
    pub(crate) schemas: Option<String>,
    pub(crate) resource_type: Option<String>,
    pub(crate) compat: Compat,
}

/// Arguments that make no sense.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ArgumentError {
    #[error("unknown argument `{0}`")]
    Unknown(String),
    #[error("`{0}` needs a value")]
    NoValue(String),
    #[error("`{0}` is missing")]
    Missing(&'static str),
    #[error("`{0}` is not a profile")]
    Profile(String),
    #[error("`{0}` is not a quirk; there are {all}", all = Quirk::ALL.iter().map(|quirk| quirk.name()).collect::<Vec<_>>().join(", "))]
    Quirk(String),
    #[error("only one file can be the standard input")]
    StandardInput,
}

impl Arguments {
    /// Reads the words after the name of the program.
    pub(crate) fn parse(mut words: impl Iterator<Item = String>) -> Result<Action, ArgumentError> {
        let (mut resource, mut patch, mut schemas, mut resource_type) = (None, None, None, None);
        let mut compat = Compat::entra();
        // A profile that comes later does not undo them.
        let mut quirks = Vec::new();
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or_else(|| ArgumentError::NoValue(word.clone()));
            match word.as_str() {
                "--resource" => resource = Some(value()?),
                "--patch" => patch = Some(value()?),
                "--schemas" => schemas = Some(value()?),
                "--type" => resource_type = Some(value()?),
                "--profile" => compat = profile(value()?)?,
                "--with" => quirks.push((quirk(value()?)?, true)),
                "--without" => quirks.push((quirk(value()?)?, false)),
                "--help" | "-h" => return Ok(Action::Help),
                _ => return Err(ArgumentError::Unknown(word)),
            }
        }
        let resource = resource.ok_or(ArgumentError::Missing("--resource"))?;
        let patch = patch.ok_or(ArgumentError::Missing("--patch"))?;
        if [Some(&resource), Some(&patch), schemas.as_ref()].into_iter().flatten().filter(|path| *path == "-").count()
            > 1
        {
            return Err(ArgumentError::StandardInput);
        }
        for (quirk, accepted) in quirks {
            compat = if accepted { compat.with(quirk) } else { compat.without(quirk) };
        }
        Ok(Action::Explain(Self { resource, patch, schemas, resource_type, compat }))
    }
}

fn profile(word: String) -> Result<Compat, ArgumentError> {
    match word.as_str() {
        "entra" => Ok(Compat::entra()),
        "okta" => Ok(Compat::okta()),
        "interop" => Ok(Compat::interop()),
        "strict" => Ok(Compat::strict()),
        _ => Err(ArgumentError::Profile(word)),
    }
}

fn quirk(word: String) -> Result<Quirk, ArgumentError> {
    Quirk::ALL.iter().copied().find(|quirk| quirk.name() == word).ok_or(ArgumentError::Quirk(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Action, ArgumentError> {
        Arguments::parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn files_profile_and_quirks() {
        let Action::Explain(arguments) =
            parse("--resource r --with schemas --patch - --profile strict --type User").unwrap()
        else {
            panic!("it asks for help");
        };
        assert_eq!((arguments.resource.as_str(), arguments.patch.as_str()), ("r", "-"));
        assert_eq!((arguments.schemas, arguments.resource_type.as_deref()), (None, Some("User")));
        assert_eq!(arguments.compat, Compat::strict().with(Quirk::Schemas));
        assert!(matches!(parse("--resource --help --help").unwrap(), Action::Help));
    }

    #[test]
    fn mistakes_are_errors() {
        let error = |line| parse(line).unwrap_err().to_string();
        assert_eq!(error("--patch p"), "`--resource` is missing");
        assert_eq!(error("--resource r"), "`--patch` is missing");
        assert_eq!(error("--resource r --patch"), "`--patch` needs a value");
        assert_eq!(error("--profile google"), "`google` is not a profile");
        assert!(error("--with x").starts_with("`x` is not a quirk; there are boolean-string, "));
        assert_eq!(error("--resource - --patch -"), "only one file can be the standard input");
        assert_eq!(error("user.json"), "unknown argument `user.json`");
    }
}
