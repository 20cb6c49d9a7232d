//! Cases that tables cannot express; bodies and responses are tested by the tables in `tests/semantics`.

use super::JsonPath;
use crate::reflect::version_tag;
use crate::reflect::{DateTime, Scalar};

#[test]
fn a_trail_is_written_as_a_path() {
    let urn = JsonPath::root("urn:x:User");
    let manager = urn.name("manager");
    assert_eq!(manager.name("value").to_string(), "urn:x:User:manager.value");
    let emails = JsonPath::root("emails");
    let second = emails.index(1);
    assert_eq!(second.name("type").to_string(), "emails[1].type");
    assert_eq!(emails.name(&"x".repeat(10_000)).to_string(), format!("emails.{}…", "x".repeat(120)));
}

#[test]
fn every_version_becomes_an_entity_tag() {
    let text = |text: &'static str| version_tag(Scalar::Str(text.into()));
    assert_eq!(text("3").as_deref(), Some("W/\"3\""));
    assert_eq!(text("\"3\"").as_deref(), Some("\"3\""));
    assert_eq!(text("W/\"3\"").as_deref(), Some("W/\"3\""));
    assert_eq!(version_tag(Scalar::Int(-7)).as_deref(), Some("W/\"-7\""));
    assert_eq!(version_tag(Scalar::DateTime(DateTime::UNIX_EPOCH)).as_deref(), Some("W/\"1970-01-01T00:00:00.000Z\""));
    assert_eq!(version_tag(Scalar::Absent), None);
}
