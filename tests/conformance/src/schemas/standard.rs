//! The names of RFC 7643, section 4: what a server may have and need not have.

use super::ResourceType;

pub(crate) const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
pub(crate) const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
pub(crate) const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
/// The extension that some sequences need; see [`Requirement::CustomExtension`](crate::Requirement::CustomExtension).
pub(crate) const FABRIKAM: &str = "urn:ietf:params:scim:schemas:extension:FabrikamHr:2.0:User";

/// An attribute and its sub-attributes.
type Name = (&'static str, &'static [&'static str]);

const PLURAL: &[&str] = &["value", "display", "type", "primary", "$ref"];

const USER_NAMES: [Name; 21] = [
    ("userName", &[]),
    ("name", &["formatted", "familyName", "givenName", "middleName", "honorificPrefix", "honorificSuffix"]),
    ("displayName", &[]),
    ("nickName", &[]),
    ("profileUrl", &[]),
    ("title", &[]),
    ("userType", &[]),
    ("preferredLanguage", &[]),
    ("locale", &[]),
    ("timezone", &[]),
    ("active", &[]),
    ("password", &[]),
    ("emails", PLURAL),
    ("phoneNumbers", PLURAL),
    ("ims", PLURAL),
    ("photos", PLURAL),
    (
        "addresses",
        &["formatted", "streetAddress", "locality", "region", "postalCode", "country", "type", "primary", "display"],
    ),
    ("groups", PLURAL),
    ("entitlements", PLURAL),
    ("roles", PLURAL),
    ("x509Certificates", PLURAL),
];

const GROUP_NAMES: [Name; 2] = [("displayName", &[]), ("members", PLURAL)];

const ENTERPRISE_NAMES: [Name; 6] = [
    ("employeeNumber", &[]),
    ("costCenter", &[]),
    ("organization", &[]),
    ("division", &[]),
    ("department", &[]),
    ("manager", &["value", "$ref", "displayName"]),
];

/// The schemas whose names are known here.
pub(crate) const KNOWN: [&str; 4] = [USER, GROUP, ENTERPRISE, FABRIKAM];

/// Whether RFC 7643 gives a schema this attribute, or this sub-attribute of it.
pub(crate) fn is_standard(schema: &str, attribute: &str, sub: Option<&str>) -> bool {
    spelling(schema, attribute, sub).is_some()
}

/// The name of an attribute, or of a sub-attribute of it, in the letter case of RFC 7643.
pub(crate) fn spelling(schema: &str, attribute: &str, sub: Option<&str>) -> Option<&'static str> {
    let names: &[Name] = match schema {
        USER => &USER_NAMES,
        GROUP => &GROUP_NAMES,
        ENTERPRISE => &ENTERPRISE_NAMES,
        FABRIKAM => &[("tag", &[]), ("badge2Level", &[])],
        _ => &[],
    };
    let same = |name: &str, other: &str| name.eq_ignore_ascii_case(other);
    let (name, subs) = names.iter().find(|(name, _)| same(name, attribute))?;
    sub.map_or(Some(*name), |sub| subs.iter().copied().find(|name| same(name, sub)))
}

/// Whether RFC 7643, section 8.7.1, suggests values for a sub-attribute.
pub(crate) fn has_canonical_values(schema: &str, attribute: &str, sub: &str) -> bool {
    let names: &[&str] = match schema {
        USER => &["emails", "phoneNumbers", "ims", "photos", "addresses", "groups"],
        GROUP => &["members"],
        _ => &[],
    };
    sub.eq_ignore_ascii_case("type") && names.iter().any(|name| name.eq_ignore_ascii_case(attribute))
}

/// The types that RFC 7643, section 8.7.1, gives to e-mail addresses, phone numbers and addresses.
pub(crate) fn is_standard_type(word: &str) -> bool {
    ["work", "home", "other", "mobile", "fax", "pager"].iter().any(|known| known.eq_ignore_ascii_case(word))
}

/// Whether every server has it, whatever it announces: the two attributes that RFC 7643 requires.
pub(crate) fn is_indispensable(schema: &str, attribute: &str) -> bool {
    (schema == USER && attribute.eq_ignore_ascii_case("userName"))
        || (schema == GROUP && attribute.eq_ignore_ascii_case("displayName"))
}

/// Where users and groups are if the server does not say.
pub(super) fn resource_types(announced: impl Fn(&str) -> bool) -> Vec<ResourceType> {
    let resource_type = |name: &str, schema: &str, extensions: &[&str]| ResourceType {
        name: name.to_owned(),
        endpoint: format!("/{name}s"),
        schema: schema.to_owned(),
        extensions: extensions.iter().filter(|id| announced(id)).map(|&id| id.to_owned()).collect(),
    };
    let mut types = vec![resource_type("User", USER, &[ENTERPRISE, FABRIKAM]), resource_type("Group", GROUP, &[])];
    types.retain(|kind| announced(&kind.schema));
    types
}
