//! Write requests to a store.
//!
//! Each write contains the [report](WriteReport) of the request that caused it. A store that wraps another one may
//! change the state to store. The report stays the same.

use std::fmt;

use super::Precondition;
use crate::{patch::Effects, reflect::DateTime, report::WriteReport};

/// The report of a write that an application makes on its own.
static NO_REQUEST: WriteReport = WriteReport::NONE;

/// A resource to add.
#[non_exhaustive]
pub struct Creation<'a, R> {
    state: R,
    report: &'a WriteReport,
}

impl<'a, R> Creation<'a, R> {
    /// Creates the request to add a resource.
    #[must_use]
    pub fn new(state: R) -> Self {
        Self { state, report: &NO_REQUEST }
    }

    /// Sets the report of the request.
    #[must_use]
    pub fn with_report(self, report: &'a WriteReport) -> Self {
        Self { report, ..self }
    }

    /// Returns the resource to add.
    #[must_use]
    pub fn state(&self) -> &R {
        &self.state
    }

    /// Returns the resource to add, so that a wrapping store can modify it.
    pub fn state_mut(&mut self) -> &mut R {
        &mut self.state
    }

    /// Returns the resource to add.
    #[must_use]
    pub fn into_state(self) -> R {
        self.state
    }

    /// Returns the report of the request.
    #[must_use]
    pub fn report(&self) -> &'a WriteReport {
        self.report
    }
}

/// A new state of a resource, together with the state that it was derived from.
#[non_exhaustive]
pub struct Change<'a, R> {
    id: &'a str,
    old: &'a R,
    state: R,
    report: &'a WriteReport,
}

impl<'a, R> Change<'a, R> {
    /// Creates the request to change the resource with this id.
    #[must_use]
    pub fn new(id: &'a str, old: &'a R, state: R) -> Self {
        Self { id, old, state, report: &NO_REQUEST }
    }

    /// Sets the report of the request.
    #[must_use]
    pub fn with_report(self, report: &'a WriteReport) -> Self {
        Self { report, ..self }
    }

    /// Returns the id of the resource.
    #[must_use]
    pub fn id(&self) -> &'a str {
        self.id
    }

    /// Returns the state that was read. The stored version must still be the version of this state.
    #[must_use]
    pub fn old(&self) -> &'a R {
        self.old
    }

    /// Returns the state to store.
    #[must_use]
    pub fn state(&self) -> &R {
        &self.state
    }

    /// Returns the state to store, so that a wrapping store can modify it.
    pub fn state_mut(&mut self) -> &mut R {
        &mut self.state
    }

    /// Returns the state to store.
    #[must_use]
    pub fn into_state(self) -> R {
        self.state
    }

    /// Returns the report of the request.
    #[must_use]
    pub fn report(&self) -> &'a WriteReport {
        self.report
    }
}

/// A resource to remove.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Removal<'a> {
    id: &'a str,
    expected: Precondition<'a>,
    returns_old: bool,
}

impl<'a> Removal<'a> {
    /// Creates the request to remove the resource with this id, if it meets the precondition.
    #[must_use]
    pub fn new(id: &'a str, expected: Precondition<'a>) -> Self {
        Self { id, expected, returns_old: false }
    }

    /// Requests the removed state. Wrapping stores use this, for example to record what was removed.
    #[must_use]
    pub fn returning_old(self) -> Self {
        Self { returns_old: true, ..self }
    }

    /// Returns the id of the resource.
    #[must_use]
    pub fn id(&self) -> &'a str {
        self.id
    }

    /// Returns the precondition. Check it in the same atomic step as the removal.
    #[must_use]
    pub fn expected(&self) -> Precondition<'a> {
        self.expected
    }

    /// Replaces the precondition, so that a wrapping store can modify it.
    #[must_use]
    pub fn with_expected(self, expected: Precondition<'a>) -> Self {
        Self { expected, ..self }
    }

    /// Returns whether the store must return the state that it removes. Otherwise it need not load it.
    #[must_use]
    pub fn returns_old(&self) -> bool {
        self.returns_old
    }
}

/// A PATCH in the form of its effects, for a store that applies them without loading the resource.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Delta<'a> {
    id: &'a str,
    effects: &'a Effects<'a>,
    expected: Precondition<'a>,
    now: DateTime,
    report: &'a WriteReport,
}

impl<'a> Delta<'a> {
    /// Creates the request to apply effects to the resource with this id, if it meets the precondition.
    #[must_use]
    pub fn new(id: &'a str, effects: &'a Effects<'a>, expected: Precondition<'a>, now: DateTime) -> Self {
        Self { id, effects, expected, now, report: &NO_REQUEST }
    }

    /// Sets the report of the request.
    #[must_use]
    pub fn with_report(self, report: &'a WriteReport) -> Self {
        Self { report, ..self }
    }

    /// Replaces the effects, so that a wrapping store can modify them.
    #[must_use]
    pub fn with_effects(self, effects: &'a Effects<'a>) -> Self {
        Self { effects, ..self }
    }

    /// Returns the id of the resource.
    #[must_use]
    pub fn id(&self) -> &'a str {
        self.id
    }

    /// Returns the effects. Apply them in this order, all or nothing.
    #[must_use]
    pub fn effects(&self) -> &'a Effects<'a> {
        self.effects
    }

    /// Returns the precondition. Check it in the same transaction.
    #[must_use]
    pub fn expected(&self) -> Precondition<'a> {
        self.expected
    }

    /// Replaces the precondition, so that a wrapping store can modify it.
    #[must_use]
    pub fn with_expected(self, expected: Precondition<'a>) -> Self {
        Self { expected, ..self }
    }

    /// Returns the time of the change, for `meta.lastModified`.
    #[must_use]
    pub fn now(&self) -> DateTime {
        self.now
    }

    /// Returns the report of the request.
    #[must_use]
    pub fn report(&self) -> &'a WriteReport {
        self.report
    }
}

/// The outcome of a [`Delta`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeltaOutcome {
    /// The store does not support these effects and changed nothing. The framework loads the resource and changes it as
    /// a whole.
    Unsupported,
    /// The store applied the effects.
    Applied {
        /// The current version of the resource, in the form of `meta.version`: a new one if anything changed, otherwise
        /// the old one.
        version: Option<String>,
    },
}

/// `Debug` omits the resource's state, which may hold secrets.
impl<R> fmt::Debug for Creation<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Creation").field("report", &self.report).finish_non_exhaustive()
    }
}

/// `Debug` omits the resource's state, which may hold secrets.
impl<R> fmt::Debug for Change<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Change").field("id", &self.id).field("report", &self.report).finish_non_exhaustive()
    }
}

/// `Debug` omits the effects, which may hold secrets.
impl fmt::Debug for Delta<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delta")
            .field("id", &self.id)
            .field("expected", &self.expected)
            .field("report", &self.report)
            .finish_non_exhaustive()
    }
}
