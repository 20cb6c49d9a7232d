//! Responses with resources, and the errors of stores as clients see them.

use std::{borrow::Cow, time::Duration};

use http::StatusCode;

use super::{StoreEndpoint, Target};
use crate::{
    compat::Tolerance,
    context::Context,
    error::Error,
    json::{self, Projection},
    reflect::{Reflect, Resource, Scalar, version_tag},
    schema::{Path, common},
    server::{params::AnswerParams, response::Answer, settings::PatchAnswer},
    store::{Store, StoreError, Stored},
};

/// The cost of a loaded resource in a bulk request, for each of its elements. It is copied several times, validated,
/// compared and stored.
const LOADED: u64 = 12;

impl<R: Resource, S: Store<R>> StoreEndpoint<R, S> {
    /// Returns the resource with an id. Fails with 404 if there is none.
    pub(super) async fn load(&self, cx: &Context, id: &str, wanted: &Projection) -> Result<Stored<R>, Error> {
        let stored = self.store.get(cx, id, wanted).await.map_err(|error| self.error(error, Some(id)))?;
        let stored = stored.ok_or_else(|| self.not_found(id))?;
        cx.note_work(LOADED, &stored.view());
        Ok(stored)
    }

    /// Returns whether the response to a PATCH has no body. A request for certain attributes must return them (RFC 7644
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
        // Another operation of a bulk request may refer to it.
        let id = (!cx.shows_resources()).then(|| Self::id(resource).into_owned());
        Answer { status: StatusCode::OK, body, location: Some(location), version: tag(resource), id }
    }

    /// Returns the URL of the resource.
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

    /// Turns an error of the store into one for the client.
    pub(super) fn error(&self, error: StoreError, id: Option<&str>) -> Error {
        match error {
            StoreError::NotFound => id.map_or_else(
                || Error::internal("the store returned `NotFound` for a request without an id"),
                |id| self.not_found(id),
            ),
            // Callers handle a version mismatch. A store that returns it elsewhere may succeed at the next attempt.
            StoreError::VersionMismatch => busy(),
            StoreError::Conflict(path) => {
                let name = self.resource_type.name_of(path);
                Error::uniqueness(format!("another {} already has this `{name}`", self.resource_type.name))
            }
            StoreError::Rejected(error) => error,
            StoreError::Transient { retry_after, source } => Error::unavailable(source, retry_after),
            StoreError::Fatal(source) => Error::internal(source),
        }
    }
}

/// Returns the entity tag of a resource.
pub(super) fn tag<R: Reflect>(resource: &R) -> Option<String> {
    version_tag(resource.view().at(&[common::META, common::META_VERSION]).scalar())
}

/// Returns the error for a resource type that cannot be created empty.
pub(super) fn unmappable() -> Error {
    Error::internal("the resource type cannot be constructed empty")
}

/// Returns the error for a write that lost too many races.
pub(super) fn busy() -> Error {
    Error::unavailable("too many writers change the same resource", Duration::from_secs(1))
}
