//! What a client sees of a resource and of a store's errors.

use std::borrow::Cow;

use http::StatusCode;

use super::{StoreEndpoint, Target, change::busy};
use crate::{
    compat::Tolerance,
    context::Context,
    error::Error,
    json::{self, Projection},
    reflect::{Reflect, Resource, Scalar, version_tag},
    schema::{Path, common},
    server::{PatchAnswer, params::AnswerParams, respond::Answer},
    store::{Store, StoreError, Stored},
};

/// What a resource that is loaded costs in a bulk request, for each of its elements. It is copied several times, validated,
/// compared and stored.
const LOADED: u64 = 12;

impl<R: Resource, S: Store<R>> StoreEndpoint<R, S> {
    /// The resource of an id; 404 if there is none.
    pub(super) async fn stored(&self, cx: &Context, id: &str, wanted: &Projection) -> Result<Stored<R>, Error> {
        let stored = self.store.get(cx, id, wanted).await.map_err(|error| self.error(error, Some(id)))?;
        let stored = stored.ok_or_else(|| self.not_found(id))?;
        cx.note_work(LOADED, &stored.view());
        Ok(stored)
    }

    /// Whether PATCH answers without a body. A request for certain attributes must be answered with them (RFC 7644
    /// §3.5.2).
    pub(super) fn answers_no_content(&self, target: &Target<'_>) -> bool {
        self.patch_answer == PatchAnswer::NoContent && !target.params.is_given()
    }

    pub(super) fn answer(&self, cx: &Context, resource: &R, params: &AnswerParams, touched: Vec<Path>) -> Answer {
        let location = self.location(cx, resource);
        let mut body = Vec::new();
        if cx.shows_resources() {
            let projection = params.projection(&self.resource_type, &Tolerance::new(cx.compat()));
            body.reserve(1024);
            json::write(&mut body, &self.resource_type, resource, &projection.with_requested(touched), &location);
        }
        // Another operation may refer to it.
        let id = (!cx.shows_resources()).then(|| Self::id(resource).into_owned());
        Answer { status: StatusCode::OK, body, location: Some(location), version: tag(resource), id }
    }

    /// The resource's URL.
    pub(super) fn location(&self, cx: &Context, resource: &R) -> String {
        cx.location(&self.resource_type, &Self::id(resource))
    }

    fn id(resource: &R) -> Cow<'_, str> {
        match resource.view().at(Path::ID.steps()).scalar() {
            Scalar::Str(id) => id,
            Scalar::Int(id) => id.to_string().into(),
            _ => Cow::default(),
        }
    }

    pub(super) fn not_found(&self, id: &str) -> Error {
        Error::not_found(&self.resource_type.name, id)
    }

    /// What a client sees of a store's error.
    pub(super) fn error(&self, error: StoreError, id: Option<&str>) -> Error {
        match error {
            StoreError::NotFound => id.map_or_else(
                || Error::internal("the store missed a resource where none was asked for"),
                |id| self.not_found(id),
            ),
            // Where this counts it is handled before; a store that says it elsewhere may do better the next time.
            StoreError::VersionMismatch => busy(),
            StoreError::Conflict(path) => {
                let name = self.resource_type.name_of(path);
                Error::uniqueness(format!("another {} has this `{name}`", self.resource_type.name))
            }
            StoreError::Rejected(error) => error,
            StoreError::Transient { retry_after, source } => Error::unavailable(source, retry_after),
            StoreError::Fatal(source) => Error::internal(source),
        }
    }
}

/// The entity tag of a resource.
pub(super) fn tag<R: Reflect>(resource: &R) -> Option<String> {
    version_tag(resource.view().at(&[common::META, common::META_VERSION]).scalar())
}
