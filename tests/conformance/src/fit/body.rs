//! Takes attributes out of request bodies.

use http::Method;

use super::json::{self, Members};
use super::names::Names;
use super::{Reasons, filter};

/// The body without what the server does not announce; the names of that are added to `dropped`. `None` when nothing of
/// a PATCH would be left.
pub(super) fn reduce(text: &str, method: &Method, names: &Names<'_>, dropped: &mut Reasons) -> Option<String> {
    let reducer = Reducer { names, dropped };
    match *method {
        Method::PATCH => reducer.patch(text),
        Method::POST | Method::PUT => Some(reducer.resource(text)),
        _ => Some(text.to_owned()),
    }
}

struct Reducer<'a> {
    names: &'a Names<'a>,
    dropped: &'a mut Reasons,
}

impl Reducer<'_> {
    fn resource(mut self, text: &str) -> String {
        self.members(text, "")
    }

    fn patch(mut self, text: &str) -> Option<String> {
        let Some(Members(members)) = Members::read(text) else { return Some(text.to_owned()) };
        let mut kept = Vec::new();
        for (name, value) in members {
            let operations = name.eq_ignore_ascii_case("Operations").then(|| json::elements(value.get())).flatten();
            let Some(operations) = operations else {
                kept.push((name, value.get().to_owned()));
                continue;
            };
            let left: Vec<_> = operations.iter().filter_map(|operation| self.operation(operation.get())).collect();
            if left.is_empty() && !operations.is_empty() {
                return None;
            }
            kept.push((name, json::array(&left)));
        }
        Some(json::object(&kept))
    }

    /// The operation, or `None` when nothing of it would be left.
    fn operation(&mut self, text: &str) -> Option<String> {
        let Some(Members(members)) = Members::read(text) else { return Some(text.to_owned()) };
        let path = members.iter().find(|(name, _)| name.eq_ignore_ascii_case("path"));
        let path: String = path.and_then(|(_, path)| serde_json::from_str(path.get()).ok()).unwrap_or_default();
        // `roles[primary eq "True"].value` needs `roles.primary` too.
        let needed = filter::in_path(&path).into_iter().chain([path.clone()]).filter(|needed| !needed.is_empty());
        if let Some((name, reason)) = needed.into_iter().find_map(|needed| self.names.missing(&needed)) {
            self.dropped.insert(name, reason);
            return None;
        }
        if let Some((name, reason)) = filter::types(&path).iter().find_map(|word| self.names.missing_type(&path, word))
        {
            self.dropped.insert(name, reason);
            return None;
        }
        let mut kept = Vec::new();
        for (name, value) in members {
            let mut text = value.get().to_owned();
            if name.eq_ignore_ascii_case("value") {
                let reduced = self.value(&text, &path);
                if ["{}", "[]"].contains(&reduced.as_str()) && reduced != text {
                    return None;
                }
                text = reduced;
            }
            kept.push((name, text));
        }
        Some(json::object(&kept))
    }

    /// A value below a path: an object, or an array of objects, without the members that are missing.
    fn value(&mut self, text: &str, path: &str) -> String {
        if let Some(elements) = json::elements(text) {
            let mut kept = Vec::new();
            for element in elements {
                match element_type(element.get()).and_then(|word| self.names.missing_type(path, &word)) {
                    Some((name, reason)) => drop(self.dropped.insert(name, reason)),
                    None => kept.push(self.members(element.get(), path)),
                }
            }
            return json::array(&kept);
        }
        self.members(text, path)
    }

    /// An object below a path without the members that are missing. Other values stay.
    fn members(&mut self, text: &str, path: &str) -> String {
        let Some(Members(members)) = Members::read(text) else { return text.to_owned() };
        let mut kept = Vec::new();
        for (name, value) in members {
            let place = join(path, &name);
            match self.names.missing(&place) {
                Some((missing, reason)) => {
                    // A name without a value is as good as not sent.
                    if !json::is_nothing(value.get()) {
                        self.dropped.insert(missing, reason);
                    }
                }
                None => kept.push((name, self.value(value.get(), &place))),
            }
        }
        json::object(&kept)
    }
}

/// The `type` of an element of a multi-valued attribute.
fn element_type(text: &str) -> Option<String> {
    let Members(members) = Members::read(text)?;
    let (_, word) = members.into_iter().find(|(name, _)| name.eq_ignore_ascii_case("type"))?;
    serde_json::from_str(word.get()).ok()
}

/// The path of a member below a path.
fn join(path: &str, name: &str) -> String {
    let is_urn = |text: &str| text.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("urn:"));
    if path.is_empty() {
        name.to_owned()
    } else if is_urn(path) && path.rsplit(':').next().is_some_and(|last| last == "User" || last == "Group") {
        format!("{path}:{name}")
    } else {
        format!("{path}.{name}")
    }
}
