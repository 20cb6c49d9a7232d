//! The attributes of the standard schemas, RFC 7643 §4 and §8.7 with its errata.
//!
//! `scim-core` checks its models, which are derived using this table, against the published schemas.

use crate::text;

/// A standard attribute.
#[derive(Debug)]
pub(crate) struct Standard {
    pub(crate) name: &'static str,
    /// The name of a variant of `DataType`; the next three fields work the same way for their types.
    pub(crate) data_type: &'static str,
    pub(crate) mutability: &'static str,
    pub(crate) returned: &'static str,
    pub(crate) uniqueness: &'static str,
    pub(crate) multi_valued: bool,
    pub(crate) required: bool,
    pub(crate) case_exact: bool,
    pub(crate) canonical: &'static [&'static str],
    pub(crate) reference: &'static [&'static str],
    pub(crate) parts: &'static [Standard],
}

/// The attributes of a standard schema, and its name in messages.
#[derive(Debug)]
pub(crate) struct Schema {
    pub(crate) name: &'static str,
    urn: &'static str,
    pub(crate) attributes: &'static [Standard],
}

/// Returns the standard schema with this URN.
pub(crate) fn schema(urn: &str) -> Option<&'static Schema> {
    SCHEMAS.iter().find(|schema| schema.urn.eq_ignore_ascii_case(urn))
}

/// Returns the standard URN that a URN seems to misspell.
pub(crate) fn misspelled(urn: &str) -> Option<&'static str> {
    let meant = text::suggestion(urn, SCHEMAS.iter().map(|schema| schema.urn))?;
    (meant != urn).then_some(meant)
}

/// Returns the attribute with this name, in any letter case.
pub(crate) fn find(attributes: &'static [Standard], name: &str) -> Option<&'static Standard> {
    attributes.iter().find(|attribute| attribute.name.eq_ignore_ascii_case(name))
}

/// Returns the URN of the enterprise extension, if it has an attribute with this name.
pub(crate) fn extension_with(name: &str) -> Option<&'static str> {
    let [_, _, enterprise] = &SCHEMAS;
    find(enterprise.attributes, name).map(|_| enterprise.urn)
}

/// The common attributes, which belong to no schema.
pub(crate) fn is_common(name: &str) -> bool {
    ["schemas", "id", "externalId", "meta"].iter().any(|common| common.eq_ignore_ascii_case(name))
}

static SCHEMAS: [Schema; 3] = [
    Schema { name: "the core `User` schema", urn: "urn:ietf:params:scim:schemas:core:2.0:User", attributes: USER },
    Schema { name: "the core `Group` schema", urn: "urn:ietf:params:scim:schemas:core:2.0:Group", attributes: GROUP },
    Schema {
        name: "the enterprise `User` extension",
        urn: "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
        attributes: ENTERPRISE,
    },
];

const USER: &[Standard] = &[
    Standard { required: true, uniqueness: "Server", ..text("userName") },
    complex(
        "name",
        &[
            text("formatted"),
            text("familyName"),
            text("givenName"),
            text("middleName"),
            text("honorificPrefix"),
            text("honorificSuffix"),
        ],
    ),
    text("displayName"),
    text("nickName"),
    reference("profileUrl", &["external"]),
    text("title"),
    text("userType"),
    text("preferredLanguage"),
    text("locale"),
    text("timezone"),
    flag("active"),
    Standard { mutability: "WriteOnly", returned: "Never", ..text("password").exact() },
    list("emails", &[text("value"), DISPLAY, one_of("type", &["work", "home", "other"]), PRIMARY]),
    list(
        "phoneNumbers",
        &[text("value"), DISPLAY, one_of("type", &["work", "home", "mobile", "fax", "pager", "other"]), PRIMARY],
    ),
    list("ims", &[text("value"), DISPLAY, one_of("type", IMS), PRIMARY]),
    list("photos", &[reference("value", &["external"]), DISPLAY, one_of("type", &["photo", "thumbnail"]), PRIMARY]),
    list(
        "addresses",
        &[
            text("formatted"),
            text("streetAddress"),
            text("locality"),
            text("region"),
            text("postalCode"),
            text("country"),
            one_of("type", &["work", "home", "other"]),
            PRIMARY,
        ],
    ),
    list(
        "groups",
        &[
            text("value").exact().read_only(),
            reference("$ref", &["Group"]).read_only(),
            DISPLAY.read_only(),
            one_of("type", &["direct", "indirect"]).read_only(),
        ],
    )
    .read_only(),
    list("entitlements", &[text("value"), DISPLAY, text("type"), PRIMARY]),
    list("roles", &[text("value"), DISPLAY, text("type"), PRIMARY]),
    list("x509Certificates", &[typed("value", "Binary").exact(), DISPLAY, text("type"), PRIMARY]),
];

const GROUP: &[Standard] = &[
    Standard { required: true, ..text("displayName") },
    list(
        "members",
        &[
            text("value").exact().immutable(),
            reference("$ref", &["User", "Group"]).immutable(),
            one_of("type", &["User", "Group"]).immutable(),
            DISPLAY.immutable(),
        ],
    ),
];

const ENTERPRISE: &[Standard] = &[
    text("employeeNumber"),
    text("costCenter"),
    text("organization"),
    text("division"),
    text("department"),
    complex("manager", &[text("value").exact(), reference("$ref", &["User"]), text("displayName").read_only()]),
];

const IMS: &[&str] = &["aim", "gtalk", "icq", "xmpp", "msn", "skype", "qq", "yahoo", "other"];
const DISPLAY: Standard = text("display");
const PRIMARY: Standard = flag("primary");

/// Returns an attribute with the default characteristics of RFC 7643 §2.2.
const fn typed(name: &'static str, data_type: &'static str) -> Standard {
    Standard {
        name,
        data_type,
        mutability: "ReadWrite",
        returned: "Default",
        uniqueness: "None",
        multi_valued: false,
        required: false,
        case_exact: false,
        canonical: &[],
        reference: &[],
        parts: &[],
    }
}

const fn text(name: &'static str) -> Standard {
    typed(name, "String")
}

const fn flag(name: &'static str) -> Standard {
    typed(name, "Boolean")
}

const fn one_of(name: &'static str, canonical: &'static [&'static str]) -> Standard {
    Standard { canonical, ..text(name) }
}

const fn reference(name: &'static str, reference: &'static [&'static str]) -> Standard {
    // RFC 7643 §2.3.7.
    Standard { reference, case_exact: true, ..typed(name, "Reference") }
}

const fn complex(name: &'static str, parts: &'static [Standard]) -> Standard {
    Standard { parts, ..typed(name, "Complex") }
}

const fn list(name: &'static str, parts: &'static [Standard]) -> Standard {
    Standard { multi_valued: true, ..complex(name, parts) }
}

impl Standard {
    pub(crate) fn is_complex(&self) -> bool {
        !self.parts.is_empty()
    }

    const fn exact(self) -> Self {
        Self { case_exact: true, ..self }
    }

    const fn read_only(self) -> Self {
        Self { mutability: "ReadOnly", ..self }
    }

    const fn immutable(self) -> Self {
        Self { mutability: "Immutable", ..self }
    }
}
