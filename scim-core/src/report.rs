//! What a request that writes named, and what became of it.

use crate::{compat::Quirks, schema::Path};

/// What a request that writes did besides changing a resource.
///
/// The framework hands it to the store with every write, so that an application can tell an attribute that a client
/// unassigned from one that it never sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct WriteReport {
    /// The attributes that the request named, also those that it unassigned. Sub-attributes of single complex attributes are
    /// named one by one; multi-valued attributes as a whole, and their sub-attributes.
    pub touched: Vec<Path>,
    /// What was left out, by name: what no schema has, attributes that clients cannot write, and values for which the
    /// application has no field. At most 64.
    pub ignored: Vec<String>,
    /// The deviations from the RFCs that the request made use of.
    pub quirks: Quirks,
}

impl WriteReport {
    /// The report of a write that no request asked for.
    pub(crate) const NONE: Self = Self { touched: Vec::new(), ignored: Vec::new(), quirks: Quirks::NONE };

    /// Returns whether the request named an attribute, a sub-attribute of it, or the attribute that it is part of.
    ///
    /// ```
    /// use scim_core::{model::User, path, schema::Path, WriteReport};
    ///
    /// const NAME: Path = path::<User>("name");
    /// let mut report = WriteReport::default();
    /// report.touched.push(path::<User>("name.givenName"));
    /// assert!(report.is_touched(NAME));
    /// assert!(!report.is_touched(path::<User>("title")));
    /// ```
    #[must_use]
    pub fn is_touched(&self, path: Path) -> bool {
        self.touched.iter().any(|touched| touched.starts_with(path) || path.starts_with(*touched))
    }
}
