//! Where resources live: the one trait that an application implements.
//!
//! # The contract
//!
//! Whoever implements [`Store`] promises:
//!
//! 1. **Unique values.** [`create`](Store::create) and [`replace`](Store::replace) fail with [`StoreError::conflict`],
//!    which names the attribute, when a unique value is in use, atomically: a unique index decides, not a look-up before
//!    the write. The index is over the tenant, the resource type and the value's comparison key: of text that is
//!    [`text::key`](crate::text::key). Numbers, points in time and bytes are equal when the values are, however a client
//!    writes them.
//! 2. **Versions.** [`replace`](Store::replace) and [`delete`](Store::delete) compare the version and write in one atomic
//!    step. A new version differs from every earlier one. (Where a type has no place for `meta.version`, no `If-Match`
//!    with a tag is met, the framework sees to that, and `/ServiceProviderConfig` says that entity tags are not supported.)
//! 3. **Reads.** What is read in order to be changed is the latest state, never that of a replica that lags behind.
//! 4. **Tenants.** Every call carries the tenant; the id of another tenant's resource is not found.
//! 5. **All or nothing.** A failed call leaves nothing behind, nor does one that is dropped before it is done; a call
//!    whose answer was lost may be repeated.
//! 6. **Deltas.** Membership may change without the group being loaded: [`patch`](Store::patch) does what the PATCH does,
//!    or does not take it.
//! 7. **Lists.** The order of a list is total and stable: ties are broken by the id, which is ordered by its number if the
//!    application keeps a number. What a store leaves to the framework is bounded: it stops at one more than
//!    [`Query::candidates`], and the client is told 400 `tooMany` (RFC 7644 §3.4.2).
//! 8. **Errors** are typed: not found, version, conflict, transient with a hint when to try again, fatal. The text of a
//!    fatal one is logged and never sent.
//!
//! Whether a store keeps points 1 to 7, also with two processes on one database, the `test_kit` checks, which is behind
//! the feature `test-kit`.

mod change;
mod delta;
mod error;
mod memory;
mod query;
mod scan;
mod shared;
pub mod sql;
#[cfg(feature = "test-kit")]
pub mod test_kit;

pub use change::{Change, Precondition};
pub use delta::{Delta, DeltaAnswer};
pub use error::StoreError;
pub use memory::MemoryStore;
pub use query::{Page, Query, Sort};

use async_trait::async_trait;

use crate::{access::Resource, context::Context, json::Projection};

/// Keeps the resources of one type.
///
/// The module documentation says what an implementation promises. [`MemoryStore`] is one; the examples show others over
/// SQL tables.
///
/// Filters that a store does not understand it may leave to the framework: see [`Page::candidates`].
#[async_trait]
pub trait Store<R: Resource>: Send + Sync + 'static {
    /// The resource of an id, or `None`.
    ///
    /// `wanted` says which attributes the answer will hold; a store may leave the others empty, so that a group's
    /// members are not loaded in order to be thrown away. Id and `meta.version` are always wanted: they make location and
    /// entity tag. When the resource is read to be changed, everything is wanted.
    async fn get(&self, cx: &Context, id: &str, wanted: &Projection) -> Result<Option<R>, StoreError>;

    /// The resources that match a query.
    async fn search(&self, cx: &Context, query: &Query<'_>) -> Result<Page<R>, StoreError>;

    /// Adds a resource and answers it as it is stored. It comes with a new `id` (where that can hold a UUID),
    /// `meta.created` and `meta.lastModified`; the store gives it the first `meta.version`, and the id if it makes ids itself.
    async fn create(&self, cx: &Context, new: R) -> Result<R, StoreError>;

    /// Puts a new state in the place of an old one, if the stored version is still that of
    /// [`change.old()`](Change::old), and answers it as it is stored, with a new version.
    ///
    /// Fails with [`StoreError::Version`] if the version is another one, with [`StoreError::NotFound`] if the resource is gone.
    async fn replace(&self, cx: &Context, change: Change<'_, R>) -> Result<R, StoreError>;

    /// Removes a resource, if it meets the precondition.
    ///
    /// Fails with [`StoreError::Version`] if it does not, with [`StoreError::NotFound`] if the resource is gone.
    async fn delete(&self, cx: &Context, id: &str, expected: Precondition<'_>) -> Result<(), StoreError>;

    /// Whether [`patch`](Self::patch) does anything. Only then are the effects of a PATCH worked out.
    fn takes_deltas(&self) -> bool {
        false
    }

    /// Optional: makes the effects of a PATCH without loading the resource, in one transaction, so that a member is
    /// added to a group of 100 000 by writing two rows. A store takes what it likes:
    /// [`Effects::are_on`](crate::patch::Effects::are_on) tells whether it knows all the attributes.
    ///
    /// Where a struct checks an object as a whole (`#[scim(validate = ..)]`), a PATCH within objects is not asked for here:
    /// they have to be loaded.
    ///
    /// If nothing changes, because the member was there already, version and time stay.
    ///
    /// Fails as [`replace`](Self::replace) does, with [`StoreError::Version`] if the precondition is not met.
    async fn patch(&self, _cx: &Context, _delta: Delta<'_>) -> Result<DeltaAnswer, StoreError> {
        Ok(DeltaAnswer::NotTaken)
    }
}
