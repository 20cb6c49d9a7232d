//! Resource types and the schemas that they consist of (RFC 7643 §6 and §7).

use std::borrow::Cow;

use super::Place;
use super::{Attribute, AttributeSpec, DataType, Mutability, Path, SchemaErrors, at, common, find};

/// A type of resource, such as `User`: its endpoint, its core schema and its extensions (RFC 7643 §6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceType {
    /// The name, such as `User`; also the resource type's `id` and the value of `meta.resourceType`.
    pub name: Cow<'static, str>,
    /// The path of the endpoint below the base URL, such as `/Users`.
    pub endpoint: Cow<'static, str>,
    /// The human-readable description.
    pub description: Cow<'static, str>,
    /// The core schema.
    pub schema: SchemaHead,
    /// The extensions, in the order of their attributes at the end of [`attributes`](Self::attributes).
    pub extensions: Cow<'static, [SchemaHead]>,
    /// The whole tree: the [common attributes](common), the core schema's attributes, then one complex attribute for
    /// each extension. The attribute specifies whether the extension is required.
    pub attributes: Cow<'static, [Attribute]>,
}

/// The identification of a schema.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SchemaHead {
    /// The URN.
    pub id: Cow<'static, str>,
    /// The human-readable name.
    pub name: Cow<'static, str>,
    /// The description.
    pub description: Cow<'static, str>,
}

impl SchemaHead {
    /// Returns the head of a schema that is known at compile time.
    #[must_use]
    pub const fn new(id: &'static str, name: &'static str, description: &'static str) -> Self {
        Self { id: Cow::Borrowed(id), name: Cow::Borrowed(name), description: Cow::Borrowed(description) }
    }
}

/// A schema as `/Schemas` publishes it (RFC 7643 §7).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schema {
    /// The URN, the name and the description.
    pub head: SchemaHead,
    /// The attributes.
    pub attributes: Cow<'static, [Attribute]>,
}

impl Schema {
    /// Returns the head, and the complex attribute that holds the values.
    fn into_extension(self, required: bool) -> (SchemaHead, Attribute) {
        let attribute = Attribute {
            name: self.head.id.clone(),
            description: self.head.description.clone(),
            required,
            sub_attributes: self.attributes,
            ..AttributeSpec::new("", DataType::Complex).build()
        };
        (self.head, attribute)
    }
}

impl ResourceType {
    /// Returns a resource type that is known only at run time.
    ///
    /// It is not checked here, but by [`ResourceType::check`] and by the server's builder.
    #[must_use]
    pub fn new(
        name: String,
        endpoint: String,
        description: String,
        schema: Schema,
        extensions: Vec<(Schema, bool)>,
    ) -> Self {
        let mut attributes = Vec::from(common::ATTRIBUTES);
        attributes.extend(schema.attributes.into_owned());
        let mut heads = Vec::with_capacity(extensions.len());
        for (extension, required) in extensions {
            let (head, attribute) = extension.into_extension(required);
            attributes.push(attribute);
            heads.push(head);
        }
        Self {
            name: name.into(),
            endpoint: endpoint.into(),
            description: description.into(),
            schema: schema.head,
            extensions: heads.into(),
            attributes: attributes.into(),
        }
    }

    /// Returns this resource type with one more extension that is known only at run time, such as one defined by a
    /// customer.
    ///
    /// The extension is appended, so constant paths remain valid. A derived struct holds its values in a field with
    /// `#[scim(dynamic_extensions)]`; see [`DynamicExtensions`](crate::reflect::DynamicExtensions).
    ///
    /// Its `canonicalValues` are suggestions, as in RFC 7643 §7: shown in `/Schemas`, not enforced. (Those of a derived
    /// enum without `#[scim(other)]` are enforced, because its type holds no others.) A store may reject other values
    /// with [`StoreError::Rejected`](crate::store::StoreError::Rejected).
    ///
    /// # Errors
    ///
    /// All faults of the resulting resource type, such as a URN that it already has, or two attributes with the same
    /// name.
    pub fn with_extension(self, extension: Schema) -> Result<Self, SchemaErrors> {
        self.extended(extension, false)
    }

    /// Like [`with_extension`](Self::with_extension), but every resource must have values of this extension.
    ///
    /// # Errors
    ///
    /// All faults of the resulting resource type.
    pub fn with_required_extension(self, extension: Schema) -> Result<Self, SchemaErrors> {
        self.extended(extension, true)
    }

    fn extended(mut self, extension: Schema, required: bool) -> Result<Self, SchemaErrors> {
        let (head, attribute) = extension.into_extension(required);
        self.extensions.to_mut().push(head);
        self.attributes.to_mut().push(attribute);
        self.check()?;
        Ok(self)
    }

