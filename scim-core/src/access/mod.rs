//! How library code reaches an application's struct.
//!
//! Reading and changing have different shapes, because their problems differ.
//!
//! - **Reading** hands out borrowed views: [`Value`], [`Object`], [`List`]. A view may be real (a field of a struct), a
//!   node of a [`Document`], or *virtual*: the e-mail object that a flat struct spreads over three columns. Code that
//!   reads never asks which.
//! - **Changing** names a place from the root by indices, `[emails, 1, value]`, and says what to do there: one call,
//!   [`Access::edit`], that changes or refuses. Nothing on the way comes into being before the change is accepted.
//!
//! The derive macros write these impls. Nothing here knows a schema: library code walks the
//! [`ResourceType`] and the views together.

mod bytes;
mod check;
mod column_hint;
pub(crate) mod compare;
mod convert;
mod date_time;
mod document;
mod dynamic;
pub mod flat;
mod foreign;
mod key;
mod object;
mod scalar;
mod secret;
mod spec;
mod standard;

pub use bytes::{Binary, InvalidBinary};
pub use check::{Tell, check_objects, checked, checked_option, edit_checked};
pub use column_hint::{ColumnHint, Row};
pub use convert::{Convert, convert, convert_option, converted, converted_option, fixed};
pub use date_time::{DateTime, InvalidDateTime};
pub use document::Document;
pub use dynamic::DynamicExtensions;
#[doc(hidden)]
pub use dynamic::DynamicField;
pub(crate) use key::{opaque, version_tag};
pub use object::{List, Object, Value};
pub use scalar::{Node, Scalar};
pub use secret::Secret;
pub use spec::path;
#[doc(hidden)]
pub use standard::{create, part, whole};
pub use standard::{fill, structure};

use std::{borrow::Cow, fmt::Display};

use crate::schema::{Attribute, AttributeSpec, DataType, ResourceType, common};

/// Everything that a field may hold: standard types, derived structs and enums, `Option<T>`, `Vec<T>`, [`Document`].
///
/// Implemented by the derive macros. A type of your own that is one text in SCIM implements it through
/// `#[derive(ScimValue)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the value of a SCIM attribute",
    note = "derive `ScimComplex` on a struct of attributes, `ScimValue` on an enum of texts or on a type around one value",
    note = "`#[scim(with = ..)]` converts a type of another crate, `#[scim(skip)]` leaves the field to the application",
    note = "types of `chrono`, `jiff`, `time` and `url` need the feature of `scim-core` with that name"
)]
pub trait Access: Send + Sync {
    /// Reading: a borrowed view. Nothing is allocated but text that has to be computed, such as a UUID.
    fn value(&self) -> Value<'_>;

    /// Reading, where something around the value says whether there is one, as `Option` and `Vec` do: an empty text,
    /// which by itself stands for no value, is a text there.
    fn assigned(&self) -> Value<'_> {
        self.value()
    }

    /// Changing: always from the root, by indices (attribute or extension, element, sub-attribute).
    ///
    /// Returns an index:
    ///
    /// - For [`Edit::Insert`] into a list, that of the new element in the list. What is at this index then is what was
    ///   kept of the element: a struct without a field for one of the parts leaves that part out. A caller that has to
    ///   report what was left out compares the two.
    /// - For any other edit of an element of a multi-valued attribute, or below one, the index that the element has
    ///   afterwards. An element of a flat struct gets another index when the edit gives it another `type`; see [`flat`].
    ///   If it leaves the overflow, the elements behind it move up by one.
    /// - Otherwise 0.
    ///
    /// # Errors
    ///
    /// What stands in the way. A refused edit may leave a part of an inserted element behind; whoever needs all or
    /// nothing edits a copy.
    fn edit(&mut self, at: &[u32], edit: Edit<'_, '_>) -> Result<u32, Refused>;

    /// As [`edit`](Self::edit), for a caller that makes many edits of one value in a row. The tracker is new before the
    /// first of them, and sees every edit of the value until the last. Without one, an edit of a flat struct may cost a
    /// walk over all elements of a list; with one, that happens once for each list.
    ///
    /// # Errors
    ///
    /// As [`edit`](Self::edit).
    fn edit_tracked(&mut self, tracker: &mut flat::Tracker, at: &[u32], edit: Edit<'_, '_>) -> Result<u32, Refused> {
        let _ = tracker;
        self.edit(at, edit)
    }

    /// A new value that holds this edit, so that fields and elements need no `Default`.
    ///
    /// # Errors
    ///
    /// As [`edit`](Self::edit).
    fn create(at: &[u32], edit: Edit<'_, '_>) -> Result<Self, Refused>
    where
        Self: Sized;
}

