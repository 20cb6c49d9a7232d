//! A resource type with its store.

use std::marker::PhantomData;

use super::objects::ObjectChecks;
use crate::{schema::ResourceType, server::settings::PatchAnswer};

/// A resource type with its store.
pub(crate) struct StoreEndpoint<R, S> {
    pub(crate) store: S,
    pub(crate) resource_type: ResourceType,
    pub(crate) patch_answer: PatchAnswer,
    /// Whether resources have a field for `meta.version`.
    pub(crate) keeps_versions: bool,
    /// The checks of whole objects, if there are any.
    pub(crate) object_checks: Option<ObjectChecks<R>>,
    pub(crate) resource: PhantomData<fn() -> R>,
}
