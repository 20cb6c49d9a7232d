//! What can be done with the resources of one type. The application's type is erased here.

use std::{borrow::Cow, task::Poll, time::Duration};

use async_trait::async_trait;
use http::StatusCode;

use super::{
    Context, PatchAnswer, Settings,
    etag::Conditions,
    params::{AnswerParams, ListParams},
    respond::Answer,
    write,
};
use crate::{
    access::{Access, Edit, Refused, Resource, Scalar},
    compat::{Quirks, Tolerance},
    error::Error,
    filter::Filter,
    json::{self, Projection, version_tag},
    patch::{self, Effects},
    path::resolve_name,
    schema::{Attribute, Mutability, Path, ResourceType, common},
    store::{Change, Delta, DeltaAnswer, Page, Precondition, Query, Sort, Store, StoreError},
    validate::validate,
};

/// The resource that a request is about, and how.
pub(super) struct Target<'r> {
    pub(super) id: &'r str,
    pub(super) params: AnswerParams,
    pub(super) conditions: Conditions,
}

/// The handlers of a resource type.
#[async_trait]
pub(crate) trait Endpoint: Send + Sync {
    fn resource_type(&self) -> &ResourceType;
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

/// A resource type with its store.
pub(super) struct Stored<R, S> {
    pub(super) store: S,
    pub(super) resource_type: ResourceType,
    pub(super) patch_answer: PatchAnswer,
    pub(super) resource: std::marker::PhantomData<fn() -> R>,
}

/// What a write did beside changing the resource.
struct Written {
    touched: Vec<Path>,
    ignored: Vec<String>,
    quirks: Quirks,
}

/// How often a write is tried that loses races. Every loss is another's win, so as many writers can change one resource
/// at once and all succeed.
const TRIES: u32 = 64;

#[async_trait]
impl<R: Resource, S: Store<R>> Endpoint for Stored<R, S> {
    fn resource_type(&self) -> &ResourceType {
        &self.resource_type
    }

    fn set_patch_answer(&mut self, answer: PatchAnswer) {
        self.patch_answer = answer;
    }

    async fn list(&self, settings: &Settings, cx: &Context, params: ListParams) -> Result<Answer, Error> {
        let resource_type = &self.resource_type;
        let (filter, sort, projection) = {
            let tolerance = Tolerance::new(cx.compat());
            let parse = |text: &String| Filter::parse_with(resource_type, text, &settings.filter_limits, &tolerance);
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
            ..Query::all(resource_type)
        };
        let page = self.store.search(cx, &query).await.map_err(|error| self.error(error, None))?;
        let (resources, total) = match page {
            Page { resources, total: Some(total) } => (resources, total),
            Page { resources, total: None } => {
                let page = query.select(&resources);
                (page.resources, page.total.unwrap_or_default())
            }
        };
        let mut body = Vec::with_capacity(256 + 1024 * resources.len());
        write::list(&mut body, total, params.start_index, resources.len(), |body| {
            for (index, resource) in resources.iter().enumerate() {
                if index > 0 {
                    body.push(b',');
                }
                json::write(body, resource_type, resource, &projection, &self.location(cx, resource));
            }
        });
        Ok(Answer::json(body))
    }

    async fn create(
        &self,
        settings: &Settings,
        cx: &Context,
        params: &AnswerParams,
        body: &[u8],
    ) -> Result<Answer, Error> {
        let (new, written) = {
            let tolerance = Tolerance::new(cx.compat());
            let mut new = R::create(&[], Edit::Set(Scalar::Absent)).map_err(|_| unmappable())?;
            let report = json::read(&self.resource_type, &mut new, body, &tolerance)?;
            let now = settings.clock.now();
            optional(&new.edit(Path::ID.steps(), Edit::Set(Scalar::Str(settings.ids.next_id().into()))))?;
            optional(&new.edit(&[common::META, common::META_CREATED], Edit::Set(Scalar::DateTime(now))))?;
            optional(&new.edit(&[common::META, common::META_LAST_MODIFIED], Edit::Set(Scalar::DateTime(now))))?;
            validate(&self.resource_type, None, &new.value())?;
            (new, Written { touched: report.touched, ignored: report.ignored, quirks: report.quirks })
        };
        let stored = self.store.create(cx, new).await.map_err(|error| self.error(error, None))?;
        self.report(settings, cx, &written);
        let mut answer = self.answer(cx, &stored, params, written.touched);
        answer.status = StatusCode::CREATED;
        Ok(answer)
    }

