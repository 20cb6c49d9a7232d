//! Write-only attributes that are returned.

use scim_core::{ScimComplex, ScimExtension, ScimResource, reflect::Secret};

#[derive(Clone, Default, ScimResource)]
#[scim(schema = "urn:example:params:scim:schemas:core:2.0:Door", name = "Door", endpoint = "/Doors")]
struct Door {
    id: String,
    serial: String,
    #[scim(mutability = write_only, returned = always)]
    pin: Option<Secret>,
    #[scim(mutability = write_only, returned = default)]
    code: Option<Secret>,
    #[scim(mutability = write_only, returned = never)]
    right: Option<Secret>,
}

#[derive(Clone, Default, ScimComplex)]
struct Key {
    #[scim(mutability = write_only, returned = request)]
    cut: Option<Secret>,
}

#[derive(Clone, Default, ScimExtension)]
#[scim(schema = "urn:example:params:scim:schemas:extension:lock:2.0:Door", name = "Lock")]
struct Lock {
    #[scim(mutability = write_only, returned = default)]
    code: Option<Secret>,
}

#[derive(Clone, Default, ScimResource)]
#[scim(schema = "urn:ietf:params:scim:schemas:core:2.0:User", name = "User", endpoint = "/Users")]
struct User {
    id: String,
    user_name: String,
    #[scim(returned = request)]
    password: Option<Secret>,
    #[scim(mutability = write_only, returned = request)]
    title: Option<String>,
}

fn main() {}
