//! A place within a resource.

/// A place within one resource: indices of attributes and, behind a list, of its elements.
///
/// A [`Path`](crate::schema::Path) names an attribute of a resource *type*; it never holds the number of an element. The
/// two are different types so that one cannot stand for the other. [`ResourceType::place`] turns a path into a place
/// where that is possible: where no list is on the way.
///
/// [`ResourceType::place`]: crate::schema::ResourceType::place
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Place {
    steps: [u32; Self::MAX],
    len: u8,
}

impl Place {
    /// The most steps: extension, attribute, element, sub-attribute, element.
    const MAX: usize = 5;
    /// The resource itself.
    pub(crate) const ROOT: Self = Self { steps: [0; Self::MAX], len: 0 };

    /// The place one step further. A place has room for everything that a schema allows; a step beyond that leads
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

    /// How many steps it is from the root.
    pub(crate) fn depth(&self) -> u8 {
        self.len
    }

    /// The place some steps from the root on the way to this one, and the step behind it.
    pub(crate) fn split(mut self, depth: u8) -> Option<(Self, u32)> {
        let step = *self.steps().get(usize::from(depth))?;
        self.steps.get_mut(usize::from(depth)..)?.fill(0);
        self.len = depth;
        Some((self, step))
    }

    /// The steps from the root.
    pub(crate) fn steps(&self) -> &[u32] {
        self.steps.get(..usize::from(self.len)).unwrap_or_default()
    }
}

impl std::fmt::Debug for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Place").field(&self.steps()).finish()
    }
}
