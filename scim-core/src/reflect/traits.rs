//! The traits of the application's structs.

use std::{borrow::Cow, fmt::Display};

use super::{
    Edit, EditError, Scalar, Struct, ValueRef,
    column_hint::{ColumnHint, Row},
    flat::Tracker,
};
use crate::schema::{Attribute, AttributeSpec, DataType, ResourceType, common};

/// A value that library code can read and edit: a standard type, a derived struct or enum, `Option<T>`, `Vec<T>`, a
/// [`Document`](super::Document).
///
/// The derive macros implement it. Derive `ScimValue` for a type of your own that is a single text in SCIM.
///
/// ```
/// use scim_core::{
///     ScimResource as _,
///     model::User,
///     path,
///     reflect::{Edit, Reflect, Scalar},
/// };
///
/// let mut user = User::default();
/// let title = path!(User, "title");
/// user.edit(title.steps(), Edit::Set(Scalar::Str("Tour guide".into())))?;
/// assert_eq!(user.title.as_deref(), Some("Tour guide"));
/// assert_eq!(user.view().at(title.steps()).into_str().as_deref(), Some("Tour guide"));
/// # Ok::<(), scim_core::reflect::EditError>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be used as a SCIM attribute",
    note = "derive `ScimComplex` for a struct of attributes, or `ScimValue` for an enum of strings or a type that wraps one value",
    note = "use `#[scim(with = ..)]` to convert a type of another crate, or `#[scim(skip)]` to exclude the field",
    note = "for a type of `chrono`, `jiff`, `time` or `url`, enable the feature of `scim-core` with that name"
)]
pub trait Reflect: Send + Sync {
    /// Returns a borrowed view of the value. Only text that must be computed is allocated, such as that of a UUID.
    fn view(&self) -> ValueRef<'_>;

    /// Returns a view of the value within an `Option` or a `Vec`, which themselves determine whether there is a value.
    /// There, an empty text is a value; otherwise it is absent.
    fn assigned(&self) -> ValueRef<'_> {
        self.view()
    }

    /// Makes an edit at a place.
    ///
    /// The place is always given from the root, by indices of an attribute or extension, an element, and a
    /// sub-attribute.
    ///
    /// Returns an index:
    ///
    /// - For [`Edit::Insert`] into a list, the index of the new element. A struct without a field for a sub-attribute
    ///   drops that sub-attribute. To find what was dropped, compare the element at this index with the inserted value.
    /// - For any other edit of an element of a multi-valued attribute, or below one, the index that the element has
    ///   afterwards. An element of a flat struct moves to other fields, and gets another index, when its `type`
    ///   changes. If it leaves the field for all other elements, the elements after it move up by one.
    /// - Otherwise 0.
    ///
    /// # Errors
    ///
    /// Fails if the struct cannot hold the result; see [`EditError`]. A failed insert may leave a partial element
    /// behind. Edit a clone if you need atomicity.
    fn edit(&mut self, at: &[u32], edit: Edit<'_, '_>) -> Result<u32, EditError>;

    /// Makes an edit that belongs to a series of edits of the same value.
    ///
    /// Pass a new tracker to the first edit, and the same tracker to all others until the last. Without a tracker, an
    /// edit of a flat struct may visit all elements of a list. With one, the elements are visited once for each list.
    ///
    /// # Errors
    ///
    /// The same as [`edit`](Self::edit).
    #[doc(hidden)]
    fn edit_tracked(&mut self, tracker: &mut Tracker, at: &[u32], edit: Edit<'_, '_>) -> Result<u32, EditError> {
        let _ = tracker;
        self.edit(at, edit)
    }

    /// Returns a new value with this edit made, so that fields and elements need no `Default`.
    ///
    /// # Errors
    ///
    /// The same as [`edit`](Self::edit).
    fn create(at: &[u32], edit: Edit<'_, '_>) -> Result<Self, EditError>
    where
        Self: Sized;
}

/// The characteristics of an attribute that follow from the Rust type of its values.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be used as a SCIM attribute",
    note = "derive `ScimComplex` for a struct of attributes, or `ScimValue` for an enum of strings or a type that wraps one value",
    note = "use `#[scim(with = ..)]` to convert a type of another crate, or `#[scim(skip)]` to exclude the field",
    note = "for a type of `chrono`, `jiff`, `time` or `url`, enable the feature of `scim-core` with that name"
)]
pub trait AttributeType: Reflect + Sized {
    /// The data type of a single value.
    const DATA_TYPE: DataType;
    /// Whether the type is a list.
    const MULTI_VALUED: bool = false;
    /// Whether the comparison of values is case-sensitive.
    const CASE_EXACT: bool = false;
    /// The suggested values.
    const CANONICAL_VALUES: &'static [Cow<'static, str>] = &[];
    /// The sub-attributes of a complex value.
    const SUB_ATTRIBUTES: &'static [Attribute] = &[];

    /// How a column holds a value.
    #[doc(hidden)]
    const COLUMN: ColumnHint = ColumnHint::Unknown;

    /// All characteristics, without a name.
    #[doc(hidden)]
    const SPEC: AttributeSpec = AttributeSpec::of::<Self>("");

    /// Whether values are objects.
    #[doc(hidden)]
    const IS_OBJECT: bool = matches!(Self::DATA_TYPE, DataType::Complex);

    // Derived code requires only this trait, so that a type without it causes one compile error.

    /// The same as [`Reflect::view`].
    #[doc(hidden)]
    fn read(&self) -> ValueRef<'_> {
        self.view()
    }

    /// The same as [`Reflect::edit`].
    #[doc(hidden)]
    fn change(&mut self, at: &[u32], edit: Edit<'_, '_>) -> Result<u32, EditError> {
        self.edit(at, edit)
    }

    /// Makes an edit of a value that must pass a check. An object changes one sub-attribute at a time, so it is checked
    /// after the whole request.
    ///
    /// Fails as [`Reflect::edit`] does, and if the check fails.
    #[doc(hidden)]
    fn change_checked<E: Display>(
        &mut self,
        at: &[u32],
        edit: Edit<'_, '_>,
        check: impl Fn(&Self) -> Result<(), E>,
    ) -> Result<u32, EditError> {
        // The absence of a value needs no check.
        if Self::IS_OBJECT || matches!(edit, Edit::Set(Scalar::Absent)) {
            return self.edit(at, edit);
        }
        *self = checked(Self::create(at, edit)?, check)?;
        Ok(0)
    }
}

