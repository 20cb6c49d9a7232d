//! The preconditions `If-Match` and `If-None-Match` (RFC 7644 §3.14).

use http::{HeaderMap, StatusCode, header};

use crate::{error::Error, reflect::opaque, store::Precondition};

/// The preconditions of a request.
#[derive(Default)]
pub(super) struct Preconditions {
    if_match: Option<Vec<String>>,
    if_none_match: Option<Vec<String>>,
}

impl Preconditions {
    /// Reads the headers of a request.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        // A header without a readable tag is a precondition too, and no version matches it.
        let tags = |name| {
            let values = headers.get_all(&name).iter().map(|value| String::from_utf8_lossy(value.as_bytes()));
            headers.contains_key(&name).then(|| values.flat_map(|value| tags(&value)).collect())
        };
        Self { if_match: tags(header::IF_MATCH), if_none_match: tags(header::IF_NONE_MATCH) }
    }

    /// Returns the precondition of a header `If-Match` with this value.
    pub(super) fn if_match(value: &str) -> Self {
        Self { if_match: Some(tags(value)), if_none_match: None }
    }

    /// Returns whether the request has a precondition.
    pub(super) fn is_given(&self) -> bool {
        self.if_match.is_some() || self.if_none_match.is_some()
    }

    /// Returns the preconditions in the form that a store can check, or `None` if there is no such form.
    pub(super) fn as_precondition(&self) -> Option<Precondition<'_>> {
        match (self.if_match.as_deref(), &self.if_none_match) {
            (None, None) => Some(Precondition::None),
            (Some([tag]), None) if tag != "*" => Some(Precondition::Version(tag)),
            _ => None,
        }
    }

    /// Evaluates the preconditions for an existing resource with this version, in the order of RFC 9110 §13.2.2:
    /// `If-Match` before `If-None-Match`.
    pub(super) fn evaluate(&self, intent: Intent, version: Option<&str>) -> Verdict {
        if self.if_match.as_ref().is_some_and(|tags| !contains(tags, version)) {
            return Verdict::Failed(match version {
                Some(_) => Error::precondition_failed(),
                None => failed("the resource has no version that `If-Match` could name"),
            });
        }
        if self.if_none_match.as_ref().is_some_and(|tags| contains(tags, version)) {
            return match intent {
                Intent::Read => Verdict::NotModified,
                Intent::Write => Verdict::Failed(failed("the resource has a version that `If-None-Match` excludes")),
            };
        }
        Verdict::Go
    }

    /// Checks that a client may overwrite this version of an existing resource.
    ///
    /// # Errors
    ///
    /// 412 if it may not.
    pub(super) fn check_write(&self, version: Option<&str>) -> Result<(), Error> {
        match self.evaluate(Intent::Write, version) {
            Verdict::Failed(error) => Err(error),
            Verdict::Go | Verdict::NotModified => Ok(()),
        }
    }
}

/// What a request does with a resource.
#[derive(Clone, Copy)]
pub(super) enum Intent {
    Read,
    Write,
}

/// The result of the preconditions of a request.
pub(super) enum Verdict {
    /// The request proceeds.
    Go,
    /// The client already has this version: 304.
    NotModified,
    /// 412.
    Failed(Error),
}

fn failed(detail: &'static str) -> Error {
    Error::new(StatusCode::PRECONDITION_FAILED, detail)
}

/// Returns whether one of the tags matches the version of a resource. `*` matches any existing resource, even one
/// without a version; a tag never matches a resource without a version (RFC 9110 §13.1.1 and §13.1.2). Weak tags are
/// compared like strong ones, because SCIM sends them in `If-Match`, where HTTP would never match them.
fn contains(tags: &[String], version: Option<&str>) -> bool {
    tags.iter().any(|tag| tag == "*" || version.is_some_and(|version| opaque(tag) == opaque(version)))
}

/// Returns the tags in the value of a header. Quotes may contain a comma.
fn tags(value: &str) -> Vec<String> {
    let mut tags = vec![String::new()];
    let mut quoted = false;
    for character in value.chars() {
        quoted ^= character == '"';
        match tags.last_mut() {
            Some(tag) if quoted || character != ',' => tag.push(character),
            _ => tags.push(String::new()),
        }
    }
    tags.into_iter().map(|tag| tag.trim().to_owned()).filter(|tag| !tag.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn preconditions(name: header::HeaderName, value: &str) -> Preconditions {
        Preconditions::of(&HeaderMap::from_iter([(name, value.as_bytes().try_into().unwrap())]))
    }

    fn is_current(value: &str, version: Option<&str>) -> bool {
        matches!(preconditions(header::IF_NONE_MATCH, value).evaluate(Intent::Read, version), Verdict::NotModified)
    }

    #[test]
    fn tags_are_compared_without_quotes_and_weakness() {
        for value in ["W/\"3\"", "\"3\"", "*", "\"1\", W/\"3\"", "3", "\"a,b\",\"3\""] {
            assert!(preconditions(header::IF_MATCH, value).check_write(Some("W/\"3\"")).is_ok(), "{value}");
            assert!(is_current(value, Some("W/\"3\"")), "{value}");
        }
        for value in ["W/\"4\"", "\"\"", "\"3,4\"", "", ",", "\"3\u{e9}\""] {
            assert_eq!(
                preconditions(header::IF_MATCH, value).check_write(Some("W/\"3\"")).unwrap_err().status(),
                412,
                "{value}"
            );
        }
    }

    #[test]
    fn a_resource_without_a_version_has_no_tag() {
        let writes =
            |name, value| preconditions(name, value).check_write(None).map_err(|error| error.status().as_u16());
        assert_eq!(writes(header::IF_MATCH, "\"3\""), Err(412));
        assert_eq!(writes(header::IF_MATCH, ""), Err(412));
        assert_eq!(writes(header::IF_MATCH, "*"), Ok(()));
        assert_eq!(writes(header::IF_NONE_MATCH, "*"), Err(412));
        assert_eq!(writes(header::IF_NONE_MATCH, "\"3\""), Ok(()));
        assert!(is_current("*", None));
        assert!(!is_current("\"3\"", None));
    }
}
