//! Values of types that know nothing of SCIM, by conversion: what `#[scim(with = ..)]` does.

use std::{borrow::Cow, fmt::Display};

use super::{AttributeType, Edit, EditError, Reflect, Scalar, ValueRef};
use crate::schema::AttributeSpec;

/// How the values of a type `T` are written in SCIM; what `#[scim(with = ..)]` names.
///
/// The trait is implemented by a type of the application, because `T` may belong to another crate.
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

    /// The value as SCIM writes it.
    fn to_scim(value: &T) -> Self::Scim;

    /// The value that is meant.
    ///
    /// # Errors
    ///
    /// If there is none; the client is answered 400 `invalidValue`.
    fn from_scim(scim: Self::Scim) -> Result<T, Self::Error>;

    // Derived code asks for this trait alone, so that a type without it is one mistake and gives one message.

    /// What the converted values say about an attribute.
    #[doc(hidden)]
    const SPEC: AttributeSpec = AttributeSpec::of::<Self::Scim>("");

    /// Reads a field.
    #[doc(hidden)]
    fn read(value: &T) -> ValueRef<'static> {
        converted(value, Self::to_scim)
    }

    /// Reads what an `Option` holds.
    #[doc(hidden)]
    fn read_option(value: Option<&T>) -> ValueRef<'static> {
        converted_option(value, Self::to_scim)
    }

    /// Makes a value.
    ///
    /// # Errors
    ///
    /// As [`Reflect::create`], and what the conversion refuses.
    #[doc(hidden)]
    fn create(at: &[u32], edit: Edit<'_, '_>) -> Result<T, EditError> {
        convert(at, edit, Self::from_scim)
    }

    /// Makes what an `Option` holds.
    ///
    /// # Errors
    ///
    /// As [`create`](Self::create).
    #[doc(hidden)]
    fn create_option(at: &[u32], edit: Edit<'_, '_>) -> Result<Option<T>, EditError> {
        convert_option(at, edit, Self::from_scim)
    }
}

/// Reads a converted field; derived code calls it.
pub fn converted<T, S: Reflect>(value: &T, to: impl Fn(&T) -> S) -> ValueRef<'static> {
    owned(to(value).view())
}

/// As [`converted`], for what an `Option` holds.
pub fn converted_option<T, S: Reflect>(value: Option<&T>, to: impl Fn(&T) -> S) -> ValueRef<'static> {
    value.map_or(ValueRef::ABSENT, |value| owned(to(value).assigned()))
}

fn owned(value: ValueRef<'_>) -> ValueRef<'static> {
    match value {
        ValueRef::Scalar(scalar) => ValueRef::Scalar(scalar.into_owned()),
        // Rejected when the schema is built.
        ValueRef::Complex(_) | ValueRef::List(_) => ValueRef::ABSENT,
    }
}

/// Makes a converted value; derived code calls it.
///
/// # Errors
///
/// As [`Reflect::create`], and what the conversion refuses.
pub fn convert<T, S: Reflect, E: Display>(
    at: &[u32],
    edit: Edit<'_, '_>,
    from: impl Fn(S) -> Result<T, E>,
) -> Result<T, EditError> {
    from(S::create(at, edit)?).map_err(|message| refused(&message))
}

/// As [`convert`], for what an `Option` holds.
///
/// # Errors
///
/// As [`convert`].
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

pub(super) fn refused(message: &dyn Display) -> EditError {
    EditError::Invalid(Cow::Owned(message.to_string()))
}

/// An edit of a value that the mapping fixes; derived code calls it.
///
/// # Errors
///
/// `Fixed` if it would be another.
pub fn fixed(at: &[u32], edit: &Edit<'_, '_>, value: &Scalar<'_>) -> Result<u32, EditError> {
    match edit {
        _ if !at.is_empty() => Err(EditError::Unmapped),
        // An object is cleared part by part.
        Edit::Set(Scalar::Absent) => Ok(0),
        Edit::Set(new) if new == value => Ok(0),
        _ => Err(EditError::Fixed),
    }
}
