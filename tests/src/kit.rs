//! Chooses sequences and runs them.

use std::collections::{BTreeMap, BTreeSet};

use crate::client::Client;
use crate::replay::replay;
use crate::report::{Outcome, Report};
use crate::sequence::{Level, LoadError, Requirement, Sequence};

const STANDARD: &str = include_str!("../data/sequences.json");

/// Sequences to run against a server, and what is known of that server.
///
/// # Examples
///
/// One suite, against a server that refuses requests without its token:
///
/// ```no_run
/// # async fn example(client: impl scim_conformance::Client) {
/// use scim_conformance::Kit;
///
/// let report = Kit::standard().suite("2-scim-validator").token("secret").run(&client).await;
/// report.assert_passed();
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Kit {
    sequences: Vec<Sequence>,
    suites: BTreeSet<String>,
    only: Option<String>,
    level: Level,
    supported: BTreeSet<Requirement>,
    skipped: BTreeMap<String, String>,
    token: Option<String>,
    observing: bool,
}

impl Kit {
    /// The sequences that come with this crate: the traffic of Microsoft Entra ID and of Microsoft's test tools.
    #[must_use]
    #[expect(clippy::expect_used, reason = "the file is compiled in, and a test reads it")]
    #[expect(clippy::missing_panics_doc, reason = "it does not panic")]
    pub fn standard() -> Self {
        Self::from_json(STANDARD).expect("the standard sequences are readable")
    }

    /// Sequences of your own, from a JSON text. See [`Sequence::read_all`].
    ///
    /// # Errors
    ///
    /// When the text is not a JSON array of sequences.
    pub fn from_json(json: &str) -> Result<Self, LoadError> {
        Ok(Self {
            sequences: Sequence::read_all(json)?,
            suites: BTreeSet::new(),
            only: None,
            level: Level::Optional,
            supported: BTreeSet::new(),
            skipped: BTreeMap::new(),
            token: None,
            observing: true,
        })
    }

    /// Runs this suite. Called several times, it runs those suites; never called, all.
    #[must_use]
    pub fn suite(mut self, name: impl Into<String>) -> Self {
        self.suites.insert(name.into());
        self
    }

    /// Runs only the sequences with this text in their names, in any letter case.
    #[must_use]
    pub fn only(mut self, text: impl AsRef<str>) -> Self {
        self.only = Some(text.as_ref().to_lowercase());
        self
    }

    /// Runs only the sequences of this level or a higher one; [`Level::Optional`], so all, unless set.
    #[must_use]
    pub fn level(mut self, level: Level) -> Self {
        self.level = level;
        self
    }

    /// Sends this bearer token with every request. The server is then taken to demand it ([`Requirement::Auth`]); see
    /// [`lacks`](Self::lacks) for one that does not.
    #[must_use]
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.token = Some(token.into());
        self.supports(Requirement::Auth)
    }

    /// Runs also the sequences that require this of the server. Without it they are skipped.
    #[must_use]
    pub fn supports(mut self, requirement: Requirement) -> Self {
        self.supported.insert(requirement);
        self
    }

    /// Skips the sequences that require this of the server.
    #[must_use]
    pub fn lacks(mut self, requirement: Requirement) -> Self {
        self.supported.remove(&requirement);
        self
    }

    /// Skips the sequence of this name, for a reason that the report gives: a deviation that you know and accept.
    #[must_use]
    pub fn skip(mut self, name: impl Into<String>, reason: impl Into<String>) -> Self {
        self.skipped.insert(name.into(), reason.into());
        self
    }

    /// Sets whether the general rules of [`observe`](crate::observe()) are applied to every answer; they are unless
    /// switched off.
    #[must_use]
    pub fn observing(mut self, observing: bool) -> Self {
        self.observing = observing;
        self
    }

    /// The sequences that would run or be skipped, in order.
    pub fn sequences(&self) -> impl Iterator<Item = &Sequence> {
        self.sequences.iter().filter(|sequence| {
            (self.suites.is_empty() || self.suites.contains(&sequence.suite))
                && sequence.level >= self.level
                && self.only.as_ref().is_none_or(|text| sequence.name.to_lowercase().contains(text.as_str()))
        })
    }

    /// Runs the sequences, one after the other.
    ///
    /// Every sequence makes its own users and groups, with names that are unique to the run. What a failed sequence made
    /// stays behind, so use a server whose data nobody needs.
    pub async fn run<C: Client + ?Sized>(&self, client: &C) -> Report {
        let mut report = Report::default();
        for sequence in self.sequences() {
            let outcome = match self.reason_to_skip(sequence) {
                Some(reason) => Outcome::Skipped(reason),
                None => match replay(client, sequence, self.token.as_deref(), self.observing).await {
                    failures if failures.is_empty() => Outcome::Passed,
                    failures => Outcome::Failed(failures),
                },
            };
            report.push(sequence, outcome);
        }
        report
    }

    fn reason_to_skip(&self, sequence: &Sequence) -> Option<String> {
        let missing = sequence.requires.iter().find(|requirement| !self.supported.contains(requirement));
        missing
            .map(|requirement| format!("requires {requirement}"))
            .or_else(|| self.skipped.get(&sequence.name).cloned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(kit: &Kit) -> usize {
        kit.sequences().count()
    }

    #[test]
    fn the_standard_sequences_are_readable() {
        assert!(count(&Kit::standard()) > 150);
    }

    #[test]
    fn names_are_unique_in_their_suites() {
        let kit = Kit::standard();
        let names: BTreeSet<_> = kit.sequences().map(|sequence| (&sequence.suite, &sequence.name)).collect();
        assert_eq!(names.len(), count(&kit));
    }

    #[test]
    fn choices_narrow() {
        let all = count(&Kit::standard());
        let one = count(&Kit::standard().suite("6-groups"));
        let two = count(&Kit::standard().suite("6-groups").suite("9-discovery"));
        assert!(0 < one && one < two && two < all);
        assert_eq!(count(&Kit::standard().suite("6")), 0);
        let only = count(&Kit::standard().only("create a new user"));
        assert!(0 < only && only < all);
        let musts = count(&Kit::standard().level(Level::Must));
        assert!(0 < musts && musts < all);
    }

    #[test]
    fn what_a_server_lacks_is_skipped() {
        let skipped = |kit: &Kit| kit.sequences().filter(|sequence| kit.reason_to_skip(sequence).is_some()).count();
        let bare = skipped(&Kit::standard());
        let with_token = skipped(&Kit::standard().token("t"));
        let with_both = skipped(&Kit::standard().token("t").supports(Requirement::CustomExtension));
        assert!(with_both == 0 && with_token > 0 && bare > with_token, "{bare} {with_token} {with_both}");
        assert_eq!(skipped(&Kit::standard().token("t").lacks(Requirement::Auth)), bare);
        let name = Kit::standard().sequences().next().unwrap().name.clone();
        assert_eq!(skipped(&Kit::standard().skip(name, "known")), bare + 1);
    }
}
