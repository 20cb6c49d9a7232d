//! Storage of resources: the only trait that an application must implement.
//!
//! # The contract
//!
//! An implementation of [`Store`] promises:
//!
//! 1. **Unique values.** [`create`](Store::create) and [`replace`](Store::replace) fail with [`StoreError::conflict`],
//!    which names the attribute, if a unique value is in use. A unique index decides this atomically, not a look-up
//!    before the write. The index covers the tenant, the resource type and the comparison key of the value. For text
//!    the key is [`collation::comparison_key`](crate::collation::comparison_key). Numbers, points in time and bytes are
//!    equal if their values are equal, regardless of how a client writes them.
//! 2. **Versions.** [`replace`](Store::replace) and [`delete`](Store::delete) compare the version and write in one
//!    atomic step. A new version differs from every earlier one. (For types without `meta.version` the framework
//!    rejects every entity tag in `If-Match`, and `/ServiceProviderConfig` announces no support for entity tags.)
//! 3. **Reads.** [`get`](Store::get) returns the latest state, never the state of a replica that lags behind.
//!    [`delete`](Store::delete) returns the state that it removes, if [`Removal::returns_old`].
//! 4. **Tenants.** Every call names the tenant. The id of another tenant's resource is not found.
//! 5. **All or nothing.** A failed call leaves nothing behind, nor does a call that is dropped before it completes. A
//!    call whose response was lost may be repeated.
//! 6. **Deltas.** Membership may change without loading the group: [`apply_delta`](Store::apply_delta) does exactly
//!    what the PATCH does, or nothing.
//! 7. **Lists.** The order of a list is total and stable: ties are broken by the id, numerically if the application
//!    stores ids as numbers. A store that leaves filters to the framework stops at one resource more than
//!    [`Query::candidates`]. The client then receives 400 `tooMany` (RFC 7644 §3.4.2).
//! 8. **Errors** are typed; see [`StoreError`]. The text of a fatal error is logged and never sent.
//!
//! The store kit of the crate `scim-conformance` checks that a store keeps promises 1 to 7, also with two processes on
//! one database.
//!
//! # Wrapping stores
//!
//! A store may wrap another one, for example to record changes. It modifies the write request and passes it on:
//!
//! ```
//! use scim_core::{
//!     Context, async_trait,
//!     json::Projection,
//!     model::User,
//!     store::{Change, Creation, Page, Query, Removal, Store, StoreError, Stored},
//! };
//!
//! /// Gives every user a display name.
//! struct Named<S>(S);
//!
//! fn name(user: &mut User) {
//!     user.display_name.get_or_insert_with(|| user.user_name.clone());
//! }
//!
//! #[async_trait]
//! impl<S: Store<User>> Store<User> for Named<S> {
//!     async fn get(&self, cx: &Context, id: &str, wanted: &Projection) -> Result<Option<Stored<User>>, StoreError> {
//!         self.0.get(cx, id, wanted).await
//!     }
//!     async fn search(&self, cx: &Context, query: &Query<'_>) -> Result<Page<User>, StoreError> {
//!         self.0.search(cx, query).await
//!     }
//!     async fn create(&self, cx: &Context, mut creation: Creation<'_, User>) -> Result<Stored<User>, StoreError> {
//!         name(creation.state_mut());
//!         self.0.create(cx, creation).await
//!     }
//!     async fn replace(&self, cx: &Context, mut change: Change<'_, User>) -> Result<Stored<User>, StoreError> {
//!         name(change.state_mut());
//!         self.0.replace(cx, change).await
//!     }
//!     async fn delete(&self, cx: &Context, removal: Removal<'_>) -> Result<Option<Stored<User>>, StoreError> {
//!         let old = self.0.delete(cx, removal.returning_old()).await?;
//!         println!("removed {}", old.as_ref().map_or("nobody", |user| &user.user_name));
//!         Ok(old)
//!     }
//! }
//! ```

mod arc;
mod error;
mod memory;
mod precondition;
mod query;
mod scan;
mod stored;
mod values;
mod write;

pub use error::StoreError;
pub use memory::MemoryStore;
pub use precondition::Precondition;
pub use query::{Page, Query, Sort};
pub use stored::Stored;
pub use write::{Change, Creation, Delta, DeltaOutcome, Removal};

use async_trait::async_trait;

use crate::{context::Context, json::Projection, reflect::Resource};

