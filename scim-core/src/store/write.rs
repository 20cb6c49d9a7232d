//! What a store is asked to write.
//!
//! Each write carries the [report](WriteReport) of the request that caused it. A store that wraps another one may change
//! the state to store, and the report stays with it.

use std::fmt;

use super::Precondition;
use crate::{access::DateTime, patch::Effects, report::WriteReport};

/// The report of a write that an application makes by itself.
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

    /// Sets what the request named.
    #[must_use]
    pub fn with_report(self, report: &'a WriteReport) -> Self {
        Self { report, ..self }
    }

    /// Returns the resource to add.
    #[must_use]
    pub fn state(&self) -> &R {
        &self.state
    }

    /// Returns the resource to add, to be amended before another store adds it.
    pub fn state_mut(&mut self) -> &mut R {
        &mut self.state
    }

    /// Returns the resource to add.
    #[must_use]
    pub fn into_state(self) -> R {
        self.state
    }

    /// Returns what the request named.
    #[must_use]
    pub fn report(&self) -> &'a WriteReport {
        self.report
    }
}

/// A new state of a resource, with the state that it was made from.
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

    /// Sets what the request named.
    #[must_use]
    pub fn with_report(self, report: &'a WriteReport) -> Self {
        Self { report, ..self }
    }

    /// Returns the id of the resource.
    #[must_use]
    pub fn id(&self) -> &'a str {
        self.id
    }

    /// Returns the state that was read. Its version is the one that must still be stored.
    #[must_use]
    pub fn old(&self) -> &'a R {
        self.old
    }

    /// Returns the state to store.
    #[must_use]
    pub fn state(&self) -> &R {
        &self.state
    }

    /// Returns the state to store, to be amended before another store stores it.
    pub fn state_mut(&mut self) -> &mut R {
        &mut self.state
    }

    /// Returns the state to store.
    #[must_use]
    pub fn into_state(self) -> R {
        self.state
    }

    /// Returns what the request named.
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

    /// Asks for the state that is removed. A store that wraps another one does so, for example to record what was there.
    #[must_use]
    pub fn returning_old(self) -> Self {
        Self { returns_old: true, ..self }
    }

    /// Returns the id of the resource.
    #[must_use]
    pub fn id(&self) -> &'a str {
        self.id
    }

    /// Returns what must hold; to be checked in the step that removes.
    #[must_use]
    pub fn expected(&self) -> Precondition<'a> {
        self.expected
    }

    /// Replaces the precondition, to amend it before another store checks it.
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

/// A PATCH as its effects, for a store that makes them without loading the resource.
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
    /// Creates the request to make effects on the resource with this id, if it meets the precondition.
    #[must_use]
    pub fn new(id: &'a str, effects: &'a Effects<'a>, expected: Precondition<'a>, now: DateTime) -> Self {
        Self { id, effects, expected, now, report: &NO_REQUEST }
    }

    /// Sets what the request named.
    #[must_use]
    pub fn with_report(self, report: &'a WriteReport) -> Self {
        Self { report, ..self }
    }

    /// Replaces the effects, to amend them before another store makes them.
    #[must_use]
    pub fn with_effects(self, effects: &'a Effects<'a>) -> Self {
        Self { effects, ..self }
    }

    /// Returns the id of the resource.
    #[must_use]
    pub fn id(&self) -> &'a str {
        self.id
    }

    /// Returns what to do: in this order, all or nothing.
    #[must_use]
    pub fn effects(&self) -> &'a Effects<'a> {
        self.effects
    }

    /// Returns what must hold; to be checked in the same transaction.
    #[must_use]
    pub fn expected(&self) -> Precondition<'a> {
        self.expected
    }

    /// Replaces the precondition, to amend it before another store checks it.
    #[must_use]
    pub fn with_expected(self, expected: Precondition<'a>) -> Self {
        Self { expected, ..self }
    }

    /// Returns the time of the change, for `meta.lastModified`.
    #[must_use]
    pub fn now(&self) -> DateTime {
        self.now
    }

    /// Returns what the request named.
    #[must_use]
    pub fn report(&self) -> &'a WriteReport {
        self.report
    }
}

/// What a store did with a [`Delta`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeltaOutcome {
    /// The store does not make these effects and changed nothing. The framework loads the resource and changes it as a whole.
    Unsupported,
    /// The store made the effects.
    Applied {
        /// The version of the resource now, as it is in `meta.version`: a new one if anything changed, otherwise the old one.
        version: Option<String>,
    },
}

/// `Debug` shows no state of a resource, which may hold secrets.
impl<R> fmt::Debug for Creation<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Creation").field("report", &self.report).finish_non_exhaustive()
    }
}

/// `Debug` shows no state of a resource, which may hold secrets.
impl<R> fmt::Debug for Change<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Change").field("id", &self.id).field("report", &self.report).finish_non_exhaustive()
    }
}

/// `Debug` shows no effects, which may hold secrets.
impl fmt::Debug for Delta<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delta")
            .field("id", &self.id)
            .field("expected", &self.expected)
            .field("report", &self.report)
            .finish_non_exhaustive()
    }
}
