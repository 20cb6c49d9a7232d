//! Authentication of the sender of a request (RFC 7644 §2 and RFC 6750).

use async_trait::async_trait;
use http::{StatusCode, header, request::Parts};
use scim_core::{Error, Identity};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Determines who sent a request, from its headers, before its body is read.
///
/// # Examples
///
/// Client certificates that a proxy has checked:
///
/// ```
/// use http::{StatusCode, request::Parts};
/// use scim_core::{Error, Identity};
/// use scim_tower::Authenticate;
///
/// struct ClientCertificate;
///
/// #[async_trait::async_trait]
/// impl Authenticate for ClientCertificate {
///     async fn authenticate(&self, parts: &Parts) -> Result<Identity, Error> {
///         let name = parts.headers.get("x-client-subject").and_then(|name| name.to_str().ok());
///         let name = name.ok_or_else(|| Error::new(StatusCode::UNAUTHORIZED, "a client certificate is needed"))?;
///         Ok(Identity::new(name, name))
///     }
/// }
/// ```
#[async_trait]
pub trait Authenticate: Send + Sync + 'static {
    /// Returns the identity of the sender, with its tenant.
    ///
    /// # Errors
    ///
    /// 401 if the sender is unknown, 403 if the sender has no access, or another error. A 401 is sent with a challenge.
    async fn authenticate(&self, parts: &Parts) -> Result<Identity, Error>;
}

/// Grants full access to everybody, as one client of one tenant: for tests, and behind a proxy that authenticates.
#[derive(Clone, Debug)]
pub struct Anonymous(pub Identity);

#[async_trait]
impl Authenticate for Anonymous {
    async fn authenticate(&self, _parts: &Parts) -> Result<Identity, Error> {
        Ok(self.0.clone())
    }
}

/// Bearer tokens (RFC 6750), looked up by their digest.
#[derive(Clone, Debug)]
pub struct BearerAuth<T> {
    tokens: T,
}

/// The SHA-256 digest of a token, which a table of tokens stores instead of the token.
#[derive(Clone, Copy, Debug)]
pub struct TokenDigest([u8; 32]);

/// Looks up tokens.
///
/// A database table has a column for the digest, and finds a token by `WHERE digest = $1`. Reading the table, or timing
/// the lookup, then reveals nothing useful.
#[async_trait]
pub trait Tokens: Send + Sync + 'static {
    /// Returns the owner of the token with this digest.
    ///
    /// # Errors
    ///
    /// If the tokens cannot be read. The client receives the error.
    async fn holder(&self, digest: &TokenDigest) -> Result<Option<Identity>, Error>;
}

/// A fixed set of tokens, known when the service starts.
///
/// ```
/// use scim_core::Identity;
/// use scim_tower::StaticTokens;
///
/// let tokens = StaticTokens::new()
///     .with("the secret token of Contoso", Identity::new("contoso", "entra"))
///     .with("the secret token of Fabrikam", Identity::new("fabrikam", "okta"));
/// ```
#[derive(Clone, Debug, Default)]
pub struct StaticTokens {
    holders: Vec<(TokenDigest, Identity)>,
}

impl TokenDigest {
    /// Returns the digest of a token.
    #[must_use]
    pub fn of(token: &str) -> Self {
        Self(Sha256::digest(token.as_bytes()).into())
    }

    /// Creates a digest from its stored bytes.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Returns the bytes of the digest, for storage.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Returns whether two digests are equal, in a time that does not depend on where they differ.
    #[must_use]
    pub fn matches(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl StaticTokens {
    /// Creates an empty set of tokens, which grants nobody access.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a token. An empty one is never accepted.
    #[must_use]
    pub fn with(mut self, token: &str, holder: Identity) -> Self {
        if !token.is_empty() {
            self.holders.push((TokenDigest::of(token), holder));
        }
        self
    }
}

#[async_trait]
impl Tokens for StaticTokens {
    async fn holder(&self, digest: &TokenDigest) -> Result<Option<Identity>, Error> {
        // Every token is compared, so that the time does not reveal which one matches.
        let found = self
            .holders
            .iter()
            .fold(None, |found, (known, holder)| if known.matches(digest) { Some(holder) } else { found });
        Ok(found.cloned())
    }
}

impl<T: Tokens> BearerAuth<T> {
    /// Accepts the tokens of this set.
    #[must_use]
    pub fn new(tokens: T) -> Self {
        Self { tokens }
    }
}

#[async_trait]
impl<T: Tokens> Authenticate for BearerAuth<T> {
    async fn authenticate(&self, parts: &Parts) -> Result<Identity, Error> {
        let unauthorized = |detail: &'static str| Error::new(StatusCode::UNAUTHORIZED, detail);
        let mut headers = parts.headers.get_all(header::AUTHORIZATION).iter();
        let (Some(header), None) = (headers.next(), headers.next()) else {
            return Err(unauthorized("the request needs one Authorization header with a bearer token"));
        };
        let credentials = header.to_str().unwrap_or_default().split_once(' ');
        let token =
            credentials.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, token)| token.trim());
        let token =
            token.filter(|token| !token.is_empty()).ok_or_else(|| unauthorized("the request needs a bearer token"))?;
        let holder = self.tokens.holder(&TokenDigest::of(token)).await?;
        holder.ok_or_else(Error::invalid_token)
    }
}
