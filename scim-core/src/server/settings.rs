//! The settings of a service provider, which all endpoints share.

use super::{
    authentication_scheme::AuthenticationScheme,
    clock::{Clock, IdGenerator},
    host::{Host, Origin},
};
use crate::{
    compat::{Compat, Tolerance},
    context::Context,
    error::Error,
    limits::Limits,
    schema::ResourceType,
};

/// The settings of a service provider.
pub(super) struct Settings {
    pub(super) base_url: Option<String>,
    pub(super) base_path: String,
    /// Whether a router strips the base path.
    pub(super) is_nested: bool,
    pub(super) trusted_origins: Vec<Origin>,
    /// The path that clients see: that of the base URL, otherwise the base path.
    pub(super) public_path: String,
    pub(super) compat: Compat,
    pub(super) limits: Limits,
    pub(super) default_count: usize,
    pub(super) max_results: usize,
    pub(super) bulk_operations: usize,
    pub(super) bulk_payload: usize,
    pub(super) authentication_schemes: Vec<AuthenticationScheme>,
    pub(super) clock: Box<dyn Clock>,
    pub(super) ids: Box<dyn IdGenerator>,
    pub(super) on_ignored: Option<IgnoredHook>,
}

impl Settings {
    /// Reads a message, and logs the quirks that were tolerated in it.
    pub(super) fn tolerated<T>(
        &self,
        cx: &Context,
        read: impl FnOnce(&Tolerance) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let tolerance = self.tolerance(cx);
        let message = read(&tolerance)?;
        let quirks = tolerance.used();
        if !quirks.is_empty() {
            tracing::debug!(%quirks, "accepted nonstandard request");
        }
        Ok(message)
    }

    /// Returns the maximum size of a bulk request, in bytes. It is never more than the limit of all bodies.
    pub(super) fn bulk_payload(&self) -> usize {
        self.bulk_payload.min(self.limits.body)
    }

    /// Returns the URL that locations start with: the origin of the request if it is trusted, otherwise the configured URL,
    /// otherwise only the path. It never contains text from the request.
    pub(super) fn base_url_for(&self, host: Option<&Host>) -> String {
        let origin = host.and_then(|host| self.trusted_origins.iter().find(|origin| origin.is_named_by(host)));
        match (origin, &self.base_url) {
            (Some(origin), _) => format!("{}{}", origin.as_str(), self.public_path),
            (None, Some(url)) => url.clone(),
            (None, None) => self.public_path.clone(),
        }
    }

    /// Returns a fresh record of the deviations that a request may contain.
    pub(super) fn tolerance(&self, cx: &Context) -> Tolerance {
        Tolerance::new(cx.compat()).with_limits(self.limits).with_references(cx.references().clone())
    }
}

/// Called with the names of the attributes in a request that the application does not map.
pub(super) type IgnoredHook = Box<dyn Fn(&Context, &ResourceType, &[String]) + Send + Sync>;

/// The response to a PATCH that does not request certain attributes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PatchAnswer {
    /// 200 with the resource.
    Resource,
    /// 204 without a body. This is the default for groups, because no client needs 100 000 members back.
    NoContent,
}
