//! Attributes and their characteristics (RFC 7643 §2.2 and §7).

use std::borrow::Cow;

/// One attribute of a schema with all its characteristics (RFC 7643 §7).
///
/// The same type is used for schemas that a derive macro builds at compile time (every [`Cow`] borrowed) and for
/// schemas that are read from a document at run time (owned).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// The name as it is written in JSON. The name of the object that holds an extension is the extension's URN.
    pub name: Cow<'static, str>,
    /// The human-readable description.
    pub description: Cow<'static, str>,
    /// The type of one value.
    pub data_type: DataType,
    /// Whether the attribute is an array of values.
    pub multi_valued: bool,
    /// Whether every resource must have a value.
    pub required: bool,
    /// Whether letter case is significant when values are compared.
    pub case_exact: bool,
    /// Suggested values. They are published but never enforced (RFC 7643 §2.3.1 leaves that to the provider).
    pub canonical_values: Cow<'static, [Cow<'static, str>]>,
    /// Who may write the attribute, and when.
    pub mutability: Mutability,
    /// When the attribute is in a response.
    pub returned: Returned,
    /// The scope in which a value is unique.
    pub uniqueness: Uniqueness,
    /// The possible targets of a reference: resource type names, `external` or `uri`.
    pub reference_types: Cow<'static, [Cow<'static, str>]>,
    /// The sub-attributes of a complex attribute.
    pub sub_attributes: Cow<'static, [Attribute]>,
}

/// The type of one value of an attribute, RFC 7643 §2.3.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DataType {
    /// Text.
    #[default]
    String,
    /// `true` or `false`.
    Boolean,
    /// A number with a fraction.
    Decimal,
    /// An integer.
    Integer,
    /// A point in time.
    DateTime,
    /// Bytes, written as base64 text.
    Binary,
    /// A URI.
    Reference,
    /// An object of simple attributes.
    Complex,
}

/// Who may write an attribute, and when (RFC 7643 §7).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mutability {
    /// Only the service provider writes it; values from clients are ignored.
    ReadOnly,
    /// Clients read and write it.
    #[default]
    ReadWrite,
    /// Clients may set it once.
    Immutable,
    /// Clients may write it, but it is never returned.
    WriteOnly,
}

/// When an attribute is in a response (RFC 7643 §7).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Returned {
    /// In every response.
    Always,
    /// In no response, and clients cannot filter or sort by it.
    Never,
    /// Unless the client's projection excludes it.
    #[default]
    Default,
    /// Only if the client requested it.
    Request,
}

/// The scope in which a value is unique (RFC 7643 §7).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Uniqueness {
    /// Values may repeat.
    #[default]
    None,
    /// Unique among the resources of this type within one tenant.
    Server,
    /// Globally unique.
    Global,
}

/// The characteristics of an attribute that is known at compile time; everything is borrowed.
///
/// A constant cannot be built from another [`Attribute`] with `..base` (it has a destructor), but it can be built from
/// this type:
///
/// ```
/// use scim_core::schema::{Attribute, AttributeSpec, DataType};
///
/// const TITLE: Attribute = AttributeSpec { required: true, ..AttributeSpec::new("title", DataType::String) }.build();
/// assert!(TITLE.required);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct AttributeSpec {
    /// See [`Attribute::name`].
    pub name: &'static str,
    /// See [`Attribute::description`].
    pub description: &'static str,
    /// See [`Attribute::data_type`].
    pub data_type: DataType,
    /// See [`Attribute::multi_valued`].
    pub multi_valued: bool,
    /// See [`Attribute::required`].
    pub required: bool,
    /// See [`Attribute::case_exact`].
    pub case_exact: bool,
    /// See [`Attribute::canonical_values`].
    pub canonical_values: &'static [Cow<'static, str>],
    /// See [`Attribute::mutability`].
    pub mutability: Mutability,
    /// See [`Attribute::returned`].
    pub returned: Returned,
    /// See [`Attribute::uniqueness`].
    pub uniqueness: Uniqueness,
    /// See [`Attribute::reference_types`].
    pub reference_types: &'static [Cow<'static, str>],
    /// See [`Attribute::sub_attributes`].
    pub sub_attributes: &'static [Attribute],
}

impl AttributeSpec {
    /// Returns a single-valued, optional attribute with the default characteristics of RFC 7643 §2.2.
    #[must_use]
    pub const fn new(name: &'static str, data_type: DataType) -> Self {
        Self {
            name,
            description: "",
            data_type,
            multi_valued: false,
            required: false,
            case_exact: false,
            canonical_values: &[],
            mutability: Mutability::ReadWrite,
            returned: Returned::Default,
            uniqueness: Uniqueness::None,
            reference_types: &[],
            sub_attributes: &[],
        }
    }

