//! What a PATCH would do, from the command line: `scim-explain --help`.

mod arguments;
mod types;

use std::{
    io::{Read as _, Write as _},
    process::ExitCode,
};

use arguments::Arguments;
use clap::Parser as _;
use scim_core::{
    explain::{Explanation, explain},
    reflect::Document,
};

/// The PATCH would be accepted, whether it changes something or not.
const ACCEPTED: u8 = 0;
/// The PATCH would be refused.
const REFUSED: u8 = 1;
/// There is nothing to explain. It is also the exit code of `clap` for arguments that make no sense.
const USAGE_ERROR: u8 = 2;

fn main() -> ExitCode {
    let arguments = Arguments::parse().check().unwrap_or_else(|error| error.exit());
    let code = match run(&arguments) {
        Ok(explanation) => {
            tell(explanation.to_string().trim_end());
            if explanation.error.is_some() { REFUSED } else { ACCEPTED }
        }
        Err(message) => fail(&message),
    };
    code.into()
}

fn run(arguments: &Arguments) -> Result<Explanation, String> {
    let resource = read(&arguments.resource)?;
    let patch = read(&arguments.patch)?;
    let schemas = arguments.schemas.as_deref().map(read).transpose()?;
    let hint = arguments.resource_type.as_deref();
    let resource_type = match &schemas {
        None => types::standard(&resource, hint),
        Some(schemas) => types::published(schemas, &resource, &patch, hint),
    };
    let resource_type = resource_type.map_err(|error| error.to_string())?;
    let (resource, ignored) = Document::from_json(&resource_type, &resource)
        .map_err(|error| format!("`{}` is no {}: {error}", arguments.resource, resource_type.name))?;
    if !ignored.is_empty() {
        let names: Vec<String> = ignored.iter().map(|name| name.escape_debug().to_string()).collect();
        eprintln!("scim-explain: no schema has these attributes of the resource: {}", names.join(", "));
    }
    Ok(explain(&resource_type, &resource, &patch, arguments.compat()))
}

/// The content of a file; `-` is the standard input.
fn read(path: &str) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let result = if path == "-" {
        std::io::stdin().read_to_end(&mut bytes).map(drop)
    } else {
        std::fs::read(path).map(|read| bytes = read)
    };
    result.map(|()| bytes).map_err(|error| format!("`{path}` cannot be read: {error}"))
}

fn tell(text: &str) {
    // Nobody may be listening any more, as in `scim-explain .. | head`.
    let _ = writeln!(std::io::stdout(), "{text}");
}

fn fail(message: &str) -> u8 {
    eprintln!("scim-explain: {message}");
    USAGE_ERROR
}