    async fn get(&self, cx: &Context, target: &Target<'_>) -> Result<Answer, Error> {
        let projection = target.params.projection(&self.resource_type, &Tolerance::new(cx.compat()));
        let stored = self.stored(cx, target.id, &projection).await?;
        let version = tag(&stored);
        if target.conditions.is_current(version.as_deref()) {
            return Ok(Answer { version, ..Answer::empty(StatusCode::NOT_MODIFIED) });
        }
        Ok(self.answer(cx, &stored, &target.params, Vec::new()))
    }

    async fn replace(
        &self,
        settings: &Settings,
        cx: &Context,
        target: &Target<'_>,
        body: &[u8],
    ) -> Result<Answer, Error> {
        let (stored, written) = self
            .change(settings, cx, target, |new| {
                let tolerance = Tolerance::new(cx.compat());
                clear_writable(&self.resource_type.attributes, new)?;
                let report = json::read(&self.resource_type, new, body, &tolerance)?;
                Ok(Written { touched: report.touched, ignored: report.ignored, quirks: report.quirks })
            })
            .await?;
        Ok(self.answer(cx, &stored, &target.params, written.touched))
    }

    async fn patch(
        &self,
        settings: &Settings,
        cx: &Context,
        target: &Target<'_>,
        body: &[u8],
    ) -> Result<Answer, Error> {
        if let Some((version, touched)) = self.patch_unloaded(settings, cx, target, body).await? {
            if self.answers_no_content(target) {
                return Ok(Answer { version, ..Answer::empty(StatusCode::NO_CONTENT) });
            }
            let projection = target.params.projection(&self.resource_type, &Tolerance::new(cx.compat()));
            let stored = self.stored(cx, target.id, &projection).await?;
            return Ok(self.answer(cx, &stored, &target.params, touched));
        }
        let (stored, written) = self
            .change(settings, cx, target, |new| {
                let tolerance = Tolerance::new(cx.compat());
                let report = patch::apply(&self.resource_type, new, body, &tolerance)?;
                Ok(Written { touched: report.touched, ignored: report.ignored, quirks: report.quirks })
            })
            .await?;
        if self.answers_no_content(target) {
            return Ok(Answer { version: tag(&stored), ..Answer::empty(StatusCode::NO_CONTENT) });
        }
        Ok(self.answer(cx, &stored, &target.params, written.touched))
    }

    async fn delete(&self, cx: &Context, target: &Target<'_>) -> Result<Answer, Error> {
        let gone = Answer::empty(StatusCode::NO_CONTENT);
        if !target.conditions.is_given() {
            let result = self.store.delete(cx, target.id, Precondition::None).await;
            return result.map(|()| gone).map_err(|error| self.error(error, Some(target.id)));
        }
        let wanted = Projection::only(&self.resource_type, ["meta.version"], &Tolerance::new(cx.compat()));
        for _ in 0..TRIES {
            let version = tag(&self.stored(cx, target.id, &wanted).await?);
            target.conditions.check_write(version.as_deref())?;
            let expected = version.as_deref().map_or(Precondition::None, Precondition::Version);
            match self.store.delete(cx, target.id, expected).await {
                Ok(()) => return Ok(gone),
                // It was changed meanwhile: the new version may not meet the conditions.
                Err(StoreError::Version) => {}
                Err(error) => return Err(self.error(error, Some(target.id))),
            }
        }
        Err(busy())
    }
}

impl<R: Resource, S: Store<R>> Stored<R, S> {
    /// The resource of an id; 404 if there is none.
    async fn stored(&self, cx: &Context, id: &str, wanted: &Projection) -> Result<R, Error> {
        let stored = self.store.get(cx, id, wanted).await.map_err(|error| self.error(error, Some(id)))?;
        stored.ok_or_else(|| self.not_found(id))
    }