    /// Builds the attribute. A write-only attribute is never returned, unless `returned` is set to something else,
    /// which [`ResourceType::check`](super::ResourceType::check) rejects.
    #[must_use]
    pub const fn build(self) -> Attribute {
        Attribute {
            name: Cow::Borrowed(self.name),
            description: Cow::Borrowed(self.description),
            data_type: self.data_type,
            multi_valued: self.multi_valued,
            required: self.required,
            case_exact: self.case_exact,
            canonical_values: Cow::Borrowed(self.canonical_values),
            mutability: self.mutability,
            returned: match (self.mutability, self.returned) {
                (Mutability::WriteOnly, Returned::Default) => Returned::Never,
                (_, returned) => returned,
            },
            uniqueness: self.uniqueness,
            reference_types: Cow::Borrowed(self.reference_types),
            sub_attributes: Cow::Borrowed(self.sub_attributes),
        }
    }
}

impl Attribute {
    /// Returns whether this is the object that holds an extension, whose name is a URN.
    #[must_use]
    pub fn is_extension(&self) -> bool {
        // No attribute name contains a colon (RFC 7643 §2.1), every URN does.
        self.data_type == DataType::Complex && self.name.contains(':')
    }

    /// Returns whether a client may read the attribute: it is neither `returned: never` nor `mutability: writeOnly`.
    ///
    /// Responses, filters, sorting and `schemas` all use this method, so that none of them reveals what a response
    /// hides (RFC 7643 §7).
    ///
    /// ```
    /// use scim_core::schema::{AttributeSpec, DataType, Mutability};
    ///
    /// let pin = AttributeSpec { mutability: Mutability::WriteOnly, ..AttributeSpec::new("pin", DataType::String) }.build();
    /// assert!(!pin.is_readable());
    /// ```
    #[must_use]
    pub fn is_readable(&self) -> bool {
        self.returned != Returned::Never && self.mutability != Mutability::WriteOnly
    }

    /// Returns whether a sub-attribute has content of its own: it is not a label such as `type` or `primary` (RFC 7643
    /// §2.4), clients can write it, and it is not just the location of the `value`.
    pub(crate) fn has_content(&self) -> bool {
        let is_label = ["type", "primary", "$ref"].iter().any(|label| self.name.eq_ignore_ascii_case(label));
        !is_label && self.mutability != Mutability::ReadOnly
    }

    /// Returns whether any sub-attribute, at any depth, is not [readable](Self::is_readable).
    pub(crate) fn has_unreadable_parts(&self) -> bool {
        self.sub_attributes.iter().any(|part| !part.is_readable() || part.has_unreadable_parts())
    }

    /// Returns whether this is the `primary` of the elements of a list, if it is a sub-attribute of one. An absent
    /// `primary` is assumed to be `false` (RFC 7643 §2.4).
    pub(crate) fn is_primary(&self) -> bool {
        self.data_type == DataType::Boolean && self.name.eq_ignore_ascii_case("primary")
    }

    /// Returns the `primary` of the elements of a list, if they have one.
    pub(crate) fn primary(&self) -> Option<(u32, &Self)> {
        self.sub_attribute("primary").filter(|(_, primary)| primary.is_primary())
    }

    /// Returns the sub-attribute with this name, ignoring case, and its index.
    #[must_use]
    pub fn sub_attribute(&self, name: &str) -> Option<(u32, &Self)> {
        find(&self.sub_attributes, name)
    }

    /// Returns whether this is the attribute's name, ignoring case.
    fn is_named(&self, name: &str) -> bool {
        let (own, name) = (self.name.as_bytes(), name.as_bytes());
        // Most names differ in length or in the first letter. Most of the others are spelled as in the schema; that
        // comparison is faster.
        let first = |name: &[u8]| name.first().map(u8::to_ascii_lowercase);
        own.len() == name.len() && first(own) == first(name) && (own == name || own.eq_ignore_ascii_case(name))
    }
}

/// Returns the attribute with this name, ignoring case, and its index (RFC 7643 §2.1).
#[must_use]
pub fn find<'a>(attributes: &'a [Attribute], name: &str) -> Option<(u32, &'a Attribute)> {
    let index = attributes.iter().position(|attribute| attribute.is_named(name))?;
    Some((u32::try_from(index).ok()?, attributes.get(index)?))
}

/// Like [`find`], for a sequence of names: starts at the index where the next name is expected. Clients mostly send
/// attributes in the order of the schema.
#[inline]
#[must_use]
pub(crate) fn find_near<'a>(attributes: &'a [Attribute], name: &str, expected: u32) -> Option<(u32, &'a Attribute)> {
    match at(attributes, expected) {
        Some(attribute) if *attribute.name == *name => Some((expected, attribute)),
        _ => find_from(attributes, name, expected),
    }
}

/// Like [`find`], starting at an index.
fn find_from<'a>(attributes: &'a [Attribute], name: &str, start: u32) -> Option<(u32, &'a Attribute)> {
    let index = usize::try_from(start).unwrap_or(usize::MAX);
    let (before, behind) = attributes.split_at_checked(index).unwrap_or((attributes, &[]));
    let found = find(behind, name).map(|(index, attribute)| (index + start, attribute));
    found.or_else(|| find(before, name))
}

/// Returns the attribute at an index.
#[must_use]
pub fn at(attributes: &[Attribute], index: u32) -> Option<&Attribute> {
    attributes.get(usize::try_from(index).ok()?)
}
