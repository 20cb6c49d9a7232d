//! Extensions of a derived struct that are known only at run time.

use std::fmt;

use super::{Document, Edit, EditError, Reflect, ValueRef};
/// The values of the extensions that are added to a derived resource type at run time with
/// [`ResourceType::with_extension`](crate::schema::ResourceType::with_extension). This is the type of the field with
/// `#[scim(dynamic_extensions)]`.
///
/// ```
/// use scim_core::{
///     Scim, ScimResource,
///     reflect::{Reflect, DynamicExtensions, Edit, Scalar},
///     resolve_name,
///     schema::Schema,
///     store::MemoryStore,
/// };
///
/// #[derive(Clone, Debug, Default, ScimResource)]
/// #[scim(schema = "urn:ietf:params:scim:schemas:core:2.0:User", name = "User", endpoint = "/Users")]
/// struct Person {
///     id: String,
///     user_name: String,
///     #[scim(dynamic_extensions)]
///     extra: DynamicExtensions,
/// }
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let shoes: Schema = serde_json::from_str(
///     r#"{"id": "urn:example:Shoes", "name": "Shoes", "attributes": [{"name": "size", "type": "integer"}]}"#,
/// )?;
/// let person = Person::TYPE.clone().with_extension(shoes)?;
///
/// // The application accesses the attribute that clients call `urn:example:Shoes:size` by the path of that name.
/// let (size, _) = resolve_name(&person, "urn:example:Shoes:size", &Default::default())?;
/// let mut kim = Person::default();
/// assert!(kim.edit(size.steps(), Edit::Set(Scalar::Int(39))).is_ok());
/// assert_eq!(kim.view().at(size.steps()).scalar(), Scalar::Int(39));
///
/// // A column of the table stores the values as JSON.
/// let column = kim.extra.to_json(&person)?;
/// assert_eq!(column, r#"{"urn:example:Shoes":{"size":39}}"#);
/// let (extra, unknown) = DynamicExtensions::from_json::<Person>(&person, &column)?;
/// assert_eq!((extra, unknown.len()), (kim.extra, 0));
///
/// let store = MemoryStore::<Person>::of(person.clone());
/// let scim = Scim::builder().resource_as(person, store).build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default, PartialEq)]
pub struct DynamicExtensions {
    /// The values by the index of the extension in the resource type, which follows those of the struct's own
    /// attributes.
    parts: Document,
}

impl DynamicExtensions {
    /// Returns an empty set of values.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns whether there is no value.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.parts.view().is_absent()
    }

    /// Returns the values as a resource that has nothing else.
    pub(crate) fn as_document(&self) -> &Document {
        &self.parts
    }

    /// Takes the values from a resource that has nothing else.
    pub(crate) fn from_document(parts: Document) -> Self {
        Self { parts }
    }
}

impl fmt::Debug for DynamicExtensions {
    /// Shows no values, because some may be secret and only the resource type knows which.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DynamicExtensions").finish_non_exhaustive()
    }
}

/// The trait that derived code requires of the field with `#[scim(dynamic_extensions)]`, so that a wrong type causes
/// one compile error.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot hold dynamic extensions",
    note = "use `scim_core::reflect::DynamicExtensions` as the type of a field with `dynamic_extensions`"
)]
pub trait DynamicField {
    /// Returns all values, by the index of the extension.
    fn read(&self) -> ValueRef<'_>;

    /// Makes an edit at a place that starts with the index of the extension.
    ///
    /// # Errors
    ///
    /// The same as [`Reflect::edit`].
    fn change(&mut self, at: &[u32], edit: Edit<'_, '_>) -> Result<u32, EditError>;

    /// Returns one more than the highest index that may hold a value, in a struct with `own` attributes of its own.
    fn end(&self, own: u32) -> u32;
}

impl DynamicField for DynamicExtensions {
    fn read(&self) -> ValueRef<'_> {
        self.parts.view()
    }

    fn change(&mut self, at: &[u32], edit: Edit<'_, '_>) -> Result<u32, EditError> {
        match (at, edit) {
            // An extension is an object. Elsewhere, an inserted value is an element of a list.
            ([index], Edit::Insert(node)) => self.parts.put(*index, std::mem::take(node)),
            (at, edit) => self.parts.edit(at, edit),
        }
    }

    fn end(&self, own: u32) -> u32 {
        match self.parts.view() {
            ValueRef::Complex(object) => object.len().max(own),
            ValueRef::Scalar(_) | ValueRef::List(_) => own,
        }
    }
}
