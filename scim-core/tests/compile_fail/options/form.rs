//! Options in the wrong form.

use scim_core::ScimComplex;

#[derive(Clone, Default, ScimComplex)]
#[scim(rename_all = "camel")]
struct Owner {
    #[scim(required, required)]
    a: String,
    #[scim(required = true)]
    b: String,
    #[scim(required name = "x")]
    c: String,
    #[scim(name)]
    d: String,
    #[scim(name = e)]
    e: String,
    #[scim(case_exact = 1)]
    f: String,
    #[scim(canonical = "a")]
    g: String,
    #[scim(reference())]
    h: String,
    #[scim(with = 3)]
    i: String,
    #[scim(with(only_one))]
    j: String,
    #[scim(with)]
    k: String,
    #[scim(validate)]
    l: String,
    #[scim(default)]
    m: String,
}

fn main() {}