/// What a Rust type says about the attribute whose value it is.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the value of a SCIM attribute",
    note = "derive `ScimComplex` on a struct of attributes, `ScimValue` on an enum of texts or on a type around one value",
    note = "`#[scim(with = ..)]` converts a type of another crate, `#[scim(skip)]` leaves the field to the application",
    note = "types of `chrono`, `jiff`, `time` and `url` need the feature of `scim-core` with that name"
)]
pub trait AttributeType: Access + Sized {
    /// The type of one value.
    const DATA_TYPE: DataType;
    /// Whether it is a list.
    const MULTI_VALUED: bool = false;
    /// Whether values compare exactly.
    const CASE_EXACT: bool = false;
    /// The suggested values.
    const CANONICAL_VALUES: &'static [Cow<'static, str>] = &[];
    /// The parts of a complex value.
    const SUB_ATTRIBUTES: &'static [Attribute] = &[];

    /// How a column holds a value.
    #[doc(hidden)]
    const COLUMN: ColumnHint = ColumnHint::Unknown;

    /// All of these together, without a name.
    #[doc(hidden)]
    const SPEC: AttributeSpec = AttributeSpec::of::<Self>("");

    /// Whether values are objects.
    #[doc(hidden)]
    const IS_OBJECT: bool = matches!(Self::DATA_TYPE, DataType::Complex);

    // Derived code asks for this trait alone, so that a type without it is one mistake and gives one message.

    /// As [`Access::value`].
    #[doc(hidden)]
    fn read(&self) -> Value<'_> {
        self.value()
    }

    /// As [`Access::edit`].
    ///
    /// # Errors
    ///
    /// As there.
    #[doc(hidden)]
    fn change(&mut self, at: &[u32], edit: Edit<'_, '_>) -> Result<u32, Refused> {
        self.edit(at, edit)
    }

    /// As [`change`](Self::change), for a value that has to pass a check. An object is checked when all has changed,
    /// because it changes part by part.
    ///
    /// # Errors
    ///
    /// As there, and what the check refuses.
    #[doc(hidden)]
    fn change_checked<E: Display>(
        &mut self,
        at: &[u32],
        edit: Edit<'_, '_>,
        check: impl Fn(&Self) -> Result<(), E>,
    ) -> Result<u32, Refused> {
        // No value is nothing to check.
        if Self::IS_OBJECT || matches!(edit, Edit::Set(Scalar::Absent)) {
            return self.edit(at, edit);
        }
        *self = checked(Self::create(at, edit)?, check)?;
        Ok(0)
    }
}

/// A struct of named parts, real fields behind each. Derived.
#[expect(clippy::len_without_is_empty, reason = "a struct without parts does not occur")]
pub trait Struct: Send + Sync {
    /// How many parts there are.
    fn len(&self) -> u32;
    /// The part at an index.
    fn get(&self, index: u32) -> Value<'_>;
}

/// A row of fields that are bound to attributes by a table. Derived for flat structs; see [`flat`].
pub trait Fields: Send + Sync {
    /// The field at an index.
    fn field(&self, index: u16) -> Value<'_>;
    /// Changes within a field.
    ///
    /// # Errors
    ///
    /// As [`Access::edit`].
    fn edit_field(&mut self, index: u16, at: &[u32], edit: Edit<'_, '_>) -> Result<u32, Refused>;
}

/// A list of values.
#[expect(clippy::len_without_is_empty, reason = "`List::is_empty` does not count holes")]
pub trait Items: Send + Sync {
    /// How many there are.
    fn len(&self) -> u32;
    /// The one at an index.
    fn at(&self, index: u32) -> Value<'_>;
}

/// An application's struct as a SCIM resource. Derived.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a SCIM resource",
    note = "add `#[derive(ScimResource)]` and `#[scim(schema = \"..\", name = \"..\", endpoint = \"..\")]` to the struct"
)]
pub trait ScimResource: Resource {
    /// The resource type: name, endpoint, schemas.
    const TYPE: &'static ResourceType;
    /// Whether there is a field for extensions that are added to [`TYPE`](Self::TYPE) at run time; see
    /// [`DynamicExtensions`].
    const DYNAMIC_EXTENSIONS: bool = false;

