//! Conversion of values of types that do not know SCIM, as requested by `#[scim(with = ..)]`.

use std::fmt::Display;

use super::{AttributeType, Edit, EditError, Reflect, Scalar, ValueRef};
use crate::schema::AttributeSpec;

/// A conversion between a type `T` and SCIM. `#[scim(with = ..)]` names the type that implements it.
///
/// A type of the application implements the trait, because `T` may belong to another crate.
///
/// ```
/// use std::{net::{AddrParseError, IpAddr}, convert::Infallible};
/// use scim_core::{ScimComplex, reflect::Convert};
///
/// struct AsText;
///
/// impl Convert<IpAddr> for AsText {
///     type Scim = String;
///     type Error = &'static str;
///
///     fn to_scim(address: &IpAddr) -> String {
///         address.to_string()
///     }
///
///     fn from_scim(text: String) -> Result<IpAddr, &'static str> {
///         text.parse().map_err(|_| "expected an IP address")
///     }
/// }
///
/// #[derive(Clone, Debug, Default, ScimComplex)]
/// struct Interface {
///     #[scim(with = AsText)]
///     address: Option<IpAddr>,
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not convert `{T}`",
    note = "implement `Convert<{T}>` for `{Self}`, or use two functions: `#[scim(with(to, from))]`"
)]
pub trait Convert<T> {
    /// The type of the value in SCIM: a simple one, such as `String`.
    type Scim: AttributeType;
    /// The message for the client, which follows "invalid value for `address`: ", such as "expected an IP address".
    type Error: Display;

    /// Returns the value as SCIM writes it.
    fn to_scim(value: &T) -> Self::Scim;

    /// Converts a SCIM value to a value of the application.
    ///
    /// # Errors
    ///
    /// Fails if the value cannot be converted. The client receives status 400 with `invalidValue`.
    fn from_scim(scim: Self::Scim) -> Result<T, Self::Error>;

    // Derived code requires only this trait, so that a type without it causes one compile error.

    /// The characteristics of an attribute that follow from the converted type.
    #[doc(hidden)]
    const SPEC: AttributeSpec = AttributeSpec::of::<Self::Scim>("");

    /// Reads a field.
    #[doc(hidden)]
    fn read(value: &T) -> ValueRef<'static> {
        converted(value, Self::to_scim)
    }

    /// Reads the content of an `Option`.
    #[doc(hidden)]
    fn read_option(value: Option<&T>) -> ValueRef<'static> {
        converted_option(value, Self::to_scim)
    }

    /// Creates a value.
    ///
    /// # Errors
    ///
    /// Fails as [`Reflect::create`] does, and if the conversion rejects the value.
    #[doc(hidden)]
    fn create(at: &[u32], edit: Edit<'_, '_>) -> Result<T, EditError> {
        convert(at, edit, Self::from_scim)
    }

    /// Creates the content of an `Option`.
    ///
    /// # Errors
    ///
    /// The same as [`create`](Self::create).
    #[doc(hidden)]
    fn create_option(at: &[u32], edit: Edit<'_, '_>) -> Result<Option<T>, EditError> {
        convert_option(at, edit, Self::from_scim)
    }
}

/// Reads a converted field. Derived code calls this function.
pub fn converted<T, S: Reflect>(value: &T, to: impl Fn(&T) -> S) -> ValueRef<'static> {
    owned(to(value).view())
}

/// The same as [`converted`], for the content of an `Option`.
pub fn converted_option<T, S: Reflect>(value: Option<&T>, to: impl Fn(&T) -> S) -> ValueRef<'static> {
    value.map_or(ValueRef::ABSENT, |value| owned(to(value).assigned()))
}

fn owned(value: ValueRef<'_>) -> ValueRef<'static> {
    match value {
        ValueRef::Scalar(scalar) => ValueRef::Scalar(scalar.into_owned()),
        // The schema rejects these types when it is built.
        ValueRef::Complex(_) | ValueRef::List(_) => ValueRef::ABSENT,
    }
}

/// Creates a converted value. Derived code calls this function.
///
/// # Errors
///
/// Fails as [`Reflect::create`] does, and if the conversion rejects the value.
pub fn convert<T, S: Reflect, E: Display>(
    at: &[u32],
    edit: Edit<'_, '_>,
    from: impl Fn(S) -> Result<T, E>,
) -> Result<T, EditError> {
    from(S::create(at, edit)?).map_err(|message| EditError::invalid(&message))
}

/// The same as [`convert`], for the content of an `Option`.
///
/// # Errors
///
/// The same as [`convert`].
pub fn convert_option<T, S: Reflect, E: Display>(
    at: &[u32],
    edit: Edit<'_, '_>,
    from: impl Fn(S) -> Result<T, E>,
) -> Result<Option<T>, EditError> {
    match edit {
        Edit::Set(Scalar::Absent) if at.is_empty() => Ok(None),
        edit => convert(at, edit, from).map(Some),
    }
}

/// Edits a value that the mapping fixes, which changes nothing. Derived code calls this function.
///
/// # Errors
///
/// Fails with `Fixed` if the edit assigns another value.
pub fn fixed(at: &[u32], edit: &Edit<'_, '_>, value: &Scalar<'_>) -> Result<u32, EditError> {
    match edit {
        _ if !at.is_empty() => Err(EditError::Unmapped),
        // An object is cleared one sub-attribute at a time.
        Edit::Set(Scalar::Absent) => Ok(0),
        Edit::Set(new) if new == value => Ok(0),
        _ => Err(EditError::Fixed),
    }
}
