//! Enums of strings.

use scim_core::ScimValue;

#[derive(Clone, ScimValue)]
enum WithFields {
    One(String),
    Two { text: String },
}

#[derive(Clone, ScimValue)]
enum Twice {
    One,
    #[scim(name = "ONE")]
    Two,
    #[scim(name = "")]
    Three,
}

#[derive(Clone, ScimValue)]
enum Others {
    #[scim(other)]
    One,
    #[scim(other)]
    Two(String),
    #[scim(other)]
    Three(String),
}

#[derive(Clone, ScimValue)]
enum NamedOther {
    #[scim(other, name = "x")]
    One(String),
}

#[derive(Clone, Default, ScimValue)]
enum Defaults {
    #[default]
    One,
    #[scim(default)]
    Two,
}

#[derive(Clone, ScimValue)]
enum Empty {}

fn main() {}