    /// Whether PATCH answers without a body. A request for certain attributes must be answered with them (RFC 7644
    /// §3.5.2).
    fn answers_no_content(&self, target: &Target<'_>) -> bool {
        self.patch_answer == PatchAnswer::NoContent && !target.params.is_given()
    }

    /// Has the store make a PATCH without loading the resource, if it can; answers the version and what was touched.
    async fn patch_unloaded(
        &self,
        settings: &Settings,
        cx: &Context,
        target: &Target<'_>,
        body: &[u8],
    ) -> Result<Option<(Option<String>, Vec<Path>)>, Error> {
        if !self.store.takes_deltas() {
            return Ok(None);
        }
        let Some(expected) = target.conditions.as_precondition() else { return Ok(None) };
        let effects = Effects::of(&self.resource_type, body, &Tolerance::new(cx.compat()))?;
        let Some((effects, report)) = effects.filter(|(effects, _)| !effects.is_empty()) else { return Ok(None) };
        let written = Written { touched: report.touched, ignored: report.ignored, quirks: report.quirks };
        let mut delta = Delta::new(target.id, &effects, expected, settings.clock.now());
        delta.touched = &written.touched;
        delta.quirks = written.quirks;
        match self.store.patch(cx, delta).await {
            Ok(DeltaAnswer::NotTaken) => Ok(None),
            Ok(DeltaAnswer::Made { version }) => {
                self.report(settings, cx, &written);
                let version = version.and_then(|version| version_tag(Scalar::Str(version.into())));
                Ok(Some((version, written.touched)))
            }
            Err(StoreError::Version) => Err(Error::precondition_failed()),
            Err(error) => Err(self.error(error, Some(target.id))),
        }
    }

    /// Reads a resource, changes a copy, and stores that if nobody else was faster. After a lost race all is judged again
    /// on the new state: the conditions of the request, too.
    async fn change(
        &self,
        settings: &Settings,
        cx: &Context,
        target: &Target<'_>,
        edit: impl Fn(&mut R) -> Result<Written, Error> + Send + Sync,
    ) -> Result<(R, Written), Error> {
        for tried in 0..TRIES {
            let old = self.stored(cx, target.id, &Projection::DEFAULT).await?;
            target.conditions.check_write(tag(&old).as_deref())?;
            let mut new = old.clone();
            let written = edit(&mut new)?;
            validate(&self.resource_type, Some(&old.value()), &new.value())?;
            // What changes nothing writes nothing: version and time stay (RFC 7644 §3.5.2).
            if patch::equal(&self.resource_type, &old.value(), &new.value()) {
                self.report(settings, cx, &written);
                return Ok((old, written));
            }
            optional(
                &new.edit(
                    &[common::META, common::META_LAST_MODIFIED],
                    Edit::Set(Scalar::DateTime(settings.clock.now())),
                ),
            )?;
            let change = Change::new(target.id, &old, new).caused_by(&written.touched, written.quirks);
            match self.store.replace(cx, change).await {
                Ok(stored) => {
                    self.report(settings, cx, &written);
                    return Ok((stored, written));
                }
                Err(StoreError::Version) => step_back(tried).await,
                Err(error) => return Err(self.error(error, Some(target.id))),
            }
        }
        Err(busy())
    }

    fn answer(&self, cx: &Context, resource: &R, params: &AnswerParams, touched: Vec<Path>) -> Answer {
        let projection = params.projection(&self.resource_type, &Tolerance::new(cx.compat())).with_requested(touched);
        let location = self.location(cx, resource);
        let mut body = Vec::with_capacity(1024);
        json::write(&mut body, &self.resource_type, resource, &projection, &location);
        Answer { status: StatusCode::OK, body, location: Some(location), version: tag(resource) }
    }

    /// The resource's URL.
    fn location(&self, cx: &Context, resource: &R) -> String {
        let id = match resource.value().at(Path::ID.steps()).scalar() {
            Scalar::Str(id) => id,
            Scalar::Int(id) => id.to_string().into(),
            _ => Cow::default(),
        };
        let id = percent_encoding::utf8_percent_encode(&id, SEGMENT);
        format!("{}{}/{id}", cx.base_url(), self.resource_type.endpoint)
    }

