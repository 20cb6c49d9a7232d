//! Types for which a macro cannot be derived.

use std::borrow::Cow;

use scim_core::{ScimComplex, ScimValue};

#[derive(Clone, ScimComplex)]
enum Kind {
    One,
}

#[derive(Clone, Default, ScimComplex)]
struct Wrapped(String);

#[derive(ScimComplex)]
union Bits {
    a: u8,
}

#[derive(Clone, Default, ScimComplex)]
struct Borrowed<'a> {
    value: Cow<'a, str>,
}

#[derive(Clone, Default, ScimComplex)]
struct Generic<T> {
    value: T,
}

#[derive(Clone, Default, ScimComplex)]
struct Sized<const N: usize> {
    value: String,
}

#[derive(Clone, ScimValue)]
struct Two {
    a: String,
    b: String,
}

#[derive(ScimValue)]
union Value {
    a: u8,
}

fn main() {}
