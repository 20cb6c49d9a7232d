//! Structs of SCIM's own shape.

use super::*;

/// A device that somebody
/// carries around.
///
/// Not a part of the description.
#[derive(Clone, Debug, Default, ScimResource)]
#[scim(schema = "urn:example:params:scim:schemas:core:2.0:Device", name = "Device", endpoint = "/Devices")]
struct Device {
    id: String,
    /// What is printed on it.
    #[scim(required, uniqueness = server, case_exact)]
    serial_number: String,
    #[scim(name = "label", description = "A name for people.")]
    display_label: Option<String>,
    r#type: Option<Kind>,
    owners: Vec<Owner>,
    #[scim(mutability = write_only, returned = never)]
    pin: Option<Pin>,
    #[scim(reference("external", "uri"))]
    manual: Option<String>,
    #[scim(canonical("s", "m"))]
    size: Option<String>,
    #[scim(default = 3)]
    slots: u32,
    #[scim(skip)]
    _row: Option<std::time::Instant>,
    #[scim(extension)]
    badge: Option<Badge>,
    #[scim(extension(required))]
    stock: Stock,
    external_id: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, ScimComplex)]
struct Owner {
    value: String,
    #[scim(name = "$ref", reference("User"))]
    reference: Option<String>,
    primary: Option<bool>,
}

/// What the gate reads.
#[derive(Clone, Debug, Default, ScimExtension)]
#[scim(schema = "urn:example:params:scim:schemas:extension:badge:2.0:Device", name = "Badge")]
struct Badge {
    #[scim(required, case_exact)]
    number: String,
    sites: Vec<String>,
}

#[derive(Clone, Debug, Default, ScimExtension)]
#[scim(
    schema = "urn:example:params:scim:schemas:extension:stock:2.0:Device",
    name = "Stock",
    description = "Where it is."
)]
struct Stock {
    shelf: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, ScimValue)]
enum Kind {
    Phone,
    #[scim(name = "note-book")]
    NoteBook,
}

#[derive(Clone, Debug, PartialEq, ScimValue)]
struct Pin(String);

#[test]
fn resource_type() {
    let device = Device::TYPE;
    assert_eq!((&*device.name, &*device.endpoint), ("Device", "/Devices"));
    assert_eq!(device.description, "A device that somebody carries around.");
    assert_eq!(device.schema.id, "urn:example:params:scim:schemas:core:2.0:Device");
    let stock = "urn:example:params:scim:schemas:extension:stock:2.0:Device";
    let badge = "urn:example:params:scim:schemas:extension:badge:2.0:Device";
    let core = [
        "schemas",
        "id",
        "externalId",
        "meta",
        "serialNumber",
        "label",
        "type",
        "owners",
        "pin",
        "manual",
        "size",
        "slots",
    ];
    assert_eq!(names(&device.attributes), [&core[..], &[badge, stock]].concat());
    assert_eq!(device.extensions.iter().map(|head| &*head.name).collect::<Vec<_>>(), ["Badge", "Stock"]);
    assert_eq!(device.extensions[0].description, "What the gate reads.");

    let attributes = &device.attributes;
    let serial = attribute(attributes, "serialNumber");
    assert_eq!((serial.required, serial.case_exact, serial.uniqueness), (true, true, Uniqueness::Server));
    assert_eq!(serial.description, "What is printed on it.");
    assert_eq!(attribute(attributes, "label").description, "A name for people.");
    assert_eq!(*attribute(attributes, "type").canonical_values, ["phone", "note-book"]);
    let pin = attribute(attributes, "pin");
    assert_eq!(
        (pin.mutability, pin.returned, pin.data_type),
        (Mutability::WriteOnly, Returned::Never, DataType::String)
    );
    let manual = attribute(attributes, "manual");
    assert_eq!((manual.data_type, manual.case_exact), (DataType::Reference, true));
    assert_eq!(*manual.reference_types, ["external", "uri"]);
    assert_eq!(*attribute(attributes, "size").canonical_values, ["s", "m"]);
    let owners = attribute(attributes, "owners");
    assert_eq!((owners.data_type, owners.multi_valued), (DataType::Complex, true));
    assert_eq!(names(&owners.sub_attributes), ["value", "$ref", "primary"]);
    assert_eq!((attribute(attributes, badge).required, attribute(attributes, stock).required), (false, true));
    assert_eq!(names(&attribute(attributes, badge).sub_attributes), ["number", "sites"]);
}

#[test]
fn constant_paths() {
    const NUMBER: Path = path::<Device>("urn:example:params:scim:schemas:extension:badge:2.0:Device:number");
    const OWNER: Path = path::<Device>("owners.$ref");
    assert_eq!((NUMBER.steps(), OWNER.steps()), (&[12, 0][..], &[7, 1][..]));
}

#[test]
fn fields_are_read_and_edited() {
    let mut device = Device::default();
    assert_eq!(set(&mut device, &[1], "d1"), Ok(0));
    assert_eq!(set(&mut device, &[2], "e1"), Ok(0));
    assert_eq!(set(&mut device, &[6], "NOTE-book"), Ok(0));
    assert_eq!(set(&mut device, &[8], "1234"), Ok(0));
    assert_eq!(set(&mut device, &[12, 0], "b7"), Ok(0));
    assert_eq!(set(&mut device, &[13, 0], "A3"), Ok(0));
    let mut owner = Value::Complex(vec![(0, node("u1")), (1, node("/Users/u1"))]);
    assert_eq!(device.edit(&[7], Edit::Insert(&mut owner)), Ok(0));

    assert_eq!(
        (device.id.as_str(), device.external_id.as_deref(), device.r#type),
        ("d1", Some("e1"), Some(Kind::NoteBook))
    );
    assert_eq!(device.badge.as_ref().map(|badge| badge.number.as_str()), Some("b7"));
    assert_eq!((device.pin.clone(), device.stock.shelf.as_deref()), (Some(Pin("1234".to_owned())), Some("A3")));
    assert_eq!(get(&device, &[7, 0, 1]).as_deref(), Some("/Users/u1"));
    assert_eq!(get(&device, &[6]).as_deref(), Some("note-book"));
    assert_eq!(get(&device, &[12, 0]).as_deref(), Some("b7"));

    // `schemas` is not stored, and `meta` has no field.
    assert_eq!(set(&mut device, &[0], "x"), Err(EditError::Unmapped));
    assert_eq!(set(&mut device, &[3, 4], "x"), Err(EditError::Unmapped));
    assert_eq!(set(&mut device, &[99], "x"), Err(EditError::Unmapped));
    let rejected = EditError::Expected("one of `phone`, `note-book`".into());
    assert_eq!(set(&mut device, &[6], "tablet"), Err(rejected));

    assert_eq!(clear(&mut device, &[12]), Ok(0));
    assert!(device.badge.is_none());
    assert_eq!(device.edit(&[11], Edit::Set(Scalar::Int(9))), Ok(0));
    assert_eq!(device.slots, 9);
    assert_eq!(clear(&mut device, &[11]), Ok(0));
    assert_eq!(device.slots, 3);
}

#[test]
fn created_with_defaults() {
    let created = <Device as Reflect>::create(&[4], Edit::Set(text("s1"))).unwrap();
    assert_eq!((created.serial_number.as_str(), created.slots), ("s1", 3));
}

#[test]
fn the_length_includes_attributes_without_a_field() {
    let device = Device::default();
    let ValueRef::Complex(object) = device.view() else { panic!("not an object") };
    assert_eq!(object.len(), 14);
    assert!(object.get(3).is_absent());
}
