//! What is known of the requests of real clients, entry by entry.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::sync::LazyLock;

use serde::Deserialize;

use crate::observe::Rule;
use crate::sequence::Sequence;

const ENTRIES: &str = include_str!("../data/catalogue.json");
const EXPLANATIONS: &str = include_str!("../data/explanations.json");

/// One peculiarity of the clients: what is sent, and what a server makes of it.
///
/// # Examples
///
/// ```
/// let entry = scim_conformance::CatalogueEntry::named("E32").expect("it is in the catalogue");
/// assert!(entry.sent.contains("\"False\""));
/// println!("{entry}");
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct CatalogueEntry {
    /// The name, such as `E38`.
    pub id: String,
    /// What it is about.
    pub title: String,
    /// What is sent or asked for.
    pub sent: String,
    /// Who sends it.
    pub by: String,
    /// What a server does that keeps to the letter of the RFCs.
    pub strict: String,
    /// What a server does that serves these clients well.
    pub good: String,
    /// Why it is not for a SCIM server to handle, where it is not.
    #[serde(default)]
    pub outside: Option<String>,
}

/// Which entries explain which sequences and rules.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Explanations {
    sequences: BTreeMap<String, Vec<String>>,
    tags: BTreeMap<String, Vec<String>>,
    rules: BTreeMap<String, Vec<String>>,
}

#[expect(clippy::expect_used, reason = "the files are compiled in, and a test reads them")]
static CATALOGUE: LazyLock<(Vec<CatalogueEntry>, Explanations)> = LazyLock::new(|| {
    let entries = serde_json::from_str(ENTRIES).expect("the catalogue is readable");
    let explanations = serde_json::from_str(EXPLANATIONS).expect("the explanations are readable");
    (entries, explanations)
});

impl CatalogueEntry {
    /// All entries, by number.
    #[must_use]
    pub fn all() -> &'static [Self] {
        &CATALOGUE.0
    }

    /// The entry of this name, in any letter case.
    #[must_use]
    pub fn named(id: &str) -> Option<&'static Self> {
        Self::all().iter().find(|entry| entry.id.eq_ignore_ascii_case(id))
    }

    /// The entries that explain a sequence: what its requests are about.
    #[must_use]
    pub fn of_sequence(sequence: &Sequence) -> Vec<&'static Self> {
        let explanations = &CATALOGUE.1;
        let named = explanations.sequences.get(&format!("{} / {}", sequence.suite, sequence.name));
        let tagged = sequence.tags.iter().filter_map(|tag| explanations.tags.get(tag));
        in_order(named.into_iter().chain(tagged).flatten())
    }

    /// The entries that explain why a general rule matters.
    #[must_use]
    pub fn of_rule(rule: Rule) -> Vec<&'static Self> {
        in_order(CATALOGUE.1.rules.get(rule.name()).into_iter().flatten())
    }
}

fn in_order<'a>(ids: impl Iterator<Item = &'a String>) -> Vec<&'static CatalogueEntry> {
    let ids: Vec<_> = ids.collect();
    CatalogueEntry::all().iter().filter(|entry| ids.contains(&&entry.id)).collect()
}

impl fmt::Display for CatalogueEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {}", self.id, self.title)?;
        for (heading, text) in
            [("sent", &self.sent), ("by", &self.by), ("strict server", &self.strict), ("good server", &self.good)]
        {
            writeln!(f, "  {heading:13}  {text}")?;
        }
        match &self.outside {
            Some(reason) => writeln!(f, "  {:13}  {reason}", "not here"),
            None => Ok(()),
        }
    }
}

/// The whole catalogue as a Markdown document: every entry, and the sequences of these that test it.
#[must_use]
pub fn catalogue_document<'a>(sequences: impl IntoIterator<Item = &'a Sequence>) -> String {
    let mut tests: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for sequence in sequences {
        for entry in CatalogueEntry::of_sequence(sequence) {
            tests.entry(&entry.id).or_default().push(format!("{} / {}", sequence.suite, sequence.name));
        }
    }
    let mut document = include_str!("../data/catalogue-head.md").to_owned();
    for CatalogueEntry { id, title, sent, by, strict, good, outside } in CatalogueEntry::all() {
        let tested = match (tests.get(id.as_str()), outside) {
            (Some(names), _) => some_of(names),
            (None, Some(reason)) => format!("Outside the kit: {reason}"),
            (None, None) => "Not tested.".to_owned(),
        };
        let _ = write!(
            document,
            "\n## {id}: {title}\n\n- **Sent:** {sent}\n- **By:** {by}\n- **Strict server:** {strict}\n\
             - **Good server:** {good}\n- **Tests:** {tested}\n"
        );
    }
    document
}

/// The first few names; some entries are in every second sequence.
fn some_of(names: &[String]) -> String {
    const SHOWN: usize = 4;
    let shown: Vec<_> = names.iter().take(SHOWN).map(|name| format!("`{name}`")).collect();
    let shown = shown.join(", ");
    match names.len() {
        all if all > SHOWN => format!("{all} sequences, among them {shown}"),
        _ => shown,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::Kit;

    #[test]
    fn all_entries_are_there_once_and_in_order() {
        let expected: Vec<_> = (1..=54).chain(60..=103).map(|number| format!("E{number}")).collect();
        let found: Vec<_> = CatalogueEntry::all().iter().map(|entry| entry.id.clone()).collect();
        assert_eq!(found, expected);
        assert!(CatalogueEntry::named("e38").is_some() && CatalogueEntry::named("E55").is_none());
    }

    #[test]
    fn explanations_name_what_there_is() {
        let kit = Kit::standard();
        let names: BTreeSet<_> =
            kit.sequences().map(|sequence| format!("{} / {}", sequence.suite, sequence.name)).collect();
        let tags: BTreeSet<_> = kit.sequences().flat_map(|sequence| &sequence.tags).collect();
        let Explanations { sequences, tags: tagged, rules } = &CATALOGUE.1;
        for name in sequences.keys() {
            assert!(names.contains(name), "no sequence `{name}`");
        }
        for tag in tagged.keys() {
            assert!(tags.contains(tag), "no tag `{tag}`");
        }
        for id in sequences.values().chain(tagged.values()).chain(rules.values()).flatten() {
            assert!(CatalogueEntry::named(id).is_some(), "no entry `{id}`");
        }
        for rule in Rule::ALL {
            assert!(!CatalogueEntry::of_rule(rule).is_empty(), "{}", rule.name());
        }
        assert_eq!(rules.len(), Rule::ALL.len());
    }

    #[test]
    fn every_sequence_of_microsoft_has_an_explanation() {
        let kit = Kit::standard();
        for sequence in kit.sequences().filter(|sequence| !sequence.suite.starts_with("13-")) {
            let entries = CatalogueEntry::of_sequence(sequence);
            assert!(!entries.is_empty(), "{} / {}", sequence.suite, sequence.name);
        }
    }

    #[test]
    fn every_entry_is_tested_or_says_why_not() {
        let kit = Kit::standard();
        let tested: BTreeSet<_> =
            kit.sequences().flat_map(CatalogueEntry::of_sequence).map(|entry| &entry.id).collect();
        for entry in CatalogueEntry::all() {
            assert!(tested.contains(&entry.id) || entry.outside.is_some(), "{}: {}", entry.id, entry.title);
        }
    }
}