    fn not_found(&self, id: &str) -> Error {
        Error::not_found(&self.resource_type.name, id)
    }

    /// What a client sees of a store's error.
    fn error(&self, error: StoreError, id: Option<&str>) -> Error {
        match error {
            StoreError::NotFound => id.map_or_else(
                || Error::internal("the store missed a resource where none was asked for"),
                |id| self.not_found(id),
            ),
            // Where this counts it is handled before; a store that says it elsewhere may do better the next time.
            StoreError::Version => busy(),
            StoreError::Conflict(path) => {
                let name = self.resource_type.name_of(path);
                Error::uniqueness(format!("another {} has this `{name}`", self.resource_type.name))
            }
            StoreError::Rejected(error) => error,
            StoreError::Transient { retry_after, source } => Error::unavailable(source, retry_after),
            StoreError::Fatal(source) => Error::internal(source),
        }
    }

    /// Tells what was tolerated and what was left out.
    fn report(&self, settings: &Settings, cx: &Context, written: &Written) {
        if !written.quirks.is_empty() {
            tracing::debug!(quirks = %written.quirks, resource_type = %self.resource_type.name, "tolerated");
        }
        if let (Some(hook), false) = (&settings.on_ignored, written.ignored.is_empty()) {
            hook(cx, &self.resource_type, &written.ignored);
        }
    }
}

/// Characters of an id that stand in a URL as they are (RFC 3986 §2.3).
const SEGMENT: &percent_encoding::AsciiSet =
    &percent_encoding::NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The entity tag of a resource.
fn tag<R: Access>(resource: &R) -> Option<String> {
    version_tag(resource.value().at(&[common::META, common::META_VERSION]).scalar())
}

/// An attribute that an application need not have, or of a type that holds no such value (an id that is a number).
fn optional(result: &Result<u32, Refused>) -> Result<(), Error> {
    match result {
        Ok(_) | Err(Refused::NoPlace | Refused::Value(_)) => Ok(()),
        Err(Refused::Occupied | Refused::Fixed) => Err(unmappable()),
    }
}

/// Lets others go first after a lost race: a random number of turns, more after more losses, so that those who lost
/// together do not meet again. The engine knows no runtime, hence no timer.
async fn step_back(tried: u32) {
    let [random, ..] = *uuid::Uuid::new_v4().as_bytes();
    let turns = u32::from(random) % (1 << tried.min(5));
    for _ in 0..turns {
        let mut waited = false;
        std::future::poll_fn(|cx| {
            if std::mem::replace(&mut waited, true) {
                return Poll::Ready(());
            }
            cx.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
    }
}

fn unmappable() -> Error {
    Error::internal("the resource cannot be made without values")
}

fn busy() -> Error {
    Error::unavailable("too many writers change the same resource", Duration::from_secs(1))
}

/// Unassigns what a PUT replaces: all that clients may write, but for what they can set only once and what they
/// can never read back; those stay unless the body names them.
fn clear_writable(attributes: &[Attribute], resource: &mut dyn Access) -> Result<(), Error> {
    for (index, attribute) in (0u32..).zip(attributes) {
        clear(attribute, &[index], resource)?;
    }
    Ok(())
}

fn clear(attribute: &Attribute, place: &[u32], resource: &mut dyn Access) -> Result<(), Error> {
    if attribute.mutability != Mutability::ReadWrite {
        return Ok(());
    }
    let has_parts_to_keep =
        !attribute.multi_valued && attribute.sub_attributes.iter().any(|sub| sub.mutability != Mutability::ReadWrite);
    if has_parts_to_keep || attribute.is_extension() {
        for (index, sub) in (0u32..).zip(attribute.sub_attributes.iter()) {
            clear(sub, &[place, &[index]].concat(), resource)?;
        }
        return Ok(());
    }
    optional(&resource.edit(place, Edit::Set(Scalar::Absent)))
}
