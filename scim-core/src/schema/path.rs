//! The path of an attribute in a resource type, as a list of indices.

use std::fmt;

use super::common;

/// The address of an attribute: at most three indices, the deepest being `urn:..:User` / `manager` / `value`.
///
/// A path is a constant that can be compared and matched, so a store maps attributes to columns with a `match`:
///
/// ```
/// use scim_core::{model::User, path, schema::Path};
///
/// const USER_NAME: Path = path::<User>("userName");
/// const FAMILY_NAME: Path = path::<User>("name.familyName");
///
/// fn column(path: Path) -> Option<&'static str> {
///     match path {
///         USER_NAME => Some("login"),
///         FAMILY_NAME => Some("last_name"),
///         _ => None,
///     }
/// }
/// assert_eq!(column(USER_NAME), Some("login"));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path {
    steps: [u32; Self::MAX],
    len: u8,
}

impl Path {
    /// The maximum number of steps.
    pub const MAX: usize = 3;
    /// The resource itself.
    pub const ROOT: Self = Self { steps: [0; Self::MAX], len: 0 };
    /// `schemas`.
    pub const SCHEMAS: Self = Self::of(common::SCHEMAS);
    /// `id`.
    pub const ID: Self = Self::of(common::ID);
    /// `externalId`.
    pub const EXTERNAL_ID: Self = Self::of(common::EXTERNAL_ID);
    /// `meta`.
    pub const META: Self = Self::of(common::META);

    /// `meta.version`.
    pub(crate) const META_VERSION: Self = Self { steps: [common::META, common::META_VERSION, 0], len: 2 };

    /// Returns a path of one step.
    #[must_use]
    pub const fn of(index: u32) -> Self {
        Self { steps: [index, 0, 0], len: 1 }
    }

    /// Returns the path extended by a step, or `None` if SCIM allows no deeper path.
    #[must_use]
    pub fn child(mut self, index: u32) -> Option<Self> {
        *self.steps.get_mut(usize::from(self.len))? = index;
        self.len += 1;
        Some(self)
    }

    /// Like [`child`](Self::child), in a constant.
    #[expect(clippy::indexing_slicing, clippy::cast_possible_truncation, reason = "the length is compared first")]
    pub(super) const fn const_child(mut self, index: usize) -> Option<Self> {
        if self.len as usize == Self::MAX {
            return None;
        }
        self.steps[self.len as usize] = index as u32;
        self.len += 1;
        Some(self)
    }

    /// Returns the path extended by another path, or `None` if SCIM allows no deeper path.
    pub(crate) fn join(self, rest: Self) -> Option<Self> {
        rest.steps().iter().try_fold(self, |path, step| path.child(*step))
    }

    /// Returns the path without its last step, and that step; `None` for the resource itself.
    pub(crate) fn parent(&self) -> Option<(Self, u32)> {
        let (last, steps) = self.steps().split_last()?;
        let parent = steps.iter().try_fold(Self::ROOT, |path, step| path.child(*step))?;
        Some((parent, *last))
    }

    /// Returns the steps.
    #[must_use]
    pub fn steps(&self) -> &[u32] {
        self.steps.get(..usize::from(self.len)).unwrap_or_default()
    }

    /// Returns whether this path equals the other or is below it.
    #[must_use]
    pub fn starts_with(&self, other: Self) -> bool {
        self.steps().starts_with(other.steps())
    }
}

impl fmt::Debug for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Path").field(&self.steps()).finish()
    }
}
