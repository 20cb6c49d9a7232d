//! The modules of the crate are on floors, and each uses only modules below its own; see `ARCHITECTURE.md`.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// The floors, starting with the lowest.
const FLOORS: [&[&str]; 8] = [
    &["collation", "error", "limits", "schema", "turn"],
    &["meter", "reference"],
    &["reflect", "compat"],
    &["__private", "coerce", "context", "lookup", "model", "report", "validate"],
    &["filter", "json"],
    &["patch"],
    &["body", "explain", "store"],
    &["server", "sql"],
];

fn floor(module: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&module))
}

/// Collects the Rust files below a directory, except tests.
fn files(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() && name != "tests" {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") && name != "tests.rs" {
            found.push(path);
        }
    }
}

/// Returns the code of a file without comments and tests.
fn code(text: &str) -> String {
    let code =
        ["#[cfg(test)]", "#[cfg(all(test"].iter().fold(text, |code, start| code.split(start).next().unwrap_or(code));
    code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// Returns the modules that code uses as `crate::module` or `crate::{module, ..}`.
fn used(code: &str) -> BTreeSet<&str> {
    let mut used = BTreeSet::new();
    for rest in code.split("crate::").skip(1) {
        let Some(group) = rest.strip_prefix('{') else {
            used.extend(word(rest));
            continue;
        };
        // The words at the start of the group and after its own commas.
        let (mut depth, mut is_start) = (1, true);
        for (at, character) in group.char_indices() {
            match character {
                '{' => depth += 1,
                '}' if depth == 1 => break,
                '}' => depth -= 1,
                ',' if depth == 1 => is_start = true,
                _ if is_start && character.is_alphanumeric() => {
                    used.extend(group.get(at..).and_then(word));
                    is_start = false;
                }
                _ => {}
            }
        }
    }
    used
}

fn word(text: &str) -> Option<&str> {
    text.split(|character: char| !character.is_alphanumeric() && character != '_')
        .next()
        .filter(|word| !word.is_empty())
}

#[test]
fn each_module_uses_only_modules_below_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    files(&root, &mut found);
    let mut modules = BTreeSet::new();
    let mut upward = Vec::new();
    let mut downward = 0;
    for path in found {
        let below = path.strip_prefix(&root).unwrap();
        let first = below.components().next().unwrap().as_os_str().to_str().unwrap();
        let module = first.strip_suffix(".rs").unwrap_or(first).to_owned();
        if module == "lib" {
            continue;
        }
        let own = floor(&module).unwrap_or_else(|| panic!("`{module}` has no floor"));
        for used in used(&code(&fs::read_to_string(&path).unwrap())) {
            let Some(other) = floor(used).filter(|_| used != module) else { continue };
            downward += 1;
            if other >= own {
                upward.push(format!("{} uses `{used}`", below.display()));
            }
        }
        modules.insert(module);
    }
    assert_eq!(upward, [""; 0]);
    assert_eq!(modules.len(), FLOORS.iter().map(|floor| floor.len()).sum::<usize>());
    assert!(downward > 300, "{downward}");
}

#[test]
fn uses_are_found() {
    let text = "use crate::{\n    reflect::{Value, compare::same},\n    error::Error, json,\n};\n// crate::no\nfn f() { crate::collation::case_fold(); }\n#[cfg(test)]\nuse crate::server;";
    assert_eq!(used(&code(text)), BTreeSet::from(["collation", "error", "json", "reflect"]));
}
