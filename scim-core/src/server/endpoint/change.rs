//! Changes of a resource: read, changed in a copy and compared when stored; or made by the store alone.

use std::{task::Poll, time::Duration};

use super::{Stored, Target, objects, view::tag};
use crate::{
    access::{Access, Edit, Refused, Resource, Scalar},
    compat::Quirks,
    error::Error,
    json::{Projection, version_tag},
    patch::{self, Effect, Effects},
    schema::{Attribute, Mutability, Path, common},
    server::{Context, Settings},
    store::{Change, Delta, DeltaAnswer, Store, StoreError},
    validate::validate,
};

/// What a write did beside changing the resource.
pub(super) struct Written {
    pub(super) touched: Vec<Path>,
    pub(super) ignored: Vec<String>,
    pub(super) quirks: Quirks,
}

/// How often a write is tried that loses races. Every loss is another's win, so as many writers can change one resource
/// at once and all succeed.
pub(super) const TRIES: u32 = 64;

impl<R: Resource, S: Store<R>> Stored<R, S> {
    /// Reads a resource, changes a copy, and stores that if nobody else was faster. After a lost race all is judged again
    /// on the new state: the conditions of the request, too.
    pub(super) async fn change(
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
            objects::check(self.object_checks, &self.resource_type, Some(&old), &new)?;
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

    /// Has the store make a PATCH without loading the resource, if it can; answers the version and what was touched.
    pub(super) async fn patch_unloaded(
        &self,
        settings: &Settings,
        cx: &Context,
        target: &Target<'_>,
        body: &[u8],
    ) -> Result<Option<(Option<String>, Vec<Path>)>, Error> {
        // A store that keeps no versions cannot judge a condition.
        if !self.store.takes_deltas() || (target.conditions.is_given() && !self.keeps_versions) {
            return Ok(None);
        }
        let Some(expected) = target.conditions.as_precondition() else { return Ok(None) };
        // A body that cannot be made is judged after the resource and its version, as RFC 9110 §13.2.1 has it.
        let effects = Effects::of(&self.resource_type, body, &settings.tolerance(cx)).ok().flatten();
        let Some((effects, report)) = effects.filter(|(effects, _)| !effects.is_empty()) else { return Ok(None) };
        if self.object_checks.is_some() && objects::are_in_objects(&effects, &self.resource_type) {
            return Ok(None);
        }
        if !fit::<R>(&effects) {
            return Ok(None);
        }
        let written = Written { touched: report.touched, ignored: report.ignored, quirks: report.quirks };
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

pub(super) fn unmappable() -> Error {
    Error::internal("the resource cannot be made without values")
}

pub(super) fn busy() -> Error {
    Error::unavailable("too many writers change the same resource", Duration::from_secs(1))
}

/// Unassigns what a PUT replaces: all that clients may write, but for what they can set only once and what they
/// can never read back; those stay unless the body names them.
pub(super) fn clear_writable(attributes: &[Attribute], resource: &mut dyn Access) -> Result<(), Error> {
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
