//! Copies the programs of the README and the guides into files that the tests include.

use std::{env, error::Error, fs, path::Path};

const README: &str = "../../README.md";
const CRATE: &str = "../../scim-core/docs/crate.md";
const MAPPING: &str = "../../scim-core/docs/mapping.md";

/// The name of the file, the page, the heading, and the number of the program below the heading.
const PROGRAMS: [(&str, &str, &str, usize); 9] = [
    ("employee", README, "Map your struct", 0),
    ("person", README, "Map your struct", 1),
    ("store", README, "Implement the store", 0),
    ("kit", README, "Implement the store", 1),
    ("mount", README, "Mount the service", 0),
    ("front_page", CRATE, "Your own struct", 0),
    ("flat", MAPPING, "Flat: a row", 0),
    ("nested", MAPPING, "Nested: the shape of the resource", 0),
    ("dynamic", MAPPING, "Attributes that customers define", 0),
];

fn main() -> Result<(), Box<dyn Error>> {
    let out = env::var("OUT_DIR")?;
    for page in [README, CRATE, MAPPING] {
        println!("cargo::rerun-if-changed={page}");
    }
    for (name, page, heading, number) in PROGRAMS {
        let text = fs::read_to_string(page)?;
        let program = program(&text, heading, number).ok_or_else(|| format!("{page} has no program {name}"))?;
        // GitHub shows the lines that rustdoc hides.
        if page == README && program.lines().any(is_hidden) {
            return Err(format!("the program below {heading:?} of {page} has lines that rustdoc hides").into());
        }
        let shown = program.lines().map(|line| line.strip_prefix("# ").unwrap_or(line));
        fs::write(Path::new(&out).join(format!("{name}.rs")), shown.collect::<Vec<_>>().join("\n"))?;
    }
    Ok(())
}

/// Returns a Rust program below a heading.
fn program<'t>(page: &'t str, heading: &str, number: usize) -> Option<&'t str> {
    let (_, section) = page.split_once(&format!("# {heading}\n"))?;
    let (_, program) = section.split("```rust\n").enumerate().nth(number.checked_add(1)?)?;
    program.split("```").next()
}

fn is_hidden(line: &str) -> bool {
    let line = line.trim_start();
    line == "#" || line.starts_with("# ")
}
