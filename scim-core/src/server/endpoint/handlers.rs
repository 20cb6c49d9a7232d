//! The handlers of a resource type with a store.

use std::time::Instant;

use async_trait::async_trait;
use http::StatusCode;

use super::{
    Endpoint, StoreEndpoint, Target,
    change::{Edits, PATIENCE, Unloaded, optional},
    objects,
    view::{busy, tag, unmappable},
};
use crate::{
    body,
    compat::Tolerance,
    context::Context,
    error::Error,
    filter::Filter,
    json::{self, Projection},
    limits::Limits,
    lookup::resolve_name,
    patch::Patch,
    reflect::{Edit, Resource, Scalar},
    schema::{Path, ResourceType, common},
    server::{
        params::{AnswerParams, ListParams},
        preconditions::{Intent, Verdict},
        response::{Answer, ListWriter},
        settings::{PatchAnswer, Settings},
    },
    store::{Creation, Page, Precondition, Query, Removal, Sort, Store, StoreError},
    validate::{Change, validate},
};

#[async_trait]
impl<R: Resource, S: Store<R>> Endpoint for StoreEndpoint<R, S> {
    fn resource_type(&self) -> &ResourceType {
        &self.resource_type
    }

    fn keeps_versions(&self) -> bool {
        self.keeps_versions
    }

    fn set_patch_answer(&mut self, answer: PatchAnswer) {
        self.patch_answer = answer;
    }

    async fn list(&self, settings: &Settings, cx: &Context, params: ListParams) -> Result<Answer, Error> {
        let resource_type = &self.resource_type;
        let (filter, sort, projection) = {
            let tolerance = settings.tolerance(cx);
            let parse = |text: &String| Filter::parse_with(resource_type, text, &tolerance);
            let filter = params.filter.as_ref().map(parse).transpose()?;
            let sort = params.sort_by.as_ref().map(|name| {
                let (path, _) = resolve_name(resource_type, name, &tolerance)
                    .map_err(|unknown| Error::invalid_path(unknown.to_string()))?;
                Sort::new(resource_type, path, params.descending)
            });
            (filter, sort.transpose()?, params.answer.projection(resource_type, &tolerance))
        };
        let query = Query {
            filter: filter.as_ref(),
            sort,
            offset: params.start_index.saturating_sub(1),
            count: params.count.unwrap_or(settings.default_count).min(settings.max_results),
            projection: &projection,
            candidates: settings.limits.candidates,
            visits: settings.limits.visits,
            copies: settings.limits.page / Limits::COPIED_VALUE,
            ..Query::all(resource_type)
        };
        let page = self.store.search(cx, &query).await.map_err(|error| self.error(error, None))?;
        let (resources, total) = match page {
            Page { resources, total: Some(total) } => (resources, total),
            Page { resources, total: None } if resources.len() > query.candidates => {
                return Err(too_many_candidates(&query));
            }
            Page { resources, total: None } => {
                let page = query.select_in_turns(resources).await?;
                (page.resources, page.total.unwrap_or_default())
            }
        };
        let mut list = ListWriter::new(total, params.start_index, resources.len());
        // Without yielding: otherwise pages that are written concurrently would all be in memory.
        for resource in &resources {
            let location = self.location(cx, resource);
            let write = |out: &mut Vec<u8>| json::write(out, resource_type, &**resource, &projection, &location);
            if !list.push(settings.limits.page, write) {
                break;
            }
        }
        Ok(Answer::json(list.finish()))
    }

    async fn create(
        &self,
        settings: &Settings,
        cx: &Context,
        params: &AnswerParams,
        body: &[u8],
    ) -> Result<Answer, Error> {
        let (new, report) = {
            let tolerance = settings.tolerance(cx);
            let mut new = R::create(&[], Edit::Set(Scalar::Absent)).map_err(|_| unmappable())?;
            let report = body::read(&self.resource_type, &mut new, body, &tolerance)?;
            let now = settings.clock.now();
            optional(&new.edit(Path::ID.steps(), Edit::Set(Scalar::Str(settings.ids.next_id().into()))))?;
            optional(&new.edit(&[common::META, common::META_CREATED], Edit::Set(Scalar::DateTime(now))))?;
            optional(&new.edit(&[common::META, common::META_LAST_MODIFIED], Edit::Set(Scalar::DateTime(now))))?;
            validate(&self.resource_type, Change::Creation, &new.view())?;
            objects::check(self.object_checks, &self.resource_type, None, &new)?;
            (new, report)
        };
        let stored = self
            .store
            .create(cx, Creation::new(new).with_report(&report))
            .await
            .map_err(|error| self.error(error, None))?;
        self.report(settings, cx, &report);
        let mut answer = self.answer(cx, &stored, params, report.touched);
        answer.status = StatusCode::CREATED;
        Ok(answer)
    }

