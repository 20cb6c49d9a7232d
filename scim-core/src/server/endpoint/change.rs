//! Changes of a resource: read, changed in a copy and compared when stored; or made by the store alone.

use std::time::{Duration, Instant};

use super::{
    StoreEndpoint, Target, objects,
    view::{busy, tag, unmappable},
};
use crate::{
    body,
    compat::Tolerance,
    context::Context,
    error::Error,
    json::Projection,
    patch::{Effect, Effects, Patch},
    reflect::{DateTime, Edit, EditError, Resource, Scalar, compare, version_tag},
    report::WriteReport,
    schema::{Path, ResourceType, common},
    server::settings::Settings,
    store::{Change, Delta, DeltaOutcome, Store, StoreError, Stored},
    turn::yield_now,
    validate::{self, validate},
};

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
    ) -> Result<WriteReport, Error> {
        match self {
            Self::Replacement(body) => body::replace(resource_type, resource, body, tolerance),
            Self::Patch(patch) => patch.apply_in_turns(resource, tolerance).await,
        }
    }
}

/// A PATCH that the store made without loading the resource.
pub(super) struct Unloaded {
    /// The entity tag of the resource now.
    pub(super) version: Option<String>,
    pub(super) report: WriteReport,
}

/// How long a write that loses races is tried again. Every loss is another's win, so many writers can change one resource
/// at once and all succeed; what bounds a request is its time and not their number.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// The present, or what is stored as the last change if a clock was set back.
fn not_before<R: Resource>(now: DateTime, stored: &R) -> DateTime {
    match stored.view().at(&[common::META, common::META_LAST_MODIFIED]).scalar() {
        Scalar::DateTime(last) if last > now => last,
        _ => now,
    }
}

impl<R: Resource, S: Store<R>> StoreEndpoint<R, S> {
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
    ) -> Result<(Stored<R>, WriteReport), Error> {
        let started = Instant::now();
        for tried in 0.. {
            let old = self.load(cx, target.id, &Projection::DEFAULT).await?;
            target.preconditions.check_write(tag(&*old).as_deref())?;
            let mut new = old.clone();
            let report = edits.make(&self.resource_type, &mut new, &settings.tolerance(cx)).await?;
            let stored = old.view();
            let change = match edits {
                Edits::Replacement(_) => validate::Change::Replacement(&stored),
                Edits::Patch(_) => validate::Change::Modification(&stored),
            };
            validate(&self.resource_type, change, &new.view())?;
            objects::check(self.object_checks, &self.resource_type, Some(&old), &new)?;
            // What changes nothing writes nothing: version and time stay (RFC 7644 §3.5.2). But they are no answer to
            // whether a secret is the one that a client guesses.
            if !self.names_secret(&report) && compare::equal(&self.resource_type, &old.view(), &new.view()) {
                self.report(settings, cx, &report);
                return Ok((old, report));
            }
            let now = Edit::Set(Scalar::DateTime(not_before(settings.clock.now(), &*old)));
            optional(&new.edit(&[common::META, common::META_LAST_MODIFIED], now))?;
            let change = Change::new(target.id, &*old, new).with_report(&report);
            match self.store.replace(cx, change).await {
                Ok(stored) => {
                    self.report(settings, cx, &report);
                    return Ok((stored, report));
                }
                Err(StoreError::VersionMismatch) if started.elapsed() < PATIENCE => step_back(tried).await,
                Err(StoreError::VersionMismatch) => break,
                Err(error) => return Err(self.error(error, Some(target.id))),
            }
        }
        Err(busy())
    }

    /// Has the store make a PATCH without loading the resource, if it can; returns its version and the report.
    pub(super) async fn patch_unloaded(
        &self,
        settings: &Settings,
        cx: &Context,
        target: &Target<'_>,
        patch: &Patch<'_>,
    ) -> Result<Option<Unloaded>, Error> {
        // A store that keeps no versions cannot judge a condition.
        if !self.store.supports_deltas() || (target.preconditions.is_given() && !self.keeps_versions) {
            return Ok(None);
        }
        let Some(expected) = target.preconditions.as_precondition() else { return Ok(None) };
        // An operation that cannot be made is judged after the resource and its version, as RFC 9110 §13.2.1 has it.
        let effects = patch.effects(&settings.tolerance(cx)).ok().flatten();
        let Some((effects, report)) = effects.filter(|(effects, _)| !effects.is_empty()) else { return Ok(None) };
        if self.object_checks.is_some() && objects::are_in_objects(&effects, &self.resource_type) {
            return Ok(None);
        }
        // Whether the version changes must not tell whether a secret is the one that a client guesses.
        if self.names_secret(&report) {
            return Ok(None);
        }
        if !fit::<R>(&effects) {
            return Ok(None);
        }
        let delta = Delta::new(target.id, &effects, expected, settings.clock.now()).with_report(&report);
        match self.store.apply_delta(cx, delta).await {
            Err(StoreError::VersionMismatch) if target.preconditions.is_given() => Err(Error::precondition_failed()),
            // Where the store lost a race, the way over the resource takes it up again.
            Ok(DeltaOutcome::Unsupported) | Err(StoreError::VersionMismatch) => Ok(None),
            Ok(DeltaOutcome::Applied { version }) => {
                self.report(settings, cx, &report);
                let version = version.and_then(|version| version_tag(Scalar::Str(version.into())));
                Ok(Some(Unloaded { version, report }))
            }
            Err(error) => Err(self.error(error, Some(target.id))),
        }
    }

    /// Returns whether a request names an attribute that clients cannot read.
    fn names_secret(&self, report: &WriteReport) -> bool {
        report.touched.iter().any(|path| !self.resource_type.is_readable(*path))
    }

    /// Logs what was tolerated and what was left out.
    pub(super) fn report(&self, settings: &Settings, cx: &Context, report: &WriteReport) {
        if !report.quirks.is_empty() {
            tracing::debug!(quirks = %report.quirks, resource_type = %self.resource_type.name, "tolerated");
        }
        if report.ignored.is_empty() {
            return;
        }
        // Names that a client made up are escaped; how many there are and how long is bounded where they are collected.
        tracing::info!(
            tenant = cx.tenant(),
            resource_type = %self.resource_type.name,
            names = ?report.ignored,
            "left out: the application has no place for it"
        );
        if let Some(hook) = &settings.on_ignored {
            hook(cx, &self.resource_type, &report.ignored);
        }
    }
}

/// An attribute that an application need not have, or of a type that holds no such value (an id that is a number).
pub(super) fn optional(result: &Result<u32, EditError>) -> Result<(), Error> {
    match result {
        Ok(_)
        | Err(EditError::Unmapped | EditError::UnmappedSub(_) | EditError::Expected(_) | EditError::Invalid(_)) => {
            Ok(())
        }
        Err(EditError::Occupied | EditError::Fixed) => Err(unmappable()),
    }
}

/// Whether the application's fields take the values: a type may hold fewer of them than its attribute allows, `validate`
/// refuses some, and a mapping has no place for others. An empty resource tells that as well as the one that is not loaded.
fn fit<R: Resource>(effects: &Effects<'_>) -> bool {
    let mut empty = R::default();
    // A place that an earlier effect took may be free in the resource.
    let mut takes =
        |path: &Path, edit: Edit<'_, '_>| matches!(empty.edit(path.steps(), edit), Ok(_) | Err(EditError::Occupied));
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
