//! Changes of a resource: read, changed in a copy and compared when stored; or made by the store alone.

use std::time::{Duration, Instant};

use super::{Stored, Target, objects, view::tag};
use crate::{
    access::{DateTime, Edit, Refused, Resource, Scalar, compare, version_tag},
    body::{self, ReadReport},
    compat::{Quirks, Tolerance},
    context::Context,
    error::Error,
    json::Projection,
    patch::{Effect, Effects, Patch, PatchReport},
    schema::{Path, ResourceType, common},
    server::Settings,
    store::{Change, Delta, DeltaAnswer, Store, StoreError},
    turn::yield_now,
    validate::{self, validate},
};

/// What a write did beside changing the resource.
pub(super) struct Written {
    pub(super) touched: Vec<Path>,
    pub(super) ignored: Vec<String>,
    pub(super) quirks: Quirks,
}

impl From<ReadReport> for Written {
    fn from(ReadReport { touched, ignored, quirks }: ReadReport) -> Self {
        Self { touched, ignored, quirks }
    }
}

impl From<PatchReport> for Written {
    fn from(PatchReport { touched, ignored, quirks }: PatchReport) -> Self {
        Self { touched, ignored, quirks }
    }
}

/// What a request does to a resource.
#[derive(Clone, Copy)]
pub(super) enum Edits<'e> {
    /// The body of a PUT takes the place of all that clients can write.
    Replacement(&'e [u8]),
    /// A PATCH changes what it names.
    Patch(&'e Patch<'e>),
}

impl Edits<'_> {
    async fn make<R: Resource>(
        self,
        resource_type: &ResourceType,
        resource: &mut R,
        tolerance: &Tolerance,
    ) -> Result<Written, Error> {
        match self {
            Self::Replacement(body) => Ok(body::replace(resource_type, resource, body, tolerance)?.into()),
            Self::Patch(patch) => Ok(patch.apply_in_turns(resource, tolerance).await?.into()),
        }
    }
}

/// How long a write that loses races is tried again. Every loss is another's win, so many writers can change one resource
/// at once and all succeed; what bounds a request is its time and not their number.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// The present, or what is stored as the last change if a clock was set back.
fn not_before<R: Resource>(now: DateTime, stored: &R) -> DateTime {
    match stored.value().at(&[common::META, common::META_LAST_MODIFIED]).scalar() {
        Scalar::DateTime(last) if last > now => last,
        _ => now,
    }
}

impl<R: Resource, S: Store<R>> Stored<R, S> {
    /// Reads a resource, changes a copy, and stores that if nobody else was faster. After a lost race all is judged again
    /// on the new state: the conditions of the request, too.
    ///
    /// # Errors
    ///
    /// 404, 412, the error of an edit that is refused, 400 for a state that may not be stored; 503 if others were faster for
    /// [`PATIENCE`].
    pub(super) async fn change(
        &self,
        settings: &Settings,
        cx: &Context,
        target: &Target<'_>,
        edits: Edits<'_>,
    ) -> Result<(R, Written), Error> {
        let started = Instant::now();
        for tried in 0.. {
            let old = self.stored(cx, target.id, &Projection::DEFAULT).await?;
            target.conditions.check_write(tag(&old).as_deref())?;
            let mut new = old.clone();
            let written = edits.make(&self.resource_type, &mut new, &settings.tolerance(cx)).await?;
            let stored = old.value();
            let change = match edits {
                Edits::Replacement(_) => validate::Change::Replacement(&stored),
                Edits::Patch(_) => validate::Change::Modification(&stored),
            };
            validate(&self.resource_type, change, &new.value())?;
            objects::check(self.object_checks, &self.resource_type, Some(&old), &new)?;
            // What changes nothing writes nothing: version and time stay (RFC 7644 §3.5.2). But they are no answer to
            // whether a secret is the one that a client guesses.
            let names_secret = written.touched.iter().any(|path| !self.resource_type.is_readable(*path));
            if !names_secret && compare::equal(&self.resource_type, &old.value(), &new.value()) {
                self.report(settings, cx, &written);
                return Ok((old, written));
            }
            let now = Edit::Set(Scalar::DateTime(not_before(settings.clock.now(), &old)));
            optional(&new.edit(&[common::META, common::META_LAST_MODIFIED], now))?;
            let change = Change::new(target.id, &old, new).caused_by(&written.touched, written.quirks);
            match self.store.replace(cx, change).await {
                Ok(stored) => {
                    self.report(settings, cx, &written);
                    return Ok((stored, written));
                }
                Err(StoreError::Version) if started.elapsed() < PATIENCE => step_back(tried).await,
                Err(StoreError::Version) => break,
                Err(error) => return Err(self.error(error, Some(target.id))),
            }
        }
        Err(busy())
    }

