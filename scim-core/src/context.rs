//! The client that sent a request, and other information about the request for a store.

use std::sync::Arc;

use http::Extensions;
use percent_encoding::utf8_percent_encode;

use crate::{compat::Compat, reference::References, reflect::ValueRef, schema::ResourceType};

/// The characters of an id that appear unescaped in a URL (RFC 3986 §2.3).
const SEGMENT: &percent_encoding::AsciiSet =
    &percent_encoding::NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The client that sent a request, as determined by authentication. It is stored in the request's extensions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    tenant: Arc<str>,
    principal: Arc<str>,
    compat: Option<Compat>,
}

impl Identity {
    /// Returns the identity of a client with the given name, and the tenant whose resources it sees.
    #[must_use]
    pub fn new(tenant: impl Into<Arc<str>>, principal: impl Into<Arc<str>>) -> Self {
        Self { tenant: tenant.into(), principal: principal.into(), compat: None }
    }

    /// Sets the profile of this client, if it differs from the server's profile.
    #[must_use]
    pub fn with_compat(mut self, compat: Compat) -> Self {
        self.compat = Some(compat);
        self
    }

    /// Returns the tenant.
    #[must_use]
    pub fn tenant(&self) -> &str {
        &self.tenant
    }

    /// Returns the client.
    #[must_use]
    pub fn principal(&self) -> &str {
        &self.principal
    }
}

/// The context of a call to a store: tenant, client, base URL, and the extensions of the HTTP request.
#[derive(Clone, Debug)]
pub struct Context {
    identity: Identity,
    base_url: String,
    compat: Compat,
    extensions: Extensions,
    references: References,
    request_id: Option<Arc<str>>,
}

impl Context {
    /// Creates a context, for tests of stores. The framework creates one for each request.
    #[must_use]
    pub fn new(identity: Identity, base_url: impl Into<String>, compat: Compat, extensions: Extensions) -> Self {
        let compat = identity.compat.unwrap_or(compat);
        Self {
            identity,
            base_url: base_url.into(),
            compat,
            extensions,
            references: References::default(),
            request_id: None,
        }
    }

    /// Returns the tenant. A store must not show or change anything of another tenant.
    #[must_use]
    pub fn tenant(&self) -> &str {
        &self.identity.tenant
    }

    /// Returns the client.
    #[must_use]
    pub fn principal(&self) -> &str {
        &self.identity.principal
    }

    /// Returns the URL that every resource's location starts with, without a trailing slash. It is only a path if the
    /// application has configured no URL; see [`ScimBuilder::base_url`](crate::server::ScimBuilder::base_url).
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Returns the URL of a resource, which is its `meta.location` (RFC 7643 §3.1).
    ///
    /// ```
    /// use scim_core::{Context, Identity, ScimResource, model::User};
    ///
    /// let identity = Identity::new("acme", "entra");
    /// let cx = Context::new(identity, "https://example.com/scim/v2", Default::default(), Default::default());
    /// assert_eq!(cx.location(User::TYPE, "a b"), "https://example.com/scim/v2/Users/a%20b");
    /// ```
    #[must_use]
    pub fn location(&self, resource_type: &ResourceType, id: &str) -> String {
        format!("{}{}/{}", self.base_url, resource_type.endpoint, utf8_percent_encode(id, SEGMENT))
    }

    /// Returns the profile that applies to the client.
    #[must_use]
    pub fn compat(&self) -> Compat {
        self.compat
    }

    /// Returns the same context for an operation of a bulk request.
    pub(crate) fn with_references(&self, references: References) -> Self {
        Self { references, ..self.clone() }
    }

    /// Sets the id of the request.
    pub(crate) fn with_request_id(self, id: Option<&str>) -> Self {
        Self { request_id: id.map(Arc::from), ..self }
    }

    /// Returns the `X-Request-Id` of the request, if it has at most 128 visible characters. Log events of rejected
    /// requests contain it too.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// Returns whether the response contains the resource. The results of a bulk request do not.
    pub(crate) fn shows_resources(&self) -> bool {
        !self.references.is_bulk()
    }

    /// Charges work on a whole value, with the given number of visits per element, to the bulk request that this
    /// operation belongs to. The charge counts from the next operation on. A single request loads a resource only once,
    /// which needs no limit.
    pub(crate) fn note_work(&self, visits: u64, value: &ValueRef<'_>) {
        if self.references.is_bulk() {
            let elements = u64::try_from(value.copy_work()).unwrap_or(u64::MAX);
            self.note_visits(elements.saturating_mul(visits));
        }
    }

    /// The same as [`note_work`](Self::note_work), for a known number of visits.
    pub(crate) fn note_visits(&self, visits: u64) {
        self.references.note_work(visits);
    }

    /// Returns the references that texts of the request may contain.
    pub(crate) fn references(&self) -> &References {
        &self.references
    }

    /// Returns the extensions of the HTTP request.
    #[must_use]
    pub fn extensions(&self) -> &Extensions {
        &self.extensions
    }
}
