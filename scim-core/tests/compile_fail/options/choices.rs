//! Options with a fixed set of values.

use scim_core::ScimComplex;

#[derive(Clone, Default, ScimComplex)]
struct Owner {
    #[scim(mutability = readOnly)]
    a: String,
    #[scim(mutability = "read_only")]
    b: String,
    #[scim(returned = often)]
    c: String,
    #[scim(uniqueness = servers)]
    d: String,
    #[scim(data_type = text)]
    e: String,
    #[scim(unique)]
    f: String,
    #[scim(readonly)]
    g: String,
}

fn main() {}