/// A store of the resources of one type.
///
/// The [module documentation](self#the-contract) describes what an implementation promises. [`MemoryStore`] is one
/// implementation; the examples show others over SQL tables.
///
/// Every method may also fail with [`StoreError::Transient`], which becomes 503 with `Retry-After`, with
/// [`StoreError::Rejected`], which becomes the error that it holds, and with [`StoreError::Fatal`], which is logged and
/// becomes 500.
#[async_trait]
pub trait Store<R: Resource>: Send + Sync + 'static {
    /// Returns the resource with an id, or `None` if the tenant has none.
    ///
    /// `wanted` is the set of attributes in the response to the client. A store may leave the others empty, for example
    /// to avoid loading a group's members only to discard them. The id and `meta.version` are always wanted, because
    /// the location and the entity tag are built from them. When the resource is read in order to change it, every
    /// attribute is wanted.
    ///
    /// ```
    /// use scim_core::{Context, Identity, json::Projection, model::User, store::{MemoryStore, Store}};
    ///
    /// # async fn example() -> Result<(), scim_core::store::StoreError> {
    /// let users = MemoryStore::<User>::new();
    /// let identity = Identity::new("acme", "entra");
    /// let cx = Context::new(identity, "https://example.com/scim/v2", Default::default(), Default::default());
    /// assert!(users.get(&cx, "26", &Projection::DEFAULT).await?.is_none());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Only the errors common to all methods. A missing resource is `Ok(None)`.
    async fn get(&self, cx: &Context, id: &str, wanted: &Projection) -> Result<Option<Stored<R>>, StoreError>;

    /// Returns the resources that match a query.
    ///
    /// A store may leave filter, order and paging to the framework; see [`Page::candidates`].
    ///
    /// # Errors
    ///
    /// Only the errors common to all methods.
    async fn search(&self, cx: &Context, query: &Query<'_>) -> Result<Page<R>, StoreError>;

    /// Adds a resource and returns it as stored.
    ///
    /// The resource comes with a new `id` (if its field can hold a UUID), `meta.created` and `meta.lastModified`. The
    /// store sets the first `meta.version`, and the id if the store generates ids.
    ///
    /// # Errors
    ///
    /// [`StoreError::conflict`] if a unique value is in use: 409 `uniqueness`.
    async fn create(&self, cx: &Context, creation: Creation<'_, R>) -> Result<Stored<R>, StoreError>;

    /// Stores a new state of a resource, if the stored version is still that of [`change.old()`](Change::old). Returns
    /// the resource as stored, with a new version.
    ///
    /// # Errors
    ///
    /// - [`StoreError::VersionMismatch`] if the stored version differs: the framework reads the resource again and
    ///   repeats the change, or responds with 412 if the request's precondition no longer holds.
    /// - [`StoreError::NotFound`] if the resource is gone: 404.
    /// - [`StoreError::conflict`] if a unique value is in use: 409 `uniqueness`.
    async fn replace(&self, cx: &Context, change: Change<'_, R>) -> Result<Stored<R>, StoreError>;

    /// Removes a resource if it meets the precondition. Returns the removed state if
    /// [`removal.returns_old()`](Removal::returns_old); otherwise it may return `None`.
    ///
    /// # Errors
    ///
    /// - [`StoreError::VersionMismatch`] if the precondition is not met: 412, or the removal is repeated.
    /// - [`StoreError::NotFound`] if the resource is gone: 404.
    async fn delete(&self, cx: &Context, removal: Removal<'_>) -> Result<Option<Stored<R>>, StoreError>;

    /// Returns whether the store supports [`apply_delta`](Self::apply_delta). The effects of a PATCH are computed only
    /// then.
    fn supports_deltas(&self) -> bool {
        false
    }

    /// Optional: applies the effects of a PATCH without loading the resource, in one transaction, so that adding a
    /// member to a group of 100,000 members writes two rows.
    ///
    /// A store applies the effects that it supports; [`Effects::are_on`](crate::patch::Effects::are_on) checks that it
    /// knows all the attributes. If nothing changes, for example because the group already has the member, version and
    /// time stay the same.
    ///
    /// If a struct validates an object as a whole (`#[scim(validate = ..)]`), a PATCH within such objects is not passed
    /// to this method, because the objects must be loaded.
    ///
    /// # Errors
    ///
    /// Those of [`replace`](Self::replace), with [`StoreError::VersionMismatch`] if the precondition is not met.
    async fn apply_delta(&self, _cx: &Context, _delta: Delta<'_>) -> Result<DeltaOutcome, StoreError> {
        Ok(DeltaOutcome::Unsupported)
    }
}