/// A struct of the application that is a SCIM resource. Derive it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a SCIM resource",
    note = "add `#[derive(ScimResource)]` and `#[scim(schema = \"..\", name = \"..\", endpoint = \"..\")]` to the struct"
)]
pub trait ScimResource: Resource {
    /// The resource type: name, endpoint, schemas.
    const TYPE: &'static ResourceType;
    /// Whether the struct has a field for extensions that are added to [`TYPE`](Self::TYPE) at run time; see
    /// [`DynamicExtensions`](super::DynamicExtensions).
    const DYNAMIC_EXTENSIONS: bool = false;

    /// Whether a `#[scim(validate = ..)]` checks an object of this resource.
    #[doc(hidden)]
    const CHECKS_OBJECTS: bool = false;

    /// Reports the objects that fail such a check.
    #[doc(hidden)]
    fn check_objects(&self, _report: &mut InvalidObjects<'_>) {}

    /// The fields of the struct.
    #[doc(hidden)]
    const ROW: Row = Row::UNKNOWN;
}

/// The `meta` of a resource as a single field. Its sub-attributes are at the indices of
/// [`schema::common`](crate::schema::common).
///
/// Use [`model::Meta`](crate::model::Meta). A type that you write by hand implements this trait to promise that it has
/// these sub-attributes.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be used as the `meta` attribute",
    note = "use `scim_core::model::Meta`, or bind fields to `meta.created`, `meta.lastModified` and `meta.version` with \
`#[scim(path = \"..\")]`"
)]
pub trait ResourceMeta: Reflect {}

impl<T: ResourceMeta> ResourceMeta for Option<T> {}

impl<T: ResourceMeta> ResourceMeta for Box<T> {}

/// A struct of the application that is the value of a complex attribute. Derive it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a SCIM complex attribute",
    note = "add `#[derive(ScimComplex)]` to the struct"
)]
pub trait ScimComplex: AttributeType + Struct {
    /// The fields of the struct.
    #[doc(hidden)]
    const ROW: Row = Row::UNKNOWN;
}

/// A struct of attributes that extends a resource type with a schema of its own. Derive it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a SCIM schema extension",
    note = "add `#[derive(ScimExtension)]` and `#[scim(schema = \"urn:..\", name = \"..\")]` to the struct"
)]
pub trait ScimExtension: AttributeType {
    /// The URN of the schema.
    const SCHEMA: &'static str;
    /// The human-readable name.
    const NAME: &'static str;
    /// The purpose of the extension.
    const DESCRIPTION: &'static str;

    /// Whether a `#[scim(validate = ..)]` checks an object of this extension.
    #[doc(hidden)]
    const CHECKS_OBJECTS: bool = false;

    /// Reports the objects that fail such a check; `index` is that of the extension in the resource.
    #[doc(hidden)]
    fn check_objects(&self, _index: u32, _report: &mut InvalidObjects<'_>) {}
}

impl<T: ScimExtension> ScimExtension for Option<T> {
    const SCHEMA: &'static str = T::SCHEMA;
    const NAME: &'static str = T::NAME;
    const DESCRIPTION: &'static str = T::DESCRIPTION;
    const CHECKS_OBJECTS: bool = T::CHECKS_OBJECTS;

    fn check_objects(&self, index: u32, report: &mut InvalidObjects<'_>) {
        if let Some(extension) = self {
            extension.check_objects(index, report);
        }
    }
}

/// A type that a store can hold: a derived struct or a [`Document`](super::Document).
pub trait Resource: Reflect + Clone + Default + 'static {}

impl<T: Reflect + Clone + Default + 'static> Resource for T {}

/// Returns whether resources have a field at a place.
pub(crate) fn has_place<R: Resource>(place: &[u32]) -> bool {
    !matches!(R::default().edit(place, Edit::Set(Scalar::Str("1".into()))), Err(EditError::Unmapped))
}

/// Returns whether resources have a field for `meta.version`.
pub(crate) fn keeps_versions<R: Resource>() -> bool {
    has_place::<R>(&[common::META, common::META_VERSION])
}

/// Receives each object that fails a check: the place of its attribute, the object, and what is expected.
pub type InvalidObjects<'t> = dyn FnMut(&[u32], ValueRef<'_>, &dyn Display) + 't;

/// Returns a value if it passes a check. Derived code calls this function.
///
/// # Errors
///
/// Fails if the check rejects the value.
pub fn checked<T, E: Display>(value: T, check: impl Fn(&T) -> Result<(), E>) -> Result<T, EditError> {
    check(&value).map_err(|message| EditError::invalid(&message))?;
    Ok(value)
}
