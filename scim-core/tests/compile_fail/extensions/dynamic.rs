//! Fields with `dynamic_extensions`.

use std::collections::HashMap;

use scim_core::{ScimComplex, ScimExtension, ScimResource, reflect::DynamicExtensions};

#[derive(Clone, Default, ScimResource)]
#[scim(schema = "urn:ietf:params:scim:schemas:core:2.0:User", name = "User", endpoint = "/Users")]
struct Two {
    id: String,
    user_name: String,
    #[scim(dynamic_extensions)]
    first: DynamicExtensions,
    #[scim(dynamic_extensions)]
    second: DynamicExtensions,
}

#[derive(Clone, Default, ScimResource)]
#[scim(schema = "urn:ietf:params:scim:schemas:core:2.0:User", name = "User", endpoint = "/Users")]
struct WithPath {
    id: String,
    user_name: String,
    #[scim(dynamic_extensions, path = "urn:example:Badge:number")]
    extra: DynamicExtensions,
}

#[derive(Clone, Default, ScimResource)]
#[scim(schema = "urn:ietf:params:scim:schemas:core:2.0:User", name = "User", endpoint = "/Users")]
struct WithRequired {
    id: String,
    user_name: String,
    #[scim(dynamic_extensions, required)]
    extra: DynamicExtensions,
}

#[derive(Clone, Default, ScimResource)]
#[scim(schema = "urn:ietf:params:scim:schemas:core:2.0:User", name = "User", endpoint = "/Users")]
struct WithExtension {
    id: String,
    user_name: String,
    #[scim(extension, dynamic_extensions)]
    extra: DynamicExtensions,
}

#[derive(Clone, Default, ScimResource)]
#[scim(schema = "urn:ietf:params:scim:schemas:core:2.0:User", name = "User", endpoint = "/Users")]
struct WithSkip {
    id: String,
    user_name: String,
    #[scim(skip, dynamic_extensions)]
    extra: DynamicExtensions,
}

#[derive(Clone, Default, ScimResource)]
#[scim(schema = "urn:ietf:params:scim:schemas:core:2.0:User", name = "User", endpoint = "/Users")]
struct WithValue {
    id: String,
    user_name: String,
    #[scim(dynamic_extensions = true)]
    extra: DynamicExtensions,
}

#[derive(Clone, Default, ScimResource)]
#[scim(schema = "urn:example:Device", name = "Device", endpoint = "/Devices")]
struct NestedType {
    id: String,
    serial: Option<String>,
    #[scim(dynamic_extensions)]
    extra: String,
}

#[derive(Clone, Default, ScimResource)]
#[scim(schema = "urn:example:Device", name = "Device", endpoint = "/Devices")]
struct FlatType {
    id: String,
    #[scim(path = "size.width")]
    width: Option<i64>,
    #[scim(dynamic_extensions)]
    extra: HashMap<String, String>,
}

#[derive(Clone, Default, ScimResource)]
#[scim(schema = "urn:example:Device", name = "Device", endpoint = "/Devices")]
struct WithoutTheWord {
    id: String,
    extra: DynamicExtensions,
}

#[derive(Clone, Default, ScimComplex)]
struct Part {
    value: Option<String>,
    #[scim(dynamic_extensions)]
    extra: DynamicExtensions,
}

#[derive(Clone, Default, ScimExtension)]
#[scim(schema = "urn:example:Badge", name = "Badge")]
struct Badge {
    number: Option<String>,
    #[scim(dynamic_extensions)]
    extra: DynamicExtensions,
}

fn main() {}
