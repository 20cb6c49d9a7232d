//! What a writing request contained, and what became of it.

use crate::{compat::Quirks, schema::Path};

/// What a writing request did besides changing a resource.
///
/// The framework passes it to the store with every write, so that an application can distinguish an attribute that a
/// client unassigned from one that it never sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct WriteReport {
    /// The attributes that the request contained, including those that it unassigned. Sub-attributes of single-valued
    /// complex attributes are listed individually; multi-valued attributes are listed as a whole, along with their
    /// sub-attributes.
    pub touched: Vec<Path>,
    /// The names of what was ignored: names without a schema, attributes that clients cannot write, and values for
    /// which the application has no field. At most 64.
    pub ignored: Vec<String>,
    /// The deviations from the RFCs that the request used.
    pub quirks: Quirks,
}

impl WriteReport {
    /// The report of a write without a request.
    pub(crate) const NONE: Self = Self { touched: Vec::new(), ignored: Vec::new(), quirks: Quirks::NONE };

    /// Returns whether the request contained an attribute, one of its sub-attributes, or the attribute that it is part
    /// of.
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
