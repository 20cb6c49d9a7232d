//! The protocol error, which is the response body of RFC 7644 §3.12.

use std::{borrow::Cow, error::Error as StdError, fmt, time::Duration};

use http::StatusCode;
use serde::{Serialize, Serializer, ser::SerializeMap};

/// An error as a client sees it: an HTTP status, a `scimType` and a detail (RFC 7644 §3.12).
///
/// The detail is written for the administrator who reads it in the client's log. A [source](StdError::source) is
/// logged by the server and never sent.
///
/// ```
/// use scim_core::Error;
///
/// let error = Error::invalid_value("invalid value for `active`: expected a boolean");
/// assert_eq!(error.status().as_u16(), 400);
/// assert_eq!(
///     serde_json::to_string(&error).unwrap(),
///     r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"400","scimType":"invalidValue","detail":"invalid value for `active`: expected a boolean"}"#,
/// );
/// ```
#[derive(Debug)]
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    status: StatusCode,
    scim_type: Option<ScimType>,
    detail: Cow<'static, str>,
    retry_after: Option<Duration>,
    allow: Option<String>,
    invalid_token: bool,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// The detail error keyword of RFC 7644 table 9 (and of RFC 9865 §2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ScimType {
    /// The filter's syntax, attribute or comparison is not supported.
    InvalidFilter,
    /// There are more results than the server returns.
    TooMany,
    /// A value is already in use or reserved.
    Uniqueness,
    /// The attribute cannot be changed this way.
    Mutability,
    /// The body is not JSON or not the expected message.
    InvalidSyntax,
    /// The path of a PATCH operation is malformed or names no attribute.
    InvalidPath,
    /// The path of a PATCH operation selects nothing.
    NoTarget,
    /// A value is missing or has the wrong type.
    InvalidValue,
    /// The protocol version is not supported.
    InvalidVers,
    /// The request's URI contains sensitive information.
    Sensitive,
}

impl ScimType {
    /// Returns the keyword as it appears in `scimType`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidFilter => "invalidFilter",
            Self::TooMany => "tooMany",
            Self::Uniqueness => "uniqueness",
            Self::Mutability => "mutability",
            Self::InvalidSyntax => "invalidSyntax",
            Self::InvalidPath => "invalidPath",
            Self::NoTarget => "noTarget",
            Self::InvalidValue => "invalidValue",
            Self::InvalidVers => "invalidVers",
            Self::Sensitive => "sensitive",
        }
    }
}