    /// Whether `#[scim(validate = ..)]` looks at an object of this resource.
    #[doc(hidden)]
    const CHECKS_OBJECTS: bool = false;

    /// Has these checks look at their objects.
    #[doc(hidden)]
    fn check_objects(&self, _tell: &mut Tell<'_>) {}

    /// The struct's fields.
    #[doc(hidden)]
    const ROW: Row = Row::UNKNOWN;
}

/// The `meta` of a resource as one field: its parts are at the indices of [`schema::common`](crate::schema::common).
///
/// Use [`model::Meta`](crate::model::Meta). A type of your own, written by hand, implements this trait to say that its
/// parts are there.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the `meta` of a resource",
    note = "use `scim_core::model::Meta`, or bind fields by `#[scim(path = \"meta.created\")]`, `\"meta.lastModified\"` and \
`\"meta.version\"`"
)]
pub trait ResourceMeta: Access {}

impl<T: ResourceMeta> ResourceMeta for Option<T> {}

impl<T: ResourceMeta> ResourceMeta for Box<T> {}

/// A part of a resource: the struct behind a complex attribute. Derived.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a complex attribute",
    note = "add `#[derive(ScimComplex)]` to the struct"
)]
pub trait ScimComplex: AttributeType + Struct {}

/// A struct of attributes that extends a resource type under a URN of its own. Derived.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a schema extension",
    note = "add `#[derive(ScimExtension)]` and `#[scim(schema = \"urn:..\", name = \"..\")]` to the struct"
)]
pub trait ScimExtension: AttributeType {
    /// The URN.
    const SCHEMA: &'static str;
    /// The name for people.
    const NAME: &'static str;
    /// What the extension is for.
    const DESCRIPTION: &'static str;

    /// As in [`ScimResource`].
    #[doc(hidden)]
    const CHECKS_OBJECTS: bool = false;

    /// As in [`ScimResource`]; with the index of the extension.
    #[doc(hidden)]
    fn check_objects(&self, _index: u32, _tell: &mut Tell<'_>) {}
}

impl<T: ScimExtension> ScimExtension for Option<T> {
    const SCHEMA: &'static str = T::SCHEMA;
    const NAME: &'static str = T::NAME;
    const DESCRIPTION: &'static str = T::DESCRIPTION;
    const CHECKS_OBJECTS: bool = T::CHECKS_OBJECTS;

    fn check_objects(&self, index: u32, tell: &mut Tell<'_>) {
        if let Some(extension) = self {
            extension.check_objects(index, tell);
        }
    }
}

/// What a store can hold: a derived struct or a [`Document`].
pub trait Resource: Access + Clone + Default + 'static {}

impl<T: Access + Clone + Default + 'static> Resource for T {}

/// Returns whether resources have a field at a place.
pub(crate) fn has_place<R: Resource>(place: &[u32]) -> bool {
    !matches!(R::default().edit(place, Edit::Set(Scalar::Str("1".into()))), Err(Refused::NoPlace))
}

/// Returns whether resources have a field for `meta.version`.
pub(crate) fn keeps_versions<R: Resource>() -> bool {
    has_place::<R>(&[common::META, common::META_VERSION])
}

/// What to do at a place.
#[derive(Debug)]
pub enum Edit<'e, 'v> {
    /// Assign a simple value, at the place of a simple attribute or of an element that is simple. [`Scalar::Absent`]
    /// unassigns whatever is there, a list or an object too.
    Set(Scalar<'v>),
    /// Add an element to a list. The content moves out of the node.
    ///
    /// At the place of an object of a struct, the parts that the node has are set and the others stay; below
    /// [`Access::create`], a new element is filled that way. An object of a [`Document`] is changed part by part.
    Insert(&'e mut Node<'v>),
    /// Remove the elements of a list at these indices, which ascend. Indices without an element are passed over.
    Remove(&'e [u32]),
}

/// Why an edit was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The value does not fit; says what would: "a whole number", "one of `full`, `part`".
    Value(Cow<'static, str>),
    /// There is no field for this.
    NoPlace,
    /// An element would move to other fields, and there is none for the part at this index, which would be lost.
    NoPart(u32),
    /// The field for this element already holds another.
    Occupied,
    /// The mapping fixes this value.
    Fixed,
}

/// The index of a sub-attribute by name; for tables that a derive macro writes.
///
/// # Panics
///
/// If there is none. In a constant this is a compile error.
#[must_use]
pub const fn index_of(attributes: &'static [Attribute], name: &str) -> u32 {
    crate::schema::index_of(attributes, name)
}
