//! The arguments of the command line.

use clap::{
    CommandFactory, Parser, ValueEnum,
    builder::{PossibleValuesParser, TypedValueParser},
    error::ErrorKind,
};
use scim_core::compat::{Compat, Quirk};

const AFTER_HELP: &str = "\
Exit code:
  0  the PATCH would be accepted
  1  the PATCH would be refused
  2  nothing was explained

A schema of --schemas is an extension of the resource if the resource or the PATCH names it, or if its URN says so.

Example:
  scim-explain --resource user.json --patch patch.json --profile okta";

/// Shows what a PATCH would do to a resource, step by step.
#[derive(Debug, Parser)]
#[command(version, args_override_self = true, max_term_width = 120)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Arguments {
    /// Reads the resource, JSON as the server shows it; `-` is the standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) resource: String,
    /// Reads the body of the PATCH request; `-` is the standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) patch: String,
    /// Selects what the server tolerates
    #[arg(long, value_enum, value_name = "NAME", default_value = "entra")]
    profile: Profile,
    /// Tolerates also this quirk; may be repeated
    #[arg(long, value_name = "QUIRK", value_parser = quirk())]
    with: Vec<Quirk>,
    /// Does not tolerate this quirk; may be repeated
    #[arg(long, value_name = "QUIRK", value_parser = quirk(), hide_possible_values = true)]
    without: Vec<Quirk>,
    /// Reads the schemas: the server's response to GET /Schemas, or an array [default: User with the enterprise
    /// extension, and Group]
    #[arg(long, value_name = "FILE")]
    pub(crate) schemas: Option<String>,
    /// Selects the resource type by the name or URN of its schema [default: by the `schemas` of the resource]
    #[arg(long = "type", value_name = "NAME")]
    pub(crate) resource_type: Option<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Profile {
    Entra,
    Okta,
    Interop,
    Strict,
}

impl Arguments {
    /// Fails if more than one file is the standard input.
    pub(crate) fn check(self) -> Result<Self, clap::Error> {
        let files = [Some(&self.resource), Some(&self.patch), self.schemas.as_ref()];
        if files.into_iter().flatten().filter(|path| *path == "-").count() > 1 {
            let message = "only one file can be the standard input";
            return Err(Self::command().error(ErrorKind::ArgumentConflict, message));
        }
        Ok(self)
    }

    /// A quirk that is named by `--with` and `--without` is tolerated.
    pub(crate) fn compat(&self) -> Compat {
        let profile = match self.profile {
            Profile::Entra => Compat::entra(),
            Profile::Okta => Compat::okta(),
            Profile::Interop => Compat::interop(),
            Profile::Strict => Compat::strict(),
        };
        let compat = self.without.iter().copied().fold(profile, Compat::without);
        self.with.iter().copied().fold(compat, Compat::with)
    }
}

fn quirk() -> impl TypedValueParser<Value = Quirk> {
    PossibleValuesParser::new(Quirk::ALL.iter().map(|quirk| quirk.name()))
        .try_map(|name| Quirk::ALL.iter().copied().find(|quirk| quirk.name() == name).ok_or("unknown quirk"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Arguments, clap::Error> {
        Arguments::try_parse_from(["scim-explain"].into_iter().chain(line.split_whitespace()))
            .and_then(Arguments::check)
    }

    #[test]
    fn files_profile_and_quirks() {
        let arguments = parse("--resource r --with schemas --patch - --profile strict --type User").unwrap();
        assert_eq!((arguments.resource.as_str(), arguments.patch.as_str()), ("r", "-"));
        assert_eq!((&arguments.schemas, arguments.resource_type.as_deref()), (&None, Some("User")));
        assert_eq!(arguments.compat(), Compat::strict().with(Quirk::Schemas));
        let arguments = parse("--resource r --patch p --without schemas").unwrap();
        assert_eq!(arguments.compat(), Compat::entra().without(Quirk::Schemas));
    }

    #[test]
    fn mistakes_are_errors() {
        for (line, expected) in [
            ("--patch p", "--resource <FILE>"),
            ("--resource r", "--patch <FILE>"),
            ("--resource r --patch", "a value is required for '--patch <FILE>'"),
            ("--profile google", "[possible values: entra, okta, interop, strict]"),
            ("--with x", "[possible values: boolean-string, "),
            ("--resource - --patch -", "only one file can be the standard input"),
            ("user.json", "unexpected argument 'user.json' found"),
        ] {
            let error = parse(line).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
