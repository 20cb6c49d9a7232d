//! Chooses sequences and runs them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use crate::client::Client;
use crate::fit::{Changes, Fit, Mapping, own_extension, sentences};
use crate::progress::Progress;
use crate::replay::replay;
use crate::report::{Outcome, Report};
use crate::schemas::Schemas;
use crate::sequence::{Level, LoadError, Requirement, Sequence};

/// The files of the standard suites. Each is a JSON array of sequences.
const STANDARD: [&str; 5] = [
    include_str!("../data/sequences.json"),
    include_str!("../data/okta.json"),
    include_str!("../data/google.json"),
    include_str!("../data/interop.json"),
    include_str!("../data/others.json"),
];

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
    lacking: BTreeSet<Requirement>,
    skipped: BTreeMap<String, String>,
    without: BTreeSet<String>,
    token: Option<String>,
    observing: bool,
    reading_schemas: bool,
    progress: Option<Listener>,
}

#[derive(Clone)]
struct Listener(Arc<dyn Fn(Progress<'_>) + Send + Sync>);

impl Kit {
    /// The sequences that come with this crate: the traffic of Microsoft Entra ID and of Microsoft's test tools, of Okta
    /// and Google, and probes on which SCIM servers are known to differ.
    #[must_use]
    #[expect(clippy::expect_used, reason = "the files are compiled in, and a test reads them")]
    #[expect(clippy::missing_panics_doc, reason = "it does not panic")]
    pub fn standard() -> Self {
        let mut kit = Self::new(Vec::new());
        for file in STANDARD {
            kit.sequences.extend(Sequence::read_all(file).expect("the standard sequences are readable"));
        }
        kit
    }

    /// Sequences of your own, from a JSON text. See [`Sequence::read_all`].
    ///
    /// # Errors
    ///
    /// When the text is not a JSON array of sequences.
    pub fn from_json(json: &str) -> Result<Self, LoadError> {
        Ok(Self::new(Sequence::read_all(json)?))
    }

    fn new(sequences: Vec<Sequence>) -> Self {
        Self {
            sequences,
            suites: BTreeSet::new(),
            only: None,
            level: Level::Optional,
            supported: BTreeSet::new(),
            lacking: BTreeSet::new(),
            skipped: BTreeMap::new(),
            without: BTreeSet::new(),
            token: None,
            observing: true,
            reading_schemas: true,
            progress: None,
        }
    }

    /// Adds the sequences of a JSON text. See [`Sequence::read_all`].
    ///
    /// # Errors
    ///
    /// When the text is not a JSON array of sequences.
    pub fn and_from_json(mut self, json: &str) -> Result<Self, LoadError> {
        self.sequences.extend(Sequence::read_all(json)?);
        Ok(self)
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

    /// Runs also the sequences that require this of the server, whatever the server says of itself.
    ///
    /// Without it they are run when the server's `/Schemas` or `/ServiceProviderConfig` announces what they require.
    #[must_use]
    pub fn supports(mut self, requirement: Requirement) -> Self {
        self.lacking.remove(&requirement);
        self.supported.insert(requirement);
        self
    }

    /// Skips the sequences that require this of the server, whatever the server says of itself.
    #[must_use]
    pub fn lacks(mut self, requirement: Requirement) -> Self {
        self.supported.remove(&requirement);
        self.lacking.insert(requirement);
        self
    }

    /// Whether [`lacks`](Self::lacks) was said of this.
    #[must_use]
    pub fn is_said_to_lack(&self, requirement: Requirement) -> bool {
        self.lacking.contains(&requirement)
    }

    /// Skips the sequence of this name, for a reason that the report gives: a deviation that you know and accept.
    #[must_use]
    pub fn skip(mut self, name: impl Into<String>, reason: impl Into<String>) -> Self {
        self.skipped.insert(name.into(), reason.into());
        self
    }

    /// Treats an attribute as one that the application does not map, whatever its `/Schemas` says: for values that it
    /// refuses in a way that no schema can tell, such as an `externalId` of a certain form.
    ///
    /// The path is one of SCIM without a value filter. Names of the enterprise extension may come without their URN; other
    /// names without one are those of users and of groups. An attribute whose `value` is named is left out as a whole. `userName`, and the `displayName` of groups, are always
    /// sent.
    ///
    /// # Examples
    ///
    /// ```
    /// use scim_conformance::Kit;
    ///
    /// let kit = Kit::standard()
    ///     .without("externalId")
    ///     .without("name.honorificPrefix")
    ///     .without("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value");
    /// ```
    #[must_use]
    pub fn without(mut self, path: impl Into<String>) -> Self {
        self.without.insert(path.into());
        self
    }

    /// Sets whether the general rules of [`observe`](crate::observe()) are applied to every answer; they are unless
    /// switched off.
    #[must_use]
    pub fn observing(mut self, observing: bool) -> Self {
        self.observing = observing;
        self
    }

    /// Sets whether the server's discovery documents are read first; they are unless switched off.
    ///
    /// Without them everything is sent as it is written in the data files, attributes that the server does not announce
    /// included, and answers are not held to the announced attributes.
    #[must_use]
    pub fn reading_schemas(mut self, reading: bool) -> Self {
        self.reading_schemas = reading;
        self
    }

    /// Calls this before and after every sequence.
    #[must_use]
    pub fn on_progress(mut self, listener: impl Fn(Progress<'_>) + Send + Sync + 'static) -> Self {
        self.progress = Some(Listener(Arc::new(listener)));
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
    /// The server's `/Schemas`, `/ResourceTypes` and `/ServiceProviderConfig` are read first. Standard attributes that the
    /// server does not announce are not sent; sequences that are about them are skipped; the report names both.
    ///
    /// Every sequence makes its own users and groups, with names that are unique to the run. What a failed sequence made
    /// stays behind, so use a server whose data nobody needs.
    pub async fn run<C: Client + ?Sized>(&self, client: &C) -> Report {
        let schemas =
            if self.reading_schemas { Schemas::read(client, self.token.as_deref()).await } else { Schemas::default() };
        let total = self.sequences().count();
        let mut report = Report::default();
        for (index, sequence) in self.sequences().enumerate() {
            let position = index + 1;
            self.tell(Progress::Started { position, total, sequence });
            let start = Instant::now();
            let (changes, outcome) = self.outcome(client, sequence, &schemas).await;
            report.push(sequence, changes, outcome, start.elapsed());
            if let Some(result) = report.results().last() {
                self.tell(Progress::Finished { position, total, result });
            }
        }
        report
    }

    async fn outcome<C: Client + ?Sized>(
        &self,
        client: &C,
        sequence: &Sequence,
        schemas: &Schemas,
    ) -> (Changes, Outcome) {
        if let Some(reason) = self.reason_to_skip(sequence, schemas) {
            return (Changes::default(), Outcome::Skipped(reason));
        }
        let mapping = Mapping { schemas, without: &self.without };
        let (sequence, changes) = match Fit::of(sequence, mapping) {
            Fit::Whole => (sequence.clone(), Changes::default()),
            Fit::Reduced(sequence, changes) => (*sequence, changes),
            Fit::Missing(reasons) => return (Changes::default(), Outcome::Skipped(sentences(&reasons))),
        };
        let observing = self.observing.then_some(schemas);
        match replay(client, &sequence, self.token.as_deref(), observing).await {
            failures if failures.is_empty() => (changes, Outcome::Passed),
            failures => (changes, Outcome::Failed(failures)),
        }
    }

    fn tell(&self, progress: Progress<'_>) {
        if let Some(Listener(listener)) = &self.progress {
            listener(progress);
        }
    }

    fn reason_to_skip(&self, sequence: &Sequence, schemas: &Schemas) -> Option<String> {
        let missing = sequence.requires.iter().find(|requirement| !self.has(**requirement, schemas));
        missing
            .map(|requirement| format!("requires {requirement}"))
            .or_else(|| self.skipped.get(&sequence.name).cloned())
    }

    fn has(&self, requirement: Requirement, schemas: &Schemas) -> bool {
        if self.supported.contains(&requirement) || self.lacking.contains(&requirement) {
            return self.supported.contains(&requirement);
        }
        match requirement {
            Requirement::Auth => false,
            Requirement::CustomExtension => own_extension(schemas).is_some(),
            Requirement::Bulk => schemas.feature("bulk") == Some(true),
            Requirement::Sort => schemas.feature("sort") == Some(true),
            Requirement::Etag => schemas.feature("etag") == Some(true),
            // Of a server that announces nothing, nothing is known.
            Requirement::Groups => schemas.is_empty() || schemas.type_at("/Groups").is_some(),
        }
    }
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Listener")
    }
}

#[cfg(test)]
mod tests;
