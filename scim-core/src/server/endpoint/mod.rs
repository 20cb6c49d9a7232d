//! The operations on the resources of one type. The application's type is erased here.

mod change;
mod handlers;
mod objects;
mod store_endpoint;
mod view;

pub(super) use objects::{ObjectChecks, object_checks};
pub(super) use store_endpoint::StoreEndpoint;

use async_trait::async_trait;

use super::{
    params::{AnswerParams, ListParams},
    preconditions::Preconditions,
    response::Answer,
    settings::{PatchAnswer, Settings},
};
use crate::{context::Context, error::Error, schema::ResourceType};

/// The resource that a request is about, and how it is requested.
pub(super) struct Target<'r> {
    pub(super) id: &'r str,
    pub(super) params: AnswerParams,
    pub(super) preconditions: Preconditions,
}

/// The handlers of a resource type.
#[async_trait]
pub(crate) trait Endpoint: Send + Sync {
    fn resource_type(&self) -> &ResourceType;
    /// Returns whether resources have a field for `meta.version`, and so an entity tag.
    fn keeps_versions(&self) -> bool;
    fn set_patch_answer(&mut self, answer: PatchAnswer);
    async fn list(&self, settings: &Settings, cx: &Context, params: ListParams) -> Result<Answer, Error>;
    async fn create(
        &self,
        settings: &Settings,
        cx: &Context,
        params: &AnswerParams,
        body: &[u8],
    ) -> Result<Answer, Error>;
    async fn get(&self, cx: &Context, target: &Target<'_>) -> Result<Answer, Error>;
    async fn replace(
        &self,
        settings: &Settings,
        cx: &Context,
        target: &Target<'_>,
        body: &[u8],
    ) -> Result<Answer, Error>;
    async fn patch(&self, settings: &Settings, cx: &Context, target: &Target<'_>, body: &[u8])
    -> Result<Answer, Error>;
    async fn delete(&self, cx: &Context, target: &Target<'_>) -> Result<Answer, Error>;
}
