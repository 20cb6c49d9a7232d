//! Makes a sequence fit a server: what the server does not announce is not sent.
//!
//! Clients send the attributes that are mapped for an application, and an application maps what it has. A sequence was
//! recorded with some mapping. So standard attributes that the server does not announce, or that its owner says to do
//! without, are taken out of the requests, with what is asserted of them; a sequence of which nothing would be left, or
//! that is about such an attribute, is left out as a whole. If any other text would do, it comes in place of one. Names that no standard schema has stay: they are there to see
//! what a server makes of unknown names.

mod assertions;
mod body;
mod extension;
mod filter;
mod json;
mod mapping;
mod names;
mod rename;
mod replace;

use http::Method;

use crate::schemas::standard::is_standard_type;
use crate::sequence::{Body, Sequence, Step};
pub(crate) use extension::own_extension;
pub use mapping::Unmapped;
pub(crate) use mapping::{Mapping, Reasons, names_of, sentences};
use names::Names;
pub(crate) use replace::Replaced;

/// How a sequence suits a server.
#[derive(Clone, Debug)]
pub(crate) enum Fit {
    /// As it is.
    Whole,
    /// Without some attributes, or with others.
    Reduced(Box<Sequence>, Changes),
    /// Not at all: it is about these.
    Missing(Reasons),
}

/// What was changed of a sequence.
#[derive(Clone, Debug, Default)]
pub(crate) struct Changes {
    /// The attributes that were taken out of it.
    pub(crate) left_out: Reasons,
    /// The attributes that were replaced, with those in their place.
    pub(crate) replaced: Replaced,
}

impl Fit {
    pub(crate) fn of(sequence: &Sequence, mapping: Mapping<'_>) -> Self {
        if mapping.is_empty() {
            return Self::Whole;
        }
        match extension::replace(sequence, mapping.schemas) {
            Some((other, replaced)) => Self::with_attributes(&other, mapping).and_replaced(other, replaced),
            None => Self::with_attributes(sequence, mapping),
        }
    }

    /// How a sequence suits a server if other attributes may come in place of those that are missing.
    fn with_attributes(sequence: &Sequence, mapping: Mapping<'_>) -> Self {
        let missing = match Self::without_others(sequence, mapping) {
            Self::Missing(missing) => missing,
            fit => return fit,
        };
        let Some((other, replaced)) = replace::replace(sequence, &missing, mapping) else {
            return Self::Missing(missing);
        };
        match Self::without_others(&other, mapping) {
            Self::Missing(_) => Self::Missing(missing),
            fit => fit.and_replaced(other, replaced),
        }
    }

    /// The same for a sequence in which something was replaced.
    fn and_replaced(self, sequence: Sequence, mut replaced: Replaced) -> Self {
        match self {
            Self::Whole => Self::Reduced(Box::new(sequence), Changes { replaced, ..Changes::default() }),
            Self::Reduced(sequence, mut changes) => {
                changes.replaced.append(&mut replaced);
                Self::Reduced(sequence, changes)
            }
            Self::Missing(missing) => Self::Missing(missing),
        }
    }

    /// How a sequence suits a server if no attribute replaces another.
    fn without_others(sequence: &Sequence, mapping: Mapping<'_>) -> Self {
        let mut reduced = sequence.clone();
        let mut found = Found::default();
        for step in &mut reduced.steps {
            fit_step(step, mapping, &mut found);
        }
        if !found.missing.is_empty() {
            Self::Missing(found.missing)
        } else if found.left_out.is_empty() {
            Self::Whole
        } else {
            let changes = Changes { left_out: found.left_out, ..Changes::default() };
            Self::Reduced(Box::new(reduced), changes)
        }
    }
}

/// What a server does not announce of a sequence, so far.
#[derive(Default)]
struct Found {
    /// The sequence can do without it.
    left_out: Reasons,
    /// The sequence is about it.
    missing: Reasons,
}

impl Found {
    /// Whether some elements of an attribute were left out, so that their number and order are others.
    fn thinned(&self, attribute: &str) -> Option<(String, Unmapped)> {
        let start = format!("{attribute}[type eq ").to_lowercase();
        let (name, reason) = self.left_out.iter().find(|(name, _)| name.to_lowercase().starts_with(&start))?;
        Some((name.clone(), *reason))
    }

    /// What was left out of an extension whose URI a text names: the resource may no longer have the extension.
    fn in_extension(&self, text: &str) -> Option<(String, Unmapped)> {
        let is_named = |name: &str| name.rsplit_once(':').is_some_and(|(schema, _)| text.contains(schema));
        let (name, reason) = self.left_out.iter().find(|(name, _)| is_named(name))?;
        Some((name.clone(), *reason))
    }
}

fn fit_step(step: &mut Step, mapping: Mapping<'_>, found: &mut Found) {
    let names = match Names::at(&step.path, mapping) {
        Ok(Some(names)) => names,
        Ok(None) => return assertions::of_discovery(step, mapping, found),
        Err(endpoint) => {
            // Reading where nothing is can still be answered; see the connection tests.
            if step.method != Method::GET {
                found.missing.insert(format!("the resource type of `{endpoint}`"), Unmapped::NotAnnounced);
            }
            return;
        }
    };
    fit_query(step, &names, found);
    let mut dropped = Reasons::new();
    if let Some(Body::Json(text)) = &step.body {
        let text = body::reduce(text, &step.method, &names, &mut dropped);
        // A request that must be refused may be refused for what would be taken out of it.
        let must_stay = !dropped.is_empty() && step.expect.status.refuse();
        match text {
            Some(text) if !must_stay => {
                step.body = Some(Body::Json(text));
                found.left_out.append(&mut dropped);
            }
            _ => found.missing.append(&mut dropped),
        }
    }
    assertions::of_resources(step, &names, found);
}

fn fit_query(step: &Step, names: &Names<'_>, found: &mut Found) {
    let attributes = filter::attributes(&step.path);
    found.missing.extend(attributes.iter().filter_map(|path| names.missing(path)));
    let filter = filter::of_query(&step.path).unwrap_or_default();
    if attributes.iter().any(|path| path.eq_ignore_ascii_case("schemas")) {
        found.missing.extend(found.in_extension(&filter));
    }
    let types = filter::types(&filter);
    let of_types = types.iter().flat_map(|word| attributes.iter().filter_map(|path| names.missing_type(path, word)));
    let of_types: Vec<_> = of_types.collect();
    // What a filter without a type would find may have been left out.
    let is_standard = types.iter().any(|word| is_standard_type(word));
    let heads = attributes.iter().filter(|_| !is_standard).map(|path| path.split('.').next().unwrap_or(path));
    let thinned: Vec<_> = heads.filter_map(|head| found.thinned(head)).collect();
    found.missing.extend(of_types.into_iter().chain(thinned));
}

#[cfg(test)]
mod tests;
