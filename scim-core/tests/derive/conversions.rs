//! `with`, `validate` and `rename_all`.

use super::*;
use scim_core::reflect::Convert;
use std::net::IpAddr;

struct AsText;

impl Convert<IpAddr> for AsText {
    type Scim = String;
    type Error = &'static str;

    fn to_scim(address: &IpAddr) -> String {
        address.to_string()
    }

    fn from_scim(text: String) -> Result<IpAddr, &'static str> {
        text.parse().map_err(|_| "expected an IP address")
    }
}

/// The application stores minutes, and SCIM has seconds.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "that is how conversions are called")]
fn to_seconds(minutes: &u16) -> i64 {
    i64::from(*minutes) * 60
}

fn from_seconds(seconds: i64) -> Result<u16, String> {
    u16::try_from(seconds / 60).map_err(|error| format!("expected fewer seconds ({error})"))
}

fn address(text: &str) -> Result<(), &'static str> {
    if text.contains('@') { Ok(()) } else { Err("an address with an `@`") }
}

#[derive(Clone, Debug, PartialEq, ScimValue)]
struct Address(#[scim(validate = address)] String);

#[derive(Clone, Debug, PartialEq, ScimValue)]
struct Host(#[scim(with = AsText)] IpAddr);

#[derive(Clone, Debug, Default, PartialEq, ScimResource)]
#[scim(
    schema = "urn:example:params:scim:schemas:core:2.0:Box",
    name = "Box",
    endpoint = "/Boxes",
    rename_all = "snake_case"
)]
struct Mailbox {
    id: i64,
    #[scim(with = AsText)]
    home_host: Option<IpAddr>,
    #[scim(with(to_seconds, from_seconds), default = 5)]
    idle_time: u16,
    #[scim(validate = address)]
    main_address: Option<String>,
    #[scim(validate = address)]
    old_addresses: Vec<String>,
    #[scim(validate = address)]
    plain: String,
    aliases: Vec<Address>,
    hosts: Vec<Host>,
    mode: Mode,
}

#[derive(Clone, Debug, Default, PartialEq, ScimValue)]
#[scim(rename_all = "SCREAMING_SNAKE_CASE")]
enum Mode {
    #[default]
    ReadOnly,
    ReadWrite,
}

const HOST: u32 = 4;
const IDLE: u32 = 5;
const MAIN: u32 = 6;
const OLD: u32 = 7;
const PLAIN: u32 = 8;
const ALIASES: u32 = 9;
const HOSTS: u32 = 10;

fn rejected(message: &'static str) -> Result<u32, EditError> {
    Err(EditError::Invalid(message.into()))
}

#[test]
fn the_schema_has_the_types_of_the_converted_values() {
    let attributes = Mailbox::TYPE.core_attributes();
    let expected = [
        ("home_host", DataType::String, false),
        ("idle_time", DataType::Integer, false),
        ("main_address", DataType::String, false),
        ("old_addresses", DataType::String, true),
        ("plain", DataType::String, false),
        ("aliases", DataType::String, true),
        ("hosts", DataType::String, true),
        ("mode", DataType::String, false),
    ];
    let found: Vec<_> = attributes.iter().map(|one| (&*one.name, one.data_type, one.multi_valued)).collect();
    assert_eq!(found, expected);
    assert_eq!(*attributes[7].canonical_values, ["READ_ONLY", "READ_WRITE"]);
}

#[test]
fn a_type_converts() {
    let mut mailbox = Mailbox::default();
    assert!(mailbox.view().at(&[HOST]).is_absent());
    assert_eq!(set(&mut mailbox, &[HOST], "::1"), Ok(0));
    assert_eq!(mailbox.home_host.map(|host| host.is_loopback()), Some(true));
    assert_eq!(get(&mailbox, &[HOST]).as_deref(), Some("::1"));
    assert_eq!(set(&mut mailbox, &[HOST], "home"), rejected("expected an IP address"));
    assert_eq!(mailbox.edit(&[HOST], Edit::Set(Scalar::Bool(true))), Err(EditError::Expected("a string".into())));
    assert_eq!(set(&mut mailbox, &[HOST, 0], "::1"), Err(EditError::Unmapped));
    assert!(mailbox.home_host.is_some());
    assert_eq!(clear(&mut mailbox, &[HOST]), Ok(0));
    assert_eq!(mailbox.home_host, None);
}