    /// Has the store make a PATCH without loading the resource, if it can; answers the version and what was touched.
    pub(super) async fn patch_unloaded(
        &self,
        settings: &Settings,
        cx: &Context,
        target: &Target<'_>,
        patch: &Patch<'_>,
    ) -> Result<Option<(Option<String>, Vec<Path>)>, Error> {
        // A store that keeps no versions cannot judge a condition.
        if !self.store.takes_deltas() || (target.conditions.is_given() && !self.keeps_versions) {
            return Ok(None);
        }
        let Some(expected) = target.conditions.as_precondition() else { return Ok(None) };
        // An operation that cannot be made is judged after the resource and its version, as RFC 9110 §13.2.1 has it.
        let effects = patch.effects(&settings.tolerance(cx)).ok().flatten();
        let Some((effects, report)) = effects.filter(|(effects, _)| !effects.is_empty()) else { return Ok(None) };
        if self.object_checks.is_some() && objects::are_in_objects(&effects, &self.resource_type) {
            return Ok(None);
        }
        if !fit::<R>(&effects) {
            return Ok(None);
        }
        let written = Written::from(report);
        let mut delta = Delta::new(target.id, &effects, expected, settings.clock.now());
        delta.touched = &written.touched;
        delta.quirks = written.quirks;
        match self.store.patch(cx, delta).await {
            Err(StoreError::Version) if target.conditions.is_given() => Err(Error::precondition_failed()),
            // Where the store lost a race, the way over the resource takes it up again.
            Ok(DeltaAnswer::NotTaken) | Err(StoreError::Version) => Ok(None),
            Ok(DeltaAnswer::Made { version }) => {
                self.report(settings, cx, &written);
                let version = version.and_then(|version| version_tag(Scalar::Str(version.into())));
                Ok(Some((version, written.touched)))
            }
            Err(error) => Err(self.error(error, Some(target.id))),
        }
    }

    /// Tells what was tolerated and what was left out.
    pub(super) fn report(&self, settings: &Settings, cx: &Context, written: &Written) {
        if !written.quirks.is_empty() {
            tracing::debug!(quirks = %written.quirks, resource_type = %self.resource_type.name, "tolerated");
        }
        if written.ignored.is_empty() {
            return;
        }
        // Names that a client made up are escaped; how many there are and how long is bounded where they are collected.
        tracing::info!(
            tenant = cx.tenant(),
            resource_type = %self.resource_type.name,
            names = ?written.ignored,
            "left out: the application has no place for it"
        );
        if let Some(hook) = &settings.on_ignored {
            hook(cx, &self.resource_type, &written.ignored);
        }
    }
}

/// An attribute that an application need not have, or of a type that holds no such value (an id that is a number).
pub(super) fn optional(result: &Result<u32, Refused>) -> Result<(), Error> {
    match result {
        Ok(_) | Err(Refused::NoPlace | Refused::NoPart(_) | Refused::Value(_)) => Ok(()),
        Err(Refused::Occupied | Refused::Fixed) => Err(unmappable()),
    }
}

/// Whether the application's fields take the values: a type may hold fewer of them than its attribute allows, `validate`
/// refuses some, and a mapping has no place for others. An empty resource tells that as well as the one that is not loaded.
fn fit<R: Resource>(effects: &Effects<'_>) -> bool {
    let mut empty = R::default();
    // A place that an earlier effect took may be free in the resource.
    let mut takes =
        |path: &Path, edit: Edit<'_, '_>| matches!(empty.edit(path.steps(), edit), Ok(_) | Err(Refused::Occupied));
    effects.iter().all(|effect| match effect {
        Effect::Set(path, value) => takes(path, Edit::Set(value.clone())),
        Effect::Add(path, elements) | Effect::Replace(path, elements) => {
            elements.iter().all(|element| takes(path, Edit::Insert(&mut element.clone())))
        }
        Effect::Clear(_) | Effect::Remove(..) => true,
    })
}

/// Lets others go first after a lost race: a random number of turns, more after more losses, so that those who lost
/// together do not meet again. The engine knows no runtime, hence no timer.
async fn step_back(tried: u32) {
    let [random, ..] = *uuid::Uuid::new_v4().as_bytes();
    let turns = u32::from(random) % (1 << tried.min(5));
    for _ in 0..turns {
        yield_now().await;
    }
}

pub(super) fn unmappable() -> Error {
    Error::internal("the resource cannot be made without values")
}

pub(super) fn busy() -> Error {
    Error::unavailable("too many writers change the same resource", Duration::from_secs(1))
}
