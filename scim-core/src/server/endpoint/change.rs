//! Changes to a resource: loaded, edited in a copy and compared when stored, or applied by the store alone.

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

/// The change that a request makes to a resource.
#[derive(Clone, Copy)]
pub(super) enum Edits<'e> {
    /// A PUT, whose body replaces everything that clients can write.
    Replacement(&'e [u8]),
    /// A PATCH, which changes what it names.
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

/// A PATCH that the store applied without loading the resource.
pub(super) struct Unloaded {
    /// The current entity tag of the resource.
    pub(super) version: Option<String>,
    pub(super) report: WriteReport,
}

/// How long a write that loses races is retried. Each loss is another writer's success, so many writers can change one
/// resource at once and all succeed. Time limits a request, not the number of attempts.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// Returns the current time, or the stored time of the last change if that is later because a clock was set back.
fn not_before<R: Resource>(now: DateTime, stored: &R) -> DateTime {
    match stored.view().at(&[common::META, common::META_LAST_MODIFIED]).scalar() {
        Scalar::DateTime(last) if last > now => last,
        _ => now,
    }
}

impl<R: Resource, S: Store<R>> StoreEndpoint<R, S> {
    /// Loads a resource, changes a copy, and stores it unless another writer was faster. After a lost race everything,
    /// including the request's preconditions, is evaluated again on the new state.
    ///
    /// # Errors
    ///
    /// 404, 412, the error of a rejected edit, 400 for an invalid new state, and 503 if other writers were faster for
    /// [`PATIENCE`].
    pub(super) async fn change(
        &self,
        settings: &Settings,
        cx: &Context,
        target: &Target<'_>,
        edits: Edits<'_>,
    ) -> Result<(Stored<R>, WriteReport), Error> {
        let started = Instant::now();
        for attempt in 0.. {
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
            // A change without effect writes nothing, so version and time stay (RFC 7644 §3.5.2). Writes of secrets are
            // the exception: an unchanged version would confirm a guess.
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
                Err(StoreError::VersionMismatch) if started.elapsed() < PATIENCE => step_back(attempt).await,
                Err(StoreError::VersionMismatch) => break,
                Err(error) => return Err(self.error(error, Some(target.id))),
            }
        }
        Err(busy())
    }

    /// Lets the store apply a PATCH without loading the resource, if it can. Returns the version and the report.
    pub(super) async fn patch_unloaded(
        &self,
        settings: &Settings,
        cx: &Context,
        target: &Target<'_>,
        patch: &Patch<'_>,
    ) -> Result<Option<Unloaded>, Error> {
        // A store that keeps no versions cannot evaluate a precondition.
        if !self.store.supports_deltas() || (target.preconditions.is_given() && !self.keeps_versions) {
            return Ok(None);
        }
        let Some(expected) = target.preconditions.as_precondition() else { return Ok(None) };
        // The error of an invalid operation comes after 404 and 412, as RFC 9110 §13.2.1 requires.
        let effects = patch.effects(&settings.tolerance(cx)).ok().flatten();
        let Some((effects, report)) = effects.filter(|(effects, _)| !effects.is_empty()) else { return Ok(None) };
        if self.object_checks.is_some() && objects::are_in_objects(&effects, &self.resource_type) {
            return Ok(None);
        }
        // A change of the version must not reveal whether a client guessed a secret.
        if self.names_secret(&report) {
            return Ok(None);
        }
        if !fit::<R>(&effects) {
            return Ok(None);
        }
        let delta = Delta::new(target.id, &effects, expected, settings.clock.now()).with_report(&report);
        match self.store.apply_delta(cx, delta).await {
            Err(StoreError::VersionMismatch) if target.preconditions.is_given() => Err(Error::precondition_failed()),
            // If the store lost a race, the PATCH is retried on the loaded resource.
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

    /// Logs the deviations that were accepted and the attributes that were dropped.
    pub(super) fn report(&self, settings: &Settings, cx: &Context, report: &WriteReport) {
        if !report.quirks.is_empty() {
            tracing::debug!(quirks = %report.quirks, resource_type = %self.resource_type.name, "tolerated");
        }
        if report.ignored.is_empty() {
            return;
        }
        // Names that a client made up are escaped. Their number and length are limited where they are collected.
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

/// Ignores that an attribute has no field, or a field whose type cannot hold the value (an id that is a number).
pub(super) fn optional(result: &Result<u32, EditError>) -> Result<(), Error> {
    match result {
        Ok(_)
        | Err(EditError::Unmapped | EditError::UnmappedSub(_) | EditError::Expected(_) | EditError::Invalid(_)) => {
            Ok(())
        }
        Err(EditError::Occupied | EditError::Fixed) => Err(unmappable()),
    }
}

/// Returns whether the application's fields accept the values: a type may accept fewer values than its attribute,
/// `validate` rejects some, and a mapping has no field for others. An empty resource shows this as well as the one that
/// is not loaded.
fn fit<R: Resource>(effects: &Effects<'_>) -> bool {
    let mut empty = R::default();
    // A field that is occupied by an earlier effect may be free in the stored resource.
    let mut accepts =
        |path: &Path, edit: Edit<'_, '_>| matches!(empty.edit(path.steps(), edit), Ok(_) | Err(EditError::Occupied));
    effects.iter().all(|effect| match effect {
        Effect::Set(path, value) => accepts(path, Edit::Set(value.clone())),
        Effect::Add(path, elements) | Effect::Replace(path, elements) => {
            elements.iter().all(|element| accepts(path, Edit::Insert(&mut element.clone())))
        }
        Effect::Clear(_) | Effect::Remove(..) => true,
    })
}

/// Lets others go first after a lost race: for a random number of turns, more after more losses, so that writers that
/// collided do not collide again. The engine does not depend on a runtime, so there is no timer.
async fn step_back(attempt: u32) {
    let [random, ..] = *uuid::Uuid::new_v4().as_bytes();
    let turns = u32::from(random) % (1 << attempt.min(5));
    for _ in 0..turns {
        yield_now().await;
    }
}
