//! Constant paths and names in requests are resolved in the same way.

use std::borrow::Cow;

use super::*;
use crate::{
    compat::{Compat, Tolerance},
    lookup::{find_name, resolve_name},
    schema::{AttributeSpec, DataType, SchemaHead, spec::build},
};

const NUMBER: AttributeSpec = AttributeSpec::new("number", DataType::String);
const NAME_PARTS: &[Attribute] = &build([AttributeSpec::new("first", DataType::String)]);
const NAME: AttributeSpec =
    AttributeSpec { sub_attributes: NAME_PARTS, ..AttributeSpec::new("name", DataType::Complex) };
const PARTS: &[Attribute] = &build([NUMBER, NAME]);
const fn extension(urn: &'static str) -> AttributeSpec {
    AttributeSpec { sub_attributes: PARTS, ..AttributeSpec::new(urn, DataType::Complex) }
}
const BADGE: &str = "urn:example:User:Badge";
const A: &str = "urn:example:A";
const AB: &str = "urn:example:A:B";
const V2: &str = "urn:example:A:B:2.0";
const ATTRIBUTES: &[Attribute] = &build([NUMBER, NAME, extension(A), extension(BADGE), extension(AB), extension(V2)]);
const HEADS: &[SchemaHead] = &[
    SchemaHead::new(A, "A", ""),
    SchemaHead::new(BADGE, "Badge", ""),
    SchemaHead::new(AB, "AB", ""),
    SchemaHead::new(V2, "V2", ""),
];
static TYPE: ResourceType = ResourceType {
    name: Cow::Borrowed("User"),
    endpoint: Cow::Borrowed("/Users"),
    description: Cow::Borrowed(""),
    schema: SchemaHead::new("urn:example:User", "User", ""),
    extensions: Cow::Borrowed(HEADS),
    attributes: Cow::Borrowed(ATTRIBUTES),
};

fn constant(text: &str) -> Option<Path> {
    resolve(&TYPE, text.as_bytes())
}

#[test]
fn the_longest_matching_urn_is_used() {
    for (text, expected) in [
        ("number", "number"),
        ("name.first", "name.first"),
        ("urn:example:User:number", "number"),
        ("URN:EXAMPLE:USER:NAME.FIRST", "name.first"),
        (BADGE, BADGE),
        ("urn:example:User:Badge:number", "urn:example:User:Badge:number"),
        ("urn:example:User:Badge:name.first", "urn:example:User:Badge:name.first"),
        (A, A),
        ("urn:example:a:number", "urn:example:A:number"),
        (AB, AB),
        ("urn:example:A:B:number", "urn:example:A:B:number"),
        ("urn:example:A:B:2.0:number", "urn:example:A:B:2.0:number"),
        ("urn:example:A:B:2.0", "urn:example:A:B:2.0"),
        ("urn:example:A:B:name.first", "urn:example:A:B:name.first"),
    ] {
        assert_eq!(constant(text).map(|path| TYPE.name_of(path)).as_deref(), Some(expected), "{text}");
    }
}

#[test]
fn constants_and_requests_find_the_same() {
    let urns = ["", "urn:example:User", "urn:example:Use", A, AB, V2, BADGE, "urn:example:A:C", "urn:example"];
    let rests = ["", ":", "number", ":number", ":name", ":name.first", ":first", ".number", ":B", ":B:number", ":x:y"];
    let strict = Tolerance::new(Compat::strict());
    for urn in urns {
        for rest in rests {
            for text in [format!("{urn}{rest}"), format!("{urn}{rest}").to_uppercase()] {
                let found = find_name(&TYPE, &text, &strict).map(|(path, _)| path);
                assert_eq!(constant(&text), found, "{text}");
            }
        }
    }
}

#[test]
fn the_nearest_name_is_below_the_longest_urn() {
    let message = crate::schema::unknown(&TYPE, b"urn:example:A:B:numbr");
    assert_eq!(
        message.as_str(),
        "`User` has no attribute `urn:example:A:B:numbr`; did you mean `urn:example:A:B:number`?"
    );
    assert!(resolve_name(&TYPE, "urn:example:A:B:numbr", &Tolerance::default()).is_err());
}
