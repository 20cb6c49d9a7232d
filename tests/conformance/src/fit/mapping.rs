//! Which attributes an application maps, as far as its `/Schemas` and its owner tell.

use std::collections::{BTreeMap, BTreeSet};

use crate::schemas::Schemas;

/// Why a standard attribute is not sent to a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Unmapped {
    /// The server does not announce it.
    NotAnnounced,
    /// The server announces `canonicalValues` where RFC 7643 has none. It may refuse all others (section 7), and those
    /// that clients send are others.
    Closed,
    /// [`Kit::without`](crate::Kit::without) says so.
    Told,
}

/// Names of attributes, with the reasons why they are not sent.
pub(crate) type Reasons = BTreeMap<String, Unmapped>;

/// What is known of the attributes of a server.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mapping<'a> {
    pub(crate) schemas: &'a Schemas,
    /// The paths that the kit is to do without.
    pub(crate) without: &'a BTreeSet<String>,
}

impl Mapping<'_> {
    /// Whether nothing is known, so that everything is sent.
    pub(super) fn is_empty(&self) -> bool {
        self.schemas.is_empty() && self.without.is_empty()
    }
}

impl Unmapped {
    /// All reasons.
    pub(crate) const ALL: [Self; 3] = [Self::NotAnnounced, Self::Closed, Self::Told];

    /// The reason as a sentence about these names.
    pub(crate) fn sentence(self, names: &str) -> String {
        match self {
            Self::NotAnnounced => format!("the server does not announce {names}"),
            Self::Closed => format!("the server announces canonicalValues of its own for {names}"),
            Self::Told => format!("the kit is to do without {names}"),
        }
    }
}

/// The names with each reason, in one text.
pub(crate) fn sentences(reasons: &Reasons) -> String {
    let sentences = Unmapped::ALL.into_iter().filter_map(|reason| {
        let names = names_of(reason, reasons.iter().map(|(name, of)| (name.as_str(), *of)));
        (!names.is_empty()).then(|| reason.sentence(&names))
    });
    sentences.collect::<Vec<_>>().join("; ")
}

/// The names that have this reason, separated by commas.
pub(crate) fn names_of<'a>(reason: Unmapped, names: impl IntoIterator<Item = (&'a str, Unmapped)>) -> String {
    let names = names.into_iter().filter(|(_, of)| *of == reason).map(|(name, _)| name);
    names.collect::<Vec<_>>().join(", ")
}
