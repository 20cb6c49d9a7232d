//! What a store returns if it cannot do what it was asked to do.

use std::{error::Error as StdError, time::Duration};

use crate::{Error, schema::Path};

/// Why a store failed. Each variant is something that the framework acts on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// There is no such resource in the tenant: 404.
    #[error("there is no such resource")]
    NotFound,
    /// The resource has another version: the request is repeated on the new state, or answered with 412 if the client named
    /// the version.
    #[error("the resource was changed in the meantime")]
    VersionMismatch,
    /// A unique value is in use: 409 `uniqueness`.
    #[error("the value of a unique attribute is in use")]
    Conflict(Path),
    /// The application does not accept the request; the client sees the error.
    #[error("{0}")]
    Rejected(Error),
    /// It may work later: 503 with `Retry-After`. The source is logged and never sent.
    #[error("the store is busy")]
    Transient {
        /// When to try again.
        retry_after: Duration,
        /// Why.
        source: Box<dyn StdError + Send + Sync>,
    },
    /// It will not work: 500. The source is logged and never sent.
    #[error("the store failed")]
    Fatal(#[source] Box<dyn StdError + Send + Sync>),
}

impl StoreError {
    /// A unique value is in use; the path names the attribute.
    #[must_use]
    pub fn conflict(path: Path) -> Self {
        Self::Conflict(path)
    }

    /// It may work later.
    #[must_use]
    pub fn transient(source: impl Into<Box<dyn StdError + Send + Sync>>, retry_after: Duration) -> Self {
        Self::Transient { retry_after, source: source.into() }
    }

    /// It will not work.
    #[must_use]
    pub fn fatal(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::Fatal(source.into())
    }
}

impl From<Error> for StoreError {
    /// The application does not accept the request.
    fn from(error: Error) -> Self {
        Self::Rejected(error)
    }
}
