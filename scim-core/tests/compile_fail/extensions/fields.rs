//! Fields with `extension`.

use scim_core::{ScimExtension, ScimResource};

#[derive(Clone, Default, ScimExtension)]
#[scim(schema = "urn:example:Badge", name = "Badge")]
struct Badge {
    number: Option<String>,
}

#[derive(Clone, Default, ScimResource)]
#[scim(schema = "urn:example:Device", name = "Device", endpoint = "/Devices")]
struct Device {
    id: String,
    #[scim(extension)]
    not_optional: Badge,
    #[scim(extension(required))]
    optional: Option<Badge>,
    #[scim(extension, path = "urn:example:Badge")]
    with_path: Option<Badge>,
    #[scim(extension, mutability = immutable)]
    with_words: Option<Badge>,
    #[scim(extension(primary))]
    with_other: Option<Badge>,
    #[scim(extension, default = None)]
    with_default: Option<Badge>,
}

fn main() {}
