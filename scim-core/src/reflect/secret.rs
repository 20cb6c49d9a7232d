//! Text that must not appear in logs.

use std::{borrow::Cow, fmt};

use super::{AttributeType, Edit, EditError, Reflect, Scalar, ValueRef, edit::scalar};
use crate::schema::DataType;

/// A text such as a password, which `Debug` hides. Set `returned = never` on its attribute, so that responses omit it
/// too.
///
/// ```
/// use scim_core::reflect::Secret;
///
/// let secret = Secret::from("t1meMa$heen");
/// assert_eq!(format!("{secret:?}"), "Secret(..)");
/// assert_eq!(secret.expose(), "t1meMa$heen");
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Returns the text, for example to hash it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl<T: Into<String>> From<T> for Secret {
    fn from(text: T) -> Self {
        Self(text.into())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

impl Reflect for Secret {
    fn view(&self) -> ValueRef<'_> {
        ValueRef::Scalar(if self.0.is_empty() { Scalar::Absent } else { Scalar::Str(Cow::Borrowed(&self.0)) })
    }

    fn assigned(&self) -> ValueRef<'_> {
        ValueRef::Scalar(Scalar::Str(Cow::Borrowed(&self.0)))
    }

    fn edit(&mut self, at: &[u32], edit: Edit<'_, '_>) -> Result<u32, EditError> {
        *self = Self::create(at, edit)?;
        Ok(0)
    }

    fn create(at: &[u32], edit: Edit<'_, '_>) -> Result<Self, EditError> {
        match scalar(at, edit, "a string")? {
            Scalar::Absent => Ok(Self::default()),
            Scalar::Str(text) => Ok(Self(text.into_owned())),
            _ => Err(EditError::expected("a string")),
        }
    }
}

impl AttributeType for Secret {
    const DATA_TYPE: DataType = DataType::String;
    const CASE_EXACT: bool = true;
}