#[test]
fn two_functions_convert() {
    let mut mailbox = Mailbox::default();
    assert_eq!(mailbox.edit(&[IDLE], Edit::Set(Scalar::Int(180))), Ok(0));
    assert_eq!(mailbox.idle_time, 3);
    assert_eq!(mailbox.view().at(&[IDLE]).scalar(), Scalar::Int(180));
    let error = mailbox.edit(&[IDLE], Edit::Set(Scalar::Int(1 << 40)));
    assert!(matches!(error, Err(EditError::Invalid(message)) if message.starts_with("expected fewer seconds")));
    assert_eq!(clear(&mut mailbox, &[IDLE]), Ok(0));
    assert_eq!(mailbox.idle_time, 5);
}

#[test]
fn values_are_checked_before_they_are_assigned() {
    const MESSAGE: &str = "an address with an `@`";
    let mut mailbox = Mailbox::default();
    assert_eq!(set(&mut mailbox, &[MAIN], "a@b"), Ok(0));
    assert_eq!(set(&mut mailbox, &[MAIN], "b"), rejected(MESSAGE));
    assert_eq!(mailbox.main_address.as_deref(), Some("a@b"));
    assert_eq!(clear(&mut mailbox, &[MAIN]), Ok(0));

    assert_eq!(set(&mut mailbox, &[PLAIN], "b"), rejected(MESSAGE));
    assert_eq!(set(&mut mailbox, &[PLAIN], "a@b"), Ok(0));
    assert_eq!(clear(&mut mailbox, &[PLAIN]), Ok(0));
    assert_eq!(mailbox.plain, "");

    for list in [OLD, ALIASES] {
        let mut insert = |value: &str| mailbox.edit(&[list], Edit::Insert(&mut node(value)));
        assert_eq!((insert("a@b"), insert("b"), insert("c@d")), (Ok(0), rejected(MESSAGE), Ok(1)));
        assert_eq!(set(&mut mailbox, &[list, 1], "e"), rejected(MESSAGE));
        assert_eq!(set(&mut mailbox, &[list, 1], "e@f"), Ok(1));
        assert_eq!(set(&mut mailbox, &[list, 2], "e@f"), Err(EditError::Unmapped));
        assert_eq!(get(&mailbox, &[list, 1]).as_deref(), Some("e@f"));
        assert_eq!(mailbox.edit(&[list], Edit::Remove(&[0])), Ok(0));
        assert_eq!(get(&mailbox, &[list, 0]).as_deref(), Some("e@f"));
    }
    let created = <Mailbox as Reflect>::create(&[MAIN], Edit::Set(text("b")));
    assert_eq!(created.map(drop), Err(EditError::Invalid(MESSAGE.into())));
}

#[test]
fn a_list_of_converted_values() {
    let mut mailbox = Mailbox::default();
    assert_eq!(mailbox.edit(&[HOSTS], Edit::Insert(&mut node("127.0.0.1"))), Ok(0));
    assert_eq!(mailbox.edit(&[HOSTS], Edit::Insert(&mut node("x"))), rejected("expected an IP address"));
    assert_eq!(get(&mailbox, &[HOSTS, 0]).as_deref(), Some("127.0.0.1"));
    assert_eq!(mailbox.hosts.len(), 1);
}

#[test]
fn a_numeric_id() {
    let mut mailbox = Mailbox::default();
    assert_eq!(set(&mut mailbox, &[1], "42"), Ok(0));
    assert_eq!(mailbox.id, 42);
    assert!(matches!(set(&mut mailbox, &[1], "x"), Err(EditError::Expected(_))));
}
