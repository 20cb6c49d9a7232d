//! Extensions of a derived struct that are known only at run time.

use std::fmt;

use super::{Document, Edit, EditError, Reflect, ValueRef};
/// The values of the extensions that are added to a derived resource type at run time
/// ([`ResourceType::with_extension`](crate::schema::ResourceType::with_extension)); the field that `#[scim(dynamic_extensions)]` marks.
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
/// // What a client sends as `urn:example:Shoes:size`, the application reads and writes by the path of that name.
/// let (size, _) = resolve_name(&person, "urn:example:Shoes:size", &Default::default())?;
/// let mut kim = Person::default();
/// assert!(kim.edit(size.steps(), Edit::Set(Scalar::Int(39))).is_ok());
/// assert_eq!(kim.view().at(size.steps()).scalar(), Scalar::Int(39));
///
/// // A column of the table takes the values as JSON.
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
    /// By the index of the extension's attribute in the resource type, which is behind those that the struct has.
    parts: Document,
}

impl DynamicExtensions {
    /// No values.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether there is no value.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.parts.view().is_absent()
    }

    /// The values, as a resource that has nothing else.
    pub(crate) fn as_document(&self) -> &Document {
        &self.parts
    }

    /// The values of a resource that has nothing else.
    pub(crate) fn from_document(parts: Document) -> Self {
        Self { parts }
    }
}

impl fmt::Debug for DynamicExtensions {
    /// Without values, among which there may be secrets: what they are only the resource type knows.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DynamicExtensions").finish_non_exhaustive()
    }
}

/// What derived code asks of the field that `#[scim(dynamic_extensions)]` marks, so that a wrong type is one mistake and
/// gives one message.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot hold dynamic extensions",
    note = "use `scim_core::reflect::DynamicExtensions` as the type of a field with `dynamic_extensions`"
)]
pub trait DynamicField {
    /// All values, by the index of the extension.
    fn read(&self) -> ValueRef<'_>;

    /// Changes at a place that starts with the index of the extension.
    ///
    /// # Errors
    ///
    /// As [`Reflect::edit`].
    fn change(&mut self, at: &[u32], edit: Edit<'_, '_>) -> Result<u32, EditError>;

    /// One more than the highest index that may hold a value, in a struct with this many attributes of its own.
    fn end(&self, own: u32) -> u32;
}

impl DynamicField for DynamicExtensions {
    fn read(&self) -> ValueRef<'_> {
        self.parts.view()
    }

    fn change(&mut self, at: &[u32], edit: Edit<'_, '_>) -> Result<u32, EditError> {
        match (at, edit) {
            // An extension is an object; what a document is given elsewhere is an element of a list.
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
