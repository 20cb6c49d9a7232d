//! Finds the creations that an operation refers to.

use std::collections::{HashMap, HashSet};

use serde::de::DeserializeSeed as _;
use serde_json::value::RawValue;

use crate::{
    filter::{Expression, Literal, parse_path},
    json::{Texts, Walk},
    limits::FilterLimits,
    reference::{PREFIX, UrlReference},
};

/// The creations that texts of one operation may refer to.
///
/// This only decides what runs first. Whether a text is a reference is decided where it is read as a value, so it does
/// no harm to find texts here that the resource type ignores.
pub(super) struct Needs<'n> {
    creations: &'n HashMap<&'n str, usize>,
    limits: &'n FilterLimits,
    found: HashSet<usize>,
}

impl<'n> Needs<'n> {
    /// Starts with no references. `creations` maps bulkIds to the indices of the operations that create.
    pub(super) fn new(creations: &'n HashMap<&'n str, usize>, limits: &'n FilterLimits) -> Self {
        Self { creations, limits, found: HashSet::new() }
    }

    /// Adds a bulkId that the operation refers to.
    pub(super) fn bulk_id(&mut self, bulk_id: &str) {
        self.found.extend(self.creations.get(bulk_id));
    }

    /// Adds the references in `data`. Invalid JSON has none; the operation fails later because of it.
    pub(super) fn data(&mut self, json: &RawValue) {
        // `serde_json` limits the depth.
        let mut deserializer = serde_json::Deserializer::from_str(json.get());
        let _ = Walk(self).deserialize(&mut deserializer);
    }

    /// Returns the creations in the order of the request.
    pub(super) fn into_found(self) -> Vec<usize> {
        let mut found: Vec<usize> = self.found.into_iter().collect();
        found.sort_unstable();
        found
    }

    /// Adds the references in the literals of a path with a filter.
    fn path(&mut self, text: &str) {
        if text.contains('[')
            && text.contains(PREFIX)
            && let Ok((path, _)) = parse_path(text, self.limits)
            && let Some(filter) = &path.filter
        {
            self.expression(filter);
        }
    }

    // The parser limits the depth of the expression, and so that of the recursion.
    fn expression(&mut self, expression: &Expression<'_>) {
        match expression {
            Expression::And(parts) | Expression::Or(parts) => parts.iter().for_each(|part| self.expression(part)),
            Expression::Not(inner) | Expression::ValuePath(_, inner) => self.expression(inner),
            Expression::Compare(comparison) => {
                if let Literal::Str(text) = &comparison.value
                    && let Some(bulk_id) = text.strip_prefix(PREFIX)
                {
                    self.bulk_id(bulk_id);
                }
            }
            Expression::Present(_) => {}
        }
    }
}

impl Texts for Needs<'_> {
    /// A name is not a reference, but it may be a path.
    fn name(&mut self, name: &str) {
        self.path(name);
    }

    fn value(&mut self, text: &str) {
        if let Some(bulk_id) = text.strip_prefix(PREFIX) {
            self.bulk_id(bulk_id);
        } else if let Some(reference) = UrlReference::find(text, |bulk_id| self.creations.contains_key(bulk_id)) {
            self.bulk_id(&reference.bulk_id);
        }
        self.path(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_whole_texts_or_literals_of_paths() {
        let creations = HashMap::from([("a", 0), ("b}", 1), ("c", 2), ("d", 3), ("e", 4)]);
        let limits = FilterLimits::default();
        let found = |json: &str| {
            let mut needs = Needs::new(&creations, &limits);
            needs.data(serde_json::from_str(json).unwrap());
            needs.into_found()
        };
        assert_eq!(found(r#"{"m": [{"v": "bulkId:a"}, ["bulkId:b}"], "bulkId\u003ac", "bulkId:unknown"]}"#), [0, 1, 2]);
        assert_eq!(found(r#"{"$ref": "/Users/bulkId:a", "o": "../Groups/bulkId:c"}"#), [0, 2]);
        assert_eq!(found(r#"{"bulkId:a": "see bulkId:c", "n": 1, "t": "bulkId:"}"#), [0; 0]);
        assert_eq!(found(r#"{"path": "m[value eq \"bulkId:d\" or not (value eq \"bulkId:a\")].display"}"#), [0, 3]);
        assert_eq!(found(r#"{"m[value eq \"bulkId:e\"].display": "x", "broken": "m[bulkId:a"}"#), [4]);
    }

    #[test]
    fn references_are_found_in_urls() {
        let creations = HashMap::from([("a", 0), ("b/c", 1)]);
        let limits = FilterLimits::default();
        for (text, found) in [
            ("/Users/bulkId:a/", vec![0]),
            ("https://example.com/Users/bulkId%3Aa?x", vec![0]),
            ("../Users/bulkId:b/c", vec![1]),
            ("/Users/bulkId:a/c", vec![]),
        ] {
            let mut needs = Needs::new(&creations, &limits);
            needs.value(text);
            assert_eq!(needs.into_found(), found, "{text}");
        }
    }

    #[test]
    fn many_references_cost_no_more_than_their_bytes() {
        let names: Vec<String> = (0..165_000).map(|number| format!("{number:05}")).collect();
        let creations = names.iter().map(String::as_str).zip(0..).collect();
        let limits = FilterLimits::default();
        let texts: Vec<String> = names.iter().map(|name| format!("\"bulkId:{name}\"")).collect();
        let json = format!("[{}]", texts.join(","));
        let mut needs = Needs::new(&creations, &limits);
        // Quadratic work would take minutes.
        for _ in 0..3 {
            needs.data(serde_json::from_str(&json).unwrap());
        }
        assert_eq!(needs.into_found().len(), 165_000);
    }
}
