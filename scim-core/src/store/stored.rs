//! A resource that a store returns.

use std::{fmt, ops::Deref, sync::Arc};

/// A resource that a store returns: owned, or shared with the store.
///
/// A store that loads rows from a database returns the loaded resource, `Ok(row.into())`. A store that keeps its
/// resources in memory behind an [`Arc`] returns the `Arc`, so that a group of 100,000 members is not copied just to
/// read its version.
///
/// ```
/// use std::sync::Arc;
/// use scim_core::{model::User, store::Stored};
///
/// let kept = Arc::new(User { user_name: "bjensen".to_owned(), ..User::default() });
/// let shared: Stored<User> = Arc::clone(&kept).into();
/// assert_eq!(shared.user_name, "bjensen");
///
/// let loaded = Stored::from(User::default());
/// let user: User = loaded.into_owned();
/// ```
pub struct Stored<R>(Holder<R>);

enum Holder<R> {
    Owned(R),
    Shared(Arc<R>),
}

impl<R> Stored<R> {
    /// Returns the resource. Clones it if the store holds it, too.
    #[must_use]
    pub fn into_owned(self) -> R
    where
        R: Clone,
    {
        match self.0 {
            Holder::Owned(resource) => resource,
            Holder::Shared(resource) => Arc::unwrap_or_clone(resource),
        }
    }
}

impl<R> From<R> for Stored<R> {
    fn from(resource: R) -> Self {
        Self(Holder::Owned(resource))
    }
}

impl<R> From<Arc<R>> for Stored<R> {
    fn from(resource: Arc<R>) -> Self {
        Self(Holder::Shared(resource))
    }
}

impl<R> Deref for Stored<R> {
    type Target = R;

    fn deref(&self) -> &R {
        match &self.0 {
            Holder::Owned(resource) => resource,
            Holder::Shared(resource) => resource,
        }
    }
}

impl<R> AsRef<R> for Stored<R> {
    fn as_ref(&self) -> &R {
        self
    }
}

/// `Debug` omits the resource, which may hold secrets.
impl<R> fmt::Debug for Stored<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stored").finish_non_exhaustive()
    }
}

impl<R: PartialEq> PartialEq for Stored<R> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<R: PartialEq> PartialEq<R> for Stored<R> {
    fn eq(&self, other: &R) -> bool {
        **self == *other
    }
}
