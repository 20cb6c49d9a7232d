//! The path of a bulk operation.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use crate::{
    error::{Error, excerpt},
    reference,
    server::route::{not_found, segments},
};

/// The path of an operation, below the base path.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct OperationPath<'p> {
    pub(super) place: Place<'p>,
    pub(super) query: &'p str,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Place<'p> {
    /// An endpoint, or a resource by its id.
    Segments(Vec<Cow<'p, str>>),
    /// A resource by the bulkId of the operation that creates it.
    BulkId { endpoint: Cow<'p, str>, bulk_id: String },
}

impl<'p> OperationPath<'p> {
    /// Reads a path: `/Users`, `/Users/26` or `/Users/bulkId:u1`, with or without a leading slash.
    ///
    /// A bulkId may contain any character, even one that has a meaning in paths, literally or percent-encoded. So a
    /// bulkId ends where it forms one that `is_known`.
    ///
    /// # Errors
    ///
    /// 400 `invalidValue` for a path that contains blanks, control characters or a fragment, or is not UTF-8; 404 for a
    /// path that starts with two slashes.
    pub(super) fn read(path: &'p str, is_known: impl Fn(&str) -> bool) -> Result<Self, Error> {
        let below = path.strip_prefix('/').unwrap_or(path);
        if below.starts_with('/') {
            return Err(not_found());
        }
        if let Some((endpoint, rest)) = below.split_once('/')
            && let Some((bulk_id, query)) = bulk_id(rest, is_known)
        {
            let endpoint = percent_decode_str(endpoint).decode_utf8().map_err(|_| malformed(path))?;
            return Ok(Self { place: Place::BulkId { endpoint, bulk_id }, query });
        }
        let (below, query) = below.split_once('?').unwrap_or((below, ""));
        if path.bytes().any(|byte| byte <= b' ' || byte == b'#' || byte == 0x7f) {
            return Err(malformed(path));
        }
        Ok(Self { place: Place::Segments(segments(below).map_err(|_| malformed(path))?), query })
    }
}

/// Returns the endpoint that a path starts with, or an empty text if it is malformed.
pub(super) fn endpoint(path: &str) -> Cow<'_, str> {
    let first = path.trim_start_matches('/').split(['/', '?']).next().unwrap_or_default();
    percent_decode_str(first).decode_utf8().unwrap_or_default()
}

/// Returns the bulkId after an endpoint, and the query after it.
fn bulk_id(rest: &str, is_known: impl Fn(&str) -> bool) -> Option<(String, &str)> {
    let (text, query) = rest.split_once('?').unwrap_or((rest, ""));
    for (text, query) in [(rest, ""), rest.rsplit_once('?').unwrap_or((rest, "")), (text, query)] {
        if let Some(bulk_id) = reference::bulk_id(text, &is_known) {
            return Some((bulk_id, query));
        }
    }
    // It is still a reference, and the error names it.
    reference::unknown_bulk_id(text.strip_suffix('/').unwrap_or(text)).map(|bulk_id| (bulk_id, query))
}

pub(super) fn malformed(path: &str) -> Error {
    Error::invalid_value(format!("`path` is `{}`; expected one such as `/Users` or `/Users/26`", excerpt(path)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bulk_id_may_contain_any_character() {
        for id in ["u1", "u:1", "u 1", "x@y.z", "a/b+c=", "{1-2}", "what?now", "100%25", "a#b", "\u{3b1}", "/"] {
            let encoded = percent_encoding::utf8_percent_encode(id, percent_encoding::NON_ALPHANUMERIC).to_string();
            for (path, query) in [
                (format!("/Users/bulkId:{id}"), ""),
                (format!("Users/bulkId:{id}/"), ""),
                (format!("/Users/bulkId%3A{encoded}"), ""),
                (format!("/Users/bulkId:{id}?attributes=id"), "attributes=id"),
            ] {
                let read = OperationPath::read(&path, |known| known == id).unwrap();
                let place = Place::BulkId { endpoint: "Users".into(), bulk_id: id.to_owned() };
                assert_eq!(read, OperationPath { place, query }, "{path}");
            }
        }
        let unknown = OperationPath::read("/Users/bulkId%3Ax?a=b", |_| false).unwrap();
        let place = Place::BulkId { endpoint: "Users".into(), bulk_id: "x".to_owned() };
        assert_eq!(unknown, OperationPath { place, query: "a=b" });
    }

    #[test]
    fn other_paths_are_read_like_those_of_requests() {
        let read = |path| OperationPath::read(path, |_| true);
        let place = Place::Segments(vec!["Users".into(), "a b".into()]);
        assert_eq!(read("/Users/a%20b?x=y").unwrap(), OperationPath { place, query: "x=y" });
        for path in ["/Users/a b", "/Users/a#b", "/Users/\u{7f}", "/Users/%FF", "/Users\n"] {
            assert_eq!(read(path).unwrap_err().status(), 400, "{path:?}");
        }
    }
}
