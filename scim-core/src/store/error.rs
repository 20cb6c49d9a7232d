//! Errors of a store.

use std::{error::Error as StdError, time::Duration};

use crate::{Error, schema::Path};

/// The reason why a store failed. The framework handles each variant differently.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// There is no such resource in the tenant: 404.
    #[error("there is no such resource")]
    NotFound,
    /// The resource has another version. The framework repeats the request on the new state, or responds with 412 if
    /// the client sent the version.
    #[error("the resource was changed in the meantime")]
    VersionMismatch,
    /// A unique value is in use: 409 `uniqueness`.
    #[error("the value of a unique attribute is in use")]
    Conflict(Path),
    /// The application rejects the request; the client sees the error.
    #[error("{0}")]
    Rejected(Error),
    /// The operation may succeed later: 503 with `Retry-After`. The source is logged and never sent.
    #[error("the store is busy")]
    Transient {
        /// The time to wait before the next attempt.
        retry_after: Duration,
        /// The cause.
        source: Box<dyn StdError + Send + Sync>,
    },
    /// The operation cannot succeed: 500. The source is logged and never sent.
    #[error("the store failed")]
    Fatal(#[source] Box<dyn StdError + Send + Sync>),
}

impl StoreError {
    /// Creates the error for a unique value that is in use; the path names the attribute.
    #[must_use]
    pub fn conflict(path: Path) -> Self {
        Self::Conflict(path)
    }

    /// Creates the error for a write that found no row with the expected version: [`Self::VersionMismatch`] if the
    /// store holds another version of the resource, otherwise [`Self::NotFound`].
    #[must_use]
    pub fn missed<V>(stored: Option<V>) -> Self {
        stored.map_or(Self::NotFound, |_| Self::VersionMismatch)
    }

    /// Creates the error for an operation that may succeed later.
    #[must_use]
    pub fn transient(source: impl Into<Box<dyn StdError + Send + Sync>>, retry_after: Duration) -> Self {
        Self::Transient { retry_after, source: source.into() }
    }

    /// Creates the error for an operation that cannot succeed.
    #[must_use]
    pub fn fatal(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::Fatal(source.into())
    }
}

impl From<Error> for StoreError {
    /// Rejects the request with this error.
    fn from(error: Error) -> Self {
        Self::Rejected(error)
    }
}
