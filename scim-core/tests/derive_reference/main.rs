//! Checks the reference of `#[scim(..)]`: its structs compile, and result in the schemas below them.
//!
//! `UPDATE=1 cargo test -p scim-core --test derive_reference` updates the code and the JSON of the page.

#![cfg(feature = "derive")]
#![expect(clippy::panic, reason = "a test fails by panicking")]

mod fields;
mod types;
mod values;

use std::path::Path;

use scim_core::schema::{Attribute, ResourceType};
use serde::Serialize;

/// A heading of the page, the struct below it, and the resulting schema.
struct Sample {
    heading: &'static str,
    code: String,
    json: String,
}

/// Reads the code of a sample, which is between `// [heading]` and `// [end]`.
fn sample(source: &str, heading: &'static str, json: String) -> Sample {
    let start = format!("// [{heading}]\n");
    let code = source.split_once(&start).and_then(|(_, rest)| rest.split_once("// [end]"));
    let (code, _) = code.unwrap_or_else(|| panic!("no sample of {heading}"));
    // The samples are indented in their modules, and visible to this test.
    let lines = code.lines().map(|line| line.strip_prefix("    ").unwrap_or(line));
    Sample { heading, code: lines.collect::<Vec<_>>().join("\n").trim().replace("pub(super) ", ""), json }
}

fn attributes(attributes: &[Attribute]) -> String {
    pretty(&attributes)
}

/// `/ResourceTypes` and `/Schemas`.
fn documents(resource_type: &ResourceType) -> String {
    let schemas = resource_type.schemas().iter().map(pretty).collect::<Vec<_>>().join("\n");
    format!("{}\n{schemas}", pretty(resource_type))
}

/// Formats JSON with one line for an object that contains no other object.
fn pretty(value: &impl Serialize) -> String {
    let text = serde_json::to_string_pretty(value).unwrap_or_else(|error| panic!("{error}"));
    let mut out = String::new();
    for part in text.split_inclusive('}') {
        match part.rsplit_once('{') {
            Some((before, object)) if part.ends_with('}') => {
                out.push_str(before);
                out.push_str(&format!("{{{object}").split_whitespace().collect::<Vec<_>>().join(" "));
            }
            _ => out.push_str(part),
        }
    }
    out
}

#[test]
fn the_page_matches_its_samples() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scim-derive/src/reference.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let samples: Vec<Sample> = [types::samples(), fields::samples(), values::samples()].into_iter().flatten().collect();
    let written = write(&page, &samples);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, written).unwrap();
    } else {
        assert!(page == written, "the page differs from its samples; run this test with UPDATE=1 and review the page");
    }
}

#[test]
fn every_option_has_a_heading() {
    let page = include_str!("../../../scim-derive/src/reference.md");
    let symbols = include_str!("../../../scim-derive/src/symbol.rs");
    let options = symbols.lines().filter_map(|line| line.strip_prefix("pub(crate) const ")?.split_once(": &str = \""));
    let mut count = 0;
    for option in
        options.filter_map(|(_, rest)| rest.strip_suffix("\";")).filter(|option| !["scim", "value"].contains(option))
    {
        assert!(page.lines().any(|line| line.starts_with(&format!("## `{option}"))), "no heading for `{option}`");
        count += 1;
    }
    assert!(count > 20, "{count}");
}

#[test]
fn both_crates_suggest_names_by_the_same_rule() {
    assert_eq!(include_str!("../../src/schema/suggest.rs"), include_str!("../../../scim-derive/src/suggest.rs"));
}

/// Returns the page with the code and the JSON of the samples. Every heading of the second level has both.
fn write(page: &str, samples: &[Sample]) -> String {
    let mut sections = page.split("\n## ");
    let mut out = sections.next().unwrap_or_default().to_owned();
    let mut used = 0;
    for section in sections {
        let heading = section.lines().next().unwrap_or_default();
        let sample = samples.iter().find(|sample| sample.heading == heading);
        let sample = sample.unwrap_or_else(|| panic!("no sample for the heading {heading}"));
        let section = replace(section, "```ignore\n", &sample.code);
        out.push_str("\n## ");
        out.push_str(&replace(&section, "```json\n", &sample.json));
        used += 1;
    }
    assert_eq!(used, samples.len(), "a sample has no heading");
    out
}

fn replace(section: &str, fence: &str, content: &str) -> String {
    let Some((before, rest)) = section.split_once(fence) else { panic!("no {fence} in {section}") };
    let Some((_, after)) = rest.split_once("```") else { panic!("no end of {fence} in {section}") };
    format!("{before}{fence}{content}\n```{after}")
}
