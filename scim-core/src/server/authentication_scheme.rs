//! Authentication schemes in `ServiceProviderConfig`.

use serde::Serialize;

/// A way to authenticate, for `ServiceProviderConfig` (RFC 7643 §5).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthenticationScheme {
    /// `oauth`, `oauth2`, `oauthbearertoken`, `httpbasic` or `httpdigest`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The name shown to people.
    pub name: String,
    /// The description.
    pub description: String,
    /// The URL of the specification.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spec_uri: Option<String>,
    /// The URL of the documentation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub documentation_uri: Option<String>,
    /// Whether it is preferred.
    pub primary: bool,
}

impl AuthenticationScheme {
    /// OAuth bearer tokens (RFC 6750).
    #[must_use]
    pub fn bearer() -> Self {
        Self {
            kind: "oauthbearertoken".into(),
            name: "OAuth Bearer Token".into(),
            description: "A bearer token in the Authorization header, as RFC 6750 has it.".into(),
            spec_uri: Some("https://www.rfc-editor.org/info/rfc6750".into()),
            documentation_uri: None,
            primary: true,
        }
    }
}