    /// Returns the index of the first extension's attribute.
    #[must_use]
    pub fn first_extension(&self) -> usize {
        self.attributes.len().saturating_sub(self.extensions.len())
    }

    /// Returns the attributes of the core schema.
    #[must_use]
    pub fn core_attributes(&self) -> &[Attribute] {
        self.attributes.get(common::COUNT as usize..self.first_extension()).unwrap_or_default()
    }

    /// Returns the complex attributes that hold the extensions.
    #[must_use]
    pub fn extension_attributes(&self) -> &[Attribute] {
        self.attributes.get(self.first_extension()..).unwrap_or_default()
    }

    /// Returns the schemas of this resource type, the core schema first.
    #[must_use]
    pub fn schemas(&self) -> Vec<Schema> {
        let core = Schema { head: self.schema.clone(), attributes: self.core_attributes().to_vec().into() };
        let extensions = self
            .extensions
            .iter()
            .zip(self.extension_attributes())
            .map(|(head, attribute)| Schema { head: head.clone(), attributes: attribute.sub_attributes.clone() });
        std::iter::once(core).chain(extensions).collect()
    }

    /// Returns the attribute at a path of indices.
    #[must_use]
    pub fn attribute(&self, path: Path) -> Option<&Attribute> {
        let (first, rest) = path.steps().split_first()?;
        rest.iter().try_fold(at(&self.attributes, *first)?, |attribute, step| at(&attribute.sub_attributes, *step))
    }

    /// Returns whether clients can read the attribute at a path: it and all its parents are
    /// [readable](Attribute::is_readable).
    pub(crate) fn is_readable(&self, path: Path) -> bool {
        let mut attributes: &[Attribute] = &self.attributes;
        path.steps().iter().all(|step| {
            let Some(attribute) = at(attributes, *step) else { return false };
            attributes = &attribute.sub_attributes;
            attribute.is_readable()
        })
    }

    /// Returns the place of an attribute in a resource, or `None` if a list is on the way, because there is one place
    /// per element.
    pub(crate) fn place(&self, path: Path) -> Option<Place> {
        let mut attributes: &[Attribute] = &self.attributes;
        let mut place = Place::ROOT;
        let mut is_in_list = false;
        for step in path.steps() {
            if is_in_list {
                return None;
            }
            let attribute = at(attributes, *step)?;
            place = place.child(*step);
            is_in_list = attribute.multi_valued;
            attributes = &attribute.sub_attributes;
        }
        Some(place)
    }

    /// Returns who may write an attribute, and when, taking its parents into account: everything within a read-only
    /// attribute is read-only, and everything within an immutable one can be set once (RFC 7643 §7).
    #[must_use]
    pub fn mutability(&self, path: Path) -> Mutability {
        let mut attributes: &[Attribute] = &self.attributes;
        let mut mutability = Mutability::ReadWrite;
        for step in path.steps() {
            let Some(attribute) = at(attributes, *step) else { break };
            mutability = match (mutability, attribute.mutability) {
                (Mutability::ReadOnly, _) | (_, Mutability::ReadOnly) => Mutability::ReadOnly,
                (Mutability::Immutable, _) | (_, Mutability::Immutable) => Mutability::Immutable,
                (Mutability::WriteOnly, _) | (_, Mutability::WriteOnly) => Mutability::WriteOnly,
                (Mutability::ReadWrite, Mutability::ReadWrite) => Mutability::ReadWrite,
            };
            attributes = &attribute.sub_attributes;
        }
        mutability
    }

    /// Returns the path's name as a client would write it: `userName`, `name.givenName`, `urn:..:User:department`.
    #[must_use]
    pub fn name_of(&self, path: Path) -> String {
        let mut name = String::new();
        let mut attributes: &[Attribute] = &self.attributes;
        let mut separator = "";
        for step in path.steps() {
            let Some(attribute) = at(attributes, *step) else { break };
            name.push_str(separator);
            name.push_str(&attribute.name);
            separator = if attribute.is_extension() { ":" } else { "." };
            attributes = &attribute.sub_attributes;
        }
        name
    }

    /// Returns the extension with this URN, ignoring case, and the index of its attribute.
    #[must_use]
    pub fn extension(&self, urn: &str) -> Option<(u32, &Attribute)> {
        let first = self.first_extension();
        let (index, attribute) = find(self.extension_attributes(), urn)?;
        Some((u32::try_from(first).ok()?.checked_add(index)?, attribute))
    }
}
