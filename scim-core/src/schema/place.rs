//! Locations within a resource.

/// A location within one resource: indices of attributes and, below a list, of its elements.
///
/// A [`Path`](crate::schema::Path) addresses an attribute of a resource *type*; it never contains the index of an
/// element. The two are different types so that they cannot be confused. [`ResourceType::place`] converts a path to a
/// place if there is no list on the way.
///
/// [`ResourceType::place`]: crate::schema::ResourceType::place
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Place {
    steps: [u32; Self::MAX],
    len: u8,
}

impl Place {
    /// The maximum number of steps: extension, attribute, element, sub-attribute, element.
    const MAX: usize = 5;
    /// The resource itself.
    pub(crate) const ROOT: Self = Self { steps: [0; Self::MAX], len: 0 };

    /// Returns the place extended by a step. A place can hold every path that a schema allows; a further step leads
    /// nowhere.
    pub(crate) fn child(mut self, index: u32) -> Self {
        match self.steps.get_mut(usize::from(self.len)) {
            Some(step) => {
                *step = index;
                self.len += 1;
            }
            None => debug_assert!(false, "a place has at most {} steps", Self::MAX),
        }
        self
    }

    /// Returns the number of steps from the root.
    pub(crate) fn depth(&self) -> u8 {
        self.len
    }

    /// Returns the prefix of this place with some steps from the root, and the step after it.
    pub(crate) fn split(mut self, depth: u8) -> Option<(Self, u32)> {
        let step = *self.steps().get(usize::from(depth))?;
        self.steps.get_mut(usize::from(depth)..)?.fill(0);
        self.len = depth;
        Some((self, step))
    }

    /// Returns the steps from the root.
    pub(crate) fn steps(&self) -> &[u32] {
        self.steps.get(..usize::from(self.len)).unwrap_or_default()
    }
}

impl std::fmt::Debug for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Place").field(&self.steps()).finish()
    }
}