/// Defines a constructor for each keyword, with its status.
macro_rules! keywords {
    ($($(#[doc = $doc:literal])+ $name:ident = $status:ident $scim_type:ident;)+) => { $(
        $(#[doc = $doc])+
        #[must_use]
        pub fn $name(detail: impl Into<Cow<'static, str>>) -> Self {
            Self::of(StatusCode::$status, Some(ScimType::$scim_type), detail)
        }
    )+ };
}

impl Error {
    keywords! {
        /// 400 `invalidFilter`.
        invalid_filter = BAD_REQUEST InvalidFilter;
        /// 400 `tooMany`.
        too_many = BAD_REQUEST TooMany;
        /// 409 `uniqueness`.
        uniqueness = CONFLICT Uniqueness;
        /// 400 `mutability`.
        mutability = BAD_REQUEST Mutability;
        /// 400 `invalidSyntax`.
        invalid_syntax = BAD_REQUEST InvalidSyntax;
        /// 400 `invalidPath`.
        invalid_path = BAD_REQUEST InvalidPath;
        /// 400 `noTarget`.
        no_target = BAD_REQUEST NoTarget;
        /// 400 `invalidValue`.
        invalid_value = BAD_REQUEST InvalidValue;
        /// 400 `invalidVers`.
        invalid_vers = BAD_REQUEST InvalidVers;
        /// 403 `sensitive`.
        sensitive = FORBIDDEN Sensitive;
    }

    /// Returns an error without a keyword.
    #[must_use]
    pub fn new(status: StatusCode, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::of(status, None, detail)
    }

    /// Returns a 404 for a resource.
    #[must_use]
    pub fn not_found(resource_type: &str, id: &str) -> Self {
        let id = excerpt(id);
        Self::new(StatusCode::NOT_FOUND, format!("there is no {resource_type} with the id `{id}`"))
    }

    /// Returns a 412: the client expects another version of the resource.
    #[must_use]
    pub fn precondition_failed() -> Self {
        Self::new(StatusCode::PRECONDITION_FAILED, "the resource was changed since the version in the request was read")
    }

    /// Returns a 500. The cause is logged and never sent.
    #[must_use]
    pub fn internal(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        let mut error = Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal error; see the service provider's log");
        error.0.source = Some(source.into());
        error
    }

    /// Returns a 503 with `Retry-After`. The cause is logged and never sent.
    #[must_use]
    pub fn unavailable(source: impl Into<Box<dyn StdError + Send + Sync>>, retry_after: Duration) -> Self {
        let mut error = Self::new(StatusCode::SERVICE_UNAVAILABLE, "the service provider is busy; try again later");
        error.0.source = Some(source.into());
        error.0.retry_after = Some(retry_after);
        error
    }

    /// Returns a 401 for an unknown token, which the challenge reports (RFC 6750 §3.1).
    #[must_use]
    pub fn invalid_token() -> Self {
        let mut error = Self::new(StatusCode::UNAUTHORIZED, "the bearer token is not valid");
        error.0.invalid_token = true;
        error
    }

    /// Returns a 405 with the methods that the path supports.
    #[must_use]
    pub(crate) fn method_not_allowed(allow: String) -> Self {
        let mut error = Self::new(StatusCode::METHOD_NOT_ALLOWED, format!("method not allowed; expected {allow}"));
        error.0.allow = Some(allow);
        error
    }

    fn of(status: StatusCode, scim_type: Option<ScimType>, detail: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Inner {
            status,
            scim_type,
            detail: detail.into(),
            retry_after: None,
            allow: None,
            invalid_token: false,
            source: None,
        }))
    }

    /// Returns the HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// Returns the keyword, if there is one.
    #[must_use]
    pub fn scim_type(&self) -> Option<ScimType> {
        self.0.scim_type
    }

    /// Returns the detail: what is wrong, where, and what is expected.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    /// Returns how long a client should wait before it retries.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Returns the methods that the path supports, for 405.
    pub(crate) fn allow(&self) -> Option<&str> {
        self.0.allow.as_deref()
    }

    /// Returns the challenge of a 401.
    pub(crate) fn challenge(&self) -> &'static str {
        if self.0.invalid_token { "Bearer error=\"invalid_token\"" } else { "Bearer" }
    }

    /// Prepends a prefix to the detail.
    #[must_use]
    pub(crate) fn context(mut self, context: impl fmt::Display) -> Self {
        self.0.detail = format!("{context}: {}", self.0.detail).into();
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.status.as_u16())?;
        if let Some(scim_type) = self.0.scim_type {
            write!(f, " {}", scim_type.as_str())?;
        }
        write!(f, ": {}", self.0.detail)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

impl Serialize for Error {
    /// Writes the body of RFC 7644 §3.12, in which the status is a string.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("schemas", &["urn:ietf:params:scim:api:messages:2.0:Error"])?;
        map.serialize_entry("status", self.0.status.as_str())?;
        if let Some(scim_type) = self.0.scim_type {
            map.serialize_entry("scimType", scim_type.as_str())?;
        }
        map.serialize_entry("detail", &self.0.detail)?;
        map.end()
    }
}

/// Returns a text of the client in the form in which messages quote it.
pub(crate) fn excerpt(text: &str) -> Cow<'_, str> {
    // Room for the URN of an extension and an attribute's name.
    shorten(text, 120)
}

/// Returns at most `limit` characters of a text, on one line: control characters are escaped.
pub(crate) fn shorten(text: &str, limit: usize) -> Cow<'_, str> {
    let end = text.char_indices().nth(limit).map_or(text.len(), |(end, _)| end);
    let kept = text.get(..end).unwrap_or_default();
    if end == text.len() && !kept.contains(char::is_control) {
        return Cow::Borrowed(text);
    }
    let mut short = String::with_capacity(kept.len());
    for character in kept.chars() {
        if character.is_control() {
            short.extend(character.escape_default());
        } else {
            short.push(character);
        }
    }
    if end < text.len() {
        short.push('…');
    }
    Cow::Owned(short)
}

#[cfg(test)]
mod tests {
    use super::excerpt;

    #[test]
    fn an_excerpt_is_one_line_of_limited_length() {
        assert_eq!(excerpt("userName"), "userName");
        assert_eq!(excerpt("a\nb\u{1b}[31m"), "a\\nb\\u{1b}[31m");
        assert_eq!(excerpt(&"ä".repeat(120)), "ä".repeat(120));
        assert_eq!(excerpt(&"ä".repeat(121)), format!("{}…", "ä".repeat(120)));
    }
}