    async fn get(&self, cx: &Context, target: &Target<'_>) -> Result<Answer, Error> {
        let projection = target.params.projection(&self.resource_type, &Tolerance::new(cx.compat()));
        let stored = self.load(cx, target.id, &projection).await?;
        let version = tag(&*stored);
        match target.preconditions.evaluate(Intent::Read, version.as_deref()) {
            Verdict::Go => Ok(self.answer(cx, &stored, &target.params, Vec::new())),
            Verdict::NotModified => {
                let location = Some(self.location(cx, &*stored));
                Ok(Answer { location, version, ..Answer::empty(StatusCode::NOT_MODIFIED) })
            }
            Verdict::Failed(error) => Err(error),
        }
    }

    async fn replace(
        &self,
        settings: &Settings,
        cx: &Context,
        target: &Target<'_>,
        body: &[u8],
    ) -> Result<Answer, Error> {
        let (stored, report) = self.change(settings, cx, target, Edits::Replacement(body)).await?;
        Ok(self.answer(cx, &stored, &target.params, report.touched))
    }

    async fn patch(
        &self,
        settings: &Settings,
        cx: &Context,
        target: &Target<'_>,
        body: &[u8],
    ) -> Result<Answer, Error> {
        let parsed = Patch::parse(&self.resource_type, body, &settings.tolerance(cx));
        let patch = match parsed {
            Ok(patch) => patch,
            // The error of an invalid body comes after 404 and 412, as RFC 9110 §13.2.1 requires.
            Err(error) => {
                let stored = self.load(cx, target.id, &Projection::DEFAULT).await?;
                target.preconditions.check_write(tag(&*stored).as_deref())?;
                return Err(error);
            }
        };
        if let Some(Unloaded { version, report }) = self.patch_unloaded(settings, cx, target, &patch).await? {
            if self.answers_no_content(target) {
                return Ok(Answer { version, ..Answer::empty(StatusCode::NO_CONTENT) });
            }
            // The result of a bulk operation contains only the version of the resource.
            if !cx.shows_resources() && (version.is_some() || !self.keeps_versions) {
                return Ok(Answer { version, ..Answer::empty(StatusCode::OK) });
            }
            let projection = target.params.projection(&self.resource_type, &settings.tolerance(cx));
            let stored = self.load(cx, target.id, &projection).await?;
            return Ok(self.answer(cx, &stored, &target.params, report.touched));
        }
        let (stored, report) = self.change(settings, cx, target, Edits::Patch(&patch)).await?;
        if self.answers_no_content(target) {
            return Ok(Answer { version: tag(&*stored), ..Answer::empty(StatusCode::NO_CONTENT) });
        }
        Ok(self.answer(cx, &stored, &target.params, report.touched))
    }

    async fn delete(&self, cx: &Context, target: &Target<'_>) -> Result<Answer, Error> {
        let gone = Answer::empty(StatusCode::NO_CONTENT);
        if !target.preconditions.is_given() {
            let result = self.store.delete(cx, Removal::new(target.id, Precondition::None)).await;
            return result.map(|_| gone).map_err(|error| self.error(error, Some(target.id)));
        }
        let wanted = Projection::only(&self.resource_type, ["meta.version"], &Tolerance::new(cx.compat()));
        let started = Instant::now();
        while started.elapsed() < PATIENCE {
            let version = tag(&*self.load(cx, target.id, &wanted).await?);
            target.preconditions.check_write(version.as_deref())?;
            let expected = version.as_deref().map_or(Precondition::None, Precondition::Version);
            match self.store.delete(cx, Removal::new(target.id, expected)).await {
                Ok(_) => return Ok(gone),
                // The resource has changed, and its new version may not meet the preconditions.
                Err(StoreError::VersionMismatch) => {}
                Err(error) => return Err(self.error(error, Some(target.id))),
            }
        }
        Err(busy())
    }
}

/// Returns the error for a store that leaves more resources to the framework than it examines.
fn too_many_candidates(query: &Query<'_>) -> Error {
    let limit = query.candidates;
    let advice = match query.sort {
        Some(sort) => format!(
            "use a filter that selects fewer of them, or leave out `sortBy` with `{}`",
            query.resource_type.name_of(sort.path)
        ),
        None => "use a filter that selects fewer of them".to_owned(),
    };
    Error::too_many(format!("the list would examine more than {limit} resources; {advice}"))
}
